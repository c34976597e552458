"""Training rows without labels: the run's own sure rows, their numbers hidden or damaged.

A row with a valid number and its bearer's name is as good as labelled; so is one with a valid
number nobody has. Each gets the kind of damage of a real row of the same list (missing, masked in
the same places, as many digits cut), so that the weights fit this run's rows.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.name_levels import EQUAL, PART, SURNAME, name_levels
from fpm.identity.places import UNKNOWN
from fpm.match.beside import NEIGHBOURS, named_beside
from fpm.match.context import FEW
from fpm.match.damage import damage
from fpm.match.keys import NO_NAME, Keyed
from fpm.match.outsiders import sure_outsiders

TRAINING: Final = 6_000
"""Rows to learn from; more change nothing that can be measured."""

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SILENCE: Final = {
    "u": ("u", NO_NAME),
    "former": ("former", NO_NAME),
    "head_u": ("head_u", NO_NAME),
    "t": ("t", UNKNOWN),
    "v": ("v", UNKNOWN),
    "man": ("sex", 0),
    "born": ("birth_date", None),
    "head_k": ("head_k", None),
    "guardian_u": ("guardian_u", NO_NAME),
    "guardian_k": ("guardian_k", None),
    "phone": ("phone", None),
    "household_id": ("household_id", None),
    "person_id": ("person_id", None),
}
"""What a query can say, the column in which a list itself says it, and the value of silence."""


def sure_links(classed: pl.DataFrame, keyed: Keyed) -> pl.DataFrame:
    """Queries that are as good as labelled: ``q``, ``x``, ``ra``.

    Class A; of class B those whose bearer's name is close while no mate's is closer, and those
    that bear the name of exactly one mate while the bearer's is another.
    """
    said = classed.select("q", "x", "cls", "u", "owner", "owner_hh", *NEIGHBOURS)
    settled = said.filter(pl.col("cls") == "A").select("q", "x", ra="owner")
    other = said.filter(
        (pl.col("cls") == "B") & pl.col("owner").is_not_null() & (pl.col("u") != NO_NAME)
    ).drop("cls")
    home = other.join(keyed.people.select("ra", "hh", cu="u"), left_on="owner_hh", right_on="hh")
    level = name_levels(keyed.names, home["u"].to_numpy(), home["cu"].to_numpy())
    own = home["ra"] == home["owner"]
    beside = named_beside(keyed.names, home["cu"], home["u"], home, own.to_numpy())
    home = home.with_columns(level=pl.Series(level), beside=pl.Series(beside), own=own)
    best = home.group_by("q", "x").agg(
        owner_level=pl.col("level").filter("own").min(),
        mate_level=pl.col("level").filter(~pl.col("own")).min().fill_null(255),
        namesakes=(pl.col("level").filter(~pl.col("own")) == EQUAL).sum(),
        owner=pl.col("owner").first(),
        beside=pl.col("beside").any(),
        mate=pl.col("ra").filter(~pl.col("own") & (pl.col("level") == EQUAL)).first(),
    )
    close = (pl.col("owner_level") <= PART) & (pl.col("owner_level") < pl.col("mate_level"))
    close &= ~pl.col("beside")
    followed = (pl.col("namesakes") == 1) & (pl.col("owner_level") >= SURNAME)
    settled_b = best.filter(close | followed).select(
        "q", "x", ra=pl.when(close).then("owner").otherwise("mate")
    )
    return pl.concat([settled, settled_b]).sort("q")


def scatter(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A fixed shuffle of numbers: what looks random must not depend on the order of rows."""
    mixed = (numbers + np.uint64(1)) * _MIX
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


def training_queries(
    classed: pl.DataFrame, sure: pl.DataFrame, told: pl.DataFrame, keyed: Keyed
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Damaged copies of sure rows.

    A list teaches by its own sure rows. One with too few of them (no numbers, or all masked) is
    imitated by the sure rows of the others, with its damage and without the columns it lacks.

    Args:
        classed: queries with class.
        sure: ``sure_links``.
        told: which queries make outsiders known, and whether ``alone``.
        keyed: roster (for the people whose own number is open).

    Returns:
        Queries of class D, numbered after the real ones; their truth: ``q``, ``x`` (list they come
        from), ``ra`` (null: nobody), ``style`` (list they imitate, null: their own), ``source``
        (the query copied), ``unknown`` (the outsider of whom nothing would be known without the
        row itself). Both empty when there is nothing to learn from or for.
    """
    said = classed.select("q", "x", "cls", "u", "pattern", "known")
    outside = sure_outsiders(said, keyed.people).select("q", "x")
    outside = outside.join(told.drop("x"), on="q", how="left")
    known = pl.when(~pl.col("alone")).then("ra")
    unknown = pl.when("alone").then("ra")
    truth = pl.concat(
        [
            sure.with_columns(unknown=pl.lit(None, pl.UInt32)),
            outside.select("q", "x", ra=known, unknown=unknown),
        ]
    )
    donors = classed.filter(pl.col("cls") == "D").select(
        "x", "quality", donor="pattern", donor_known="known", donor_key="q"
    )
    chosen = _sample(classed, donors, truth)
    labels = chosen.select("q", "x", "style", "source").join(
        truth.select("ra", "unknown", source="q"), on="source", how="left", maintain_order="left"
    )
    damaged = damage(chosen["pattern"], _with_donors(chosen, donors))
    queries = chosen.with_columns(
        damaged,
        cls=pl.lit("D"),
        k=pl.lit(None, pl.UInt64),
        opaque=pl.lit(None, pl.String),
        owner=pl.lit(None, pl.UInt32),
        owner_hh=pl.lit(None, pl.UInt32),
        born="birth_date",
        man="sex",
        beside=pl.lit(None, pl.UInt32),
        moved=pl.lit(None, pl.UInt64),
        **dict.fromkeys(NEIGHBOURS, pl.lit(NO_NAME, pl.Int64)),
    )
    queries = _without_missing_columns(queries, classed)
    return queries.select(classed.columns), labels.select(
        "q", "x", "ra", "style", "source", "unknown"
    )


def poor_lists(classed: pl.DataFrame) -> list[int]:
    """Lists with rows to decide but too few of class A to learn from."""
    counts = classed.group_by("x").agg(
        sure=(pl.col("cls") == "A").sum(), open_rows=(pl.col("cls") == "D").sum()
    )
    poor = counts.filter((pl.col("sure") < FEW) & (pl.col("open_rows") >= FEW))
    return poor["x"].sort().to_list()


def _sample(classed: pl.DataFrame, donors: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Equal quotas for every list that has rows to decide, in an order made of what rows say.

    The queries chosen, with ``source`` (their own number), ``style`` (see above), ``mark`` (a
    random number fixed by their content) and a new ``q`` after the real ones.
    """
    needed = donors.select("x").unique()
    quota = max(TRAINING // max(needed.height, 1), 1)
    known = truth.select("q", "x")
    content = classed.select("k", "u")[known["q"]].select(
        pl.col("k") ^ ((pl.col("u") + 1).cast(pl.UInt64) * (1 << 40))
    )
    known = known.with_columns(mark=pl.Series(scatter(content.to_series().to_numpy())))
    own = known.join(needed, on="x", how="semi")
    parts = [
        own.filter(pl.col("mark").rank("ordinal").over("x") <= quota)
        .with_columns(style=pl.lit(None, pl.UInt32))
        .sort("mark", "q")
    ]
    parts += [
        known.sort("mark", "q").head(TRAINING).with_columns(style=pl.lit(number, pl.UInt32))
        for number in poor_lists(classed)
    ]
    chosen = pl.concat(parts).rename({"q": "source"})
    queries = classed[chosen["source"]].drop("q", "x").hstack(chosen)
    return queries.with_columns(q=pl.int_range(pl.len(), dtype=pl.UInt32) + classed.height)


def _without_missing_columns(queries: pl.DataFrame, classed: pl.DataFrame) -> pl.DataFrame:
    """Rows that imitate a list say nothing where that list never says anything."""
    for number in poor_lists(classed):
        real = classed.filter(pl.col("x") == number)
        never = [
            pl.when(pl.col("style") == number)
            .then(pl.lit(nothing))
            .otherwise(column)
            .cast(queries.schema[column])
            .alias(column)
            for column, (said, nothing) in _SILENCE.items()
            if _is_silent(real[said], nothing)
        ]
        queries = queries.with_columns(never)
    return queries


def _is_silent(said: pl.Series, nothing: int | None) -> bool:
    return said.null_count() == len(said) or (nothing is not None and bool((said == nothing).all()))


def _with_donors(chosen: pl.DataFrame, donors: pl.DataFrame) -> pl.DataFrame:
    """Quality and pattern of one real row of the same list for each chosen row."""
    ordered = donors.sort("x", "quality", "donor", "donor_key").with_columns(
        place=pl.int_range(pl.len(), dtype=pl.UInt64).over("x"), many=pl.len().over("x")
    )
    sizes = ordered.select("x", "many").unique()
    return (
        chosen.select("mark", x=pl.coalesce("style", "x"))
        .join(sizes, on="x", how="left", maintain_order="left")
        .with_columns(place=(pl.col("mark") // 7) % pl.col("many").cast(pl.UInt64))
        .join(ordered.drop("many"), on=["x", "place"], how="left", maintain_order="left")
    )
