"""Spreadsheet workbooks that python-calamine reads: xlsx, xls, WPS et (BIFF8), ods."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeGuard

from fpm.ingest.containers.biff import plain_xls, xls_counts_from_1904
from fpm.ingest.containers.package import ZIP, ZIP_DAMAGE, Book, zip_of
from fpm.ingest.containers.plain_ods import plain_ods
from fpm.ingest.containers.slices import SlicedSheet, large_sheets
from fpm.ingest.containers.sniff import ProtectedError, UnreadableError
from fpm.ingest.containers.wire import RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_SETTINGS_BYTES = 1 << 20
_MAX_MERGES = 500_000
_DATE_1904 = re.compile(rb"""\bdate1904=["']([^"'<>]*)["']""")
_TRUE, _FALSE = {b"1", b"true"}, {b"0", b"false"}


def read_workbook(book: Book, limits: Limits) -> Iterator[RawSheet]:
    """Read every worksheet of a workbook, hidden ones included.

    Raises:
        UnreadableError: Encrypted, damaged, or beyond the limits.
    """
    from python_calamine import (  # noqa: PLC0415 - only the parsing process needs it
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = _held_xls(book)
        book = plain_xls(book) if _is_xls(book) else plain_ods(book)
        date1904 = counts_from_1904(book)
        with _stream(book) as stream:
            parsed = CalamineWorkbook.from_filelike(stream)
        names = [meta.name for meta in parsed.sheets_metadata]
        if len(set(names)) < len(names):  # rows are known by file, sheet and number
            raise UnreadableError("有同名的工作表，请改名后重发")
        if len(names) > limits.members:
            raise UnreadableError(f"有 {len(names)} 张工作表，超过上限，请拆分后重发")
        large = {} if _is_xls(book) else large_sheets(book)
        sheets = [meta for meta in parsed.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        if all(meta.name in large for meta in sheets):
            parsed.close()  # it holds a copy of the file
        for meta in sheets:
            if meta.name in large:
                lines = _sliced(large[meta.name], limits)
            else:
                lines = _at_once(parsed.get_sheet_by_name(meta.name), limits)
            table = encode_rows(lines.rows, lines.width, limits.text_bytes)
            head = SheetHead(
                meta.name,
                table.width,
                hidden=meta.visible != SheetVisibleEnum.Visible,
                date1904=date1904,
                merges=lines.merges,
            )
            yield RawSheet(head, table.blocks)
    except PasswordError as error:
        raise ProtectedError("设有打开密码") from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError("表格已损坏或不完整，请用原软件打开后另存为 xlsx 再发") from error


def _held_xls(book: Book) -> Book:
    """The content of an xls that was told by where it lies."""
    if isinstance(book, bytes):
        return book
    with book.open("rb") as stream:
        is_zipped = stream.read(len(ZIP)) == ZIP
    return book if is_zipped else book.read_bytes()


def _is_xls(book: Book) -> TypeGuard[bytes]:
    return isinstance(book, bytes) and not book.startswith(ZIP)


def _stream(book: Book) -> BinaryIO:
    return io.BytesIO(book) if isinstance(book, bytes) else book.open("rb")


class _Lines(NamedTuple):
    """The rows of a sheet, and what must be known of them before they are read."""

    rows: Iterator[list[Any]]
    width: int
    merges: tuple[tuple[int, int, int], ...] = ()


def _at_once(sheet: CalamineSheet, limits: Limits) -> _Lines:
    # the end is the last used cell, zero-based: total_width and total_height name it too
    height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    _refuse_large(sheet.name, height, width, limits)
    return _Lines(_rows(sheet), width, _merges(sheet))


def _sliced(sheet: SlicedSheet, limits: Limits) -> _Lines:
    """A large sheet; ``examine_parts`` tells its merged cells. Its width may grow further down."""
    slices = sheet.slices()
    first = list(islice(slices, 1))
    width = max((len(row) for _, rows in first for row in rows[:1]), default=0)
    return _Lines(_below_each_other(chain(first, slices), sheet.name, limits), width)


def _below_each_other(
    slices: Iterable[tuple[int, list[list[Any]]]], name: str, limits: Limits
) -> Iterator[list[Any]]:
    """The rows of all slices, with blank ones where none is given."""
    height = width = 0
    for start, rows in slices:
        yield from repeat([], start - height)
        height, width = start + len(rows), max(width, len(rows[0]))
        _refuse_large(name, height, width, limits)
        yield from rows


def _refuse_large(name: str, height: int, width: int, limits: Limits) -> None:
    if width > limits.columns or width * height > limits.cells:
        raise UnreadableError(
            f"工作表“{name}”有 {height} 行 {width} 列，超过上限；请删去数据区以外的空行空列后重发"
        )


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """All rows from the first line and first column on (calamine leaves out blank columns left)."""
    left = sheet.start[1] if sheet.start else 0
    if not left:
        return sheet.iter_rows()
    return ([""] * left + row for row in sheet.iter_rows())


def _merges(sheet: CalamineSheet) -> tuple[tuple[int, int, int], ...]:
    """Ranges merged over several rows (ods does not tell them)."""
    ranges = sheet.merged_cell_ranges or []
    return tuple(
        (start[0], end[0], start[1]) for start, end in ranges[:_MAX_MERGES] if end[0] > start[0]
    )


def counts_from_1904(book: Book) -> bool:
    """Whether a workbook counts days from 1904, as those born on old Macs do."""
    if _is_xls(book):
        return xls_counts_from_1904(book)
    try:
        with zip_of(book) as parts:
            settings = parts.open("xl/workbook.xml").read(_SETTINGS_BYTES)
    except (*ZIP_DAMAGE, KeyError, RuntimeError):
        return False
    stated = _DATE_1904.search(settings)
    if stated is None:
        return False
    if stated[1] not in _TRUE | _FALSE:
        raise UnreadableError(
            "未写清日期从 1900 年还是 1904 年起算，请用原软件打开后另存为 xlsx 再发"
        )
    return stated[1] in _TRUE
