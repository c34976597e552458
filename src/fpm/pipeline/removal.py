"""Whether the risk of a monitored household counts as removed, by the rule book's conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from fpm.judge.households import household_truths
from fpm.model import Period
from fpm.rulebook import Rulebook
from fpm.rulebook.settings import RemovalCheckSpec
from fpm.workspace import Workspace


def judged_months(workspace: Workspace, rulebook: Rulebook) -> list[Period]:
    """The months that the conditions of removal look at, as far as they were judged."""
    judged = [period for period in workspace.periods() if _judged(workspace, period)]
    return judged[-max((spec.months for spec in rulebook.workflow.removal), default=1) :]


def removal_checks(
    workspace: Workspace,
    rulebook: Rulebook,
    case: dict[str, Any],
    numbers: Mapping[Period, str],
    as_of: dt.date,
) -> list[dict[str, Any]]:
    """``title holds reason`` of every condition of removal for one case.

    Args:
        workspace: gives facts and hits.
        rulebook: the conditions.
        case: CASE_SCHEMA.
        numbers: by month (``judged_months``) the household's number then.
        as_of: today.
    """
    workflow = rulebook.workflow
    months = _months_between(case["opened_on"], as_of)
    long_enough = months >= workflow.months_monitored
    checks = [
        {
            "title": "已办完认定程序，正在帮扶",
            "holds": case["state"] != "proceeding",
            "reason": "" if case["state"] != "proceeding" else f"还在“{case['step_title']}”这一步",
        },
        {
            "title": f"监测满 {workflow.months_monitored} 个月",
            "holds": long_enough,
            "reason": "" if long_enough else f"立案 {case['opened_on']}，只满 {months} 个月",
        },
    ]
    if not workflow.removal:
        reason = "workflow.toml 没有写 [[removal]]，请从随程序附带的规则里复制"
        checks.append({"title": "县里定下的消除条件", "holds": False, "reason": reason})
    told = _truths(workspace, rulebook, numbers)
    checks += [_check(spec, list(numbers), told) for spec in workflow.removal]
    return [*checks, _no_hits(workspace, numbers)]


def _judged(workspace: Workspace, period: Period) -> bool:
    return (workspace.data(period) / "facts.parquet").is_file()


def _truths(
    workspace: Workspace, rulebook: Rulebook, numbers: Mapping[Period, str]
) -> dict[Period, dict[str, Any]]:
    """By period, what each condition says of the household; a period without it has none."""
    conditions = {spec.id: spec.holds for spec in rulebook.workflow.removal}
    told = {}
    for period, household_id in numbers.items():
        facts = workspace.read_frame(period, "facts")
        own = None if facts is None else facts.filter(pl.col("household_id") == household_id)
        if own is None or own.is_empty():
            continue
        setting = (period, workspace.config.division)
        told[period] = household_truths(own, conditions, rulebook, setting).to_dicts()[0]
    return told


def _check(
    spec: RemovalCheckSpec, judged: list[Period], told: dict[Period, dict[str, Any]]
) -> dict[str, Any]:
    """Whether one condition held in this month and the months before that it must."""
    last = judged[-1] if judged else None
    wanted = [last.shift(-back) for back in range(spec.months)] if last else []
    values = {str(period): told.get(period, {}).get(spec.id) for period in reversed(wanted)}
    failed = [name for name, value in values.items() if value is False]
    unknown = [name for name, value in values.items() if value is None]
    if failed:
        reason = f"{'、'.join(failed)} 不成立"
    elif unknown or not values:
        reason = f"{'、'.join(unknown) or '各期'} 没有数据或不能确认"
    else:
        reason = ""
    return {"title": spec.title, "holds": not reason, "reason": reason}


def _no_hits(workspace: Workspace, numbers: Mapping[Period, str]) -> dict[str, Any]:
    """The last month's data must show no warning about the household."""
    last = max(numbers, default=None)
    hits = workspace.read_frame(last, "hits") if last else None
    title = "最近一期没有预警"
    if last is None or hits is None:
        return {"title": title, "holds": False, "reason": "还没有研判过任何一期"}
    own = hits.filter((pl.col("household_id") == numbers[last]) & (pl.col("kind") == "alert"))
    told = "；".join(own["evidence"].str.strip_chars_end("。"))
    reason = f"仍有预警：{told}" if told else ""
    return {"title": title, "holds": own.is_empty(), "reason": reason}


def _months_between(start: dt.date, end: dt.date) -> int:
    """Full months from ``start`` to ``end``."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
