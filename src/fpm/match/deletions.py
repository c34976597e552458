"""Keys under which texts one slip apart meet: the text itself, and the text less each character.

Two texts that differ in one character, or in two swapped neighbours, share a key.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.characters import codepoints
from fpm.identity.names import NameTable
from fpm.match.search import among

_MIX = np.uint64(0x9E3779B97F4A7C15)
_NUMBER_WIDTH = 24
_SHORTEST_NUMBER = 5


def _hash(chars: NDArray[np.unsignedinteger]) -> NDArray[np.uint64]:
    """Order-keeping hash of the characters, blanks (0) skipped."""
    key = np.zeros(len(chars), dtype=np.uint64)
    for place in range(chars.shape[1]):
        code = chars[:, place].astype(np.uint64)
        mixed = (key ^ code) * _MIX
        key = np.where(code > 0, mixed ^ (mixed >> np.uint64(31)), key)
    return key


def _deletions(
    chars: NDArray[np.unsignedinteger], shortest: int
) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """Row number and key of every text and of its deletions (of texts not shorter than that)."""
    lengths = (chars > 0).sum(axis=1)
    rows, keys = [np.arange(len(chars))], [_hash(chars)]
    for place in range(int(lengths.max(initial=0))):
        fits = np.flatnonzero((lengths > place) & (lengths >= shortest))
        less = chars[fits].copy()
        less[:, place] = 0
        rows.append(fits)
        keys.append(_hash(less))
    return np.concatenate(rows), np.concatenate(keys)


def name_deletions(
    numbers: pl.Series, names: NameTable, wanted: pl.Series | None = None
) -> pl.DataFrame:
    """Every deletion key of names.

    Args:
        numbers: name numbers, nulls allowed.
        names: the names of the run.
        wanted: only these keys and few others, or None: all.

    Returns:
        ``u`` and ``less`` (UInt64), distinct. Names of two characters give only themselves (one
        character of a name says nothing).
    """
    distinct = numbers.drop_nulls().unique().sort().to_numpy()
    place, key = _deletions(names.chars[distinct], 3)
    if wanted is not None:
        found = among(key, wanted.to_numpy())
        place, key = place[found], key[found]
    return pl.DataFrame({"u": distinct[place], "less": key}).unique()


def number_deletions(rows: pl.DataFrame, label: str) -> pl.DataFrame:
    """Each row with every deletion key of its opaque number.

    Args:
        rows: columns ``label`` and ``opaque`` (String).
        label: the row's own column, kept.

    Returns:
        ``label`` and ``less`` (UInt64), distinct.
    """
    given = rows.filter(pl.col("opaque").str.len_chars() >= _SHORTEST_NUMBER)
    place, key = _deletions(codepoints(given["opaque"], _NUMBER_WIDTH), _SHORTEST_NUMBER)
    return pl.DataFrame({label: given[label].gather(place), "less": key}).unique()
