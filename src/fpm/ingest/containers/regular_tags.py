"""XML in which few tags follow each other in few ways → where its tags begin, and what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fpm.ingest.containers.wire import CELL, US

_BEYOND = 64
"""Bytes behind the last tag that may be looked at: more than a tag is long."""
_KNOWN = 3
"""Characters of a tag by which its kind is known."""
_KINDS = 16
_ODD = re.compile(rb'\x1f(?!<\w+(?: [\w:]+="[^"<>\x1f]*")+/?>\x1f).')
_ESCAPE = b"_x"
"""Begins a character written by its number: _x000D_ (ECMA-376, ST_Xstring)."""
_PLAIN = b"<t>"
_PRESERVING = b'<t xml:space="preserve">'

Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
"""Numpy looks things up by no other type as fast."""
Kept = NDArray[np.int32]
"""Places of which there are many, in half the memory."""


class IrregularError(Exception):
    """Something is written in another way."""


def demand(regular: object) -> None:
    """Go on where something is as usual.

    Raises:
        IrregularError: It is not.
    """
    if not regular:
        raise IrregularError


def joined(codes: Codes, starts: Places | Kept, ends: Places | Kept) -> Codes:
    """Pieces of text with US behind each of them."""
    sizes = ends - starts + 1
    last = np.cumsum(sizes, dtype=np.intp) - 1
    from_here = np.repeat(ends - last, sizes)
    from_here += np.arange(len(from_here))
    texts = codes.take(from_here)
    texts[last] = ord(CELL)
    return texts


class Grammar:
    """The tags that may occur, and which may follow which."""

    def __init__(
        self,
        kinds: Mapping[bytes, int],
        follows: Mapping[int, Sequence[int]],
        whole: Mapping[int, bytes],
    ) -> None:
        """Make the tables by which tags are looked up.

        Args:
            kinds: What a tag is (1 to 15), by the two characters after ``<``.
            follows: What may stand behind a tag.
            whole: Tags that can be written in one way only, and have the next one right behind
                them.
        """
        self.kind = np.zeros(1 << 16, dtype=np.uint8)
        self.kind[[int.from_bytes(start) for start in kinds]] = list(kinds.values())
        self.follows = np.zeros(_KINDS * _KINDS, dtype=np.bool_)
        for tag, others in follows.items():
            self.follows[[tag * _KINDS + other for other in others]] = True
        self.whole = whole
        self.size = np.zeros(_KINDS, dtype=np.intp)
        self.size[list(whole)] = list(map(len, whole.values()))


@dataclass(frozen=True, slots=True)
class Tags:
    """A piece of XML: where its tags begin, and of what kind they are."""

    codes: Codes
    opened: Places
    kinds: Codes

    @classmethod
    def cut(cls, content: bytes, grammar: Grammar) -> Self:
        """Those of a piece that begins with a tag.

        Raises:
            IrregularError: A tag is of no known kind, or follows one that it should not; or a
                text may hold an escaped character.
        """
        demand(_ESCAPE not in content)
        codes = np.frombuffer(content + bytes(_BEYOND), dtype=np.uint8)
        opened = np.flatnonzero(codes == ord("<"))
        first, second = codes.take(opened + 1), codes.take(opened + 2)
        kinds = grammar.kind.take(first.astype(np.uint16) << 8 | second)
        demand(content.startswith(b"<"))
        demand(grammar.follows.take(kinds[:-1] * _KINDS + kinds[1:]).all())
        behind, sizes = np.append(opened[1:], len(content)), grammar.size.take(kinds)
        is_whole = (codes.take(behind - 1) == ord(">")) & (behind - opened == sizes)
        demand((is_whole | (sizes == 0)).all())
        tags = cls(codes, opened, kinds)
        for kind, text in grammar.whole.items():
            if text[_KNOWN:-1]:
                tags.demand_text(opened[kinds == kind] + _KNOWN, text[_KNOWN:-1])
        return tags

    def contents(self, holder: Places, preserving: int) -> tuple[Places, Places]:
        """Where the contents of tags begin and end.

        Args:
            holder: Numbers of tags ``<t>`` or ``<v>``, and of some that keep spaces.
            preserving: The kind of the latter.
        """
        starts, ends = self.opened[holder] + len(_PLAIN), self.opened[holder + 1]
        preserved = self.kinds[holder] == preserving
        self.demand_text(self.opened[holder[preserved]], _PRESERVING)
        starts[preserved] += len(_PRESERVING) - len(_PLAIN)
        return starts, ends

    def written(self, tag: Places) -> bytes:
        """Tags with attributes and nothing but the next tag behind them, each between US.

        Raises:
            IrregularError: One is not well formed, or text follows.
        """
        text = US + joined(self.codes, self.opened[tag], self.opened[tag + 1]).tobytes()
        demand(not _ODD.search(text))
        return text

    def are_closed(self, tag: Places) -> Flags:
        """Which of these tags end with ``/>``."""
        closed: Flags = self.codes[self.opened[tag + 1] - 2] == ord("/")
        return closed

    def demand_text(self, places: Places, text: bytes) -> None:
        """See that ``text`` stands at all of the places."""
        spans = np.ndarray(len(self.codes) - len(text) + 1, f"V{len(text)}", self.codes, strides=1)
        demand(spans[places].tobytes() == text * len(places))
