"""How far two birth dates agree."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.match.levels import NEAR_BIRTH, NO_BIRTH, OTHER_BIRTH, SAME_BIRTH, SAME_YEAR


def birth_levels(left: pl.Series, right: pl.Series) -> NDArray[np.uint8]:
    """Level of each pair of dates: the same, near (one part differs, or day and month swapped)."""
    dates = pl.DataFrame({"left": left, "right": right})
    one, other = pl.col("left"), pl.col("right")
    parts = [
        getattr(one.dt, part)() == getattr(other.dt, part)() for part in ("year", "month", "day")
    ]
    swapped = (one.dt.month() == other.dt.day()) & (one.dt.day() == other.dt.month()) & parts[0]
    level = (
        pl.when(one.is_null() | other.is_null())
        .then(NO_BIRTH)
        .when(one == other)
        .then(SAME_BIRTH)
        .when(swapped | (pl.sum_horizontal(parts) == 2))
        .then(NEAR_BIRTH)
        .when(parts[0])
        .then(SAME_YEAR)
        .otherwise(OTHER_BIRTH)
    )
    return dates.select(level.cast(pl.UInt8)).to_series().to_numpy()
