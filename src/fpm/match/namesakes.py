"""Outsiders who bear the name of somebody here, more often than chance says.

A stranger's name meets a rare name of the roster once in a million times; but relatives, people
registered elsewhere by now and people known under two numbers bring it along, and with it the
village or the birth date. How many of the outsiders do so is counted on the run's own rows: those
with a valid number that nobody of the roster has, and whose name nobody with an open number bears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.name_levels import EQUAL
from fpm.identity.places import ELSEWHERE, UNKNOWN
from fpm.match.chance import Chance, name_rarity, place_rarity
from fpm.match.keys import NO_NAME, Keyed
from fpm.match.levels import (
    NO_BIRTH,
    NO_PLACE,
    NOT_HERE,
    OTHER_TOWN,
    OTHER_VILLAGE,
    PLACES,
    SAME_BIRTH,
    SAME_TOWN,
    SAME_VILLAGE,
    VILLAGE_DIFFERS,
    VILLAGE_ELSEWHERE,
    VILLAGE_ONLY,
)
from fpm.match.outsiders import sure_outsiders
from fpm.match.place_evidence import place_levels
from fpm.match.pseudo import scatter

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BIRTHS: Final = np.log(25_000.0)
"""Minus the log of the chance that two strangers are born on one day: days of seventy years."""

_ROWS: Final = 8_000
_BEARERS: Final = 30
"""A name that more people bear is met by chance anyway, and asks for many comparisons."""

_ASSUMED: Final = {
    SAME_VILLAGE: (0.08, 0.002),
    VILLAGE_ONLY: (0.08, 0.002),
    VILLAGE_ELSEWHERE: (0.001, 0.0005),
    SAME_TOWN: (0.08, 0.002),
    OTHER_VILLAGE: (0.04, 0.004),
    VILLAGE_DIFFERS: (0.05, 0.01),
    OTHER_TOWN: (0.04, 0.03),
    NO_PLACE: (0.1, 0.02),
    NOT_HERE: (0.03, 0.02),
}
_ASSUMED_ROWS: Final = 50.0
_COMMON_ROWS: Final = 50.0
"""Share of outsiders by level of place, of another birth date and of the same, before any is seen,
and the rows it is worth; what the share in all lists is worth against that of one list. Lists
without numbers show no outsiders: of them these shares are all there is, so they are no smaller
than those found where numbers tell (counties of tests/benchmarks/linkage and others like them)."""

_SAID: Final = ("x", "u", "t", "v", "rows")
_ROUNDS: Final = 15
_SHOWN_BY: Final = {
    SAME_VILLAGE: "both",
    OTHER_VILLAGE: "both",
    VILLAGE_ELSEWHERE: "both",
    OTHER_TOWN: "town",
    SAME_TOWN: "town only",
    VILLAGE_ONLY: "village only",
    VILLAGE_DIFFERS: "village only",
    NO_PLACE: "nothing",
    NOT_HERE: "elsewhere",
}
"""Which rows can show a level of agreement in place, by what they state of theirs."""


def place_worth(level: NDArray[np.uint8], pairs: pl.DataFrame, chance: Chance) -> Floats:
    """Minus the log of the chance that a stranger agrees in place as far as the pair does."""
    village, town = place_rarity(pairs, chance)
    in_village = np.isin(level, (SAME_VILLAGE, VILLAGE_ONLY, VILLAGE_ELSEWHERE))
    in_town = np.isin(level, (SAME_TOWN, OTHER_VILLAGE))
    worth: Floats = np.where(in_village, village, np.where(in_town, town, 0.0))
    return worth


def home_worth(pairs: pl.DataFrame, worth: Floats, share: Floats) -> Floats:
    """``place_worth`` where of somebody only the township is known, and a namesake fits.

    By chance he would live in any of its villages; but namesakes share theirs more often than that.

    Args:
        pairs: with levels, ``q`` and ``cv``.
        worth: ``place_worth``.
        share: (n, 9, 2) of the pair's list.
    """
    equal, place = pairs["name"].to_numpy() == EQUAL, pairs["place"].to_numpy()
    unknown = np.flatnonzero(equal & (place == SAME_TOWN) & (pairs["cv"].to_numpy() <= UNKNOWN))
    if not len(unknown):
        return worth
    query, here = pairs["q"].to_numpy(), np.flatnonzero(equal & (place == SAME_VILLAGE))
    best = np.full(int(query.max()) + 1, -np.inf)
    np.maximum.at(best, query[here], worth[here])
    same, other = (share[unknown, level, 0] for level in (SAME_VILLAGE, OTHER_VILLAGE))
    result = worth.copy()
    told = best[query[unknown]] + np.log(same / (same + other))
    result[unknown] = np.maximum(worth[unknown], told)
    return result


def count_namesakes(asked: pl.DataFrame, keyed: Keyed, chance: Chance, more: Floats) -> Floats:
    """Share of each list's outsiders who are namesakes beyond chance.

    Args:
        asked: queries with class.
        keyed: roster and names.
        chance: counts of the roster.
        more: (lists, 9) by level of place, namesakes of the same birth date known otherwise.

    Returns:
        (lists, 9, 2): by level of agreement in place, and whether the birth date is the same.
    """
    outside = _outsiders(asked, keyed, chance)
    lists = len(more)
    told = np.stack([np.zeros_like(more), more], axis=2).reshape(lists, PLACES * 2)
    rows = _rows_by_level(outside, lists) + told
    people = (
        keyed.people.filter("inside")
        .select("u", "birth", cu="u", ct="t", cv="v", t_c="t", v_c="v")
        .join(outside.select("u").unique(), on="u", how="semi")
    )
    # Of whom another record tells, he takes part himself (outsiders.py).
    met = outside.filter("alone").join(people, on="u", how="inner", maintain_order="left_right")
    level = place_levels(met)
    same_day = (met["born"] == met["birth"]).fill_null(value=False).to_numpy()
    worth = name_rarity(met, chance) + place_worth(level, met, chance) + same_day * BIRTHS
    cell = level.astype(np.intp) * 2 + same_day
    weight = np.exp(worth) / chance.people
    row, number = met["row"].to_numpy().astype(np.intp), met["x"].to_numpy().astype(np.intp)
    every = _Met(weight, row, cell, np.zeros_like(number), told.sum(axis=0)[None])
    common = _shares(every, rows.sum(axis=0)[None], None)
    share = _shares(_Met(weight, row, cell, number, told), rows, common[0])
    # A list that shows no outsiders: of those whom it alone holds, as many as among such elsewhere.
    alone = _rows_by_level(outside.filter("alone"), lists).sum(axis=0) + told.sum(axis=0)
    share[rows.sum(axis=1) == 0] = _shares(every, alone[None], None)[0]
    return share.reshape(lists, PLACES, 2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How pairs agree.

    Attributes:
        place: level of place.
        birth: level of birth date.
        shown: what digits of the birth date that a damaged number shows are worth.
    """

    place: NDArray[np.uint8]
    birth: NDArray[np.uint8]
    shown: Floats


def namesake_worth(agreed: Agreement, share: Floats, people: int) -> Floats:
    """What agreement in name, place and birth date can be worth at most, pair by pair.

    Args:
        agreed: (n,) levels of the pairs.
        share: (n, 9, 2) of the pair's list.
        people: of the roster.
    """
    rows, birth = np.arange(len(share)), agreed.birth
    other, same = share[rows, agreed.place, 0], share[rows, agreed.place, 1]
    either = other * np.exp(-agreed.shown) + same
    met = np.where(birth == SAME_BIRTH, same, np.where(birth == NO_BIRTH, either, other))
    worth: Floats = np.log(people) - np.log(met)
    return worth


def _outsiders(asked: pl.DataFrame, keyed: Keyed, chance: Chance) -> pl.DataFrame:
    """Some queries that surely mean nobody, numbered by ``row``.

    ``x``, ``u``, ``t``, ``v``, ``born``; ``rows`` (records), ``alone`` (no other record tells
    of the person).
    """
    asked = asked.select(*_SAID, "cls", "q", "k", "pattern", "known", "id_birth", "birth_date")
    outside = (
        sure_outsiders(asked, keyed.people)
        .filter(pl.col("u") != NO_NAME)
        .select(*_SAID, "k", born=pl.coalesce("id_birth", "birth_date"))
        .with_columns(alone=pl.col("rows").sum().over("k") == 1)
    )
    rare = chance.county[outside["u"].to_numpy()] <= _BEARERS
    outside = outside.filter(pl.Series(rare, dtype=pl.Boolean))
    mark = pl.Series(scatter(outside["k"].to_numpy()))
    return (
        outside.with_columns(mark=mark)
        .sort("mark", "x", "u", "t", "v")
        .head(_ROWS)
        .drop("mark", "k")
        .with_row_index("row")
    )


def _rows_by_level(outside: pl.DataFrame, lists: int) -> Floats:
    """(lists, 18): records that could show each cell."""
    town, village = (outside[name] > UNKNOWN for name in ("t", "v"))
    elsewhere = outside["t"] == ELSEWHERE
    states = {
        "both": town & village,
        "town": town,
        "town only": town & ~village,
        "village only": ~town & village,
        "nothing": ~town & ~village & ~elsewhere,
        "elsewhere": elsewhere,
    }
    number, records = outside["x"].to_numpy(), outside["rows"].to_numpy()
    dated = outside["born"].is_not_null().to_numpy()
    rows = np.zeros((lists, PLACES, 2))
    for level, stated in _SHOWN_BY.items():
        able = states[stated].to_numpy()
        for cell, shown in enumerate((able, able & dated)):
            rows[:, level, cell] = np.bincount(
                number[shown], weights=records[shown], minlength=lists
            )
    return rows.reshape(lists, PLACES * 2)


@dataclass(frozen=True, slots=True)
class _Met:
    """Pairs of outsider and namesake: ``weight`` of a share of one, ``row``, ``cell``, ``list``.

    ``told``: (lists, 18) namesakes met without such a pair.
    """

    weight: Floats
    row: Ints
    cell: Ints
    number: Ints
    told: Floats


def _shares(met: _Met, rows: Floats, common: Floats | None) -> Floats:
    """(lists, 18) shares that make the rows most likely, drawn towards the common ones."""
    assumed = np.array([_ASSUMED[level] for level in range(PLACES)]).ravel()
    expected = assumed if common is None else common
    held = _ASSUMED_ROWS if common is None else _COMMON_ROWS
    share = np.tile(expected, (len(rows), 1))
    for _ in range(_ROUNDS):
        said = share[met.number, met.cell] * met.weight
        total = 1.0 + np.bincount(met.row, weights=said)
        found = met.told.copy()
        np.add.at(found, (met.number, met.cell), said / total[met.row])
        share = (found + expected * held) / (rows + held)
    return share
