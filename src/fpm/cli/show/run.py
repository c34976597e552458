"""A finished period: a table per stage, the reconciliation, what to open next."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.config import CONFIG
from fpm.model import (
    DEPARTMENT_TITLES,
    KIND_TITLES,
    LEVEL_TITLES,
    LEVELS,
    OPEN_STATES,
    STATE_TITLES,
)
from fpm.pipeline.guards import CHECKS
from fpm.pipeline.load import ROSTER
from fpm.pipeline.report import RunReport, counts_by, reconcile
from fpm.pipeline.tables.layout import TABLE
from fpm.workspace import Workspace

GUARD_OUTCOMES = {
    "passed": "通过",
    "short": "行数太少，不判断",
    "unset": f"没有核对，{CONFIG} 里还没有填区划代码（division）",
    "first": "没有以前的期次可比",
    "accepted": "经确认放行",
    "unused": "放行没有用上",
}

_NO_OTHERS: Mapping[str, str] = {TABLE: "待比对"}
"""Titles of departments when there is no rule book to add its own."""
_WORTH_NAMING = 0.05
"""Expected false links below this are 0.0 when shown."""


def show_run(console: Console, workspace: Workspace, report: RunReport, *, brief: bool) -> None:
    """Show a finished period; ``brief`` leaves out all but the alerts and a line of totals."""
    console.rule(f"{workspace.config.county} {report.period} 期")
    if not brief:
        console.print(
            f"花名册（{report.roster_from}）：{report.households:,} 户 {report.people:,} 人"
        )
        show_guards(console, report.guards)
        show_reconciliation(console, report.reconciliation, report.departments)
        show_false_links(console, report.reconciliation)
        _show_rules(console, report)
    show_alerts(console, report.alerts)
    if brief:
        _show_totals(console, report)
        return
    _show_waiting(console, report)
    _show_next(console, workspace, report)


def show_guards(console: Console, guards: pl.DataFrame) -> None:
    """Show, a line a check, what was questioned and what a person let pass."""
    for check, title in CHECKS.items():
        own = guards.filter(pl.col("check") == check)
        counts = dict(own["outcome"].value_counts().rows())
        told = [
            f"{counts[outcome]} 项{text}"
            for outcome, text in GUARD_OUTCOMES.items()
            if counts.get(outcome)
        ]
        if told:
            console.print(f"把关｜{title}：{'，'.join(told)}")
        for row in own.filter(pl.col("outcome") == "accepted").to_dicts():
            said = f"{row['accepted_by']} {row['accepted_on']} 放行，原因：{row['reason']}"
            console.print(f"  {row['message']}（{said}）", markup=False)


def show_loaded(
    console: Console,
    files: pl.DataFrame,
    departments: Mapping[str, str],
    guards: pl.DataFrame | None = None,
) -> None:
    """Show what was read, before matching, and what a guard questioned if any was asked."""
    if guards is not None:
        show_guards(console, guards)
    counts = {"rows": "行数", "records": "数据", "quarantined": "隔离", "non_data": "非数据"}
    _show_files(console, "读入", reconcile(files, None), counts, departments)


def show_reconciliation(
    console: Console, reconciliation: pl.DataFrame, departments: Mapping[str, str] = _NO_OTHERS
) -> None:
    """Show that every row of every file is accounted for."""
    counts = {
        "rows": "行数",
        "confirmed": "已匹配",
        "review": "待核",
        "unmatched": "未匹配",
        "quarantined": "隔离",
        "non_data": "非数据",
    }
    _show_files(console, "对账：每个文件的每一行", reconciliation, counts, departments)
    wrong = reconciliation.filter(pl.col("difference") != 0)["file"].to_list()
    if wrong:
        console.print(f"对不上的文件：{'、'.join(wrong)}", style="red", markup=False)
    else:
        console.print("每个文件：行数 = 已匹配 + 待核 + 未匹配 + 隔离 + 非数据")


def show_false_links(console: Console, reconciliation: pl.DataFrame) -> None:
    """State how many confirmed rows are expected to be wrong, and in which files most."""
    lists = reconciliation.filter(pl.col("department") != ROSTER)
    expected = float(lists["expected_false_links"].sum())
    most = lists.sort("expected_false_links", "file", descending=[True, False]).head(3)
    told = [
        f"{row['file']} {row['expected_false_links']:.1f}"
        for row in most.to_dicts()
        if row["expected_false_links"] >= _WORTH_NAMING
    ]
    where = f"，最多的是 {'、'.join(told)}" if told and lists.height > 1 else ""
    console.print(
        f"已匹配 {int(lists['confirmed'].sum()):,} 行中，预计认错人的约 {expected:.1f} 行{where}",
        markup=False,
    )


def _show_files(
    console: Console,
    title: str,
    rows: pl.DataFrame,
    counts: dict[str, str],
    departments: Mapping[str, str],
) -> None:
    titles = {**DEPARTMENT_TITLES, **departments}
    numbers = list(counts.values())
    table = plain_table(title, ["文件", *numbers], numbers=numbers)
    for row in rows.to_dicts():
        department = titles.get(row["department"] or "", row["department"] or "未识别")
        add_row(table, [f"{department}｜{row['file']}", *(row[name] for name in counts)])
    console.print(table)


def _show_rules(console: Console, report: RunReport) -> None:
    numbers = ("规则", "停用", "命中", "未命中", "无法判断")
    table = plain_table("研判", ["类别", *numbers], numbers=numbers)
    for (kind,), tally in report.tally.group_by("kind", maintain_order=True):
        stopped = tally.filter(pl.col("stopped").is_not_null()).height
        totals = [int(tally[name].sum()) for name in ("hit", "clear", "unknown")]
        add_row(table, [KIND_TITLES[str(kind)], tally.height, stopped, *totals])
    console.print(table)


def show_alerts(console: Console, found: pl.DataFrame) -> None:
    """One line a township: its list by level, then what changed, in words to fit a narrow screen.

    A clue that is answered, held back or gone is on no list, so it counts for no level.
    """
    if found.is_empty():
        console.print("本期没有预警线索。")
        return
    numbers = [*(LEVEL_TITLES[level] for level in LEVELS), "合计"]
    table = plain_table("预警线索（户）", ["乡镇", *numbers, "情况"], numbers=numbers)
    for (township,), alerts in found.sort("township").group_by("township", maintain_order=True):
        listed = alerts.filter(pl.col("state").is_in(OPEN_STATES))
        by_level = [int((listed["level"] == level).sum()) for level in LEVELS]
        counts = counts_by(alerts, "state")
        states = " ".join(
            f"{title}{counts[state]:,}" for state, title in STATE_TITLES.items() if state in counts
        )
        add_row(table, [township, *by_level, listed.height, states])
    console.print(table)


def _show_totals(console: Console, report: RunReport) -> None:
    rows = report.reconciliation
    totals = {name: int(rows[name].sum()) for name in ("rows", "confirmed", "review", "unmatched")}
    console.print(
        f"共 {totals['rows']:,} 行：已匹配 {totals['confirmed']:,}，待核 {totals['review']:,}，"
        f"未匹配 {totals['unmatched']:,}，隔离 {int(rows['quarantined'].sum()):,}。"
    )


def _show_waiting(console: Console, report: RunReport) -> None:
    titles = {
        "rows_quarantined": "行数据无法读取，已隔离，见“部门反馈”",
        "reviews_waiting": "行数据匹配待核，见“身份待核.xlsx”",
        "rules_stopped": "条规则停用（花名册缺列、参数未设置等），见“县级汇总.xlsx”",
        "cannot_tell": "次判断因缺少数据无法下结论，见“县级汇总.xlsx”",
        "answers_overdue": "户线索逾期没有反馈，见 fpm feedback status --overdue",
        "cases_overdue": "户监测对象的下一步或走访超过时限，见 fpm case list --overdue",
    }
    for name, count in report.waiting.items():
        console.print(f"  {count:,} {titles[name]}")
    if report.later_periods:
        console.print(
            f"  本期结果有变，以后的期次要按顺序重新运行：{'、'.join(report.later_periods)}"
        )
    if report.reference_values:
        console.print(
            f"  {len(report.reference_values)} 个参数和说法用的是参考值，本县尚未发文采用，"
            "见“县级汇总.xlsx”"
        )


def _show_next(console: Console, workspace: Workspace, report: RunReport) -> None:
    folder = workspace.out(report.period)
    console.print(f"\n请打开：{folder}", style="bold", soft_wrap=True)
    for name in report.published:
        console.print(f"  {name}", soft_wrap=True)
