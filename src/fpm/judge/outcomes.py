"""Four outcomes a rule and subject: hit, clear, cannot tell, not applicable.

Person rules are row expressions over the facts. Household and village rules reduce the facts
once: all reductions of all rules in one ``group_by``, then row expressions over its result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.bounds import Value
from fpm.judge.compile import compile_aggregate, compile_row
from fpm.judge.plan import Plan
from fpm.model import Scope
from fpm.rulebook.conditions import Condition

Outcome = Literal["clear", "hit", "unknown", "not_applicable"]

CODES: Final[dict[Outcome, int]] = {"clear": 0, "hit": 1, "unknown": 2, "not_applicable": 3}

SUBJECT: Final[dict[Scope, tuple[str, ...]]] = {
    "person": ("person_id",),
    "household": ("household_id",),
    "village": ("township", "village"),
}


def person_outcomes(facts: pl.DataFrame, plans: Sequence[Plan]) -> pl.DataFrame:
    """Judge person rules.

    Args:
        facts: one row a person.
        plans: rules of scope person that are not stopped.

    Returns:
        One UInt8 column a rule, named by its id, values of ``CODES``; rows as in ``facts``.
    """
    columns = [
        outcome_code([compile_row(part, plan.names) for part in plan.conditions]).alias(
            plan.rule.id
        )
        for plan in plans
    ]
    return facts.lazy().with_columns(columns).select(plan.rule.id for plan in plans).collect()


def group_outcomes(facts: pl.DataFrame, plans: Sequence[Plan], key: Sequence[str]) -> pl.DataFrame:
    """Judge household or village rules.

    Args:
        facts: one row a person; rows whose key is NULL are left out.
        plans: rules of that scope that are not stopped.
        key: the columns that identify a household or village.

    Returns:
        The key columns and one UInt8 column a rule, in the order the groups first appear.
    """
    reductions = Reductions()
    columns = []
    for plan in plans:
        parts = [compile_aggregate(part, plan.names, reductions) for part in plan.conditions]
        columns.append(outcome_code(parts).alias(plan.rule.id))
    reduced = reduce_groups(facts, key, reductions)
    return reduced.lazy().with_columns(columns).select(*key, *(p.rule.id for p in plans)).collect()


def reduce_groups(facts: pl.DataFrame, key: Sequence[str], reductions: Reductions) -> pl.DataFrame:
    """One row a group with all reductions, groups in order of first appearance."""
    return facts.drop_nulls(list(key)).group_by(key, maintain_order=True).agg(**reductions.wanted)


def compile_group(condition: Condition, plan: Plan, reductions: Reductions) -> Value:
    """One aggregate expression of a rule."""
    return compile_aggregate(condition, plan.names, reductions)


def outcome_code(parts: Sequence[Value]) -> pl.Expr:
    """The outcome of ``[applies_to,] when`` as a code.

    ``applies_to`` FALSE is *not applicable*. Otherwise their Kleene AND decides: who certainly is
    no hit is clear even when it is open whether the rule applies to them.
    """
    if len(parts) == 1:
        return parts[0].truth.cast(pl.UInt8).fill_null(CODES["unknown"])
    applies, when = parts[0].truth, parts[1].truth
    both = (applies & when).cast(pl.UInt8).fill_null(CODES["unknown"])
    excluded = pl.lit(CODES["not_applicable"], dtype=pl.UInt8)
    return pl.when(applies.fill_null(value=True)).then(both).otherwise(excluded)
