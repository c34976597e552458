"""What the townships' answers teach, brought to the lists and to the rule table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import polars as pl

from fpm.errors import Fault, RulebookError
from fpm.followup.learning import cut_points, hit_rates, visit_order
from fpm.ledger import AlertState, AlertUpdate, Capacity, Ledger, answered_rules, hold_back
from fpm.model import OPEN_STATES, SPEAKING_STATES, Period
from fpm.pipeline.followup import effects
from fpm.publish import HELD_LIST, Publication
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace

MONTHS_REMEMBERED: Final = 24
"""Rules, departments and what they deliver change; answers of two years are enough to count."""


def with_learning(
    handed_on: Publication, ledger: Ledger, rulebook: Rulebook, issued_on: dt.date
) -> Publication:
    """``handed_on`` with hit rates so far and the order of visits.

    Only answers that were in when the period's list was first issued count: a rerun on a later
    day gives the same lists.
    """
    answered = _answered_until(ledger, handed_on.heading.period, issued_on)
    effect = effects(rulebook)
    return replace(
        handed_on,
        rates=hit_rates(answered, effect),
        chances=visit_order(_spoken(handed_on.alerts, handed_on.hits), answered, effect),
    )


def within_capacity(
    ledger: Ledger,
    rulebook: Rulebook,
    facts: pl.DataFrame,
    decided: tuple[AlertState, AlertUpdate],
    period: Period,
) -> AlertUpdate:
    """The update with what is beyond the capacity of the townships held back.

    Raises:
        RulebookError: ``workflow.toml`` limits a township that the roster does not have, or there
            is no list for what is held back.
    """
    state, update = decided
    cap = rulebook.workflow.cap
    capacity = Capacity(cap.each, cap.townships)
    if not capacity:
        return update
    _require_usable(rulebook, facts["township"])
    answered = _answered_until(ledger, period, update.issued_on)
    spoken = _spoken(update.alerts, update.hits)
    chances = visit_order(spoken, answered, effects(rulebook))
    return hold_back(update, state, chances, capacity)


def _require_usable(rulebook: Rulebook, townships: pl.Series) -> None:
    known = townships.drop_nulls().unique().sort().to_list()
    faults = [
        Fault(
            "workflow.toml",
            f"cap.townships.{name}",
            f"花名册中没有这个乡镇，有：{'、'.join(known)}",
        )
        for name in rulebook.workflow.cap.townships
        if name not in known
    ]
    if HELD_LIST not in rulebook.workbooks.workbook:
        faults.append(Fault("workbooks.toml", f"workbook.{HELD_LIST}", "设了上限就要有这张表"))
    if faults:
        raise RulebookError(faults)


def _answered_until(ledger: Ledger, period: Period, issued_on: dt.date) -> pl.DataFrame:
    since = str(period.shift(-MONTHS_REMEMBERED))
    return answered_rules(ledger, (str(period), issued_on), since)


def _spoken(alerts: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """The hits that speak on open alerts."""
    opened = alerts.filter(pl.col("state").is_in(OPEN_STATES))
    speaks = (pl.col("kind") == "alert") & pl.col("hit_state").is_in(SPEAKING_STATES)
    return hits.filter(speaks).join(opened.select("alert_no"), on="alert_no", how="semi")


def rule_answers(
    workspace: Workspace | None, rulebook: Rulebook, rule_id: str
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """What answers say of one rule.

    Returns:
        ``answered confirmed rate low high``, ``None`` when nothing was answered yet, and for a
        rule with a measure the rows of ``cut_points``.
    """
    if workspace is None or not workspace.ledger.is_file():
        return None, []
    with Ledger.open(workspace.ledger) as ledger:
        published = ledger.periods()
        last = Period.parse(published[-1]) if published else None
        since = str(last.shift(-MONTHS_REMEMBERED)) if last else ""
        answered = answered_rules(ledger, since=since)
    effect = effects(rulebook)
    own = answered.filter(pl.col("rule_id") == rule_id)
    rates = hit_rates(own, effect).filter(pl.col("dimension") == "rule")
    found = rates.drop("dimension", "name").to_dicts()
    return (found[0] if found else None), cut_points(own, effect).to_dicts()
