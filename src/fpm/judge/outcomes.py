"""Four outcomes a rule and subject: hit, clear, cannot tell, not applicable.

Person rules are row expressions over the facts. Household and village rules reduce the facts
once: all reductions of all rules in one ``group_by``, then row expressions over its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.bounds import Value
from fpm.judge.compile import compile_aggregate, compile_row
from fpm.judge.frames import columns_of
from fpm.judge.plan import Plan
from fpm.model import WHOLE_TOWNSHIP, Scope

Outcome = Literal["clear", "hit", "unknown", "not_applicable"]

CODES: Final[dict[Outcome, int]] = {"clear": 0, "hit": 1, "unknown": 2, "not_applicable": 3}

SUBJECT: Final[dict[Scope, tuple[str, ...]]] = {
    "person": ("person_id",),
    "household": ("household_id",),
    "village": ("township", "village"),
    "township": ("township",),
}
PLACE: Final = ("person_id", "household_id", "township", "village")
GROUP: Final = "_group"


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


@dataclass(frozen=True, slots=True)
class Groups:
    """The facts by household or village.

    Attributes:
        keys: one row a group: ``household_id`` (households only), ``township``, ``village``.
            For townships ``village`` is ``WHOLE_TOWNSHIP``.
        members: the facts of everybody who belongs to a group, with ``_group`` = row in ``keys``,
            sorted by it: polars reduces runs of rows several times faster than scattered ones.
    """

    keys: pl.DataFrame
    members: pl.DataFrame

    def __len__(self) -> int:
        """Number of groups."""
        return self.keys.height

    @property
    def of_persons(self) -> bool:
        """Whether every person stands alone: ``keys`` and ``members`` are the facts then."""
        return GROUP not in self.members.columns

    def only(self, chosen: pl.Series, needed: Iterable[str]) -> Groups:
        """The groups whose flag is true, renumbered; of their members the columns ``needed``."""
        if self.of_persons:
            persons = columns_of(self.members, (*PLACE, *needed)).filter(chosen)
            return Groups(persons, persons)
        number = (chosen.cum_sum() - 1).cast(pl.UInt32)
        members = columns_of(self.members, (GROUP, *needed))
        members = members.filter(chosen.gather(members[GROUP]))
        renumbered = number.gather(members[GROUP]).alias(GROUP).set_sorted()
        return Groups(self.keys.filter(chosen), members.with_columns(renumbered))


def group_facts(facts: pl.DataFrame, key: Sequence[str]) -> Groups:
    """Gather the facts by ``key``; persons whose key is NULL belong to no group.

    A household that lies in two villages in the roster takes the place of its first row.
    """
    grouped = facts.drop_nulls(list(key))
    place = [pl.col(name).first() for name in ("township", "village") if name not in key]
    if key == SUBJECT["township"]:
        place = [pl.lit(WHOLE_TOWNSHIP).alias("village")]
    keys = grouped.group_by(key, maintain_order=True).agg(place).with_row_index(GROUP)
    group = grouped.select(key).join(keys, on=key, how="left", maintain_order="left")[GROUP]
    members = grouped.with_columns(group)
    if not group.is_sorted():
        members = members.sort(GROUP, maintain_order=True)
    return Groups(keys.drop(GROUP), members.with_columns(pl.col(GROUP).set_sorted()))


def group_outcomes(groups: Groups, plans: Sequence[Plan]) -> pl.DataFrame:
    """Judge household or village rules.

    Args:
        groups: the facts by household or village.
        plans: rules of that scope that are not stopped.

    Returns:
        One UInt8 column a rule, named by its id; rows as in ``groups.keys``.
    """
    reductions = Reductions()
    columns = []
    for plan in plans:
        parts = [compile_aggregate(part, plan.names, reductions) for part in plan.conditions]
        columns.append(outcome_code(parts).alias(plan.rule.id))
    reduced = _reduced(groups.members, reductions)
    return reduced.select(GROUP, *columns).sort(GROUP).drop(GROUP).collect()


def reduce_groups(members: pl.DataFrame, reductions: Reductions) -> pl.DataFrame:
    """All reductions of every group, rows in the order of ``_group``."""
    return _reduced(members, reductions).sort(GROUP).collect()


def _reduced(members: pl.DataFrame, reductions: Reductions) -> pl.LazyFrame:
    return members.lazy().group_by(GROUP).agg(**reductions.wanted)


_OPEN: Final = pl.lit(CODES["unknown"], dtype=pl.UInt8)
_EXCLUDED: Final = pl.lit(CODES["not_applicable"], dtype=pl.UInt8)
_HOLDS: Final = pl.lit(value=True)


def outcome_code(parts: Sequence[Value]) -> pl.Expr:
    """The outcome of ``[applies_to,] when`` as a code.

    ``applies_to`` FALSE is *not applicable*. Otherwise their Kleene AND decides: who certainly is
    no hit is clear even when it is open whether the rule applies to them.
    """
    if len(parts) == 1:
        return parts[0].truth.cast(pl.UInt8).fill_null(_OPEN)
    applies, when = parts[0].truth, parts[1].truth
    both = (applies & when).cast(pl.UInt8).fill_null(_OPEN)
    return pl.when(applies.fill_null(_HOLDS)).then(both).otherwise(_EXCLUDED)
