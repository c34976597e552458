"""Rows that stand side by side in a file: the trace that a slipped number column leaves.

Where the number column slipped against the names, a row carries the number of the person named on
the row above or below. So a number whose bearer is named beside its row, and not on it, says little
of the row, while a number found beside that belongs to the person named here says much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.name_levels import EMPTY, HIDDEN, ONE_MISSING, name_levels
from fpm.identity.names import NameTable
from fpm.match.keys import NO_NAME

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEIGHBOURS: Final = ("u_before", "u_after")
"""Names (Int64) on the rows before and after a query."""

_SAMPLE: Final = 4_000
"""Sure rows of a list whose neighbours are looked at."""

_USUAL: Final = 0.0005
_USUAL_ROWS: Final = 1_000.0
"""Share of rows with their own name, or a mate of theirs, beside them before any is seen, and the
rows it is worth."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside queries.

    Attributes:
        classed: queries with class, ``NEIGHBOURS`` (of those whose number is another's or
            damaged), ``beside`` (UInt32: ``ra`` of the bearer of a number beside, of those who bear
            his name) and ``moved`` (UInt64: the number on the side from which the column slipped).
            A number nobody has is no proof of an outsider where there is a bearer beside: class C
            became D.
        usual: (lists, 2) share of sure rows that have their own name, or a mate, beside them.
    """

    classed: pl.DataFrame
    usual: Floats


def look_beside(rows: pl.DataFrame, classed: pl.DataFrame, names: NameTable, lists: int) -> Beside:
    """Names and numbers beside the queries that need them.

    Args:
        rows: ``q``, ``place``, ``before`` and ``after`` of each record.
        classed: queries with class.
        names: of the run.
        lists: number of lists.
    """
    named = pl.col("owner_u") != NO_NAME
    another = (pl.col("cls") == "B") & named & (pl.col("u") != pl.col("owner_u"))
    damaged = (pl.col("cls") == "D") & pl.col("pattern").is_not_null()
    doubtful = classed.select((another | damaged).fill_null(value=False)).to_series()
    spots = first_spots(
        rows.select("q", "place", "before", "after").filter(doubtful.gather(rows["q"]))
    )
    before, after = (neighbours(spots, side) for side in ("before", "after"))

    def slipped_from(name: str, number: str) -> pl.Expr:
        """Within a run: the bearer stands there, and he too with a number that is not his."""
        return another & (pl.col(name) == pl.col("owner_u")) & pl.col(number).is_not_null()

    loose = classed.select("u", k=pl.when(pl.col("cls") != "A").then("k"))
    said = [
        pairs.select("q").hstack(loose[pairs["n"]].rename({name: name + side for name in "uk"}))
        for pairs, side in ((before, "_before"), (after, "_after"))
    ]
    for frame in (*said, _bearers(pl.concat([before, after]), classed, names)):
        classed = classed.join(frame, on="q", how="left", maintain_order="left")
    classed = classed.with_columns(
        pl.col(NEIGHBOURS).fill_null(NO_NAME),
        moved=pl.when(slipped_from("u_before", "k_before"))
        .then("k_after")
        .when(slipped_from("u_after", "k_after"))
        .then("k_before"),
        cls=pl.when((pl.col("cls") == "C") & pl.col("beside").is_not_null())
        .then(pl.lit("D"))
        .otherwise("cls"),
    ).drop("k_before", "k_after")
    return Beside(classed, _usual(rows, classed, lists))


def named_beside(
    names: NameTable, person: pl.Series, own: pl.Series, neighbours: pl.DataFrame, among: Bools
) -> Bools:
    """Of the rows asked about: is a person of quite another name named on a row beside it?

    Args:
        names: of the run.
        person: name number of the person.
        own: of the row.
        neighbours: ``NEIGHBOURS`` of the row.
        among: the rows asked about; False for the others.
    """
    found = np.zeros(len(person), dtype=bool)
    given = neighbours.select(pl.max_horizontal(NEIGHBOURS) != NO_NAME).to_series().to_numpy()
    rows = np.flatnonzero(given & among)
    borne = person.to_numpy()[rows]
    unlike = _unlike(name_levels(names, borne, own.to_numpy()[rows]))
    for column in NEIGHBOURS:
        there = name_levels(names, borne, neighbours[column].to_numpy()[rows])
        found[rows] |= unlike & (there < ONE_MISSING)
    return found


def _unlike(level: NDArray[np.uint8]) -> Bools:
    result: Bools = (level > ONE_MISSING) & (level != EMPTY) & (level != HIDDEN)
    return result


def first_spots(spots: pl.DataFrame) -> pl.DataFrame:
    """Of several records of a query the first."""
    return spots.sort("place").unique("q", keep="first")


def neighbours(spots: pl.DataFrame, side: str) -> pl.DataFrame:
    """``q`` and ``n``, the query of the record on that side."""
    return spots.select("q", n=side).drop_nulls()


def _bearers(pairs: pl.DataFrame, classed: pl.DataFrame, names: NameTable) -> pl.DataFrame:
    """``q`` and ``beside``: whose number stands beside a query of his name, on another's row."""
    said, borne = (classed[name].gather(pairs["q"]) for name in ("u", "owner_u"))
    known = borne.fill_null(NO_NAME).to_numpy()
    pairs = pairs.filter(_unlike(name_levels(names, said.to_numpy(), known)))
    there, here = classed[pairs["q"]], classed.select("u", "cls", own="owner_u")[pairs["n"]]
    found = pl.DataFrame(
        {"q": pairs["n"], "beside": there["owner"], "bears": there["owner_u"], **here.to_dict()}
    )
    # A row with its own name's number has nothing to look for beside it.
    loose = (pl.col("cls") != "A") & pl.col("own").ne_missing(pl.col("u"))
    mine = found.filter((pl.col("u") == pl.col("bears")) & loose)
    # Of two such bearers neither is more likely meant than the other.
    by_query = mine.drop_nulls("beside").unique(["q", "beside"]).group_by("q")
    return (
        by_query.agg(pl.col("beside").first(), many=pl.len())
        .filter(pl.col("many") == 1)
        .drop("many")
    )


def sure_spots(rows: pl.DataFrame, sure: pl.Series, lists: int) -> pl.DataFrame:
    """Some sure rows of each list: ``x``, ``q``, ``place``, ``before``, ``after``."""
    settled = rows.select("x", "q", "place", "before", "after").filter(sure.gather(rows["q"]))
    every = np.bincount(settled["x"].to_numpy(), minlength=lists) // _SAMPLE + 1
    stride = pl.Series(every, dtype=pl.UInt64).gather(settled["x"])
    return settled.filter(settled["place"] % stride == 0)


def _usual(rows: pl.DataFrame, classed: pl.DataFrame, lists: int) -> Floats:
    """Share of sure rows with their own name, and with a mate, beside them."""
    spots = sure_spots(rows, classed["cls"] == "A", lists)
    pairs = pl.concat(neighbours(spots, side) for side in ("before", "after"))
    here, there = (classed.select("u", "owner", "owner_hh")[pairs[side]] for side in ("q", "n"))
    mate = (here["owner_hh"] == there["owner_hh"]) & (here["owner"] != there["owner"])
    counted = pairs.select("q", own=here["u"] == there["u"], mate=mate.fill_null(value=False))
    counted = counted.with_columns(x=classed["x"].gather(counted["q"]))
    asked = np.bincount(classed["x"].gather(spots["q"]).to_numpy(), minlength=lists)
    share = np.zeros((lists, 2))
    for column, kind in enumerate(("own", "mate")):
        met = counted.filter(kind)["x"].to_numpy()
        share[:, column] = np.bincount(met, minlength=lists)
    usual: Floats = (share + _USUAL * _USUAL_ROWS) / (asked[:, None] + _USUAL_ROWS)
    return usual
