"""One sheet: which layout, where the tables begin, what each of them gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from fpm.errors import FileRefusedError
from fpm.ingest.containers.parts import SheetMarks
from fpm.ingest.grid import Grid, below, column_letter
from fpm.ingest.header import Header, HeaderIndex, find_header, head_rows, title_unit
from fpm.ingest.quarantine import Place
from fpm.ingest.reading import ColumnReading, SheetReading
from fpm.ingest.recognise import CLEAR_LEAD, ENOUGH, Candidate, rank_layouts
from fpm.ingest.rows import label_rows
from fpm.ingest.table import Table, TableReading, read_table
from fpm.ingest.unknown import describe_unread
from fpm.model import mask_digits
from fpm.rulebook.layout import LayoutSpec

_SHOWN: Final = 5
_TITLE_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """How a sheet was understood and, when a layout was recognised, what its tables give."""

    reading: SheetReading
    layout: LayoutSpec | None = None
    tables: tuple[TableReading, ...] = ()
    strays: pl.DataFrame | None = None
    """Rows set aside although no layout was recognised (QUARANTINE_SCHEMA)."""


def read_sheet(grid: Grid, indexes: Sequence[HeaderIndex], file: str) -> SheetOutcome:
    """Read one sheet.

    Args:
        grid: The sheet.
        indexes: Layouts it may follow.
        file: File name for records and messages.

    Raises:
        FileRefusedError: It fits two layouts alike, or lacks a required column.
    """
    rows = head_rows(grid.cells)
    ranked = rank_layouts(rows, indexes, grid.member or file, grid.head.name)
    if not ranked or ranked[0].score < ENOUGH:
        return SheetOutcome(_unread(grid, ranked))
    best = ranked[0]
    _refuse_doubt(ranked, file, grid.head.name)
    place = Place(best.layout.department, best.layout.kind, file, grid.head.name)
    unit = title_unit(rows[: best.header.first])
    tables = [(table, read_table(table)) for table in _tables(grid, best, (place, unit), indexes)]
    reading = _sheet_reading(grid, ranked, [given for _, given in tables])
    if len(tables) > 1:
        starts = "、".join(str(table.grid.above + 1) for table, _ in tables[1:])
        note = f"第 {starts} 行起表头不同，已按新表头读取"
        reading = replace(reading, notes=(*reading.notes, note))
    return SheetOutcome(reading, best.layout, tuple(given for _, given in tables))


def _tables(
    grid: Grid, best: Candidate, known: tuple[Place, str], indexes: Sequence[HeaderIndex]
) -> Iterator[Table]:
    """The tables of a sheet: a header in other columns begins a new one."""
    header, index = best.header, best.index
    place, unit = known
    while True:
        labels = label_rows(grid.cells, header, index, indexes)
        _refuse_another_table(grid, labels, place)
        starts = (labels == "new_header").fill_null(value=False).arg_true()
        following = None
        if starts.len():
            rest = below(grid, int(starts[0]))
            following = find_header(head_rows(rest.cells), index)
            grid = replace(grid, cells=grid.cells.head(int(starts[0])))
            labels = labels.head(int(starts[0]))
        yield Table(grid, header, index.layout, labels, place, unit)
        if following is None:
            return
        grid, header = rest, following


def _refuse_another_table(grid: Grid, labels: pl.Series, place: Place) -> None:
    """Refuse a sheet in which the headers of another layout stand below the table."""
    found = (labels == "other_header").fill_null(value=False).arg_true()
    if found.len():
        where = f"工作表“{place.sheet}”" if place.sheet else "表格"
        raise FileRefusedError(
            place.file,
            f"{where}第 {grid.above + int(found[0]) + 1} 行起是另一种表，"
            "请把不同的表放进各自的工作表再发",
        )


def _titles(grid: Grid, header: Header) -> tuple[str, ...]:
    rows = grid.cells.head(header.first).rows()
    return tuple(mask_digits(cell[:_TITLE_SHOWN]) for row in rows for cell in row if cell)


def _refuse_doubt(ranked: Sequence[Candidate], file: str, sheet: str) -> None:
    """Refuse a sheet that fits two layouts alike, or lacks a required column."""
    best = ranked[0]
    where = f"工作表“{sheet}”" if sheet else "表格"
    if len(ranked) > 1 and best.score - ranked[1].score < CLEAR_LEAD:
        raise FileRefusedError(
            file,
            f"{where}既像“{best.layout.title}”又像“{ranked[1].layout.title}”，无法确定；"
            "请在文件名中写明是哪种数据，或用 --department 指明",
        )
    if best.missing_required:
        lacking = "、".join(best.missing_required)
        found = "、".join(text for text in best.header.texts if text)
        raise FileRefusedError(
            file, f"{where}像“{best.layout.title}”，但缺少必需的列：{lacking}；现有表头：{found}"
        )


def _unread(grid: Grid, ranked: Sequence[Candidate]) -> SheetReading:
    note = "未认出表格，整张表不读" if grid.height else "空工作表"
    return SheetReading(
        sheet=grid.head.name,
        hidden=grid.head.hidden,
        rows=grid.height,
        non_data=grid.height,
        quarantined=0,
        records=0,
        runner_up=ranked[0].summary() if ranked else None,
        notes=(*_notes(grid), note),
    )


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
    if marks.errors:
        cells = "、".join(f"{column_letter(c)}{r}" for r, c, _ in marks.errors[:_SHOWN])
        yield f"有 {len(marks.errors)} 个公式错误或未计算的单元格（{cells} 等）"


def _sheet_reading(
    grid: Grid, ranked: Sequence[Candidate], tables: Sequence[TableReading]
) -> SheetReading:
    best = ranked[0]
    header = best.header
    read = {**describe_unread(header, best.layout), **tables[0].columns}
    columns = tuple(
        read.get(number, ColumnReading(column_letter(number), text))
        for number, text in enumerate(header.texts)
        if text
    )
    found = set(header.fields.values())
    repeats = [
        column.header
        for column in columns
        if column.repeats and not best.layout.fields[column.field or ""].multiple
    ]
    notes = list(_notes(grid))
    if repeats:
        notes.append(f"表头重复，以第一列为准：{'、'.join(repeats)}")
    records = sum(table.records.height for table in tables)
    quarantined = sum(table.quarantined for table in tables)
    return SheetReading(
        sheet=grid.head.name,
        hidden=grid.head.hidden,
        rows=grid.height,
        non_data=grid.height - records - quarantined,
        quarantined=quarantined,
        records=records,
        layout=best.summary(),
        runner_up=ranked[1].summary() if len(ranked) > 1 else None,
        header_row=header.first + 1,
        titles=_titles(grid, header),
        columns=columns,
        missing=tuple(spec.title for name, spec in best.layout.fields.items() if name not in found),
        notes=tuple(notes),
    )
