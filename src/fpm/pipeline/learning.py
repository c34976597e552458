"""What the townships' answers teach, brought to the lists and to the rule table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import polars as pl

from fpm.followup.learning import cut_points, hit_rates, visit_order
from fpm.ledger import OPEN_STATES, Ledger, answered_rules
from fpm.ledger.state import SPEAKING_STATES
from fpm.model import Period
from fpm.pipeline.followup import effects
from fpm.publish import Publication
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
    period = handed_on.heading.period
    since = str(period.shift(-MONTHS_REMEMBERED))
    answered = answered_rules(ledger, (str(period), issued_on), since)
    opened = handed_on.alerts.filter(pl.col("state").is_in(OPEN_STATES))
    speaking = handed_on.hits.filter(
        (pl.col("kind") == "alert") & pl.col("hit_state").is_in(SPEAKING_STATES)
    ).join(opened.select("alert_no"), on="alert_no", how="semi")
    effect = effects(rulebook)
    return replace(
        handed_on,
        rates=hit_rates(answered, effect),
        chances=visit_order(speaking, answered, effect),
    )


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
