"""Facts + rules → hits, and for every rule how many were hit, clear, open or not concerned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.evidence import group_sentence, person_sentence
from fpm.judge.facts import MatchedExtract
from fpm.judge.outcomes import (
    CODES,
    GROUP,
    SUBJECT,
    Groups,
    group_facts,
    group_outcomes,
    person_outcomes,
    reduce_groups,
)
from fpm.judge.plan import Plan, Setting, parse_rule, plan_rule
from fpm.judge.sources import Origins, origins, with_sources
from fpm.model import HIT_SCHEMA, Period, Scope, empty
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import AT_LEAST

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

_AT_ONCE: Final = 50
"""Rules judged in one pass; their outcomes take one byte a person each."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """``hits``: HIT_SCHEMA, one row a rule and subject. ``tally``: TALLY_SCHEMA, one row a rule."""

    hits: pl.DataFrame
    tally: pl.DataFrame


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
    setting = Setting(period, division)
    plans = [plan_rule(parse_rule(rule, rulebook), rulebook, setting) for rule in rulebook.rules]
    known = origins(rulebook, extracts, period)
    found: list[_Found] = [
        _Found(plan, empty(HIT_SCHEMA), {}, "") for plan in plans if plan.stopped
    ]
    for scope in SUBJECT:
        active = [plan for plan in plans if plan.rule.scope == scope and not plan.stopped]
        if active:
            found += _judge_scope(facts, active, scope, known)
    found.sort(key=lambda one: one.plan.rule.id)
    hits = pl.concat([empty(HIT_SCHEMA), *(one.hits for one in found)])
    order = ["rule_id", "township", "village", "household_id", "person_id"]
    return Judgement(hits.sort(order), pl.DataFrame([_tally(one) for one in found], TALLY_SCHEMA))


@dataclass(frozen=True, slots=True)
class _Found:
    plan: Plan
    hits: pl.DataFrame
    counts: dict[int, int]
    missing: str


def _judge_scope(
    facts: pl.DataFrame, plans: Sequence[Plan], scope: Scope, known: Origins
) -> Iterator[_Found]:
    if scope == "person":
        for start in range(0, len(plans), _AT_ONCE):
            some = plans[start : start + _AT_ONCE]
            codes = person_outcomes(facts, some)
            for plan in some:
                yield _person_rule(facts, codes[plan.rule.id], plan, known)
        return
    groups = group_facts(facts, SUBJECT[scope])
    codes = group_outcomes(groups, plans)
    for plan in plans:
        yield _group_rule(groups, codes[plan.rule.id], plan, known)


def _person_rule(facts: pl.DataFrame, codes: pl.Series, plan: Plan, known: Origins) -> _Found:
    subjects = facts.filter(codes == CODES["hit"])
    hits = subjects.select(
        "person_id",
        "household_id",
        "township",
        "village",
        person_sentence(plan).alias("evidence"),
        _watched(plan).alias("measure"),
    )
    open_rows = facts.select(plan.asked).filter(codes == CODES["unknown"])
    return _Found(
        plan,
        _finished(with_sources(hits, "person", plan.used, facts, known), plan),
        _counted(codes),
        _missing(open_rows, plan, known),
    )


def _group_rule(groups: Groups, codes: pl.Series, plan: Plan, known: Origins) -> _Found:
    scope = plan.rule.scope
    chosen = codes == CODES["hit"]
    reductions = Reductions()
    sentence = group_sentence(plan, reductions).alias("evidence")
    measure = _watched_by_group(plan, known, reductions).alias("measure")
    members = groups.members_of(chosen, _needed(plan))
    told = reduce_groups(members, reductions).with_columns(sentence, measure)
    keys = groups.keys.filter(chosen)
    person = pl.lit(None, dtype=pl.String).alias("person_id")
    household = [] if scope == "household" else [person.alias("household_id")]
    hits = pl.concat(
        [keys.with_columns(person, *household), told.select("evidence", "measure")],
        how="horizontal",
    )
    open_rows = groups.members_of(codes == CODES["unknown"], plan.asked).drop(GROUP)
    return _Found(
        plan,
        _finished(with_sources(hits, scope, plan.used, groups.members, known), plan),
        _counted(codes),
        _missing(open_rows, plan, known),
    )


def _needed(plan: Plan) -> list[str]:
    bounded = [name + AT_LEAST for name in plan.used if plan.names.columns[name].bounded]
    return [*plan.used, *bounded]


def _watched(plan: Plan) -> pl.Expr:
    """The amount that ``worsens`` watches: the value, or what is known of it."""
    if plan.rule.worsens is None:
        return pl.lit(None, dtype=pl.Float64)
    name = plan.rule.worsens.fact
    exact = pl.col(name).cast(pl.Float64)
    bounded = plan.names.columns[name].bounded
    return pl.coalesce(exact, pl.col(name + AT_LEAST).cast(pl.Float64)) if bounded else exact


def _watched_by_group(plan: Plan, known: Origins, reductions: Reductions) -> pl.Expr:
    """Facts of single persons are added up; what belongs to all of them is taken once."""
    if plan.rule.worsens is None:
        return pl.lit(None, dtype=pl.Float64)
    kinds = known.kinds([plan.rule.worsens.fact])
    of_persons = bool(kinds) and all(layout.match_on == "person" for layout, _ in kinds)
    watched = _watched(plan)
    return reductions.add("measure", watched.sum() if of_persons else watched.max())


def _finished(hits: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    rule = plan.rule
    return hits.with_columns(
        rule_id=pl.lit(rule.id),
        kind=pl.lit(rule.kind),
        scope=pl.lit(rule.scope),
        level=pl.lit(rule.level),
        risk=pl.lit(rule.risk),
    ).select(pl.col(name).cast(dtype) for name, dtype in HIT_SCHEMA.items())


def _counted(codes: pl.Series) -> dict[int, int]:
    counts = codes.value_counts()
    return dict(zip(counts[codes.name].to_list(), counts["count"].to_list(), strict=True))


def _missing(rows: pl.DataFrame, plan: Plan, known: Origins) -> str:
    """What was not known: extracts nobody handed over, then columns, the emptiest first."""
    if rows.is_empty():
        return ""
    absent = [f"本期没有{layout.title}数据" for layout in known.not_delivered(plan.asked)]
    empty_cells = rows.null_count().row(0, named=True)
    emptiest = sorted(empty_cells.items(), key=lambda pair: (-pair[1], pair[0]))
    titles = [plan.names.columns[name].title or name for name, count in emptiest if count]
    return "、".join([*absent, *titles])


def _tally(found: _Found) -> dict[str, object]:
    rule = found.plan.rule
    return {
        "rule_id": rule.id,
        "title": rule.title,
        "kind": rule.kind,
        "scope": rule.scope,
        "level": rule.level,
        **{name: found.counts.get(code, 0) for name, code in CODES.items()},
        "stopped": found.plan.stopped or None,
        "missing": found.missing or None,
    }
