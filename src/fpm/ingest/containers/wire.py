"""The text in which a sheet travels from the parsing process to the frame: unit separators.

Cells are joined by US, rows by RS (control characters that XML 1.0 forbids and no office types),
so polars reads millions of cells at once without quoting. A cell that was a *number* starts with
STX: an ID that went through a number has lost digits, and 2026.1 may be January or October.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, BinaryIO, Final

CELL: Final = "\x1f"
ROW: Final = "\x1e"
NUMBER: Final = "\x02"

_BATCH = 4096
_WIDE = 256
_MARKS = str.maketrans(dict.fromkeys((CELL, ROW, NUMBER, "\x00"), " "))
_EXACT_BELOW = 1e15
"""From 16 digits on a spreadsheet number has lost digits (15 significant digits are kept)."""


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What is known of a sheet beside its cells."""

    name: str
    width: int
    height: int
    hidden: bool = False
    typed: bool = True
    """Cells carry types (workbooks); false for text files, where every cell is text."""
    date1904: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: its head and its cells as separated UTF-8 text."""

    head: SheetHead
    cells: bytes


def number_text(value: float) -> str:
    """Write a spreadsheet number as people see it, marked as a number.

    Integers below 10¹⁵ are exact and come without a point; anything longer is written in
    scientific form with 15 significant digits, so that a damaged ID never looks whole.
    """
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return ""
    if abs(value) >= _EXACT_BELOW:
        return f"{NUMBER}{value:.14E}"
    if value == int(value):
        return f"{NUMBER}{int(value)}"
    return f"{NUMBER}{value!r}"


def cell_text(value: Any) -> str:
    """Write one typed cell as text (dates as ISO, booleans as TRUE/FALSE)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time.min
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


class TooMuchTextError(Exception):
    """The cells of one sheet hold more text than the limit allows."""


def encode_rows(rows: Iterable[Sequence[Any]], width: int, limit: int) -> tuple[bytes, int, int]:
    """Encode typed rows; short rows are padded to ``width``.

    Args:
        rows: Cells as the container reader gives them.
        width: Columns of the widest row.
        limit: Bytes of encoded text allowed.

    Returns:
        The encoded cells, the width used and the number of rows.

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
        block = _encode_batch(batch, width)
        height += len(batch)
        size += len(block)
        if size > limit:
            raise TooMuchTextError
        blocks.append(block)
    return b"".join(blocks), width, height


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """The row without trailing blanks: a stray format far to the right is not a column."""
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _encode_batch(batch: list[Sequence[Any]], width: int) -> bytes:
    lines = []
    for row in batch:
        cells = [cell if cell.__class__ is str else cell_text(cell) for cell in row]
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        lines.append(CELL.join(cells))
    text = ROW.join(lines) + ROW
    if _is_clean(text, batch, width):
        return text.encode("utf-8", "replace")
    return _encode_suspicious(batch, width)


def _is_clean(text: str, batch: list[Sequence[Any]], width: int) -> bool:
    numbers = sum(
        1 for row in batch for cell in row if cell.__class__ is float or cell.__class__ is int
    )
    return (
        text.count(CELL) == len(batch) * (width - 1)
        and text.count(ROW) == len(batch)
        and text.count(NUMBER) == numbers
        and "\x00" not in text
    )


def _encode_suspicious(batch: list[Sequence[Any]], width: int) -> bytes:
    """Encode a batch whose text holds our own separators: they become spaces."""
    lines = []
    for row in batch:
        cells = [
            cell.translate(_MARKS) if isinstance(cell, str) else cell_text(cell) for cell in row
        ]
        cells += [""] * (width - len(cells))
        lines.append(CELL.join(cells))
    return (ROW.join(lines) + ROW).encode("utf-8", "replace")


def write_sheet(stream: BinaryIO, sheet: RawSheet) -> None:
    """Write one sheet: a line of JSON, then as many bytes as that line announces."""
    head = {**asdict(sheet.head), "bytes": len(sheet.cells)}
    stream.write(json.dumps(head).encode() + b"\n")
    stream.write(sheet.cells)


def read_sheets(data: bytes) -> Iterator[RawSheet]:
    """Read back what ``write_sheet`` wrote."""
    view = memoryview(data)
    start = 0
    while start < len(data):
        end = data.index(b"\n", start)
        head = json.loads(bytes(view[start:end]))
        size = head.pop("bytes")
        head["notes"] = tuple(head["notes"])
        yield RawSheet(SheetHead(**head), bytes(view[end + 1 : end + 1 + size]))
        start = end + 1 + size
