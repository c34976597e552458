"""What the bodies of events hold, and how frames become bodies."""

from __future__ import annotations

import json
from typing import Any, Final

import polars as pl

from fpm.ledger.chain import canonical, digest
from fpm.ledger.state import AlertUpdate

FEEDBACK_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "alert_no": pl.String,
    "period": pl.String,  # of the list that was filled in
    "result": pl.String,  # a title of workflow.toml
    "visited_on": pl.Date,
    "officer": pl.String,
    "findings": pl.String,
    "policies": pl.String,
    "measures": pl.String,
}

DECISION_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "identity": pl.String,  # who the record says it is, as the matching stage writes it
    "person_id": pl.String,  # null: none of the candidates
    "decided_by": pl.String,
}

_HIT_FIELDS: Final = (
    "rule_id",
    "kind",
    "scope",
    "person_id",
    "level",
    "risk",
    "evidence",
    "sources",
    "measure",
    "hit_state",
    "spoken_measure",
)


def alert_bodies(update: AlertUpdate) -> list[dict[str, Any]]:
    """One body an alert, its hits inside, in the order of the numbers."""
    hits = update.hits.partition_by("alert_no", as_dict=True, maintain_order=True)
    none = update.hits.clear()
    alerts = update.alerts.with_columns(pl.col("due_date").dt.to_string("%Y-%m-%d"))
    return [
        {**row, "hits": _hit_bodies(hits.get((row["alert_no"],), none))}
        for row in alerts.iter_rows(named=True)
    ]


def _hit_bodies(hits: pl.DataFrame) -> list[dict[str, Any]]:
    """Hits as they stand in an event; references to records as JSON, not as text inside JSON."""
    return [
        {**row, "sources": json.loads(row["sources"]) if row["sources"] else []}
        for row in hits.select(_HIT_FIELDS).iter_rows(named=True)
    ]


def feedback_body(row: dict[str, Any]) -> dict[str, Any]:
    """The body of a feedback event (period included): the same content has the same ``digest``."""
    visited = row["visited_on"]
    body = {**row, "visited_on": visited.isoformat() if visited else None}
    return {**body, "digest": digest(canonical(body))}
