"""The text in which a sheet travels from the parsing process to the frame: unit separators.

Cells are joined by US, rows by RS (control characters that XML 1.0 forbids and no office types),
so polars reads millions of cells at once without quoting. Numbers are written as Python writes
floats: the point or exponent in ``202610.0`` shows that the cell was a number, which matters
because an ID that went through a number has lost digits.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, BinaryIO, Final

CELL: Final = "\x1f"
ROW: Final = "\x1e"
_ESCAPE: Final = "\x1d"

_BATCH = 4096
_WIDE = 256
_SPACES = str.maketrans(dict.fromkeys((CELL, ROW, _ESCAPE, "\x00"), " "))


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What is known of a sheet beside its cells."""

    name: str
    width: int = 0
    height: int = 0
    hidden: bool = False
    typed: bool = True
    """Cells carry types (workbooks); false for text files, where every cell is text."""
    date1904: bool = False
    notes: tuple[str, ...] = ()
    merges: tuple[tuple[int, int, int], ...] = ()
    """Cells merged over rows: first row, last row, leftmost column, from 0."""
    ragged: tuple[int, ...] = ()
    """Rows (from 1) of a text file whose number of cells contradicts the others."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: its head and its cells as separated UTF-8 text."""

    head: SheetHead
    cells: bytes


class TooMuchTextError(Exception):
    """The cells of one sheet hold more text than the limit allows."""


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """Rows as separated UTF-8 text; every row has ``width`` cells, at least two."""

    cells: bytes
    width: int
    height: int


def encode_rows(rows: Iterable[Sequence[Any]], width: int, limit: int) -> EncodedRows:
    """Encode typed rows; rows shorter than ``width`` are padded.

    Args:
        rows: Cells as the container reader gives them.
        width: Columns of the widest row.
        limit: Bytes of encoded text allowed.

    Raises:
        TooMuchTextError: The text exceeds ``limit``.
    """
    if width > _WIDE:
        rows = [_trimmed(row) for row in rows]
        width = max(map(len, rows), default=0)
    width = max(width, 2)
    blocks: list[bytes] = []
    size = height = 0
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        block = _encode_batch([_padded(row, width) for row in batch])
        height += len(batch)
        size += len(block)
        if size > limit:
            raise TooMuchTextError
        blocks.append(block)
    return EncodedRows(b"".join(blocks), width, height)


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """The row without trailing blanks: a stray format far to the right is not a column."""
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _padded(row: Sequence[Any], width: int) -> Sequence[Any]:
    missing = width - len(row)
    return row if missing == 0 else [*row, *[""] * missing]


def _encode_batch(batch: Sequence[Sequence[Any]]) -> bytes:
    text = _joined(batch)
    if _ESCAPE in text:
        # newer Pythons escape line breaks inside cells, which mean nothing here
        text = text.replace(f"{_ESCAPE}\n", "\n").replace(f"{_ESCAPE}\r", "\r")
    if _ESCAPE in text or "\x00" in text:
        text = _joined([_without_separators(row) for row in batch])
        text = text.replace(_ESCAPE, "")
    return text.encode("utf-8", "replace")


def _joined(batch: Sequence[Sequence[Any]]) -> str:
    """Rows in one text; the csv writer turns typed cells into text in C."""
    buffer = io.StringIO(newline="")
    csv.writer(
        buffer,
        delimiter=CELL,
        lineterminator=ROW,
        quoting=csv.QUOTE_NONE,
        quotechar=None,
        escapechar=_ESCAPE,
    ).writerows(batch)
    return buffer.getvalue()


def _without_separators(row: Sequence[Any]) -> list[Any]:
    """Our own separators inside a cell become spaces."""
    return [cell.translate(_SPACES) if isinstance(cell, str) else cell for cell in row]


def write_sheet(stream: BinaryIO, sheet: RawSheet) -> None:
    """Write one sheet: a line of JSON, then as many bytes as that line announces."""
    head = {**asdict(sheet.head), "bytes": len(sheet.cells)}
    stream.write(json.dumps(head).encode() + b"\n")
    stream.write(sheet.cells)


def read_sheets(data: bytes) -> Iterator[RawSheet]:
    """Read back what ``write_sheet`` wrote."""
    start = 0
    while start < len(data):
        end = data.index(b"\n", start)
        head = json.loads(data[start:end])
        size = head.pop("bytes")
        head["notes"] = tuple(head["notes"])
        head["ragged"] = tuple(head["ragged"])
        head["merges"] = tuple((first, last, column) for first, last, column in head["merges"])
        start = end + 1 + size
        yield RawSheet(SheetHead(**head), data[end + 1 : start])
