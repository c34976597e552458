"""Equality joins with a cap on shared keys."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

PAIR = ("q", "ra")
_HALF = 1 << 32


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

    def join(self, key: str, asked: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
        """Pairs that agree in the columns both frames share.

        Args:
            key: what the join is called in counts.
            asked: ``q`` and key columns; rows with a null propose nobody.
            people: ``ra`` and the same key columns.
        """
        on = [column for column in asked.columns if column != "q"]
        asked = asked.drop_nulls()
        if asked.is_empty():
            return self._keep(asked.join(people.select("ra").clear(), how="cross"))
        wanted = people.select("ra", *on).join(asked.select(on).unique(), on=on, how="semi")
        sized = wanted.with_columns(bucket=pl.len().over(on))
        large = sized.filter(pl.col("bucket") > self.cap).select(*on, "bucket").unique()
        if large.height:
            lost = asked.join(large, on=on).select("q", key=pl.lit(key), pairs="bucket")
            self.cut.append(lost)
        return self._keep(asked.join(sized.filter(pl.col("bucket") <= self.cap), on=on))

    def _keep(self, pairs: pl.DataFrame) -> pl.DataFrame:
        self.found.append(pairs.select(PAIR))
        return self.found[-1]

    def pairs(self) -> pl.DataFrame:
        """Distinct pairs ``q``, ``ra`` (UInt32), sorted."""
        empty = pl.DataFrame(schema={"q": pl.UInt32, "ra": pl.UInt32})
        both = pl.concat([empty, *self.found])
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
