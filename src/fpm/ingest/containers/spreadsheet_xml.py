"""XML Spreadsheet 2003, usually named .xls."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_MAX_COLUMNS = 16_384


def read_spreadsheet_xml(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read every worksheet.

    Raises:
        UnreadableError: Not well formed, with a DTD, or beyond the limits.
    """
    workbook = _Workbook(limits.cells)
    try:
        workbook.parse(data)
    except (expat.ExpatError, LookupError, ValueError) as error:  # also an unknown encoding
        raise UnreadableError("XML 表格已损坏或不完整，请另存为 xlsx 再发") from error
    for (name, rows), merges in zip(workbook.sheets, workbook.merges, strict=True):
        table = encode_rows(rows, max(map(len, rows), default=0), limits.text_bytes)
        notes = ("是 2003 版 XML 表格",)
        head = SheetHead(name, table.width, notes=notes, merges=tuple(merges))
        yield RawSheet(head, table.blocks)


class _Workbook:
    """Handlers of one pass over the file; ``ss:Index`` leaves rows and columns blank."""

    def __init__(self, cells: int) -> None:
        self.sheets: list[tuple[str, list[list[str | float]]]] = []
        self.merges: list[list[tuple[int, int, int]]] = []
        """Cells merged over rows, a list a sheet: first row, last row, leftmost column, from 0."""
        self._left = cells
        self._column = 0
        self._across = 0
        self._in_comment = False
        self._text: list[str] | None = None
        self._type = ""

    def parse(self, data: bytes) -> None:
        # expat knows UTF-8 and UTF-16; a GB encoding is declared by some exporters
        encoding = None
        head = data[:200].lower()
        if b"gb" in head.partition(b"?>")[0]:
            data = data.decode("gb18030", "replace").encode()
            encoding = "utf-8"
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(data, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Worksheet":
            self.sheets.append((attributes.get(f"{_NAMESPACE} Name", ""), []))
            self.merges.append([])
        elif not self.sheets:
            return
        elif name == "Row":
            self._start_row(attributes)
        elif name == "Cell":
            self._start_cell(attributes)
        elif name == "Comment":
            self._in_comment = True
        elif name == "Data" and not self._in_comment:
            self._type = attributes.get(f"{_NAMESPACE} Type", "String")
            self._text = []

    def _start_row(self, attributes: dict[str, str]) -> None:
        rows = self.sheets[-1][1]
        target = _number(attributes, "Index")
        while target and len(rows) < target - 1:
            self._spend(1)
            rows.append([])
        self._spend(1)
        rows.append([])
        self._column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        target = _number(attributes, "Index")
        if target:
            self._column = min(target, _MAX_COLUMNS) - 1
        self._column = min(self._column, _MAX_COLUMNS - 1)
        self._across = _number(attributes, "MergeAcross")
        rows = self.sheets[-1][1]
        row = rows[-1] if rows else []
        down = _number(attributes, "MergeDown")
        if down and rows:
            self.merges[-1].append((len(rows) - 1, len(rows) - 1 + down, self._column))
        missing = self._column + 1 - len(row)
        self._spend(max(missing, 0))
        row += [""] * missing

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Data" and self._text is not None:
            text = "".join(self._text)
            self._text = None
            rows = self.sheets[-1][1]
            if rows and self._column < len(rows[-1]):
                rows[-1][self._column] = _typed(text, self._type)
        elif name == "Comment":
            self._in_comment = False
        elif name == "Cell":
            self._column += 1 + self._across

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _spend(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            raise UnreadableError("XML 表格的单元格超过上限，请拆分后重发")


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(f"{_NAMESPACE} {name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _typed(text: str, kind: str) -> str | float:
    """Numbers as numbers (their digits may be damaged), days without their empty time."""
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "DateTime":
        return text.replace("T00:00:00.000", "").replace("T00:00:00", "").replace("T", " ")
    if kind == "Boolean":
        return "TRUE" if text == "1" else "FALSE"
    return text


def _refuse_doctype(*_: object) -> None:
    raise UnreadableError("XML 中含有 DTD 声明，为安全起见不读；请另存为 xlsx 再发")
