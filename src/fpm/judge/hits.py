"""The hits of one rule: subject, evidence, watched amount, references; what was missing."""

from __future__ import annotations

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.evidence import group_sentence, person_sentence
from fpm.judge.outcomes import GROUP, PLACE, Groups, reduce_groups
from fpm.judge.plan import Plan
from fpm.judge.sources import Origins, References
from fpm.model import HIT_SCHEMA
from fpm.rulebook.conditions import AT_LEAST


def person_hits(subjects: pl.DataFrame, plan: Plan, references: References) -> pl.DataFrame:
    """HIT_SCHEMA rows of a person rule.

    Args:
        subjects: the facts of the persons hit.
        plan: the rule.
        references: gives the rows behind them.
    """
    hits = subjects.select(
        *PLACE,
        person_sentence(plan).alias("evidence"),
        _watched(plan).alias("measure"),
    )
    return _finished(references.with_sources(hits, "person", plan.used), plan)


def group_hits(
    groups: Groups, chosen: pl.Series, plan: Plan, references: References
) -> pl.DataFrame:
    """HIT_SCHEMA rows of a household or village rule.

    Args:
        groups: all households or villages.
        chosen: which of them are hit.
        plan: the rule.
        references: gives the rows behind them.
    """
    reductions = Reductions()
    sentence = group_sentence(plan, reductions).alias("evidence")
    measure = _watched_by_group(plan, references.known, reductions).alias("measure")
    members = groups.members_of(chosen, plan.needed)
    told = reduce_groups(members, reductions).with_columns(sentence, measure)
    keys = groups.keys.filter(chosen).with_columns(person_id=pl.lit(None, dtype=pl.String))
    if plan.rule.scope != "household":
        keys = keys.with_columns(household_id=pl.lit(None, dtype=pl.String))
    hits = pl.concat([keys, told.select("evidence", "measure")], how="horizontal")
    return _finished(references.with_sources(hits, plan.rule.scope, plan.used), plan)


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
    hits = places.select(
        "township",
        "village",
        person_sentence(plan).alias("evidence"),
        pl.col(plan.rule.worsens.fact if plan.rule.worsens else "cases").alias("measure"),
        person_id=nobody,
        household_id=nobody,
    )
    return _finished(references.with_counted(hits, counted, plan.used), plan)


def missing_of_persons(groups: Groups, unknown: pl.Series, plan: Plan, known: Origins) -> str:
    """What was not known of the persons about whom a rule cannot tell."""
    return _missing(groups.members.select(plan.asked).filter(unknown), plan, known)


def missing_of_groups(groups: Groups, unknown: pl.Series, plan: Plan, known: Origins) -> str:
    """What was not known of the members of the households about which a rule cannot tell."""
    return _missing(groups.members_of(unknown, plan.asked).drop(GROUP), plan, known)


def _missing(rows: pl.DataFrame, plan: Plan, known: Origins) -> str:
    """Extracts that nobody handed over, then columns, the emptiest first; 、-joined titles."""
    absent = [f"本期没有{layout.title}数据" for layout in known.not_delivered(plan.asked)]
    if not rows.width:
        return "、".join(absent)
    empty_cells = rows.null_count().row(0, named=True)
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
