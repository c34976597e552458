"""What was handed on, to whom, and what a person let pass: recorded once, never changed."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from fpm.ledger import queries
from fpm.ledger.chain import Event, canonical
from fpm.ledger.store import Ledger

HANDED_ON_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "path": pl.String,  # below out/<period>, or as it was exported
    "recipient": pl.String,  # township or department, null for the county itself
    "rows": pl.Int64,
    "people": pl.Int64,  # people and whole households that the list names; null: not counted
    "rules": pl.String,  # 、-joined ids of the rules that put them there; null: not known
    "sha256": pl.String,
}

ACCEPTANCE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "check": pl.String,
    "files": pl.String,
    "message": pl.String,  # what was questioned
    "reason": pl.String,  # why it was let pass
    "accepted_by": pl.String,
    "accepted_on": pl.Date,
}


def add_handed_on(ledger: Ledger, period: str, lists: pl.DataFrame, day: dt.date) -> int:
    """Record lists (HANDED_ON_SCHEMA) handed on for a period; return how many were new.

    A list that is, byte by byte, the one handed on last under its name is not recorded again.
    """
    with ledger.transaction():
        held = ledger.rows(queries.HANDED_ON_HASHES, (period,))
        last = {(path, recipient): sha256 for path, recipient, sha256 in held}
        fresh = [
            row
            for row in lists.select(HANDED_ON_SCHEMA.keys()).iter_rows(named=True)
            if last.get((row["path"], row["recipient"])) != row["sha256"]
        ]
        _append(ledger, "handing_on", period, fresh, day)
    return len(fresh)


def handed_on(ledger: Ledger, period: str) -> pl.DataFrame:
    """HANDED_ON_SCHEMA and ``handed_on``: every list of a period, in the order of handing on."""
    schema: dict[str, type[pl.DataType]] = {**HANDED_ON_SCHEMA, "handed_on": pl.Date}
    return ledger.frame(queries.HANDED_ON, (period,), schema)


def add_acceptances(ledger: Ledger, period: str, acceptances: pl.DataFrame, day: dt.date) -> int:
    """Record what a person let pass (ACCEPTANCE_SCHEMA) and the ledger does not say yet."""
    dated = acceptances.with_columns(pl.col("accepted_on").dt.to_string("%Y-%m-%d"))
    with ledger.transaction():
        known = set(ledger.rows(queries.ACCEPTANCES, (period,)))
        fresh = [
            row
            for row in dated.select(ACCEPTANCE_SCHEMA.keys()).unique(maintain_order=True).to_dicts()
            if tuple(row.values()) not in known
        ]
        _append(ledger, "acceptance", period, fresh, day)
    return len(fresh)


def _append(
    ledger: Ledger, kind: str, period: str, bodies: list[dict[str, Any]], day: dt.date
) -> None:
    if bodies:
        recorded_on = day.isoformat()
        ledger.append(Event(kind, period, recorded_on, canonical(body)) for body in bodies)
