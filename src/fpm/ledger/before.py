"""What the ledger knows when a period is judged, by the numbers that households have in it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from fpm.ledger import queries
from fpm.ledger.moves import DATED_MOVE_SCHEMA, MOVE_SCHEMA, follow_moves
from fpm.ledger.state import (
    ANSWER_SCHEMA,
    ISSUED_SCHEMA,
    LASTING_STATES,
    LEDGER_HIT_SCHEMA,
    PREVIOUS_HIT_SCHEMA,
    AlertState,
)
from fpm.ledger.store import Ledger
from fpm.model import SPEAKING_STATES, Period


@dataclass(frozen=True, slots=True)
class Asked:
    """For which period, and for whom, the state is wanted.

    Attributes:
        period: the period judged.
        division: code of the county, first part of an alert number.
        issued_on: the day the period's list was first issued; later answers are not known yet.
        households: those with hits in the period. Answers are looked up for them, and for those
            with an alert in the period before.
        moves: MOVE_SCHEMA, whose number changed since the last published period.
    """

    period: Period
    division: str
    issued_on: dt.date
    households: Collection[str]
    moves: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVE_SCHEMA))


def state_before(ledger: Ledger, asked: Asked) -> AlertState:
    """What is known when the period is judged: all earlier periods, answers up to the day."""
    name = str(asked.period)
    before, following = _neighbours(ledger, name)
    moves = _moves_until(ledger, before, asked)
    listed = ledger.alerts(before)
    present = _by_present_number(listed, asked.moves)
    previous_hits = ledger.frame(queries.HITS_BEFORE, (before,), PREVIOUS_HIT_SCHEMA)
    wanted = sorted({*asked.households, *listed["household_id"], *moves["was"]})
    answers = ledger.frame(
        queries.ANSWERS,
        (name, asked.issued_on.isoformat(), json.dumps(wanted)),
        ANSWER_SCHEMA,
    )
    prefix = f"{asked.division}-{asked.period.year:04d}-"
    return AlertState(
        previous=present.filter(~pl.col("joins")).drop("joins", "into"),
        joined=present.filter("joins").drop("joins"),
        origins=_origins(listed, asked.moves),
        moves=asked.moves,
        previous_hits=follow_moves(previous_hits, _dated(asked.moves, name)),
        standing=follow_moves(_may_stand(ledger, previous_hits, name), _dated(asked.moves, name)),
        previous_issued_on=ledger.issued_on(Period.parse(before)) if before else None,
        current=ledger.alerts(name),
        issued=ledger.frame(queries.ISSUED, (name, following), ISSUED_SCHEMA),
        last_number=ledger.number(queries.LAST_NUMBER, (prefix,)),
        answers=follow_moves(answers, moves),
        next_period=following,
    )


def _may_stand(ledger: Ledger, previous_hits: pl.DataFrame, period: str) -> pl.DataFrame:
    """LEDGER_HIT_SCHEMA of the last list: what spoke in another year, else what stood already."""
    other_year = pl.col("period").str.slice(0, 4) != period[:4]
    candidates = previous_hits.filter(
        pl.when(other_year)
        .then(pl.col("hit_state").is_in(SPEAKING_STATES))
        .otherwise(pl.col("hit_state") == "standing")
    )
    if candidates.is_empty():
        return pl.DataFrame(schema=LEDGER_HIT_SCHEMA)
    states = candidates["hit_state"].unique()
    hits = ledger.hits(candidates["period"][0])
    return hits.filter(pl.col("hit_state").is_in(states.implode()))


def known_households(ledger: Ledger) -> list[str]:
    """Every household that the ledger has an alert or a case of."""
    return [row[0] for row in ledger.rows(queries.HOUSEHOLDS, ())]


def recorded_moves(ledger: Ledger, period: Period) -> pl.DataFrame:
    """DATED_MOVE_SCHEMA: the moves of the published periods up to ``period``, in order."""
    return ledger.frame(queries.MOVES, (str(period),), DATED_MOVE_SCHEMA)


def _neighbours(ledger: Ledger, period: str) -> tuple[str, str | None]:
    before = ledger.rows(queries.PERIOD_BEFORE, (period,))
    after = ledger.rows(queries.PERIOD_AFTER, (period,))
    return (before[0][0] if before else "", after[0][0] if after else None)


def _moves_until(ledger: Ledger, before: str, asked: Asked) -> pl.DataFrame:
    own = _dated(asked.moves, str(asked.period))
    if not before:
        return own
    return pl.concat([recorded_moves(ledger, Period.parse(before)), own])


def _dated(moves: pl.DataFrame, period: str) -> pl.DataFrame:
    return moves.select(pl.lit(period).alias("period"), *MOVE_SCHEMA)


def _by_present_number(alerts: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """``alerts`` with ``joins`` (another alert of the household goes on) and ``into`` (which one).

    The household that kept its number keeps its alert; else the older number goes on.
    """
    followed = follow_moves(alerts, _dated(moves, "")).select(
        "alert_no",
        present="household_id",
        lasts=pl.col("state").is_in(LASTING_STATES),
    )
    ranked = (
        alerts.join(followed, on="alert_no", maintain_order="left")
        .with_columns(kept=pl.col("present") == pl.col("household_id"))
        .sort("lasts", "kept", "first_period", "alert_no", descending=[True, True, False, False])
        .with_columns(
            joins=pl.col("lasts") & ~pl.col("present").is_first_distinct(),
            into=pl.col("alert_no").first().over("present"),
        )
    )
    number = pl.when("joins").then("household_id").otherwise("present")
    return ranked.with_columns(household_id=number).select(*alerts.columns, "joins", "into")


def _origins(alerts: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """``household_id origin``: households with people of an alert's household, and its number."""
    lasting = alerts.filter(pl.col("state").is_in(LASTING_STATES))
    return (
        moves.drop_nulls("person_was")
        .join(lasting.select(was="household_id", origin="alert_no"), on="was")
        .group_by("household_id")
        .agg(pl.col("origin").min())
    )
