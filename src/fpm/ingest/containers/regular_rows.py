"""Rows of a sheet's XML that are written in the common ways → their cells."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from fpm.ingest.containers.regular_numbers import DAY, NUMBER, days_written, numbers_written
from fpm.ingest.containers.regular_tags import (
    Codes,
    Flags,
    Piece,
    Places,
    Words,
    begin_with,
    demand,
    end_with,
    first_of,
    joined,
)
from fpm.ingest.containers.regular_texts import Texts
from fpm.ingest.containers.wire import CELL

ROW_TAG: Final = b'<row r="'
_ROW_ENDS: Final = b"</row>"
_CELL_TAG: Final = b'<c r="'
_STYLE: Final = b' s="'
_INLINE: Final = b' t="inlineStr"><is><t'
"""Behind the place and the style of a cell with a text of its own."""
_PRESERVING: Final = b' xml:space="preserve">'
_INLINE_ENDS: Final = b"</t></is></c>"
_VALUE: Final = b"><v>"
"""Behind those of a cell with a number or day, which may say that it is one, or that of a text."""
_NUMBER_TYPE: Final = b' t="n"'
_SHARED_TYPE: Final = b' t="s"'
_VALUE_ENDS: Final = b"</v></c>"
_ROW_TAGS: Final = 2
"""Of a row with cells, beside theirs."""
_INLINE_TAGS: Final = 6
"""Of a cell with a text: ``<c><is><t>…</t></is></c>``."""
_VALUE_TAGS: Final = 4
"""Of a cell with a number: ``<c><v>…</v></c>``."""
_MOST_DIGITS: Final = 7
"""Of the number of a row or of a shared text."""
_MOST_STYLE: Final = 5


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


class _Rows(NamedTuple):
    """The rows of a piece."""

    number: Places
    written: Words
    """The number as it is written, with the quote behind it."""
    size: Places
    """Characters of that."""
    cells: Places
    """How many each row has."""
    last: Places
    """The last cell of each row that has any."""
    ends: Places
    """Where that cell ends."""
    tags: int
    """Tags that are no cells'."""


class _Contents(NamedTuple):
    """What cells hold; those that are not filled must be blank."""

    starts: Places
    """Of a shared text its number among them."""
    ends: Places
    filled: Flags
    is_inline: Flags
    is_shared: Flags
    meant: Codes
    """What a value of the cell's own is, ``NUMBER`` or ``DAY``; 0 for texts."""


def filled_cells(content: bytes, above: int, styles: Codes, texts: Texts) -> tuple[int, Filled]:
    """The filled cells of whole rows.

    Args:
        content: The XML of the rows.
        above: The number of the last row above them, from 1; 0 without one.
        styles: What a number is under each style: ``NUMBER``, ``DAY`` or 0.
        texts: Those that cells share.

    Returns:
        The number of the last row, and the cells.

    Raises:
        IrregularError: Something is not where it should be, or a tag says more than usual.
    """
    piece = Piece(content)
    tags, (row, cell) = piece.tags(b"rc")
    rows = _rows(piece, row, cell, above)
    column, behind = _columns(piece, cell, rows)
    ends = np.append(cell, piece.end)[1:]
    ends[rows.last] = rows.ends
    held = _contents(piece, behind, ends, styles)
    filled, inline = held.filled, np.count_nonzero(held.is_inline)
    of_cells = _INLINE_TAGS * inline + _VALUE_TAGS * (np.count_nonzero(filled) - inline)
    blank = piece.blank_tags(cell[~filled], ends[~filled])
    demand(tags == rows.tags + of_cells + blank.count(b"<"))
    where = np.repeat(rows.number - 1, rows.cells)[filled], column[filled]
    starts, ends, meant = held.starts[filled], held.ends[filled], held.meant[filled]
    is_shared = held.is_shared[filled]
    written = _Written(piece.codes, starts, ends)
    written.put(is_shared, texts.picked(starts[is_shared]))
    written.rewrite(meant == NUMBER, numbers_written)
    written.rewrite(meant == DAY, days_written)
    return int(rows.number[-1]), Filled(*where, starts, ends, written.codes(), meant > 0)


def _rows(piece: Piece, row: Places, cell: Places, above: int) -> _Rows:
    """What rows that begin at places say of themselves; see that nothing stands between them."""
    demand(len(row) and row[0] == 0)
    first = np.searchsorted(cell, row)
    cells = np.diff(first, append=len(cell))
    ends, full = np.append(row[1:], piece.end), cells > 0
    opening = piece.opening_tags(row[full], cell[first[full]])
    blank = piece.blank_tags(row[~full], ends[~full])
    demand(b"hidden" not in opening + blank)
    closed = ends[full] - len(_ROW_ENDS)
    piece.demand_text(closed, _ROW_ENDS)
    piece.demand_text(row, ROW_TAG)
    number, digits = piece.numbers(row + len(ROW_TAG), _MOST_DIGITS)
    piece.demand_text(row + len(ROW_TAG) + digits, b'"')
    demand((np.diff(number, prepend=above) > 0).all())
    return _Rows(
        number=number,
        written=first_of(piece.words(row + len(ROW_TAG))[:, 0], digits + 1),
        size=digits + 1,
        cells=cells,
        last=(first + cells)[full] - 1,
        ends=closed,
        tags=_ROW_TAGS * len(closed) + blank.count(b"<"),
    )


def _columns(piece: Piece, cell: Places, rows: _Rows) -> tuple[Places, Places]:
    """The column of each cell, from 0, and where its tag goes on behind its place."""
    begins = piece.words(cell)
    demand(begin_with(begins, _CELL_TAG).all())
    letters = begins[:, 0] >> np.uint64(8 * len(_CELL_TAG))
    one = (letters & np.uint64(0xFF)).astype(np.intp) - ord("A")
    two = (letters >> np.uint64(8)).astype(np.intp) - ord("A")
    has_two, most = two >= 0, len(string.ascii_uppercase)
    demand(((one >= 0) & (one < most) & (two < most)).all())
    column = np.where(has_two, (one + 1) * most + two, one)
    row = np.repeat(np.arange(len(rows.number)), rows.cells)
    demand(((np.diff(column) > 0) | (np.diff(row) > 0)).all())
    behind = cell + len(_CELL_TAG) + 1 + has_two
    size = rows.size[row]
    demand((first_of(piece.words(behind)[:, 0], size) == rows.written[row]).all())
    return column, behind + size


def _contents(piece: Piece, behind: Places, ends: Places, styles: Codes) -> _Contents:
    """What the cells hold.

    Args:
        piece: The XML.
        behind: Where the tag of each cell goes on behind its place.
        ends: Where each cell ends.
        styles: What a number is under each style.
    """
    begins, behind, meant = _behind_style(piece, behind, styles)
    closing = piece.words(ends - 16, 2)
    is_inline = begin_with(begins, _INLINE) & end_with(closing, _INLINE_ENDS)
    has_value = end_with(closing, _VALUE_ENDS)
    is_shared = has_value & begin_with(begins, _SHARED_TYPE + _VALUE)
    is_typed = has_value & begin_with(begins, _NUMBER_TYPE + _VALUE)
    is_own = is_typed | (has_value & begin_with(begins, _VALUE))
    demand(meant[is_own].all())
    types = np.where(is_typed | is_shared, len(_NUMBER_TYPE), 0)
    starts = behind + np.where(is_inline, len(_INLINE) + 1, types + len(_VALUE))
    ends = ends - np.where(is_inline, len(_INLINE_ENDS), len(_VALUE_ENDS))
    preserved = is_inline & (piece.codes.take(starts - 1, mode="clip") != ord(">"))
    piece.demand_text(starts[preserved] - 1, _PRESERVING)
    starts[preserved] += len(_PRESERVING) - 1
    filled = is_inline | is_shared | is_own
    demand(((starts <= ends) | ~filled).all())
    number, digits = piece.numbers(starts[is_shared], _MOST_DIGITS)
    demand((digits > 0).all() and (starts[is_shared] + digits == ends[is_shared]).all())
    starts[is_shared] = number
    return _Contents(starts, ends, filled, is_inline, is_shared, meant * is_own)


def _behind_style(piece: Piece, behind: Places, styles: Codes) -> tuple[Words, Places, Codes]:
    """How and where tags of cells go on behind a style, and what a number is under it."""
    begins = piece.words(behind, 3)
    styled = np.flatnonzero(begin_with(begins[:, :1], _STYLE))
    style = np.zeros(len(behind), dtype=np.intp)
    style[styled], digits = piece.numbers(behind[styled] + len(_STYLE), _MOST_STYLE)
    ends = behind[styled] + len(_STYLE) + digits
    piece.demand_text(ends, b'"')
    behind[styled] = ends + 1
    begins[styled] = piece.words(ends + 1, 3)
    return begins, behind, styles.take(style)


class _Written:
    """Cells of which some get other texts than stand between their tags."""

    def __init__(self, codes: Codes, starts: Places, ends: Places) -> None:
        self._starts, self._ends = starts, ends
        self._parts = [codes]

    def rewrite(self, these: Flags, how: Callable[[Codes], Codes | None]) -> None:
        """Write the texts of some cells in another way, if they are not written so already.

        Args:
            these: Cells that stand as they stood.
            how: Writes texts with US behind each of them, or finds that they stand.
        """
        if these.any():
            texts = joined(self._parts[0], self._starts[these], self._ends[these])
            anew = how(texts)
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
        return np.concatenate(self._parts) if len(self._parts) > 1 else self._parts[0]
