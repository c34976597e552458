"""Outsiders whom the digits shown of a damaged number give away.

Where few numbers are whole, few outsiders are sure, and hardly one of them is a namesake of the
same birth date. But the row of such a one, its number masked, shows other digits than the number
of the person who bears its name and birth date. So does a wrong number that was masked; but people
with wrong numbers live where the roster has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_relation import EXACT, INCOMPATIBLE, NONE, PREFIX10, SHOWN_DIFFER
from fpm.identity.name_levels import EQUAL
from fpm.match.classes import OUTSIDE
from fpm.match.levels import NO_BIRTH, NO_PLACE, PLACES, SAME_BIRTH, SAME_PLACE

Floats = NDArray[np.float64]

_APART: Final = 0.03
_APART_ROWS: Final = 20.0
"""Share of the rows of people of the roster that name another place, and the rows it is worth."""

_TOGETHER: Final = 2.0
"""Namesakes of one birth date are met in one place at most so many times as often as in two."""

_WRONG: Final = 0.0005
_WRONG_ROWS: Final = 200.0
"""Share of people whose number is wrong in two places shown, or another's, before any is seen, and
the rows it is worth."""

_KNOWN_ROWS: Final = 50.0
"""Known outsiders that a list is taken to have at least: what is assumed of namesakes is worth as
many."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows of one person's name and birth date whose number shows other digits than his.

    Attributes:
        namesakes: (lists, 9) records by level of place, for ``count_namesakes``: of the outsiders
            without a whole number only they are counted, so they are brought down to how many
            there would be among the known ones.
        wrong: (lists,) of the rows of people of the roster whose number shows enough, the share
            whose number is wrong.
    """

    namesakes: Floats
    wrong: Floats


def shown_digits(compared: pl.DataFrame, asked: pl.DataFrame, odds: Floats, right: Floats) -> Shown:
    """Tell namesakes from wrong numbers by the place they name.

    Args:
        compared: pairs of real queries.
        asked: real queries with class.
        odds: (lists,) log-odds that a query means nobody of the roster.
        right: (lists, 9) levels of place of sure rows.
    """
    lists = len(odds)
    same = compared.filter(
        (pl.col("name") == EQUAL)
        & pl.col("birth").is_in([NO_BIRTH, SAME_BIRTH])
        & (pl.col("cls") == "D")
        & (pl.col("id") != NONE)
    ).select("q", "x", "id", "birth", "place")
    other = pl.col("id").is_in([INCOMPATIBLE, SHOWN_DIFFER]) & (pl.col("birth") == SAME_BIRTH)
    explained = same.filter(pl.col("id").is_between(EXACT, PREFIX10))
    found = _records(same.filter(other).join(explained, on="q", how="anti"), asked, lists)
    place = np.arange(PLACES)
    agree, apart = np.isin(place, SAME_PLACE), ~np.isin(place, (*SAME_PLACE, NO_PLACE))
    moved = right[:, apart].sum(axis=1) + _APART * _APART_ROWS
    usual = moved / (right[:, agree].sum(axis=1) + _APART_ROWS)
    here, away = found[:, agree].sum(axis=1), found[:, apart].sum(axis=1)
    strange = np.maximum(away - usual * here - 1, 0.0)  # one proves nothing
    together = np.minimum(_TOGETHER * strange, here)
    namesakes = found * np.select(
        [agree, apart],
        [(together / np.maximum(here, 1.0))[:, None], (strange / np.maximum(away, 1.0))[:, None]],
        0.0,
    )
    wrong = np.maximum(here - 2 * together - 1, 0.0)  # they may as well be twice as many
    alike = _records(explained, asked, lists).sum(axis=1)
    return Shown(
        namesakes * _known_share(asked, odds)[:, None],
        (wrong + _WRONG * _WRONG_ROWS) / (wrong + alike + _WRONG_ROWS),
    )


def _known_share(asked: pl.DataFrame, odds: Floats) -> Floats:
    """(lists,) share of the outsiders whose number is whole."""
    sure, hidden = (
        np.bincount(rows["x"], weights=rows["rows"], minlength=len(odds))
        for rows in (asked.filter(pl.col("cls").is_in(OUTSIDE)), asked.filter(pl.col("cls") == "D"))
    )
    share: Floats = (sure + _KNOWN_ROWS) / (sure + _KNOWN_ROWS + hidden / (1 + np.exp(-odds)))
    return share


def _records(pairs: pl.DataFrame, asked: pl.DataFrame, lists: int) -> Floats:
    cell = pairs["x"].to_numpy().astype(np.intp) * PLACES + pairs["place"].to_numpy()
    records = asked["rows"].gather(pairs["q"]).to_numpy()
    counted = np.bincount(cell, weights=records, minlength=lists * PLACES).astype(np.float64)
    return counted.reshape(lists, PLACES)
