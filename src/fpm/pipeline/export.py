"""Lists of a published period written again: for a township, or back to the departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from fpm import __version__
from fpm.errors import WorkspaceError
from fpm.followup import chosen_alerts
from fpm.ledger import Ledger, add_handed_on, feedback_about
from fpm.model import OPEN_STATES, Period
from fpm.pipeline.cases import listed_cases, procedure
from fpm.pipeline.followup import effects, feedback_standing, published_period
from fpm.pipeline.hand_on import forms, marked, resting_on_reference
from fpm.pipeline.handing import exported
from fpm.pipeline.learning import with_learning
from fpm.publish import PERSON_SCHEMA, Heading, Publication, Written
from fpm.publish.confirmed import confirmed_books
from fpm.publish.notice import LIST, REMOVAL, notice_books
from fpm.publish.storage import file_name, write_private
from fpm.publish.township import township_books
from fpm.rulebook import Rulebook
from fpm.rulebook.terms import in_terms
from fpm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lists to write again.

    Attributes:
        period: the last published one when ``None``.
        as_of: today.
        township: only this one.
        unanswered: only alerts without an answer (待核实 is none).
        risk: only alerts with this risk.
        overdue: only alerts whose answer is overdue.
    """

    period: Period | None
    as_of: dt.date
    township: str | None = None
    unanswered: bool = False
    risk: str | None = None
    overdue: bool = False


def export_lists(
    workspace: Workspace, rulebook: Rulebook, folder: Path, wanted: Wanted
) -> list[Written]:
    """Write the township lists of a period again into ``folder``; row keys are as on the first.

    Raises:
        WorkspaceError: the period was not published, its frames are gone, or the township had no
            list.
        RefusedError: no alert of the lists has the risk.
    """
    chosen, alerts = feedback_standing(workspace, rulebook, wanted.period, wanted.as_of)
    if wanted.township is not None:
        known = alerts["township"].drop_nulls().unique().sort().to_list()
        if wanted.township not in known:
            listing = "、".join(known)
            raise WorkspaceError(
                f"{chosen} 期没有发给“{wanted.township}”的清单；有清单的是：{listing}"
            )
        alerts = alerts.filter(pl.col("township") == wanted.township)
    alerts = chosen_alerts(alerts, township=None, risk=wanted.risk, overdue=wanted.overdue)
    if wanted.unanswered:
        alerts = alerts.filter(pl.col("standing") != "answered")
    rulebook = in_terms(rulebook, chosen, workspace.config.division)
    handed_on = again(workspace, rulebook, chosen, alerts["alert_no"].to_list())
    with Ledger.open(workspace.ledger) as ledger:
        handed_on = with_learning(handed_on, ledger, rulebook, handed_on.heading.issued_on)
    written = _write(folder, township_books(handed_on, forms(rulebook)), "")
    return _recorded(workspace, written, chosen, wanted.as_of)


def export_confirmed(
    workspace: Workspace, rulebook: Rulebook, folder: Path, wanted: Wanted
) -> list[Written]:
    """Write for each department the households of its clues that were confirmed in a period."""
    monitored = [title for title, what in effects(rulebook).items() if what == "monitored"]
    chosen, alerts = feedback_standing(workspace, rulebook, wanted.period, wanted.as_of)
    confirmed = alerts.filter(pl.col("result").is_in(monitored))
    with Ledger.open(workspace.ledger) as ledger:
        told = feedback_about(ledger, confirmed["alert_no"].to_list())
    last = told.unique("alert_no", keep="last", maintain_order=True)
    listed = confirmed.select("alert_no", "result", "visited_on").join(
        last.select("alert_no", "measures"), on="alert_no", how="left", maintain_order="left"
    )
    rulebook = in_terms(rulebook, chosen, workspace.config.division)
    handed_on = again(workspace, rulebook, chosen, listed["alert_no"].to_list())
    dated = replace(handed_on, heading=replace(handed_on.heading, issued_on=wanted.as_of))
    written = _write(folder, confirmed_books(dated, forms(rulebook), listed), "确认名单")
    return _recorded(workspace, written, chosen, wanted.as_of)


def export_notices(
    workspace: Workspace, rulebook: Rulebook, folder: Path, wanted: tuple[str | None, dt.date]
) -> list[Written]:
    """Write the names to be made public, one list a township.

    Args:
        workspace: where the cases are.
        rulebook: the form of the list, the steps.
        folder: receives the lists.
        wanted: the step that is due (every case up to its support when ``None``), and today.

    Raises:
        WorkspaceError: there is no such step, or nothing was published yet.
    """
    step, as_of = wanted
    removal = {spec.id for spec in rulebook.workflow.removal_step}
    steps = {step.id: step.title for step in procedure(rulebook).order}
    if step is not None and step not in steps:
        known = "、".join(f"{name}（{title}）" for name, title in steps.items())
        raise WorkspaceError(f"没有“{step}”这个步骤，可以是：{known}")
    cases = listed_cases(workspace, rulebook, as_of, ended=False)
    chosen = pl.col("state") != "clearing" if step is None else pl.col("step") == step
    cases = cases.filter(chosen)
    with Ledger.open(workspace.ledger) as ledger:
        period = published_period(ledger, None)
    rulebook = in_terms(rulebook, period, workspace.config.division)
    handed_on = again(workspace, rulebook, period, [])
    dated = replace(handed_on, heading=replace(handed_on.heading, issued_on=as_of))
    name = REMOVAL if step in removal else LIST
    suffix = "风险消除公示" if step in removal else "公示"  # both may lie in one folder
    written = _write(folder, notice_books(dated, forms(rulebook), cases, name), suffix)
    return _recorded(workspace, written, period, as_of)


def again(
    workspace: Workspace, rulebook: Rulebook, period: Period, alert_numbers: list[str]
) -> Publication:
    """The publication of a past period as far as lists about single alerts need it.

    Raises:
        WorkspaceError: the frames of the period are gone; running it again brings them back.
    """
    facts = workspace.read_frame(period, "facts")
    if facts is None:
        raise WorkspaceError(f"{period} 期的数据不在 data/{period} 中，请重新运行这一期")
    with Ledger.open(workspace.ledger) as ledger:
        published_period(ledger, period)
        alerts, hits = ledger.alerts(str(period)), ledger.hits(str(period))
        head, issued_on = ledger.head(period) or "", ledger.issued_on(period)
    named = pl.col("alert_no").is_in(alert_numbers)
    resting = resting_on_reference(rulebook, period, workspace.config.division)
    return Publication(
        heading=Heading(
            county=workspace.config.county,
            division=workspace.config.division,
            period=period,
            issued_on=issued_on or period.last_day,
            version=__version__,
            rule_digest=rulebook.digest,
            chain_head=head,
            mask_ids=workspace.config.mask_ids,
        ),
        rules=rulebook.rules,
        alerts=alerts.filter(named & pl.col("state").is_in(OPEN_STATES)),
        hits=marked(hits.filter(named), resting),
        people=facts.select(pl.col(name).cast(dtype) for name, dtype in PERSON_SCHEMA.items()),
        departments=rulebook.department_titles,
    )


def _recorded(
    workspace: Workspace, written: list[Written], period: Period, as_of: dt.date
) -> list[Written]:
    """``written``, once the ledger knows that it was handed on."""
    with Ledger.open(workspace.ledger) as ledger:
        add_handed_on(ledger, str(period), exported(written), as_of)
    return written


def _write(folder: Path, books: Iterable[tuple[str, bytes, int]], suffix: str) -> list[Written]:
    written = []
    for place, data, rows in books:
        path = f"{file_name(place, '未注明')}{suffix}.xlsx"
        written.append(Written(path, write_private(folder / path, data), rows))
    return written
