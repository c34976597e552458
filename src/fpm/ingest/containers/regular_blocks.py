"""Regular rows of a sheet's XML → blocks of cells as the parser would give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from fpm.ingest.containers.regular_rows import Filled, filled_cells
from fpm.ingest.containers.regular_tags import Codes, IrregularError, demand, joined
from fpm.ingest.containers.regular_texts import Texts
from fpm.ingest.containers.wire import BLOCK_BYTES, CELL, MIXED, TEXTS, Block, Cells
from fpm.ingest.limits import Limits

_MOST_ROWS: Final = 1_048_576
"""Rows of a sheet in every spreadsheet program."""
_SPARSE: Final = 16
"""A block has so many cells for each one that is filled, at most."""
_NARROWEST, _WIDEST = 2, 256
"""Columns: ``wire.encode_rows`` adds some to the narrowest and takes blank ones off wider ones."""
_FORMULA: Final = re.compile(
    rb'"><f(?: [\w:]+="[^"<>&]*")*'
    rb"(?:/>|>(?:[^<&\x00-\x1f]|&(?:amp|lt|gt|quot|apos);)*</f>)(?=<v>)"
)
"""A formula before its result, behind the tag of its cell."""
_SIGNS_OF_TYPE: Final = (b".0\x1f", b"e+", b" 00:00:00")
"""Of them is taken off or written otherwise what stands for a number or day (``trimming``)."""
_STRANGE: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES: Final = (
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
    (b"&quot;", b'"'),
    (b"&apos;", b"'"),
    (b"&amp;", b"&"),
)


class Shared(NamedTuple):
    """What the sheets of a workbook share."""

    styles: Codes
    """What a number is under each style."""
    texts: Texts
    are_results_final: bool
    """Whether the results of formulas hold: a spreadsheet calculated them."""


class Blocks:
    """The cells of one sheet, block by block; blank rows at its end are left out."""

    def __init__(self, shared: Shared, limits: Limits) -> None:
        """Begin above the first row.

        Args:
            shared: By all sheets.
            limits: Of the cells and texts of a sheet.
        """
        self._shared = shared
        self._cells_left, self._bytes_left = limits.cells, limits.text_bytes
        self._row = self._height = 0
        """The last row, and the last one with a filled cell."""
        self._width = _NARROWEST

    def of(self, piece: bytes) -> Iterator[Block]:
        """Blocks for the XML of some more rows; none where all of them are blank.

        Raises:
            IrregularError: They are not regular, or too much is blank.
        """
        shared = self._shared
        rows = _with_results(piece) if shared.are_results_final else piece
        self._row, cells = filled_cells(rows, self._row, shared.styles, shared.texts)
        for found in _in_parts(cells):
            yield self._block(found)

    def _block(self, found: Filled) -> Block:
        above, self._height = self._height, int(found.row[-1]) + 1
        self._width = max(self._width, int(found.column.max()) + 1)
        demand(self._height <= _MOST_ROWS and self._width <= _WIDEST)
        count = (self._height - above) * self._width
        self._cells_left -= count
        demand(count <= _SPARSE * len(found.row) and self._cells_left >= 0)
        block = _block(found, above, self._width)
        self._bytes_left -= sum(len(cells.data) for cells in block)
        demand(self._bytes_left >= 0)
        return block


def _with_results(piece: bytes) -> bytes:
    """Rows with the results of formulas alone; what has no result stays a formula."""
    if b"f" not in piece or b"<f" not in piece:  # one character is looked for much faster
        return piece
    try:
        piece.decode()
    except UnicodeDecodeError as error:
        raise IrregularError from error
    return _FORMULA.sub(b'">', piece)


def _in_parts(found: Filled) -> Iterator[Filled]:
    """Cells in parts of whole rows that hold about as much text as blocks of the parser's."""
    size = int((found.ends - found.starts).sum())
    ends = [*range(0, len(found.row), max(1, len(found.row) * BLOCK_BYTES // (size + 1)))][1:]
    places = [0, *np.searchsorted(found.row, found.row[ends]).tolist(), len(found.row)]
    for first, last in pairwise(places):
        if first < last:
            yield found.part(first, last)


def _block(found: Filled, above: int, width: int) -> Block:
    """The cells of rows below ``above`` others, column by column."""
    height = int(found.row[-1]) + 1 - above
    starts = np.zeros((width, height), dtype=np.intp)
    ends = np.zeros((width, height), dtype=np.intp)
    starts[found.column, found.row - above] = found.starts
    ends[found.column, found.row - above] = found.ends
    sizes = (ends - starts + 1).sum(axis=1)
    text = _demand_plain(joined(found.codes, starts.ravel(), ends.ravel()), starts.size)
    mixed = np.zeros(width, dtype=np.bool_)
    mixed[found.column[found.is_typed]] = True
    places = [0, *np.cumsum(sizes).tolist()]
    columns = zip(mixed.tolist(), pairwise(places), strict=True)
    return tuple(_cells(text[first:last], is_mixed=is_mixed) for is_mixed, (first, last) in columns)


def _demand_plain(cells: Codes, count: int) -> bytes:
    """The text of so many joined cells: UTF-8 without control characters or unusual entities."""
    written = cells.tobytes()
    controls = count + written.count(b"\n") + written.count(b"\t")
    demand(np.count_nonzero(cells < ord(" ")) == controls)
    demand(np.count_nonzero(cells == ord(CELL)) == count)
    try:
        written.decode()
    except UnicodeDecodeError as error:
        raise IrregularError from error
    demand(not (b"&" in written and _STRANGE.search(written)))
    return written


def _cells(written: bytes, *, is_mixed: bool) -> Cells:
    """A column.

    Beside numbers there is no text that looks like a number or day of the parser's.
    """
    demand(not (is_mixed and any(sign in written for sign in _SIGNS_OF_TYPE)))
    if b"&" in written:
        written = reduce(lambda text, pair: text.replace(*pair), _ENTITIES, written)
    return Cells(MIXED if is_mixed else TEXTS, written[:-1])
