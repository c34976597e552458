"""A number of the household on the row of a relative whom the roster does not hold.

He lives where the bearer lives and is called as members of one household are, so that neither place
nor surname tells him from the bearer under another given name. What does is how often a bearer is
called quite otherwise, which no row that teaches shows: such names keep their start weights, moved
as far as the fit moved an equal name.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.name_levels import (
    DIFFERENT,
    EMPTY,
    EQUAL,
    LEVELS,
    SOUND,
    SURNAME,
    name_levels,
)
from fpm.identity.names import NameTable
from fpm.match import model
from fpm.match.keys import NO_NAME
from fpm.match.levels import MATE, OWN, OWNER_SHARED

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_KINDS: Final = tuple(model.START)
_OF_HOME: Final = ("place", "head", "phone", "house")
"""Kinds of evidence that say the same of every member of a household."""

_PLACE: Final = list(model.AMOUNTS).index("place_worth")
_SAMPLE: Final = 20_000
_SEEN: Final = 2.0
"""People whose names are compared with their mates', and the pairs of names that every level is
taken to be seen in."""


def relatives_names(people: pl.DataFrame, names: NameTable) -> Floats:
    """(levels,) log ratio: how much oftener a member's name is so like one of the household.

    Than names of two of the roster who have nothing to do with each other. A relative has the
    surname from the household; that the rest is alike is no less likely than between strangers.

    Args:
        people: of the roster.
        names: of the run.
    """
    named = people.filter(pl.col("inside") & (pl.col("u") != NO_NAME)).select("ra", "hh", "k", "u")
    every = named.height // _SAMPLE + 1
    asked = named.filter(pl.col("k") % every == 0)
    mates = asked.join(named.select("hh", mate="ra", c="u"), on="hh")
    mates = mates.filter(pl.col("ra") != pl.col("mate"))
    level = name_levels(names, mates["u"].to_numpy(), mates["c"].to_numpy())
    best = mates.select("ra", level=pl.Series(level)).group_by("ra").agg(pl.col("level").min())
    others = named.sort("k", "u")["u"].gather_every(every).to_numpy()
    apart = name_levels(names, others, np.roll(others, len(others) // 2))
    alike, unlike = (
        np.log((seen + _SEEN) / (seen + _SEEN).sum())
        for seen in (np.bincount(one, minlength=len(LEVELS)) for one in (best["level"], apart))
    )
    ratio: Floats = alike - unlike
    ratio[SOUND:EMPTY] = np.maximum(ratio[SOUND:EMPTY], ratio[SURNAME])
    return ratio


def unlike_names(read: model.Features, weights: Floats) -> tuple[Floats, Floats]:
    """How far the fit moved names, list by list, and what moves those with it that nobody teaches.

    Args:
        read: of all pairs.
        weights: (lists, SIZE).

    Returns:
        (lists,) how much more an equal name of usual rarity is worth than at the start, and (lists,
        name levels) what is to be added to each level.
    """
    rarity = read.amounts[read.amounts[:, 0] > 0, 0]
    usual = float(rarity.mean()) if len(rarity) else 0.0
    dearer = weights[:, model.LEVELS] - model.AMOUNTS["rarity_equal"]
    shift: Floats = weights[:, model.place_of("name", EQUAL)] + usual * dearer
    moved = np.zeros((len(weights), len(LEVELS)))
    for level, start in ((SURNAME, "surname"), (DIFFERENT, "different")):
        taught = weights[:, model.place_of("name", level)]
        moved[:, level] = model.START["name"][start] + shift - taught
    return shift, moved


def of_household(read: model.Features, weights: Floats, number: NDArray[np.integer]) -> Floats:
    """Of each score what speaks for the household, whoever of it is meant.

    Args:
        read: of the pairs.
        weights: (lists, SIZE).
        number: list of each pair.
    """
    rows = number.astype(np.intp)
    home = [_KINDS.index(kind) for kind in _OF_HOME]
    told = weights[rows[:, None], read.levels[:, home]].sum(axis=1)
    # What is the same for every pair was learned together with the rest.
    silent = [model.place_of(kind, 0) for kind in _KINDS if kind not in (*_OF_HOME, "name")]
    told = told + weights[:, silent].sum(axis=1)[rows]
    result: Floats = told + weights[rows, model.LEVELS + _PLACE] * read.amounts[:, _PLACE]
    return result


def for_relatives(real: pl.DataFrame, at_home: Floats, group: Ints, named: Floats) -> Floats:
    """What speaks for a relative of the household whose valid number a query carries.

    Args:
        real: pairs.
        at_home: of each what speaks for its household.
        group: place of the query of each pair.
        named: ``relatives_names``.

    Returns:
        (queries,) log ratio; -inf for queries that carry no such number.
    """
    rows = np.isin(real["owner"].to_numpy(), (OWN, OWNER_SHARED, MATE))
    queries = int(group.max()) + 1
    home, level = np.full(queries, -np.inf), np.full(queries, DIFFERENT)
    np.maximum.at(home, group[rows], at_home[rows])
    np.minimum.at(level, group[rows], real["name"].to_numpy()[rows])
    result: Floats = home + named[level]
    return result
