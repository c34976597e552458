"""Conditions that the language admits and nobody means: found when a rule book is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from fpm.rulebook.conditions import ColumnType, Condition

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

_COMPARISONS: Final = frozenset({"EQ", "NEQ", "GT", "GTE", "LT", "LTE"})
_TRUTHS: Final = _COMPARISONS | {"And", "Or", "Not", "In", "Is", "Like", "Between", "Boolean"}


def slips(condition: Condition, columns: Mapping[str, ColumnType]) -> Iterator[str]:
    """What in an admitted condition is surely a slip, one Chinese sentence each.

    Args:
        condition: an admitted condition.
        columns: every name it may use.
    """
    for node in condition.tree.walk():
        kind = type(node).__name__
        if kind in _COMPARISONS and "Null" in (type(node.this).__name__, _kind(node.expression)):
            yield "与 NULL 比较总是说不清；要问有没有值，请写 IS NULL、IS NOT NULL"
        elif kind == "Like" and "*" in node.expression.name and "%" not in node.expression.name:
            yield "LIKE 里任意多个字用 %，不用 *"
        elif kind == "Anonymous" and str(node.this).upper() == "COUNT" and _truth(node, columns):
            yield "COUNT 数的是有值的行；数成立的行请写 COUNT_IF"


def _kind(node: Any) -> str:
    return type(node).__name__


def _truth(call: Expr, columns: Mapping[str, ColumnType]) -> bool:
    argument = call.expressions[0]
    if _kind(argument) == "Column":
        return columns[argument.name].kind == "boolean"
    return _kind(argument) in _TRUTHS
