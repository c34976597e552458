"""The parts of a zipped workbook, looked at while another process parses it.

The parser tells neither hidden rows and columns nor error values, and believes what it is given;
this pass finds them, refuses DTDs and inflation bombs, and notices missing parts.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from fpm.ingest.containers.cell_faults import CellFaults
from fpm.ingest.containers.marks import UNCALCULATED, SheetMarks
from fpm.ingest.containers.ods import examine_ods
from fpm.ingest.containers.package import ZIP_DAMAGE, catalogue, target_name
from fpm.ingest.containers.sniff import UnreadableError, unpacked_bytes
from fpm.ingest.limits import MIB, Limits

_BLOCK: Final = MIB
_OVERLAP: Final = 64
_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00D\x00O\x00C|\x00<\x00!\x00D\x00O")
_RATIO_FROM: Final = 64 * MIB
"""Smaller parts may be packed as tightly as they like."""
_DETAIL_BYTES: Final = 512 * MIB
"""Cells and rows are searched in parts up to this size; larger ones are only told apart."""
_SETTINGS_BYTES: Final = 8 * MIB
_ROWS: Final = 1_048_576
"""Rows of a sheet in every spreadsheet program."""
_TAG = rb"<(?:\w+:)?"
_HIDDEN = re.compile(_TAG + rb'(row|col)\b([^<>]*\bhidden="(?:1|true)"[^<>]*)>')
_VALUE = _TAG + rb"v>([^<]{0,40})<"
_FORMULA = _TAG + rb"f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)"
_ERROR_CELL = re.compile(_TAG + rb'c\b([^<>]*\bt="e"[^<>]*)>(?:' + _FORMULA + rb")?" + _VALUE)
_FORMULA_CELL = re.compile(
    _TAG + rb"c\b([^<>]*)>" + _FORMULA + rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</"
)
_SIGNS: Final = tuple(re.compile(sign) for sign in (b"hidden=", b't="e"', b"f>"))
"""Without one of these a sheet has no hidden line, no error value and no formula. For few bytes
``search`` is faster than ``in``."""
_ROOT: Final = re.compile(rb"<\x00?[A-Za-z_]")
_ROW_NUMBER: Final = re.compile(rb"""row(?<=[<:]row)\s[^<>]*?\br=["'](\d{1,7})["']""")
_ODS_CONTENT: Final = "content.xml"
_DAMAGED: Final = "压缩结构已损坏或不完整，请用原软件打开后另存为 xlsx 再发"


def refuse_bombs(data: bytes, limits: Limits) -> None:
    """Refuse a zip that declares more content than the limits allow, before anything is unpacked.

    Raises:
        UnreadableError: Beyond the limits.
    """
    _Budget(limits.inflated_bytes, len(data), limits.inflation).spend(unpacked_bytes(data))


@dataclass(slots=True)
class _Budget:
    """Bytes that may still be inflated."""

    left: int
    packed: int
    inflation: int
    seen: int = field(default=0)

    def spend(self, size: int) -> None:
        self.seen += size
        too_dense = self.seen > _RATIO_FROM and self.seen > self.packed * self.inflation
        if self.seen > self.left or too_dense:
            raise UnreadableError("解压后的大小超过上限，疑为压缩炸弹，不予读取")


def examine_parts(data: bytes, limits: Limits) -> dict[str, SheetMarks]:
    """Look through the XML parts of an xlsx or ods.

    Returns:
        Sheet name → marks (none of xlsb).

    Raises:
        UnreadableError: A DTD, an inflation bomb, a missing or damaged part.
    """
    budget = _Budget(limits.inflated_bytes, len(data), limits.inflation)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = catalogue(parts)
            sheets = _sheet_parts(parts, names)
            marks: dict[str, SheetMarks] = {}
            for part, info in names.items():
                sheet = _SheetCheck(sheets[part], limits) if part in sheets else None
                _scan(parts, info, budget, sheet)
                if info.file_size > _DETAIL_BYTES:
                    continue
                if sheet and sheet.worth_a_look:
                    marks[sheets[part]] = _marks(parts.read(info))
                elif part == _ODS_CONTENT:
                    marks |= examine_ods(parts.read(info))
    except ZIP_DAMAGE as error:
        raise UnreadableError(_DAMAGED) from error
    return marks


class _SheetCheck:
    """Looks through the XML of one sheet as it is inflated."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.worth_a_look = False
        self._name = name
        self._limits = limits
        self._rows: list[bytes] = []
        self._cells = CellFaults()
        self._fault = ""

    def look(self, tail: bytes, block: bytes) -> None:
        """Look at a block; ``tail`` ends the one before."""
        text, seen = tail + block, len(tail)
        self.worth_a_look = self.worth_a_look or any(sign.search(text) for sign in _SIGNS)
        self._rows += (row[1] for row in _ROW_NUMBER.finditer(text) if row.end() > seen)
        self._fault = self._fault or self._cells.find(block)

    def finish(self) -> None:
        """Refuse a sheet that the parser would not read as it was meant.

        Raises:
            UnreadableError: Its cells or rows contradict each other, or it is too large.
        """
        fault = self._fault or self._cells.find(b"", last=True)
        height, width = self._cells.height, self._cells.width
        if len(set(self._rows)) < len(self._rows):
            fault = "同一行号出现两次，文件已损坏，请用原软件打开后另存为 xlsx 再发"
        elif height > _ROWS or width > self._limits.columns or height * width > self._limits.cells:
            fault = (
                f"工作表“{self._name}”有 {height} 行 {width} 列，超过上限；"
                "请删去数据区以外的空行空列后重发"
            )
        if fault:
            raise UnreadableError(fault)


def _scan(
    parts: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget, sheet: _SheetCheck | None
) -> None:
    """Inflate one part block by block."""
    markup = info.filename.endswith((".xml", ".rels"))
    before_root = True
    tail = b""
    with parts.open(info) as stream:
        while block := stream.read(_BLOCK):
            budget.spend(len(block))
            if not markup:
                continue
            if before_root:
                before_root = _check_prolog(tail + block)
            if sheet:
                sheet.look(tail, block)
            tail = block[-_OVERLAP:]
    if sheet:
        sheet.finish()


def _check_prolog(text: bytes) -> bool:
    """Refuse a DTD, which can only stand before the root element; True while still before it."""
    text = _without_comments(text)
    root = _ROOT.search(text)
    if _DOCTYPE.search(text, 0, root.start() if root else len(text)):
        raise UnreadableError("XML 中含有 DTD 声明，为安全起见不读；请另存为 xlsx 再发")
    return root is None


def _without_comments(text: bytes) -> bytes:
    kept = []
    position = 0
    while (start := text.find(b"<!--", position)) >= 0:
        end = text.find(b"-->", start)
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + 3
    return b"".join([*kept, text[position:]])


def _sheet_parts(parts: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Part name → sheet name, from the workbook's own list."""
    if "xl/workbook.xml" not in names:
        return {}
    targets = {
        link.get("Id", ""): target_name(link.get("Target", ""))
        for tag, link in _tags(parts, names.get("xl/_rels/workbook.xml.rels"))
        if tag == "Relationship" and link.get("TargetMode") != "External"
    }
    found: dict[str, str] = {}
    for tag, sheet in _tags(parts, names["xl/workbook.xml"]):
        if tag != "sheet":
            continue
        part = targets.get(sheet.get("id", ""), "")
        if part not in names:
            raise UnreadableError(
                f"缺少工作表“{sheet.get('name', '')}”的内容，文件不完整，请重新导出"
            )
        found[part] = sheet.get("name", "")
    if any(part.endswith("sharedstrings.xml") and part not in names for part in targets.values()):
        raise UnreadableError("缺少文字部件，文件不完整，请重新导出")
    return found


def _tags(
    parts: zipfile.ZipFile, part: zipfile.ZipInfo | None
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Tags of a small part with their attributes, prefixes taken off."""
    if part is None:
        return
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        found.append((tag.rpartition(":")[2], plain))

    with parts.open(part) as stream:
        content = stream.read(_SETTINGS_BYTES)
    _check_prolog(content)
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableError("工作簿目录已损坏，请用原软件打开后另存为 xlsx 再发") from error
    yield from found


def _marks(content: bytes) -> SheetMarks:
    rows: list[int] = []
    columns: list[int] = []
    for found in _HIDDEN.finditer(content):
        attributes = found[2]
        if found[1] == b"row":
            rows += _numbers(attributes, b"r")
        else:
            first, last = _numbers(attributes, b"min"), _numbers(attributes, b"max")
            columns += range(max(min(first, default=1), 1) - 1, min(max(last, default=0), 16_384))
    errors = [
        (*place, found[2].decode("utf-8", "replace"))
        for found in _ERROR_CELL.finditer(content)
        for place in _places(found[1])
    ]
    errors += [
        (*place, UNCALCULATED)
        for found in _FORMULA_CELL.finditer(content)
        if b't="str"' not in found[1] and b't="e"' not in found[1]
        for place in _places(found[1])
    ]
    return SheetMarks(tuple(rows), tuple(columns), tuple(errors))


def _numbers(attributes: bytes, name: bytes) -> list[int]:
    found = re.search(rb"(?:^|\s)" + name + rb'="(\d{1,7})"', attributes)
    return [int(found[1])] if found else []


def _places(attributes: bytes) -> list[tuple[int, int]]:
    """Row (from 1) and column (from 0) of ``r="C5"``."""
    found = re.search(rb'(?:^|\s)r="([A-Z]{1,3})(\d{1,7})"', attributes)
    if not found:
        return []
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return [(int(found[2]), column - 1)]
