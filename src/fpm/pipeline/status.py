"""Where each period of a workspace stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl

from fpm.model import Period
from fpm.pipeline.duties import duties
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace


def period_states(workspace: Workspace) -> list[dict[str, Any]]:
    """One entry a period: files in the inbox, rows read and set aside, matches, alerts, lists."""
    return [_state(workspace, period) for period in workspace.periods()]


def duties_now(workspace: Workspace, rulebook: Rulebook) -> dict[str, Any] | None:
    """What the townships have to send in the latest period, None before there is one."""
    periods = workspace.periods()
    if not periods:
        return None
    due = duties(workspace, rulebook, periods[-1])
    return {"period": str(periods[-1]), "due": [asdict(duty) for duty in due]}


def _state(workspace: Workspace, period: Period) -> dict[str, Any]:
    files = workspace.read_frame(period, "files")
    matches = workspace.read_frame(period, "matches")
    alerts = workspace.read_frame(period, "alerts")
    out = workspace.out(period)
    return {
        "period": str(period),
        "delivered": len(workspace.delivered(period)),
        "records": None if files is None else int(files["records"].sum()),
        "quarantined": None if files is None else int(files["quarantined"].sum()),
        "matches": None if matches is None else _counts(matches, "status"),
        "alerts": None if alerts is None else _counts(alerts, "state"),
        "published": sorted(path.name for path in out.iterdir()) if out.is_dir() else [],
    }


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counted = frame.group_by(column).len().sort(column)
    return dict(zip(counted[column], counted["len"], strict=True))
