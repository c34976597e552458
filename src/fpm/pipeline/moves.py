"""two rosters → households whose number changed: what the ledger remembers is theirs."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from fpm.ledger import (
    DATED_MOVE_SCHEMA,
    MOVE_SCHEMA,
    Ledger,
    follow_moves,
    household_moves,
    known_households,
    recorded_moves,
)
from fpm.model import Period
from fpm.workspace import Workspace


def moves_into(
    ledger: Ledger, workspace: Workspace, period: Period, roster: pl.DataFrame
) -> pl.DataFrame:
    """MOVE_SCHEMA: numbers that changed between the last published period and ``period``.

    Only of households that the ledger knows; the others have no history to keep. Where that
    period's roster is gone from ``data/``, what was recorded for ``period`` holds.
    """
    earlier = [name for name in ledger.periods() if name < str(period)]
    before = workspace.read_frame(Period.parse(earlier[-1]), "roster") if earlier else None
    if before is None:
        recorded = recorded_moves(ledger, period).filter(pl.col("period") == str(period))
        return recorded.select(MOVE_SCHEMA.keys())
    moves = household_moves(before, roster)
    if moves.is_empty():
        return moves
    known = pl.Series(known_households(ledger), dtype=pl.String)
    return moves.filter(pl.col("was").is_in(known.implode()))


def by_present_people(then: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Facts of an earlier month with the person numbers of ``roster``.

    Whoever was numbered anew is known by the ID number. A number that was given to somebody else
    since then goes with its former holder's facts no more.
    """
    moved = household_moves(then, roster).drop_nulls("person_was")
    numbers = moved.filter(pl.col("person_was") != pl.col("person_id")).select(
        "person_was", _now="person_id"
    )
    if numbers.is_empty():
        return then
    return (
        then.join(
            numbers, left_on="person_id", right_on="person_was", how="left", maintain_order="left"
        )
        .sort(pl.col("_now").is_null(), maintain_order=True)
        .with_columns(person_id=pl.coalesce("_now", "person_id"))
        .unique("person_id", keep="first", maintain_order=True)
        .select(then.columns)
    )


def moves_so_far(ledger: Ledger) -> pl.DataFrame:
    """DATED_MOVE_SCHEMA: every recorded move; followed to the end it gives present numbers."""
    published = ledger.periods()
    if not published:
        return pl.DataFrame(schema=DATED_MOVE_SCHEMA)
    return recorded_moves(ledger, Period.parse(published[-1]))


def numbers_by_month(
    ledger: Ledger, started: tuple[str, str], months: Iterable[Period]
) -> dict[Period, str]:
    """By month the number in its roster of the household ``started``: a period, its number then."""
    row = pl.DataFrame([started], schema=["period", "household_id"], orient="row")
    moves = moves_so_far(ledger)
    return {
        month: follow_moves(row, moves.filter(pl.col("period") <= str(month)))["household_id"][0]
        for month in months
    }


def moves_until(ledger: Ledger, period: Period, own: pl.DataFrame) -> pl.DataFrame:
    """DATED_MOVE_SCHEMA: the recorded moves of earlier periods, then ``own`` of ``period``."""
    earlier = recorded_moves(ledger, period).filter(pl.col("period") < str(period))
    dated = own.select(pl.lit(str(period)).alias("period"), *MOVE_SCHEMA)
    return pl.concat([earlier, dated.select(DATED_MOVE_SCHEMA.keys())])
