"""How many cells of each row are of a kind, asked of all cells at once.

An expression for each column would have to be prepared as often as there are columns, and then
be asked of the few rows of a table that are in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl

_CELLS_AT_ONCE: Final = 1_000_000


def count_cells(rows: pl.DataFrame, *tests: Callable[[pl.Expr], pl.Expr]) -> list[pl.Series]:
    """Count, for each test, the cells of each row that pass it.

    Args:
        rows: String columns, one at least.
        tests: Boolean expressions over a cell; a null is no pass.

    Returns:
        One series of counts a test, as long as ``rows``.
    """
    height = max(1, _CELLS_AT_ONCE // rows.width)
    parts = [_counts(part, tests) for part in rows.iter_slices(height)]
    return [pl.concat(counts) for counts in zip(*parts, strict=True)]


def _counts(rows: pl.DataFrame, tests: tuple[Callable[[pl.Expr], pl.Expr], ...]) -> list[pl.Series]:
    cells = pl.concat(rows.get_columns()).alias("cell").to_frame()
    passed = cells.select(
        test(pl.col("cell")).fill_null(value=False).alias(str(number))
        for number, test in enumerate(tests)
    )
    return [
        pl.Series(column.to_numpy().reshape(rows.width, rows.height).sum(axis=0, dtype=np.int64))
        for column in passed
    ]


def squeezed(cell: pl.Expr) -> pl.Expr:
    """Cells without white space."""
    return cell.str.replace_all(r"\s+", "")


def without_spaces(rows: pl.DataFrame) -> pl.DataFrame:
    """String columns with every cell ``squeezed``; few sheets have one that needs it."""
    spaced = rows.width and pl.concat(rows.get_columns()).str.contains(r"\s").any()
    return rows.with_columns(squeezed(pl.all())) if spaced else rows
