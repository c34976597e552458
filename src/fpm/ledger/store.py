"""The ledger: an SQLite file of append-only, hash-chained events and the tables they give."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from fpm.errors import LedgerDamagedError, RefusedError
from fpm.ledger import queries
from fpm.ledger.bodies import DECISION_SCHEMA, FEEDBACK_SCHEMA, decision_body, feedback_body
from fpm.ledger.chain import GENESIS, Event, canonical, event_hash
from fpm.ledger.connection import connect, connect_read_only, sqlite_errors
from fpm.ledger.projection import project
from fpm.ledger.publishing import in_force, listed_hits, publication_events, says_the_same
from fpm.ledger.state import (
    LEDGER_ALERT_SCHEMA,
    LEDGER_HIT_SCHEMA,
    AlertUpdate,
)
from fpm.model import Period, mask_digits


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a publication.

    Attributes:
        head: hash that seals the publication, printed on every list of the period.
        changed: false when the ledger held exactly this already and nothing was written.
        later: periods published after this one that must be run again because it changed.
    """

    head: str
    changed: bool
    later: tuple[str, ...]


class Ledger:
    """The memory of a workspace; use as a context manager.

    Everything is written by appending events inside a transaction; nothing is overwritten.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Use :meth:`open`."""
        self._path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger at ``path``, creating it when there is none.

        Raises:
            LedgerDamagedError, BusyError, StorageError: see ``fpm.ledger.connection.connect``.
        """
        ledger = cls(path, connect(path))
        try:
            ledger._check_last_event()
        except BaseException:
            ledger.close()
            raise
        return ledger

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open the ledger at ``path`` for questions only; nothing about the file changes.

        Raises:
            LedgerDamagedError, BusyError, StorageError: it cannot be read.
        """
        with sqlite_errors(path):
            return cls(path, connect_read_only(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; an open transaction is undone."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All events appended in the block are kept, or none; a block inside a block is one."""
        if self._connection.in_transaction:
            yield
            return
        with sqlite_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        with sqlite_errors(self._path):
            self._connection.execute("COMMIT")

    def issued_on(self, period: Period) -> dt.date | None:
        """The day on which the period's list was first issued, or ``None``."""
        rows = self.rows(queries.ISSUED_ON, (str(period),))
        return dt.date.fromisoformat(rows[0][0]) if rows and rows[0][0] else None

    def periods(self) -> list[str]:
        """The periods published, in order."""
        return [row[0] for row in self.rows(queries.PERIODS, ())]

    def head(self, period: Period) -> str | None:
        """The hash that seals the period's publication, or ``None``."""
        with sqlite_errors(self._path):
            current = in_force(self._connection, str(period))
        return current.head if current else None

    def alerts(self, period: str) -> pl.DataFrame:
        """LEDGER_ALERT_SCHEMA of the period's publication in force; empty when there is none."""
        return self.frame(queries.ALERTS, (period,), LEDGER_ALERT_SCHEMA)

    def record(self, update: AlertUpdate, recorded_on: dt.date) -> Recorded:
        """Append a period's publication, unless the one in force says exactly the same.

        A publication that differs replaces the one in force; both stay in the events.
        """
        with self.transaction(), sqlite_errors(self._path):
            current = in_force(self._connection, update.period)
            if current and says_the_same(current, update):
                return Recorded(head=current.head, changed=False, later=())
            day = recorded_on.isoformat()
            head = self.append(publication_events(self._connection, update, day))
            later = tuple(name for name in self.periods() if name > update.period)
        return Recorded(head=head, changed=True, later=later)

    def hits(self, period: str) -> pl.DataFrame:
        """LEDGER_HIT_SCHEMA of the period's publication in force."""
        with sqlite_errors(self._path):
            rows = list(listed_hits(self._connection, period))
        return pl.DataFrame(rows, schema=LEDGER_HIT_SCHEMA, orient="row")

    def add_feedback(self, feedback: pl.DataFrame, received_on: dt.date) -> int:
        """Append feedback rows (FEEDBACK_SCHEMA); rows the ledger has already are passed over.

        Returns:
            How many rows were new.

        Raises:
            RefusedError: a row answers an alert that was not on that period's list.
        """
        rows = feedback.select(FEEDBACK_SCHEMA.keys()).unique(maintain_order=True)
        bodies = [feedback_body(row) for row in rows.iter_rows(named=True)]
        with self.transaction():
            fresh = [body for body in bodies if not self._is_recorded(body)]
            for body in fresh:
                self._require_listed(body["alert_no"], body["period"])
            day = received_on.isoformat()
            self.append(Event("feedback", body["period"], day, canonical(body)) for body in fresh)
        return len(fresh)

    def add_decisions(self, decisions: pl.DataFrame, period: Period, decided_on: dt.date) -> int:
        """Append decisions on undecided matches (DECISION_SCHEMA) that say something new.

        Returns:
            How many were new.
        """
        rows = decisions.select(DECISION_SCHEMA.keys()).unique(maintain_order=True)
        with self.transaction():
            held = {row[0]: tuple(row[1:]) for row in self.rows(queries.DECISIONS, ())}
            fresh = [
                row
                for row in rows.iter_rows(named=True)
                if held.get(row["identity"]) != tuple(row.values())[1:]
            ]
            day = decided_on.isoformat()
            self.append(
                Event("decision", str(period), day, canonical(decision_body(row))) for row in fresh
            )
        return len(fresh)

    def decisions(self) -> pl.DataFrame:
        """DECISION_SCHEMA: the latest decision for each identity."""
        return self.frame(queries.DECISIONS, (), DECISION_SCHEMA)

    def feedback(self) -> pl.DataFrame:
        """FEEDBACK_SCHEMA and ``received_on``, in the order in which it came."""
        return self.frame(queries.FEEDBACK, (), {**FEEDBACK_SCHEMA, "received_on": pl.Date})

    def dump(self) -> Iterator[tuple[int, str, str, str, str, str]]:
        """Every event, one at a time: number, period, kind, day, hash, body with masked numbers."""
        with sqlite_errors(self._path):
            events = self._connection.execute(queries.EVENTS)
        for seq, kind, period, day, body, hashed in events:
            yield seq, period, kind, day, hashed, mask_digits(body)

    def _is_recorded(self, body: dict[str, Any]) -> bool:
        key = (body["alert_no"], body["period"], body["digest"])
        return bool(self.rows(queries.IS_RECORDED, key))

    def _require_listed(self, alert_no: str, period: str) -> None:
        if not self.rows(queries.LISTED, (alert_no, period)):
            raise RefusedError(
                f"反馈的线索 {alert_no} 不在 {period} 期的清单中，请核对线索编号和期次"
            )

    def append(self, events: Iterable[Event]) -> str:
        """Append events inside the open transaction; return the hash of the last one.

        For modules of this package that know what the bodies of their events hold.
        """
        with sqlite_errors(self._path):
            last = self._connection.execute(queries.LAST_EVENT).fetchone()
            after, previous = (last[0], last[6]) if last else (0, GENESIS)
            rows = []
            # A chain is sequential by nature: each hash needs the one before it.
            for seq, event in enumerate(events, start=after + 1):
                hashed = event_hash(seq, event, previous)
                rows.append(
                    (seq, event.kind, event.period, event.recorded_on, event.body, previous, hashed)
                )
                previous = hashed
            self._connection.executemany(queries.APPEND, rows)
            project(self._connection, after)
        return previous

    def _check_last_event(self) -> None:
        """A quick look that catches a tail cut off or rewritten by hand; ``verify`` proves all."""
        with sqlite_errors(self._path):
            last = self._connection.execute(queries.LAST_EVENT).fetchone()
        if last is not None:
            seq, kind, period, day, body, previous, hashed = last
            if event_hash(seq, Event(kind, period, day, body), previous) != hashed:
                raise LedgerDamagedError("台账最后一条事件与校验值不符，请运行 fpm verify 查明")

    def rows(self, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a question of this package."""
        with sqlite_errors(self._path):
            return self._connection.execute(query, parameters).fetchall()

    def number(self, query: str, parameters: Sequence[Any]) -> int:
        """The one number a question of this package asks for, 0 for none."""
        return int(self.rows(query, parameters)[0][0] or 0)

    def frame(
        self, query: str, parameters: Sequence[Any], schema: dict[str, type[pl.DataType]]
    ) -> pl.DataFrame:
        """The rows of a question of this package, in its order, with the given columns."""
        as_stored = {
            name: pl.String if dtype == pl.Date else dtype for name, dtype in schema.items()
        }
        frame = pl.DataFrame(self.rows(query, parameters), schema=as_stored, orient="row")
        dates = [name for name, dtype in schema.items() if dtype == pl.Date]
        return frame.with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))
