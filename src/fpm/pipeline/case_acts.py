"""What officers do for a monitored household: steps, visits, its contact, the end of its risk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from fpm.errors import RefusedError
from fpm.followup.cases import ACT_COLUMNS, ACTIVE
from fpm.ledger import Ledger, add_case_acts
from fpm.pipeline.cases import STATE_TITLES, conditions_of_removal, one_case
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer reports: by whom, when, and words."""

    done_on: dt.date
    officer: str | None = None
    note: str | None = None
    type: str | None = None


def advance(
    workspace: Workspace, rulebook: Rulebook, case_no: str, act: Act, as_of: dt.date
) -> dict[str, Any]:
    """Record that the step that was due is done; return the case as it stands then.

    Raises:
        RefusedError: no such case, nothing left to do but support, a day that cannot be, or an
            unknown type.
    """
    types = [spec.title for spec in rulebook.workflow.case_type]
    if act.type is not None and act.type not in types:
        raise RefusedError(f"没有“{act.type}”这种监测对象类别，可以是：{'、'.join(types)}")
    with Ledger.open(workspace.ledger) as ledger, ledger.transaction():
        case = _active(ledger, rulebook, case_no, act, as_of)
        if case["state"] != "proceeding":
            raise RefusedError(
                f"{case_no} 已在帮扶中：走访用 fpm case visit 记录，风险消除用 fpm case clear"
            )
        _record(ledger, case, ("advance", case["step"]), act, as_of)
        return one_case(ledger, rulebook, case_no, as_of)


def visit(
    workspace: Workspace, rulebook: Rulebook, case_no: str, act: Act, as_of: dt.date
) -> dict[str, Any]:
    """Record a visit; the next one is due a month later.

    Raises:
        RefusedError: no such case, it is over, or a day that cannot be.
    """
    with Ledger.open(workspace.ledger) as ledger, ledger.transaction():
        case = _active(ledger, rulebook, case_no, act, as_of)
        _record(ledger, case, ("visit", ""), act, as_of)
        return one_case(ledger, rulebook, case_no, as_of)


def assign(
    workspace: Workspace, rulebook: Rulebook, case_no: str, act: Act, as_of: dt.date
) -> dict[str, Any]:
    """Record who keeps in touch with the household (``act.officer``).

    Raises:
        RefusedError: no such case, it is over, or a day that cannot be.
    """
    with Ledger.open(workspace.ledger) as ledger, ledger.transaction():
        case = _active(ledger, rulebook, case_no, act, as_of)
        _record(ledger, case, ("assign", ""), act, as_of)
        return one_case(ledger, rulebook, case_no, as_of)


def clear(
    workspace: Workspace, rulebook: Rulebook, case_no: str, act: Act, as_of: dt.date
) -> dict[str, Any]:
    """Record that the next step to the removal of the risk is done; the last one removes it.

    Every condition of the rule book must hold at every step.

    Raises:
        RefusedError: a condition does not hold or cannot be told; all of them are named.
    """
    with Ledger.open(workspace.ledger) as ledger, ledger.transaction():
        case = _active(ledger, rulebook, case_no, act, as_of)
        conditions = conditions_of_removal(ledger, workspace, rulebook, case, as_of)
        lacking = [row for row in conditions if not row["holds"]]
        if lacking:
            reasons = "\n".join(f"  {row['title']}：{row['reason']}" for row in lacking)
            raise RefusedError(f"{case_no} 还不能标注风险消除：\n{reasons}")
        steps = [step.id for step in rulebook.workflow.removal_step] or [""]
        step = case["step"] if case["state"] == "clearing" else steps[0]
        _record(ledger, case, ("clear", step), act, as_of)
        return one_case(ledger, rulebook, case_no, as_of)


def _active(
    ledger: Ledger, rulebook: Rulebook, case_no: str, act: Act, as_of: dt.date
) -> dict[str, Any]:
    case = one_case(ledger, rulebook, case_no, as_of)
    if case["state"] not in ACTIVE:
        raise RefusedError(f"{case_no} 的状态是“{STATE_TITLES[case['state']]}”，不能再办理")
    last = max(event["done_on"] for event in case["events"])
    if act.done_on > as_of or act.done_on < case["opened_on"]:
        raise RefusedError(
            f"日期 {act.done_on} 不对：应在立案（{case['opened_on']}）和今天（{as_of}）之间"
        )
    if act.done_on < last:
        raise RefusedError(f"日期 {act.done_on} 早于上一次办理（{last}），请核对")
    return case


def _record(
    ledger: Ledger, case: dict[str, Any], what: tuple[str, str], act: Act, as_of: dt.date
) -> None:
    action, step = what
    published = ledger.periods()
    row = {
        "period": published[-1],
        **{name: case.get(name) for name in ACT_COLUMNS},
        "action": action,
        "step": step,
        "type": act.type or "",
        "risks": "",
        "done_on": act.done_on,
        "officer": act.officer,
        "note": act.note,
    }
    schema = {"period": pl.String, **dict.fromkeys(ACT_COLUMNS, pl.String), "done_on": pl.Date}
    add_case_acts(ledger, pl.DataFrame([row], schema=schema), as_of)
