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
