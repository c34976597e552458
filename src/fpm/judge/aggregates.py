"""What each aggregate function of the language does.

An aggregate is split in two: simple reductions of row expressions (``sum``, ``max`` …), which all
rules share and one ``group_by`` computes, and an expression over their results. Unknown rows are
counted, not skipped: see ``bounds``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.bounds import Value

HEAD: Final = "户主"
"""The relation of the one person a household is named after (roster column ``relation``)."""


@dataclass(slots=True)
class Reductions:
    """The reductions wanted so far: column name → expression for ``group_by().agg``."""

    wanted: dict[str, pl.Expr] = field(default_factory=dict)
    _names: dict[Hashable, str] = field(default_factory=dict)

    def add(self, key: Hashable, expression: pl.Expr) -> pl.Expr:
        """The column that will hold ``expression``; the same key is computed once."""
        name = self._names.setdefault(key, f"_reduced_{len(self._names)}")
        self.wanted.setdefault(name, expression)
        return pl.col(name)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows one aggregate call looks at.

    ``where`` is its FILTER condition (three-valued) or None; ``key`` identifies call and filter;
    ``distinct`` is set for ``COUNT(DISTINCT …)``; ``others`` are the arguments after the first.
    """

    reductions: Reductions
    key: Hashable
    where: pl.Expr | None = None
    distinct: bool = False
    others: tuple[Value, ...] = ()

    def reduce(self, part: str, expression: pl.Expr) -> pl.Expr:
        """Register one reduction of this call."""
        return self.reductions.add((self.key, part), expression)

    def kept(self, expression: pl.Expr) -> pl.Expr:
        """``expression`` where the row certainly counts, else NULL."""
        return expression if self.where is None else pl.when(self.where).then(expression)

    def unknown(self, part: str, missing: pl.Expr) -> pl.Expr:
        """Number of rows that may count and whose value or membership is not known."""
        flag = missing
        if self.where is not None:
            flag = self.where.fill_null(value=True) & (missing | self.where.is_null())
        return self.reduce(part, flag.sum())


Aggregate = Callable[[Value, Group], Value]


def _any(value: Value, group: Group) -> Value:
    held = value.truth if group.where is None else group.where & value.truth
    return _ranked(group.reduce("any", _rank(held).max()))  # Kleene's OR, and one fast reduction


def _all(value: Value, group: Group) -> Value:
    held = value.truth if group.where is None else ~group.where | value.truth
    return _ranked(group.reduce("all", _rank(held).min()))


_UNKNOWN: Final = pl.lit(1)
_HOLDS: Final = pl.lit(2)


def _rank(condition: pl.Expr) -> pl.Expr:
    """0 fails, 1 unknown, 2 holds."""
    return (condition.cast(pl.UInt8) * _HOLDS).fill_null(_UNKNOWN)


def _ranked(rank: pl.Expr) -> Value:
    return bounds.boolean(pl.when(rank != _UNKNOWN).then(rank == _HOLDS))


def _count_if(value: Value, group: Group) -> Value:
    held = value.truth if group.where is None else group.where & value.truth
    low = group.reduce("true", held.sum()).cast(pl.Float64)
    open_rows = group.reduce("open", held.is_null().sum()).cast(pl.Float64)
    return Value("number", low, low + open_rows)


def _count(value: Value, group: Group) -> Value:
    if group.distinct:
        return _count_distinct(value, group)
    if value.kind == "null":  # COUNT(*)
        if group.where is None:
            return bounds.number(group.reduce("len", pl.len()).cast(pl.Float64))
        return _count_if(bounds.boolean(pl.lit(value=True)), group)
    if group.where is None:
        return bounds.number(group.reduce("count", value.exact.count()).cast(pl.Float64))
    return _count_if(bounds.boolean(value.exact.is_not_null()), group)


def _count_distinct(value: Value, group: Group) -> Value:
    certain = group.kept(value.exact).drop_nulls().n_unique()
    low = group.reduce("distinct", certain).cast(pl.Float64)
    if group.where is None:
        return bounds.number(low)
    possible = pl.when(group.where.fill_null(value=True)).then(value.exact).drop_nulls().n_unique()
    return Value("number", low, group.reduce("possible", possible).cast(pl.Float64))


def _sum(value: Value, group: Group) -> Value:
    low = group.reduce("sum", group.kept(_amount(value.low, value)).sum()).round(bounds.PLACES)
    open_rows = group.unknown("open", _amount(value.exact, value).is_null())
    if value.high is None:
        return Value("number", low, pl.when(open_rows == 0).then(low))
    top = group.reduce("top", group.kept(value.high).sum()).round(bounds.PLACES)
    return Value("number", low, pl.when(open_rows == 0).then(top))


def _amount(expression: pl.Expr, value: Value) -> pl.Expr:
    return expression if value.kind == "number" else pl.lit(None, dtype=pl.Float64)


def _average(value: Value, group: Group) -> Value:
    amount = _amount(value.exact, value)
    mean = group.reduce("mean", group.kept(amount).mean())
    open_rows = group.unknown("open", amount.is_null())
    return bounds.number(pl.when(open_rows == 0).then(mean), computed=True)


def _min(value: Value, group: Group) -> Value:
    high = group.reduce("min", group.kept(value.top).min())
    open_rows = group.unknown("open", value.low.is_null())
    low = high
    if value.high is not None:
        low = group.reduce("low", group.kept(value.low).min())
    return Value(value.kind, pl.when(open_rows == 0).then(low), high, computed=value.computed)


def _max(value: Value, group: Group) -> Value:
    low = group.reduce("max", group.kept(value.low).max())
    open_rows = group.unknown("open", value.top.is_null())
    high = low
    if value.high is not None:
        high = group.reduce("top", group.kept(value.high).max())
    return Value(value.kind, low, pl.when(open_rows == 0).then(high), computed=value.computed)


def _last(value: Value, group: Group) -> Value:
    if group.where is None:
        return Value(value.kind, group.reduce("last", value.exact.last()), computed=value.computed)
    last = group.reduce("last", value.exact.filter(group.where).last())
    open_rows = group.reduce("open", group.where.is_null().sum())
    return Value(value.kind, pl.when(open_rows == 0).then(last), computed=value.computed)


def _overlaps(value: Value, group: Group) -> Value:
    """Rows come in the order of their layout; the start of one is held against the end before."""
    start, end = value.exact, group.others[0].exact
    if group.where is not None:
        start, end = start.filter(group.where), end.filter(group.where)
    return bounds.boolean(group.reduce("overlaps", (start < end.shift(1)).any()))


def _head(value: Value, group: Group) -> Value:
    is_head = pl.col("relation") == HEAD
    first = value.exact.filter(is_head).first()
    return Value(value.kind, group.reduce("head", first), computed=value.computed)


def _names(value: Value, group: Group) -> Value:
    held = value.truth if group.where is None else group.where & value.truth
    names = pl.col("name").filter(held.fill_null(value=False)).drop_nulls()
    return Value("text", group.reduce("names", names.str.join("、")))


AGGREGATES: Final[Mapping[str, Aggregate]] = {
    "ANY": _any,
    "ALL": _all,
    "COUNT_IF": _count_if,
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _average,
    "MIN": _min,
    "MAX": _max,
    "LAST": _last,
    "OVERLAPPING": _overlaps,
    "HEAD": _head,
    "NAMES": _names,
}
"""The same names as the other functions of ``language.FUNCTIONS`` (a test compares them)."""
