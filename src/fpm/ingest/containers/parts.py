"""The parts of a zipped workbook, looked at while another process parses it.

The parser tells neither hidden rows and columns nor error values, and believes what it is given;
this pass finds them, refuses DTDs and inflation bombs, and notices missing parts.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fpm.ingest.containers.cell_faults import CellFaults, WholeRows
from fpm.ingest.containers.directory import (
    calculates_later,
    check_prolog,
    sheet_parts,
    styles_in_question,
)
from fpm.ingest.containers.marks import UNCALCULATED, SheetMarks, refuse_many
from fpm.ingest.containers.ods import examine_ods
from fpm.ingest.containers.package import ZIP_DAMAGE, Book, catalogue, zip_of
from fpm.ingest.containers.sheet_marks import find_marks, find_shown, find_zeros, has_marks
from fpm.ingest.containers.sniff import TooFarError, UnreadableError, unpacked_bytes
from fpm.ingest.deadline import Deadline
from fpm.ingest.limits import MIB, Limits

_BLOCK: Final = MIB
_OVERLAP: Final = 64
_ENTRY: Final = b"PK\x01\x02"
"""Begins the entry of each part in the directory of a zip."""
_RATIO_FROM: Final = 64 * MIB
"""Smaller parts may be packed as tightly as they like."""
_ODS_BYTES: Final = 256 * MIB
"""Content of an ods that is looked at cell by cell."""
_MAX_MERGES: Final = 500_000
_ROWS: Final = 1_048_576
"""Rows of a sheet in every spreadsheet program."""
_CELL_BYTES: Final = 32
"""What the parser holds for each cell between the first and the last, blank ones too."""
_GAPS: Final = 16
"""So many times the rows it has is the height of a sheet with a forgotten cell far below them."""
_ROW_NUMBER: Final = re.compile(rb"""row(?<=[<:]row)\s[^<>]*?\br=["'](\d{1,7})["']""")
_ODS_CONTENT: Final = "content.xml"
_DAMAGED: Final = "压缩结构已损坏或不完整，请用原软件打开后另存为 xlsx 再发"


def refuse_bombs(data: bytes, limits: Limits) -> None:
    """Refuse a zip that declares more content than the limits allow, before anything is unpacked.

    Raises:
        UnreadableError: Beyond the limits.
    """
    entries = data.count(_ENTRY)
    if entries > limits.parts:
        raise UnreadableError(f"压缩结构里有 {entries} 个部件，超过上限，请另存为新文件再发")
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


def examine_parts(book: Book, limits: Limits) -> dict[str, SheetMarks]:
    """Look through the XML parts of an xlsx or ods.

    Returns:
        Sheet name → marks.

    Raises:
        UnreadableError: A DTD, an inflation bomb, a missing or damaged part; it takes too long.
    """
    deadline = Deadline(limits.seconds)
    size = len(book) if isinstance(book, bytes) else book.stat().st_size
    budget = _Budget(limits.inflated_bytes, size, limits.inflation)
    try:
        with zip_of(book) as parts:
            names = catalogue(parts)
            sheets = sheet_parts(parts, names)
            checks = _Checks(
                limits, styles_in_question(parts, names), calculates_later(parts, names)
            )
            marks: dict[str, SheetMarks] = {}
            for part, info in names.items():
                sheet = _SheetCheck(sheets[part], checks) if part in sheets else None
                for block in deadline.watched(_scanned(parts, info, budget)):
                    if sheet:
                        sheet.look(block)
                if sheet:
                    marks[sheets[part]] = sheet.finish()
            content = names.get(_ODS_CONTENT)
            if content and content.file_size <= _ODS_BYTES:
                marks |= examine_ods(lambda: deadline.watched(_inflated(parts, content)))
    except ZIP_DAMAGE as error:
        raise UnreadableError(_DAMAGED) from error
    return marks


@dataclass(frozen=True, slots=True)
class _Checks:
    """What all sheets of a workbook are looked at for."""

    limits: Limits
    styles: Mapping[int, str]
    calculates_later: bool


class _SheetCheck:
    """Looks through the XML of one sheet as it is inflated."""

    def __init__(self, name: str, checks: _Checks) -> None:
        self._worth_a_look = False
        self._name = name
        self._checks = checks
        self._formulas = 0
        self._zeros: list[tuple[int, int]] = []
        self._whole = WholeRows()
        self._rows = array("I")
        self._cells = CellFaults()
        self._fault = ""
        self._marks: list[SheetMarks] = []
        self._marked = 0

    def look(self, block: bytes, *, last: bool = False) -> None:
        """Look at the rows that end in a block."""
        rows = self._whole.cut(block, last=last)
        if not rows:
            return
        self._worth_a_look = self._worth_a_look or has_marks(rows)
        if self._worth_a_look:
            self._note(find_marks(rows))
            if self._checks.calculates_later:
                formulas, zeros = find_zeros(rows)
                self._formulas += formulas
                self._zeros += zeros
        if self._checks.styles:
            self._note(find_shown(rows, self._checks.styles))
        self._rows.extend(map(int, _ROW_NUMBER.findall(rows)))
        self._fault = self._fault or self._cells.find(rows)

    def _note(self, marks: SheetMarks) -> None:
        self._marks.append(marks)
        self._marked += len(marks.errors)
        refuse_many(self._marked)

    def finish(self) -> SheetMarks:
        """What was found; a sheet is refused that the parser would not read as it was meant.

        Raises:
            UnreadableError: Its cells or rows contradict each other, or it is too large.
        """
        self.look(b"", last=True)
        fault, limits = self._fault, self._checks.limits
        height, width = self._cells.height, self._cells.width
        rows = np.sort(np.asarray(self._rows))
        if np.any(rows[1:] == rows[:-1]):
            fault = "同一行号出现两次，文件已损坏，请用原软件打开后另存为 xlsx 再发"
        elif height > _ROWS or width > limits.columns or height * width > self._most_cells():
            raise TooFarError(
                f"工作表“{self._name}”有 {height} 行 {width} 列，超过上限；"
                "请删去数据区以外的空行空列后重发"
            )
        if fault:
            raise UnreadableError(fault)
        errors = [error for one in self._marks for error in one.errors]
        # a result may be 0; where all of them are, nobody ever calculated
        if sum(error[2] == UNCALCULATED for error in errors) + len(self._zeros) == self._formulas:
            errors += ((*cell, UNCALCULATED) for cell in self._zeros)
        return SheetMarks(
            tuple(row for one in self._marks for row in one.hidden_rows),
            tuple(column for one in self._marks for column in one.hidden_columns),
            tuple(sorted(errors, key=lambda error: error[2] == UNCALCULATED)),
            tuple(merge for one in self._marks for merge in one.merges)[:_MAX_MERGES],
        )

    def _most_cells(self) -> int:
        """As many as the limits allow, and the parser can hold where most of them are blank."""
        limits = self._checks.limits
        if self._cells.height <= _GAPS * len(self._rows):
            return limits.cells
        return min(limits.cells, limits.memory_bytes // _CELL_BYTES)


def _scanned(parts: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    """Inflate one part; the blocks of markup."""
    markup = info.filename.endswith((".xml", ".rels"))
    before_root = True
    tail = b""
    for block in _inflated(parts, info):
        budget.spend(len(block))
        if not markup:
            continue
        if before_root:
            before_root = check_prolog(tail + block)
        yield block
        tail = block[-_OVERLAP:]


def _inflated(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with parts.open(info) as stream:
        while block := stream.read(_BLOCK):
            yield block
