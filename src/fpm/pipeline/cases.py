"""Monitored households: opened by answers, led through the procedure, removed by the rule book."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from fpm.errors import RefusedError
from fpm.followup.cases import (
    ACT_COLUMNS,
    ACTIVE,
    Opening,
    Procedure,
    Step,
    cases,
    opening_acts,
)
from fpm.ledger import Ledger, add_case_acts, case_events, last_case_number
from fpm.model import Period
from fpm.pipeline.measures import measure_checks
from fpm.pipeline.removal import removal_checks
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace

STATE_TITLES: Final = {
    "proceeding": "认定中",
    "supported": "帮扶中",
    "cleared": "风险消除",
    "closed": "不再办理",
}
_ACTION_TITLES: Final = {
    "open": "立案",
    "join": "增加风险",
    "advance": "办完",
    "visit": "走访",
    "clear": "风险消除",
    "reopen": "再次纳入",
    "close": "不再办理",
}


def procedure(rulebook: Rulebook) -> Procedure:
    """The steps of ``workflow.toml``."""
    workflow = rulebook.workflow
    steps = [Step(step.id, step.title, step.who, step.days) for step in workflow.step]
    return Procedure(steps, workflow.visit_days)


def all_cases(ledger: Ledger, rulebook: Rulebook, as_of: dt.date) -> pl.DataFrame:
    """CASE_SCHEMA of every case."""
    return cases(case_events(ledger), procedure(rulebook), as_of)


def monitored_by_case(
    ledger: Ledger, rulebook: Rulebook, period: Period, issued_on: dt.date
) -> pl.DataFrame:
    """``household_id risk``: what active cases were about when the period's list was issued."""
    events = case_events(ledger, (str(period), issued_on))
    active = cases(events, procedure(rulebook), issued_on).filter(pl.col("state").is_in(ACTIVE))
    return (
        active.select("household_id", risk=pl.col("risks").str.split("、"))
        .explode("risk")
        .filter(pl.col("risk").fill_null("") != "")
    )


def open_confirmed(
    ledger: Ledger,
    workspace: Workspace,
    rulebook: Rulebook,
    answers: pl.DataFrame,
    as_of: dt.date,
) -> int:
    """Open a case for every household that fresh answers confirm; end one answered otherwise.

    Args:
        ledger: inside a transaction that records the answers too.
        workspace: for the roster's household types.
        rulebook: results, steps, types.
        answers: fresh answers with ``household_id township village risks effect``.
        as_of: today.

    Returns:
        How many events were recorded.
    """
    known = all_cases(ledger, rulebook, as_of)
    prefix = f"{workspace.config.division}-J{as_of.year:04d}-"
    opening = Opening(
        prefix=prefix,
        last_number=last_case_number(ledger, prefix),
        done={result.title: result.done for result in rulebook.workflow.results},
        types={
            spec.household_type: spec.title
            for spec in rulebook.workflow.case_type
            if spec.household_type
        },
        as_of=as_of,
    )
    confirmed = answers.filter(pl.col("effect") == "monitored")
    acts = opening_acts(confirmed, known, _types_of_households(workspace), opening)
    taken_back = answers.filter(pl.col("effect") == "no_risk").join(
        known.filter(pl.col("state") == "proceeding").select("alert_no", "case_no"),
        on="alert_no",
        how="inner",
    )
    ends = taken_back.select(
        "period",
        "case_no",
        "household_id",
        "township",
        "village",
        action=pl.lit("close"),
        step=pl.lit(""),
        type=pl.lit(""),
        risks=pl.lit(""),
        alert_no=pl.col("alert_no"),
        done_on=pl.col("visited_on").fill_null(as_of),
        officer=pl.col("officer"),
        note=pl.format("反馈更正为：{}", "result"),
    )
    return add_case_acts(ledger, pl.concat([acts, ends.select(acts.columns)]), as_of)


def _types_of_households(workspace: Workspace) -> pl.DataFrame:
    """``household_id monitor_type household_type`` by the latest facts that are kept."""
    schema = dict.fromkeys(("household_id", "monitor_type", "household_type"), pl.String)
    for period in reversed(workspace.periods()):
        facts = workspace.read_frame(period, "facts")
        if facts is not None and set(schema) <= set(facts.columns):
            return facts.group_by("household_id").agg(
                pl.col("monitor_type", "household_type").drop_nulls().first()
            )
    return pl.DataFrame(schema=schema)


def listed_cases(
    workspace: Workspace, rulebook: Rulebook, as_of: dt.date, *, ended: bool
) -> pl.DataFrame:
    """CASE_SCHEMA of the active cases, or of all with ``ended``."""
    with Ledger.open(workspace.ledger) as ledger:
        rows = all_cases(ledger, rulebook, as_of)
    return rows if ended else rows.filter(pl.col("state").is_in(ACTIVE))


def case_document(
    workspace: Workspace, rulebook: Rulebook, case_no: str, as_of: dt.date
) -> dict[str, Any]:
    """One case, everything done for it, its measures, and what removal still lacks.

    Raises:
        RefusedError: there is no such case.
    """
    with Ledger.open(workspace.ledger) as ledger:
        case = one_case(ledger, rulebook, case_no, as_of)
    if case["state"] not in ACTIVE:
        return case
    asked = pl.DataFrame({name: [case[name]] for name in ("case_no", "household_id", "risks")})
    return {
        **case,
        "measures": measure_checks(workspace, rulebook, asked),
        "removal": removal_checks(workspace, rulebook, case, as_of),
    }


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
        if case["state"] == "supported":
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


def clear(
    workspace: Workspace, rulebook: Rulebook, case_no: str, act: Act, as_of: dt.date
) -> dict[str, Any]:
    """Record that the risk is removed, when every condition of the rule book holds.

    Raises:
        RefusedError: a condition does not hold or cannot be told; all of them are named.
    """
    with Ledger.open(workspace.ledger) as ledger, ledger.transaction():
        case = _active(ledger, rulebook, case_no, act, as_of)
        lacking = [
            row for row in removal_checks(workspace, rulebook, case, as_of) if not row["holds"]
        ]
        if lacking:
            reasons = "\n".join(f"  {row['title']}：{row['reason']}" for row in lacking)
            raise RefusedError(f"{case_no} 还不能标注风险消除：\n{reasons}")
        _record(ledger, case, ("clear", ""), act, as_of)
        return one_case(ledger, rulebook, case_no, as_of)


def one_case(ledger: Ledger, rulebook: Rulebook, case_no: str, as_of: dt.date) -> dict[str, Any]:
    """The case of that number with everything done for it (``events``).

    Raises:
        RefusedError: there is no such case.
    """
    events = case_events(ledger).filter(pl.col("case_no") == case_no)
    if events.is_empty():
        raise RefusedError(f"没有编号为“{case_no}”的监测档案，可用 fpm case list 查看")
    titles = {step.id: step.title for step in rulebook.workflow.step}
    told = [
        {
            "done_on": row["done_on"],
            "action": row["action"],
            "what": _ACTION_TITLES[row["action"]]
            + (f"“{titles.get(row['step'], row['step'])}”" if row["action"] == "advance" else ""),
            "risks": row["risks"],
            "officer": row["officer"],
            "note": row["note"],
            "recorded_on": row["recorded_on"],
        }
        for row in events.to_dicts()
    ]
    return {**cases(events, procedure(rulebook), as_of).to_dicts()[0], "events": told}


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
