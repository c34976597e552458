"""Cells of a sheet's XML that a parser reads as something else without a word.

Of a cell given twice, or with two contents, python-calamine keeps one; of an inline text given as
a value, nothing; of a value in several pieces (a comment, CDATA, a character reference in a number)
or a text with a tag inside, one piece; and of a reference to a shared text that is no whole number,
the first text of all. A cell that says it is in another row goes there.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fpm.ingest.containers.marks import ODD_CONTENT, TWICE

_ROW: Final = b"<row"
_ADDRESS: Final = re.compile(rb"""<(?:\w+:)?c\b[^<>]*?\sr=["']([A-Za-z]{1,3}\d{1,7})["']""")
_ROW_OR_CELL: Final = re.compile(
    rb"""<(?:\w+:)?(?:row\b(?:[^<>]*?\sr=["'](\d+)["'])?|c\b[^<>]*?\sr=["'][A-Za-z]+(\d+)["'])"""
)
_NUMBER: Final = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
_COLUMN_AT: Final = 6
"""Where the letters of ``<c r="AB12"`` begin."""
_INLINE_TYPE: Final = np.frombuffer(b'Str">', dtype=np.uint8)
"""How the tag of a cell ends that says its text is inline: an address in it ends in digits."""
_LOOKAHEAD: Final = _COLUMN_AT + 3
_LONGEST: Final = 1 << 23
"""Bytes of one row; a longer one is looked at in pieces."""
_NO_INDEX: Final = re.compile(rb"""t=["']s["'][^<>]*>\s*<(?:\w+:)?v>(?!\d{1,9}</)""")
"""A cell whose text is elsewhere, and which does not say where."""
_UNUSUAL: Final = re.compile(rb"""t=["']s["'](?!><v>\d{1,9}</)""")
"""Stands in each such cell, and in few others: a quick search."""
_REFERENCE_IN_NUMBER: Final = re.compile(
    rb"""<(?:\w+:)?c\b(?![^<>]*\st=)[^<>]*>(?:<f\b[^<>]*(?:/>|>[^<]*</f>))?<(?:\w+:)?v>[^<&]*&#"""
)
_PREFIXED: Final = re.compile(rb"<\w+:v>[^<]*<(?!/)|</\w+:v>\s*<(?!/)")
"""The order of tags in sheets that write a prefix before all of them, as hardly a program does."""
_PREFIX: Final = re.compile(rb":[cv][ >]")
"""Stands in those sheets: for few bytes ``search`` is three times as fast as ``in``."""

_KINDS: Final = 16
_OTHER, _ROW_BEGINS, _CELL, _VALUE, _TEXT, _INLINE, _FORMULA = range(7)
_CELL_ENDS, _VALUE_ENDS, _INLINE_ENDS, _TEXT_ENDS = range(7, 11)
"""What a tag is, by the two characters after ``<``."""
_TAGS: Final = {
    b"ro": _ROW_BEGINS,
    b"c ": _CELL,
    b"v>": _VALUE,
    b"v ": _VALUE,
    b"t>": _TEXT,
    b"t ": _TEXT,
    b"is": _INLINE,
    b"f>": _FORMULA,
    b"f ": _FORMULA,
    b"f/": _FORMULA,
    b"/c": _CELL_ENDS,
    b"/v": _VALUE_ENDS,
    b"/i": _INLINE_ENDS,
    b"/t": _TEXT_ENDS,
}
_KIND: Final = np.zeros(1 << 16, dtype=np.uint8)
_KIND[[int.from_bytes(start) for start in _TAGS]] = list(_TAGS.values())
_FILLS: Final = np.isin(np.arange(_KINDS), [_VALUE, _INLINE, _FORMULA])
"""Which tags, right after that of a cell, show that something stands in it."""
_ODD: Final = np.zeros(_KINDS * _KINDS, dtype=np.bool_)
"""Which two tags must not follow each other, the first sixteenfold plus the second."""
for _first, _only in ((_VALUE_ENDS, _CELL_ENDS), (_INLINE_ENDS, _CELL_ENDS), (_VALUE, _VALUE_ENDS)):
    _ODD[_first * _KINDS : (_first + 1) * _KINDS] = np.arange(_KINDS) != _only
_ODD[_TEXT * _KINDS : (_TEXT + 1) * _KINDS] = np.arange(_KINDS) != _TEXT_ENDS
_ODD[_TEXT_ENDS * _KINDS + _TEXT] = True


class WholeRows:
    """Cuts the XML of a sheet, given block by block, at the beginnings of rows."""

    def __init__(self) -> None:
        self._rest = b""

    def cut(self, block: bytes, *, last: bool = False) -> bytes:
        """The rows that end in this block, with what stands beside them."""
        text = self._rest + block
        cut = len(text) if last else max(text.rfind(_ROW), 0)
        if not cut and len(text) > _LONGEST:
            cut = text.rfind(b"<")
        self._rest = text[cut:]
        return text[:cut]


class CellFaults:
    """Looks through the XML of a sheet some rows at a time."""

    def __init__(self) -> None:
        self.height = self.width = 0
        """The last row with a filled cell, and columns up to the rightmost one."""

    def find(self, rows: bytes) -> str:
        """The first fault of some rows, in Chinese; ``""`` for none."""
        codes = np.frombuffer(rows + bytes(_LOOKAHEAD), dtype=np.uint8)
        opened = np.flatnonzero(codes[: len(rows)] == ord("<"))
        tags = _KIND[codes[opened + 1].astype(np.uint16) << 8 | codes[opened + 2]]
        if _has_odd_content(rows, codes, opened, tags):
            return ODD_CONTENT
        is_cell = tags == _CELL
        cells = opened[is_cell]
        columns = _columns(codes, cells + _COLUMN_AT)
        self._measure(rows, cells, columns, _FILLS[np.append(tags[1:], _OTHER)][is_cell])
        # each cell's row: how many rows have begun before it
        row = np.cumsum(tags == _ROW_BEGINS)[is_cell]
        in_order = not np.any((row[1:] == row[:-1]) & (columns[1:] <= columns[:-1]))
        if in_order and not (_PREFIX.search(rows) and b":c " in rows):
            return ""
        if _is_misplaced(rows):
            return ODD_CONTENT
        found = [address.upper() for address in _ADDRESS.findall(rows)]
        return TWICE if len(set(found)) < len(found) else ""

    def _measure(
        self,
        rows: bytes,
        cells: NDArray[np.intp],
        columns: NDArray[np.int32],
        filled: NDArray[np.bool_],
    ) -> None:
        """Note how far the filled cells reach."""
        if not filled.any():
            return
        self.width = max(self.width, int(columns[filled].max()))
        last = _NUMBER.match(rows, int(cells[filled][-1]))
        self.height = max(self.height, int(last[1]) if last else 0)


def _has_odd_content(
    rows: bytes, codes: NDArray[np.uint8], opened: NDArray[np.intp], tags: NDArray[np.uint8]
) -> bool:
    """A value is text between two tags, and the last thing in its cell."""
    pairs = tags[:-1] * _KINDS + tags[1:]
    values = opened[1:][pairs == _CELL * _KINDS + _VALUE]
    before = values[codes[values - len(_INLINE_TYPE)] == _INLINE_TYPE[0]]
    ends = codes[before[:, None] - np.arange(len(_INLINE_TYPE), 0, -1)]
    if (ends == _INLINE_TYPE).all(axis=1).any():  # t="inlineStr"><v>: read as nothing
        return True
    odd = np.flatnonzero(_ODD[pairs])
    blank = np.isin(tags[odd], [_VALUE, _TEXT]) & (codes[opened[odd + 1] - 2] == ord("/"))
    beside = (tags[odd] == _TEXT) & (codes[opened[odd + 1] + 1] == ord("!"))  # comment, CDATA
    other = (tags[odd] == _INLINE_ENDS) & (codes[opened[odd] + 3] != ord("s"))  # ignoredErrors
    if not all(_is_blank(rows, int(at)) for at in opened[odd[~(blank | beside | other)]]):
        return True
    if b"&" in rows and b"&#" in rows and _REFERENCE_IN_NUMBER.search(rows):
        return True
    if _UNUSUAL.search(rows) and _NO_INDEX.search(rows):
        return True
    return bool(_PREFIX.search(rows) and _PREFIXED.search(rows))


def _is_blank(rows: bytes, at: int) -> bool:
    """Whether a tag is a value or a text without content, as ``<t xml:space="preserve" />``."""
    return rows.startswith((b"<v", b"<t"), at) and rows[rows.find(b">", at) - 1] == ord("/")


def _is_misplaced(rows: bytes) -> bool:
    """Whether a cell says that it is in another row than the one it stands in."""
    row = None
    for found in _ROW_OR_CELL.finditer(rows):
        if found[2] is None:
            row = found[1]
        elif row is not None and found[2] != row:
            return True
    return False


def _columns(codes: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.int32]:
    """Column numbers by the one to three letters that begin at ``at``."""
    number = np.zeros(len(at), dtype=np.int32)
    going = np.ones(len(at), dtype=np.bool_)
    for place in range(3):
        letter = codes[at + place].astype(np.int32) - (ord("A") - 1)
        going &= (letter >= 1) & (letter <= 26)
        number = np.where(going, number * 26 + letter, number)
    return number
