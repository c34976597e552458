"""Values that may be known only within bounds, and the arithmetic and comparisons over them.

A sum over members of whom one is unknown is not NULL and not the known part: it is *at least* the
known part. Interval arithmetic carries that through ``+ - * /`` to the comparison, which then is
TRUE or FALSE only where every value within the bounds agrees, and NULL (cannot tell) elsewhere.
A bound that is NULL is open. SQL's three-valued logic is the special case of equal bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.rulebook.conditions.kinds import AnyKind

PLACES: Final = 6
"""Computed amounts are compared at a millionth, so that 4999.9 + 0.1 is 5000."""


@dataclass(frozen=True, slots=True)
class Value:
    """One compiled expression.

    ``low`` is the value itself when ``high`` is None, else its lower bound. ``computed`` marks
    the result of floating-point arithmetic. ``items`` holds the members of a list value.
    """

    kind: AnyKind
    low: pl.Expr
    high: pl.Expr | None = None
    computed: bool = False
    items: tuple[object, ...] | None = None

    @property
    def top(self) -> pl.Expr:
        """Upper bound."""
        return self.low if self.high is None else self.high

    @property
    def exact(self) -> pl.Expr:
        """The value where it is known exactly, else NULL."""
        if self.high is None:
            return self.low
        return pl.when(self.low == self.high).then(self.high)

    @property
    def truth(self) -> pl.Expr:
        """A condition's TRUE, FALSE or NULL."""
        return self.low if self.kind == "boolean" else pl.lit(None, dtype=pl.Boolean)

    @property
    def number(self) -> pl.Expr:
        """The exact value as a Float64, also for a bare NULL."""
        return self.exact if self.kind != "null" else pl.lit(None, dtype=pl.Float64)


UNKNOWN: Final = pl.lit(None, dtype=pl.Boolean)


def null() -> Value:
    """A bare NULL."""
    return Value("null", pl.lit(None))


def boolean(expression: pl.Expr) -> Value:
    """A three-valued condition."""
    return Value("boolean", expression)


def number(expression: pl.Expr, *, computed: bool = False) -> Value:
    """An exactly known number."""
    return Value("number", expression, computed=computed)


def _bounded(low: pl.Expr, high: pl.Expr) -> Value:
    return Value("number", low, high, computed=True)


def add(left: Value, right: Value) -> Value:
    """``left + right``."""
    if left.high is None and right.high is None:
        return number(left.number + right.number, computed=True)
    return _bounded(_floor(left) + _floor(right), _ceiling(left) + _ceiling(right))


def subtract(left: Value, right: Value) -> Value:
    """``left - right``."""
    return add(left, negate(right))


def negate(value: Value) -> Value:
    """``-value``."""
    if value.high is None:
        return number(-value.number, computed=value.computed)
    return Value("number", -value.high, -value.low, computed=value.computed)


def multiply(left: Value, right: Value) -> Value:
    """``left * right``; bounds survive a factor that is known exactly."""
    if left.high is None:
        left, right = right, left
    factor = right.number
    if left.high is None or right.high is not None:
        return number(left.number * factor, computed=True)
    return _scaled(left, factor, left.low * factor, left.high * factor)


def divide(left: Value, right: Value) -> Value:
    """``left / right``, NULL for a zero divisor; bounds survive a divisor known exactly."""
    divisor = pl.when(right.number != 0).then(right.number)
    if left.high is None or right.high is not None:
        return number(left.number / divisor, computed=True)
    return _scaled(left, divisor, left.low / divisor, left.high / divisor)


def remainder(left: Value, right: Value) -> Value:
    """``left % right`` with the sign of ``left`` (SQL), NULL for a zero divisor."""
    divisor = pl.when(right.number != 0).then(right.number)
    quotient = left.number / divisor
    whole = pl.when(quotient >= 0).then(quotient.floor()).otherwise(quotient.ceil())
    return number(left.number - divisor * whole, computed=True)


def rising(value: Value, function: Callable[[pl.Expr], pl.Expr]) -> Value:
    """Apply a non-decreasing function: it maps bounds to bounds."""
    if value.high is None:
        return number(function(value.number), computed=value.computed)
    return Value("number", function(value.low), function(value.high), computed=value.computed)


def _scaled(value: Value, factor: pl.Expr, low: pl.Expr, high: pl.Expr) -> Value:
    del value
    return _bounded(
        pl.when(factor >= 0).then(low).otherwise(high),
        pl.when(factor >= 0).then(high).otherwise(low),
    )


def _floor(value: Value) -> pl.Expr:
    return value.number if value.high is None else value.low


def _ceiling(value: Value) -> pl.Expr:
    return value.number if value.high is None else value.high


def greater(left: Value, right: Value) -> pl.Expr:
    """``left > right``: Boolean, NULL where the bounds leave it open."""
    return _compare(left, right, pl.Expr.gt, pl.Expr.le)


def greater_or_equal(left: Value, right: Value) -> pl.Expr:
    """``left >= right``."""
    return _compare(left, right, pl.Expr.ge, pl.Expr.lt)


def equal(left: Value, right: Value) -> pl.Expr:
    """``left = right``."""
    if "null" in (left.kind, right.kind):
        return UNKNOWN
    left, right = _rounded(left, right)
    if left.high is None and right.high is None:
        return left.exact == right.exact
    same = (left.low >= right.top) & (left.top <= right.low)
    apart = (left.low > right.top) | (left.top < right.low)
    return pl.when(same).then(True).when(apart).then(False)


def _compare(
    left: Value,
    right: Value,
    holds: Callable[[pl.Expr, pl.Expr], pl.Expr],
    fails: Callable[[pl.Expr, pl.Expr], pl.Expr],
) -> pl.Expr:
    if "null" in (left.kind, right.kind):
        return UNKNOWN
    left, right = _rounded(left, right)
    if left.high is None and right.high is None:
        return holds(left.exact, right.exact)
    proved = holds(left.low, right.top)
    refuted = fails(left.top, right.low)
    return pl.when(proved).then(True).when(refuted).then(False)


def _rounded(left: Value, right: Value) -> tuple[Value, Value]:
    if not (left.computed or right.computed):
        return left, right
    return _round(left), _round(right)


def _round(value: Value) -> Value:
    if value.kind != "number":
        return value
    high = None if value.high is None else _settled(value.high)
    return Value("number", _settled(value.low), high)


def _settled(amount: pl.Expr) -> pl.Expr:
    """Without the dust of binary arithmetic; what overflowed to no number at all is unknown."""
    return amount.round(PLACES).fill_nan(None)
