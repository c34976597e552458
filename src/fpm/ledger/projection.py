"""The tables that are derived from events: filled from their views, and compared with them."""

from __future__ import annotations

import sqlite3
from typing import Final

COLUMNS: Final = {
    "publication": "publication, seq, period, issued_on, digest, alerts, head, base, aside",
    "departure": "publication, subject",
    "listing": "publication, subject, said",
}
"""Derived tables, parents before children: the views of the later ones read the earlier ones."""

_PUBLISHED_AFTER: Final = (
    "SELECT EXISTS (SELECT 1 FROM event WHERE seq > ? AND +kind = 'publication')"
)


def project(connection: sqlite3.Connection, after: int) -> None:
    """Bring what the events after number ``after`` say into the derived tables.

    All of them tell of publications; the other kinds of events leave them as they are.
    """
    if not connection.execute(_PUBLISHED_AFTER, (after,)).fetchone()[0]:
        return
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
    """Derived rows that are not stored, and stored rows beyond those.

    A stored row is found by its key, so no table of years has to be sorted; keys are unique.
    """
    columns = COLUMNS[table].split(", ")
    same = " AND ".join(f"stored.{name} IS derived.{name}" for name in columns)
    missing, derived, stored = connection.execute(
        f"SELECT SUM(NOT EXISTS (SELECT 1 FROM {table} AS stored WHERE {same})), COUNT(*),"  # noqa: S608  # names are constants of this module
        f" (SELECT COUNT(*) FROM {table}) FROM {table}_of_events AS derived"
    ).fetchone()
    missing = int(missing or 0)
    return missing + abs(int(stored) - (int(derived) - missing))
