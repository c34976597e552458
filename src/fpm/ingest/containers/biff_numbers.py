"""Numbers in the records of an xls, where their format makes something else of them.

The records are Format, XF, Number, RK, MulRk and Formula of [MS-XLS]; a cell names the place of its
style in the list of all XF records.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from fpm.ingest.containers import number_formats

_FORMAT: Final = 0x41E
_STYLE: Final = 0xE0
_NUMBER: Final = 0x203
_RK: Final = 0x27E
_MANY_RK: Final = 0xBD
FORMULA: Final = 0x06
NO_NUMBER: Final = b"\xff\xff"
"""End of a formula's result that is no number."""
_HUNDREDTHS, _IS_WHOLE = 1, 2
"""Bits of an RK number."""

Record = tuple[int, bytes]
"""Number and content."""


def styles_in_question(records: Iterable[Record]) -> dict[int, str]:
    """The styles under which a number means something else, with the codes of their formats.

    Args:
        records: The globals of a workbook.
    """
    formats: dict[int, str] = {}
    used: list[int] = []
    for number, content in records:
        if number == _FORMAT:
            name, length, flags = struct.unpack_from("<HHB", content, 0)
            wide = flags & 1
            text = content[5 : 5 + (length << wide)]
            formats[name] = text.decode("utf-16-le" if wide else "latin-1", "replace")
        elif number == _STYLE:
            used.append(struct.unpack_from("<H", content, 2)[0])
    return number_formats.styles_in_question(formats, used)


def shown(record: Record, styles: Mapping[int, str]) -> Iterator[tuple[int, int, str]]:
    """Row (from 1), column (from 0) and text of the record's numbers that mean something else."""
    if not styles:
        return
    for row, column, style, value in _numbers(*record):
        if style in styles and math.isfinite(value):
            yield row + 1, column, number_formats.shown(repr(value), styles[style])


def _numbers(number: int, content: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Row and column (from 0), style and value of the numbers in a record."""
    if number == _NUMBER or (number == FORMULA and content[12:14] != NO_NUMBER):
        yield struct.unpack_from("<HHHd", content, 0)
    elif number == _RK:
        row, column, style, packed = struct.unpack_from("<HHHI", content, 0)
        yield row, column, style, _unpacked(packed)
    elif number == _MANY_RK:
        row, first = struct.unpack_from("<HH", content, 0)
        cells = struct.iter_unpack("<HI", content[4 : 4 + (len(content) - 6) // 6 * 6])
        for column, (style, packed) in enumerate(cells, first):
            yield row, column, style, _unpacked(packed)


def _unpacked(packed: int) -> float:
    """The number of an RK: 30 bits of a whole number or of a float, perhaps in hundredths."""
    if packed & _IS_WHOLE:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        (value,) = struct.unpack("<d", bytes(4) + struct.pack("<I", packed & 0xFFFFFFFC))
    return value / 100 if packed & _HUNDREDTHS else value
