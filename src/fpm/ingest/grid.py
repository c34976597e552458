"""One sheet as a frame of text: every physical row, every column, blanks as null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, groupby, islice
from typing import Final

import numpy as np
import polars as pl

from fpm.ingest.ahead import ahead
from fpm.ingest.containers.marks import SheetMarks
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import (
    CELL,
    MIXED,
    NUMBERS,
    TEXTS,
    US,
    Block,
    Cells,
    RawSheet,
    SheetHead,
)
from fpm.ingest.escapes import unescaped
from fpm.ingest.header import HEAD_COLUMNS, HEAD_ROWS
from fpm.ingest.trimming import as_people_write, trimmed
from fpm.ingest.written_numbers import written_numbers

NOT_READ: Final = "未读取："
"""Begins the note on a member of a zip that is no table."""
_MOST_WHOLE: Final = 9_000_000
"""Cells of a sheet that is held as a whole."""
_LONG: Final = 14
"""Bytes of a cell that is larger than most are."""
_BLOCKS_AT_ONCE: Final = 32
_BLOCKS_AHEAD: Final = 96
"""Blocks taken from the parser before they are asked for: some 20 MB, while the parts of a large
workbook are looked through."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a sheet, as ``Grid.cells``."""

    cells: pl.DataFrame
    ragged: tuple[int, ...] = ()
    """Rows (from 0) whose number of cells contradicts the others."""
    short: int = 0
    """How many of them have too few cells."""
    odd: tuple[int, ...] = ()
    """Rows (from 0) of another number of cells than the others, blank ones included."""
    mixed: frozenset[int] = frozenset()
    """Columns in which some cells are no texts, but numbers or days."""

    @property
    def weight(self) -> int:
        """Cells, of which one with a long text counts as several."""
        return max(self.cells.height * self.cells.width, int(self.cells.estimated_size()) // _LONG)


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
    mixed: frozenset[int] = frozenset()
    """Columns of ``cells`` in which some cells are no texts, but numbers or days."""
    more: Iterator[Piece] | None = None
    """The rows below ``cells`` of a long sheet, piece by piece; it may raise
    ``WholeNeededError``."""

    @property
    def height(self) -> int:
        """Physical rows."""
        return self.cells.height


def ragged_rows(pieces: Iterable[Piece], above: int = 0) -> tuple[int, ...]:
    """The ragged rows of pieces that follow each other below ``above`` rows, from 1."""
    found: list[int] = []
    for piece in pieces:
        found += (above + row + 1 for row in piece.ragged)
        above += piece.cells.height
    return tuple(found)


def build_grid(sheet: RawSheet, page_cells: int | None = None) -> Grid:
    """Turn a raw sheet into a frame, with edges trimmed and text wrappers taken off.

    Args:
        sheet: Its blocks are a stream, perhaps.
        page_cells: Of a sheet with more cells the frame holds the first, and ``more`` gives the
            others, about so many at a time; None for all of them at once.

    Raises:
        UnreadableError: All of them at once are too many.
    """
    blocks = sheet.blocks if page_cells is None else ahead(sheet.blocks, _BLOCKS_AHEAD)
    pieces = _pieces(blocks, sheet.head, page_cells)
    first = _page(pieces, sheet.head, page_cells)
    following = next(pieces, None)
    more = None
    if following is not None:
        more = _more(chain([following], pieces), sheet.head, page_cells)
    return Grid(_head(sheet.head), first.cells, mixed=first.mixed, more=more)


def _more(pieces: Iterator[Piece], head: SheetHead, page_cells: int | None) -> Iterator[Piece]:
    while (page := _page(pieces, head, page_cells)).cells.height:
        yield page


def _page(pieces: Iterator[Piece], head: SheetHead, page_cells: int | None) -> Piece:
    """The next pieces, as many as a page holds, as one."""
    names = column_names(head.width)[:HEAD_COLUMNS]
    some = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    mixed: frozenset[int] = frozenset()
    count = 0
    while page_cells is None or count < max(page_cells, (HEAD_ROWS + 1) * len(names)):
        piece = next(pieces, None)
        if piece is None:
            break
        some.append(piece.cells)
        mixed |= piece.mixed
        count += piece.weight
        if page_cells is None and count > _MOST_WHOLE:
            raise UnreadableError("很大，又要整张读入才能看懂（如中间换了表头），请拆分后重发")
    cells = pl.concat(some, how="diagonal")
    # column by column: all at once they would need their memory twice
    whole = [cells.drop_in_place(name).rechunk() for name in cells.columns]
    return Piece(pl.DataFrame(whole), mixed=mixed)


def _pieces(blocks: Iterable[Block], head: SheetHead, page_cells: int | None) -> Iterator[Piece]:
    """Pieces of some dozen blocks, each of which is too small to be worth one."""
    stream = iter(blocks)
    while some := list(islice(stream, _BLOCKS_AT_ONCE)):
        names = column_names(max(head.width, *map(len, some)))[:HEAD_COLUMNS]
        piece = _piece(some, names, may_escape=head.typed)
        rows = piece.cells.height
        if page_cells is not None:
            rows = max(1, page_cells * rows // piece.weight)
        yield from (Piece(part, mixed=piece.mixed) for part in piece.cells.iter_slices(rows))


def _piece(blocks: Sequence[Block], names: Sequence[str], *, may_escape: bool) -> Piece:
    runs = [
        (name, kind, [cells.data for cells in run])
        for number, name in enumerate(names)
        for kind, run in groupby(
            (_column(block, number) for block in blocks), key=lambda cells: cells.kind
        )
    ]
    sources = [(kind, US.join(data)) for _, kind, data in runs if kind != NUMBERS]
    if may_escape:
        sources = [(kind, unescaped(source)) for kind, source in sources]
    texts = iter(_texts(sources) if sources else ())
    columns: dict[str, list[pl.Series]] = {name: [] for name in names}
    for name, kind, data in runs:
        column = written_numbers(np.frombuffer(b"".join(data))) if kind == NUMBERS else next(texts)
        columns[name].append(column)
    cells = pl.DataFrame({name: pl.concat(parts) for name, parts in columns.items()})
    kinds = {name: {kind for one, kind, _ in runs if one == name} for name in names}
    mixed = (number for number, name in enumerate(names) if kinds[name] & {MIXED, NUMBERS})
    return Piece(cells, mixed=frozenset(mixed))


def _column(block: Block, number: int) -> Cells:
    """One column of a block; a blank one where other blocks are wider."""
    if number < len(block):
        return block[number]
    return Cells(TEXTS, US * (_height(block[0]) - 1))


def _height(cells: Cells) -> int:
    return len(cells.data) // 8 if cells.kind == NUMBERS else cells.data.count(US) + 1


def _texts(sources: Sequence[tuple[bytes, bytes]]) -> list[pl.Series]:
    """Runs of cells apart by US, trimmed; read all at once, because each is short.

    Args:
        sources: The kind of the cells of each run (``TEXTS`` or ``MIXED``), and the run.
    """
    heights = [source.count(US) + 1 for _, source in sources]
    cells = pl.read_csv(
        US.join(source for _, source in sources)
        + US,  # a last cell that is blank is one only when it is ended
        separator="\x1e",
        eol_char=CELL,
        quote_char=None,
        has_header=False,
        infer_schema=False,
    ).to_series()
    starts = accumulate(heights, initial=0)
    runs = [cells.slice(start, height) for start, height in zip(starts, heights, strict=False)]
    for height in dict.fromkeys(heights):
        alike = [place for place, other in enumerate(heights) if other == height]
        sourced = [((f"c{place}",), sources[place][1]) for place in alike]
        frame = trimmed(pl.DataFrame({f"c{place}": runs[place] for place in alike}), sourced)
        mixed = [
            one for place, one in zip(alike, sourced, strict=True) if sources[place][0] == MIXED
        ]
        frame = as_people_write(frame, mixed)
        for place in alike:
            runs[place] = frame[f"c{place}"]
    return runs


def _head(head: SheetHead) -> SheetHead:
    """The head, with a note when there are columns so far right that nobody looks for them."""
    if head.width <= HEAD_COLUMNS:
        return head
    note = f"第 {HEAD_COLUMNS} 列（{column_letter(HEAD_COLUMNS - 1)}）以右的内容不读"
    return replace(head, notes=(*head.notes, note))


def with_marks(grid: Grid, marks: SheetMarks) -> Grid:
    """The grid with error values in the cells that hold them (the parser leaves them blank)."""
    head = replace(grid.head, merges=tuple(dict.fromkeys((*grid.head.merges, *marks.merges))))
    cells = _with_errors(grid.cells, marks, 0)
    more = grid.more and _marked(grid.more, marks, grid.height)
    return replace(grid, head=head, cells=cells, marks=marks, more=more)


def _marked(pieces: Iterator[Piece], marks: SheetMarks, above: int) -> Iterator[Piece]:
    for piece in pieces:
        yield replace(piece, cells=_with_errors(piece.cells, marks, above))
        above += piece.cells.height


def _with_errors(cells: pl.DataFrame, marks: SheetMarks, above: int) -> pl.DataFrame:
    """Rows of a sheet below ``above`` others, with their error values."""
    by_column: dict[int, list[tuple[int, str]]] = {}
    for row, column, text in marks.errors:
        if above < row <= above + cells.height and column < cells.width:
            by_column.setdefault(column, []).append((row - above - 1, text))
    changed = [
        cells[f"c{column}"].scatter(
            [row for row, _ in found], pl.Series([text for _, text in found])
        )
        for column, found in by_column.items()
    ]
    return cells.with_columns(changed)


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


def column_letter(index: int) -> str:
    """Spreadsheet letter of a column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
