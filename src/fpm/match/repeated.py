"""Rows of a list that say the same without a number: one person again, or his namesake beside him.

Two like rows in a list that names people once are two people, and at most one of them is the person
they both seem to mean. In a list of payments they are one person paid twice. How often lists repeat
a person is seen where a number settles it, else estimated from the like rows themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.match.context import FEW
from fpm.match.keys import NO_NAME

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_MOST: Final = 4
"""More like rows count as so many."""

_USUAL: Final = (0.99, 0.008, 0.001, 0.001)
_USUAL_ROWS: Final = 20.0
"""Shares of people with one, two, three and more like rows before any is seen, and the people they
are worth."""

_SAID: Final = ("x", "u", "t", "v", "born", "man")
"""What rows without a number say: spelled differently (blanks, notes) it is the same."""

_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Repeats:
    """What is known of like rows.

    Attributes:
        rows: (queries,) like rows of each query that nothing but name, place and birth date tells
            of, at most four; 1 for the others.
        counted: (lists, 4) people by like rows, where numbers settle who they are.
        open: (lists,) lists of which numbers settle too little.
    """

    rows: Ints
    counted: Floats
    open: Bools


def count_repeats(asked: pl.DataFrame, lists: int) -> Repeats:
    """Count like rows.

    Args:
        asked: queries with class, in the order of ``q``.
        lists: number of lists.
    """
    told = [pl.col(name).is_not_null() for name in ("pattern", "opaque", "phone", "person_id")]
    told += [pl.col("household_id").is_not_null()]
    told += [pl.col(name) != NO_NAME for name in ("head_u", "guardian_u")]
    bare = asked.select((pl.col("cls") == "D") & ~pl.any_horizontal(told)).to_series().to_numpy()
    like = asked.select("rows", *_SAID).with_columns(bare=pl.Series(bare))
    every = like.select(pl.col("rows").sum().over(*_SAID, "bare")).to_series()
    together = np.where(bare, every.to_numpy(), asked["rows"].to_numpy())
    rows = np.minimum(together, _MOST).astype(np.intp)
    settled = (asked["cls"] == "A").to_numpy()
    number = asked["x"].to_numpy().astype(np.intp)
    cells = number[settled] * _MOST + rows[settled] - 1
    counted = np.bincount(cells, minlength=lists * _MOST).reshape(lists, _MOST).astype(np.float64)
    return Repeats(np.where(bare, rows, 1), counted, counted.sum(axis=1) < FEW)


def one_of_several(repeats: Repeats, rows: Ints, lists: Ints, odds: Floats) -> Floats:
    """Chance that a row means its best candidate, given how many rows say the same.

    Args:
        repeats: counts.
        rows: (n,) like rows of each query.
        lists: (n,) its list.
        odds: (n,) of somebody else, against its best candidate, were it the only row.

    Returns:
        (n,) 1 of a single row.
    """
    counted = repeats.counted + np.array(_USUAL) * _USUAL_ROWS
    shares = counted / counted.sum(axis=1, keepdims=True)
    for _ in range(_ROUNDS if repeats.open.any() else 0):
        same, _ = _weights(shares[lists], rows, odds)
        cells = lists * _MOST + rows - 1
        told = np.bincount(cells, weights=same, minlength=counted.size).reshape(counted.shape)
        learned = told + np.array(_USUAL) * _USUAL_ROWS
        learned = learned / learned.sum(axis=1, keepdims=True)
        shares = np.where(repeats.open[:, None], learned, shares)
    right = _weights(shares[lists], rows, odds)[1]
    return np.where(rows > 1, right, 1.0)


def _weights(shares: Floats, rows: Ints, odds: Floats) -> tuple[Floats, Floats]:
    """Chance that all like rows are one person's, and that any one is the best candidate's.

    Of ``rows`` like rows the person has as many as the list repeats him, and a namesake from
    outside, whose odds are those of one row, the rest.
    """
    every = shares[np.arange(len(rows)), rows - 1]
    mixed, right = np.zeros(len(rows)), np.zeros(len(rows))
    for own in range(1, _MOST):
        rest = rows - own
        weight = shares[:, own - 1] * shares[np.arange(len(rows)), np.maximum(rest, 1) - 1] * odds
        weight = np.where(rest > 0, weight, 0.0)
        mixed += weight
        right += weight * own / rows
    total = every + mixed + odds * every
    return every * (1 + odds) / total, (every + right) / total
