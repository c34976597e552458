"""Cases in the ledger: what was done for each monitored household, event by event."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
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


CASE_INDEX_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "period": pl.String,  # of the list that led to it
    "case_no": pl.String,
    "household_id": pl.String,  # its number on that list
    "action": pl.String,  # the last that was recorded, with its step
    "step": pl.String,
}

Until = tuple[str, dt.date]
"""A period and the day its list was issued: what came of earlier lists and was recorded by that
day, so that a period run again sees what it saw the first time."""
_ALL: Final[Until] = ("9999-12", dt.date.max)


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


def case_index(ledger: Ledger, until: Until = _ALL) -> pl.DataFrame:
    """CASE_INDEX_SCHEMA, one row a case: enough to tell which ones are asked for."""
    period, day = until
    return ledger.frame(queries.CASES, (period, day.isoformat()), CASE_INDEX_SCHEMA)


def case_events(
    ledger: Ledger, numbers: Iterable[str] | None = None, until: Until = _ALL
) -> pl.DataFrame:
    """CASE_EVENT_SCHEMA of some cases, or of all, in the order in which they were recorded."""
    period, day = until
    if numbers is None:
        return ledger.frame(queries.CASE_EVENTS, (period, day.isoformat()), CASE_EVENT_SCHEMA)
    asked = (period, day.isoformat(), json.dumps(sorted(set(numbers))))
    return ledger.frame(queries.CASE_EVENTS_OF, asked, CASE_EVENT_SCHEMA)


def last_case_number(ledger: Ledger, prefix: str) -> int:
    """The highest running number after ``prefix``, 0 for none."""
    return ledger.number(queries.LAST_CASE, (prefix,))
