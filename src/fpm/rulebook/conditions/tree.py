"""The tree of a condition: what the grammar reads, the gate admits and the compiler turns over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, unsafe_hash=True)
class Node:
    """One part of a condition; nobody changes it. Equal where two parts say the same.

    Attributes:
        kind: what it is: an operator by its name in ``language.OPERATORS``, a ``Call``, or one of
            the pieces these are made of (``Star``, ``Distinct``, ``When``, ``Subject``, ``Else``).
        parts: what it is made of, in the order written. A comparison has two, ``Between`` the
            value and both ends, ``In`` the value and the members, ``Filter`` the call and the
            condition, ``Case`` a ``Subject`` or none, each ``When`` and an ``Else`` or none.
        name: of a column, a function (upper case), a unit of time; a number, text or day as
            written; ``TRUE`` or ``FALSE``.
        quoted: a literal is a text, or a name stands in double quotes.
        amount: of an interval, as written.
        start: offset of its first sign in the condition.
        end: offset behind its last sign.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    name: str = ""
    quoted: bool = False
    amount: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def walk(self) -> Iterator[Node]:
        """This part and everything below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.parts)


def joined(node: Node) -> list[Node]:
    """``a``, ``b`` and ``c`` of ``a AND b AND c``; of ``OR`` alike."""
    found = []
    first = node
    while first.kind == node.kind:
        first, last = first.parts
        found.append(last)
    return [first, *reversed(found)]


@dataclass(frozen=True, slots=True)
class Choice:
    """A ``Case`` taken apart: ``tests`` and ``results`` go together."""

    subject: Node | None
    tests: tuple[Node, ...]
    results: tuple[Node, ...]
    otherwise: Node | None


def choice(case: Node) -> Choice:
    """Take a ``Case`` apart."""
    found: dict[str, list[Node]] = {"Subject": [], "When": [], "Else": []}
    for part in case.parts:
        found[part.kind].append(part)
    return Choice(
        subject=found["Subject"][0].parts[0] if found["Subject"] else None,
        tests=tuple(when.parts[0] for when in found["When"]),
        results=tuple(when.parts[1] for when in found["When"]),
        otherwise=found["Else"][0].parts[0] if found["Else"] else None,
    )
