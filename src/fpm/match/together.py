"""Rows of one household that stand together: who is named on the rows beside says who is meant.

Many lists are written household by household. In such a list the namesake who lives elsewhere
stands between strangers, and the person himself beside his family. How often a row has its own
household beside it is counted on the list's sure rows; a list in another order tells nothing.

Rows are sure by their number at first. Where numbers are missing, a whole list's or a township's,
those that the other evidence settles show households as well: they are looked at a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.match.beside import first_spots, sure_spots
from fpm.match.context import FEW
from fpm.match.levels import BEARER_BESIDE, MATE_BESIDE

Floats = NDArray[np.float64]

_CHANCE: Final = 0.003
"""Share of rows beside which somebody else's household is met: relatives living with them."""

_MOST: Final = 5.0
"""No household beside is worth more: a neighbour may be a relative's namesake."""

_ROWS: Final = 20.0
"""Rows that ``_CHANCE`` is worth as what is usual, before any is seen."""

_SETTLED: Final = 0.99
"""Probability from which a row shows whose household stands there."""

_LEVELS: Final = 5
"""Levels: nobody settled beside; of one settled neighbour another household, the own; of two."""


@dataclass(frozen=True, slots=True)
class Together:
    """What stands beside undecided queries, and what that tells in their list.

    Attributes:
        spots: ``q``, ``before`` and ``after`` (queries there) of undecided queries.
        settled: household of each query, null where it is not settled.
        homes: ``q``, ``before``, ``after`` (UInt32: household of the settled row there, or null),
            sorted by ``q``.
        told: (lists, 2, 5) log ratio by whether the candidate lives alone, and level.
        seen: (lists,) settled rows that have a settled neighbour.
    """

    spots: pl.DataFrame
    settled: pl.Series
    homes: pl.DataFrame
    told: Floats
    seen: Floats


def look_around(
    rows: pl.DataFrame, classed: pl.DataFrame, people: pl.DataFrame, lists: int
) -> Together:
    """Households beside undecided queries, and beside those settled by their number.

    Args:
        rows: ``q``, ``x``, ``place``, ``before`` and ``after`` of each record.
        classed: queries with class.
        people: roster.
        lists: number of lists.
    """
    undecided = classed["cls"].is_in(["B", "D"]).gather(rows["q"])
    spots = first_spots(rows.select("q", "place", "before", "after").filter(undecided))
    settled = classed.select(pl.when(pl.col("cls") == "A").then("owner_hh")).to_series()
    told, seen = _count_homes(rows, settled, people, lists)
    return Together(spots, settled, _homes(spots, settled), told, seen)


def look_again(
    together: Together, rows: pl.DataFrame, scored: pl.DataFrame, people: pl.DataFrame
) -> Together:
    """The same, with the queries that are as good as decided for somebody of the roster.

    What that tells is counted anew in lists only that numbers settle too little of.

    Args:
        together: of the first look.
        rows: as there.
        scored: pairs with ``p``.
        people: roster.
    """
    sure = scored.filter((pl.col("p") >= _SETTLED) & (pl.col("ra") < people.height))
    settled = together.settled.clone().scatter(sure["q"], sure["hh"])
    told, poor = together.told, together.seen < FEW
    if poor.any():
        theirs = rows.filter(pl.Series(poor).gather(rows["x"]))
        counted, _ = _count_homes(theirs, settled, people, len(poor))
        told = np.where(poor[:, None, None], counted, told)
    return replace(together, settled=settled, homes=_homes(together.spots, settled), told=told)


def _count_homes(
    rows: pl.DataFrame, settled: pl.Series, people: pl.DataFrame, lists: int
) -> tuple[Floats, Floats]:
    """``told`` and ``seen`` of settled rows."""
    spots = first_spots(sure_spots(rows, settled.is_not_null(), lists))
    known = _homes(spots, settled)
    own = settled.gather(known["q"])
    sizes = np.bincount(people["hh"].to_numpy())
    cell = known["x"].to_numpy().astype(np.intp) * 2
    cell = (cell + (sizes[own.to_numpy()] == 1)) * _LEVELS + _levels(known, own)
    seen = np.bincount(cell, minlength=lists * 2 * _LEVELS).reshape(lists, 2, _LEVELS)
    told: Floats = np.zeros((lists, 2, _LEVELS))
    for away, home in ((1, 2), (3, 4)):
        both = seen[:, :, away] + seen[:, :, home]
        share = np.minimum((seen[:, :, home] + _CHANCE * _ROWS) / (both + _ROWS), 0.98)
        told[:, :, away] = np.log1p(-share) - np.log1p(-_CHANCE)
        told[:, :, home] = np.maximum(np.log(share) - np.log(_CHANCE), 0.0)
    return np.minimum(told, _MOST), seen.sum(axis=(1, 2)).astype(np.float64)


def reweighed(scored: pl.DataFrame, together: Together, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs with ``p``, ``home_beside`` and ``told_beside`` as what now stands beside has it.

    Args:
        scored: pairs with ``p``, the rest of which is nobody's.
        together: of the second look.
        people: roster and known outsiders.
    """
    looked = with_homes_beside(scored, together, people)
    more = (looked["told_beside"] - scored["told_beside"]).to_numpy()
    chance = scored["p"].to_numpy()
    group = np.unique(scored["q"].to_numpy(), return_inverse=True)[1]
    nobody = np.maximum(1 - np.bincount(group, weights=chance), 0.0)
    weight = chance * np.exp(more)
    total = nobody + np.bincount(group, weights=weight)
    return looked.with_columns(p=pl.Series(weight / total[group]))


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
    # Where the number slipped from beside, its bearer's household stands there whoever is meant.
    slipped = pairs["beside"].is_in([BEARER_BESIDE, MATE_BESIDE])
    told = np.where((people["inside"].gather(pairs["ra"]) & ~slipped).to_numpy(), told, 0.0)
    own = (level > 0) & (level % 2 == 0) & (told > 0)
    return pairs.with_columns(
        home_beside=pl.Series(own.astype(np.uint8)), told_beside=pl.Series(told)
    )


def _homes(spots: pl.DataFrame, settled: pl.Series) -> pl.DataFrame:
    """``q``, ``before``, ``after`` of spots that have a settled neighbour."""
    sides = [settled.gather(spots[side]).alias(side) for side in ("before", "after")]
    found = spots.drop("place", "before", "after").with_columns(sides)
    return found.filter(pl.any_horizontal(pl.col("before", "after").is_not_null())).sort("q")


def _levels(beside: pl.DataFrame, home: pl.Series) -> NDArray[np.intp]:
    """What stands beside, seen from each ``home``."""
    before, after = pl.col("before"), pl.col("after")
    met = before.eq_missing(pl.col("home")) | after.eq_missing(pl.col("home"))
    many = before.is_not_null().cast(pl.UInt8) + after.is_not_null()
    level = pl.when(many == 0).then(0).otherwise(many * 2 - 1 + met)
    levels = beside.with_columns(home.alias("home")).select(level).to_series()
    return levels.to_numpy().astype(np.intp)
