"""Random choices: one stream a topic, so that a change in one place shifts no other."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.object_]


def stream(seed: int, *topic: object) -> np.random.Generator:
    """The generator of one topic of one county."""
    name = "/".join(str(part) for part in topic)
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def choose(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> Texts:
    """``count`` keys of ``shares``, each as often as its share says (shares need not add to 1)."""
    weights = np.array(list(shares.values()), dtype=np.float64)
    index = rng.choice(len(weights), size=count, p=weights / weights.sum())
    return texts(list(shares))[index]


def choose_zipf(rng: np.random.Generator, words: Sequence[str], count: int) -> Texts:
    """``count`` of ``words``, the first ones more often: share falls with the rank."""
    weights = 1.0 / (np.arange(len(words)) + 4.0) ** 0.8
    return texts(words)[rng.choice(len(words), size=count, p=weights / weights.sum())]


def texts(words: Sequence[str]) -> Texts:
    """An object array, so that strings of any length stay whole."""
    array: Texts = np.empty(len(words), dtype=object)
    array[:] = list(words)
    return array


def series(values: Any) -> pl.Series:
    """A polars column from a numpy array of texts (``None`` stays null)."""
    return pl.Series(values=list(values), dtype=pl.String)


def days(values: Ints) -> pl.Series:
    """A date column from days since 1970-01-01."""
    return pl.Series(values=values, dtype=pl.Int32).cast(pl.Date)


def only(rows: Flags, values: Any) -> pl.Series:
    """``values`` (one text, or one a row) where ``rows``, null elsewhere."""
    every = np.broadcast_to(np.asarray(values, dtype=object), len(rows))
    chosen = np.full(len(rows), None, dtype=object)
    chosen[rows] = every[rows]
    return series(chosen)
