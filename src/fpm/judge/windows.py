"""Functions of derived columns that look at the other people of the county.

Each compares a person with everybody who agrees in some keys; a NULL key agrees with nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.bounds import Value


def _among(keys: Sequence[Value], expression: pl.Expr) -> pl.Expr:
    """``expression`` over the rows with the same keys, NULL where a key is NULL."""
    exact = [key.exact for key in keys]
    known = reduce(pl.Expr.and_, [key.is_not_null() for key in exact])
    return pl.when(known).then(expression.over(*exact))


def _count(arguments: Sequence[Value]) -> Value:
    return bounds.number(_among(arguments, pl.len()).cast(pl.Float64))


def _distinct(arguments: Sequence[Value]) -> Value:
    different = arguments[0].exact.drop_nulls().n_unique()
    return bounds.number(_among(arguments[1:], different).cast(pl.Float64))


def _value(arguments: Sequence[Value]) -> Value:
    known = arguments[0].exact.drop_nulls()
    only = pl.when(known.n_unique() == 1).then(known.first())
    return Value(arguments[0].kind, _among(arguments[1:], only))


def _first(arguments: Sequence[Value]) -> Value:
    return bounds.boolean(_among(arguments, pl.int_range(pl.len()) == 0))


WINDOWS: Final[Mapping[str, Callable[[Sequence[Value]], Value]]] = {
    "SAME_COUNT": _count,
    "SAME_DISTINCT": _distinct,
    "SAME_VALUE": _value,
    "SAME_FIRST": _first,
}
"""The same names as the window functions of ``language.FUNCTIONS`` (a test compares them)."""
