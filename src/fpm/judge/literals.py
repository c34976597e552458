"""Values that are written, not computed, as polars literals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import polars as pl

from fpm.judge.bounds import Value

DTYPES: Final[Mapping[str, type[pl.DataType]]] = {
    "boolean": pl.Boolean,
    "number": pl.Float64,
    "text": pl.String,
    "date": pl.Date,
}
"""Kind of a value → what it is in a frame."""


def constant(kind: Any, plain: object) -> Value:
    """A value written in a condition or in a rule book."""
    value = float(str(plain)) if kind == "number" else plain
    return Value(kind, _typed(kind, value), items=(value,))


@lru_cache(1024)
def _typed(kind: str, value: object) -> pl.Expr:
    """The same few grades and limits stand in many conditions."""
    return pl.lit(value, dtype=DTYPES[kind])
