"""Rows of a sheet's XML in which the tags follow each other in the common ways → their cells."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Final, NamedTuple, Self

import numpy as np

from fpm.ingest.containers.regular_numbers import DAY, NUMBER, days_written, numbers_written
from fpm.ingest.containers.regular_tags import (
    Codes,
    Flags,
    Grammar,
    Places,
    Tags,
    demand,
    joined,
)
from fpm.ingest.containers.regular_texts import Texts
from fpm.ingest.containers.wire import CELL

ROW_TAG: Final = b'<row r="'
_CELL_TAG: Final = b'<c r="'
_STYLE: Final = b' s="'
_INLINE_TYPE: Final = b' t="inlineStr"><is>'
_NUMBER_TYPE: Final = b' t="n"'
_SHARED_TYPE: Final = b' t="s"'
_ROW, _CELL, _VALUE, _TEXT, _PRESERVED, _INLINE = range(1, 7)
_CELL_ENDS, _VALUE_ENDS, _INLINE_ENDS, _TEXT_ENDS, _ROW_ENDS = range(7, 12)
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
_ROWS: Final = Grammar(_TAGS, _NEXT, _WHOLE)


class Filled(NamedTuple):
    """Cells with content: where they are, from 0, and where in ``codes`` their texts are."""

    row: Places
    column: Places
    starts: Places
    ends: Places
    codes: Codes
    is_typed: Flags
    """Which are numbers and days."""

    def part(self, first: int, last: int) -> Filled:
        """Those from ``first`` on, up to ``last``."""
        return self._replace(
            row=self.row[first:last],
            column=self.column[first:last],
            starts=self.starts[first:last],
            ends=self.ends[first:last],
            is_typed=self.is_typed[first:last],
        )


class Rows(Tags):
    """The XML of whole rows: where its tags begin, and of what kind they are."""

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Those of some rows.

        Raises:
            IrregularError: A tag is of no known kind, or follows one that it should not.
        """
        rows = cls.cut(content, _ROWS)
        demand(rows.kinds[0] == _ROW and rows.kinds[-1] == _ROW_ENDS)
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

    def cells(self, numbers: Places, styles: Codes, texts: Texts) -> Filled:
        """The filled cells.

        Args:
            numbers: Those of the rows.
            styles: What a number is under each style: ``NUMBER``, ``DAY`` or 0.
            texts: Those that cells share.

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
        is_inline = after[filled] == _INLINE
        is_shared, meant = self._types(end[filled], is_inline, styles)
        starts, ends = self.contents(tag[filled] + 1 + is_inline, _PRESERVED)
        text, behind = self._number(starts[is_shared], 7)
        demand((behind == ends[is_shared]).all() and (behind > starts[is_shared]).all())
        written = _Written(self.codes, starts, ends)
        written.put(is_shared, texts.picked(text))
        written.rewrite(meant == NUMBER, numbers_written)
        written.rewrite(meant == DAY, days_written)
        where = row[filled] - 1, column[filled]
        return Filled(*where, starts, ends, written.codes(), meant > 0)

    def _demand_tags(self, tag: Places, kind: int) -> bytes:
        """See that tags of a kind are well formed, and closed at once where nothing is in them."""
        written = self.written(tag)
        demand((self.are_closed(tag) == np.isin(self.kinds[tag + 1], _CLOSED[kind])).all())
        return written

    def _types(self, end: Places, is_inline: Flags, styles: Codes) -> tuple[Flags, Codes]:
        """Behind its place a cell may name a style, and must its type where it holds a text.

        Returns:
            Which cells hold the number of a shared text, and what those with a value of their own
            hold: ``NUMBER``, ``DAY``, 0 for the others.
        """
        self.demand_text(end, b'"')
        end = end + 1
        styled = (self.codes[end] == ord(" ")) & (self.codes[end + 1] == ord("s"))
        self.demand_text(end[styled], _STYLE)
        style = np.zeros(len(end), dtype=np.intp)
        style[styled], behind = self._number(end[styled] + len(_STYLE), 5)
        self.demand_text(behind, b'"')
        end[styled] = behind + 1
        self.demand_text(end[is_inline], _INLINE_TYPE)
        typed = ~is_inline & (self.codes[end] == ord(" "))
        is_shared: Flags = typed & (self.codes[end + len(_SHARED_TYPE) - 2] == ord("s"))
        self.demand_text(end[is_shared], _SHARED_TYPE)
        self.demand_text(end[typed & ~is_shared], _NUMBER_TYPE)
        end[typed] += len(_SHARED_TYPE)
        self.demand_text(end[~is_inline], b"><v>")
        is_text = is_inline | is_shared
        meant = np.where(is_text, np.uint8(0), styles.take(style))
        demand((is_text | (meant > 0)).all())
        return is_shared, meant

    def _number(self, places: Places, most: int) -> tuple[Places, Places]:
        """Whole numbers of at most ``most`` digits that begin at places, and where they end."""
        number = np.zeros(len(places), dtype=np.intp)
        end = places.copy()
        going = np.ones(len(places), dtype=np.bool_)
        for _ in range(most):
            digit = self.codes.take(end) - np.uint8(ord("0"))  # what comes before 0 becomes large
            going &= digit < len(string.digits)
            if not going.any():
                break
            number = np.where(going, number * 10 + digit, number)
            end += going
        return number, end

    def _column(self, places: Places) -> tuple[Places, Places]:
        """Columns, from 0, by the letters at places, and how many letters (three at most)."""
        number = np.zeros(len(places), dtype=np.intp)
        count = np.zeros(len(places), dtype=np.intp)
        going = np.ones(len(places), dtype=np.bool_)
        for _ in range(3):
            letter = self.codes.take(places + count) - np.uint8(ord("A"))
            going &= letter < len(string.ascii_uppercase)
            if not going.any():
                break
            number = np.where(going, number * 26 + letter + 1, number)
            count += going
        return number - 1, count


class _Written:
    """Cells of which some get other texts than stand between their tags."""

    def __init__(self, codes: Codes, starts: Places, ends: Places) -> None:
        self._starts, self._ends = starts, ends
        self._parts = [codes]

    def rewrite(self, these: Flags, how: Callable[[bytes], Codes | None]) -> None:
        """Write the texts of some cells in another way, if they are not written so already.

        Args:
            these: Cells that stand as they stood.
            how: Writes texts with US behind each of them, or finds that they stand.
        """
        if these.any():
            texts = joined(self._parts[0], self._starts[these], self._ends[these])
            anew = how(texts.tobytes())
            if anew is not None:
                self.put(these, anew)

    def put(self, these: Flags, texts: Codes) -> None:
        """Give some cells other texts, with US behind each of them."""
        last = np.flatnonzero(texts == ord(CELL))
        demand(len(last) == np.count_nonzero(these))
        ends = last + sum(map(len, self._parts))
        self._ends[these] = ends
        self._starts[these] = ends - np.diff(last, prepend=-1) + 1
        self._parts.append(texts)

    def codes(self) -> Codes:
        """All that the places are in."""
        return np.concatenate(self._parts)
