"""Which persons, households and villages each number of a list of data-quality rules concerns.

Provinces hand counties such lists with numbers of their own; a rule of ours may answer several of
them, and says for each which of its hits are meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.compile import compile_aggregate, compile_row
from fpm.judge.outcomes import SUBJECT, group_facts, outcome_code, reduce_groups
from fpm.judge.plan import Plan, Setting, parse_rule, plan_rule
from fpm.model import Period, Scope
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import Condition, parse_condition

NUMBER_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "number": pl.String,
    "rule_id": pl.String,
    "scope": pl.String,
    "person_id": pl.String,  # null for household and village scope
    "household_id": pl.String,  # null for village scope
    "township": pl.String,
    "village": pl.String,
}


def hits_by_number(
    facts: pl.DataFrame, rulebook: Rulebook, period: Period, division: str
) -> pl.DataFrame:
    """What every number finds.

    Args:
        facts: as ``build_facts`` returned them.
        rulebook: rules and dated values; those without ``numbers`` are passed over.
        period: the month judged.
        division: six-digit code of the county.

    Returns:
        NUMBER_SCHEMA, sorted; a hit that several numbers mean stands under each of them.
    """
    found = [pl.DataFrame(schema=NUMBER_SCHEMA)]
    for scope in SUBJECT:
        plans = [
            plan
            for rule in rulebook.rules
            if rule.scope == scope and rule.numbers
            for plan in [plan_rule(parse_rule(rule, rulebook), rulebook, Setting(period, division))]
            if not plan.stopped
        ]
        if plans:
            found.append(_of_scope(facts, plans, scope))
    return pl.concat(found).sort(*NUMBER_SCHEMA)


def _of_scope(facts: pl.DataFrame, plans: Sequence[Plan], scope: Scope) -> pl.DataFrame:
    wanted = [
        (plan, number, _narrowed(plan, sql)) for plan in plans for number, sql in _numbers(plan)
    ]
    reductions = Reductions()
    flags = [
        _flag(plan, narrowed, None if scope == "person" else reductions).alias(f"{position}")
        for position, (plan, _, narrowed) in enumerate(wanted)
    ]
    if scope == "person":
        judged = facts.lazy().with_columns(flags).collect()
        keys = facts.select("person_id", "household_id", "township", "village")
    else:
        groups = group_facts(facts, SUBJECT[scope])
        judged = reduce_groups(groups.members, reductions).lazy().with_columns(flags).collect()
        unknown = pl.lit(None, dtype=pl.String)
        absent = {
            name: unknown
            for name in ("person_id", "household_id")
            if name not in groups.keys.columns
        }
        keys = groups.keys.with_columns(**absent)
    return pl.concat(
        keys.filter(judged[f"{position}"]).select(
            pl.lit(number).alias("number"),
            pl.lit(plan.rule.id).alias("rule_id"),
            pl.lit(scope).alias("scope"),
            "person_id",
            "household_id",
            "township",
            "village",
        )
        for position, (plan, number, _) in enumerate(wanted)
    )


def _numbers(plan: Plan) -> list[tuple[str, str]]:
    return sorted(plan.rule.numbers.items())


def _narrowed(plan: Plan, sql: str) -> Condition | None:
    if not sql:
        return None
    return parse_condition(sql, plan.names.columns, form=plan.rule.form)


def _flag(plan: Plan, narrowed: Condition | None, reductions: Reductions | None) -> pl.Expr:
    """Whether a subject is a hit of the rule and one that the number means."""
    parts = [
        compile_row(part, plan.names)
        if reductions is None
        else compile_aggregate(part, plan.names, reductions)
        for part in (*plan.conditions, *([narrowed] if narrowed else []))
    ]
    hit = outcome_code(parts[: len(plan.conditions)]) == 1
    for part in parts[len(plan.conditions) :]:
        hit = hit & part.truth.fill_null(value=False)
    return hit
