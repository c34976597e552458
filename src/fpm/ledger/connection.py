"""Opening the ledger's file, and telling a person what went wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Literal

from fpm.errors import (
    BusyError,
    LedgerDamagedError,
    RefusedError,
    StorageError,
    system_reason,
)
from fpm.ledger.migrate import migrate, shipped_migrations, user_version

_OLDEST_SQLITE: Final = (3, 37, 0)
"""STRICT tables: https://www.sqlite.org/stricttables.html."""
_WAIT_SECONDS: Final = 10.0
_CACHE_KIB: Final = 65_536
"""Pages kept in memory; hashes land all over their index, which years make larger than 2 MiB."""


_WAL_VERSIONS: Final = b"\x02\x02"
_LOGGED: Final = (
    "台账“{}”被别的工具改成了 WAL 模式，在网络共享上会丢数据；请关掉那个工具，"
    "再运行 fpm run，它会改回来"
)
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_REASONS: Final = {
    sqlite3.SQLITE_FULL: "磁盘已满，请腾出空间后重新运行",
    sqlite3.SQLITE_READONLY: "文件或文件夹只读，请改成可写后重新运行",
    sqlite3.SQLITE_CANTOPEN: "打不开，请检查文件夹是否存在、有没有权限",
    sqlite3.SQLITE_PERM: "没有权限，请检查后重新运行",
    sqlite3.SQLITE_PROTOCOL: "所在的网络共享不支持文件锁，请把工作区放到本机磁盘",
    sqlite3.SQLITE_NOLFS: "所在的磁盘放不下这么大的文件，请换一个磁盘",
    sqlite3.SQLITE_NOMEM: "内存不足，请关掉其他程序后重新运行",
}
"""Primary result codes: https://www.sqlite.org/rescode.html."""


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into fpm's, each with what to do; the last change was taken back."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"读写台账“{path.name}”失败（{system_reason(error)}），请检查磁盘和权限后重新运行"
        ) from error
    except sqlite3.IntegrityError as error:
        raise LedgerDamagedError(f"台账“{path.name}”拒绝了这次写入：{error}") from error
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        if code in _BUSY:
            raise BusyError(f"台账“{path.name}”正被另一个程序使用，请稍后再运行") from error
        reason = _REASONS.get(code, f"读写失败（{error}），请检查磁盘和权限后重新运行")
        raise StorageError(f"台账“{path.name}”：{reason}") from error
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
    """A connection that cannot write; a ledger of an older version is read as a newer one.

    Raises:
        LedgerDamagedError, RefusedError: as ``connect``.
    """
    connection = _connect(path, "ro")
    try:
        _refuse_empty(connection, path)
        newest = shipped_migrations()[-1].number
        return connection if user_version(connection) == newest else _newer(connection, path)
    except BaseException:
        connection.close()
        raise


def _newer(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A copy in memory, brought to the newest version: the file stays what it is."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.backup(copy)
        migrate(copy, path, shipped_migrations(), keep_copies=False)
    except BaseException:
        copy.close()
        raise
    connection.close()
    return copy


def _connect(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    # as_uri percent-encodes what a URI cannot hold, so that any folder name works.
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    if mode == "ro":
        _refuse_log(path)
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_SECONDS)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    if (
        mode == "rw"
        and connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete"
    ):
        connection.close()
        raise RefusedError(_LOGGED.format(path.name))
    return connection


def _refuse_log(path: Path) -> None:
    """Refuse to read a file that another tool put into WAL mode: it may not be all of the ledger.

    The header says so: https://www.sqlite.org/fileformat.html#file_format_version_numbers.
    Opening it for writing puts it back into one file.
    """
    with path.open("rb") as handle:
        header = handle.read(20)
    if header[18:20] == _WAL_VERSIONS:
        raise RefusedError(_LOGGED.format(path.name))


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
            f"建立台账“{path.name}”失败（{system_reason(error)}），请检查磁盘和权限后重新运行"
        ) from error
