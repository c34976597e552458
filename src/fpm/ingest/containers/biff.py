"""What python-calamine does not tell of an xls, or should not believe.

It does not tell error values, hidden lines and the calendar, and believes stated dimensions and
code pages.

A workbook stream is a row of records: number (2 bytes), length (2 bytes), content. The records
looked at are those of BIFF8 in [MS-XLS]: BoundSheet8, Date1904, SST, Row, ColInfo and the cells
(LabelSst, Label, RString, Number, RK, MulRk, BoolErr, Formula).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

from fpm.ingest.containers import biff_numbers
from fpm.ingest.containers.biff_numbers import FORMULA, NO_NUMBER
from fpm.ingest.containers.compound import CompoundError, find_stream, read_stream
from fpm.ingest.containers.marks import (
    ODD_CONTENT,
    TWICE,
    UNCALCULATED,
    SheetMarks,
    refuse_many,
)
from fpm.ingest.containers.package import Book
from fpm.ingest.containers.sniff import UnreadableError

_STREAMS: Final = ("Workbook", "Book")
_BOF: Final = 0x809
_BIFF8: Final = 0x600
_EOF: Final = 0x0A
_BOUND_SHEET: Final = 0x85
_DATE_1904: Final = 0x22
_DIMENSIONS: Final = 0x200
_CODE_PAGE: Final = 0x42
_UTF_16: Final = struct.pack("<H", 1200)
"""The code page of every text in BIFF8, whatever old programs write."""
_ROW: Final = 0x208
_COLUMNS: Final = 0x7D
_DIMENSIONS_SIZE: Final = 14
_BOOL_OR_ERROR: Final = 0x205
_SHARED_TEXTS: Final = 0xFC
_SHARED_TEXT, _NUMBERS = 0xFD, 0xBD
_CELLS: Final = frozenset(
    {_SHARED_TEXT, 0x204, 0xD6, 0x203, 0x27E, _NUMBERS, _BOOL_OR_ERROR, FORMULA}
)
"""Records of cells that hold something."""
_WANTED: Final = frozenset({_ROW, _COLUMNS}) | _CELLS
_WIDTH: Final = 256
"""Columns of a sheet."""
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
_ZERO: Final = bytes(8)
_CALCULATED_LATER: Final = 3
"""Bits of a formula whose result holds until a spreadsheet opens the file; programs write 0."""
_IS_ERROR, _IS_EMPTY = 2, 3
"""First byte of a formula's result that is no number."""
_OLD: Final = "是 Excel 95 或更早的格式，请另存为 xlsx 再发"


def examine_xls(book: Book) -> dict[str, SheetMarks]:
    """Sheet name → marks of an xls.

    Raises:
        UnreadableError: Damaged, or of a version before BIFF8.
    """
    try:
        stream = _workbook_stream(book if isinstance(book, bytes) else book.read_bytes())
        texts = _shared_texts(stream)
        styles = biff_numbers.styles_in_question(_records(stream, 0))
        return {name: _marks(stream, start, texts, styles) for name, start in _sheets(stream)}
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


def plain_xls(data: bytes) -> bytes:
    """An xls whose sheets state no dimensions, for which the parser would set room aside.

    Its code page is the one of BIFF8: the parser reads texts by another where one is stated. A
    file in which the records cannot be found stays as it is, for the parser to refuse.
    """
    try:
        place = find_stream(data, _STREAMS)
        if place is None:
            return data
        changes = _changes(place.content(data))
        plain = bytearray(data)
        for at, content in changes:
            place.write(plain, at, content)
    except (CompoundError, struct.error, IndexError):
        return data
    return bytes(plain)


def _changes(stream: bytes) -> list[tuple[int, bytes]]:
    """What to write where in a workbook stream."""
    changes = []
    if _is_biff8(stream) and (at := _content(stream, 0, _CODE_PAGE, len(_UTF_16))):
        changes.append((at, _UTF_16))
    for _, start in _sheets(stream):
        if at := _content(stream, start, _DIMENSIONS, _DIMENSIONS_SIZE):
            changes.append((at, bytes(_DIMENSIONS_SIZE)))
    return changes


def _content(stream: bytes, start: int, wanted: int, size: int) -> int | None:
    """Where the content of a substream's record begins that stands before its cells."""
    at = start
    while at <= len(stream) - 4 - size:
        number, length = struct.unpack_from("<HH", stream, at)
        if number == wanted and length >= size:
            return at + 4
        if number == _EOF or number in _CELLS:
            return None
        at += 4 + length
    return None


def _workbook_stream(data: bytes) -> bytes:
    stream = read_stream(data, _STREAMS)
    if stream is None:
        raise CompoundError
    if not _is_biff8(stream):
        raise UnreadableError(_OLD)
    return stream


def _is_biff8(stream: bytes) -> bool:
    number, _, version = struct.unpack_from("<HHH", stream, 0)
    return (number, version) == (_BOF, _BIFF8)


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


def _shared_texts(stream: bytes) -> int:
    """How many texts the sheets share, as the table of them says."""
    for number, content in _records(stream, 0):
        if number == _SHARED_TEXTS:
            return int(struct.unpack_from("<I", content, 4)[0])
    return 0


def _marks(stream: bytes, start: int, texts: int, styles: Mapping[int, str]) -> SheetMarks:
    rows: list[int] = []
    columns: list[int] = []
    errors: list[tuple[int, int, str]] = []
    empty: list[tuple[int, int, str]] = []
    seen = bytearray(_WIDTH << 16)
    formulas = 0
    for number, content in _records(stream, start):
        if number not in _WANTED:
            continue
        first, second = struct.unpack_from("<HH", content, 0)
        if number in _CELLS:
            _see(seen, number, content, texts)
        if number == _ROW and content[12] & _ROW_HIDDEN:
            rows.append(first + 1)
        elif number == _COLUMNS and content[8] & 1:
            columns += range(first, min(second, 255) + 1)
        errors += biff_numbers.shown((number, content), styles)
        formulas += number == FORMULA
        if said := _no_result(number, content):
            (empty if said == UNCALCULATED else errors).append((first + 1, second, said))
        refuse_many(len(errors))
    # a formula may have an empty result; where all of them have, nobody ever calculated
    if len(empty) == formulas:
        errors += empty
        refuse_many(len(errors))
    return SheetMarks(tuple(rows), tuple(columns), tuple(errors))


def _no_result(number: int, content: bytes) -> str:
    """The error value that a cell holds, or the mark of a formula without a result."""
    if number == _BOOL_OR_ERROR and content[7]:
        return _ERRORS.get(content[6], "#N/A")
    if number != FORMULA:
        return ""
    if content[6:14] == _ZERO and content[14] & _CALCULATED_LATER:
        return UNCALCULATED
    if content[12:14] != NO_NUMBER:
        return ""
    if content[6] == _IS_ERROR:
        return _ERRORS.get(content[8], "#N/A")
    return UNCALCULATED if content[6] == _IS_EMPTY else ""


def _see(seen: bytearray, number: int, content: bytes, texts: int) -> None:
    """Note which cell a record fills, or which cells.

    Raises:
        UnreadableError: One is filled already, or its text is not among the shared ones: a parser
            would keep the last, and leave the other blank.
    """
    row, first = struct.unpack_from("<HH", content, 0)
    last = struct.unpack_from("<H", content, len(content) - 2)[0] if number == _NUMBERS else first
    here = slice(row * _WIDTH + first, row * _WIDTH + last + 1)
    if last >= _WIDTH or any(seen[here]):
        raise UnreadableError(TWICE)
    seen[here] = b"\1" * (last - first + 1)
    if number == _SHARED_TEXT and struct.unpack_from("<I", content, 6)[0] >= texts:
        raise UnreadableError(ODD_CONTENT)
