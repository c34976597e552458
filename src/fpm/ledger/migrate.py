"""Numbered migrations of the ledger under ``PRAGMA user_version``."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from fpm.errors import LedgerDamagedError, RefusedError

_DISK_CODES: Final = frozenset(
    {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)
"""Primary result codes (the low byte): https://www.sqlite.org/rescode.html."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: ``number`` is the ``user_version`` after it."""

    number: int
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """The migrations beside this module, in order: ``0001_….sql``, ``0002_….sql``."""
    folder = resources.files("fpm.ledger") / "migrations"
    files = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple(
        Migration(int(name.split("_", 1)[0]), (folder / name).read_text("utf-8")) for name in files
    )


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: Sequence[Migration],
    *,
    keep_copies: bool = True,
) -> None:
    """Bring the ledger at ``path`` to the newest version, with a copy of it before each step.

    ``connection`` is in autocommit mode (``isolation_level=None``). The copy before step *n* is
    ``<ledger>.before-<n>.bak``; an empty database is not copied, nor one that is a copy itself
    (``keep_copies`` false).

    Raises:
        RefusedError: the ledger was written by a newer fpm.
    """
    version = user_version(connection)
    newest = migrations[-1].number
    if version > newest:
        raise RefusedError(
            f"台账“{path.name}”是第 {version} 版，本程序只认识到第 {newest} 版，请升级 fpm 后再用"
        )
    for step in migrations:
        if step.number > version:
            if version and keep_copies:
                _back_up(connection, path.with_name(f"{path.name}.before-{step.number}.bak"))
            _apply(connection, step)


def user_version(connection: sqlite3.Connection) -> int:
    """The number of the last migration done; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    # executescript commits an open transaction first, so the transaction is part of the script:
    # a step is done whole, its number included, or not at all.
    script = f"BEGIN IMMEDIATE;\n{step.sql}\nPRAGMA user_version = {step.number};\nCOMMIT;"
    try:
        connection.executescript(script)
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if error.sqlite_errorcode & 0xFF in _DISK_CODES:
            raise  # not the ledger's fault: whoever opened it says what to do about the disk
        raise LedgerDamagedError(
            f"台账升级到第 {step.number} 版没有成功（{error}），台账保持原样，请先恢复备份"
        ) from error


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    target.chmod(0o600)
