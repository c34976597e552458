"""How one file would be read: recognition, columns, ID quality, first problems, masked rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl
from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.errors import FileRefusedError
from fpm.ingest import (
    ColumnReading,
    FileReading,
    SheetReading,
    doubtful_ids,
    id_forms,
    sample_rows,
)
from fpm.ingest.packed import RecordKind

SAMPLE_ROWS = 10
SAMPLE_COLUMNS = 8
FIRST_PROBLEMS = 10
SHEETS_IN_FULL = 30
"""Below so many, of a sheet with the columns of another one only those that need a look."""


def show_reading(console: Console, reading: FileReading) -> None:
    """Show one file, sheet by sheet."""
    console.rule(reading.name)
    seen: dict[object, str] = {}
    for number, sheet in enumerate(reading.sheets):
        _show_sheet(console, sheet)
        other = seen.setdefault(_way_of_reading(sheet), sheet.sheet)
        if number < SHEETS_IN_FULL or other == sheet.sheet:
            _show_all_columns(console, sheet)
        else:
            _show_some_columns(console, sheet, other)
    _show_problems(console, "隔离的行", reading.quarantine)
    _show_problems(console, "读成空白的单元格", reading.blanked)
    id_fields = {
        column.field: column.title
        for sheet in reading.sheets
        for column in sheet.columns
        if column.type == "id_number" and column.field
    }
    titles = {
        column.field: column.title
        for sheet in reading.sheets
        for column in sheet.columns
        if column.field
    }
    for kind in reading.records:
        _show_id_quality(console, reading, kind, id_fields)
    for title, form, count, first in doubtful_ids(reading):
        console.print(f"  {title}：{form} {count:,} 个（{' '.join(first)}）", markup=False)
    for kind in reading.records:
        _show_rows(console, reading, kind, titles)


def show_unknown(console: Console, refused: FileRefusedError) -> None:
    """Show which headers of a refused file may be the columns it lacks."""
    unknown = refused.details.get("unknown")
    if not isinstance(unknown, list) or not unknown:
        return
    console.rule(refused.file)
    for column in unknown:
        nearest = f"，最像“{column['nearest']}”" if column["nearest"] else ""
        console.print(
            f"  {column['letter']} 列表头“{column['header']}”不认识{nearest}", markup=False
        )
    lines = refused.details.get("toml_lines")
    if isinstance(lines, list):
        _show_toml(console, lines)


def _show_toml(console: Console, lines: Sequence[str]) -> None:
    if lines:
        console.print(
            "  如果确认是同一列，把版式文件中这些字段的 headers 一行换成（加上不认识的表头）："
        )
    for line in lines:  # never folded: they are copied
        console.print(f"    {line}", markup=False, soft_wrap=True)


def _show_sheet(console: Console, sheet: SheetReading) -> None:
    hidden = "（隐藏）" if sheet.hidden else ""
    where = f"工作表“{sheet.sheet}”" if sheet.sheet else "表格"
    console.print(f"{where}{hidden}：{sheet.rows:,} 行", markup=False, style="bold")
    if sheet.layout is None:
        console.print("  没有认出任何版式的表格，全部按非数据计")
    else:
        runner = sheet.runner_up
        second = f"；其次是 {runner.title}（{runner.score:.2f}）" if runner else ""
        console.print(
            f"  版式：{sheet.layout.title}（{sheet.layout.department}.{sheet.layout.kind}，"
            f"得分 {sheet.layout.score:.2f}{second}），表头在第 {sheet.header_row} 行",
            markup=False,
        )
        console.print(f"  依据：{sheet.layout.why}", markup=False)
        console.print(
            f"  数据 {sheet.records:,} 行，隔离 {sheet.quarantined:,} 行，"
            f"非数据 {sheet.non_data:,} 行"
        )
    for note in sheet.notes:
        console.print(f"  {note}", markup=False)


def _way_of_reading(sheet: SheetReading) -> object:
    """What two sheets have in common of which all columns are read alike."""
    return sheet.missing, tuple(
        replace(column, parsed=0, blank=0, bad=0, first_bad=()) for column in sheet.columns
    )


def _show_all_columns(console: Console, sheet: SheetReading) -> None:
    if sheet.columns:
        _show_columns(console, sheet.columns)
    for columns in sheet.below:
        console.print("  下面表头不同的表：")
        _show_columns(console, columns)
    if sheet.missing:
        console.print(f"  没有的列：{'、'.join(sheet.missing)}", markup=False)
    _show_toml(console, sheet.toml_lines)


def _show_some_columns(console: Console, sheet: SheetReading, other: str) -> None:
    """The columns of a sheet that give nothing or have bad cells, where another has the same."""
    if not sheet.columns:  # no table
        return
    console.print(f"  各列的读法与工作表“{other}”相同", markup=False)
    told = [
        column for column in sheet.columns if column.bad or (column.field and not column.parsed)
    ]
    if told:
        _show_columns(console, told)


def _show_columns(console: Console, columns: Sequence[ColumnReading]) -> None:
    numbers = ("读出", "空白", "有误")
    table = plain_table(
        "", ["列", "表头", "读作", *numbers, "最先出现的问题", "说明"], numbers=numbers
    )
    for column in columns:
        add_row(
            table,
            [
                column.letter,
                column.header,
                column.title,
                column.parsed,
                column.blank,
                column.bad,
                " ".join(column.first_bad),
                _remark(column),
            ],
            style="" if column.field or column.ignored else "yellow",
        )
    console.print(table)


def _remark(column: ColumnReading) -> str:
    if column.repeats:
        return "与前面的列重复，不读"
    if column.ignored:
        return "已知，不需要"
    if column.field is None:
        return f"不认识，最像“{column.nearest}”" if column.nearest else "不认识"
    unit = f"单位：{column.unit}" if column.unit else ""
    time = "表头写明时间，读入时须与期次相符" if column.dated else ""
    return "；".join(filter(None, (unit, time)))


def _show_problems(console: Console, title: str, problems: pl.DataFrame) -> None:
    if problems.is_empty():
        return
    table = plain_table(
        f"{title}（共 {problems.height:,}）", ["工作表", "单元格", "值", "问题", "怎样改"]
    )
    for row in problems.head(FIRST_PROBLEMS).to_dicts():
        add_row(
            table,
            [row["sheet"], row["cell"] or row["row"], row["value"], row["reason"], row["advice"]],
        )
    console.print(table)


def _show_id_quality(
    console: Console, reading: FileReading, kind: RecordKind, fields: Mapping[str, str]
) -> None:
    known = reading.records.names(kind)
    for name, title in fields.items():
        numbers = reading.records.columns(kind, [name])[name] if name in known else pl.Series()
        if len(numbers):
            forms = (f"{form} {count:,}" for form, count in id_forms(numbers))
            console.print(f"{title}的质量：{'，'.join(forms)}", markup=False)


def _show_rows(
    console: Console, reading: FileReading, kind: RecordKind, titles: Mapping[str, str]
) -> None:
    rows = sample_rows(reading.records, kind, SAMPLE_ROWS)
    if rows.is_empty():
        return
    shown = rows.select([name for name in rows.columns if name in titles or name == "row"])
    left_out = shown.columns[SAMPLE_COLUMNS:]
    shown = shown.select(shown.columns[:SAMPLE_COLUMNS])
    headings = [titles.get(name, "行") for name in shown.columns]
    table = plain_table(f"前 {shown.height} 行（已脱敏）", headings)
    for row in shown.rows():
        add_row(table, row)
    console.print(table)
    if left_out:
        others = "、".join(titles[name] for name in left_out)
        console.print(
            f"  另有 {len(left_out)} 列未显示：{others}（用 --json 可看全部）", markup=False
        )
