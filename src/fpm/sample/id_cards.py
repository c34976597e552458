"""Valid but fictitious identity numbers (GB 11643-1999) and phone numbers.

The first six digits are 999901 … 999906: no division of the People's Republic of China has a code
that begins with 99, so no number made here can belong to a living person.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from fpm.sample.dice import Ints, Texts, texts

HOME: Final = 999901
ELSEWHERE: Final = (999902, 999903, 999904, 999905, 999906)

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = texts(list("10X98765432"))


def with_check(id17: Ints) -> Texts:
    """Append the check character to 17-digit numbers: weighted digit sum modulo 11 (GB 11643)."""
    total = np.zeros(len(id17), dtype=np.int64)
    rest = id17.copy()
    for weight in reversed(_WEIGHTS):
        total += rest % 10 * weight
        rest //= 10
    digits = id17.astype(str).astype(object)
    return np.asarray(digits + _CHECKS[total % 11], dtype=object)


def id_numbers(rng: np.random.Generator, people: pl.DataFrame) -> Texts:
    """One number a person, all different.

    Args:
        rng: random stream.
        people: columns ``birth_date`` (Date), ``sex`` (男/女), ``prefix`` (Int64).

    Returns:
        18-character numbers. Within one prefix, birthday and sex the sequence numbers follow each
        other in row order, so twins get neighbouring numbers, as a registry gives them.
    """
    keys = ["prefix", "birth_date", "sex"]
    numbered = people.select(
        *keys,
        start=pl.Series(rng.integers(0, 420, people.height), dtype=pl.Int64),
    ).with_columns(
        rank=pl.int_range(pl.len(), dtype=pl.Int64).over(keys),
        start=pl.col("start").first().over(keys),
    )
    odd = (pl.col("sex") == "男").cast(pl.Int64)
    sequence = (pl.col("start") + pl.col("rank")) % 500 * 2 + odd
    day = pl.col("birth_date").dt.strftime("%Y%m%d").cast(pl.Int64)
    id17 = numbered.select(pl.col("prefix") * 10**11 + day * 1000 + sequence).to_series()
    return with_check(id17.to_numpy().astype(np.int64))


def near_numbers(rng: np.random.Generator, numbers: Texts) -> Texts:
    """Valid numbers of other people that differ in the sequence (and so in the check digit)."""
    id17 = np.array([int(number[:17]) for number in numbers], dtype=np.int64)
    step = rng.integers(1, 4, len(id17)) * 2
    sequence = (id17 % 1000 + step) % 1000
    return with_check(id17 // 1000 * 1000 + sequence)


def phones(rng: np.random.Generator, count: int) -> Texts:
    """Eleven digits that begin with 100: no such mobile numbers are in use."""
    tail = rng.integers(0, 10**8, count).astype(str)
    return np.asarray(["100" + text.zfill(8) for text in tail], dtype=object)
