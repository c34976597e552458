"""Rows that look like people where no header says what their columns are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from fpm.ingest.grid import Grid
from fpm.ingest.quarantine import Code, Column, Place, troubles
from fpm.ingest.row_counts import count_cells

_ID: Final = r"^\d{17}[\dXx]$|^\d\.\d{10,}E\+17$"


def look_for_people(grid: Grid) -> tuple[int, tuple[int, ...]]:
    """Read a sheet to its end.

    Returns:
        How many rows it has, and those (from 1) that hold an ID number.
    """
    height, likely = 0, []
    for cells in _pieces(grid):
        if not cells.is_empty():
            (numbers,) = count_cells(cells, lambda cell: cell.str.contains(_ID))
            likely += ((numbers > 0).arg_true() + height + 1).to_list()
        height += cells.height
    return height, tuple(likely)


def _pieces(grid: Grid) -> Iterator[pl.DataFrame]:
    yield grid.cells
    for piece in grid.more or ():
        yield piece.cells


def strays(rows: tuple[int, ...], place: Place, code: Code) -> pl.DataFrame:
    """Rows set aside because nobody knows what their columns are (QUARANTINE_SCHEMA)."""
    listed = pl.DataFrame({"row": rows}, schema={"row": pl.UInt32}).with_columns(
        value=pl.lit(None, dtype=pl.String), code=pl.lit(code)
    )
    return troubles(listed, Column(), place)
