"""Walk a parsed condition: only white-listed nodes and names, and kinds that agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from fpm.rulebook import language
from fpm.rulebook.conditions.text import ConditionError, place_of
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.language import KIND_TITLES, Kind
from fpm.rulebook.nearest import nearest

AnyKind = Kind | Literal["null"]


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What the checker knows of one name that a condition may use.

    ``choices`` are the declared values of a category (empty: any text). ``multiple`` says that
    the text holds several values joined by ``,``. ``constant`` marks dated values and the
    built-ins ``period_start`` and ``period_end``: they may stand beside aggregates. ``is_list``
    marks a value that is a list, for ``IN`` and ``HAS``. ``bounded`` marks a fact that has a
    companion column ``<name>__at_least`` with its lower bound (see ``judge.facts``).
    ``delivered`` marks a field of a layout: its cell may be blank, or the column be missing.
    ``earlier`` names the month before this one that it speaks of (``columns.EARLIER``), or is "".
    """

    kind: Kind
    title: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    multiple: bool = False
    constant: bool = False
    is_list: bool = False
    bounded: bool = False
    delivered: bool = False
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one node yields; ``column`` is set when the node is a bare column."""

    kind: AnyKind
    bounded: bool = False
    column: str = ""
    literal: str | None = None


NodeRule = Callable[["Checker", Node], Checked]


@dataclass(slots=True)
class Checker:
    """One walk over one tree; ``over`` is None for row expressions."""

    text: str
    columns: Mapping[str, ColumnType]
    over: Literal["records", "members"] | None
    rules: Mapping[str, NodeRule]
    """What to do at each class of node (``nodes.RULES``)."""
    windows: bool = False
    """Functions that look at the other people of the county are allowed."""
    used: set[str] = field(default_factory=set)
    cells: set[str] = field(default_factory=set)
    """The delivered columns of which it is asked whether their cell is blank."""
    inside: bool = False
    """Inside the argument of an aggregate function."""
    lists: bool = False
    """Where a list of values may stand: in ``IN ( )`` and ``HAS( )``."""
    depth: int = 0

    def check(self, node: Node) -> Checked:
        """Admit one node and everything below it.

        Raises:
            ConditionError: at the first thing that is not allowed.
        """
        rule = self.rules.get(node.kind)
        if rule is None:
            raise self.error(node, _REFUSALS[node.kind])
        self.depth += 1
        if self.depth > language.MAX_TREE:
            raise self.error(node, "条件套得太深，请拆开写")
        result = rule(self, node)
        self.depth -= 1
        return result

    def error(self, node: Node, message: str, suggestion: str = "") -> ConditionError:
        """The error at the first word that belongs to ``node``."""
        return ConditionError(message, place_of(self.text, node.start), suggestion)

    def expect(self, node: Node, kind: AnyKind, role: str) -> Checked:
        """Admit ``node`` and insist on its kind (NULL fits everywhere)."""
        found = self.check(node)
        if found.kind not in (kind, "null"):
            raise self.error(
                node,
                f"{role}要用{title_of(kind)}，这里是{title_of(found.kind)}{hint_for(found, kind)}",
            )
        return found

    def agree(self, nodes: Sequence[Node], role: str) -> Checked:
        """Admit nodes that must be of one kind; declared values of categories are compared."""
        return self.agree_checked(nodes, [self.check(node) for node in nodes], role)

    def agree_checked(
        self, nodes: Sequence[Node], checked: Sequence[Checked], role: str
    ) -> Checked:
        """Insist that nodes admitted already are of one kind."""
        kind: AnyKind = "null"
        for node, found in zip(nodes, checked, strict=True):
            if kind == "null":
                kind = found.kind
            if found.kind not in (kind, "null"):
                message = f"{role}两边不是一类：{title_of(kind)}和{title_of(found.kind)}"
                hint = hint_for(found, kind) + hint_for(checked[0], found.kind)
                if {kind, found.kind} == {"boolean", "number"}:
                    hint = _HOW_TRUE
                raise self.error(node, message + hint)
        self.check_choices(nodes, checked)
        return Checked(kind, bounded=any(found.bounded for found in checked))

    def check_choices(self, nodes: Sequence[Node], checked: Sequence[Checked]) -> None:
        """Refuse a text that is not among the declared values of the column beside it."""
        named = [self.columns[found.column] for found in checked if found.column]
        choices = {choice for column in named for choice in column.choices}
        if not choices or not all(column.choices or column.constant for column in named):
            return
        for node, found in zip(nodes, checked, strict=True):
            if found.literal is not None and found.literal not in choices:
                known = "、".join(sorted(choices))
                best = nearest(found.literal, choices) or ""
                raise self.error(node, f"没有“{found.literal}”这个取值（有：{known}）", best)

    def check_order(self, nodes: Sequence[Node], found: Checked) -> None:
        """Refuse an order between values that have none: texts, except grades such as A B C D."""
        if found.kind == "boolean":
            raise self.error(nodes[0], "是/否不能比大小")
        if found.kind != "text":
            return
        for node in nodes:
            graded = [
                self.columns[part.name].choices
                for part in node.walk()
                if part.kind == "Column" and part.name in self.columns
            ]
            for choices in graded:
                if not choices or any(_GRADE.fullmatch(choice) is None for choice in choices):
                    raise self.error(node, "文本不能比大小；只有 A、B、C、D 这样的等级可以")


_HOW_TRUE: Final = "；是/否的列直接写列名，或写 = TRUE、= FALSE"
_GRADE: Final = re.compile(r"[A-Z]")


def title_of(kind: AnyKind) -> str:
    """What people call a kind."""
    return "NULL" if kind == "null" else KIND_TITLES[kind]


def hint_for(found: Checked, wanted: AnyKind) -> str:
    """How to write a value of the wanted kind, when a text literal stands there instead."""
    if found.literal is None:
        return ""
    if wanted == "date":
        return "；日期请写成 DATE '2026-10-03'"
    if wanted == "number":
        return "；数值不加引号"
    if wanted == "boolean":
        return _HOW_TRUE
    return ""


_REFUSALS: Final[Mapping[str, str]] = {
    "Star": "* 只能写在 COUNT(*) 里，或两个数之间作乘号",
    "Distinct": "不支持 DISTINCT：它只写在 COUNT(DISTINCT …) 和 IS DISTINCT FROM 里",
}
