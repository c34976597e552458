"""XML in which few tags follow each other in few ways → where what they hold begins and ends.

What is the same everywhere is compared where it must stand, eight characters at a time; that there
are no other tags is known by their number.
"""

from __future__ import annotations

import re
import string
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fpm.ingest.containers.wire import CELL, US

_BEYOND: Final = 64
"""Characters behind the last tag that may be looked at: more than the beginning of a tag has."""
_ESCAPE: Final = re.compile(b"_x")
"""Begins a character written by its number: _x000D_ (ECMA-376, ST_Xstring)."""
_ATTRIBUTES: Final = rb'(?: [\w:]+="[ !#-%\'-;=?-~]*")+'
"""In ASCII."""
_ODD_TAG: Final = re.compile(rb"\x1f(?!<\w+" + _ATTRIBUTES + rb">\x1f).")
_ODD_BLANK: Final = re.compile(rb"\x1f(?!<(\w+)" + _ATTRIBUTES + rb"(?:/>|></\1>)\x1f).")

Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
"""Numpy looks things up by no other type as fast."""
Words = NDArray[np.uint64]
"""Eight characters each, of which the first is the lowest byte."""
Kept = NDArray[np.int32]
"""Places of which there are many, in half the memory."""

_FIRST: Final = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


class IrregularError(Exception):
    """Something is written in another way."""


def demand(regular: object) -> None:
    """Go on where something is as usual.

    Raises:
        IrregularError: It is not.
    """
    if not regular:
        raise IrregularError


def begin_with(words: Words, text: bytes) -> Flags:
    """Which rows of words begin with ``text``."""
    return _agree(words, text.ljust(8 * words.shape[1], b"\0"))


def end_with(words: Words, text: bytes) -> Flags:
    """Which rows of words end with ``text``."""
    return _agree(words, text.rjust(8 * words.shape[1], b"\0"))


def _agree(words: Words, text: bytes) -> Flags:
    """Which rows of words have the characters of ``text``, where that has no NUL."""
    agree = np.ones(len(words), dtype=np.bool_)
    mask = bytes(0xFF if byte else 0 for byte in text)
    for wanted, told, column in zip(_word_of(text), _word_of(mask), words.T, strict=True):
        if told:
            agree &= (column & told) == wanted
    return agree


def _word_of(text: bytes) -> Words:
    return np.frombuffer(text, dtype="<u8")


def first_of(words: Words, sizes: Places) -> Words:
    """The first characters of each word, so many as ``sizes`` says (8 at most)."""
    return words & _FIRST[sizes]


def joined(codes: Codes, starts: Places | Kept, ends: Places | Kept) -> Codes:
    """Pieces of text with US behind each of them."""
    sizes = ends - starts + 1
    last = np.cumsum(sizes, dtype=np.intp) - 1
    from_here = np.repeat(ends - last, sizes)
    from_here += np.arange(len(from_here))
    texts = codes.take(from_here, mode="clip")  # faster; all are there
    texts[last] = ord(CELL)
    return texts


class Piece:
    """Some of the XML of a part."""

    def __init__(self, content: bytes) -> None:
        """Look at XML that begins with a tag.

        Raises:
            IrregularError: A text may hold an escaped character.
        """
        demand(b"_" not in content or not _ESCAPE.search(content))
        self.codes: Codes = np.frombuffer(content + bytes(_BEYOND), dtype=np.uint8)
        """With some NUL behind it."""
        self.end = len(content)

    def tags(self, letters: bytes) -> tuple[int, list[Places]]:
        """How many tags begin here, and for each letter where those do that begin with it."""
        is_tag = self.codes[: self.end] == ord("<")
        second = self.codes[1 : self.end + 1]
        places: list[Places] = [np.flatnonzero(is_tag & (second == one)) for one in letters]
        return int(np.count_nonzero(is_tag)), places

    def words(self, places: Places, count: int = 1) -> Words:
        """The next ``8 * count`` characters at places, as ``count`` columns.

        Raises:
            IrregularError: There are not so many.
        """
        size = 8 * count
        demand(not len(places) or (places[0] >= 0 and places.max() + size <= len(self.codes)))
        spans = np.ndarray(max(len(self.codes) - size + 1, 0), f"V{size}", self.codes, strides=1)
        return spans[places].view("<u8").reshape(-1, count)

    def numbers(self, places: Places, most: int) -> tuple[Places, Places]:
        """Whole numbers of at most ``most`` digits that begin at places, and how many they have."""
        number = np.zeros(len(places), dtype=np.intp)
        size = np.zeros(len(places), dtype=np.intp)
        going = np.ones(len(places), dtype=np.bool_)
        for _ in range(most):
            digit = self.codes.take(places + size, mode="clip") - np.uint8(ord("0"))
            going &= digit < len(string.digits)  # what comes before 0 has become large
            if not going.any():
                break
            number = np.where(going, number * 10 + digit, number)
            size += going
        return number, size

    def demand_text(self, places: Places, text: bytes) -> None:
        """See that ``text`` stands at all of the places."""
        demand(not len(places) or places.max() + len(text) <= len(self.codes))
        spans = np.ndarray(len(self.codes) - len(text) + 1, f"V{len(text)}", self.codes, strides=1)
        demand(spans[places].tobytes() == text * len(places))

    def opening_tags(self, begins: Places, ends: Places) -> bytes:
        """Tags with attributes, each between US.

        Raises:
            IrregularError: One is not well formed, or text follows.
        """
        return self._written(begins, ends, _ODD_TAG)

    def blank_tags(self, begins: Places, ends: Places) -> bytes:
        """Tags with attributes and nothing in them, each between US: closed at once, or next.

        Raises:
            IrregularError: One is not well formed, or holds something.
        """
        return self._written(begins, ends, _ODD_BLANK)

    def _written(self, begins: Places, ends: Places, odd: re.Pattern[bytes]) -> bytes:
        demand((begins < ends).all())
        text = US + joined(self.codes, begins, ends).tobytes()
        demand(not odd.search(text))
        return text
