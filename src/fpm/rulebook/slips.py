"""Conditions that the language admits and nobody means: found when a rule book is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from fpm.rulebook.conditions import ColumnType, Condition
from fpm.rulebook.conditions.tree import Node

_COMPARISONS: Final = frozenset({"EQ", "NEQ", "GT", "GTE", "LT", "LTE"})
_TRUTHS: Final = _COMPARISONS | {"And", "Or", "Not", "In", "Is", "Like", "Between", "Boolean"}


def slips(condition: Condition, columns: Mapping[str, ColumnType]) -> Iterator[str]:
    """What in an admitted condition is surely a slip, one Chinese sentence each.

    Args:
        condition: an admitted condition.
        columns: every name it may use.
    """
    for node in condition.tree.walk():
        parts = node.parts
        if node.kind in _COMPARISONS and "Null" in (parts[0].kind, parts[1].kind):
            yield "与 NULL 比较总是说不清；要问有没有值，请写 IS NULL、IS NOT NULL"
        elif node.kind == "Like" and "*" in parts[1].name and "%" not in parts[1].name:
            yield "LIKE 里任意多个字用 %，不用 *"
        elif (node.kind, node.name) == ("Call", "COUNT") and _truth(parts[0], columns):
            yield "COUNT 数的是有值的行；数成立的行请写 COUNT_IF"


def _truth(argument: Node, columns: Mapping[str, ColumnType]) -> bool:
    if argument.kind == "Column":
        return columns[argument.name].kind == "boolean"
    return argument.kind in _TRUTHS
