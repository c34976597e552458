"""One sheet as a frame of text: every physical row, every column, blanks as null."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from fpm.ingest.containers.parts import SheetMarks
from fpm.ingest.containers.wire import CELL, ROW, RawSheet, SheetHead
from fpm.ingest.header import HEAD_COLUMNS

EDGE: Final = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069\u200e\u200f"
)
"""White space and invisible characters that cling to copied cells."""

_SPACE_BYTES: Final = tuple(bytes([byte]) for byte in b" \t\r\n\v\f\x1c\xc2\xe1\xe2\xe3\xef")
"""First bytes in UTF-8 of every character of ``EDGE``: text without them has nothing to trim."""
_WRAPPER_BYTES: Final = (b"=", b"'", b"`", b"\xe2")
"""First bytes in UTF-8 of what wraps a cell: = ' ` ‘ ’."""
_WRAPPED: Final = r'^="?([^"]*)"?$'
"""A text formula such as ``="5202…"``, written so that Excel keeps an ID as text."""
_WHOLE: Final = r"^(-?\d{1,15})\.0$"
_DAMAGED: Final = r"^-?(?:\d{16,}\.0|\d(?:\.\d+)?e\+\d+)$"
"""A number of 16 digits or more: a spreadsheet keeps 15 of them."""


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

    @property
    def height(self) -> int:
        """Physical rows."""
        return self.cells.height


def build_grid(sheet: RawSheet) -> Grid:
    """Turn a raw sheet into a frame, with edges trimmed and text wrappers taken off."""
    names = column_names(sheet.head.width)
    nothing = pl.DataFrame(schema=dict.fromkeys(names[:HEAD_COLUMNS], pl.String))
    frames = [_block_frame(block, names, typed=sheet.head.typed) for block in sheet.blocks]
    return Grid(_head(sheet.head), pl.concat([nothing, *frames], rechunk=True))


def _head(head: SheetHead) -> SheetHead:
    """The head, with a note when there are columns so far right that nobody looks for them."""
    if head.width <= HEAD_COLUMNS:
        return head
    note = f"第 {HEAD_COLUMNS} 列（{column_letter(HEAD_COLUMNS - 1)}）以右的内容不读"
    return replace(head, notes=(*head.notes, note))


def _block_frame(block: bytes, names: list[str], *, typed: bool) -> pl.DataFrame:
    frame = pl.read_csv(
        block,
        separator=CELL,
        eol_char=ROW,
        quote_char=None,
        has_header=False,
        infer_schema=False,
        new_columns=names,
    )
    cells = trimmed(frame[:, :HEAD_COLUMNS], block)
    return _typed_text(cells, block) if typed else cells


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
        frame = frame.with_columns(pl.all().str.strip_chars(EDGE))
    if any(byte in source for byte in _WRAPPER_BYTES):
        wrapped = _columns_where(frame, pl.all().str.contains(r"^[='’‘`]"))
        inner = (pl.col(name).str.replace(_WRAPPED, "$1") for name in wrapped)
        frame = frame.with_columns(text.str.strip_chars(EDGE + "'’‘`") for text in inner)
    blank = _columns_where(frame, pl.all() == "")
    return frame.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in blank
    )


def _typed_text(cells: pl.DataFrame, source: bytes) -> pl.DataFrame:
    """Numbers and midnights as people write them, where a column has any."""
    whole = _columns_where(cells, pl.all().str.ends_with(".0"))
    suspects = cells.columns if b"e+" in source else whole
    damaged = _columns_where(cells.select(suspects), pl.all().str.contains(_DAMAGED))
    cells = cells.with_columns(_scientific(cells[name]) for name in damaged)
    cells = cells.with_columns(pl.col(name).str.replace(_WHOLE, "$1") for name in whole)
    if b" 00:00:00" not in source:
        return cells
    return cells.with_columns(pl.all().str.strip_suffix(" 00:00:00"))


def _scientific(column: pl.Series) -> pl.Series:
    damaged = column.filter(column.str.contains(_DAMAGED)).unique()
    shown = [f"{float(text):.14E}" for text in damaged]
    return column.replace(damaged, pl.Series(shown, dtype=pl.String))


def _columns_where(frame: pl.DataFrame, test: pl.Expr) -> list[str]:
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
