"""HTML tables saved under the name .xls, as many government systems export them."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.containers.html_attributes import attributes_of, span, typed
from fpm.ingest.containers.html_heads import with_heads
from fpm.ingest.containers.html_pieces import page_pieces
from fpm.ingest.containers.joined_rows import JoinedRows
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.text import Coding, UndecodableError, decode, line_coding
from fpm.ingest.containers.wire import CELL, RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

_NAME: Final = r"[a-z][^\s/>]{0,30}"
_ATTRIBUTE: Final = r"""[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*"""
_PLAIN: Final = r"""(?:\s(?:[^<>"']++|"[^<>"]*+"|'[^<>']*+')*+)?+"""
"""Attributes without brackets."""
_MARKUP: Final = re.compile(
    rf"(<tr({_PLAIN})>\s*+(?:<t[dh]{_PLAIN}>[^<]*+</t[dh]>\s*+)++)"
    r"|<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\3\s*>|\Z)|<[!?][^>]*(?:>|\Z)"
    rf"|<(/?)({_NAME})({_ATTRIBUTE})(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""The beginning of a row, with its first cells as long as they hold nothing but text; a comment, a
script or style, a declaration; a tag (end sign, name, attributes)."""
_CELLS: Final = re.compile(rf"<t[dh]({_PLAIN})>([^<]*+)</t[dh]>", re.IGNORECASE)
_TABLE_TAGS: Final = frozenset({"table", "tr", "td", "th"})
_VOID_TAGS: Final = frozenset({"br", "img", "input", "hr", "col", "wbr", "meta", "link"})
_NOT_SHOWN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_PLAIN_NUMBER: Final = re.compile(r"-?[\d,]+(?:\.\d*)?(?:e[+-]?\d+)?", re.IGNORECASE)
_TELLING: Final = re.compile("span|x:num|sdval|display", re.IGNORECASE)
"""Attributes that say more of a row or a cell than how it looks."""
_MOST_USUAL: Final = 1000
_EXACT: Final = ("x:num", "sdval")
"""Attributes in which Excel and LibreOffice keep the number behind a rounded display."""


def read_html(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read every table of a page as a sheet; a cell spanning rows or columns fills its first place.

    Raises:
        UnreadableError: No table, one without an end, no text, or beyond the limits.
    """
    page, notes = _read_page(data, limits)
    del data  # the cells take memory enough
    tables = with_heads([table for table in page.tables if table.has_text])
    if not tables:
        raise UnreadableError("是网页，里面没有表格，请另存为 xlsx 再发")
    if len(tables) > limits.members:
        raise UnreadableError(f"网页里有 {len(tables)} 张表格，超过上限，请拆分后重发")
    if page.is_cut_off:
        raise UnreadableError("网页表格没有结尾，文件不完整，请重新导出")
    for number, found in enumerate(tables, 1):
        name = f"表{number}" if len(tables) > 1 else ""
        table = encode_rows(found.rows, found.width, limits.text_bytes)
        said = ("是网页格式的表格", *notes, *found.notes())
        head = SheetHead(name, table.width, typed=False, notes=said, merges=tuple(found.merges))
        yield RawSheet(head, table.blocks)


def _read_page(data: bytes, limits: Limits) -> tuple[_Page, tuple[str, ...]]:
    """A page and the notes on its encoding; the characters of a long one are not held at once."""
    coding = line_coding(data) or Coding(data, ())
    for encoding in coding.encodings:
        page = _Page(limits)
        with contextlib.suppress(UnicodeDecodeError, IrregularTextError):
            for rows in page_pieces(coding, encoding):
                page.read(rows.replace(CELL, " "))
            page.close()
            return page, ()
    try:
        decoded = decode(data)
    except UndecodableError as error:
        raise UnreadableError("网页内容无法解码，请另存为 xlsx 再发") from error
    page = _Page(limits)
    page.read(decoded.text.replace(CELL, " "))
    page.close()
    return page, decoded.notes


class _Page:
    """Collects the rows of all tables; inner tables become tables of their own."""

    def __init__(self, limits: Limits) -> None:
        self.tables: list[_TableRows] = []
        self._open: list[_TableRows] = []
        self._left, self._widest = limits.cells, limits.columns
        self._rest = ""
        """What stands behind the last tag."""
        self._unseen = 0
        """Elements open inside a cell since one that is not shown."""
        self._closes = False
        """Whether this page writes the ends of cells and rows at all."""
        self._usual: set[str] = set()
        """Attributes of cells that say nothing of what is in them."""

    @property
    def is_cut_off(self) -> bool:
        """Whether a page that ends its elements stops inside a table with rows."""
        return self._closes and any(table.rows for table in self._open)

    def read(self, page: str) -> None:
        """Read a page, or the next part of it, up to the end of a row."""
        page = self._rest + page
        position = 0
        for found in _MARKUP.finditer(page):
            if self._open and not self._unseen and found.start() > position:
                self._open[-1].add_text(page[position : found.start()])
            position = found.end()
            if found[1]:
                self._start_row(found[1], found[2])
            elif found[5] is None:
                continue
            elif found[4]:
                self._end(found[5].lower())
            else:
                self._start(found[5].lower(), found[6])
        self._rest = page[position:]

    def close(self) -> None:
        """End the rows of a page that stops inside its tables."""
        for table in self._open:
            table.add_text(self._rest)
            table.end_row()

    def _start_row(self, written: str, own: str) -> None:
        """The beginning of a row, with its first cells."""
        self._start("tr", own)
        if not self._open:
            return
        cells = _CELLS.findall(written)
        if self._usual.issuperset({attributes for attributes, _ in cells}):
            self._spend(len(cells))
            self._closes = True
            self._open[-1].add_cells([text for _, text in cells])
            return
        for attributes, text in cells:
            if len(self._usual) < _MOST_USUAL and not _TELLING.search(attributes):
                self._usual.add(attributes)
            self._start("td", attributes)
            self._open[-1].add_text(text)
            self._end("td")

    def _start(self, tag: str, written: str) -> None:
        if tag == "table":
            self.tables.append(_TableRows())
            self._open.append(self.tables[-1])
        if not self._open:
            return
        if tag in _TABLE_TAGS:
            self._unseen = 0
        hidden = _NOT_SHOWN.search(written) is not None
        if tag == "tr":
            self._open[-1].start_row(hidden=hidden)
        elif tag in {"td", "th"}:
            self._start_cell(dict(attributes_of(written)), hidden=hidden)
        elif tag == "br":
            self._open[-1].add_text("\n")
        elif tag == "input" and not self._unseen:
            self._open[-1].add_text(typed(dict(attributes_of(written))))
        elif tag not in _VOID_TAGS and (self._unseen or (hidden and tag != "table")):
            self._unseen += not written.endswith("/")

    def _start_cell(self, attributes: Mapping[str, str], *, hidden: bool) -> None:
        down, right = (span(attributes.get(name)) for name in ("rowspan", "colspan"))
        self._spend(down * right)
        exact = next((attributes[name] for name in _EXACT if attributes.get(name)), "")
        self._open[-1].start_cell((down, right), exact, hidden=hidden)
        if self._open[-1].row_width > self._widest:  # a page of millions of cells without rows
            raise UnreadableError(
                f"网页表格有一行超过 {self._widest:,} 列，超过上限，请另存为 xlsx 再发"
            )

    def _spend(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            raise UnreadableError("网页表格的单元格超过上限，请拆分后重发")

    def _end(self, tag: str) -> None:
        if not self._open:
            return
        if tag in _TABLE_TAGS:
            self._unseen = 0
            self._closes |= tag != "table"
        elif self._unseen:
            self._unseen -= 1
        if tag == "table":
            self._close_table()
        elif tag in {"td", "th"}:
            self._open[-1].end_cell()

    def _close_table(self) -> None:
        """One cell in a frame of its own belongs to the cell around it."""
        table = self._open.pop()
        table.end_row()
        if not self._open or table is not self.tables[-1]:
            return
        cells = list(islice((cell for row in table.rows for cell in row if cell.strip()), 2))
        if len(cells) <= 1:
            self.tables.pop()
            self._open[-1].add_text(html.escape("".join(cells)))


class _TableRows:
    """Rows of one table while it is read, with places taken by cells that span rows."""

    def __init__(self) -> None:
        self.rows = JoinedRows()
        self.width = 0
        self.has_text = False
        self.merges: list[tuple[int, int, int]] = []
        """Cells that span rows: first row, last row, leftmost column, from 0."""
        self._row: list[str] | None = None
        self._taken: dict[tuple[int, int], None] = {}
        self._text: list[str] | None = None
        self._column = 0
        self._exact = ""
        self._hidden_rows = 0
        self._has_hidden_cells = False

    @property
    def row_width(self) -> int:
        """Columns of the row that is open."""
        return len(self._row or ())

    def notes(self) -> tuple[str, ...]:
        """What is not shown on the page and was read all the same."""
        rows = f"有 {self._hidden_rows} 个隐藏行，已照常读取" if self._hidden_rows else ""
        cells = "有隐藏的单元格，已照常读取" if self._has_hidden_cells else ""
        return tuple(filter(None, (rows, cells)))

    def start_row(self, *, hidden: bool) -> None:
        self.end_row()
        self._row = []
        self._hidden_rows += hidden

    def start_cell(self, spans: tuple[int, int], exact: str, *, hidden: bool) -> None:
        self.end_cell()
        if self._row is None:
            self._row = []
        down, right = spans
        row = self._row
        number = len(self.rows)
        while (number, len(row)) in self._taken:
            row.append("")
        column = len(row)
        row += [""] * right
        if down > 1:
            self.merges.append((number, number + down - 1, column))
        for below in range(1, down):
            self._taken.update({(number + below, column + side): None for side in range(right)})
        self._column, self._exact, self._text = column, exact, []
        self._has_hidden_cells |= hidden

    def add_cells(self, texts: Sequence[str]) -> None:
        """Cells of nothing but text, behind those of the row that is open."""
        if self._row is not None and not self._taken:
            self._row += map(html.unescape, texts)
            return
        for text in texts:
            self.start_cell((1, 1), "", hidden=False)
            self.add_text(text)
            self.end_cell()

    def end_row(self) -> None:
        self.end_cell()
        if self._row is not None:
            self.rows.append(self._row)
            self.width = max(self.width, len(self._row))
            self.has_text = self.has_text or any(self._row)
        self._row = None

    def end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        text = html.unescape("".join(self._text))
        self._text = None
        if self._exact and all(map(_PLAIN_NUMBER.fullmatch, (text.strip(), self._exact))):
            text = self._exact
        self._row[self._column] += text

    def add_text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
