"""The tables that are derived from events: filled from their views, and compared with them."""

from __future__ import annotations

import sqlite3
from typing import Final

COLUMNS: Final = {
    "publication": "publication, seq, period, issued_on, digest, alerts, head",
    "alert": (
        "publication, alert_no, household_id, township, village, state, level, risks,"
        " first_period, due_date, change"
    ),
    "hit": (
        "publication, alert_no, place, rule_id, kind, scope, person_id, level, risk, measure,"
        " hit_state, spoken_measure"
    ),
    "feedback": (
        "seq, digest, alert_no, period, result, visited_on, officer, findings, policies,"
        " measures, received_on"
    ),
    "decision": "seq, identity, person_id, decided_by, decided_on",
    "case_event": (
        "seq, period, case_no, household_id, township, village, action, step, type, risks,"
        " alert_no, done_on, officer, note, recorded_on"
    ),
}
"""Derived tables, parents before children."""


def project(connection: sqlite3.Connection, after: int) -> None:
    """Bring what the events after number ``after`` say into the derived tables."""
    for table, columns in COLUMNS.items():
        connection.execute(
            f"INSERT INTO {table} ({columns})"  # noqa: S608  # names are constants of this module
            f" SELECT {columns} FROM {table}_of_events WHERE seq > ?",
            (after,),
        )


def differences(connection: sqlite3.Connection) -> dict[str, int]:
    """Derived tables that do not say what the events say, and in how many rows."""
    counts = {table: _difference(connection, table) for table in COLUMNS}
    return {table: count for table, count in counts.items() if count}


def _difference(connection: sqlite3.Connection, table: str) -> int:
    columns = COLUMNS[table]
    stored = f"SELECT {columns} FROM {table}"  # noqa: S608  # names are constants of this module
    derived = f"SELECT {columns} FROM {table}_of_events"  # noqa: S608  # as above
    query = (
        f"SELECT (SELECT COUNT(*) FROM ({stored} EXCEPT {derived}))"  # noqa: S608  # as above
        f" + (SELECT COUNT(*) FROM ({derived} EXCEPT {stored}))"
    )
    return int(connection.execute(query).fetchone()[0])
