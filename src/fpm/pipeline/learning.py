"""What the townships' answers teach, brought to the lists and to the rule table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl

from fpm.followup.learning import hit_rates, visit_order
from fpm.ledger import OPEN_STATES, Ledger, answered_rules
from fpm.ledger.state import SPEAKING_STATES
from fpm.pipeline.followup import effects
from fpm.publish import Publication
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace


def with_learning(
    handed_on: Publication, ledger: Ledger, rulebook: Rulebook, issued_on: dt.date
) -> Publication:
    """``handed_on`` with hit rates so far and the order of visits.

    Only answers that were in when the period's list was first issued count: a rerun on a later
    day gives the same lists.
    """
    answered = answered_rules(ledger, (str(handed_on.heading.period), issued_on))
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


def rule_rate(
    workspace: Workspace | None, rulebook: Rulebook, rule_id: str
) -> dict[str, Any] | None:
    """``answered confirmed rate low high`` of one rule; ``None`` when nothing was answered yet."""
    if workspace is None or not workspace.ledger.is_file():
        return None
    with Ledger.open(workspace.ledger) as ledger:
        rates = hit_rates(answered_rules(ledger), effects(rulebook))
    own = (pl.col("dimension") == "rule") & (pl.col("name") == rule_id)
    found = rates.filter(own).drop("dimension", "name").to_dicts()
    return found[0] if found else None
