"""Numbers of typed cells → the texts that people would write."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.ingest.containers.regular_numbers import EXACT, in_full

_SMALL: Final = 1e-3
"""From here on polars writes a number as Python does."""


def written_numbers(numbers: NDArray[np.float64]) -> pl.Series:
    """Numbers as people write them: whole ones without a point, damaged ones in scientific form."""
    number, size = pl.col("number"), pl.col("number").abs()
    ordinary = (size < EXACT) & ((size >= _SMALL) | (size == 0))
    whole = ordinary & (number == number.floor())
    frame = pl.DataFrame({"number": numbers}).with_columns(
        text=pl.when(whole)
        .then(number.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(number.cast(pl.String))
    )
    odd = frame.select(~ordinary).to_series()
    if not odd.any():
        return frame["text"]
    shown = [in_full(value) for value in frame["number"].filter(odd)]
    return frame["text"].scatter(odd.arg_true(), pl.Series(shown, dtype=pl.String))
