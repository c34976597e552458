"""Outsiders whom another list makes known: how often a list names them, too.

A county's lists hold much the same people of the roster, but each may have its own outsiders. Of a
namesake known from another list a row then hardly speaks. How often outsiders return is counted on
those with a valid number, against how often the list names anybody of the roster.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.match.classes import OUTSIDE

Floats = NDArray[np.float64]

_ROWS: Final = 5.0
"""Rows that "as often as people of the roster" is worth against those of all lists, and what these
are worth against those of one list."""


def returning_outsiders(asked: pl.DataFrame, lists: int, people: int) -> Floats:
    """(lists,) log of how much oftener a list names an outsider of another than a roster's person.

    Args:
        asked: queries with class and ``rows``.
        lists: number of lists.
        people: of the roster.
    """
    named = (
        asked.filter(pl.col("cls").is_in(OUTSIDE) & pl.col("k").is_not_null())
        .group_by("k", "x")
        .agg(pl.col("rows").sum())
        .with_columns(known=pl.len().over("k") > 1)
    )
    again = named.filter(pl.col("known") & (pl.col("rows") == 1))
    found, here = (_by_list(frame["x"], lists) for frame in (again, named))
    settled = asked.filter(pl.col("cls") == "A")
    usual = _by_list(settled["x"], lists, settled["rows"]) / max(people, 1)
    expected = (named["k"].n_unique() - here) * usual
    common = (found.sum() + _ROWS) / (expected.sum() + _ROWS)
    share: Floats = np.log((found + common * _ROWS) / (expected + _ROWS))
    return share


def _by_list(number: pl.Series, lists: int, rows: pl.Series | None = None) -> Floats:
    weights = None if rows is None else rows.to_numpy()
    counted = np.bincount(number.to_numpy(), weights=weights, minlength=lists)
    return counted.astype(np.float64)
