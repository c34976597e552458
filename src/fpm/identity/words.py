"""Words of names in letters: one name held in another, and the words by which to look for it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.names import NameTable

Bools = NDArray[np.bool_]


def held_words(left: pl.Series, right: pl.Series) -> tuple[Bools, Bools]:
    """Is every word of the shorter name one of the longer, or the initial of one?

    Ana Díaz is held in Ana María Díaz García, J. Smith in James Smith. One word of two letters or
    more must be the same, and the shorter name have two words.

    Args:
        left: words (List of String) of each name.
        right: the same length.

    Returns:
        Whether one is held in the other; whether that takes an initial.
    """
    pairs = pl.DataFrame({"left": left, "right": right}).with_row_index("n")
    swap = pl.col("left").list.len() > pl.col("right").list.len()
    pairs = pairs.select(
        "n",
        word=pl.when(swap).then("right").otherwise("left"),
        other=pl.when(swap).then("left").otherwise("right"),
    ).filter(pl.col("word").list.len() > 1)
    asked = pairs.select("n", "word").explode("word").with_row_index("place")
    both = asked.join(pairs.select("n", "other").explode("other"), on="n")
    word, other = pl.col("word"), pl.col("other")
    initial = pl.min_horizontal(word.str.len_chars(), other.str.len_chars()) == 1
    same = word == other
    found = (
        both.with_columns(same=same, met=same | initial & (word.str.head(1) == other.str.head(1)))
        .group_by("n", "place")
        .agg(
            pl.col("same", "met").any(),
            whole=(pl.col("same") & (word.str.len_chars() > 1)).any(),
        )
        .group_by("n")
        .agg(held=pl.col("met").all() & pl.col("whole").any(), whole=pl.col("same").all())
        .filter("held")
    )
    held, initials = np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=bool)
    rows = found["n"].to_numpy()
    held[rows] = True
    initials[rows] = ~found["whole"].to_numpy()
    return held, initials


def word_keys(numbers: pl.Series, names: NameTable) -> pl.DataFrame:
    """The words of names in letters, initials apart, each with the first letter of every other.

    J. Smith and James Smith share SMITH and J, and so do Ana Díaz and Ana María Díaz García.

    Args:
        numbers: name numbers, nulls allowed.
        names: of the run.

    Returns:
        ``u``, ``word`` and ``spelt`` (UInt64: word and letter), distinct.
    """
    asked = pl.DataFrame({"u": numbers.drop_nulls().unique()})
    latin = names.names.filter(~pl.col("chinese")).select(
        pl.col("u").cast(asked.schema["u"]), word=pl.col("name").str.split(" ")
    )
    words = latin.join(asked, on="u", how="semi").explode("word").with_row_index("place")
    pairs = words.join(words.rename({"word": "other", "place": "there"}), on="u").filter(
        (pl.col("place") != pl.col("there")) & (pl.col("word").str.len_chars() > 1)
    )
    spelt = pl.struct("word", pl.col("other").str.head(1))
    return pairs.select("u", pl.col("word").hash(seed=0), spelt=spelt.hash(seed=0)).unique()
