"""One sheet as a frame of text: every physical row, every column, blanks as null."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.ingest.containers.marks import SheetMarks
from fpm.ingest.containers.wire import CELL, Block, Cells, RawSheet, SheetHead
from fpm.ingest.header import HEAD_COLUMNS

EDGE: Final = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069\u200e\u200f"
)
"""White space and invisible characters that cling to copied cells."""

_HAS_EDGE: Final = rf"^[{EDGE}]|[{EDGE}]$"
_SPACE_BYTES: Final = tuple(bytes([byte]) for byte in b" \t\r\n\v\f\x1c\xc2\xe1\xe2\xe3\xef")
"""First bytes in UTF-8 of every character of ``EDGE``: text without them has nothing to trim."""
_WRAPPER_BYTES: Final = (b"=", b"'", b"`", b"\xe2")
"""First bytes in UTF-8 of what wraps a cell: = ' ` ‘ ’."""
_WRAPPED: Final = r'^="?([^"]*)"?$'
"""A text formula such as ``="5202…"``, written so that Excel keeps an ID as text."""
_WHOLE: Final = r"^(?:-?(0)|(-?\d{1,15}))\.0$"
"""A whole number as Python writes it, and −0, which people write as 0."""
_DAMAGED: Final = r"^-?(?:\d{16,}\.0|\d(?:\.\d+)?e\+\d+)$"
"""A number of 16 digits or more: a spreadsheet keeps 15 of them."""
_EXACT: Final = 1e15
"""Below it a spreadsheet keeps every digit of a whole number."""
_SMALL: Final = 1e-3
"""From here on polars writes a number as Python does."""
_BLOCKS_AT_ONCE: Final = 16


class IrregularTextError(Exception):
    """A text cannot be read piece by piece: it takes a look at all of it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``cells`` has String columns ``c0 c1 …`` and one row per physical row.

    A whole number is written without a point; one of 16 digits or more in scientific form with
    its 15 significant digits, so that a damaged ID never looks whole.
    """

    head: SheetHead
    cells: pl.DataFrame
    marks: SheetMarks = field(default_factory=SheetMarks)
    above: int = 0
    """Physical rows of the sheet above the first one of ``cells``."""
    member: str = ""
    """File name inside a zip; the sheet's name then begins with it."""
    more: Iterator[pl.DataFrame] | None = None
    """The rows below ``cells`` of a long text, piece by piece; it may raise
    ``IrregularTextError``."""

    @property
    def height(self) -> int:
        """Physical rows."""
        return self.cells.height


def build_grid(sheet: RawSheet) -> Grid:
    """Turn a raw sheet into a frame, with edges trimmed and text wrappers taken off."""
    names = column_names(sheet.head.width)[:HEAD_COLUMNS]
    nothing = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frames = [_frame(blocks, names, typed=sheet.head.typed) for blocks in _gathered(sheet.blocks)]
    return Grid(_head(sheet.head), pl.concat([nothing, *frames], rechunk=True))


def _gathered(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks by the dozen: each is too small to be worth a frame."""
    stream = iter(blocks)
    while some := list(islice(stream, _BLOCKS_AT_ONCE)):
        yield some


def _frame(blocks: Sequence[Block], names: Sequence[str], *, typed: bool) -> pl.DataFrame:
    return pl.DataFrame(
        [
            _column([block[number] for block in blocks], name, typed=typed)
            for number, name in enumerate(names)
        ]
    )


def _column(pieces: Iterable[Cells], name: str, *, typed: bool) -> pl.Series:
    """One column of some blocks as text."""
    parts = []
    for are_numbers, run in groupby(pieces, key=lambda cells: cells.are_numbers):
        found = [cells.data for cells in run]
        if are_numbers:
            parts.append(_written(np.frombuffer(b"".join(found))).alias(name))
        else:
            parts.append(_texts(CELL.encode().join(found), name, typed=typed))
    return pl.concat(parts)


def _texts(source: bytes, name: str, *, typed: bool) -> pl.Series:
    """Cells apart by US, trimmed."""
    frame = pl.read_csv(
        source + CELL.encode(),  # a last cell that is blank is one only when it is ended
        separator="\x1e",
        eol_char=CELL,
        quote_char=None,
        has_header=False,
        infer_schema=False,
        new_columns=[name],
    )
    cells = trimmed(frame, source)
    return (_typed_text(cells, source) if typed else cells).to_series()


def _written(numbers: NDArray[np.float64]) -> pl.Series:
    """Numbers as people write them: whole ones without a point, damaged ones in scientific form."""
    number, size = pl.col("number"), pl.col("number").abs()
    ordinary = (size < _EXACT) & ((size >= _SMALL) | (size == 0))
    whole = ordinary & (number == number.floor())
    frame = pl.DataFrame({"number": numbers}).with_columns(
        text=pl.when(whole)
        .then(number.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(number.cast(pl.String))
    )
    odd = frame.select(~ordinary).to_series()
    if not odd.any():
        return frame["text"]
    shown = [_in_full(value) for value in frame["number"].filter(odd)]
    return frame["text"].scatter(odd.arg_true(), pl.Series(shown, dtype=pl.String))


def _in_full(number: float) -> str:
    """A number as Python writes it; one of 16 digits or more with the 15 that are sure."""
    return f"{number:.14E}" if math.isfinite(number) and number.is_integer() else repr(number)


def _head(head: SheetHead) -> SheetHead:
    """The head, with a note when there are columns so far right that nobody looks for them."""
    if head.width <= HEAD_COLUMNS:
        return head
    note = f"第 {HEAD_COLUMNS} 列（{column_letter(HEAD_COLUMNS - 1)}）以右的内容不读"
    return replace(head, notes=(*head.notes, note))


def with_marks(grid: Grid, marks: SheetMarks) -> Grid:
    """The grid with error values in the cells that hold them (the parser leaves them blank)."""
    by_column: dict[int, list[tuple[int, str]]] = {}
    for row, column, text in marks.errors:
        if row <= grid.height and column < grid.cells.width:
            by_column.setdefault(column, []).append((row - 1, text))
    changed = [
        grid.cells[f"c{column}"].scatter(
            [row for row, _ in cells], pl.Series([text for _, text in cells])
        )
        for column, cells in by_column.items()
    ]
    return Grid(grid.head, grid.cells.with_columns(changed), marks)


def below(grid: Grid, row: int) -> Grid:
    """The part of a grid from its row ``row`` (from 0) on, with true row numbers."""
    return replace(grid, cells=grid.cells.slice(row), above=grid.above + row)


def in_member(grid: Grid, member: str) -> Grid:
    """The grid of a file inside a zip: its sheet is named after the file."""
    name = f"{member}/{grid.head.name}" if grid.head.name else member
    return replace(grid, head=replace(grid.head, name=name), member=member)


def column_names(width: int) -> list[str]:
    """Names of the columns of a grid."""
    return [f"c{number}" for number in range(width)]


def trimmed(frame: pl.DataFrame, source: bytes, line_ends: bytes = b"") -> pl.DataFrame:
    """Trim edges, take off ``="…"`` and leading apostrophes; blank text becomes null.

    Args:
        frame: String columns.
        source: The UTF-8 text the frame was read from: what does not occur in it needs no search.
        line_ends: Characters that end lines of ``source`` and cannot stand inside a cell.
    """
    if any(byte in source for byte in _SPACE_BYTES if byte not in line_ends):
        edged = columns_where(frame, pl.all().str.contains(_HAS_EDGE))
        frame = frame.with_columns(pl.col(edged).str.strip_chars(EDGE))
    if any(byte in source for byte in _WRAPPER_BYTES):
        wrapped = columns_where(frame, pl.all().str.contains(r"^[='’‘`]"))
        inner = (pl.col(name).str.replace(_WRAPPED, "$1") for name in wrapped)
        frame = frame.with_columns(text.str.strip_chars(EDGE + "'’‘`") for text in inner)
    blank = columns_where(frame, pl.all() == "")
    return frame.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in blank
    )


def _typed_text(cells: pl.DataFrame, source: bytes) -> pl.DataFrame:
    """Numbers and midnights as people write them, where a column has any."""
    whole = columns_where(cells, pl.all().str.ends_with(".0"))
    suspects = cells.columns if b"e+" in source else whole
    damaged = columns_where(cells.select(suspects), pl.all().str.contains(_DAMAGED))
    cells = cells.with_columns(_scientific(cells[name]) for name in damaged)
    cells = cells.with_columns(pl.col(name).str.replace(_WHOLE, "${1}${2}") for name in whole)
    if b" 00:00:00" not in source:
        return cells
    return cells.with_columns(pl.all().str.strip_suffix(" 00:00:00"))


def _scientific(column: pl.Series) -> pl.Series:
    damaged = column.filter(column.str.contains(_DAMAGED)).unique()
    shown = [f"{float(text):.14E}" for text in damaged]
    return column.replace(damaged, pl.Series(shown, dtype=pl.String))


def columns_where(frame: pl.DataFrame, test: pl.Expr) -> list[str]:
    """Columns in which ``test`` holds for at least one cell."""
    if not frame.width or not frame.height:
        return []
    found = frame.select(test.any()).row(0)
    return [name for name, yes in zip(frame.columns, found, strict=True) if yes]


def column_letter(index: int) -> str:
    """Spreadsheet letter of a column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
