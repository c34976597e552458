"""Turn an admitted condition into polars expressions, node by node from its tree.

No text ever reaches polars' SQL: every node below has one entry here, and
``rulebook.conditions`` has refused everything else. The logic is SQL's (Kleene's) three-valued
one throughout; numbers are Float64, and amounts that arithmetic has touched are compared at a
millionth of a yuan.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any, Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.aggregates import AGGREGATES, Group, Reductions
from fpm.judge.bounds import Value
from fpm.judge.cells import CELL_FUNCTIONS
from fpm.judge.functions import ROW_FUNCTIONS, days
from fpm.judge.windows import WINDOWS
from fpm.rulebook.conditions import AT_LEAST, ColumnType, Condition
from fpm.rulebook.conditions.tree import Node, choice, joined
from fpm.rulebook.dated import Value as Plain
from fpm.rulebook.language import INTERVAL_UNITS

PlainOrList = Plain | tuple[Plain, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean in one compilation.

    ``columns`` are the names the condition was admitted with; ``constants`` hold the values of
    those that are not columns of the frame: dated values and ``period_start``, ``period_end``.
    """

    columns: Mapping[str, ColumnType]
    constants: Mapping[str, PlainOrList] = field(default_factory=dict)


def compile_row(condition: Condition, names: Names) -> Value:
    """Compile a row condition.

    Returns:
        A value over the frame's columns. Numbers are Float64, conditions three-valued Boolean.

    Raises:
        KeyError: a constant the condition uses has no value; callers check for unset values.
    """
    return _Compiler(names).value(condition.tree)


def compile_aggregate(condition: Condition, names: Names, reductions: Reductions) -> Value:
    """Compile an aggregate condition.

    Registers in ``reductions`` what one ``group_by().agg`` must compute; the value returned is
    over the columns of that result.

    Raises:
        KeyError: a constant the condition uses has no value.
    """
    return _Compiler(names, reductions).value(condition.tree)


def compile_part(node: Node, names: Names, reductions: Reductions | None) -> Value:
    """Compile one node of an admitted tree; ``reductions`` is None for a row expression."""
    return _Compiler(names, reductions).value(node)


@dataclass(slots=True)
class _Compiler:
    names: Names
    reductions: Reductions | None = None

    def value(self, node: Node) -> Value:
        return _NODES[node.kind](self, node)

    def truth(self, node: Node) -> pl.Expr:
        return self.value(node).truth

    def sides(self, node: Node) -> tuple[Value, Value]:
        left, right = node.parts
        return self.value(left), self.value(right)

    def values(self, nodes: Sequence[Node]) -> list[Value]:
        return [self.value(node) for node in nodes]

    def key(self, node: Node) -> Hashable:
        """Equal for calls that compute the same: the tree, and the values of its constants."""
        used = sorted({part.name for part in node.walk() if part.name in self.names.constants})
        return node, tuple((name, self.names.constants[name]) for name in used)


Compile = Callable[[_Compiler, Node], Value]


def _logic(compiler: _Compiler, node: Node) -> Value:
    parts = [compiler.truth(part) for part in joined(node)]
    combine = pl.Expr.and_ if node.kind == "And" else pl.Expr.or_
    return bounds.boolean(reduce(combine, parts))


def _not(compiler: _Compiler, node: Node) -> Value:
    return bounds.boolean(~compiler.truth(node.parts[0]))


def _paren(compiler: _Compiler, node: Node) -> Value:
    return compiler.value(node.parts[0])


def _equal(compiler: _Compiler, node: Node) -> Value:
    return bounds.boolean(bounds.equal(*compiler.sides(node)))


def _not_equal(compiler: _Compiler, node: Node) -> Value:
    return bounds.boolean(~bounds.equal(*compiler.sides(node)))


def _greater(compiler: _Compiler, node: Node) -> Value:
    return bounds.boolean(bounds.greater(*compiler.sides(node)))


def _greater_or_equal(compiler: _Compiler, node: Node) -> Value:
    return bounds.boolean(bounds.greater_or_equal(*compiler.sides(node)))


def _less(compiler: _Compiler, node: Node) -> Value:
    left, right = compiler.sides(node)
    return bounds.boolean(bounds.greater(right, left))


def _less_or_equal(compiler: _Compiler, node: Node) -> Value:
    left, right = compiler.sides(node)
    return bounds.boolean(bounds.greater_or_equal(right, left))


def _same(compiler: _Compiler, node: Node) -> Value:
    left, right = compiler.sides(node)
    both_null = _is_null(left) & _is_null(right)
    return bounds.boolean(both_null | bounds.equal(left, right).fill_null(value=False))


def _distinct(compiler: _Compiler, node: Node) -> Value:
    return bounds.boolean(~_same(compiler, node).truth)


def _is_null(value: Value) -> pl.Expr:
    return pl.lit(value=True) if value.kind == "null" else value.exact.is_null()


def _between(compiler: _Compiler, node: Node) -> Value:
    value, low, high = compiler.values(node.parts)
    return bounds.boolean(
        bounds.greater_or_equal(value, low) & bounds.greater_or_equal(high, value)
    )


def _in(compiler: _Compiler, node: Node) -> Value:
    value, *members = compiler.values(node.parts)
    if value.kind == "null":
        return bounds.boolean(bounds.UNKNOWN)
    written: list[object] = []
    tests: list[pl.Expr] = []
    for found in members:
        if found.items is not None and value.high is None and not value.computed:
            written += found.items
        elif found.items is not None:
            tests += [bounds.equal(value, _constant(found.kind, item)) for item in found.items]
        else:
            tests.append(bounds.equal(value, found))
    if written:
        tests.append(value.exact.is_in(written))
    return bounds.boolean(reduce(pl.Expr.or_, tests, pl.lit(value=False)))


def _is(compiler: _Compiler, node: Node) -> Value:
    subject, state = node.parts
    value = compiler.value(subject)
    if state.kind == "Null":
        return bounds.boolean(_is_null(value))
    wanted = value.truth if state.name == "TRUE" else ~value.truth
    return bounds.boolean(wanted.fill_null(value=False))


def _like(compiler: _Compiler, node: Node) -> Value:
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


def _add(compiler: _Compiler, node: Node) -> Value:
    if node.parts[1].kind == "Interval":
        return _shifted(compiler, node, "")
    return bounds.add(*compiler.sides(node))


def _subtract(compiler: _Compiler, node: Node) -> Value:
    if node.parts[1].kind == "Interval":
        return _shifted(compiler, node, "-")
    left, right = compiler.sides(node)
    if "date" in (left.kind, right.kind):
        return days(right, left)
    return bounds.subtract(left, right)


def _shifted(compiler: _Compiler, node: Node, sign: str) -> Value:
    day, interval = node.parts
    shift = f"{sign}{int(interval.amount)}{INTERVAL_UNITS[interval.name]}"
    return Value("date", compiler.value(day).exact.dt.offset_by(shift))


def _arithmetic(operation: Callable[[Value, Value], Value]) -> Compile:
    def compiled(compiler: _Compiler, node: Node) -> Value:
        return operation(*compiler.sides(node))

    return compiled


def _negative(compiler: _Compiler, node: Node) -> Value:
    return bounds.negate(compiler.value(node.parts[0]))


def _join(compiler: _Compiler, node: Node) -> Value:
    return ROW_FUNCTIONS["CONCAT"](compiler.sides(node))


def _case(compiler: _Compiler, node: Node) -> Value:
    case = choice(node)
    subject = None if case.subject is None else compiler.value(case.subject)
    result = bounds.null() if case.otherwise is None else compiler.value(case.otherwise)
    for when, then in zip(reversed(case.tests), reversed(case.results), strict=True):
        test = compiler.value(when)
        holds = test if subject is None else bounds.boolean(bounds.equal(subject, test))
        result = ROW_FUNCTIONS["IF"]([holds, compiler.value(then), result])
    return result


def _date(compiler: _Compiler, node: Node) -> Value:
    del compiler
    return _constant("date", dt.date.fromisoformat(node.name))


def _literal(compiler: _Compiler, node: Node) -> Value:
    del compiler
    return _constant("text", node.name) if node.quoted else _constant("number", node.name)


def _boolean(compiler: _Compiler, node: Node) -> Value:
    del compiler
    return _constant("boolean", node.name == "TRUE")


def _null(compiler: _Compiler, node: Node) -> Value:
    del compiler, node
    return bounds.null()


DTYPES: Final[Mapping[str, type[pl.DataType]]] = {
    "boolean": pl.Boolean,
    "number": pl.Float64,
    "text": pl.String,
    "date": pl.Date,
}


def _constant(kind: Any, plain: object) -> Value:
    value = float(str(plain)) if kind == "number" else plain
    return Value(kind, _typed(kind, value), items=(value,))


@lru_cache(1024)
def _typed(kind: str, value: object) -> pl.Expr:
    """The same few grades and limits stand in many conditions."""
    return pl.lit(value, dtype=DTYPES[kind])


def _column(compiler: _Compiler, node: Node) -> Value:
    name = node.name
    column = compiler.names.columns[name]
    if column.constant:
        return _named_constant(column, compiler.names.constants[name])
    if column.kind != "number":
        return Value(column.kind, pl.col(name))
    amount = pl.col(name).cast(pl.Float64)
    if column.bounded:
        return Value("number", pl.col(name + AT_LEAST).cast(pl.Float64), amount)
    return Value("number", amount)


def _named_constant(column: ColumnType, plain: PlainOrList) -> Value:
    if not isinstance(plain, tuple):
        return _constant(column.kind, plain)
    items = tuple(_constant(column.kind, item).items or () for item in plain)
    flat = tuple(item for pair in items for item in pair)
    return Value(column.kind, pl.lit(None, dtype=DTYPES[column.kind]), items=flat)


def _call(compiler: _Compiler, node: Node) -> Value:
    name = node.name
    if name in CELL_FUNCTIONS:
        return CELL_FUNCTIONS[name](node.parts[0].name, compiler.values(node.parts))
    functions = ROW_FUNCTIONS if name in ROW_FUNCTIONS else WINDOWS
    if name in functions:
        return functions[name](compiler.values(node.parts))
    return _aggregate(compiler, node, None)


def _filtered(compiler: _Compiler, node: Node) -> Value:
    call, condition = node.parts
    return _aggregate(compiler, call, condition)


def _aggregate(compiler: _Compiler, call: Node, condition: Node | None) -> Value:
    assert compiler.reductions is not None
    argument, key = call.parts[0], compiler.key(call)
    where = None
    if condition is not None:
        where, key = compiler.truth(condition), (key, "FILTER", compiler.key(condition))
    distinct = argument.kind == "Distinct"
    if distinct:
        value = compiler.value(argument.parts[0])
    else:
        value = bounds.null() if argument.kind == "Star" else compiler.value(argument)
    others = tuple(compiler.values(call.parts[1:]))
    group = Group(compiler.reductions, key, where, distinct, others)
    return AGGREGATES[call.name](value, group)


_NODES: Final[Mapping[str, Compile]] = {
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
    "Cast": _date,
    "Literal": _literal,
    "Boolean": _boolean,
    "Null": _null,
    "Column": _column,
    "Call": _call,
    "Filter": _filtered,
}


def compiled_nodes() -> Sequence[str]:
    """Classes of the tree that can be compiled, for the test against the white-list."""
    return sorted(_NODES)
