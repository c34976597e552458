"""Rows that were not cut into cells: written with other separators than the table."""

from __future__ import annotations

from typing import Final

import polars as pl

_NUMBER: Final = r"(?:^|\D)(?:\d{15}|\d{17}[\dXx])(?:\D|$)"
"""Somebody's."""


def uncut(cell: pl.Expr) -> pl.Expr:
    """Whether a cell that stands alone in its row holds a person, with number and all."""
    return cell.str.contains(_NUMBER).fill_null(value=False)


def without_uncut(cells: pl.DataFrame, labels: pl.Series) -> pl.Series:
    """The labels of rows; ``blank`` is none that fills a single unread cell with a person."""
    blank = (labels == "blank").fill_null(value=False)
    if not blank.any():
        return labels
    rows = cells.filter(blank)
    single = pl.sum_horizontal(pl.all().is_not_null()) == 1
    found = rows.select(single & uncut(pl.coalesce(pl.all()))).to_series()
    return labels.scatter(blank.arg_true().filter(found), None) if found.any() else labels
