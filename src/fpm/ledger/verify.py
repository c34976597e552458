"""The read-only proof that nobody changed the ledger behind fpm's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fpm.errors import LedgerDamagedError
from fpm.ledger.chain import GENESIS, Event, event_hash
from fpm.ledger.connection import connect_read_only, sqlite_errors
from fpm.ledger.migrate import migrate, shipped_migrations
from fpm.ledger.projection import differences

_GUARDS: Final = ("trigger", "index")
_KINDS: Final = {"table": "表", "index": "索引", "view": "视图", "trigger": "触发器"}


@dataclass(frozen=True, slots=True)
class Verification:
    """What the proof found.

    Attributes:
        events: how many events the ledger holds.
        head: hash of the last event (64 zeros for none).
        faults: one Chinese sentence each; empty when ledger and chain agree.
    """

    events: int
    head: str
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def verify(path: Path, heads: Mapping[str, str] | None = None) -> Verification:
    """Prove the ledger at ``path`` without writing to it.

    Args:
        path: the ledger.
        heads: hashes kept outside the ledger (manifests, printed lists) by period: each must seal
            a publication of that period. This catches a ledger replaced as a whole, or cut short.

    Raises:
        LedgerDamagedError: there is no ledger, or SQLite cannot read it at all.
    """
    if not path.is_file():
        raise LedgerDamagedError(f"没有台账“{path.name}”")
    try:
        with sqlite_errors(path), closing(connect_read_only(path)) as connection:
            return _examine(connection, heads or {})
    except UnicodeDecodeError as error:
        raise LedgerDamagedError(f"台账“{path.name}”中有不能读取的文字，请用备份恢复") from error


def _examine(connection: sqlite3.Connection, heads: Mapping[str, str]) -> Verification:
    guards, structure = _structure_faults(connection)
    events, head, chain_faults = _walk(connection)
    faults = guards + structure + _file_faults(connection) + chain_faults
    if structure:  # what tables and views say would mean nothing
        return Verification(events, head, tuple(faults))
    faults += [
        f"表 {table} 有 {count} 行与事件不一致" for table, count in differences(connection).items()
    ]
    sealed = set(connection.execute("SELECT period, head FROM publication"))
    faults += [
        f"{period} 期清单上的校验值 {hashed[:12]} 不在台账中"
        for period, hashed in sorted(heads.items())
        if (period, hashed) not in sealed
    ]
    return Verification(events, head, tuple(faults))


def _file_faults(connection: sqlite3.Connection) -> list[str]:
    checks = connection.execute("PRAGMA integrity_check").fetchall()
    faults = [f"文件检查：{row[0]}" for row in checks if row[0] != "ok"]
    return faults + [
        f"表 {row[0]} 第 {row[1]} 行指向不存在的记录"
        for row in connection.execute("PRAGMA foreign_key_check")
    ]


def _structure_faults(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Missing guards; then tables and views that do not say what they were made to say."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        migrate(made, Path(), shipped_migrations())
        expected, fixed = _structure(made), _fixed_rows(made)
    present = _structure(connection)
    wrong = [
        (kind, name)
        for kind, name in sorted(expected.keys() | present.keys())
        if expected.get((kind, name)) != present.get((kind, name))
    ]
    said = {
        (kind, name): f"结构：{_KINDS[kind]} {name} "
        + ("被改过或不是 fpm 建的" if (kind, name) in present else "不见了")
        for kind, name in wrong
    }
    guards = [text for (kind, _), text in said.items() if kind in _GUARDS]
    rest = [text for (kind, _), text in said.items() if kind not in _GUARDS]
    if not rest and _fixed_rows(connection) != fixed:
        rest.append("结构：表 carried 或 event_kind 的内容被改过")
    return guards, rest


def _structure(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """The text of every table, index, view and trigger, ``sqlite_stat1`` and the like left out."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    return {(kind, name): sql for kind, name, sql in rows}


def _fixed_rows(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT said, reads FROM carried UNION ALL SELECT kind, title FROM event_kind ORDER BY 1, 2"
    ).fetchall()


def _walk(connection: sqlite3.Connection) -> tuple[int, str, list[str]]:
    """Number of events, last hash, and the first break of the chain, if any."""
    previous, count = GENESIS, 0
    query = "SELECT seq, kind, period, recorded_on, body, previous, hash FROM event ORDER BY seq"
    for seq, kind, period, day, body, before, hashed in connection.execute(query):
        count += 1
        if seq != count:
            return count, previous, [f"第 {count} 条事件缺失（其后为第 {seq} 条）"]
        if before != previous or event_hash(seq, Event(kind, period, day, body), before) != hashed:
            return count, hashed, [f"第 {seq} 条事件（{period} 期）内容与校验值不符，链在此断开"]
        previous = hashed
    return count, previous, []
