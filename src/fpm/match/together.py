"""Rows of one household that stand together: who is named on the rows beside says who is meant.

Many lists are written household by household. In such a list the namesake who lives elsewhere
stands between strangers, and the person himself beside his family. How often a row has its own
household beside it is counted on the list's sure rows; a list in another order tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.match.beside import first_spots, sure_spots

Floats = NDArray[np.float64]

_CHANCE: Final = 0.003
"""Share of rows beside which somebody else's household is met: relatives living with them."""

_MOST: Final = 5.0
"""No household beside is worth more: a neighbour may be a relative's namesake."""

_ROWS: Final = 20.0
"""Rows that ``_CHANCE`` is worth as what is usual, before any is seen."""

_LEVELS: Final = 5
"""Levels: nobody settled beside; of one settled neighbour another household, the own; of two."""


@dataclass(frozen=True, slots=True)
class Together:
    """What stands beside undecided queries, and what that tells in their list.

    Attributes:
        homes: ``q``, ``before``, ``after`` (UInt32: household of the settled row there, or null),
            sorted by ``q``.
        told: (lists, 2, 5) log ratio by whether the candidate lives alone, and level.
    """

    homes: pl.DataFrame
    told: Floats


def look_around(
    rows: pl.DataFrame, classed: pl.DataFrame, people: pl.DataFrame, lists: int
) -> Together:
    """Households beside undecided queries, and beside sure ones.

    Args:
        rows: ``q``, ``place``, ``before`` and ``after`` of each record.
        classed: queries with class.
        people: roster.
        lists: number of lists.
    """
    undecided = classed["cls"].is_in(["B", "D"]).gather(rows["q"])
    spots = first_spots(rows.select("q", "place", "before", "after").filter(undecided))
    settled = classed.select(pl.when(pl.col("cls") == "A").then("owner_hh")).to_series()
    known = _homes(first_spots(sure_spots(rows, classed, lists)), settled)
    own = classed["owner_hh"].gather(known["q"])
    sizes = np.bincount(people["hh"].to_numpy())
    cell = classed["x"].gather(known["q"]).to_numpy().astype(np.intp) * 2
    cell = (cell + (sizes[own.to_numpy()] == 1)) * _LEVELS + _levels(known, own)
    seen = np.bincount(cell, minlength=lists * 2 * _LEVELS).reshape(lists, 2, _LEVELS)
    told: Floats = np.zeros((lists, 2, _LEVELS))
    for away, home in ((1, 2), (3, 4)):
        both = seen[:, :, away] + seen[:, :, home]
        share = np.minimum((seen[:, :, home] + _CHANCE * _ROWS) / (both + _ROWS), 0.98)
        told[:, :, away] = np.log1p(-share) - np.log1p(-_CHANCE)
        told[:, :, home] = np.maximum(np.log(share) - np.log(_CHANCE), 0.0)
    return Together(_homes(spots, settled), np.minimum(told, _MOST))


def with_homes_beside(
    pairs: pl.DataFrame, together: Together, people: pl.DataFrame
) -> pl.DataFrame:
    """Pairs with ``home_beside`` (UInt8: 1 the own household is) and ``told_beside`` (Float64).

    Args:
        pairs: ``q``, ``ra``, ``x``, ``hh``.
        together: of the run.
        people: roster and known outsiders; of these nothing is told.
    """
    beside = pairs.select("q").join(together.homes, on="q", how="left", maintain_order="left")
    level = _levels(beside, pairs["hh"])
    sizes = np.bincount(people["hh"].to_numpy())
    alone = (sizes[pairs["hh"].to_numpy()] == 1).astype(np.intp)
    told = together.told[pairs["x"].to_numpy(), alone, level]
    told = np.where(people["inside"].gather(pairs["ra"]).to_numpy(), told, 0.0)
    own = (level > 0) & (level % 2 == 0) & (told > 0)
    return pairs.with_columns(
        home_beside=pl.Series(own.astype(np.uint8)), told_beside=pl.Series(told)
    )


def _homes(spots: pl.DataFrame, settled: pl.Series) -> pl.DataFrame:
    """``q``, ``before``, ``after`` of spots that have a settled neighbour."""
    sides = [settled.gather(spots[side]).alias(side) for side in ("before", "after")]
    found = spots.select("q").with_columns(sides)
    return found.filter(pl.any_horizontal(pl.col("before", "after").is_not_null())).sort("q")


def _levels(beside: pl.DataFrame, home: pl.Series) -> NDArray[np.intp]:
    """What stands beside, seen from each ``home``."""
    before, after = pl.col("before"), pl.col("after")
    met = before.eq_missing(pl.col("home")) | after.eq_missing(pl.col("home"))
    many = before.is_not_null().cast(pl.UInt8) + after.is_not_null()
    level = pl.when(many == 0).then(0).otherwise(many * 2 - 1 + met)
    levels = beside.with_columns(home.alias("home")).select(level).to_series()
    return levels.to_numpy().astype(np.intp)
