"""How large a condition becomes when it is compiled: small text can unfold exponentially.

Some operations need an operand several times (``a / b`` looks at ``b`` to see whether it is zero),
and an engine copies the operand's whole tree each time. Nested two dozen deep that is a bomb. The
weight bounds it before anything is built.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fpm.rulebook.conditions.text import ConditionError, place_of
from fpm.rulebook.conditions.tree import Node

MAX_WEIGHT: Final = 20_000
MAX_GROWTH: Final = 100
"""A cell holds at most 32,767 characters, so a text stays below some megabytes."""

_COPIES: Final[dict[str, int]] = {
    "Div": 3,
    "Mul": 3,
    "Mod": 6,
    "EQ": 4,
    "NEQ": 4,
    "GT": 2,
    "GTE": 2,
    "LT": 2,
    "LTE": 2,
    "NullSafeEQ": 6,
    "NullSafeNEQ": 6,
    "Between": 4,
    "AGE": 3,
    "MONTHS_BETWEEN": 8,
    "NULLIF": 5,
    "ROUND": 1,
    "LEAST": 2,
    "GREATEST": 2,
    "ANY": 2,
    "ALL": 2,
    "COUNT_IF": 2,
    "COUNT": 2,
    "SUM": 3,
    "AVG": 3,
    "MIN": 3,
    "MAX": 3,
}
"""Most often an operand is copied by each operation; 1 where nothing is said."""


def check_weight(text: str, tree: Node) -> None:
    """Refuse a condition that would unfold beyond ``MAX_WEIGHT`` nodes or ``MAX_GROWTH`` times.

    Raises:
        ConditionError: at the innermost part that is too large.
    """
    if weight(tree) > MAX_WEIGHT:
        place = place_of(text, _innermost(tree, weight, MAX_WEIGHT).start)
        raise ConditionError("条件套叠后太大，算不动；请拆成几条规则或先做成指标", place)
    if growth(tree) > MAX_GROWTH:
        place = place_of(text, _innermost(tree, growth, MAX_GROWTH).start)
        raise ConditionError("REPLACE 或连接会把文字变得太长，请拆开写", place)


def _innermost(node: Node, measure: Callable[[Node], float], most: float) -> Node:
    """The part of which everything below is small enough; one of them when there are several."""
    too_large = [part for part in node.parts if measure(part) > most]
    return _innermost(too_large[0], measure, most) if too_large else node


def growth(node: Node) -> float:
    """How many times as long as a cell the longest text within ``node`` may become."""
    below = [growth(part) for part in node.parts]
    name = _operation(node)
    if name in ("DPipe", "CONCAT"):
        return sum(below)
    longest = max(below, default=1.0)
    if name == "REPLACE":
        _, old, new = node.parts
        return longest * max(len(new.name) / len(old.name), 1.0)
    return longest


def weight(node: Node) -> int:
    """Upper estimate of the nodes that ``node`` becomes."""
    name = _operation(node)
    below = [weight(part) for part in node.parts]
    if name == "In":  # the subject is compared with each member
        return 1 + len(below[1:]) * below[0] + 4 * sum(below[1:])
    if name == "HAS":
        return 1 + len(below) * below[0] + sum(below[1:])
    copies = _COPIES.get(name, 1)
    if name == "Case" and node.parts[0].kind == "Subject":
        copies = 4 * sum(part.kind == "When" for part in node.parts)
    return 1 + copies * sum(below)


def _operation(node: Node) -> str:
    return node.name if node.kind == "Call" else node.kind
