"""The grammar of conditions: words → tree, as sqlglot reads SQL.

sqlglot's tree is followed along the words: each node must be on the white-list below, and each
word must stand where that node has it. sqlglot reads all of SQL, and generously (``BETWEEN 1 3``,
``CASE WHEN p 1 END``); what it would add or leave out is refused here. Names, values and places
are those of the words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from fpm.rulebook.conditions.shapes import ShapeError, read_shape
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.conditions.words import Cursor, Word

_BINARY: Final = {
    "Or": "OR",
    "And": "AND",
    "EQ": "=",
    "NEQ": "<>",
    "LT": "<",
    "LTE": "<=",
    "GT": ">",
    "GTE": ">=",
    "DPipe": "||",
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "Mod": "%",
}
"""Operators between two operands: sqlglot's node, and the word."""


def parse(sql: str, words: Sequence[Word]) -> Node:
    """The tree of a condition.

    Args:
        sql: the condition, for the places in what is told.
        words: its words, admitted by ``tokens.check_tokens``: so few and so little nested that
            reading them by recursion is safe.

    Raises:
        ConditionError: at the first word that fits nowhere.
    """
    reader = _Reader(sql, words)
    try:
        found = read_shape(tuple(word.kind for word in words))
    except ShapeError as error:
        raise reader.stuck_at(error.word) from error
    tree = reader.follow(found)
    reader.expect("")
    return tree


class _Reader(Cursor):
    """Follows sqlglot's tree along the words."""

    def node(self, kind: str, parts: tuple[Node, ...], start: int, name: str = "") -> Node:
        """A node that ends with the word taken last."""
        return Node(kind, parts, name, start=start, end=self.words[self.position - 1].end)

    def follow(self, found: Any) -> Node:
        """The words from here on as the node that sqlglot found in them."""
        behind = []
        while (operation := self.operation(found))[0]:  # a AND b AND c is as deep as it is long
            behind.append(operation)
            found = operation[1].this
        while self.taken("+"):  # a plus sign leaves no node
            pass
        left = _FORMS.get(type(found).__name__, _Reader.refused)(self, found)
        for kind, this, negated in reversed(behind):
            if kind == "Is":
                self.expect("IS")
            if negated:
                self.expect("NOT")
            left = _BEHIND.get(kind, _Reader.binary)(self, this, left)
            if negated:
                left = Node("Not", (left,), start=left.start, end=left.end)
        return left

    def operation(self, found: Any) -> tuple[str, Any, bool]:
        """What stands behind a first operand, and whether negated there; "" if nothing does."""
        kind, negated = type(found).__name__, False
        if kind == "Paren" and not found.comments:  # not written: p IS NOT TRUE IS NOT TRUE
            found = found.this
            kind = type(found).__name__
        known = kind in _BINARY or kind in _BEHIND
        if kind == "Not" and self.word.kind != "NOT":  # a NOT IN (1), a IS NOT NULL
            found, negated = found.this, True
            kind = type(found).__name__
            known = kind in _NEGATED
        return kind if known else "", found, negated or bool(found and found.args.get("negate"))

    def refused(self, found: Any) -> Node:
        """What SQL has and conditions do not, told at its second word: ``(1, 2)``, ``'x' 'y'``."""
        self.taken("(")
        if found is not None and found.expressions:
            self.follow(found.expressions[0])
        raise self.error()

    def binary(self, found: Any, left: Node) -> Node:
        kind = type(found).__name__
        self.expect(_BINARY[kind])
        return self.node(kind, (left, self.follow(found.expression)), left.start)

    def between(self, found: Any, left: Node) -> Node:
        self.expect("BETWEEN")
        low = self.follow(found.args["low"])
        self.expect("AND")
        return self.node("Between", (left, low, self.follow(found.args["high"])), left.start)

    def within(self, found: Any, left: Node) -> Node:
        """``IN ( )``, or the name of a list of values."""
        self.expect("IN")
        if found.args.get("field"):
            return self.node("In", (left, self.name(found)), left.start)
        self.expect("(")
        members = self.listed(found.expressions)
        self.expect(")")
        return self.node("In", (left, *members), left.start)

    def like(self, found: Any, left: Node) -> Node:
        self.expect("LIKE")
        return self.node("Like", (left, self.follow(found.expression)), left.start)

    def state(self, found: Any, left: Node) -> Node:
        """Behind ``IS`` or ``IS NOT``."""
        return self.node("Is", (left, self.follow(found.expression)), left.start)

    def distinct_from(self, found: Any, left: Node) -> Node:
        kind = type(found).__name__
        for word in ("IS", "NOT", "DISTINCT", "FROM"):
            if word != "NOT" or kind == "NullSafeEQ":
                self.expect(word)
        return self.node(kind, (left, self.follow(found.expression)), left.start)

    def negation(self, found: Any) -> Node:
        start = self.expect("NOT").start
        return self.node("Not", (self.follow(found.this),), start)

    def listed(self, found: Sequence[Any]) -> list[Node]:
        """Expressions between commas."""
        parts = []
        for number, one in enumerate(found):
            if number:
                self.expect(",")
            parts.append(self.follow(one))
        return parts

    def minus(self, found: Any) -> Node:
        start = self.expect("-").start
        return self.node("Neg", (self.follow(found.this),), start)

    def bracket(self, found: Any) -> Node:
        start = self.expect("(").start
        inside = self.follow(found.this)
        self.expect(")")
        return self.node("Paren", (inside,), start)

    def plain(self, found: Any) -> Node:
        """A number or a text."""
        word = self.expect("TEXT" if found.is_string else "NUMBER")
        return Node("Literal", (), word.text, word.kind == "TEXT", "", word.start, word.end)

    def truth(self, found: Any) -> Node:
        word = self.expect("TRUE" if found.this else "FALSE")
        return self.node("Boolean", (), word.start, word.kind)

    def word_alone(self, found: Any) -> Node:
        kind = type(found).__name__
        word = self.expect("*" if kind == "Star" else "NULL")
        return self.node(kind, (), word.start, "" if kind == "Star" else "NULL")

    def name(self, _: Any) -> Node:
        word = self.expect("QUOTED" if self.word.kind == "QUOTED" else "NAME")
        return Node("Column", (), word.text, word.kind == "QUOTED", "", word.start, word.end)

    def call(self, found: Any) -> Node:
        word = self.expect("NAME")
        self.expect("(")
        arguments = tuple(self.listed(found.expressions))
        self.expect(")")
        return self.node("Call", arguments, word.start, word.text.upper())

    def distinct(self, found: Any) -> Node:
        start = self.expect("DISTINCT").start
        return self.node("Distinct", tuple(self.listed(found.expressions)), start)

    def filtered(self, found: Any) -> Node:
        call = self.follow(found.this)
        for word in ("FILTER", "(", "WHERE"):
            self.expect(word)
        condition = self.follow(found.expression.this)
        self.expect(")")
        return self.node("Filter", (call, condition), call.start)

    def case(self, found: Any) -> Node:
        start = self.expect("CASE").start
        parts = []
        if found.this is not None:
            parts.append(self.node_of("Subject", self.follow(found.this)))
        for branch in found.args["ifs"]:
            self.expect("WHEN")
            test = self.follow(branch.this)
            self.expect("THEN")
            parts.append(self.node_of("When", test, self.follow(branch.args["true"])))
        if self.taken("ELSE"):
            parts.append(self.node_of("Else", self.follow(found.args.get("default"))))
        self.expect("END")
        return self.node("Case", tuple(parts), start)

    def node_of(self, kind: str, *parts: Node) -> Node:
        return self.node(kind, parts, parts[0].start)

    def day(self, _: Any) -> Node:
        """``DATE '2026-10-03'``."""
        start = self.expect("DATE").start
        return self.node("Cast", (), start, self.expect("TEXT").text)

    def interval(self, _: Any) -> Node:
        """``INTERVAL '3' MONTH``, or ``INTERVAL '3 months'``."""
        start = self.expect("INTERVAL").start
        if self.word.kind not in ("TEXT", "NUMBER"):
            raise self.error()
        written = self.take().text
        if self.word.kind == "NAME":
            written += f" {self.take().text}"
        amount, _, unit = written.partition(" ")
        end = self.words[self.position - 1].end
        return Node("Interval", (), unit.strip().upper(), amount=amount, start=start, end=end)


_BEHIND: Final[dict[str, Callable[[_Reader, Any, Node], Node]]] = {
    "Between": _Reader.between,
    "In": _Reader.within,
    "Like": _Reader.like,
    "Is": _Reader.state,
    "NullSafeEQ": _Reader.distinct_from,
    "NullSafeNEQ": _Reader.distinct_from,
}
"""What stands behind its subject like an operator, but is written in more than one word."""
_NEGATED: Final = frozenset({"Between", "In", "Is"})
"""Those whose NOT sqlglot puts around them."""
_FORMS: Final[dict[str, Callable[[_Reader, Any], Node]]] = {
    "Not": _Reader.negation,
    "Neg": _Reader.minus,
    "Paren": _Reader.bracket,
    "Literal": _Reader.plain,
    "Boolean": _Reader.truth,
    "Null": _Reader.word_alone,
    "Star": _Reader.word_alone,
    "Column": _Reader.name,
    "Anonymous": _Reader.call,
    "Distinct": _Reader.distinct,
    "Filter": _Reader.filtered,
    "Case": _Reader.case,
    "Cast": _Reader.day,
    "Interval": _Reader.interval,
}
"""With ``_BINARY`` and ``_BEHIND`` the white-list: sqlglot's nodes, and how each is written."""
