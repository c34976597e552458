"""Cells that a sheet's XML gives twice: a parser keeps one of them without a word."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

_ROW: Final = b"<row"
_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"')
_COLUMN_AT: Final = 6
"""Where the letters of ``<c r="AB12"`` begin."""
_LONGEST: Final = 1 << 23
"""Bytes of one row; a longer one is looked at in pieces."""


class CellOrder:
    """Looks through the XML of a sheet block by block."""

    def __init__(self) -> None:
        self._rest = b""

    def gives_twice(self, block: bytes, *, last: bool = False) -> bool:
        """Whether a row that ends in this block has two cells of one address."""
        text = self._rest + block
        cut = len(text) if last else text.rfind(_ROW)
        if cut <= 0 and len(text) > _LONGEST:
            cut = len(text)
        self._rest = text[max(cut, 0) :]
        return cut > 0 and _has_twice(text[:cut])


def _has_twice(rows: bytes) -> bool:
    """Two cells alike in some rows; cells in order, as all programs write them, have none."""
    codes = np.frombuffer(rows + bytes(_COLUMN_AT + 3), dtype=np.uint8)
    opened = np.flatnonzero(codes == ord("<"))
    opened = opened[opened < len(rows)]
    cells = opened[(codes[opened + 1] == ord("c")) & (codes[opened + 2] == ord(" "))]
    if len(cells) < 2:
        return False
    starts = opened[(codes[opened + 1] == ord("r")) & (codes[opened + 2] == ord("o"))]
    row = np.searchsorted(starts, cells)
    column = _columns(codes, cells + _COLUMN_AT)
    if not np.any((row[1:] == row[:-1]) & (column[1:] <= column[:-1])):
        return False
    found = _CELL.findall(rows)
    return len(set(found)) < len(found)


def _columns(codes: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.int32]:
    """Column numbers by the one to three letters that begin at ``at``."""
    number = np.zeros(len(at), dtype=np.int32)
    going = np.ones(len(at), dtype=np.bool_)
    for place in range(3):
        letter = codes[at + place].astype(np.int32) - (ord("A") - 1)
        going &= (letter >= 1) & (letter <= 26)
        number = np.where(going, number * 26 + letter, number)
    return number
