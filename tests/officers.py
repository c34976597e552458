"""Officers who fill in a township's list, and what becomes of the file on its way back."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import openpyxl
import xlwt

TITLES = {
    "result": "核实结果", "visited_on": "核实日期", "officer": "核实人",
    "findings": "核实情况", "policies": "已享受政策", "measures": "拟采取措施",
}  # fmt: skip


class Returned:
    """A township's workbook open in an officer's hands."""

    def __init__(self, path):
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book["预警线索"]
        self.header = next(
            row[0].row
            for row in self.sheet.iter_rows()
            if any(cell.value == "核实结果" for cell in row)
        )

    def column(self, title):
        return next(c.column for c in self.sheet[self.header] if c.value == title)

    def _row(self, title, value):
        column = self.column(title)
        return next(
            n for n in range(self.header + 1, self.sheet.max_row + 1)
            if self.sheet.cell(n, column).value == value
        )  # fmt: skip

    def row_of(self, head):
        return self._row("户主", head)

    def row_numbered(self, alert_no):
        return self._row("线索编号", alert_no)

    def numbers(self):
        """Alert numbers, as they stand one below the other."""
        column = self.column("线索编号")
        cells = (self.sheet.cell(n, column).value for n in self._rows())
        return [value for value in cells if value]

    def fill(self, head, **values):
        """``result visited_on officer findings policies measures`` of the household of ``head``."""
        return self.fill_row(self.row_of(head), **values)

    def fill_row(self, row, **values):
        for name, value in values.items():
            self.sheet.cell(row, self.column(TITLES[name])).value = value
        return self

    def shuffle(self, dice):
        """Sort the rows anew, the hidden key with them."""
        lines = [[cell.value for cell in self.sheet[n]] for n in self._rows()]
        random.Random(dice).shuffle(lines)
        for n, line in zip(self._rows(), lines, strict=True):
            for column, value in enumerate(line, start=1):
                self.sheet.cell(n, column).value = value
        return self

    def drop(self, alert_no):
        self.sheet.delete_rows(self.row_numbered(alert_no))
        return self

    def add_column(self, title, before="核实人"):
        place = self.column(before)
        self.sheet.insert_cols(place)
        self.sheet.cell(self.header, place).value = title
        return self

    def save(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.book.save(path)
        self.book.close()
        return path

    def save_xls(self, path):
        """As WPS saves "Excel 97-2003": values only, days as text."""
        book = xlwt.Workbook()
        sheet = book.add_sheet("预警线索")
        for number, line in enumerate(self._texts()):
            for column, value in enumerate(line):
                if value:
                    sheet.write(number, column, value)
        book.save(str(path))
        return path

    def save_csv(self, path, encoding="gb18030"):
        """As "CSV (逗号分隔)" of an office program in Chinese."""
        with Path(path).open("w", encoding=encoding, newline="") as handle:
            csv.writer(handle).writerows(self._texts())
        return path

    def _rows(self):
        return range(self.header + 1, self.sheet.max_row + 1)

    def _texts(self):
        return [
            ["" if cell.value is None else str(cell.value) for cell in row]
            for row in self.sheet.iter_rows()
        ]
