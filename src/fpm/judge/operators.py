"""Operators of a condition, each as one function of its node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.bounds import Value
from fpm.judge.functions import ROW_FUNCTIONS, days
from fpm.judge.literals import constant
from fpm.rulebook.conditions.tree import Node, choice, joined
from fpm.rulebook.language import INTERVAL_UNITS

if TYPE_CHECKING:
    from fpm.judge.compile import Compiler

Compile = Callable[["Compiler", Node], Value]


def _logic(compiler: Compiler, node: Node) -> Value:
    parts = [compiler.truth(part) for part in joined(node)]
    combine = pl.Expr.and_ if node.kind == "And" else pl.Expr.or_
    return bounds.boolean(reduce(combine, parts))


def _not(compiler: Compiler, node: Node) -> Value:
    return bounds.boolean(~compiler.truth(node.parts[0]))


def _paren(compiler: Compiler, node: Node) -> Value:
    return compiler.value(node.parts[0])


def _equal(compiler: Compiler, node: Node) -> Value:
    return bounds.boolean(bounds.equal(*compiler.sides(node)))


def _not_equal(compiler: Compiler, node: Node) -> Value:
    return bounds.boolean(~bounds.equal(*compiler.sides(node)))


def _greater(compiler: Compiler, node: Node) -> Value:
    return bounds.boolean(bounds.greater(*compiler.sides(node)))


def _greater_or_equal(compiler: Compiler, node: Node) -> Value:
    return bounds.boolean(bounds.greater_or_equal(*compiler.sides(node)))


def _less(compiler: Compiler, node: Node) -> Value:
    left, right = compiler.sides(node)
    return bounds.boolean(bounds.greater(right, left))


def _less_or_equal(compiler: Compiler, node: Node) -> Value:
    left, right = compiler.sides(node)
    return bounds.boolean(bounds.greater_or_equal(right, left))


def _same(compiler: Compiler, node: Node) -> Value:
    left, right = compiler.sides(node)
    both_null = _is_null(left) & _is_null(right)
    return bounds.boolean(both_null | bounds.equal(left, right).fill_null(value=False))


def _distinct(compiler: Compiler, node: Node) -> Value:
    return bounds.boolean(~_same(compiler, node).truth)


def _is_null(value: Value) -> pl.Expr:
    return pl.lit(value=True) if value.kind == "null" else value.exact.is_null()


def _between(compiler: Compiler, node: Node) -> Value:
    value, low, high = compiler.values(node.parts)
    return bounds.boolean(
        bounds.greater_or_equal(value, low) & bounds.greater_or_equal(high, value)
    )


def _in(compiler: Compiler, node: Node) -> Value:
    value, *members = compiler.values(node.parts)
    if value.kind == "null":
        return bounds.boolean(bounds.UNKNOWN)
    written: list[object] = []
    tests: list[pl.Expr] = []
    for found in members:
        if found.items is not None and value.high is None and not value.computed:
            written += found.items
        elif found.items is not None:
            tests += [bounds.equal(value, constant(found.kind, item)) for item in found.items]
        else:
            tests.append(bounds.equal(value, found))
    if written:
        tests.append(value.exact.is_in(written))
    return bounds.boolean(reduce(pl.Expr.or_, tests, pl.lit(value=False)))


def _is(compiler: Compiler, node: Node) -> Value:
    subject, state = node.parts
    value = compiler.value(subject)
    if state.kind == "Null":
        return bounds.boolean(_is_null(value))
    wanted = value.truth if state.name == "TRUE" else ~value.truth
    return bounds.boolean(wanted.fill_null(value=False))


def _like(compiler: Compiler, node: Node) -> Value:
    subject, pattern = node.parts
    value = compiler.value(subject)
    if value.kind == "null":
        return bounds.boolean(bounds.UNKNOWN)
    return bounds.boolean(value.exact.str.contains(f"(?s)^{_like_pattern(pattern.name)}$"))


def _like_pattern(pattern: str) -> str:
    """A regular expression; a run of signs becomes one, for ``%_%_%_`` is slow to match."""
    return re.sub(r"[%_]+|[^%_]", lambda found: _like_part(found[0]), pattern, flags=re.DOTALL)


def _like_part(part: str) -> str:
    if part[0] not in "%_":
        return _escape(part)
    return f".{{{part.count('_')}{',' if '%' in part else ''}}}"


def _escape(sign: str) -> str:
    return sign if sign.isalnum() else f"\\x{{{ord(sign):x}}}"


def _add(compiler: Compiler, node: Node) -> Value:
    if node.parts[1].kind == "Interval":
        return _shifted(compiler, node, "")
    return bounds.add(*compiler.sides(node))


def _subtract(compiler: Compiler, node: Node) -> Value:
    if node.parts[1].kind == "Interval":
        return _shifted(compiler, node, "-")
    left, right = compiler.sides(node)
    if "date" in (left.kind, right.kind):
        return days(right, left)
    return bounds.subtract(left, right)


def _shifted(compiler: Compiler, node: Node, sign: str) -> Value:
    day, interval = node.parts
    shift = f"{sign}{int(interval.amount)}{INTERVAL_UNITS[interval.name]}"
    return Value("date", compiler.value(day).exact.dt.offset_by(shift))


def _arithmetic(operation: Callable[[Value, Value], Value]) -> Compile:
    def compiled(compiler: Compiler, node: Node) -> Value:
        return operation(*compiler.sides(node))

    return compiled


def _negative(compiler: Compiler, node: Node) -> Value:
    return bounds.negate(compiler.value(node.parts[0]))


def _join(compiler: Compiler, node: Node) -> Value:
    return ROW_FUNCTIONS["CONCAT"](compiler.sides(node))


def _case(compiler: Compiler, node: Node) -> Value:
    case = choice(node)
    subject = None if case.subject is None else compiler.value(case.subject)
    result = bounds.null() if case.otherwise is None else compiler.value(case.otherwise)
    for when, then in zip(reversed(case.tests), reversed(case.results), strict=True):
        test = compiler.value(when)
        holds = test if subject is None else bounds.boolean(bounds.equal(subject, test))
        result = ROW_FUNCTIONS["IF"]([holds, compiler.value(then), result])
    return result


OPERATORS: Final[Mapping[str, Compile]] = {
    "And": _logic,
    "Or": _logic,
    "Not": _not,
    "Paren": _paren,
    "EQ": _equal,
    "NEQ": _not_equal,
    "GT": _greater,
    "GTE": _greater_or_equal,
    "LT": _less,
    "LTE": _less_or_equal,
    "NullSafeEQ": _same,
    "NullSafeNEQ": _distinct,
    "Between": _between,
    "In": _in,
    "Is": _is,
    "Like": _like,
    "Add": _add,
    "Sub": _subtract,
    "Mul": _arithmetic(bounds.multiply),
    "Div": _arithmetic(bounds.divide),
    "Mod": _arithmetic(bounds.remainder),
    "Neg": _negative,
    "DPipe": _join,
    "Case": _case,
}
