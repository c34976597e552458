"""Cases in the ledger: what was done for each monitored household, event by event."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from fpm.ledger import queries
from fpm.ledger.chain import Event, canonical
from fpm.ledger.store import Ledger

CASE_ACT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "period": pl.String,  # the list that led to it, or the last published one
    "case_no": pl.String,
    "household_id": pl.String,
    "township": pl.String,
    "village": pl.String,
    "action": pl.String,  # open join advance visit clear reopen close
    "step": pl.String,  # the step that is done with this, "" for none
    "type": pl.String,  # kind of monitored household, "" when this says nothing of it
    "risks": pl.String,  # 、-joined, "" when this adds none
    "alert_no": pl.String,
    "done_on": pl.Date,
    "officer": pl.String,
    "note": pl.String,
}

CASE_EVENT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **CASE_ACT_SCHEMA,
    "seq": pl.Int64,
    "recorded_on": pl.Date,
}


def add_case_acts(ledger: Ledger, acts: pl.DataFrame, recorded_on: dt.date) -> int:
    """Append what was done (CASE_ACT_SCHEMA), in the order of the rows; return how many."""
    day = recorded_on.isoformat()
    events = []
    for row in acts.select(CASE_ACT_SCHEMA.keys()).iter_rows(named=True):
        period = row.pop("period")
        body = {**row, "done_on": row["done_on"].isoformat()}
        events.append(Event("case", period, day, canonical(body)))
    if events:
        with ledger.transaction():
            ledger.append(events)
    return len(events)


def case_events(ledger: Ledger, until: tuple[str, dt.date] | None = None) -> pl.DataFrame:
    """CASE_EVENT_SCHEMA in the order in which they were recorded.

    Args:
        ledger: the ledger.
        until: a period and the day its list was issued: only what came of earlier lists and was
            recorded by that day, so that a period run again sees what it saw the first time.
    """
    period, day = until or ("9999-12", dt.date.max)
    return ledger.frame(queries.CASE_EVENTS, (period, day.isoformat()), CASE_EVENT_SCHEMA)


def last_case_number(ledger: Ledger, prefix: str) -> int:
    """The highest running number after ``prefix``, 0 for none."""
    schema: dict[str, type[pl.DataType]] = {"last": pl.Int64}
    found = ledger.frame(queries.LAST_CASE, (len(prefix) + 1, len(prefix), prefix), schema)
    return int(found["last"][0] or 0)
