"""How far two places agree, as one level of township and village together."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.places import ELSEWHERE, UNKNOWN
from fpm.match.levels import (
    NO_PLACE,
    NOT_HERE,
    OTHER_TOWN,
    OTHER_VILLAGE,
    PLACES,
    SAME_TOWN,
    SAME_VILLAGE,
    VILLAGE_DIFFERS,
    VILLAGE_ELSEWHERE,
    VILLAGE_ONLY,
)


def place_levels(both: pl.DataFrame) -> NDArray[np.uint8]:
    """Agreement in place of pairs with ``t``, ``v`` and the candidate's ``t_c``, ``v_c``."""
    town, other_town = pl.col("t"), pl.col("t_c")
    village, other_village = pl.col("v"), pl.col("v_c")
    no_town = (town == UNKNOWN) | (other_town == UNKNOWN)
    no_village = (village == UNKNOWN) | (other_village == UNKNOWN)
    same_village = village == other_village
    return (
        both.select(
            pl.when((town == ELSEWHERE) | (other_town == ELSEWHERE))
            .then(
                pl.when(pl.max_horizontal(town, other_town) >= 0).then(NOT_HERE).otherwise(NO_PLACE)
            )
            .when(no_town & no_village)
            .then(NO_PLACE)
            .when(no_town)
            .then(pl.when(same_village).then(VILLAGE_ONLY).otherwise(VILLAGE_DIFFERS))
            .when(town != other_town)
            .then(pl.when(~no_village & same_village).then(VILLAGE_ELSEWHERE).otherwise(OTHER_TOWN))
            .when(no_village)
            .then(SAME_TOWN)
            .when(same_village)
            .then(SAME_VILLAGE)
            .otherwise(OTHER_VILLAGE)
            .cast(pl.UInt8)
        )
        .to_series()
        .to_numpy()
    )


def count_places(number: pl.Series, place: NDArray[np.uint8], lists: int) -> NDArray[np.float64]:
    """(lists, 9): rows by list and level."""
    cell = number.to_numpy().astype(np.intp) * PLACES + place
    counted = np.bincount(cell, minlength=lists * PLACES).reshape(lists, PLACES)
    return counted.astype(np.float64)


def places_of(
    sure: pl.DataFrame, asked: pl.DataFrame, people: pl.DataFrame, lists: int
) -> NDArray[np.float64]:
    """(lists, 9): how far sure rows agree in place with their persons.

    Args:
        sure: ``q``, ``x``, ``ra``.
        asked: queries.
        people: roster and known outsiders.
        lists: number of lists.
    """
    said = asked.select("t", "v")[sure["q"]]
    home = people.select(t_c="t", v_c="v")[sure["ra"]]
    return count_places(sure["x"], place_levels(said.hstack(home)), lists)
