"""Keys under which names one character apart meet: the name, and the name less each character."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.names import NameTable
from fpm.match.keys import NO_NAME

_MIX = np.uint64(0x9E3779B97F4A7C15)


def _hash(chars: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Order-keeping hash of the characters, blanks (0) skipped."""
    key = np.zeros(len(chars), dtype=np.uint64)
    for place in range(chars.shape[1]):
        code = chars[:, place].astype(np.uint64)
        mixed = (key ^ code) * _MIX
        key = np.where(code > 0, mixed ^ (mixed >> np.uint64(31)), key)
    return key


def deletion_keys(rows: pl.DataFrame, names: NameTable, label: str) -> pl.DataFrame:
    """Each row with every deletion key of its name.

    Args:
        rows: columns ``label``, ``u`` (name number), ``v`` (village number).
        names: the names of the run.
        label: the row's own column, kept.

    Returns:
        ``label``, ``v``, ``less`` (UInt64), distinct. Names of two characters give only themselves
        (one character of a name says nothing).
    """
    named = rows.filter(pl.col("u") != NO_NAME)
    distinct = named.select("u").unique().sort("u")
    numbers = distinct["u"].to_numpy()
    chars = names.chars[numbers]
    lengths = names.lengths[numbers]
    keys, owners = [_hash(chars)], [numbers]
    for place in range(min(chars.shape[1], int(lengths.max(initial=0)))):
        fits = (lengths > place) & (lengths >= 3)
        less = chars[fits].copy()
        less[:, place] = 0
        keys.append(_hash(less))
        owners.append(numbers[fits])
    table = pl.DataFrame({"u": np.concatenate(owners), "less": np.concatenate(keys)})
    return named.join(table, on="u").select(label, "v", "less").unique()
