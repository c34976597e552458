"""Delimited text (csv, tsv, txt) → one raw sheet."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from fpm.ingest.containers.joined_rows import JoinedRows
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.text import DecodedText, UndecodableError, decode
from fpm.ingest.containers.wire import CELL, RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

SEPARATORS: Final = ("\t", ",", ";", "|", "^", "，", "、")
_ID = re.compile(r"\d{15}")
_QUOTED = re.compile('"[^"]*"')
_CLINGING_TAB = re.compile(r"(?<=[,;|])\t+|\t+(?=[,;|])")
LINE_END = re.compile("\r\n|\r|\n")
_EXCEL_ROWS = 16
_SAMPLE_LINES = 60
_SAMPLE_CHARACTERS = 65_536
_SHOWN = 200
"""Characters kept of a line in a text without separators."""


def read_text(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read a text file of any encoding and separator as one sheet.

    Raises:
        UnreadableError: No text, or more of it than the limit.
    """
    try:
        decoded = decode(data)
    except UndecodableError as error:
        raise UnreadableError("既不是表格也不是文本文件，请另存为 xlsx 或 csv 再发") from error
    del data  # the characters take memory enough
    decoded = replace(decoded, text=decoded.text.rstrip("\r\n\x1a\x00").replace(CELL, " "))
    separator = find_separator(decoded.text)
    if separator not in decoded.text:  # prose, or a line of millions of characters: no table
        shown = "\n".join(line[:_SHOWN] for line in LINE_END.split(decoded.text))
        decoded = replace(decoded, text=shown)
    sheet = _read_delimited(decoded, separator, limits)
    del decoded  # the rows take memory enough
    yield sheet


def _read_delimited(decoded: DecodedText, separator: str, limits: Limits) -> RawSheet:
    """Cut delimited text into rows, whatever their shape."""
    csv.field_size_limit(min(limits.text_bytes, 2**31 - 1))
    spaced = f'{separator} "' in decoded.text[:_SAMPLE_CHARACTERS]
    rows = JoinedRows(
        csv.reader(_lines(decoded.text), delimiter=separator, skipinitialspace=spaced)
    )
    notes = decoded.notes
    unbalanced: set[int] = set()
    if _swallowed(rows, separator):
        rows = JoinedRows()
        for number, line in enumerate(_lines(decoded.text), 1):
            for row in _one_line(line.rstrip("\r\n"), separator):
                rows.append(row)
            if line.count('"') % 2:
                unbalanced.add(number)
        notes = (*notes, "引号不成对，已逐行读取")
    ragged = tuple(sorted({*_ragged(rows), *unbalanced}))
    head_width = max(rows.widths[:_SAMPLE_LINES], default=0)
    width = min(max(_usual_width(rows), head_width), limits.columns)
    table = encode_rows((row[:width] for row in rows), width, limits.text_bytes)
    head = SheetHead("", table.width, typed=False, notes=notes, ragged=ragged)
    return RawSheet(head, table.blocks)


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends; a file object would hold the text once more, and wider."""
    start = 0
    for end in LINE_END.finditer(text):
        yield text[start : end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def _one_line(line: str, separator: str) -> list[list[str]]:
    if '"' not in line:
        return [line.split(separator) if line else []]
    return list(csv.reader([line], delimiter=separator)) or [[]]


def _swallowed(rows: JoinedRows, separator: str) -> bool:
    """An open quote took whole lines into one cell: a line inside it looks like a row."""
    width = _usual_width(rows)
    return any(
        line.count(separator) >= max(1, width - 1)
        for row in rows.joined
        if "\n" in row or "\r" in row
        for cell in row.split(CELL)
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()[1:]
    )


def _usual_width(rows: JoinedRows) -> int:
    counts = Counter(width for width in rows.widths if width > 1)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _ragged(rows: JoinedRows) -> tuple[int, ...]:
    """Rows longer or shorter than usual, where that cannot be innocent.

    Blank cells beyond the usual width are innocent. A short row is innocent only in a file that
    leaves out trailing blanks everywhere and more than once, when its numbers of persons stand
    where the others have them, and not beside the other half of a broken line; or where Excel
    leaves them out.
    """
    width = _full_width(rows)
    short = [number for number, cells in enumerate(rows.widths) if cells < width]
    excel = in_excel_blocks(short, len(rows))
    few = sum(1 for number in short if any(rows[number]))
    full = [row for row, cells in zip(rows.joined, rows.widths, strict=True) if cells == width]
    trims = excel or (few > 1 and all(row.rpartition(CELL)[2].strip() for row in full))
    at_home = {column for row in full if trims for column in _person_columns(row)}

    def contradicts(number: int) -> bool:
        row = rows[number]
        if len(row) > width:
            return any(cell.strip() for cell in row[width:])
        if not row:
            return False
        moved = bool(at_home) and not at_home.issuperset(_person_columns(rows.joined[number]))
        return not trims or moved or (not excel and _broken(rows.widths, number, width))

    odd = (number for number, cells in enumerate(rows.widths) if cells != width)
    return tuple(number + 1 for number in odd if contradicts(number))


def in_excel_blocks(short: Sequence[int], rows: int) -> bool:
    """Whether short rows are those that Excel writes.

    It writes sixteen rows at a time, and leaves out the blank cells in which all of them end
    (Microsoft Knowledge Base 77295).

    Args:
        short: Numbers of the short rows, blank ones among them, from 0.
        rows: Rows of the text.
    """
    blocks = Counter(number // _EXCEL_ROWS for number in short)
    whole = (
        count == min(_EXCEL_ROWS, rows - block * _EXCEL_ROWS) for block, count in blocks.items()
    )
    return _EXCEL_ROWS in blocks.values() and all(whole)


def _full_width(rows: JoinedRows) -> int:
    """The usual width, or that of the header where rows end before it."""
    usual = _usual_width(rows)
    wide = (number for number, cells in enumerate(rows.widths) if cells >= usual > 0)
    first = next((rows[number] for number in wide), [])
    named = len(first)
    while named > usual and not first[named - 1].strip():
        named -= 1
    return max(usual, named)


def _person_columns(row: str) -> list[int]:
    """Columns in which the row, joined, holds an ID number."""
    return [row.count(CELL, 0, found.start()) for found in _ID.finditer(row)]


def _broken(widths: Sequence[int], number: int, width: int) -> bool:
    """The row and a neighbour are the two halves of one line."""
    halves = [widths[other] for other in (number - 1, number + 1) if 0 <= other < len(widths)]
    return any(0 < half < width and half + widths[number] == width + 1 for half in halves)


def find_separator(text: str) -> str:
    """Choose the separator that cuts most of the first lines into the same number of fields."""
    sample = text[:_SAMPLE_CHARACTERS]
    if len(sample) < len(text) and sample.count('"') % 2:
        sample = sample[: sample.rfind('"')]
    if sample.count('"') % 2 == 0:
        # A cell of several lines is prose, and prose has commas of its own.
        sample = _QUOTED.sub("", sample)
    # a tab beside another separator keeps a number text: 5202…\t,张三\t,
    lines = [_CLINGING_TAB.sub("", line) for line in sample.splitlines()[:_SAMPLE_LINES]]
    lines = [line for line in lines if line.strip(" ")]  # of quoted cells, tabs alone are left

    def score(separator: str) -> tuple[int, int]:
        fields = [_fields(line, separator) for line in lines]
        counts = Counter(number for number in fields if number > 1)
        if not counts:
            return (0, 0)
        width, times = counts.most_common(1)[0]
        return (times, width)

    return max(SEPARATORS, key=score) if lines else ","


def _fields(line: str, separator: str) -> int:
    """Count fields of one line, leaving separators between quotes alone."""
    return sum(piece.count(separator) for piece in line.split('"')[::2]) + 1
