"""How far two places agree, as one level of township and village together."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.places import UNKNOWN
from fpm.match.levels import (
    NO_PLACE,
    OTHER_TOWN,
    OTHER_VILLAGE,
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
            pl.when(no_town & no_village)
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
