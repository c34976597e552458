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

from fpm.ingest.containers.sniff import UnreadableError

CELL: Final = "\x1f"
ROW: Final = "\x1e"
_ESCAPE: Final = "\x1d"

_BATCH = 16_384
_LENGTH: Final = 8

_WIDE = 256
_SPACES = str.maketrans(dict.fromkeys((CELL, ROW, _ESCAPE, "\x00"), " "))


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What is known of a sheet beside its cells."""

    name: str
    width: int = 0
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
    """One sheet: its head, and its cells as blocks of separated UTF-8 text.

    ``blocks`` may be a stream: read it to the end before asking for the next sheet.
    """

    head: SheetHead
    blocks: Iterable[bytes] = ()


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """Rows as separated UTF-8 text; every row has ``width`` cells, at least two."""

    width: int
    blocks: Iterator[bytes]


def encode_rows(rows: Iterable[Sequence[Any]], width: int, limit: int) -> EncodedRows:
    """Encode typed rows block by block; rows shorter than ``width`` are padded.

    Args:
        rows: Cells as the container reader gives them.
        width: Columns of the widest row.
        limit: Bytes of encoded text allowed; more raise ``UnreadableError`` while iterating.
    """
    if width > _WIDE:
        rows = [_trimmed(row) for row in rows]
        width = max(map(len, rows), default=0)
    width = max(width, 2)
    return EncodedRows(width, _blocks(iter(rows), width, limit))


def _blocks(rows: Iterator[Sequence[Any]], width: int, limit: int) -> Iterator[bytes]:
    size = 0
    while batch := list(islice(rows, _BATCH)):
        block = _encode_batch([_padded(row, width) for row in batch])
        size += len(block)
        if size > limit:
            raise UnreadableError("文字总量超过上限，请拆分后重发")
        yield block


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
    """Write one sheet: a line of JSON, then each block behind its length, then a length of 0."""
    stream.write(json.dumps(asdict(sheet.head)).encode() + b"\n")
    stream.writelines(len(block).to_bytes(_LENGTH) + block for block in sheet.blocks)
    stream.write(bytes(_LENGTH))


def read_sheets(stream: BinaryIO) -> Iterator[RawSheet]:
    """Read back what ``write_sheet`` wrote, while it is being written.

    A stream that is cut off ends without a word: the writer's exit code tells why.
    """
    while (line := stream.readline()).endswith(b"\n"):
        head = json.loads(line)
        head["notes"] = tuple(head["notes"])
        head["ragged"] = tuple(head["ragged"])
        head["merges"] = tuple((first, last, column) for first, last, column in head["merges"])
        blocks = _read_blocks(stream)
        yield RawSheet(SheetHead(**head), blocks)
        for _ in blocks:  # what the caller left of this sheet stands before the next
            pass


def _read_blocks(stream: BinaryIO) -> Iterator[bytes]:
    while size := int.from_bytes(stream.read(_LENGTH)):
        block = stream.read(size)
        if len(block) < size:
            return
        yield block
