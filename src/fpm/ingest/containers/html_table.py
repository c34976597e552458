"""HTML tables saved under the name .xls, as many government systems export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.text import UndecodableError, decode
from fpm.ingest.containers.wire import RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

_MAX_SPAN = 1000
_CELL_TAGS = frozenset({"td", "th"})
_SKIPPED_TAGS = frozenset({"script", "style"})


def read_html(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read every table of a page as a sheet; a cell spanning rows or columns fills its first place.

    Raises:
        UnreadableError: No table, no text, or beyond the limits.
    """
    try:
        decoded = decode(data)
    except UndecodableError as error:
        raise UnreadableError("网页内容无法解码，请另存为 xlsx 再发") from error
    page = _Page(limits.cells)
    page.feed(decoded.text)
    page.close()
    tables = [table for table in page.tables if any(any(row) for row in table.rows)]
    if not tables:
        raise UnreadableError("是网页，里面没有表格，请另存为 xlsx 再发")
    for number, found in enumerate(tables, 1):
        rows = found.rows
        name = f"表{number}" if len(tables) > 1 else ""
        table = encode_rows(rows, max(map(len, rows)), limits.text_bytes)
        notes = ("是网页格式的表格", *decoded.notes)
        merges = tuple(found.merges)
        head = SheetHead(name, table.width, typed=False, notes=notes, merges=merges)
        yield RawSheet(head, table.blocks)


class _Page(HTMLParser):
    """Collects the rows of all tables; inner tables become tables of their own."""

    def __init__(self, cells: int) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_TableRows] = []
        self._open: list[_TableRows] = []
        self._left = cells
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(_TableRows())
            self._open.append(self.tables[-1])
        elif tag in _SKIPPED_TAGS:
            self._skipping += 1
        elif self._open and tag == "tr":
            self._open[-1].start_row()
        elif self._open and tag in _CELL_TAGS:
            spans = dict(attrs)
            down, right = _span(spans.get("rowspan")), _span(spans.get("colspan"))
            self._left -= down * right
            if self._left < 0:
                raise UnreadableError("网页表格的单元格超过上限，请拆分后重发")
            self._open[-1].start_cell(down, right)
        elif self._open and tag == "br":
            self._open[-1].add_text("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._open.pop()
        elif tag in _SKIPPED_TAGS:
            self._skipping = max(0, self._skipping - 1)
        elif tag in _CELL_TAGS and self._open:
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and not self._skipping:
            self._open[-1].add_text(data)


class _TableRows:
    """Rows of one table while it is read, with places taken by cells that span rows."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.merges: list[tuple[int, int, int]] = []
        """Cells that span rows: first row, last row, leftmost column, from 0."""
        self._taken: dict[tuple[int, int], None] = {}
        self._inside = False

    def start_row(self) -> None:
        self.rows.append([])
        self._inside = False

    def start_cell(self, down: int, right: int) -> None:
        if not self.rows:
            self.rows.append([])
        row = self.rows[-1]
        number = len(self.rows) - 1
        while (number, len(row)) in self._taken:
            row.append("")
        column = len(row)
        row += [""] * right
        if down > 1:
            self.merges.append((number, number + down - 1, column))
        for below in range(1, down):
            self._taken.update({(number + below, column + side): None for side in range(right)})
        self._column = column
        self._inside = True

    def end_cell(self) -> None:
        self._inside = False

    def add_text(self, text: str) -> None:
        if self._inside:
            self.rows[-1][self._column] += text


def _span(text: str | None) -> int:
    found = re.match(r"\s*(\d{1,6})", text or "")
    return min(max(int(found[1]), 1), _MAX_SPAN) if found else 1
