"""Workspaces made by fpm itself: the sample county of ``fpm demo`` and those of ``fpm sample``."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Final

from fpm.config import CONFIG
from fpm.errors import WorkspaceError
from fpm.model import Period
from fpm.sample import SampleSummary, write_county
from fpm.shipped import shipped_sample
from fpm.workspace import Workspace

COUNTY: Final = "样例县"
DIVISION: Final = "999901"
"""Not a real code: no number that begins with it can belong to a living person."""
_LIST_DAY: Final = dt.timedelta(days=8)
"""The sample county makes its lists on the 8th of the following month."""


def demo_workspace(folder: Path) -> tuple[Workspace, list[Period]]:
    """A workspace at ``folder`` with the sample county, and its periods in order.

    A folder that already holds the sample county is used again; the same months give the same
    lists.

    Raises:
        WorkspaceError: ``folder`` holds something else.
    """
    workspace = _sample_county(folder)
    shutil.copytree(shipped_sample() / "inbox", folder / "inbox", dirs_exist_ok=True)
    return workspace, [period for period in workspace.periods() if workspace.delivered(period)]


def demo_day(period: Period) -> dt.date:
    """The day on which the sample county makes the lists of ``period``."""
    return period.last_day + _LIST_DAY


def sample_workspace(folder: Path, persons: int, period: Period, seed: int) -> SampleSummary:
    """A workspace at ``folder`` with a synthetic county of ``persons`` people for one period."""
    _sample_county(folder)
    return write_county(folder, persons=persons, periods=[period], seed=seed)


def _sample_county(folder: Path) -> Workspace:
    if not (folder / CONFIG).exists():
        if folder.exists() and any(folder.iterdir()):
            raise WorkspaceError(f"“{folder}”里已有别的文件，请换一个空文件夹")
        return Workspace.create(folder, COUNTY, DIVISION)
    workspace = Workspace.open(folder)
    if workspace.config.division != DIVISION:
        raise WorkspaceError(f"“{folder}”是“{workspace.config.county}”的工作区，请换一个空文件夹")
    return workspace
