"""``init demo sample status``: workspaces and what is in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from fpm.cli.console import open_workspace, people, print_json, progress_bar, today
from fpm.cli.options import JsonOption, PeriodOption, WorkspaceOption

DEMO_FOLDER = Path("fpm-demo")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("demo")(demo)
    app.command("init")(init)
    app.command("sample")(sample)
    app.command("status")(status)


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="文件夹", help="演示工作区建在哪里。")
    ] = DEMO_FOLDER,
) -> None:
    """用样例县走一遍：建工作区、依次运行三个月、告诉您打开哪些表。

    示例：fpm demo
    """
    from fpm.cli.show.run import show_run
    from fpm.pipeline.demo import demo_day, demo_workspace
    from fpm.pipeline.run import run_period

    console = people()
    workspace, periods = demo_workspace(folder.resolve())
    with workspace.locked():
        for period in periods:
            with progress_bar() as progress:
                report = run_period(workspace, period, demo_day(period), progress)
            show_run(console, workspace, report, brief=period != periods[-1])


def init(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="工作区文件夹。")] = Path(),
    county: Annotated[
        str, typer.Option("--county", metavar="名称", help="县（市、区）名称。")
    ] = "未命名县",
    division: Annotated[
        str | None,
        typer.Option("--division", metavar="代码", help="县级行政区划代码，6 位数字，可以后填。"),
    ] = None,
) -> None:
    """建立工作区：fpm.toml、rules/（规则库副本）和空的 inbox/。

    示例：fpm init 防贫监测 --county 样例县 --division 999901
    """
    from fpm.config import NO_DIVISION
    from fpm.workspace import Workspace

    if division is not None and not re.fullmatch(r"[0-9]{6}", division):
        raise typer.BadParameter(
            f"区划代码是 6 位数字，现在是“{division}”", param_hint="--division"
        )
    workspace = Workspace.create(folder.resolve(), county, division or NO_DIVISION)
    console = people()
    console.print(f"工作区已建立：{workspace.root}")
    console.print("下一步：")
    console.print("  1. 检查 fpm.toml 中的县名和区划代码")
    console.print(
        "  2. 把农户花名册放进 inbox/roster/，把本月部门数据放进 inbox/2026-10/ 这样的文件夹"
    )
    console.print("  3. 运行 fpm run --period 2026-10")


def sample(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="样例县写到哪里。")],
    persons: Annotated[int, typer.Option("--persons", min=50, metavar="人数", help="农村人口数。")],
    period: PeriodOption = None,
    seed: Annotated[int, typer.Option("--seed", metavar="整数", help="同一种子生成同一个县。")] = 1,
) -> None:
    """生成任意规模的虚构县：工作区、花名册、部门数据和真值。

    示例：fpm sample --persons 100000 样例县 --period 2026-10
    """
    from fpm.period import Period
    from fpm.pipeline.demo import sample_workspace

    day = today(None)
    chosen = period or Period(day.year, day.month)
    sample_workspace(folder.resolve(), persons, chosen, seed)
    console = people()
    console.print(f"已生成 {persons:,} 人的样例县：{folder}（{chosen} 期，真值在 truth/）")
    console.print(f"下一步：fpm run -w {folder} --period {chosen}")


def status(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """各期次走到哪一步：已放入的文件、读入、比对、预警、发布。

    示例：fpm status
    """
    from fpm.cli.show.status import show_duties, show_status
    from fpm.pipeline.status import duties_now, period_states
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    states = period_states(opened)
    duties = duties_now(opened, open_rulebook(opened.rules))
    if as_json:
        print_json({"workspace": str(opened.root), "periods": states, "duties": duties})
        return
    show_status(people(), opened, states)
    show_duties(people(), duties)
