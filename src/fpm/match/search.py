"""Equality joins with a cap on shared keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

PAIR = ("q", "ra")
_PAIR_SCHEMA: Final = dict.fromkeys(PAIR, pl.UInt32)
_HALF = 1 << 32
FEW: Final = 8
"""Of more people who share what alone says little none is likelier than one in so many."""

_SPARSE: Final = 4
"""A sieve has sixteen to thirty-two marks (2^4, 2^5) a key: of others one in twenty passes."""


@dataclass(slots=True)
class Search:
    """Collects the pairs of many joins.

    Attributes:
        cap: a key shared by more roster people than this proposes nobody.
        found: pairs ``q``, ``ra`` of each join.
        cut: ``q``, ``key`` and ``pairs``: how many a shared key did not propose to a query.
    """

    cap: int
    found: list[pl.DataFrame] = field(default_factory=list)
    cut: list[pl.DataFrame] = field(default_factory=list)

    def join(
        self, key: str, asked: pl.DataFrame, people: pl.DataFrame, most: int | None = None
    ) -> pl.DataFrame:
        """Pairs that agree in the columns both frames share.

        Args:
            key: what the join is called in counts.
            asked: ``q`` and key columns; rows with a null propose nobody.
            people: ``ra`` and the same key columns.
            most: the key proposes nobody if more people share it, where that is less than ``cap``.
        """
        cap = self.cap if most is None else min(self.cap, most)
        asked = asked.drop_nulls()
        if asked.is_empty():
            return self._keep(pl.DataFrame(schema=_PAIR_SCHEMA))
        # One hash of all columns is joined several times faster than they are; should two keys ever
        # share it, that proposes a pair too many, which the evidence speaks against.
        columns = [column for column in asked.columns if column != "q"]
        same = pl.sum_horizontal(pl.col(name).hash(seed) for seed, name in enumerate(columns))
        asked = asked.select("q", same=same)
        wanted = people.select("ra", same=same)
        sieved = among(wanted["same"].to_numpy(), asked["same"].to_numpy())
        wanted = wanted.filter(pl.Series(sieved))
        sized = wanted.with_columns(bucket=pl.len().over("same"))
        proposed = sized.filter(pl.col("bucket") <= cap)
        if proposed.height < sized.height:
            large = sized.filter(pl.col("bucket") > cap).select("same", "bucket").unique()
            lost = asked.join(large, on="same").select("q", key=pl.lit(key), pairs="bucket")
            self.cut.append(lost)
        return self._keep(asked.join(proposed, on="same"))

    def _keep(self, pairs: pl.DataFrame) -> pl.DataFrame:
        self.found.append(pairs.select(PAIR))
        return self.found[-1]

    def pairs(self) -> pl.DataFrame:
        """Distinct pairs ``q``, ``ra`` (UInt32), sorted."""
        both = pl.concat([pl.DataFrame(schema=_PAIR_SCHEMA), *self.found])
        # One number a pair: unique and sorted several times faster than two columns are.
        packed = both.select(pair=pl.col("q").cast(pl.UInt64) * _HALF + pl.col("ra"))
        return (
            packed.unique()
            .sort("pair")
            .select(
                q=(pl.col("pair") // _HALF).cast(pl.UInt32),
                ra=(pl.col("pair") % _HALF).cast(pl.UInt32),
            )
        )

    def not_proposed(self) -> pl.DataFrame:
        """``q``, ``key``, ``pairs``: what was cut, one row a query and key or more."""
        schema = {"q": pl.UInt32, "key": pl.String, "pairs": pl.UInt32}
        return pl.concat([pl.DataFrame(schema=schema), *self.cut], how="vertical_relaxed")

    def unanswered(self, asked: pl.DataFrame, answers: list[pl.DataFrame]) -> pl.DataFrame:
        """Queries that none of the given joins answered."""
        return asked.join(pl.concat(answers).select("q").unique(), on="q", how="anti")


def among(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which keys are among those wanted, but for one other in twenty.

    None that is wanted is left out; the sieve costs a fifth of the join that follows.
    """
    size = 1 << (len(wanted).bit_length() + _SPARSE)
    marked = np.zeros(size, dtype=bool)
    marked[wanted & (size - 1)] = True
    found: NDArray[np.bool_] = marked[keys & (size - 1)]
    return found
