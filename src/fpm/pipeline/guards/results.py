"""What a check found, and what a person said of it: stopped or accepted, kept with the period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal

import polars as pl

from fpm.errors import RefusedError
from fpm.ingest.packed import PackedRecords, RecordKind, unpacked
from fpm.ingest.reading import ColumnReading
from fpm.model import Period

Outcome = Literal["passed", "short", "unset", "first", "stopped", "accepted", "unused"]

CHECKS: Final[dict[str, str]] = {
    "shrink": "缩减",
    "grow": "增长",
    "same": "重复",
    "period": "期次",
    "county": "地区",
}
"""Names of the checks, in the order in which they are shown."""

GUARD_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "check": pl.String,
    "department": pl.String,
    "kind": pl.String,
    "files": pl.String,  # 、-joined
    "sha256": pl.String,  # of the files, comma-joined: what an acceptance is about
    "outcome": pl.String,  # Outcome
    "compared_with": pl.String,  # period, null when the check compares with none
    "message": pl.String,  # one Chinese sentence, null when there is nothing to say
    "reason": pl.String,
    "accepted_by": pl.String,
    "accepted_on": pl.Date,
}


_TOLD: Final = ("check", "department", "kind", "files", "compared_with", "message")
"""What a program is told of a result that stops the run."""


@dataclass(frozen=True, slots=True)
class GuardResult:
    """What one check found: GUARD_SCHEMA, with ``files`` still apart."""

    check: str
    department: str | None = None
    kind: str | None = None
    files: tuple[str, ...] = ()
    sha256: str = ""
    outcome: Outcome = "passed"
    compared_with: str | None = None
    message: str | None = None
    reason: str | None = None
    accepted_by: str | None = None
    accepted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's word that what a check found is right; ``file`` None means any file."""

    check: str
    file: str | None
    reason: str
    by: str
    on: dt.date

    @classmethod
    def parse(cls, text: str, reason: str, by: str, on: dt.date) -> Acceptance:
        """Read ``检查名[:文件名]`` (or the check's English name).

        Raises:
            ValueError: there is no such check; the sentence names them all.
        """
        name, _, file = text.replace("：", ":").partition(":")
        checks = {title: check for check, title in CHECKS.items()}
        check = checks.get(name.strip(), name.strip())
        if check not in CHECKS:
            known = "、".join(CHECKS.values())
            raise ValueError(f"没有“{name}”这项检查，可以写：{known}")
        return cls(check, file.strip() or None, reason, by, on)

    def covers(self, result: GuardResult) -> bool:
        """Whether the acceptance speaks of ``result``."""
        return self.check == result.check and (self.file is None or self.file in result.files)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One extract kind of the period: its files with their hashes and rows, and its records.

    ``counts``: ``file sha256 rows read`` (rows of data, those set aside included, and those that
    gave a record). ``remarks``: names of sheets and titles of each file. ``tables``: the columns of
    each of its tables. ``standing``: the roster of an earlier month that still holds, so that its
    age says nothing.
    """

    key: RecordKind
    title: str
    counts: pl.DataFrame
    records: Sequence[PackedRecords]
    remarks: Mapping[str, Sequence[str]]
    tables: Mapping[str, Sequence[Sequence[ColumnReading]]]
    standing: bool = False

    @property
    def rows(self) -> int:
        """Rows of data in all files."""
        return int(self.counts["rows"].sum())

    @property
    def read(self) -> int:
        """Rows that gave a record in all files."""
        return int(self.counts["read"].sum())

    def of_file(self, file: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of the records of a file: all of them would be a copy of everything."""
        known = [name for name in dict.fromkeys(names) if name in self.records[0].schema]
        own = [table for table in self.records if table.same["file"] == file]
        return unpacked(own or self.records[:1], ["file", *known]).filter(pl.col("file") == file)

    def result(self, check: str, files: Sequence[str] | None = None) -> GuardResult:
        """A passed result about ``files`` (default: all)."""
        chosen = self.counts if files is None else self.counts.filter(pl.col("file").is_in(files))
        names, hashes = chosen["file"].to_list(), sorted(chosen["sha256"].to_list())
        return GuardResult(check, *self.key, tuple(names), ",".join(hashes))


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last period before that has the kind: ``rows``, ``read``, ``records`` as then kept.

    ``periods_by_hash``: every earlier file of the kind, by content, with its latest period.
    """

    period: Period
    rows: int
    read: int
    records: pl.DataFrame | None
    periods_by_hash: Mapping[str, str]


def settle_results(
    results: Iterable[GuardResult], accepted: Sequence[Acceptance], before: pl.DataFrame | None
) -> list[GuardResult]:
    """Turn what stops into accepted where a person said so, now or in an earlier run.

    Args:
        results: of all guards.
        accepted: given with this run.
        before: GUARD_SCHEMA of the last run of the period, if there was one.
    """
    remembered = {} if before is None else _remembered(before)
    settled = [_settled(result, accepted, remembered) for result in results]
    spoken = [result for result in settled if result.outcome == "accepted"]
    return settled + [
        GuardResult(word.check, files=(word.file,) if word.file else (), outcome="unused",
                    reason=word.reason, accepted_by=word.by, accepted_on=word.on)
        for word in accepted if not any(map(word.covers, spoken))
    ]  # fmt: skip


def refuse_stopped(results: Iterable[GuardResult]) -> None:
    """Stop the run when a result is still ``stopped``.

    Raises:
        RefusedError: one sentence for each, all at once, and how to go on.
    """
    stopped = [result for result in results if result.outcome == "stopped"]
    if not stopped:
        return
    lines = "\n".join(f"  {CHECKS[result.check]}：{result.message}" for result in stopped)
    first = stopped[0]
    raise RefusedError(
        f"有 {len(stopped)} 处数据不敢采用，没有发布任何结果：\n{lines}\n"
        "请核对后换成正确的文件；确认无误的，逐项写明理由放行，如 "
        f"--accept {CHECKS[first.check]}:{first.files[0]} --reason “原因”",
        stopped=[
            {name: getattr(result, name) for name in _TOLD} | {"title": CHECKS[result.check]}
            for result in stopped
        ],
    )


def guard_frame(results: Sequence[GuardResult]) -> pl.DataFrame:
    """GUARD_SCHEMA, in the order of the checks."""
    order = list(CHECKS)
    rows = [
        asdict(replace(result)) | {"files": "、".join(result.files)}
        for result in sorted(results, key=lambda result: order.index(result.check))
    ]
    return pl.DataFrame(rows, schema=GUARD_SCHEMA)


def _remembered(before: pl.DataFrame) -> dict[tuple[object, ...], GuardResult]:
    kept = before.filter(pl.col("outcome") == "accepted").to_dicts()
    return {
        (row["check"], row["department"], row["kind"], row["sha256"]): GuardResult(
            **{**row, "files": tuple(row["files"].split("、"))}
        )
        for row in kept
    }


def _settled(
    result: GuardResult,
    accepted: Sequence[Acceptance],
    remembered: Mapping[tuple[object, ...], GuardResult],
) -> GuardResult:
    if result.outcome != "stopped":
        return result
    for word in accepted:
        if word.covers(result):
            return replace(result, outcome="accepted", reason=word.reason,
                           accepted_by=word.by, accepted_on=word.on)  # fmt: skip
    key = (result.check, result.department, result.kind, result.sha256)
    if (old := remembered.get(key)) is None:
        return result
    return replace(result, outcome="accepted", reason=old.reason,
                   accepted_by=old.accepted_by, accepted_on=old.accepted_on)  # fmt: skip
