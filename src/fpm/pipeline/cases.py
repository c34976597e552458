"""Monitored households: opened by answers, led through the procedure, removed by the rule book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from fpm.errors import RefusedError
from fpm.followup.cases import (
    ACTIVE,
    STARTS,
    Opening,
    Procedure,
    Step,
    cases,
    opening_acts,
)
from fpm.ledger import (
    Ledger,
    add_case_acts,
    case_events,
    case_index,
    follow_moves,
    last_case_number,
)
from fpm.model import Period
from fpm.pipeline.measures import measure_checks
from fpm.pipeline.moves import moves_so_far, numbers_by_month
from fpm.pipeline.removal import judged_months, removal_checks
from fpm.rulebook import Rulebook
from fpm.rulebook.settings import StepSpec
from fpm.workspace import Workspace

STATE_TITLES: Final = {
    "proceeding": "认定中",
    "supported": "帮扶中",
    "clearing": "消除程序中",
    "cleared": "风险消除",
    "closed": "不再办理",
}
_ACTION_TITLES: Final = {
    "open": "立案",
    "join": "增加风险",
    "visit": "走访",
    "assign": "定联系人",
    "clear": "风险消除",
    "reopen": "再次纳入",
    "close": "不再办理",
}


def procedure(rulebook: Rulebook) -> Procedure:
    """The steps of ``workflow.toml``."""
    workflow = rulebook.workflow
    return Procedure(_steps(workflow.step), workflow.visit_days, _steps(workflow.removal_step))


def _steps(specs: Iterable[StepSpec]) -> list[Step]:
    return [Step(spec.id, spec.title, spec.who, spec.days) for spec in specs]


def all_cases(ledger: Ledger, rulebook: Rulebook, as_of: dt.date) -> pl.DataFrame:
    """CASE_SCHEMA of every case, households by their present numbers."""
    events = follow_moves(case_events(ledger), moves_so_far(ledger))
    return cases(events, procedure(rulebook), as_of)


def active_cases(ledger: Ledger, rulebook: Rulebook, as_of: dt.date) -> pl.DataFrame:
    """CASE_SCHEMA of the cases that are not over, households by their present numbers."""
    numbers = case_index(ledger).filter(~_ended(rulebook))["case_no"]
    events = follow_moves(case_events(ledger, numbers), moves_so_far(ledger))
    return cases(events, procedure(rulebook), as_of).filter(pl.col("state").is_in(ACTIVE))


def _ended(rulebook: Rulebook) -> pl.Expr:
    """Whether the last act ended a case; nothing but its opening anew comes after that."""
    on_the_way = [spec.id for spec in rulebook.workflow.removal_step][:-1]
    removed = (pl.col("action") == "clear") & ~pl.col("step").is_in(on_the_way)
    return (pl.col("action") == "close") | removed


def _cases_of(
    ledger: Ledger, rulebook: Rulebook, households: pl.Series, as_of: dt.date
) -> pl.DataFrame:
    """CASE_SCHEMA of the cases of some households, named by their present numbers."""
    moves = moves_so_far(ledger)
    own = follow_moves(case_index(ledger), moves).filter(
        pl.col("household_id").is_in(households.implode())
    )
    events = follow_moves(case_events(ledger, own["case_no"]), moves)
    return cases(events, procedure(rulebook), as_of)


def monitored_by_case(
    ledger: Ledger, rulebook: Rulebook, listed: tuple[Period, dt.date], moves: pl.DataFrame
) -> pl.DataFrame:
    """``household_id risk``: what active cases were about when a period's list was issued.

    Args:
        ledger: the ledger.
        rulebook: the steps.
        listed: the period, and the day its list was issued.
        moves: DATED_MOVE_SCHEMA up to the period.
    """
    period, issued_on = listed
    until = (str(period), issued_on)
    numbers = case_index(ledger, until).filter(~_ended(rulebook))["case_no"]
    events = follow_moves(case_events(ledger, numbers, until), moves)
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
    answers = follow_moves(answers, moves_so_far(ledger))
    known = _cases_of(ledger, rulebook, answers["household_id"], as_of)
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
        wanted = all_cases if ended else active_cases
        return wanted(ledger, rulebook, as_of)


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
        removal = conditions_of_removal(ledger, workspace, rulebook, case, as_of)
    asked = pl.DataFrame({name: [case[name]] for name in ("case_no", "household_id", "risks")})
    return {**case, "measures": measure_checks(workspace, rulebook, asked), "removal": removal}


def conditions_of_removal(
    ledger: Ledger, workspace: Workspace, rulebook: Rulebook, case: dict[str, Any], as_of: dt.date
) -> list[dict[str, Any]]:
    """``title holds reason`` of every condition, by the facts of the household in each month."""
    opened = case_events(ledger, [case["case_no"]]).filter(pl.col("action").is_in(STARTS))
    started = opened.select("period", "household_id").row(-1)
    numbers = numbers_by_month(ledger, started, judged_months(workspace, rulebook))
    return removal_checks(workspace, rulebook, case, numbers, as_of)


def one_case(ledger: Ledger, rulebook: Rulebook, case_no: str, as_of: dt.date) -> dict[str, Any]:
    """The case of that number with everything done for it (``events``).

    Raises:
        RefusedError: there is no such case.
    """
    events = follow_moves(case_events(ledger, [case_no]), moves_so_far(ledger))
    if events.is_empty():
        raise RefusedError(f"没有编号为“{case_no}”的监测档案，可用 fpm case list 查看")
    steps = procedure(rulebook)
    titles = {step.id: step.title for step in steps.order}
    told = [
        {
            "done_on": row["done_on"],
            "action": row["action"],
            "what": _what(row["action"], titles.get(row["step"], row["step"])),
            "risks": row["risks"],
            "officer": row["officer"],
            "note": row["note"],
            "recorded_on": row["recorded_on"],
        }
        for row in events.to_dicts()
    ]
    return {**cases(events, steps, as_of).to_dicts()[0], "events": told}


def _what(action: str, step: str) -> str:
    """What was done, in Chinese, with the step that it finished."""
    if action == "advance":
        return f"办完“{step}”"
    return _ACTION_TITLES[action] + (f"：办完“{step}”" if action == "clear" and step else "")
