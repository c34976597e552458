"""Four classes of queries by what their ID number settles (matching.md's classes).

A: a valid number whose only owner bears the name: settled without comparing anybody.
B: a valid number of the roster under another name: owner, household mates, or a slipped number.
C: a valid number nobody has: only people whose own number is open can be meant, because two
   different valid numbers are two people.
D: no valid number: everybody can be meant.
"""

from __future__ import annotations

import polars as pl

from fpm.match.keys import NO_NAME, Keyed


def classify(keyed: Keyed) -> pl.DataFrame:
    """Queries with ``cls`` (A-D), ``owner`` (``ra`` of the only owner or null), ``owner_hh``."""
    owned = keyed.people.filter(pl.col("k").is_not_null() & ~pl.col("shared"))
    same_name_mates = (pl.len().over("hh", "u") > 1) & (pl.col("u") != NO_NAME)
    twice = (
        keyed.people.filter(same_name_mates).select("ra").with_columns(doubled=pl.lit(value=True))
    )
    owners = owned.select("k", owner="ra", owner_u="u", owner_hh="hh").join(
        twice.rename({"ra": "owner"}), on="owner", how="left"
    )
    shared = (
        keyed.people.filter("shared")
        .select("k")
        .unique()
        .with_columns(is_shared=pl.lit(value=True))
    )
    queries = keyed.queries.join(owners, on="k", how="left", maintain_order="left").join(
        shared, on="k", how="left", maintain_order="left"
    )
    valid = pl.col("k").is_not_null()
    named = (pl.col("u") == pl.col("owner_u")) & (pl.col("u") != NO_NAME)
    return queries.with_columns(
        cls=pl.when(valid & named & pl.col("doubled").is_null())
        .then(pl.lit("A"))
        .when(valid & (pl.col("owner").is_not_null() | pl.col("is_shared").is_not_null()))
        .then(pl.lit("B"))
        .when(valid & (pl.col("quality") != "old15"))
        .then(pl.lit("C"))
        .otherwise(pl.lit("D"))
    ).drop("doubled", "is_shared", "owner_u")
