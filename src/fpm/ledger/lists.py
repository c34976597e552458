"""What was put to the townships: the lists that answers may come back for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Final

import polars as pl

from fpm.ledger import queries
from fpm.ledger.bodies import FEEDBACK_SCHEMA
from fpm.ledger.store import Ledger

LISTED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "alert_no": pl.String,
    "period": pl.String,
    "head": pl.String,  # the seal that was printed on the list
    "issued_on": pl.Date,
    "household_id": pl.String,
    "township": pl.String,
    "village": pl.String,
    "state": pl.String,
    "level": pl.String,
    "risks": pl.String,
    "due_date": pl.Date,
    "since": pl.Date,  # when the township was last asked anew: an earlier visit is no answer
}


ANSWERED_RULE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "alert_no": pl.String,
    "period": pl.String,
    "township": pl.String,
    "rule_id": pl.String,
    "level": pl.String,  # of the hit
    "result": pl.String,
    "measure": pl.Float64,  # the largest among those of the alert's members
}


def feedback_about(ledger: Ledger, alert_numbers: Iterable[str]) -> pl.DataFrame:
    """FEEDBACK_SCHEMA and ``received_on`` of some alerts, in the order in which it came."""
    wanted = json.dumps(sorted(set(alert_numbers)))
    schema: dict[str, type[pl.DataType]] = {**FEEDBACK_SCHEMA, "received_on": pl.Date}
    return ledger.frame(queries.FEEDBACK_ABOUT, (wanted,), schema)


def answered_rules(
    ledger: Ledger, until: tuple[str, dt.date] | None = None, since: str = ""
) -> pl.DataFrame:
    """ANSWERED_RULE_SCHEMA: the latest answer on each list entry for each rule that spoke on it.

    Args:
        ledger: the ledger.
        until: a period and the day its list was issued: only answers on earlier lists that came in
            by that day.
        since: only answers on lists of this period and later.
    """
    period, day = until or ("9999-12", dt.date.max)
    bounds = (since, period, day.isoformat())
    return ledger.frame(queries.ANSWERED_RULES, bounds, ANSWERED_RULE_SCHEMA)


def listed(ledger: Ledger, periods: Iterable[str]) -> pl.DataFrame:
    """LISTED_SCHEMA: every alert put to a township in ``periods``, once for each seal.

    A period that was published again sent lists under another seal; answers on the earlier ones
    count too.
    """
    wanted = json.dumps(sorted(set(periods)))
    return ledger.frame(queries.LISTED_IN, (wanted,), LISTED_SCHEMA)
