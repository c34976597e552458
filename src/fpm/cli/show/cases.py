"""Monitored households: where each stands, and one in full."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.pipeline.cases import STATE_TITLES


def show_cases(console: Console, cases: pl.DataFrame) -> None:
    """One line a case; with ``lacking``, the risks against which nothing is done."""
    if cases.is_empty():
        console.print("没有监测档案。")
        return
    lacking = ["缺帮扶措施的风险"] if "lacking" in cases.columns else []
    contact = ["联系人"] if cases["contact"].is_not_null().any() else []
    table = plain_table(
        f"监测档案（{cases.height} 份）",
        ["档案编号", "乡镇和村", "类别和风险", "进度", *contact, "期限", *lacking],
        numbers=("档案编号", "期限"),
    )
    for row in cases.to_dicts():
        add_row(
            table,
            [
                row["case_no"],
                f"{row['township'] or ''} {row['village'] or ''}",
                f"{row['type'] or ''} {row['risks'] or ''}",
                _progress(row),
                *([row["contact"] or "未定"] if contact else []),
                f"{row['due_date'] or ''}{'超期' if row['overdue'] else ''}",
                *([row["lacking"]] if lacking else []),
            ],
            style="red" if row["overdue"] else "",
        )
    console.print(table)
    if not contact:
        console.print("都还没有定监测帮扶联系人，用 fpm case assign 记下。")


def _progress(case: dict[str, Any]) -> str:
    """The state, and the step that is due."""
    steps = case["state"] in {"proceeding", "clearing"}
    return f"{STATE_TITLES[case['state']]}{' ' + case['step_title'] if steps else ''}"


def show_one_case(console: Console, case: dict[str, Any]) -> None:
    """Everything about one case."""
    console.rule(case["case_no"])
    late = "（超期）" if case["overdue"] else ""
    lines = [
        ("农户", f"{case['township'] or ''}{case['village'] or ''} 户编号 {case['household_id']}"),
        ("类别", case["type"] or "未定"),
        ("风险", case["risks"]),
        ("状态", STATE_TITLES[case["state"]]),
        ("联系人", case["contact"] or "未定，用 fpm case assign 记下"),
    ]
    if case["step"]:
        who = f"{case['step_title']}（{case['who']}），{case['due_date']} 前{late}"
        lines.append(("下一步", who))
    for title, text in lines:
        console.print(f"{title}：{text}", markup=False)
    table = plain_table("办理经过", ["日期", "事项", "经办人", "说明"])
    for event in case["events"]:
        add_row(table, [event["done_on"], event["what"], event["officer"], event["note"]])
    console.print(table)
    _show_measures(console, case.get("measures", []))
    _show_removal(console, case.get("removal", []))


def _show_measures(console: Console, checks: list[dict[str, Any]]) -> None:
    if not checks:
        return
    table = plain_table("各项风险的帮扶措施", ["风险", "已有措施", "建议"])
    for check in checks:
        taken = {True: "有", False: "没有"}.get(check["taken"], "无法确认")
        proposed = "" if check["taken"] else "；".join(check["proposed"])
        add_row(table, [check["risk"], taken, proposed])
    console.print(table)


def _show_removal(console: Console, checks: list[dict[str, Any]]) -> None:
    if not checks:
        return
    table = plain_table("风险消除的条件", ["条件", "成立", "原因"])
    for check in checks:
        holds = "是" if check["holds"] else "否"
        add_row(table, [check["title"], holds, check["reason"]])
    console.print(table)
