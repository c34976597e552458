"""What the bodies of events hold, and how frames become bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

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
    "against": pl.String,  # whom number and name pointed to, where it was decided against that
}

_PLACE_HIT_FIELDS: Final = (
    "rule_id",
    "kind",
    "scope",
    "person_id",
    "level",
    "risk",
    "evidence",
    "sources",
    "measure",
)
_HIT_FIELDS: Final = (*_PLACE_HIT_FIELDS, "hit_state", "spoken_measure")

Body = dict[str, Any]
StatementKind = Literal["alert", "case_hit", "place_hit"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a publication says about one alert, monitored household or place.

    Attributes:
        kind: of its event.
        body: all it says, but for the references to records.
        sources: for each of its hits, the references to records as canonical JSON.
    """

    kind: StatementKind
    body: Body
    sources: tuple[str, ...]


def statements(update: AlertUpdate) -> dict[str, Statement]:
    """What the update says, by subject: the alert's number, ``case:…``, ``place:…/…``."""
    said = {body["alert_no"]: _statement("alert", body) for body in _alerts(update)}
    for body in _of_cases(update):
        said[f"case:{body['household_id']}"] = _statement("case_hit", body)
    for body in _of_places(update):
        place = f"place:{body['township'] or ''}/{body['village'] or ''}"
        said[place] = _statement("place_hit", body)
    return said


def digests(update: AlertUpdate) -> tuple[str, str]:
    """Of all that is put to the townships with the day of issue, and of all that is kept aside."""
    alerts = {"issued_on": update.issued_on.isoformat(), "alerts": _alerts(update)}
    aside = {
        "cases": _of_cases(update),
        "places": _of_places(update),
        "moves": update.moves.to_dicts(),
    }
    return digest(canonical(alerts)), digest(canonical(aside))


def said_before(kind: StatementKind, body: Body) -> Statement:
    """The statement whose event has ``body``; until version 2 references stood in the hits."""
    return _statement(kind, {name: value for name, value in body.items() if name != "publication"})


def carried(statement: Statement, reads: Mapping[str, str]) -> Statement:
    """How a statement of an earlier period reads in a later one that does not repeat it.

    The views ``alert`` and ``hit`` read it the same way, by the same table ``carried``.
    """
    hits = [
        {**hit, "hit_state": reads.get(hit["hit_state"], hit["hit_state"])}
        if "hit_state" in hit
        else hit
        for hit in statement.body["hits"]
    ]
    body = {**statement.body, "hits": hits}
    if statement.kind == "alert":
        body |= {"state": reads.get(body["state"], body["state"]), "change": ""}
    return Statement(statement.kind, body, statement.sources)


def decision_body(row: Body) -> Body:
    """The body of a decision event: one that faces no data says nothing of them."""
    return {name: value for name, value in row.items() if name != "against" or value is not None}


def feedback_body(row: Body) -> Body:
    """The body of a feedback event (period included): the same content has the same ``digest``."""
    visited = row["visited_on"]
    body = {**row, "visited_on": visited.isoformat() if visited else None}
    return {**body, "digest": digest(canonical(body))}


def _alerts(update: AlertUpdate) -> list[Body]:
    """One body an alert, its hits inside, in the order of the numbers."""
    hits = update.hits.rows_by_key("alert_no", named=True, include_key=True)
    alerts = update.alerts.with_columns(pl.col("due_date").dt.to_string("%Y-%m-%d"))
    return [
        {**row, "hits": _hits(hits.get(row["alert_no"], ()), _HIT_FIELDS)}
        for row in alerts.iter_rows(named=True)
    ]


def _of_cases(update: AlertUpdate) -> list[Body]:
    return _grouped(update.case_hits, ("household_id", "township", "village"), _HIT_FIELDS)


def _of_places(update: AlertUpdate) -> list[Body]:
    return _grouped(update.village_hits, ("township", "village"), _PLACE_HIT_FIELDS)


def _grouped(hits: pl.DataFrame, key: tuple[str, ...], fields: tuple[str, ...]) -> list[Body]:
    """One body for each value of ``key``, in their order."""
    groups = hits.sort(key, maintain_order=True).rows_by_key(key, named=True, include_key=True)
    return [
        {**dict(zip(key, place, strict=True)), "hits": _hits(rows, fields)}
        for place, rows in groups.items()
    ]


def _hits(rows: Iterable[Body], fields: tuple[str, ...]) -> list[Body]:
    """Hits as they stand in an event; references to records as JSON, not as text inside JSON."""
    return [
        {name: row[name] for name in fields}
        | {"sources": json.loads(row["sources"]) if row["sources"] else []}
        for row in rows
    ]


def _statement(kind: StatementKind, body: Body) -> Statement:
    """Take the references out of the hits."""
    sources = tuple(canonical(hit.get("sources", [])) for hit in body["hits"])
    hits = [{name: hit[name] for name in hit if name != "sources"} for hit in body["hits"]]
    return Statement(kind, {**body, "hits": hits}, sources)
