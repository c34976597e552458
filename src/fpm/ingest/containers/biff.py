"""What python-calamine does not tell of an xls: error values, hidden lines, the calendar.

A workbook stream is a row of records: number (2 bytes), length (2 bytes), content. The records
looked at are those of BIFF8 in [MS-XLS]: BoundSheet8, Date1904, Row, ColInfo, BoolErr, Formula.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from fpm.ingest.containers.compound import CompoundError, read_stream
from fpm.ingest.containers.marks import UNCALCULATED, SheetMarks
from fpm.ingest.containers.sniff import UnreadableError

_STREAMS: Final = ("Workbook", "Book")
_BOF: Final = 0x809
_BIFF8: Final = 0x600
_EOF: Final = 0x0A
_BOUND_SHEET: Final = 0x85
_DATE_1904: Final = 0x22
_ROW: Final = 0x208
_COLUMNS: Final = 0x7D
_BOOL_OR_ERROR: Final = 0x205
_FORMULA: Final = 0x06
_WANTED: Final = frozenset({_ROW, _COLUMNS, _BOOL_OR_ERROR, _FORMULA})
_ROW_HIDDEN: Final = 0x20
_ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_NOT_A_NUMBER: Final = b"\xff\xff"
_IS_ERROR, _IS_EMPTY = 2, 3
"""First byte of a formula's result that is no number."""
_OLD: Final = "是 Excel 95 或更早的格式，请另存为 xlsx 再发"


def examine_xls(data: bytes) -> dict[str, SheetMarks]:
    """Sheet name → marks of an xls.

    Raises:
        UnreadableError: Damaged, or of a version before BIFF8.
    """
    try:
        stream = _workbook_stream(data)
        return {name: _marks(stream, start) for name, start in _sheets(stream)}
    except (CompoundError, struct.error, IndexError) as error:
        raise UnreadableError("表格已损坏或不完整，请用原软件打开后另存为 xlsx 再发") from error


def xls_counts_from_1904(data: bytes) -> bool:
    """Whether the days of an xls count from 1904; false where that cannot be told."""
    try:
        stream = _workbook_stream(data)
        found = [content for number, content in _records(stream, 0) if number == _DATE_1904]
    except (CompoundError, struct.error, UnreadableError):
        return False
    return bool(found) and found[0][:1] == b"\x01"


def _workbook_stream(data: bytes) -> bytes:
    stream = read_stream(data, _STREAMS)
    if stream is None:
        raise CompoundError
    number, _, version = struct.unpack_from("<HHH", stream, 0)
    if number != _BOF or version != _BIFF8:
        raise UnreadableError(_OLD)
    return stream


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Number and content of the records of one substream."""
    at, end = start, len(stream) - 4
    while at <= end:
        number, size = struct.unpack_from("<HH", stream, at)
        if number == _EOF:
            return
        at += 4
        yield number, stream[at : at + size]
        at += size


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Name and place of every sheet."""
    for number, content in _records(stream, 0):
        if number != _BOUND_SHEET:
            continue
        (start,) = struct.unpack_from("<I", content, 0)
        length, wide = content[6], content[7] & 1
        text = content[8 : 8 + (length << wide)]
        yield text.decode("utf-16-le" if wide else "latin-1", "replace"), start


def _marks(stream: bytes, start: int) -> SheetMarks:
    rows: list[int] = []
    columns: list[int] = []
    errors: list[tuple[int, int, str]] = []
    empty: list[tuple[int, int, str]] = []
    formulas = 0
    for number, content in _records(stream, start):
        if number not in _WANTED:
            continue
        first, second = struct.unpack_from("<HH", content, 0)
        if number == _ROW and content[12] & _ROW_HIDDEN:
            rows.append(first + 1)
        elif number == _COLUMNS and content[8] & 1:
            columns += range(first, min(second, 255) + 1)
        elif number == _BOOL_OR_ERROR and content[7]:
            errors.append((first + 1, second, _ERRORS.get(content[6], "#N/A")))
        elif number == _FORMULA:
            formulas += 1
            if content[12:14] == _NOT_A_NUMBER and content[6] == _IS_ERROR:
                errors.append((first + 1, second, _ERRORS.get(content[8], "#N/A")))
            elif content[12:14] == _NOT_A_NUMBER and content[6] == _IS_EMPTY:
                empty.append((first + 1, second, UNCALCULATED))
    # a formula may have an empty result; where all of them have, nobody ever calculated
    if len(empty) == formulas:
        errors += empty
    return SheetMarks(tuple(rows), tuple(columns), tuple(errors))
