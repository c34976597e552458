"""Classes of queries by what their ID number settles.

A: a valid number whose only owner bears the name: settled without comparing anybody.
B: a valid number of the roster under another name: owner, household mates, or a slipped number.
C: a valid number nobody has: only people whose own number is open can be meant, because two
   different valid numbers are two people.
D: no valid number: everybody can be meant.
E: where numbers are no resident IDs, one that nobody has and that is no slip of another: a
   stranger's, unless it is wrong altogether.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.identity.id_digits import may_be_rounded
from fpm.match.keys import NO_NAME, Keyed
from fpm.match.opaque import strange_numbers

OUTSIDE: Final = ("C", "E")
"""Classes of those who are somebody else than anybody of the roster, as far as numbers tell."""

_NAMES: Final = 1 << 32
"""More than a run has names."""


def classify(keyed: Keyed) -> pl.DataFrame:
    """Queries with their class and the bearer of their number.

    Returns:
        Queries with ``cls`` (A-E), ``owner`` (``ra`` of the only bearer, null for several),
        ``owner_u``, ``owner_hh``, and ``born``/``man`` (birth date and sex the query itself states:
        from its own number only where that number is nobody's in the roster).
    """
    named_at_home = pl.col("hh").cast(pl.Int64) * _NAMES + pl.col("u")
    bearers = keyed.people.select(
        "k",
        "shared",
        doubled=named_at_home.is_duplicated() & (pl.col("u") != NO_NAME),
        owner="ra",
        owner_u="u",
        owner_hh="hh",
    ).filter(pl.col("k").is_not_null())
    several = bearers.filter("shared").unique("k", keep="first", maintain_order=True)
    owners = bearers.filter(~pl.col("shared")).vstack(several)
    borne = keyed.queries.select("k").join(owners, on="k", how="left", maintain_order="left")
    queries = keyed.queries.hstack(borne.drop("k"))
    one, valid = ~pl.col("shared"), pl.col("k").is_not_null()
    named = (pl.col("u") == pl.col("owner_u")) & (pl.col("u") != NO_NAME)
    proven = (
        (pl.col("quality") != "old15") & (not keyed.opaque) & ~may_be_rounded(pl.col("pattern"))
    )
    strange = pl.col("q").is_in(strange_numbers(queries, keyed).implode())
    cls = (
        pl.when(one & named & ~pl.col("doubled"))
        .then(pl.lit("A"))
        .when(pl.col("owner").is_not_null())
        .then(pl.lit("B"))
        .when(valid & proven)
        .then(pl.lit("C"))
        .when(strange)
        .then(pl.lit("E"))
        .otherwise(pl.lit("D"))
    )
    own_number = pl.col("cls").is_in(["C", "D", "E"])
    return (
        queries.with_columns(cls=cls)
        .with_columns(
            owner=pl.when(one).then("owner"),
            owner_u=pl.when(one).then("owner_u"),
            owner_hh=pl.when(one).then("owner_hh"),
            born=pl.when(own_number)
            .then(pl.coalesce("birth_date", "id_birth"))
            .otherwise("birth_date"),
            man=pl.when(own_number & (pl.col("sex") == 0)).then("id_sex").otherwise("sex"),
        )
        .drop("shared", "doubled")
    )
