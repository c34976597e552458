"""XML Spreadsheet 2003, usually named .xls."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from fpm.ingest.containers import number_formats
from fpm.ingest.containers.marks import ODD_CONTENT, TWICE, UNCALCULATED
from fpm.ingest.containers.package import XML_DAMAGE, refuse_dtd
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import Block, RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import MIB, Limits

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_MAX_COLUMNS = 16_384
_NARROWEST: Final = 2
"""Columns of a sheet without any, as ``encode_rows`` has it."""
_PIECE: Final = MIB
"""Bytes that are parsed before the rows in them are encoded."""
"""Columns of a sheet in every spreadsheet program."""
_DIGITS: Final = 18
_FAR: Final = 10**9
"""Beyond every limit; a longer number says no more."""
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?Z?$")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NAMED_FORMATS: Final = {"Percent": "0.00%", "Euro Currency": "[$€]0.00"}
"""Names of formats under which a number means something else; Currency is that of the country."""
_NO_XML: Final = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]"
    rb"|&#(?:0*(?:\d|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
)
"""Control characters, as such or by their numbers."""
_AND: Final = re.compile(rb"&(?!#\d+;|#[xX][0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w*;)?")
"""An ampersand that begins nothing that XML knows."""


def read_spreadsheet_xml(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read every worksheet.

    Raises:
        UnreadableError: Not well formed, with a DTD, or beyond the limits.
    """
    try:
        workbook = _parsed(data, limits)
    except XML_DAMAGE as error:
        raise UnreadableError("XML 表格已损坏或不完整，请另存为 xlsx 再发") from error
    del data  # the sheets take memory enough
    for sheet in workbook.sheets:
        head = SheetHead(
            sheet.name,
            max(map(len, sheet.blocks), default=_NARROWEST),
            hidden=sheet.hidden,
            date1904=workbook.date1904,
            notes=("是 2003 版 XML 表格", *sheet.notes()),
            merges=tuple(sheet.merges),
        )
        yield RawSheet(head, sheet.blocks)


def _parsed(data: bytes, limits: Limits) -> _Workbook:
    """The workbook; what programs forget to escape is escaped where that alone is wrong."""
    encoding = None
    # expat knows UTF-8 and UTF-16; a GB encoding is declared by some exporters
    if b"gb" in data[:200].lower().partition(b"?>")[0]:
        data, encoding = data.decode("gb18030", "replace").encode(), "utf-8"
    elif data[:2] in _UTF16:
        data, encoding = data.decode("utf-16").encode(), "utf-8"
    data = data.lstrip()
    workbook = _Workbook(limits)
    try:
        workbook.parse(data, encoding)
    except expat.ExpatError:
        repaired = _AND.sub(_escaped, _NO_XML.sub(b" ", data))
        if repaired == data:
            raise
        del data
        workbook = _Workbook(limits)
        workbook.parse(repaired.lstrip(), encoding)
    return workbook


def _escaped(found: re.Match[bytes]) -> bytes:
    """&amp; for an ampersand, the character itself for an entity of HTML (&nbsp;)."""
    text = html.unescape(found[0].decode("ascii", "ignore"))
    return found[0].replace(b"&", b"&amp;", 1) if text.startswith("&") else text.encode()


@dataclass(slots=True)
class _Sheet:
    """One worksheet while it is read."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    """The rows that are known to their end."""
    above: int = 0
    """How many these are."""
    rows: list[list[str | float]] = field(default_factory=list)
    """Those below."""
    text_bytes: int = 0
    """Of the blocks."""
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    """Cells merged over rows: first row, last row, leftmost column, from 0."""
    hidden: bool = False
    hidden_rows: int = 0
    hidden_columns: int = 0

    @property
    def height(self) -> int:
        """Rows so far."""
        return self.above + len(self.rows)

    def pack(self, limit: int, *, below: int = 0) -> None:
        """Encode the rows but the last ``below``.

        Raises:
            UnreadableError: The sheet holds more than ``limit`` bytes of text.
        """
        known = len(self.rows) - below
        if known > 0:
            rows, self.rows = self.rows[:known], self.rows[known:]
            table = encode_rows(rows, max(map(len, rows)), limit - self.text_bytes)
            blocks = list(table.blocks)
            self.text_bytes += sum(len(cells.data) for block in blocks for cells in block)
            self.blocks += blocks
            self.above += known

    def notes(self) -> tuple[str, ...]:
        """What is hidden and was read all the same."""
        rows = f"有 {self.hidden_rows} 个隐藏行，已照常读取" if self.hidden_rows else ""
        columns = f"有 {self.hidden_columns} 个隐藏列，已照常读取" if self.hidden_columns else ""
        return tuple(filter(None, (rows, columns)))


class _Workbook:
    """Handlers of one pass over the file; ``ss:Index`` leaves rows and columns blank."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[_Sheet] = []
        self.date1904 = False
        self._left = limits.cells
        self._text_bytes = limits.text_bytes
        self._column = 0
        self._across = 0
        self._spanned = 0
        """Rows behind the last one that are like it and blank."""
        self._in_comment = False
        self._in_visible = False
        self._without_result = False
        self._formats: dict[str, str] = {}
        """Style → format, of those under which a number means something else."""
        self._style = self._format = ""
        self._text: list[str] | None = None
        self._type = ""

    def parse(self, data: bytes, encoding: str | None) -> None:
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.StartDoctypeDeclHandler = refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for start in range(0, len(data), _PIECE):
            parser.Parse(data[start : start + _PIECE], False)
            for sheet in self.sheets[-1:]:
                sheet.pack(self._text_bytes, below=1)
        parser.Parse(b"", True)
        for sheet in self.sheets:
            sheet.pack(self._text_bytes)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Worksheet":
            self.sheets.append(_Sheet(attributes.get(f"{_NAMESPACE} Name", "")))
            self._spanned = 0
        elif name == "Date1904":
            self.date1904 = True
        elif not self.sheets:
            self._start_style(name, attributes)
        elif name == "Column" and f"{_NAMESPACE} Hidden" in attributes:
            self.sheets[-1].hidden_columns += 1 + _number(attributes, "Span")
        elif name == "Row":
            self._start_row(attributes)
        elif name == "Cell":
            self._start_cell(attributes)
        elif name == "Comment":
            self._in_comment = True
        elif name == "Visible":
            self._in_visible = True
        elif name == "Data" and not self._in_comment:
            self._type = attributes.get(f"{_NAMESPACE} Type", "String")
            self._text = []

    def _start_style(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Style":
            self._style = attributes.get(f"{_NAMESPACE} ID", "")
        elif name == "NumberFormat":
            stated = attributes.get(f"{_NAMESPACE} Format", "")
            code = _NAMED_FORMATS.get(stated, stated)
            if number_formats.changes_meaning(code):
                self._formats[self._style] = code

    def _start_row(self, attributes: dict[str, str]) -> None:
        sheet = self.sheets[-1]
        sheet.hidden_rows += f"{_NAMESPACE} Hidden" in attributes
        target = _number(attributes, "Index") or sheet.height + self._spanned + 1
        if target <= sheet.height:
            raise UnreadableError(TWICE)
        missing = target - sheet.height
        self._spend(missing)
        sheet.rows += ([] for _ in range(missing))
        self._spanned = _number(attributes, "Span")
        self._column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        target = _number(attributes, "Index")
        if target:
            self._column = target - 1
        if self._column >= _MAX_COLUMNS:
            raise UnreadableError(ODD_CONTENT)
        self._across = _number(attributes, "MergeAcross")
        sheet = self.sheets[-1]
        row = sheet.rows[-1] if sheet.rows else []
        down = _number(attributes, "MergeDown")
        if down and sheet.rows:
            number = sheet.height - 1
            sheet.merges.append((number, number + down, self._column))
        self._without_result = f"{_NAMESPACE} Formula" in attributes
        self._format = self._formats.get(attributes.get(f"{_NAMESPACE} StyleID", ""), "")
        missing = self._column + 1 - len(row)
        self._spend(max(missing, 0))
        row += [""] * missing

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Data" and self._text is not None:
            text = "".join(self._text)
            self._text = None
            self._without_result = False
            value = _typed(text, self._type)
            if self._format and isinstance(value, float):
                value = number_formats.shown(repr(value), self._format)
            self._put(value)
        elif name == "Comment":
            self._in_comment = False
        elif name == "Visible":
            self._in_visible = False
        elif name == "Cell" and self.sheets:
            if self._without_result:
                self._put(UNCALCULATED)
            self._column += 1 + self._across

    def _put(self, value: str | float) -> None:
        rows = self.sheets[-1].rows
        if rows and self._column < len(rows[-1]):
            if rows[-1][self._column] != "":
                raise UnreadableError(TWICE)
            rows[-1][self._column] = value

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
        elif self._in_visible and "Hidden" in text:
            self.sheets[-1].hidden = True

    def _spend(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            raise UnreadableError("XML 表格的单元格超过上限，请拆分后重发")


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(f"{_NAMESPACE} {name}", "")
    return min(int(text[:_DIGITS]), _FAR) if text.isascii() and text.isdigit() else 0


def _typed(text: str, kind: str) -> str | float:
    """Numbers as numbers (their digits may be damaged), days without their empty time."""
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "DateTime":
        return _MIDNIGHT.sub("", text).replace("T", " ")
    if kind == "Boolean":
        return "TRUE" if text == "1" else "FALSE"
    return text
