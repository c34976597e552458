"""A stable key of who a record says it is about, under which decisions are remembered."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.characters import Codes, codepoints

_REST: Final = ("birth_date", "township", "village", "head_name")
_WIDTH: Final = 64
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_BLOCK: Final = 4096
"""Rows worked on at a time: what that takes stays in the processor's cache."""


def identity_keys(frame: pl.DataFrame) -> pl.Series:
    """Sixteen hexadecimal digits per row, the same in every month and on every machine.

    A record with an ID number is known by number and name; one without by name, birth date, place
    and head of household.

    Args:
        frame: role columns.
    """
    numbered = pl.col("number").str.len_bytes() >= 6
    rest = [_plain(pl.when(~numbered).then(name)) for name in _REST]
    texts = frame.select(
        *_REST, name=_plain(pl.col("name")), number=_plain(pl.col("id_number")).str.to_uppercase()
    ).select(
        pl.when(numbered)
        .then(pl.concat_str("number", "name", separator="|"))
        .otherwise(pl.concat_str("number", "name", *rest, separator="|"))
    )
    codes = codepoints(texts.to_series(), _WIDTH)
    blocks = [_mixed(codes[start : start + _BLOCK]) for start in range(0, len(codes), _BLOCK)]
    keys = np.concatenate([np.zeros(0, dtype=np.uint64), *blocks])
    digits = keys.astype(">u8").tobytes().hex(" ", 8)
    return pl.Series("identity", digits.split(), dtype=pl.String)


def _plain(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.String).fill_null("").str.replace_all(r"\s", "")


def _mixed(codes: Codes) -> NDArray[np.uint64]:
    """A hash of each row of character codes."""
    key = np.full(len(codes), _MIX, dtype=np.uint64)
    for column in codes.T.astype(np.uint64, order="C"):
        key = (key ^ column) * _MIX
        key ^= key >> np.uint64(31)
    return key
