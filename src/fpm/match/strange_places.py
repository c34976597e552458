"""Places the gazetteer does not know, by whom the sure rows name there.

A township that none of the roster's people lives in by that name may be an old name of one of
theirs, or a township elsewhere. Rows settled by their numbers tell: people of one township, or
people of nowhere here.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.identity.places import ELSEWHERE, UNKNOWN, town_stem, village_stem
from fpm.match.classes import OUTSIDE

_SEEN: Final = 3
"""Settled records that a name must be seen on."""

_MOST: Final = 0.8
"""Share of them that must agree."""


def read_strange_places(classed: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Queries with ``t`` and ``v`` of places that settled rows explain.

    Args:
        classed: queries with class, ``t`` and ``v``, in the order of ``q``.
        people: roster, its row number the place.

    Returns:
        ``classed``; ``t`` is the township whose people the name stands beside, ``ELSEWHERE`` (and
        ``v`` unknown) beside a name of outsiders, else as it was.
    """
    unknown = classed.filter(pl.col("t") == UNKNOWN).select(
        "q", "cls", "owner", "rows", "v", "township", "village"
    )
    town, village = (town_stem(pl.col("township")), village_stem(pl.col("village")))
    named = pl.coalesce(town, pl.when(pl.col("v") == UNKNOWN).then(village))
    rows = unknown.with_columns(stem=named).filter(pl.col("stem").is_not_null())
    told = rows.join(_explained(rows, people), on="stem", maintain_order="left")
    abroad = told.filter(pl.col("home") == ELSEWHERE)
    return classed.with_columns(
        classed["t"].scatter(told["q"], told["home"]),
        classed["v"].scatter(abroad["q"], UNKNOWN),
    )


def _explained(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """``stem`` and ``home``: the township it stands for, of the names that settled rows explain."""
    settled = rows.filter(pl.col("cls") == "A")
    homes = settled.with_columns(home=people["t"].gather(settled["owner"]))
    outsiders = rows.filter(pl.col("cls").is_in(OUTSIDE))
    met = pl.concat(
        [homes, outsiders.with_columns(home=pl.lit(ELSEWHERE, pl.Int32))], how="vertical"
    )
    counted = met.group_by("stem", "home").agg(pl.col("rows").sum())
    together = pl.col("rows").sum().over("stem")
    clear = (together >= _SEEN) & (pl.col("rows") >= _MOST * together)
    return counted.filter(clear & (pl.col("home") != UNKNOWN)).select("stem", "home")
