"""Turn an admitted condition into polars expressions, node by node from its tree.

No text ever reaches polars' SQL: every node below has one entry here, and
``rulebook.conditions`` has refused everything else. The logic is SQL's (Kleene's) three-valued
one throughout; numbers are Float64, and amounts that arithmetic has touched are compared at a
millionth of a yuan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.aggregates import AGGREGATES, Group, Reductions
from fpm.judge.bounds import Value
from fpm.judge.cells import CELL_FUNCTIONS
from fpm.judge.functions import ROW_FUNCTIONS
from fpm.judge.literals import DTYPES, constant
from fpm.judge.operators import OPERATORS, Compile
from fpm.judge.windows import WINDOWS
from fpm.rulebook.conditions import AT_LEAST, ColumnType, Condition
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.dated import Value as Plain

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
    return Compiler(names).value(condition.tree)


def compile_aggregate(condition: Condition, names: Names, reductions: Reductions) -> Value:
    """Compile an aggregate condition.

    Registers in ``reductions`` what one ``group_by().agg`` must compute; the value returned is
    over the columns of that result.

    Raises:
        KeyError: a constant the condition uses has no value.
    """
    return Compiler(names, reductions).value(condition.tree)


def compile_part(node: Node, names: Names, reductions: Reductions | None) -> Value:
    """Compile one node of an admitted tree; ``reductions`` is None for a row expression."""
    return Compiler(names, reductions).value(node)


@dataclass(slots=True)
class Compiler:
    """One compilation: a value for each node of a tree."""

    names: Names
    reductions: Reductions | None = None

    def value(self, node: Node) -> Value:
        """What a node yields."""
        return _NODES[node.kind](self, node)

    def truth(self, node: Node) -> pl.Expr:
        """The three-valued Boolean of a condition."""
        return self.value(node).truth

    def sides(self, node: Node) -> tuple[Value, Value]:
        """Both operands of an operator."""
        left, right = node.parts
        return self.value(left), self.value(right)

    def values(self, nodes: Sequence[Node]) -> list[Value]:
        """What each of several nodes yields."""
        return [self.value(node) for node in nodes]

    def key(self, node: Node) -> Hashable:
        """Equal for calls that compute the same: the tree, and the values of its constants."""
        used = sorted({part.name for part in node.walk() if part.name in self.names.constants})
        return node, tuple((name, self.names.constants[name]) for name in used)


def _date(compiler: Compiler, node: Node) -> Value:
    del compiler
    return constant("date", dt.date.fromisoformat(node.name))


def _literal(compiler: Compiler, node: Node) -> Value:
    del compiler
    return constant("text", node.name) if node.quoted else constant("number", node.name)


def _boolean(compiler: Compiler, node: Node) -> Value:
    del compiler
    return constant("boolean", node.name == "TRUE")


def _null(compiler: Compiler, node: Node) -> Value:
    del compiler, node
    return bounds.null()


def _column(compiler: Compiler, node: Node) -> Value:
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
        return constant(column.kind, plain)
    items = tuple(constant(column.kind, item).items or () for item in plain)
    flat = tuple(item for pair in items for item in pair)
    return Value(column.kind, pl.lit(None, dtype=DTYPES[column.kind]), items=flat)


def _call(compiler: Compiler, node: Node) -> Value:
    name = node.name
    if name in CELL_FUNCTIONS:
        return CELL_FUNCTIONS[name](node.parts[0].name, compiler.values(node.parts))
    functions = ROW_FUNCTIONS if name in ROW_FUNCTIONS else WINDOWS
    if name in functions:
        return functions[name](compiler.values(node.parts))
    return _aggregate(compiler, node, None)


def _filtered(compiler: Compiler, node: Node) -> Value:
    call, condition = node.parts
    return _aggregate(compiler, call, condition)


def _aggregate(compiler: Compiler, call: Node, condition: Node | None) -> Value:
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
    **OPERATORS,
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
