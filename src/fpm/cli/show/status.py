"""Where each period of a workspace stands."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.model import STATE_TITLES, STATUS_TITLES
from fpm.workspace import Workspace


def show_status(console: Console, workspace: Workspace, states: list[dict[str, Any]]) -> None:
    """Show one line a period and what to do next."""
    console.print(
        f"{workspace.config.county}（{workspace.config.division}）  {workspace.root}",
        soft_wrap=True,
    )
    if not states:
        console.print(
            "还没有任何期次。请建立如 inbox/2026-10 的文件夹，放入部门数据，再运行 fpm run。"
        )
        return
    numbers = ("期次", "收到文件", "读入行", "隔离行")
    table = plain_table("各期次", [*numbers, "比对", "线索", "发布"], numbers=numbers)
    for state in states:
        published = f"{len(state['published'])} 项" if state["published"] else "未发布"
        add_row(
            table,
            [
                state["period"],
                state["delivered"],
                state["records"],
                state["quarantined"],
                _counts(state["matches"], STATUS_TITLES),
                _counts(state["alerts"], STATE_TITLES),
                published,
            ],
        )
    console.print(table)


def show_duties(console: Console, duties: dict[str, Any] | None) -> None:
    """Show what the townships have to send this month and from whom nothing came yet."""
    if duties is None:
        return
    for duty in duties["due"]:
        missing = duty["missing"]
        names = "、".join(missing)
        told = f"还有 {len(missing)} 个乡镇未报：{names}" if missing else "各乡镇都已报"
        console.print(f"{duties['period']} 期应报｜{duty['title']}：{told}", markup=False)


def _counts(counts: dict[str, int] | None, titles: dict[str, str]) -> str:
    if not counts:
        return ""
    return " ".join(f"{titles.get(name, name)}{count:,}" for name, count in counts.items())
