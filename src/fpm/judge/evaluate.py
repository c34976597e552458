"""Facts + rules → hits, and for every rule how many were hit, clear, open or not concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import polars as pl

from fpm.judge.cells import never_delivered
from fpm.judge.clusters import JudgedPlaces, judge_places
from fpm.judge.evidence import masked
from fpm.judge.extracts import MatchedExtract
from fpm.judge.facts import villages_without_people
from fpm.judge.frames import columns_of
from fpm.judge.hits import (
    missing_cells,
    missing_titles,
    place_hits,
    rule_hits,
    with_rules,
)
from fpm.judge.numbers import NUMBER_SCHEMA
from fpm.judge.outcomes import (
    CODES,
    PLACE,
    SUBJECT,
    Groups,
    group_facts,
    group_outcomes,
    person_outcomes,
)
from fpm.judge.plan import Plan, Setting, parse_rule, plan_rule
from fpm.judge.sources import REFERRED, Origins, References, origins
from fpm.model import HIT_SCHEMA, Period, Scope, empty
from fpm.rulebook.book import Rulebook

TALLY_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "rule_id": pl.String,
    "title": pl.String,
    "kind": pl.String,
    "scope": pl.String,
    "level": pl.String,
    "hit": pl.UInt32,
    "clear": pl.UInt32,
    "unknown": pl.UInt32,
    "not_applicable": pl.UInt32,
    "stopped": pl.String,  # why the rule could not run at all, else NULL
    "missing": pl.String,  # what was not known where it cannot tell, 、-joined, else NULL
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say.

    Attributes:
        hits: HIT_SCHEMA, one row a rule and subject.
        tally: TALLY_SCHEMA, one row a rule.
        numbers: NUMBER_SCHEMA, the hits under each number of a list of quality rules.
    """

    hits: pl.DataFrame
    tally: pl.DataFrame
    numbers: pl.DataFrame = field(default_factory=lambda: empty(NUMBER_SCHEMA))


def evaluate(
    facts: pl.DataFrame,
    extracts: Sequence[MatchedExtract],
    rulebook: Rulebook,
    period: Period,
    division: str,
) -> Judgement:
    """Judge every rule for every person, household or village.

    Args:
        facts: what ``build_facts`` returned.
        extracts: the matched records the facts were built from; hits refer to their rows.
        rulebook: rules and dated values.
        period: the month judged.
        division: six-digit code of the county; values in force depend on it.

    Returns:
        Hits sorted by rule, place, household and person; the tally sorted by rule. For each rule
        ``hit + clear + unknown + not_applicable`` is the number of persons, households or
        villages, and 0 where it is stopped.
    """
    return judge_rules(facts, extracts, rulebook, Setting(period, division))


def judge_rules(
    facts: pl.DataFrame,
    extracts: Sequence[MatchedExtract],
    rulebook: Rulebook,
    setting: Setting,
) -> Judgement:
    """``evaluate`` with values set for a trial: ``setting.overrides`` replace those in force."""
    plans = [plan_rule(parse_rule(rule, rulebook), rulebook, setting) for rule in rulebook.rules]
    running = [plan for plan in plans if not plan.stopped]
    alone = villages_without_people(facts, extracts, setting.period)
    villages = facts if alone.is_empty() else pl.concat([facts, alone])
    judged = [
        _judge(villages if scope == "village" else facts, asked, scope)
        for scope in SUBJECT
        if (asked := [one for one in running if one.rule.scope == scope and not one.counts])
    ]
    known = origins(rulebook, extracts, setting.period)
    references = References(_referable(facts, judged), known)
    hits = [_hits(_only_hit(scope), references) for scope in judged]
    no_column = never_delivered(facts)
    rows = [row for scope in judged for row in _tallies(scope, known, no_column)]
    for plan in running:
        if plan.counts:
            places = judge_places(facts, plan)
            hits.append(place_hits(*places.hit(), plan, _about(facts, places, known)))
            rows.append(_place_tally(plan, places.codes, known))
    rows += [_tally_row(plan, {}, "") for plan in plans if plan.stopped]
    order = ["rule_id", "township", "village", "household_id", "person_id"]
    return Judgement(
        hits=pl.concat([empty(HIT_SCHEMA), *hits])
        .with_columns(masked(pl.col("evidence")))
        .sort(order),
        tally=pl.DataFrame(rows, TALLY_SCHEMA).sort("rule_id"),
    )


def _about(facts: pl.DataFrame, judged: JudgedPlaces, known: Origins) -> References:
    """References of the households that made places a hit."""
    homes = judged.hit()[1]
    return References(columns_of(facts, REFERRED).join(homes, on="household_id", how="semi"), known)


@dataclass(frozen=True)
class _Judged:
    """The rules of one scope; ``codes`` has one column a rule and the rows of ``groups.keys``."""

    scope: Scope
    plans: Sequence[Plan]
    groups: Groups
    codes: pl.DataFrame

    def flags(self, plan: Plan, code: int) -> pl.Series:
        return self.codes[plan.rule.id] == code

    @cached_property
    def any_hit(self) -> pl.Series:
        """Which subjects are a hit of any rule."""
        return self.codes.select(pl.any_horizontal(pl.all() == CODES["hit"])).to_series()


def _judge(facts: pl.DataFrame, plans: Sequence[Plan], scope: Scope) -> _Judged:
    if scope == "person":
        return _Judged(scope, plans, Groups(facts, facts), person_outcomes(facts, plans))
    asked = {name for plan in plans for name in plan.needed}
    groups = group_facts(columns_of(facts, (*PLACE, *sorted(asked))), SUBJECT[scope])
    return _Judged(scope, plans, groups, group_outcomes(groups, plans))


def _referable(facts: pl.DataFrame, judged: Sequence[_Judged]) -> pl.DataFrame:
    """The persons with a hit, or whose household or village has one: few, so few texts to build."""
    concerned = pl.repeat(False, facts.height, eager=True)
    for scope in judged:
        if scope.scope == "person":
            concerned |= scope.any_hit
        else:
            key = SUBJECT[scope.scope]
            keys = scope.groups.keys.filter(scope.any_hit).select(key)
            found = columns_of(facts, key).join(
                keys.with_columns(_hit=True), on=key, how="left", maintain_order="left"
            )
            concerned |= found["_hit"].fill_null(value=False)
    return columns_of(facts, REFERRED).filter(concerned)


def _only_hit(judged: _Judged) -> _Judged:
    """The same without the subjects that no rule hits: most of a county, and slow to carry."""
    chosen = judged.any_hit
    needed = sorted({name for plan in judged.plans for name in plan.needed})
    groups = judged.groups.only(chosen, needed)
    return _Judged(judged.scope, judged.plans, groups, judged.codes.filter(chosen))


def _hits(judged: _Judged, references: References) -> pl.DataFrame:
    """HIT_SCHEMA rows of all rules of a scope."""
    flags = [(plan, judged.flags(plan, CODES["hit"])) for plan in judged.plans]
    found = [(plan, hit) for plan, hit in flags if hit.any()]
    hits = with_rules(rule_hits(judged.groups, found, references.known), judged.plans)
    used = {plan.rule.id: plan.used for plan, _ in found}
    return references.with_sources(hits, judged.scope, used).select(*HIT_SCHEMA)


def _tallies(
    judged: _Judged, known: Origins, no_column: frozenset[str]
) -> Iterator[dict[str, object]]:
    """One row a rule of a scope; a correction of a column that nobody delivered is stopped."""
    counts = judged.codes.select(
        (pl.all() == code).sum().name.suffix(f" {code}") for code in CODES.values()
    ).row(0, named=True)
    cells = _missing_cells(judged, counts)
    for plan in judged.plans:
        by_code = {code: counts[f"{plan.rule.id} {code}"] for code in CODES.values()}
        missing = ""
        if lacking := _undecided_without(plan, by_code, no_column):
            yield _tally_row(replace(plan, stopped=lacking), {}, "")
            continue
        if plan.rule.id in cells:
            missing = missing_titles(cells[plan.rule.id], plan, known)
        yield _tally_row(plan, by_code, missing)


def _missing_cells(judged: _Judged, counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    code = CODES["unknown"]
    open_ = [plan for plan in judged.plans if counts[f"{plan.rule.id} {code}"]]
    unknown = {plan.rule.id: judged.flags(plan, code) for plan in open_}
    return missing_cells(judged.groups, unknown, {plan.rule.id: plan.asked for plan in open_})


def _undecided_without(plan: Plan, by_code: Mapping[int, int], no_column: frozenset[str]) -> str:
    """Why a correction could decide nobody: the roster has no such column; else empty."""
    decided = by_code[CODES["hit"]] + by_code[CODES["clear"]]
    lacking = [name for name in plan.asked if name in no_column]
    if plan.rule.kind != "correction" or decided or not by_code[CODES["unknown"]] or not lacking:
        return ""
    titles = "”“".join(plan.names.columns[name].title for name in lacking)
    return f"花名册没有“{titles}”这一列，这条规则停用；要核对的，请导出时带上"


def _place_tally(plan: Plan, codes: pl.Series, known: Origins) -> dict[str, object]:
    """A place where no household can be told is open; why, is what its extracts lack."""
    by_code = {code: int((codes == code).sum()) for code in CODES.values()}
    absent = [f"本期没有{layout.title}数据" for layout in known.not_delivered(plan.asked)]
    return _tally_row(plan, by_code, "、".join(absent) if by_code[CODES["unknown"]] else "")


def _tally_row(plan: Plan, by_code: Mapping[int, int], missing: str) -> dict[str, object]:
    rule = plan.rule
    return {
        "rule_id": rule.id,
        "title": rule.title,
        "kind": rule.kind,
        "scope": rule.scope,
        "level": rule.level,
        **{name: by_code.get(code, 0) for name, code in CODES.items()},
        "stopped": plan.stopped or None,
        "missing": missing or None,
    }
