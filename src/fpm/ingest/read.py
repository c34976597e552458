"""Read one delivered file: open it, recognise its sheets, parse them, account for every row."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fpm.errors import FileRefusedError
from fpm.ingest.containers.open import DEFAULT_OPENING, OpenedSheet, OpenedText, Opening, open_file
from fpm.ingest.containers.parts import SheetMarks
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import TooMuchTextError
from fpm.ingest.grid import Grid, build_grid, column_letter, in_member, with_marks
from fpm.ingest.header import HEAD_ROWS, HeaderIndex
from fpm.ingest.limits import MIB
from fpm.ingest.quarantine import Place, gather
from fpm.ingest.reading import ColumnReading, FileReading, RecordKind, SheetReading
from fpm.ingest.recognise import CLEAR_LEAD, ENOUGH, Candidate, rank_layouts
from fpm.ingest.rows import label_rows
from fpm.ingest.table import Table, TableReading, empty_records, read_table
from fpm.ingest.text_grid import build_text_grid
from fpm.ingest.unknown import describe_unread
from fpm.model import FILES_SCHEMA
from fpm.rulebook.layout import LayoutSpec

_HEADERS_SHOWN = 30
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet on its way through."""

    reading: SheetReading
    layout: LayoutSpec | None
    table: TableReading | None


def read_file(
    path: Path,
    name: str,
    layouts: Sequence[LayoutSpec],
    *,
    department: str | None = None,
    opening: Opening = DEFAULT_OPENING,
) -> FileReading:
    """Read one delivered file of any format.

    Args:
        path: Where the file lies.
        name: What records, quarantine and messages call it.
        layouts: The layouts it may follow.
        department: Consider only this department's layouts.
        opening: What the file may use of the machine, and where workbooks are parsed.

    Returns:
        Records, quarantine, blanked cells, the account of rows, and how each sheet was read.

    Raises:
        FileRefusedError: The file as a whole cannot be trusted; one Chinese sentence says why.
    """
    allowed = [layout for layout in layouts if department in (None, layout.department)]
    indexes = [HeaderIndex(layout) for layout in allowed]
    if path.stat().st_size > opening.limits.file_bytes:
        size = opening.limits.file_bytes // MIB
        raise FileRefusedError(name, f"大于 {size} MB，请拆分后重发")
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    try:
        grids = [_grid(content, opening) for content in open_file(data, opening)]
    except UnreadableError as error:
        raise FileRefusedError(name, str(error)) from error
    except TooMuchTextError as error:
        raise FileRefusedError(name, "文字总量超过上限，请拆分后重发") from error
    sheets = [_read_sheet(grid, indexes, name) for grid in grids]
    if not any(sheet.table for sheet in sheets):
        raise FileRefusedError(name, _nothing_recognised(grids))
    return _file_reading(name, digest, sheets)


def _grid(opened: OpenedSheet | OpenedText, opening: Opening) -> Grid:
    if isinstance(opened, OpenedSheet):
        grid = with_marks(build_grid(opened.sheet), opened.marks)
    else:
        grid = build_text_grid(opened.text, opening.limits)
    return in_member(grid, opened.member) if opened.member else grid


def _read_sheet(grid: Grid, indexes: Sequence[HeaderIndex], file: str) -> _Sheet:
    rows = grid.cells.head(HEAD_ROWS + 1).rows()
    ranked = rank_layouts(rows, indexes, grid.member or file, grid.head.name)
    best = ranked[0] if ranked and ranked[0].score >= ENOUGH else None
    if best is None:
        return _Sheet(_unread(grid, ranked), None, None)
    _refuse_doubt(ranked, best, file, grid.head.name)
    labels = label_rows(grid.cells, best.header, best.index)
    layout = best.layout
    place = Place(layout.department, layout.kind, file, grid.head.name)
    table = read_table(Table(grid, best.header, layout, labels, place))
    return _Sheet(_sheet_reading(grid, ranked, table), layout, table)


def _refuse_doubt(ranked: Sequence[Candidate], best: Candidate, file: str, sheet: str) -> None:
    """Refuse a sheet that fits two layouts alike, or lacks a required column."""
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


def _nothing_recognised(grids: Sequence[Grid]) -> str:
    """Say that no sheet is a known table, with the fullest row as its likely header."""
    likely: list[str] = []
    for grid in grids:
        for row in grid.cells.head(HEAD_ROWS).rows():
            texts = [cell for cell in row if cell and not cell[:1].isdigit()]
            likely = texts if len(texts) > len(likely) else likely
    if not likely:
        return "没有内容，请重新导出"
    shown = "、".join(" ".join(text.split())[:20] for text in likely[:_HEADERS_SHOWN])
    return f"没有一张工作表与已知版式相符；最像表头的一行是：{shown}"


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
        notes=(*_head_notes(grid), note),
    )


def _head_notes(grid: Grid) -> tuple[str, ...]:
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


def _sheet_reading(grid: Grid, ranked: Sequence[Candidate], table: TableReading) -> SheetReading:
    best = ranked[0]
    header = best.header
    read = {**describe_unread(header, best.layout), **table.columns}
    columns = tuple(
        read.get(number, ColumnReading(column_letter(number), text))
        for number, text in enumerate(header.texts)
        if text
    )
    found = set(header.fields.values())
    repeats = [column.header for column in columns if column.repeats]
    notes = list(_head_notes(grid))
    if repeats:
        notes.append(f"表头重复，只读第一列：{'、'.join(repeats)}")
    data = table.records.height + table.quarantined
    return SheetReading(
        sheet=grid.head.name,
        hidden=grid.head.hidden,
        rows=grid.height,
        non_data=grid.height - data,
        quarantined=table.quarantined,
        records=table.records.height,
        layout=best.summary(),
        runner_up=ranked[1].summary() if len(ranked) > 1 else None,
        header_row=header.first + 1,
        columns=columns,
        missing=tuple(spec.title for name, spec in best.layout.fields.items() if name not in found),
        notes=tuple(notes),
    )


def _file_reading(name: str, digest: str, sheets: Sequence[_Sheet]) -> FileReading:
    records: dict[RecordKind, list[pl.DataFrame]] = {}
    tables = [sheet.table for sheet in sheets if sheet.table is not None]
    for sheet in sorted(sheets, key=lambda one: one.reading.sheet):  # rows are in order already
        if sheet.layout is not None and sheet.table is not None:
            kind = (sheet.layout.department, sheet.layout.kind)
            records.setdefault(kind, [empty_records(sheet.layout)]).append(sheet.table.records)
    return FileReading(
        name=name,
        sha256=digest,
        sheets=tuple(sheet.reading for sheet in sheets),
        records={
            kind: pl.concat(frames).sort("file", "sheet", "row") for kind, frames in records.items()
        },
        quarantine=gather([table.quarantine for table in tables]),
        blanked=gather([table.blanked for table in tables]),
        files=_files(name, digest, [sheet.reading for sheet in sheets]),
    )


def _files(name: str, digest: str, sheets: Sequence[SheetReading]) -> pl.DataFrame:
    """One line a sheet; a sheet without a table goes to the kind most sheets have."""
    kinds = Counter(
        (sheet.layout.department, sheet.layout.kind) for sheet in sheets if sheet.layout
    )
    main = kinds.most_common(1)[0][0]
    lines = []
    for sheet in sheets:
        kind = (sheet.layout.department, sheet.layout.kind) if sheet.layout else main
        counts = (sheet.rows, sheet.non_data, sheet.quarantined, sheet.records)
        lines.append((*kind, name, sheet.sheet, digest, *counts))
    return pl.DataFrame(lines, schema=FILES_SCHEMA, orient="row")
