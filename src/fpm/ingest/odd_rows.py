"""A block of delimited text with odd rows in it → its cells, and which rows have moved.

Rows are judged as ``containers.delimited`` judges those of a whole text; where that takes more than
the block, the whole text must be looked at.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.grid import Piece, column_names
from fpm.ingest.header import HEAD_COLUMNS
from fpm.ingest.trimming import trimmed

Rows = Sequence[Sequence[str]]
_MOST_CELLS: Final = 1_000_000
"""A block has as many where hardly any of them holds something."""


def read_odd_rows(text: str, separator: str, width: int) -> Piece:
    """Read a block row by row.

    Args:
        text: The block.
        separator: One character.
        width: Cells of a usual row; 0 to take it from this block.

    Raises:
        IrregularTextError: What its rows are cannot be told without the rest of the text.
    """
    if text.count(separator) + text.count("\n") > _MOST_CELLS:
        raise IrregularTextError
    if f'{separator} "' in text or '"' in _quoted(separator).sub("", text):
        raise IrregularTextError
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:  # a cell of many lines
        raise IrregularTextError from error
    width = width or _usual_width(rows)
    odd = [number for number, row in enumerate(rows) if len(row) not in {0, width}]
    if _has_swallowed(rows, separator, width):
        raise IrregularTextError
    short = [number for number in odd if len(rows[number]) < width]
    long = [number for number in odd if any(cell.strip() for cell in rows[number][width:])]
    return Piece(
        cells=_cells(rows, width, text),
        ragged=tuple(sorted({*short, *long})),
        short=sum(1 for number in short if any(rows[number])),
        odd=tuple(odd),
    )


def _quoted(separator: str) -> re.Pattern[str]:
    """A cell in quotes, from one separator or line end to the next."""
    ends = rf"{re.escape(separator)}\r\n"
    return re.compile(rf'(?:\A|(?<=[{ends}]))"[^"]*+(?:""[^"]*+)*+"(?=[{ends}]|\Z)')


def _usual_width(rows: Rows) -> int:
    counts = Counter(map(len, rows))
    del counts[0]
    width = max(counts, key=lambda one: counts[one], default=0)
    if not 2 <= width < HEAD_COLUMNS:
        raise IrregularTextError
    return width


def _has_swallowed(rows: Rows, separator: str, width: int) -> bool:
    """A line inside a cell looks like a row: a quote before it was left open."""
    return any(
        line.count(separator) >= width - 1
        for row in rows
        for cell in row
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()[1:]
    )


def _cells(rows: Rows, width: int, text: str) -> pl.DataFrame:
    padded = ([*row[:width], *[""] * (width - len(row))] for row in rows)
    names = column_names(width)
    frame = pl.DataFrame(dict(zip(names, zip(*padded, strict=True), strict=True)))
    return trimmed(frame, [(names, text.encode("utf-8", "replace"))])
