"""Write a delivery as xlsx, xls, csv or HTML; the same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import xlsxwriter
import xlwt

from fpm.sample.sheets import Cell, Delivery, Line, Sheet

_CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001  xlsxwriter wants a naive time
_WIDTH = 14


def write(delivery: Delivery, inbox: Path) -> None:
    """Write ``delivery`` below ``inbox``."""
    path = inbox / delivery.path
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = {"xlsx": _write_xlsx, "xls": _write_xls, "csv": _write_csv, "html": _write_html}
    writer[delivery.container](delivery, path)


def _write_xlsx(delivery: Delivery, path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        centre = book.add_format({"align": "center", "bold": True, "text_wrap": True})
        for sheet in delivery.sheets:
            page = book.add_worksheet(sheet.name)
            if sheet.hidden:
                page.hide()
            width = sheet.cells.width
            page.set_column(0, width - 1, _WIDTH)
            for row, line in enumerate(_lines(sheet)):
                if row < len(sheet.titles):
                    page.merge_range(row, 0, row, width - 1, line[0], centre)
                elif row < sheet.lines_above:
                    _xlsx_line(page, row, line, centre)
                else:
                    _xlsx_line(page, row, line, None)


def _xlsx_line(page: xlsxwriter.worksheet.Worksheet, row: int, line: Line, style: object) -> None:
    for column, value in enumerate(line):
        if isinstance(value, str):
            page.write_string(row, column, value, style)
        elif value is not None:
            page.write_number(row, column, value, style)


def _write_xls(delivery: Delivery, path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    for sheet in delivery.sheets:
        page = book.add_sheet(sheet.name)
        if sheet.hidden:
            page.visibility = 1
        for row, line in enumerate(_lines(sheet)):
            if row < len(sheet.titles):
                page.write_merge(row, row, 0, sheet.cells.width - 1, line[0])
                continue
            for column, value in enumerate(line):
                if value is not None:
                    page.write(row, column, value)
    book.save(str(path))


def _write_csv(delivery: Delivery, path: Path) -> None:
    """Characters the encoding does not know become ``?``, as in the departments' own exports."""
    (sheet,) = delivery.sheets
    above = [_csv_line(line) for line in list(_lines_above(sheet))]
    below = [_csv_line(line) for line in sheet.footers]
    records = _csv_records(sheet, quoted_ids=delivery.quoted_ids)
    for place, line in sorted(sheet.between.items(), reverse=True):
        records.insert(place, _csv_line(line))
    text = "\r\n".join([*above, *records, *below]) + "\r\n"
    path.write_bytes(text.encode(delivery.encoding, errors="replace"))


def _csv_records(sheet: Sheet, *, quoted_ids: bool) -> list[str]:
    columns = []
    for name in sheet.cells.columns:
        text = pl.col(name).cast(pl.String).fill_null("")
        if quoted_ids and name == sheet.typed_column:
            text = pl.when(text == "").then(text).otherwise('="' + text + '"')
            columns.append(text)
            continue
        quoted = '"' + text.str.replace_all('"', '""', literal=True) + '"'
        columns.append(pl.when(text.str.contains(r'[",\r\n]')).then(quoted).otherwise(text))
    return sheet.cells.select(pl.concat_str(columns, separator=",")).to_series().to_list()


def _csv_line(line: Line) -> str:
    cells = ("" if value is None else str(value) for value in line)
    return ",".join(f'"{cell}"' if "\n" in cell or "," in cell else cell for cell in cells)


def _write_html(delivery: Delivery, path: Path) -> None:
    """An HTML table, which government systems hand out under the name .xls."""
    (sheet,) = delivery.sheets
    rows = "\n".join(
        "<tr>" + "".join(_html_cell(value) for value in line) + "</tr>" for line in _lines(sheet)
    )
    head = f'<html><head><meta charset="{delivery.encoding}"></head><body><table border="1">'
    text = f"{head}\n{rows}\n</table></body></html>\n"
    path.write_bytes(text.encode(delivery.encoding))


def _html_cell(value: Cell) -> str:
    return f"<td>{'' if value is None else html.escape(str(value))}</td>"


def _lines(sheet: Sheet) -> Iterator[Line]:
    """All lines of the sheet, top to bottom."""
    yield from _lines_above(sheet)
    names = sheet.cells.columns
    typed = names.index(sheet.typed_column) if sheet.typed_column else -1
    flags = sheet.truth["typed"].to_list() if typed >= 0 else [False] * sheet.cells.height
    for place, (record, number) in enumerate(zip(sheet.cells.iter_rows(), flags, strict=True)):
        if place in sheet.between:
            yield sheet.between[place]
        if number:
            yield (*record[:typed], float(record[typed]), *record[typed + 1 :])
        else:
            yield record
    yield from sheet.footers


def _lines_above(sheet: Sheet) -> Iterator[Line]:
    for title in sheet.titles:
        yield (title,)
    if sheet.groups:
        yield sheet.groups
    yield tuple(sheet.cells.columns)
