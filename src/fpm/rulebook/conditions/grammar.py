"""The grammar of conditions: words → tree.

The language is small and closed, so it is read by a small parser of its own: what it has no entry
for cannot be written. Operators bind as in SQL, from loose to tight::

    OR · AND · = <> · < <= > >= · BETWEEN IN LIKE IS (each with NOT) · || · + - · * / % · sign

and from left to right; ``NOT`` takes the whole comparison behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from fpm.rulebook.conditions.text import ConditionError, place_of
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.conditions.words import Word

_ANY, _AND, _COMPARISON, _ORDER, _RANGE, _JOIN, _SUM, _PRODUCT = range(1, 9)

_BINARY: Final[dict[str, tuple[int, str]]] = {
    "OR": (_ANY, "Or"),
    "AND": (_AND, "And"),
    "=": (_COMPARISON, "EQ"),
    "<>": (_COMPARISON, "NEQ"),
    "<": (_ORDER, "LT"),
    "<=": (_ORDER, "LTE"),
    ">": (_ORDER, "GT"),
    ">=": (_ORDER, "GTE"),
    "||": (_JOIN, "DPipe"),
    "+": (_SUM, "Add"),
    "-": (_SUM, "Sub"),
    "*": (_PRODUCT, "Mul"),
    "/": (_PRODUCT, "Div"),
    "%": (_PRODUCT, "Mod"),
}
"""Word → how tightly it binds, and the node it becomes."""
_RANGES: Final = frozenset({"BETWEEN", "IN", "LIKE", "IS", "NOT"})
_OPERANDS: Final = frozenset({"NAME", "QUOTED", "NUMBER", "TEXT", "(", "CASE"})
"""Words that begin an operand: behind a whole one, an operator is missing."""


def parse(sql: str, words: Sequence[Word]) -> Node:
    """The tree of a condition.

    Args:
        sql: the condition, for the places in what is told.
        words: its words, admitted by ``tokens.check_tokens``: so few and so little nested that
            reading them by recursion is safe.

    Raises:
        ConditionError: at the first word that fits nowhere.
    """
    reader = _Reader(sql, [*words, Word("", "", len(sql), len(sql))])
    tree = reader.expression(_ANY)
    if reader.word.kind:
        raise reader.error()
    return tree


@dataclass(slots=True)
class _Reader:
    sql: str
    words: list[Word]
    position: int = 0

    @property
    def word(self) -> Word:
        return self.words[self.position]

    def take(self) -> Word:
        self.position += 1
        return self.words[self.position - 1]

    def taken(self, kind: str) -> bool:
        """Pass over the next word if it is of this kind."""
        if self.words[self.position].kind != kind:
            return False
        self.position += 1
        return True

    def expect(self, kind: str) -> Word:
        if self.word.kind != kind:
            raise self.error()
        return self.take()

    def node(self, kind: str, parts: tuple[Node, ...], start: int, name: str = "") -> Node:
        """A node that ends with the word taken last."""
        return Node(kind, parts, name, start=start, end=self.words[self.position - 1].end)

    def error(self) -> ConditionError:
        """What is wrong with the next word."""
        word, before = self.word, self.words[self.position - 1]
        found = word if word.kind else before
        message = f"写到“{found.text}”这里读不懂"
        if before.kind == "%":
            message += "；百分数写成小数，50% 写 0.5"
        elif not word.kind:
            message += "，可能后面还缺东西，或前面少了运算符、括号"
        elif word.kind == ",":
            message += "；逗号只用在函数和 IN 的括号里：数里不写千位分隔，BETWEEN 的两头用 AND 连接"
        elif word.kind in _OPERANDS and before.kind in _OPERANDS | {")", "END"}:
            message += "；两个词之间少了运算符，或多了 AS"
        return ConditionError(message, place_of(self.sql, found.start))

    def expression(self, least: int) -> Node:
        """One operand and all operators behind it that bind at least so tightly."""
        left = self.operand()
        while True:
            kind = self.words[self.position].kind
            binding, name = _BINARY.get(kind, (0, ""))
            if binding >= least:
                self.position += 1
                right = self.expression(binding + 1)
                left = Node(name, (left, right), start=left.start, end=right.end)
            elif kind in _RANGES and least <= _RANGE:
                left = self.range(left)
            else:
                return left

    def range(self, left: Node) -> Node:
        """``BETWEEN``, ``IN``, ``LIKE``, ``IS`` behind their subject."""
        negated = self.taken("NOT")
        read = _READ_RANGE.get(self.word.kind)
        if read is None or (negated and self.word.kind == "IS"):
            raise self.error()
        self.take()
        found = read(self, left)
        return self.node("Not", (found,), left.start) if negated else found

    def between(self, left: Node) -> Node:
        low = self.expression(_JOIN)
        self.expect("AND")
        return self.node("Between", (left, low, self.expression(_JOIN)), left.start)

    def within(self, left: Node) -> Node:
        """``IN ( )``, or the name of a list of values."""
        if self.word.kind != "(":
            return self.node("In", (left, self.name()), left.start)
        self.take()
        members = self.listed()
        return self.node("In", (left, *members), left.start)

    def like(self, left: Node) -> Node:
        return self.node("Like", (left, self.expression(_JOIN)), left.start)

    def state(self, left: Node) -> Node:
        """``IS [NOT] NULL`` and its like; ``IS [NOT] DISTINCT FROM``."""
        negated = self.taken("NOT")
        if self.taken("DISTINCT"):
            self.expect("FROM")
            kind = "NullSafeEQ" if negated else "NullSafeNEQ"
            return self.node(kind, (left, self.expression(_JOIN)), left.start)
        found = self.node("Is", (left, self.expression(_JOIN)), left.start)
        return self.node("Not", (found,), left.start) if negated else found

    def listed(self) -> list[Node]:
        """Expressions between commas up to the closing bracket, which is passed over."""
        found = [self.expression(_ANY)]
        while self.taken(","):
            found.append(self.expression(_ANY))
        self.expect(")")
        return found

    def operand(self) -> Node:
        read = _READ_OPERAND.get(self.word.kind)
        if read is None:
            raise self.error()
        return read(self)

    def negation(self) -> Node:
        start = self.take().start
        return self.node("Not", (self.expression(_COMPARISON),), start)

    def minus(self) -> Node:
        start = self.take().start
        return self.node("Neg", (self.operand(),), start)

    def plus(self) -> Node:
        self.take()
        return self.operand()

    def bracket(self) -> Node:
        start = self.take().start
        inside = self.expression(_ANY)
        self.expect(")")
        return self.node("Paren", (inside,), start)

    def plain(self) -> Node:
        """A number or a text."""
        word = self.take()
        return Node("Literal", (), word.text, word.kind == "TEXT", "", word.start, word.end)

    def word_of_truth(self) -> Node:
        word = self.take()
        return self.node("Null" if word.kind == "NULL" else "Boolean", (), word.start, word.kind)

    def star(self) -> Node:
        return self.node("Star", (), self.take().start)

    def name(self) -> Node:
        if self.word.kind not in ("NAME", "QUOTED"):
            raise self.error()
        word = self.take()
        return Node("Column", (), word.text, word.kind == "QUOTED", "", word.start, word.end)

    def named(self) -> Node:
        """A column, or a call of a function."""
        if self.words[self.position + 1].kind != "(":
            return self.name()
        word = self.take()
        self.take()
        call = self.node("Call", self.arguments(), word.start, word.text.upper())
        return self.filtered(call) if self.word.kind == "FILTER" else call

    def arguments(self) -> tuple[Node, ...]:
        if self.taken(")"):
            return ()
        if self.word.kind == "DISTINCT":
            start = self.take().start
            return (self.node("Distinct", tuple(self.listed()), start),)
        return tuple(self.listed())

    def filtered(self, call: Node) -> Node:
        self.take()
        self.expect("(")
        self.expect("WHERE")
        condition = self.expression(_ANY)
        self.expect(")")
        return self.node("Filter", (call, condition), call.start)

    def case(self) -> Node:
        start = self.take().start
        parts = []
        if self.word.kind != "WHEN":
            parts.append(self.node_of("Subject", self.expression(_ANY)))
        self.expect("WHEN")
        parts.append(self.branch())
        while self.taken("WHEN"):
            parts.append(self.branch())
        if self.taken("ELSE"):
            parts.append(self.node_of("Else", self.expression(_ANY)))
        self.expect("END")
        return self.node("Case", tuple(parts), start)

    def branch(self) -> Node:
        test = self.expression(_ANY)
        self.expect("THEN")
        return self.node_of("When", test, self.expression(_ANY))

    def node_of(self, kind: str, *parts: Node) -> Node:
        return self.node(kind, parts, parts[0].start)

    def day(self) -> Node:
        """``DATE '2026-10-03'``."""
        start = self.take().start
        return self.node("Cast", (), start, self.expect("TEXT").text)

    def interval(self) -> Node:
        """``INTERVAL '3' MONTH``, or ``INTERVAL '3 months'``."""
        start = self.take().start
        if self.word.kind not in ("TEXT", "NUMBER"):
            raise self.error()
        written = self.take().text
        if self.word.kind == "NAME":
            written += f" {self.take().text}"
        amount, _, unit = written.partition(" ")
        end = self.words[self.position - 1].end
        return Node("Interval", (), unit.strip().upper(), amount=amount, start=start, end=end)


_READ_RANGE: Final[dict[str, Callable[[_Reader, Node], Node]]] = {
    "BETWEEN": _Reader.between,
    "IN": _Reader.within,
    "LIKE": _Reader.like,
    "IS": _Reader.state,
}
_READ_OPERAND: Final[dict[str, Callable[[_Reader], Node]]] = {
    "NOT": _Reader.negation,
    "-": _Reader.minus,
    "+": _Reader.plus,
    "(": _Reader.bracket,
    "NUMBER": _Reader.plain,
    "TEXT": _Reader.plain,
    "NULL": _Reader.word_of_truth,
    "TRUE": _Reader.word_of_truth,
    "FALSE": _Reader.word_of_truth,
    "*": _Reader.star,
    "NAME": _Reader.named,
    "QUOTED": _Reader.name,
    "CASE": _Reader.case,
    "DATE": _Reader.day,
    "INTERVAL": _Reader.interval,
}
