"""``intake``: clues that do not come from a department."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fpm.cli.console import chosen_period, open_workspace, people, print_json
from fpm.cli.options import JsonOption, PeriodOption, WorkspaceOption

Leads = Annotated[
    list[Path],
    typer.Argument(
        metavar="文件…",
        exists=True,
        dir_okay=False,
        help="自主申报（12317 导出）、干部排查台账、信访或媒体线索登记表。",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("intake")(intake)


def intake(
    files: Leads,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记农户自主申报、干部排查、信访和媒体线索，与部门数据同样比对、并入同一张清单。

    示例：fpm intake 12317导出.xlsx 10月集中排查.xlsx --period 2026-10
    """
    from fpm.cli.show.followup import show_taken_in
    from fpm.pipeline.intake import take_in
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    with opened.locked():
        taken = take_in(opened, open_rulebook(opened.rules), files, chosen_period(opened, period))
    if as_json:
        print_json(taken.document())
        return
    show_taken_in(people(), taken)
