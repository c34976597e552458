"""The memory: alerts, feedback and decisions as append-only, hash-chained events in SQLite."""

from __future__ import annotations

from fpm.ledger.acts import (
    ACCEPTANCE_SCHEMA,
    HANDED_ON_SCHEMA,
    add_acceptances,
    add_handed_on,
    handed_on,
)
from fpm.ledger.alerts import open_alerts, update_alerts
from fpm.ledger.before import Asked, known_households, recorded_moves, state_before
from fpm.ledger.bodies import DECISION_SCHEMA, FEEDBACK_SCHEMA
from fpm.ledger.cases import (
    CASE_ACT_SCHEMA,
    CASE_EVENT_SCHEMA,
    add_case_acts,
    case_events,
    case_index,
    last_case_number,
)
from fpm.ledger.holding import Capacity, hold_back
from fpm.ledger.lists import LISTED_SCHEMA, answered_rules, feedback_about, listed
from fpm.ledger.moves import DATED_MOVE_SCHEMA, MOVE_SCHEMA, follow_moves, household_moves
from fpm.ledger.state import (
    HELD,
    LEDGER_ALERT_SCHEMA,
    LEDGER_HIT_SCHEMA,
    MONITORED_SCHEMA,
    AlertRequest,
    AlertState,
    AlertUpdate,
    RuleTerms,
    rule_terms,
)
from fpm.ledger.store import Ledger, Recorded
from fpm.ledger.verify import Verification, verify

__all__ = [
    "ACCEPTANCE_SCHEMA",
    "CASE_ACT_SCHEMA",
    "CASE_EVENT_SCHEMA",
    "DATED_MOVE_SCHEMA",
    "DECISION_SCHEMA",
    "FEEDBACK_SCHEMA",
    "HANDED_ON_SCHEMA",
    "HELD",
    "LEDGER_ALERT_SCHEMA",
    "LEDGER_HIT_SCHEMA",
    "LISTED_SCHEMA",
    "MONITORED_SCHEMA",
    "MOVE_SCHEMA",
    "AlertRequest",
    "AlertState",
    "AlertUpdate",
    "Asked",
    "Capacity",
    "Ledger",
    "Recorded",
    "RuleTerms",
    "Verification",
    "add_acceptances",
    "add_case_acts",
    "add_handed_on",
    "answered_rules",
    "case_events",
    "case_index",
    "feedback_about",
    "follow_moves",
    "handed_on",
    "hold_back",
    "household_moves",
    "known_households",
    "last_case_number",
    "listed",
    "open_alerts",
    "recorded_moves",
    "rule_terms",
    "state_before",
    "update_alerts",
    "verify",
]
