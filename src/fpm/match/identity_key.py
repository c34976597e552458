"""A stable key of who a record says it is about, under which decisions are remembered."""

from __future__ import annotations

import numpy as np
import polars as pl

from fpm.identity.characters import codepoints

_WIDTH = 64
_MIX = np.uint64(0x9E3779B97F4A7C15)


def identity_keys(frame: pl.DataFrame) -> pl.Series:
    """Sixteen hexadecimal digits per row, the same in every month and on every machine.

    A record with an ID number is known by number and name; one without by name, birth date, place
    and head of household.

    Args:
        frame: role columns.
    """
    name = pl.col("name").fill_null("").str.replace_all(r"\s", "")
    number = pl.col("id_number").fill_null("").str.replace_all(r"\s", "").str.to_uppercase()
    rest = [
        pl.col(column).cast(pl.String).fill_null("").str.replace_all(r"\s", "")
        for column in ("birth_date", "township", "village", "head_name")
    ]
    text = frame.select(
        text=pl.when(number.str.len_bytes() >= 6)
        .then(pl.concat_str(number, name, separator="|"))
        .otherwise(pl.concat_str(number, name, *rest, separator="|"))
    )["text"]
    codes = codepoints(text, _WIDTH)
    key = np.full(len(codes), _MIX, dtype=np.uint64)
    for place in range(_WIDTH):
        key = (key ^ codes[:, place].astype(np.uint64)) * _MIX
        key ^= key >> np.uint64(31)
    digits = np.frombuffer(key.astype(">u8").tobytes().hex().encode(), dtype="S16")
    return pl.Series("identity", digits.astype(str), dtype=pl.String)
