"""People outside the roster whom the run's own rows make known.

A valid number that nobody of the roster has is somebody all the same. When another row of the month
bears his name but no readable number, or somebody else's, he is as likely meant as a namesake of
the roster, and more so in a list that names people several times. He takes part as a candidate;
what falls to him falls to nobody of the roster. Not so where somebody whose own number is open
bears the name: the number may be his, unless what is left of his own is another.

A damaged number makes an outsider known, too, where no candidate's number explains what is left of
it: not to rows with a number of their own, but to those with little or none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from fpm.identity.id_relation import (
    INCOMPATIBLE,
    NEAR_SOUND,
    NONE,
    PREFIX,
    SHOWN_DIFFER,
    UNLIKE,
    id_relations,
)
from fpm.identity.places import ELSEWHERE
from fpm.match.classes import OUTSIDE
from fpm.match.keys import NO_NAME, Keyed

_TELLING: Final = 10
"""Places of a number that tell two people apart; masks leave as many."""

_BARE: Final = 12
"""A row of fewer places has little of a number: whose it is, name and place must say."""

_TOWNSHIP: Final = 20.0
_ALONE: Final = 0.5
"""Rows that what is usual is worth against those of a township, and outsiders that the share of
those whom one record names is worth before any is seen."""

_OTHERS: Final = (NONE, PREFIX, INCOMPATIBLE, SHOWN_DIFFER, UNLIKE)
"""Relations of a number to one that does not explain it."""


def with_outsiders(keyed: Keyed, classed: pl.DataFrame) -> tuple[Keyed, pl.DataFrame]:
    """The roster with the known outsiders who are called as an undecided query is.

    Args:
        keyed: roster and names.
        classed: queries with class.

    Returns:
        ``keyed`` with outsiders appended to ``people`` (no ``person_id``; ``inside`` tells them
        apart), and which queries carry their numbers, however they spell the name: ``q``, ``x``,
        ``ra``, ``alone`` (Boolean: no other record does).
    """
    undecided = classed.filter(pl.col("cls").is_in(["B", "D"]) & (pl.col("u") != NO_NAME))
    sounds = keyed.names.names["sound"]
    outside = pl.col("cls").is_in(OUTSIDE)
    unknown = sure_outsiders(classed, keyed.people).filter(pl.col("u") != NO_NAME)
    asked = sounds.gather(undecided["u"])
    named = unknown.filter(sounds.gather(unknown["u"]).is_in(asked.unique().implode()))
    # By what rows say, never by their order: the first stands for the person, one with a place.
    said = ["k", "v", "t", "u", "phone", "former", "q"]
    named = named.sort(said, descending=[name in ("t", "v") for name in said])
    first = named.unique("k", keep="first", maintain_order=True)
    together, outsiders = _with_people(keyed, first)
    told = (
        classed.filter(outside)
        .select("q", "x", "k", "rows")
        .join(outsiders.select("k", "ra"), on="k")
        .with_columns(alone=pl.col("rows").sum().over("k") == 1)
    )
    return together, told.select("q", "x", "ra", "alone").sort("q")


def _with_people(keyed: Keyed, rows: pl.DataFrame) -> tuple[Keyed, pl.DataFrame]:
    """``keyed`` with one outsider a row behind its people, each alone at home, and ``rows`` so."""
    people, place = keyed.people, pl.int_range(pl.len(), dtype=pl.UInt32)
    homes = people["hh"].n_unique()
    outsiders = rows.with_columns(
        ra=place + people.height,
        hh=place + homes,
        birth=pl.coalesce("id_birth", "birth_date"),
        sex=pl.when(pl.col("id_sex") > 0).then("id_sex").otherwise("sex"),
        person_id=pl.lit(None, pl.String),
        household_id=pl.lit(None, pl.String),
        inside=pl.lit(value=False),
        **dict.fromkeys(("open", "shared", "is_head"), pl.lit(value=False)),
    )
    columns = [
        pl.col(name).cast(dtype) if name in outsiders.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in people.schema.items()
    ]
    return replace(keyed, people=pl.concat([people, outsiders.select(columns)])), outsiders


def with_unexplained(
    keyed: Keyed, classed: pl.DataFrame, compared: pl.DataFrame
) -> tuple[Keyed, pl.DataFrame, pl.DataFrame]:
    """The people and those whose damaged number is nobody's.

    Args:
        keyed: roster, known outsiders and names.
        classed: queries with class.
        compared: pairs of these queries.

    Returns:
        ``keyed`` with the outsiders appended to ``people``; which query makes each known, ``q``,
        ``x``, ``ra``; and the pairs ``q``, ``ra`` of those with rows of little number that are
        called alike, sorted.
    """
    sounds = keyed.names.names["sound"]
    rows = classed.filter((pl.col("cls") == "D") & (pl.col("u") != NO_NAME))
    rows = rows.with_columns(
        heard=sounds.gather(rows["u"]),
        shown=pl.col("pattern").str.count_matches("[0-9X]").fill_null(0),
    )
    bare = rows.filter(pl.col("shown") < _BARE).select("q", "heard")
    explained = compared.filter(~pl.col("id").is_in(_OTHERS)).select("q").unique()
    doubtful = keyed.people.filter("open").select("u").unique()
    lost = (
        rows.filter((pl.col("shown") >= _TELLING) & (pl.col("quality") != "other"))
        .join(explained, on="q", how="anti")
        .join(doubtful, on="u", how="anti")
        .join(bare, on="heard", how="semi")
        .sort("q")
    )
    together, outsiders = _with_people(keyed, lost)
    met = bare.join(outsiders.select("ra", "heard", own="q"), on="heard")
    pairs = met.filter(pl.col("q") != pl.col("own")).select("q", "ra").sort("q", "ra")
    return together, outsiders.select("q", "x", "ra"), pairs


def likeliest_outsiders(scored: pl.DataFrame, everybody: pl.DataFrame) -> pl.DataFrame:
    """The known outsider whom each query is likeliest to mean.

    Args:
        scored: pairs with ``p``.
        everybody: roster and known outsiders.

    Returns:
        ``q``, ``outsider`` (the name as delivered), ``outsider_chance``; queries with one only.
    """
    met = scored.filter(~everybody["inside"].gather(scored["ra"]))
    best = met.sort("q", "p", "ra", descending=[False, True, False]).unique(
        "q", keep="first", maintain_order=True
    )
    return best.select(
        "q", everybody["name"].gather(best["ra"]).alias("outsider"), outsider_chance="p"
    )


def sure_outsiders(classed: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Queries whose number is nobody's of the roster, not even of a namesake whose own is open.

    Args:
        classed: queries with class.
        people: roster.
    """
    outside = classed.filter(pl.col("cls").is_in(OUTSIDE))
    doubtful = people.filter("open").select("u", "k", other="pattern", other_known="known")
    met = outside.select("q", "u", "pattern", "known").join(doubtful, on="u")
    relation, _ = id_relations(met["pattern"], met["other"], met["known"], met["other_known"])
    damaged = met["k"].is_null() & met["other"].is_not_null() & met["pattern"].is_not_null()
    another = damaged.to_numpy() & np.isin(relation, (INCOMPATIBLE, SHOWN_DIFFER))
    return outside.join(met.filter(~pl.Series(another)).select("q"), on="q", how="anti")


def hidden_outsiders(asked: pl.DataFrame) -> pl.Series:
    """How much oftener than in the rest of the list an outsider's other records hide him, as a log.

    Most outsiders whom several records name are known by one of them. Where the numbers of a whole
    township are damaged they are not: each is nobody, and a namesake of the roster none the surer.

    Args:
        asked: queries with class, ``t`` and ``rows``.
    """
    number, town, rows = (asked[name].to_numpy() for name in ("x", "t", "rows"))
    lists, places = int(number.max(initial=0)) + 1, int(town.max(initial=0)) - ELSEWHERE + 1
    cell = number.astype(np.intp) * places + (town - ELSEWHERE)
    damaged = (asked["cls"] == "D").to_numpy()
    every, lost = (
        np.bincount(cell, weights=weights, minlength=lists * places).reshape(lists, places)
        for weights in (rows, rows * damaged)
    )
    usual = (lost.sum(axis=1) / np.maximum(every.sum(axis=1), 1))[:, None]
    here = (lost + _TOWNSHIP * usual) / (every + _TOWNSHIP)
    # A number is settled, or somebody's, on all its records or on none.
    strangers = asked.filter(~pl.col("cls").is_in(["A", "B"])).select(
        "x", outside=pl.col("cls").is_in(OUTSIDE), one=pl.col("rows").sum().over("x", "k") == 1
    )
    met, alone = (
        np.bincount(strangers.filter(which)["x"].to_numpy(), minlength=lists)[:, None]
        for which in (pl.col("outside"), pl.col("outside") & pl.col("one"))
    )
    once = (alone + _ALONE * _TOWNSHIP) / (met + _TOWNSHIP)
    unknown = [once + (1 - once) * share for share in (here, usual)]
    return pl.Series(np.log(unknown[0] / unknown[1]).ravel()[cell])


def knowable(compared: pl.DataFrame, labels: pl.DataFrame, everybody: pl.DataFrame) -> pl.DataFrame:
    """Pairs less those of training queries that prove nothing, whatever the label says.

    The outsider of whom only the query itself tells, and those whose row a number nobody has may be
    all the same: people whose own number is open, and the bearer of one two slips away.

    Args:
        compared: pairs of real queries, then of training queries, sorted by ``q``.
        labels: of the training queries, in their order.
        everybody: roster and known outsiders.
    """
    if labels.is_empty():
        return compared
    real = compared["q"].search_sorted(labels["q"][0])
    own = compared[real:]
    said = labels.select("ra", "unknown", "source")[own["q"] - labels["q"][0]]
    outside = ~everybody["inside"].gather(said["ra"]).fill_null(value=False)
    itself = (own["ra"] == said["unknown"]).fill_null(value=False)
    slipped = compared[:real].filter(pl.col("id") == NEAR_SOUND).select("ra", source="q")
    slips = slipped.with_columns(met=pl.lit(value=True))
    near = (
        said.select("source")
        .hstack(own.select("ra"))
        .join(slips, on=["source", "ra"], how="left", maintain_order="left")["met"]
        .is_not_null()
    )
    doubtful = outside & (everybody["open"].gather(own["ra"]) | near)
    return pl.concat([compared[:real], own.filter(~(doubtful | itself))])
