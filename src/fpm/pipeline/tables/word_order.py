"""Names of any list: the whole column tells whether it writes family names first or last."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.identity.names import normal_name

_WORDS: Final = r"\S[\s,，]+\S"
_TURNED: Final = {
    "last word first": (r"^(\S.*) (\S+)$", "${2} ${1}"),
    "first word last": (r"^(\S+) (.*\S)$", "${2} ${1}"),
}


def in_order_of(names: pl.Series, known: pl.Series) -> pl.Series:
    """Names with their words in the order of the roster.

    Where more names of the column are in the roster with a word moved from one end to the other
    than are as they stand, the column writes them the other way round, and all of them are turned.
    Names of one word, as Chinese ones are, stay.

    Args:
        names: a name a row, nulls allowed.
        known: the names of the roster.
    """
    column, roster = _of_several_words(names), _of_several_words(known)
    column = column.with_columns(
        pl.col("plain").str.replace(pattern, turned).alias(way)
        for way, (pattern, turned) in _TURNED.items()
    )
    there = {
        way: column.select(plain=way).unique().join(roster, on="plain", how="semi").height
        for way in ("plain", *_TURNED)
    }
    best = max(there, key=lambda way: there[way])
    if best == "plain":
        return names
    written = column.filter(pl.col(best) != pl.col("plain"))
    return names.replace(written["name"], written[best])


def _of_several_words(names: pl.Series) -> pl.DataFrame:
    """``name`` and its normal form ``plain``: each name written with a gap, once."""
    frame = pl.DataFrame({"name": names}).filter(pl.col("name").str.contains(_WORDS)).unique()
    return frame.with_columns(plain=normal_name(pl.col("name")))
