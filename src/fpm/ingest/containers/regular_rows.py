"""Rows of a sheet's XML in which the tags follow each other in the common ways → their cells."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fpm.ingest.containers.wire import CELL

ROW_TAG: Final = b'<row r="'
_CELL_TAG: Final = b'<c r="'
_STYLE: Final = b' s="'
_INLINE_TYPE: Final = b' t="inlineStr"><is>'
_PLAIN: Final = b"<t>"
_PRESERVING: Final = b'<t xml:space="preserve">'
_BEYOND: Final = 64
"""Bytes behind the last tag that may be looked at: more than a tag is long."""
_US: Final = CELL.encode()
_ODD_NUMBER: Final = re.compile(
    rb"\x1f(?!(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,3}[1-9])\x1f)."
)
"""A number in no form that is also the one in which everybody writes it."""
_ODD_TAG: Final = re.compile(rb'\x1f(?!<\w+(?: [\w:]+="[^"<>\x1f]*")+/?>\x1f).')

_ROW, _CELL, _VALUE, _TEXT, _PRESERVED, _INLINE = range(1, 7)
_CELL_ENDS, _VALUE_ENDS, _INLINE_ENDS, _TEXT_ENDS, _ROW_ENDS = range(7, 12)
_KINDS: Final = 16
_TAGS: Final = {
    b"ro": _ROW,
    b"c ": _CELL,
    b"v>": _VALUE,
    b"t>": _TEXT,
    b"t ": _PRESERVED,
    b"is": _INLINE,
    b"/c": _CELL_ENDS,
    b"/v": _VALUE_ENDS,
    b"/i": _INLINE_ENDS,
    b"/t": _TEXT_ENDS,
    b"/r": _ROW_ENDS,
}
"""What a tag is, by the two characters after ``<``."""
_KIND: Final = np.zeros(1 << 16, dtype=np.uint8)
_KIND[[int.from_bytes(start) for start in _TAGS]] = list(_TAGS.values())
_NEXT: Final = {
    _ROW: (_CELL, _ROW_ENDS, _ROW),
    _CELL: (_INLINE, _VALUE, _CELL, _CELL_ENDS, _ROW_ENDS),
    _VALUE: (_VALUE_ENDS,),
    _TEXT: (_TEXT_ENDS,),
    _PRESERVED: (_TEXT_ENDS,),
    _INLINE: (_TEXT, _PRESERVED),
    _TEXT_ENDS: (_INLINE_ENDS,),
    _INLINE_ENDS: (_CELL_ENDS,),
    _VALUE_ENDS: (_CELL_ENDS,),
    _CELL_ENDS: (_CELL, _ROW_ENDS),
    _ROW_ENDS: (_ROW,),
}
_FOLLOWS: Final = np.zeros(_KINDS * _KINDS, dtype=np.bool_)
"""Which tag may follow which, the first sixteenfold plus the second."""
for _tag, _others in _NEXT.items():
    _FOLLOWS[[_tag * _KINDS + _other for _other in _others]] = True
_CLOSED: Final = {_ROW: (_ROW,), _CELL: (_CELL, _ROW_ENDS)}
"""What follows a tag that is closed at once."""
_WHOLE: Final = {
    _INLINE: b"<is>",
    _CELL_ENDS: b"</c>",
    _VALUE_ENDS: b"</v>",
    _INLINE_ENDS: b"</is>",
    _TEXT_ENDS: b"</t>",
    _ROW_ENDS: b"</row>",
}
"""Tags that can be written in one way only, and have the next one right behind them."""
_KNOWN: Final = 3
"""Characters of a tag by which its kind is known."""
_SIZE: Final = np.zeros(_KINDS, dtype=np.int32)
_SIZE[list(_WHOLE)] = list(map(len, _WHOLE.values()))

Codes = NDArray[np.uint8]
Places = NDArray[np.int32]
Flags = NDArray[np.bool_]
_Found = NDArray[np.intp]


class IrregularError(Exception):
    """Something is written in another way."""


def demand(regular: object) -> None:
    """Go on where something is as usual.

    Raises:
        IrregularError: It is not.
    """
    if not regular:
        raise IrregularError


def joined(codes: Codes, starts: Places, ends: Places) -> Codes:
    """Pieces of text with US behind each of them."""
    sizes = ends - starts + 1
    last = np.cumsum(sizes, dtype=np.int32) - 1
    from_here = np.repeat(ends - last, sizes)
    from_here += np.arange(len(from_here), dtype=np.int32)
    texts = codes[from_here]
    texts[last] = ord(CELL)
    return texts


class Filled(NamedTuple):
    """Cells with content: where they are, from 0, and where their texts begin and end."""

    row: Places
    column: Places
    starts: Places
    ends: Places
    is_text: Flags
    """They are numbers otherwise."""

    def moved(self, step: int) -> Filled:
        """The same where their texts stand further on."""
        return self._replace(starts=self.starts + step, ends=self.ends + step)


@dataclass(frozen=True, slots=True)
class Rows:
    """The XML of whole rows: where its tags begin, and of what kind they are."""

    codes: Codes
    opened: Places
    kinds: Codes

    @classmethod
    def cut(cls, content: bytes) -> Rows:
        """Those of some rows.

        Raises:
            IrregularError: A tag is of no known kind, or follows one that it should not.
        """
        codes = np.frombuffer(content + bytes(_BEYOND), dtype=np.uint8)
        opened = np.flatnonzero(codes == ord("<")).astype(np.int32)
        kinds = _KIND[codes[opened + 1].astype(np.uint16) << 8 | codes[opened + 2]]
        demand(content.startswith(b"<") and kinds[0] == _ROW and kinds[-1] == _ROW_ENDS)
        demand(_FOLLOWS[kinds[:-1] * _KINDS + kinds[1:]].all())
        rows = cls(codes, opened, kinds)
        for kind, text in _WHOLE.items():
            rows.demand_text(opened[kinds == kind] + _KNOWN, text[_KNOWN:])
        steps, sizes = np.diff(opened, append=len(content)), _SIZE[kinds]
        demand(((steps == sizes) | (sizes == 0)).all())
        return rows

    def row_numbers(self, above: int) -> Places:
        """The numbers of the rows, which follow each other below the row ``above``."""
        tag = np.flatnonzero(self.kinds == _ROW)
        demand(b"hidden" not in self._demand_tags(tag, _ROW))
        begins = self.opened[tag]
        self.demand_text(begins, ROW_TAG)
        number, end = self._number(begins + len(ROW_TAG), 7)
        self.demand_text(end, b'"')
        demand((np.diff(number, prepend=above) > 0).all())
        return number

    def cells(self, numbers: Places, plain: Sequence[int]) -> Filled:
        """The filled cells.

        Args:
            numbers: Those of the rows.
            plain: The styles under which a number is a number.

        Raises:
            IrregularError: One is not where it should be, or its tag says more than usual.
        """
        tag = np.flatnonzero(self.kinds == _CELL)
        begins = self.opened[tag]
        self.demand_text(begins, _CELL_TAG)
        column, letters = self._column(begins + len(_CELL_TAG))
        number, end = self._number(begins + len(_CELL_TAG) + letters, 7)
        row = numbers[np.cumsum(self.kinds == _ROW)[tag] - 1]
        demand((column >= 0).all() and (number == row).all())
        demand(((np.diff(row) > 0) | (np.diff(column) > 0)).all())
        after = self.kinds[tag + 1]
        filled = (after == _INLINE) | (after == _VALUE)
        self._demand_tags(tag[~filled], _CELL)
        is_text = after[filled] == _INLINE
        self._demand_types(end[filled], is_text, plain)
        starts, ends = self._texts(tag[filled], is_text)
        return Filled(row[filled] - 1, column[filled], starts, ends, is_text)

    def _texts(self, tag: _Found, is_text: Flags) -> tuple[Places, Places]:
        """Where the texts of filled cells begin and end."""
        holder = tag + 1 + is_text  # <v>, or <t> in <is>
        starts, ends = self.opened[holder] + len(_PLAIN), self.opened[holder + 1]
        preserved = self.kinds[holder] == _PRESERVED
        self.demand_text(self.opened[holder[preserved]], _PRESERVING)
        starts[preserved] += len(_PRESERVING) - len(_PLAIN)
        amounts = joined(self.codes, starts[~is_text], ends[~is_text])
        demand(not _ODD_NUMBER.search(_US + amounts.tobytes()))
        return starts, ends

    def _demand_tags(self, tag: _Found, kind: int) -> bytes:
        """See that tags of a kind are well formed, and closed at once where nothing is in them."""
        after = self.opened[tag + 1]
        written = _US + joined(self.codes, self.opened[tag], after).tobytes()
        demand(not _ODD_TAG.search(written))
        closed = self.codes[after - 2] == ord("/")
        demand((closed == np.isin(self.kinds[tag + 1], _CLOSED[kind])).all())
        return written

    def _demand_types(self, end: Places, is_text: Flags, plain: Sequence[int]) -> None:
        """Behind its place a cell names a style, perhaps, and its type where it is a text."""
        self.demand_text(end, b'"')
        end = end + 1
        styled = self.codes[end] == ord(" ")
        styled &= self.codes[end + 1] == ord("s")
        self.demand_text(end[styled], _STYLE)
        style, behind = self._number(end[styled] + len(_STYLE), 5)
        self.demand_text(behind, b'"')
        demand(np.isin(style[~is_text[styled]], plain).all())
        end[styled] = behind + 1
        self.demand_text(end[is_text], _INLINE_TYPE)
        self.demand_text(end[~is_text], b"><v>")

    def demand_text(self, places: Places, text: bytes) -> None:
        """See that ``text`` stands at all of the places."""
        for step, sign in enumerate(text):
            demand((self.codes[places + step] == sign).all())

    def _number(self, places: Places, most: int) -> tuple[Places, Places]:
        """Whole numbers of at most ``most`` digits that begin at places, and where they end."""
        number = np.zeros(len(places), dtype=np.int32)
        end = places.copy()
        going = np.ones(len(places), dtype=np.bool_)
        for _ in range(most):
            digit = self.codes[end] - np.uint8(ord("0"))  # what comes before 0 becomes large
            going &= digit < len(string.digits)
            number = np.where(going, number * 10 + digit, number)
            end += going
        return number, end

    def _column(self, places: Places) -> tuple[Places, Places]:
        """Columns, from 0, by the letters at places, and how many letters (three at most)."""
        number = np.zeros(len(places), dtype=np.int32)
        count = np.zeros(len(places), dtype=np.int32)
        going = np.ones(len(places), dtype=np.bool_)
        for _ in range(3):
            letter = self.codes[places + count] - np.uint8(ord("A"))
            going &= letter < len(string.ascii_uppercase)
            number = np.where(going, number * 26 + letter + 1, number)
            count += going
        return number - 1, count
