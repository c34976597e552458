"""Opening the ledger's file, and telling a person what went wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from fpm.errors import BusyError, LedgerDamagedError, RefusedError, StorageError
from fpm.ledger.migrate import migrate, shipped_migrations, user_version

_OLDEST_SQLITE: Final = (3, 37, 0)
"""STRICT tables: https://www.sqlite.org/stricttables.html."""
_WAIT_SECONDS: Final = 10.0
_CACHE_KIB: Final = 65_536
"""Pages kept in memory; hashes land all over their index, which years make larger than 2 MiB."""


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into fpm's, each with what to do."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise LedgerDamagedError(f"台账“{path.name}”拒绝了这次写入：{error}") from error
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise BusyError(f"台账“{path.name}”正被另一个程序使用，请稍后再运行") from error
        raise StorageError(
            f"读写台账“{path.name}”失败（{text}），请检查磁盘和权限后重新运行"
        ) from error
    except sqlite3.DatabaseError as error:
        raise LedgerDamagedError(
            f"台账“{path.name}”已损坏或不是台账文件（{error}），请用备份恢复"
        ) from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the ledger at ``path``, which is created when it does not exist.

    A new ledger is made under a temporary name and renamed, so that there is never half a one.
    The rollback journal is used, not the write-ahead log: WAL does not work over network shares
    (https://www.sqlite.org/wal.html), where offices keep their folders.

    Raises:
        LedgerDamagedError: the file is not a ledger, or an empty one (a ledger cut to nothing
            must not pass for a new one).
        BusyError: another program holds it.
        StorageError: it cannot be read or written.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise RefusedError(
            f"本机 SQLite 为 {sqlite3.sqlite_version}，台账需要 3.37 以上，请升级 Python 后再运行"
        )
    with sqlite_errors(path):
        if not path.exists():
            _create(path)
        connection = _connect(path, "rw")
        try:
            _refuse_empty(connection, path)
            migrate(connection, path, shipped_migrations())
        except BaseException:
            connection.close()
            raise
    return connection


def _refuse_empty(connection: sqlite3.Connection, path: Path) -> None:
    if user_version(connection) == 0:
        raise LedgerDamagedError(f"台账“{path.name}”是空的，请用备份恢复")


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    return _connect(path, "ro")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # as_uri percent-encodes what a URI cannot hold, so that any folder name works.
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_SECONDS)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    if mode == "rw":
        connection.execute("PRAGMA journal_mode = DELETE")
    return connection


def _create(path: Path) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(mode=0o600)
        with closing(_connect(temporary, "rw")) as connection:
            migrate(connection, temporary, shipped_migrations())
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.rename(path)
    except OSError as error:
        raise StorageError(
            f"建立台账“{path.name}”失败（{error.strerror}），请检查磁盘和权限后重新运行"
        ) from error
