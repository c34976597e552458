"""One list on one sheet: title, headings, rows, protection, drop-downs and the printed page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from fpm.publish.book import Book
from fpm.publish.text_size import lines_needed, row_height
from fpm.rulebook.settings import ColumnSpec, WorkbookSpec

ROW_KEY: Final = "row_key"
TINT_SUFFIX: Final = "_tint"
MOST_ROWS: Final = 1_000_000
"""Rows a sheet; Excel holds 1,048,576."""
_LONGEST_TEXT: Final = 32_000
"""Characters a cell; Excel holds 32,767."""
_A4: Final = 9
_YES_NO: Final = ("是", "否")
_MARGINS: Final = {"left": 0.25, "right": 0.25, "top": 0.55, "bottom": 0.5}
"""Inches; narrow, because a list must be legible on A4."""


@dataclass(frozen=True, slots=True)
class ListSheet:
    """What to write.

    Attributes:
        spec: columns and widths.
        title: the sheet's title, filled in.
        subtitle: the line below it.
        rows: a column for each field of ``spec``; ``row_key`` (String), when there is one, is
            written into a hidden first column; ``<field>_tint`` names a tint of that cell.
        choices: items of drop-downs by the name a column gives (``results`` …).
        frozen: how many columns stay in sight when scrolling sideways.
        protect: whether cells that are not to be filled in are locked.
        footer: text at the foot of each printed page, left.
        public: posted for everybody to see, so that no page says it is confidential.
    """

    spec: WorkbookSpec
    title: str
    subtitle: str
    rows: pl.DataFrame
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    frozen: int = 0
    protect: bool = False
    footer: str = ""
    public: bool = False


def write_list(book: Book, sheet: ListSheet) -> None:
    """Write ``sheet``; more rows than a sheet holds go to further sheets."""
    parts = max(1, -(-sheet.rows.height // MOST_ROWS))
    for part in range(parts):
        name = sheet.spec.sheet if part == 0 else f"{sheet.spec.sheet}（{part + 1}）"
        rows = sheet.rows.slice(part * MOST_ROWS, MOST_ROWS)
        _Writer(book, sheet, name[:31], rows).write()


class _Writer:
    """Writes one sheet; a class because every step needs book, sheet and worksheet."""

    def __init__(self, book: Book, sheet: ListSheet, name: str, rows: pl.DataFrame) -> None:
        self._book = book
        self._sheet = sheet
        self._rows = rows
        self._worksheet = book.workbook.add_worksheet(name)
        self._keyed = ROW_KEY in rows.columns
        self._first = 1 if self._keyed else 0
        self._columns = sheet.spec.columns
        self._last = self._first + len(self._columns) - 1
        self._header = 2 if sheet.subtitle else 1

    def write(self) -> None:
        self._set_columns()
        self._write_head()
        self._write_rows()
        self._set_drop_downs()
        self._set_view()
        self._set_page()
        if self._sheet.protect:
            self._protect()

    def _set_columns(self) -> None:
        if self._keyed:
            self._worksheet.set_column(0, 0, 4, None, {"hidden": True})
        for place, column in enumerate(self._columns, start=self._first):
            self._worksheet.set_column(place, place, column.width)

    def _write_head(self) -> None:
        sheet, book = self._worksheet, self._book
        self._across(0, self._sheet.title, "title")
        sheet.set_row(0, 30)
        if self._sheet.subtitle:
            width = sum(column.width for column in self._columns)
            self._across(1, self._sheet.subtitle, "subtitle")
            sheet.set_row(1, row_height(lines_needed(self._sheet.subtitle, width)))
        tallest = max(lines_needed(column.title, column.width) for column in self._columns)
        sheet.set_row(self._header, row_height(max(tallest, 2)))
        if self._keyed:
            sheet.write_string(self._header, 0, "行标识", book.style("header"))
        for place, column in enumerate(self._columns, start=self._first):
            style = "fill_in_header" if column.fill_in else "header"
            sheet.write_string(self._header, place, column.title, book.style(style))

    def _across(self, row: int, text: str, style: str) -> None:
        look = self._book.style(style)
        if self._last > self._first:
            self._worksheet.merge_range(row, self._first, row, self._last, "", look)
        self._worksheet.write_string(row, self._first, text, look)

    def _write_rows(self) -> None:
        for row, values in enumerate(self._rows.iter_rows(named=True), start=self._header + 1):
            lines = [
                self._write_cell(row, place, column, values)
                for place, column in enumerate(self._columns, start=self._first)
            ]
            if self._keyed:
                self._worksheet.write_string(row, 0, values[ROW_KEY] or "")
            self._worksheet.set_row(row, row_height(max(lines)))

    def _write_cell(self, row: int, place: int, column: ColumnSpec, values: dict[str, Any]) -> int:
        """Write one cell and return the lines that it takes."""
        value = values.get(column.field)
        tint = values.get(f"{column.field}{TINT_SUFFIX}")
        style = self._style(column, value, (tint,) if tint else ())
        if value is None:
            self._worksheet.write_blank(row, place, None, style)
            return 1
        if isinstance(value, bool):
            value = _YES_NO[0] if value else _YES_NO[1]
        if isinstance(value, (int, float)):
            self._worksheet.write_number(row, place, value, style)
            return 1
        if isinstance(value, dt.date):
            self._worksheet.write_datetime(row, place, value, style)
            return 1
        text = str(value)[:_LONGEST_TEXT]
        self._worksheet.write_string(row, place, text, style)
        return lines_needed(text, column.width)

    def _style(self, column: ColumnSpec, value: Any, tints: tuple[str, ...]) -> Any:
        if column.fill_in:
            name = "fill_in"
        elif column.number_format and isinstance(value, (int, float)):
            name = "number"
        else:
            name = "text" if column.wrap else "short"
        number_format = _spaced(column.number_format) if name == "number" else column.number_format
        return self._book.style(name, *tints, number_format=number_format)

    def _set_drop_downs(self) -> None:
        first, last = self._header + 1, self._header + self._rows.height
        if last < first:
            return
        choices = {"yes_no": _YES_NO, **self._sheet.choices}
        for place, column in enumerate(self._columns, start=self._first):
            if column.choices:
                rule = _one_of(choices[column.choices])
            elif column.fill_in and column.number_format:
                rule = _a_day()
            else:
                continue
            self._worksheet.data_validation(first, place, last, place, rule)

    def _set_view(self) -> None:
        self._worksheet.freeze_panes(self._header + 1, self._first + self._sheet.frozen)
        if self._rows.height:
            last = self._header + self._rows.height
            self._worksheet.autofilter(self._header, self._first, last, self._last)
            # Long digits kept as text are meant: no green corner on every cell.
            self._worksheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        self._worksheet.set_zoom(100)
        self._worksheet.hide_gridlines(2)

    def _set_page(self) -> None:
        sheet = self._worksheet
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(self._header)
        sheet.print_area(0, self._first, self._header + max(self._rows.height, 1), self._last)
        sheet.set_margins(**_MARGINS)
        sheet.center_horizontally()
        # The space keeps a digit at the start of the text from being read as the font size.
        font = '&"宋体,常规"&8 '
        warning = "" if self._sheet.public else f"&R{font}内部资料 注意保密"
        sheet.set_header(f"&L{font}{_plain(self._sheet.title)}{warning}")
        sheet.set_footer(f"&L{font}{_plain(self._sheet.footer)}&R{font}第 &P 页 共 &N 页")

    def _protect(self) -> None:
        # No password: the lock is against slips of the hand, the row key and the ledger's hash
        # are against more. Widths and filters stay the officer's own.
        self._worksheet.protect(
            "",
            {
                "format_columns": True,
                "format_rows": True,
                "autofilter": True,
                "select_locked_cells": True,
                "select_unlocked_cells": True,
            },
        )


def write_notes(book: Book, name: str, notes: tuple[str, ...]) -> None:
    """Write a sheet of numbered sentences."""
    sheet = book.workbook.add_worksheet(name)
    width = 96.0
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, width)
    sheet.write_string(0, 0, name, book.style("note_title"))
    sheet.set_row(0, 30)
    for row, note in enumerate(notes, start=1):
        sheet.write_string(row, 0, f"{row}.", book.style("note"))
        sheet.write_string(row, 1, note, book.style("note"))
        # The notes are set larger than the body, which the estimate is made for.
        sheet.set_row(row, row_height(lines_needed(note, width * 9 / 11)) * 11 / 9)
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"select_locked_cells": True})


def _spaced(number_format: str) -> str:
    """The format with a space's width after the number, which keeps it off the grid line."""
    return ";".join(f"{part}_ " for part in number_format.split(";"))


def _one_of(items: tuple[str, ...]) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(items),
        "error_title": "请从下拉框中选择",
        "error_message": "这一格只能填下拉框中的内容。",
    }


def _a_day() -> dict[str, Any]:
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(2000, 1, 1),
        "maximum": dt.date(2099, 12, 31),
        "error_title": "请填日期",
        "error_message": "请按“年-月-日”填写，例如 2026-11-20。",
    }


def _plain(text: str) -> str:
    """Text for a page header, where ``&`` starts a code."""
    return text.replace("&", "&&")
