"""What the calendar of ``workflow.toml`` asks for in a month, and who has sent nothing yet."""

from __future__ import annotations

import polars as pl

from fpm.model import Duty, Period
from fpm.rulebook import Rulebook
from fpm.rulebook.settings import DutySpec
from fpm.workspace import Workspace


def duties(workspace: Workspace, rulebook: Rulebook, period: Period) -> tuple[Duty, ...]:
    """What is due in ``period``, by the lists that were read and matched so far.

    A township has done its part when a record of the list names it, or somebody who lives there.
    Nothing is due before there is a roster that tells which townships there are.
    """
    roster = workspace.read_frame(period, "roster")
    due = [spec for spec in rulebook.workflow.calendar if period.month in spec.months]
    if roster is None or not due:
        return ()
    homes = roster.select("household_id", "township").unique()
    townships = homes["township"].drop_nulls().unique().sort().to_list()
    return tuple(_duty(workspace, spec, period, homes, townships) for spec in due)


def _duty(
    workspace: Workspace,
    spec: DutySpec,
    period: Period,
    homes: pl.DataFrame,
    townships: list[str],
) -> Duty:
    months = [period.shift(-back) for back in range(spec.looks_back)]
    heard = {name for month in months for name in _heard(workspace, spec.list, month, homes)}
    return Duty(
        title=spec.title,
        received=tuple(name for name in townships if name in heard),
        missing=tuple(name for name in townships if name not in heard),
    )


def _heard(workspace: Workspace, name: str, period: Period, homes: pl.DataFrame) -> list[str]:
    """Townships that the records of a list name, and those in which its people live."""
    department, kind = name.split(".")
    named: list[str] = []
    for frame in ("claims", "matches"):
        rows = workspace.read_frame(period, frame)
        if rows is None:
            continue
        own = rows.filter((pl.col("department") == department) & (pl.col("kind") == kind))
        if frame == "matches":
            own = own.filter(pl.col("status") == "confirmed").join(homes, on="household_id")
        if "township" in own.columns:
            named += own["township"].drop_nulls().unique().to_list()
    return named
