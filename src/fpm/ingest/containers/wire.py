"""The form in which a sheet travels from the parsing process to the frame: columns of few rows.

Blocks hold so few rows that their cells stay in the processor's cache while rows become columns.
A column of a block is sent as the floats themselves when it holds nothing else; otherwise as text,
its cells joined by US (a control character that XML 1.0 forbids and no office types), so that
polars reads millions of cells at once without quoting. Numbers among texts are written as Python
writes floats: the point or exponent in ``202610.0`` shows that the cell was a number, which
matters because an ID that went through a number has lost digits. Text alone is told from text with
other cells among it: what looks like a number in it is written just so.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple

from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import MIB

CELL: Final = "\x1f"
US: Final = CELL.encode()
"""The same in the encoded text."""

READY: Final = b"\x06"
"""What a parsing process says behind an ending when it takes another file."""

_BLOCK_CELLS: Final = 16_384
BLOCK_BYTES: Final = MIB // 2
"""Text of a block, about, where the texts are long."""
_FIRST_ROWS: Final = 64
_GROWTH: Final = 8
"""The first block has few rows, the next at most so many times as many: they may be long."""
_MOST_BYTES: Final = 32 * MIB
"""Text of a block, whatever was before it."""
_LENGTH: Final = 8
_ENDING: Final = "ending"
NUMBERS, TEXTS, MIXED = b"n", b"t", b"m"
"""What the cells of a column of a block are: all floats, all texts, or some of them texts."""

_WIDE = 256
_RESERVED: Final = (CELL, "\x1e", "\x1d", "\x00")
_SPACES = str.maketrans(dict.fromkeys(_RESERVED, " "))


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What is known of a sheet beside its cells."""

    name: str
    width: int = 0
    hidden: bool = False
    typed: bool = True
    """Cells carry types (workbooks); false for text files, where every cell is text, also one that
    was a number before it was exported."""
    date1904: bool = False
    notes: tuple[str, ...] = ()
    merges: tuple[tuple[int, int, int], ...] = ()
    """Cells merged over rows: first row, last row, leftmost column, from 0."""
    ragged: tuple[int, ...] = ()
    """Rows (from 1) of a text file whose number of cells contradicts the others."""


class Cells(NamedTuple):
    """One column of a block: native 64-bit floats, or UTF-8 text with cells apart by US."""

    kind: bytes
    """``NUMBERS``, ``TEXTS`` or ``MIXED``."""
    data: bytes


Block = tuple[Cells, ...]
"""Some rows of a sheet, column by column."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: its head, and its cells as blocks of rows.

    ``blocks`` may be a stream: read it to the end before asking for the next sheet.
    """

    head: SheetHead
    blocks: Iterable[Block] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands behind the last sheet of a file.

    ``refused``: why the file is not read, though sheets of it were written.
    """

    refused: str | None = None
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """Rows as blocks of ``width`` columns, at least two, or more."""

    width: int
    blocks: Iterator[Block]


def encode_rows(rows: Iterable[Sequence[Any]], width: int, limit: int) -> EncodedRows:
    """Encode typed rows block by block; the shorter rows of a block are padded.

    Args:
        rows: Cells as the container reader gives them.
        width: Columns of the widest row known; blocks with wider ones have more.
        limit: Bytes of encoded text allowed; more raise ``UnreadableError`` while iterating.
    """
    if width > _WIDE:
        rows = [_trimmed(row) for row in rows]
        width = max(map(len, rows), default=0)
    width = max(width, 2)
    return EncodedRows(width, _blocks(iter(rows), width, limit))


def _blocks(rows: Iterator[Sequence[Any]], width: int, limit: int) -> Iterator[Block]:
    size = 0
    usual = max(1, _BLOCK_CELLS // width)
    height = min(usual, _FIRST_ROWS)
    while batch := list(islice(rows, height)):
        width = max(width, *map(len, batch))
        columns = zip(*(_padded(row, width) for row in batch), strict=True)
        block = tuple(_encode(column) for column in columns)
        held = sum(len(cells.data) for cells in block)
        size += held
        if size > limit or held > _MOST_BYTES:
            raise UnreadableError("文字总量超过上限，请拆分后重发")
        height = max(1, min(usual, height * _GROWTH, height * BLOCK_BYTES // (held + 1)))
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


def _encode(column: Sequence[Any]) -> Cells:
    kind = TEXTS
    try:
        text = CELL.join(column)
    except TypeError:
        if set(map(type, column)) == {float}:
            return Cells(NUMBERS, array("d", column).tobytes())
        kind = MIXED
        column = [str(cell) for cell in column]
        text = CELL.join(column)
    if text.count(CELL) >= len(column) or any(sign in text for sign in _RESERVED[1:]):
        text = CELL.join([cell.translate(_SPACES) for cell in column])
    return Cells(kind, text.encode("utf-8", "replace"))


def write_sheet(stream: BinaryIO, sheet: RawSheet) -> None:
    """Write one sheet: a line of JSON, then each block behind its length, then a length of 0."""
    stream.write(json.dumps(asdict(sheet.head)).encode() + b"\n")
    try:
        for block in sheet.blocks:
            packed = b"".join(map(_packed, block))
            stream.write(len(packed).to_bytes(_LENGTH) + packed)
    finally:  # also where a sheet turns out too large: the ending tells
        stream.write(bytes(_LENGTH))


def write_ending(stream: BinaryIO, ending: Ending) -> None:
    """Write what stands behind the last sheet."""
    stream.write(json.dumps({_ENDING: asdict(ending)}).encode() + b"\n")


def _packed(cells: Cells) -> bytes:
    return cells.kind + len(cells.data).to_bytes(_LENGTH) + cells.data


def read_sheets(stream: BinaryIO) -> Generator[RawSheet, None, Ending | None]:
    """Read back what ``write_sheet`` wrote, while it is being written.

    Returns:
        What ``write_ending`` wrote; None when the stream was cut off before.
    """
    while (line := stream.readline()).endswith(b"\n"):
        head = json.loads(line)
        if _ENDING in head:
            return Ending(**head[_ENDING])
        head["notes"] = tuple(head["notes"])
        head["ragged"] = tuple(head["ragged"])
        head["merges"] = tuple((first, last, column) for first, last, column in head["merges"])
        blocks = _read_blocks(stream)
        yield RawSheet(SheetHead(**head), blocks)
        for _ in blocks:  # what the caller left of this sheet stands before the next
            pass
    return None


def _read_blocks(stream: BinaryIO) -> Iterator[Block]:
    while size := int.from_bytes(stream.read(_LENGTH)):
        packed = stream.read(size)
        if len(packed) < size:
            return
        yield tuple(_unpacked(packed))


def _unpacked(packed: bytes) -> Iterator[Cells]:
    position = 0
    while position < len(packed):
        start = position + 1 + _LENGTH
        end = start + int.from_bytes(packed[position + 1 : start])
        yield Cells(packed[position : position + 1], packed[start:end])
        position = end
