"""Self-reports, inspections and petitions: read and matched like a department's extract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import WorkspaceError
from fpm.ingest import FileReading
from fpm.ledger import Ledger
from fpm.match import MatchRequest, match_records
from fpm.model import MATCH_SCHEMA, Period, Status
from fpm.pipeline.link import claims_of
from fpm.pipeline.load import files_added
from fpm.pipeline.report import counts_by
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace

INTAKE: Final = "intake"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was handed in.

    ``rows``: one row a record: ``file sheet row kind title status reason``. ``quarantined``: rows
    that could not be read.
    """

    period: Period
    rows: pl.DataFrame
    quarantined: int

    def count(self, status: Status) -> int:
        """How many records have ``status``."""
        return int((self.rows["status"] == status).sum())

    def document(self) -> dict[str, Any]:
        """The outcome as one JSON document, without personal data."""
        return {
            "period": str(self.period),
            "kinds": counts_by(self.rows, "kind"),
            "status": counts_by(self.rows, "status"),
            "quarantined": self.quarantined,
            "rows": self.rows.drop("title").to_dicts(),
        }


def take_in(
    workspace: Workspace, rulebook: Rulebook, files: Sequence[Path], period: Period
) -> TakenIn:
    """Put ``files`` into the inbox of ``period`` and say whom each row is about.

    The next ``fpm run`` of the period judges them with everything else.

    Raises:
        RefusedError: a file is no self-report, inspection or petition list; nothing is copied.
        WorkspaceError: no roster was read yet to look people up in.
    """
    roster = _roster(workspace, period)
    with files_added(workspace, rulebook, INTAKE, files, period) as readings:
        rows = _looked_up(workspace, rulebook, roster, readings)
    quarantined = sum(reading.quarantine["row"].n_unique() for reading in readings)
    return TakenIn(period, rows, quarantined)


def _looked_up(
    workspace: Workspace, rulebook: Rulebook, roster: pl.DataFrame, readings: Sequence[FileReading]
) -> pl.DataFrame:
    """The rows of ``TakenIn``: whom each record is about."""
    with Ledger.open(workspace.ledger) as ledger:
        decisions = ledger.decisions()
    frames = []
    for reading in readings:
        for key, records in reading.records.items():
            layout = rulebook.layout(*key)
            request = MatchRequest(layout.match_on, layout.about, rulebook.matching, decisions)
            matches = match_records(roster, claims_of(records, layout), request).matches
            frames.append(
                matches.select(
                    "file", "sheet", "row", "kind", pl.lit(layout.title).alias("title"),
                    "status", "reason",
                )
            )  # fmt: skip
    names = ("file", "sheet", "row", "kind", "status", "reason")
    blank = pl.DataFrame(schema={name: MATCH_SCHEMA[name] for name in names})
    none = blank.with_columns(title=pl.lit(None, pl.String))
    rows = pl.concat([none.select(frames[0].columns) if frames else none, *frames])
    return rows.sort("file", "sheet", "row")


def _roster(workspace: Workspace, period: Period) -> pl.DataFrame:
    """The roster read last, up to ``period``."""
    for month in reversed([month for month in workspace.periods() if month <= period]):
        roster = workspace.read_frame(month, "roster")
        if roster is not None:
            return roster
    raise WorkspaceError("还没有读入过农户花名册，请先运行一期 fpm run")
