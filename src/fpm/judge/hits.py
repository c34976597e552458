"""The hits of one rule: subject, evidence, watched amount, references; what was missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.evidence import group_sentence, person_sentence
from fpm.judge.outcomes import GROUP, PLACE, Groups, reduce_groups
from fpm.judge.plan import Plan
from fpm.judge.sources import Origins, References
from fpm.model import HIT_SCHEMA, empty
from fpm.rulebook.conditions import AT_LEAST

FOUND_SCHEMA: Final = {
    name: HIT_SCHEMA[name] for name in ("rule_id", *PLACE, "evidence", "measure")
}
"""What a rule itself finds of a subject; the rest of a hit is the same for all it finds."""


TOGETHER: Final = 10_000
"""Up to so many subjects are told of all rules in one query: a query a rule costs more."""


def rule_hits(
    groups: Groups, flags: Sequence[tuple[Plan, pl.Series]], known: Origins
) -> pl.DataFrame:
    """FOUND_SCHEMA rows of the rules of one scope.

    Args:
        groups: persons, households or villages.
        flags: rules that hit somebody, each with which of the groups it hits.
        known: where their columns come from.
    """
    if len(groups) <= TOGETHER:
        found = [_told(groups, flags, known)] if flags else []
    else:
        found = [
            _told(groups.only(hit, plan.needed), [(plan, hit.filter(hit))], known)
            for plan, hit in flags
        ]
    return pl.concat([empty(FOUND_SCHEMA), *found])


def _told(groups: Groups, flags: Sequence[tuple[Plan, pl.Series]], known: Origins) -> pl.DataFrame:
    """One query words every rule for every group; then each rule takes the groups it hits."""
    worded = _worded(groups, [plan for plan, _ in flags], known)
    number = pl.int_range(len(groups), dtype=pl.UInt32, eager=True)
    hits = [hit for _, hit in flags]
    found = pl.DataFrame(
        {
            "rule_id": [plan.rule.id for plan, _ in flags],
            "_row": [number.filter(hit) for hit in hits],
            "evidence": [told.filter(hit) for told, hit in zip(worded[::2], hits, strict=True)],
            "measure": [told.filter(hit) for told, hit in zip(worded[1::2], hits, strict=True)],
        }
    ).explode("_row", "evidence", "measure")
    keys = groups.keys.select(name for name in PLACE if name in groups.keys.columns)
    nobody = (name for name in PLACE if name not in keys.columns)
    return (
        found.with_columns(keys[found["_row"]].get_columns())
        .with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in nobody)
        .select(*FOUND_SCHEMA)
    )


def _worded(groups: Groups, plans: Sequence[Plan], known: Origins) -> list[pl.Series]:
    """Sentence and watched amount of the first rule, then of the second …; rows as the groups."""
    reductions = Reductions()
    columns: list[pl.Expr] = []
    for plan in plans:
        if plan.rule.scope == "person":
            columns += [person_sentence(plan), _watched(plan)]
        else:
            columns += [
                group_sentence(plan, reductions),
                _watched_by_group(plan, known, reductions),
            ]
    frame = groups.members if groups.of_persons else reduce_groups(groups.members, reductions)
    named = [column.alias(f"_told_{number}") for number, column in enumerate(columns)]
    told = frame.lazy().with_columns(named).select(f"_told_{n}" for n in range(len(named)))
    return told.collect(engine="in-memory").get_columns()  # few rows


def place_hits(
    places: pl.DataFrame, counted: pl.DataFrame, plan: Plan, references: References
) -> pl.DataFrame:
    """HIT_SCHEMA rows of a rule about clusters.

    Args:
        places: the villages or townships hit, with their counts.
        counted: ``household_id township village`` of the households counted there.
        plan: the rule.
        references: gives the rows behind them.
    """
    nobody = pl.lit(None, dtype=pl.String)
    hits = places.lazy().select(
        "township",
        "village",
        person_sentence(plan).alias("evidence"),
        pl.col(plan.rule.worsens.fact if plan.rule.worsens else "cases")
        .cast(pl.Float64)
        .alias("measure"),
        person_id=nobody,
        household_id=nobody,
    )
    named = hits.with_columns(rule_id=pl.lit(plan.rule.id)).select(*FOUND_SCHEMA)
    found = with_rules(named.collect(), [plan])
    told = references.with_counted(found, counted, plan.used)
    return told.select(*HIT_SCHEMA)


def missing_cells(
    groups: Groups, unknown: Mapping[str, pl.Series], asked: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, int]]:
    """How many cells of the columns asked are not known where rules cannot tell.

    Args:
        groups: the facts; those of persons are not grouped.
        unknown: rule id → of which persons, households or villages it cannot tell.
        asked: rule id → columns its outcome depends on.

    Returns:
        Rule id → column → number of members concerned without it.
    """
    members = groups.members
    flags = unknown
    if not groups.of_persons:
        flags = {rule: flag.gather(members[GROUP]) for rule, flag in unknown.items()}
    names = sorted({name for rule in unknown for name in asked[rule]})
    blank = members.select(pl.col(names).is_null())
    return {
        rule: {name: int((blank[name] & flags[rule]).sum()) for name in asked[rule]}
        for rule in unknown
    }


def missing_titles(empty_cells: Mapping[str, int], plan: Plan, known: Origins) -> str:
    """Extracts that nobody handed over, then columns, the emptiest first; 、-joined titles."""
    absent = [f"本期没有{layout.title}数据" for layout in known.not_delivered(plan.asked)]
    emptiest = sorted(empty_cells.items(), key=lambda pair: (-pair[1], pair[0]))
    titles = [plan.names.columns[name].title or name for name, count in emptiest if count]
    return "、".join([*absent, *titles])


def _watched(plan: Plan) -> pl.Expr:
    """The amount that ``worsens`` watches: the value, or what is known of it."""
    if plan.rule.worsens is None:
        return pl.lit(None, dtype=pl.Float64)
    name = plan.rule.worsens.fact
    exact = pl.col(name).cast(pl.Float64)
    if not plan.names.columns[name].bounded:
        return exact
    return pl.coalesce(exact, pl.col(name + AT_LEAST).cast(pl.Float64))


def _watched_by_group(plan: Plan, known: Origins, reductions: Reductions) -> pl.Expr:
    """Facts of single persons are added up; what belongs to all of them is taken once."""
    if plan.rule.worsens is None:
        return pl.lit(None, dtype=pl.Float64)
    kinds = known.kinds([plan.rule.worsens.fact])
    of_persons = bool(kinds) and all(layout.match_on == "person" for layout, _ in kinds)
    watched = _watched(plan)
    key = ("measure", plan.rule.worsens.fact)
    return reductions.add(key, watched.sum() if of_persons else watched.max())


def with_rules(found: pl.DataFrame, plans: Sequence[Plan]) -> pl.DataFrame:
    """Add what the rules say themselves; all of HIT_SCHEMA is there then but ``sources``.

    Args:
        found: FOUND_SCHEMA rows.
        plans: their rules.
    """
    rules = [plan.rule for plan in plans]
    said = pl.DataFrame(
        [(rule.id, rule.kind, rule.scope, rule.level, rule.risk) for rule in rules],
        schema={name: HIT_SCHEMA[name] for name in ("rule_id", "kind", "scope", "level", "risk")},
        orient="row",
    )
    return found.join(said, on="rule_id", how="left", validate="m:1", maintain_order="left")
