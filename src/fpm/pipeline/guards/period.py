"""The guards over a whole period: what was delivered, held against what the workspace keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from fpm.config import NO_DIVISION
from fpm.ingest import ColumnReading, FileReading
from fpm.ingest.packed import RecordKind
from fpm.model import Period
from fpm.pipeline.guards.checks import Standard, check_delivery, home_of
from fpm.pipeline.guards.results import (
    Acceptance,
    Delivered,
    Earlier,
    GuardResult,
    guard_frame,
    refuse_stopped,
    settle_results,
)
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Given:
    """What a period was given: its files as read, the roster made of them.

    ``standing``: the roster is that of ``inbox/roster``, which holds until it is replaced.
    """

    period: Period
    readings: Sequence[FileReading]
    roster: pl.DataFrame
    standing: bool


def question_period(
    workspace: Workspace, rulebook: Rulebook, given: Given, accepted: Sequence[Acceptance]
) -> pl.DataFrame:
    """Question everything that was delivered.

    Returns:
        GUARD_SCHEMA.

    Raises:
        RefusedError: something is questioned and nobody accepted it, now or in an earlier run.
    """
    period = given.period
    roster_layout = rulebook.roster_layout
    roster_key = (roster_layout.department, roster_layout.kind)
    codes = {workspace.config.division, *rulebook.guards.own_codes} - {NO_DIVISION}
    before = _earlier(workspace, period, roster_key)
    home, home_before = (
        home_of(roster, codes) for roster in (given.roster, before.records if before else None)
    )
    results: list[GuardResult] = []
    for kind in _deliveries(given, rulebook, roster_key):
        of_roster = kind.key == roster_key
        standard = Standard(
            period=period,
            spec=rulebook.guards,
            layout=rulebook.layout(*kind.key),
            home=home_before if of_roster else home,
            earlier=before if of_roster else _earlier(workspace, period, kind.key),
        )
        results += check_delivery(kind, standard)
    settled = settle_results(results, accepted, workspace.read_frame(period, "guards"))
    refuse_stopped(settled)
    return guard_frame(settled)


def _deliveries(given: Given, rulebook: Rulebook, roster_key: RecordKind) -> list[Delivered]:
    """What was read, by extract kind."""
    kinds = sorted({kind for reading in given.readings for kind in reading.records})
    return [
        _delivered(kind, given.readings, rulebook, standing=given.standing and kind == roster_key)
        for kind in kinds
    ]


def _earlier(workspace: Workspace, period: Period, key: RecordKind) -> Earlier | None:
    """What the workspace keeps of a kind from the periods before ``period``."""
    department, kind = key
    last: tuple[Period, int, int] | None = None
    hashes: dict[str, str] = {}
    for month in workspace.periods():
        files = workspace.read_frame(month, "files") if month < period else None
        if files is None:
            continue
        own = _counts(files.filter(pl.col("department") == department, pl.col("kind") == kind))
        if own.height:
            last = (month, int(own["rows"].sum()), int(own["read"].sum()))
            hashes |= dict.fromkeys(own.filter(pl.col("rows") > 0)["sha256"], str(month))
    if last is None:
        return None
    name = "roster" if department == "roster" else f"records/{department}.{kind}"
    return Earlier(*last, workspace.read_frame(last[0], name), hashes)


def _delivered(
    key: RecordKind,
    readings: Sequence[FileReading],
    rulebook: Rulebook,
    *,
    standing: bool,
) -> Delivered:
    own = [reading for reading in readings if key in reading.records]
    department, kind = key
    layout = rulebook.layout(department, kind)
    of_kind = (pl.col("department") == department) & (pl.col("kind") == kind)
    return Delivered(
        key=key,
        title=f"{rulebook.department_title(department)}“{layout.title}”",
        counts=_counts(pl.concat([reading.files for reading in own]).filter(of_kind)),
        records=[table for reading in own for table in reading.records.tables[key]],
        remarks={reading.name: _remarks(reading) for reading in own},
        tables={reading.name: _tables(reading, key) for reading in own},
        standing=standing,
    )


def _counts(files: pl.DataFrame) -> pl.DataFrame:
    rows = (pl.col("records") + pl.col("quarantined")).sum().cast(pl.Int64)
    read = pl.col("records").sum().cast(pl.Int64)
    return files.group_by("file", "sha256").agg(rows=rows, read=read).sort("file")


def _remarks(reading: FileReading) -> tuple[str, ...]:
    return tuple(
        text for sheet in reading.sheets if sheet.layout for text in (sheet.sheet, *sheet.titles)
    )


def _tables(reading: FileReading, key: RecordKind) -> tuple[Sequence[ColumnReading], ...]:
    """The columns of every table of a kind."""
    return tuple(
        table
        for sheet in reading.sheets
        if sheet.layout and (sheet.layout.department, sheet.layout.kind) == key
        for table in (sheet.columns, *sheet.below)
    )
