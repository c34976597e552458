"""One sheet: which layout, where the tables begin, what each of them gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import polars as pl

from fpm.errors import FileRefusedError
from fpm.ingest.containers.blocks import WholeNeededError
from fpm.ingest.containers.marks import ERROR_VALUES, SheetMarks
from fpm.ingest.grid import Grid, below, column_letter
from fpm.ingest.head_search import find_header
from fpm.ingest.header import HEAD_ROWS, Header, HeaderIndex, further_rows, head_rows
from fpm.ingest.pages import STARTS, read_pages
from fpm.ingest.quarantine import Place
from fpm.ingest.reading import ColumnReading, SheetReading
from fpm.ingest.recognise import ENOUGH, Candidate, rank_layouts, rank_sheet, refuse_doubt
from fpm.ingest.rows import label_rows
from fpm.ingest.stated import stated_above, stated_below
from fpm.ingest.stray import look_for_people
from fpm.ingest.table import Table, TableReading, read_table
from fpm.ingest.unknown import describe_unread, list_unread
from fpm.model import mask_digits
from fpm.rulebook.layout import LayoutSpec

_SHOWN: Final = 5
_TITLE_SHOWN: Final = 200
_MOST_TABLES: Final = 60
"""Tables of other columns than the one above; a county has some twenty townships."""
_ALIKE: Final = 0.6
"""Share of the first table's columns with which one below is a list of the same kind."""


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """How a sheet was understood and, when a layout was recognised, what its tables give."""

    reading: SheetReading
    layout: LayoutSpec | None = None
    tables: tuple[TableReading, ...] = ()
    likely: tuple[int, ...] = ()
    """Rows (from 1) that look like people, where no layout was recognised or above the header."""
    strays: pl.DataFrame | None = None
    """Those rows, set aside (QUARANTINE_SCHEMA)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of a sheet, and what it was recognised by."""

    ranked: Sequence[Candidate]
    table: Table

    @property
    def layout(self) -> LayoutSpec:
        return self.table.layout


def read_sheet(grid: Grid, indexes: Sequence[HeaderIndex], file: str) -> list[SheetOutcome]:
    """Read one sheet.

    Args:
        grid: The sheet.
        indexes: Layouts it may follow.
        file: File name for records and messages.

    Returns:
        One outcome for the tables of one layout that follow each other; usually that is all.

    Raises:
        FileRefusedError: It fits two layouts alike, or lacks a required column.
        WholeNeededError: A sheet that comes piece by piece must be looked at as a whole.
    """
    names = grid.member or file, grid.head.name
    ranked = rank_sheet(head_rows(grid.cells), indexes, *names)
    if not _is_table(ranked):
        further = rank_sheet(further_rows(grid.cells), indexes, *names)
        if not _is_table(further):
            return [_unread(grid, ranked)]
        ranked = further
    refuse_doubt(ranked, file, grid.head.name)
    if grid.more is not None:
        return [_read_long(grid, ranked, indexes, file)]
    outcomes: list[SheetOutcome] = []
    for layout, same in groupby(_parts(grid, ranked, indexes, file), lambda part: part.layout):
        parts = list(same)
        given = [read_table(part.table) for part in parts]
        reading = _sheet_reading(grid, parts, given)
        likely = () if outcomes else _above_header(grid, parts[0].table.header)
        outcomes.append(SheetOutcome(reading, layout, tuple(given), likely))
    return outcomes


def _is_table(ranked: Sequence[Candidate]) -> bool:
    """Whether the best layout is one that the sheet may follow."""
    return bool(ranked) and ranked[0].score >= ENOUGH and not ranked[0].names_nobody


def _read_long(
    grid: Grid, ranked: Sequence[Candidate], indexes: Sequence[HeaderIndex], file: str
) -> SheetOutcome:
    """Read a sheet whose rows come as a stream; it may hold one table only."""
    first, *others = _parts(grid, ranked, indexes, file)
    if others:
        raise WholeNeededError
    given = read_pages(first.table, ranked[0].index, indexes)
    reading = _sheet_reading(grid, [first], [given])
    likely = _above_header(grid, first.table.header)
    return SheetOutcome(reading, first.layout, (given,), likely)


def _above_header(grid: Grid, header: Header) -> tuple[int, ...]:
    """Rows (from 1) above the first header that look like people: no titles, whatever they are."""
    return look_for_people(replace(grid, cells=grid.cells.head(header.first), more=None))[1]


def _parts(
    grid: Grid, ranked: Sequence[Candidate], indexes: Sequence[HeaderIndex], file: str
) -> Iterator[_Part]:
    """The tables of a sheet: a header in other columns, or of another layout, begins a new one."""
    header = ranked[0].header
    for _ in range(_MOST_TABLES):
        index = ranked[0].index
        place = Place(index.layout.department, index.layout.kind, file, grid.head.name)
        labels = label_rows(grid.cells, header, index, indexes)
        above = stated_above(grid.cells.head(header.first).rows())
        said = above.also(stated_below(grid.cells, labels))
        starts = labels.is_in(STARTS).fill_null(value=False).arg_true()
        if starts.is_empty():
            yield _Part(ranked, Table(grid, header, index.layout, labels, place, said))
            return
        start = int(starts[0])
        rest = below(grid, start)
        grid = replace(grid, cells=grid.cells.head(start))
        yield _Part(ranked, Table(grid, header, index.layout, labels.head(start), place, said))
        ranked, header = _following(rest, ranked, indexes, file)
        grid = rest
    where = f"工作表“{grid.head.name}”" if grid.head.name else "表格"
    raise FileRefusedError(file, f"{where}的表头变换超过 {_MOST_TABLES} 次，请统一列的顺序后重发")


def _following(
    rest: Grid, ranked: Sequence[Candidate], indexes: Sequence[HeaderIndex], file: str
) -> tuple[Sequence[Candidate], Header]:
    """What the table is that begins with the first row of ``rest``.

    Raises:
        FileRefusedError: Its header is of no one layout.
    """
    rows = head_rows(rest.cells)
    # the words in the names speak of the first table: this one is known by its headers alone
    again = [one for one in rank_layouts(rows, indexes, "", "") if one.header.first == 0]
    if again and again[0].score >= ENOUGH:
        refuse_doubt(again, file, rest.head.name)
        return again, again[0].header
    first = ranked[0]
    same = find_header(rows, first.index)
    if same and not same.first and len(same.fields) >= _ALIKE * len(first.header.fields):
        return ranked, same
    where = f"工作表“{rest.head.name}”" if rest.head.name else "表格"
    raise FileRefusedError(
        file, f"{where}第 {rest.above + 1} 行起是另一种表，请把不同的表放进各自的工作表再发"
    )


def _titles(grid: Grid, header: Header) -> tuple[str, ...]:
    rows = grid.cells.head(header.first).tail(HEAD_ROWS).rows()
    return tuple(mask_digits(cell[:_TITLE_SHOWN]) for row in rows for cell in row if cell)


def _unread(grid: Grid, ranked: Sequence[Candidate]) -> SheetOutcome:
    height, likely = look_for_people(grid)
    why = "没有姓名、证件号码等列" if ranked and ranked[0].names_nobody else "未认出表格"
    note = f"{why}，整张表不读" if height else "空工作表"
    reading = SheetReading(
        sheet=grid.head.name,
        hidden=grid.head.hidden,
        rows=height,
        non_data=height,
        quarantined=0,
        records=0,
        runner_up=ranked[0].summary() if ranked else None,
        notes=(*_notes(grid), note),
    )
    return SheetOutcome(reading, likely=likely)


def _notes(grid: Grid) -> tuple[str, ...]:
    hidden = ("工作表是隐藏的，已照常读取",) if grid.head.hidden else ()
    return (*hidden, *_mark_notes(grid.marks), *grid.head.notes)


def _mark_notes(marks: SheetMarks) -> Iterator[str]:
    if marks.hidden_rows:
        rows = "、".join(str(row) for row in marks.hidden_rows[:_SHOWN])
        yield f"有 {len(marks.hidden_rows)} 个隐藏行（第 {rows} 行等），已照常读取"
    if marks.hidden_columns:
        letters = "、".join(column_letter(column) for column in marks.hidden_columns[:_SHOWN])
        yield f"有 {len(marks.hidden_columns)} 个隐藏列（{letters} 等），已照常读取"
    errors = [(row, column) for row, column, text in marks.errors if text in ERROR_VALUES]
    if errors:
        cells = "、".join(f"{column_letter(column)}{row}" for row, column in errors[:_SHOWN])
        yield f"有 {len(errors)} 个公式错误或未计算的单元格（{cells} 等）"


def _sheet_reading(
    grid: Grid, parts: Sequence[_Part], tables: Sequence[TableReading]
) -> SheetReading:
    first = parts[0]
    ranked, header, layout = first.ranked, first.table.header, first.layout
    found = set(header.fields.values())
    rows = sum(table.rows for table in tables)
    records = sum(table.height for table in tables)
    quarantined = sum(table.quarantined for table in tables)
    return SheetReading(
        sheet=grid.head.name,
        hidden=grid.head.hidden,
        rows=rows,
        non_data=rows - records - quarantined,
        quarantined=quarantined,
        records=records,
        layout=ranked[0].summary(),
        runner_up=ranked[1].summary() if len(ranked) > 1 else None,
        header_row=first.table.grid.above + header.first + 1,
        titles=_titles(first.table.grid, header),
        columns=_in_order(describe_unread(header, layout), tables[0].columns),
        below=tuple(
            _in_order(list_unread(part.table.header, layout), table.columns)
            for part, table in zip(parts[1:], tables[1:], strict=True)
        ),
        missing=tuple(spec.title for name, spec in layout.fields.items() if name not in found),
        notes=(*_notes(grid), *_table_notes(parts), *_repeat_notes(header, layout)),
    )


def _in_order(*columns: Mapping[int, ColumnReading]) -> tuple[ColumnReading, ...]:
    """The columns of a table from left to right."""
    found = {number: column for some in columns for number, column in some.items()}
    return tuple(found[number] for number in sorted(found))


def _table_notes(parts: Sequence[_Part]) -> Iterator[str]:
    """Where the tables after the first one begin."""
    above = parts[0].table.grid.above
    if above:
        yield f"第 {above + 1} 行起是另一种表，已按“{parts[0].layout.title}”读取"
    if len(parts) > 1:
        starts = "、".join(str(part.table.grid.above + 1) for part in parts[1:])
        yield f"第 {starts} 行起表头不同，已按新表头读取"


def _repeat_notes(header: Header, layout: LayoutSpec) -> Iterator[str]:
    """Which of several columns of one field is read."""
    columns = {name: number for number, name in header.fields.items()}
    for name in dict.fromkeys(header.repeated.values()):
        if layout.fields[name].multiple:
            continue
        kept = columns[name]
        others = "、".join(
            f"{column_letter(number)} 列“{header.texts[number]}”"
            for number, other in header.repeated.items()
            if other == name
        )
        yield (
            f"表头重复：“{layout.fields[name].title}”有几列，以 {column_letter(kept)} 列"
            f"“{header.texts[kept]}”为准，{others}不另读"
        )
