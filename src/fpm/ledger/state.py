"""What ``update_alerts`` is given and what it returns: frozen, and made of frames only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from fpm.ledger.moves import MOVE_SCHEMA
from fpm.model import ALERT_SCHEMA, HIT_SCHEMA, OPEN_STATES, Period
from fpm.rulebook import Rulebook

HitState = Literal["new", "continuing", "worsened", "returned", "standing", "silent", "case"]

HELD: Final = "held"
"""State of an alert that is not put to its township yet, because the list is full."""
LASTING_STATES: Final = (*OPEN_STATES, HELD, "answered")
"""States after which the alert keeps its number while the data still shows a hit."""

LEDGER_ALERT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **ALERT_SCHEMA,
    "change": pl.String,  # what changed since the last list, Chinese, "" when nothing
}

LEDGER_HIT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **HIT_SCHEMA,
    "alert_no": pl.String,
    "hit_state": pl.String,  # HitState; "hint" for hints
    "spoken_measure": pl.Float64,  # the measure when the hit was last put to the township
}

PREVIOUS_HIT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "household_id": pl.String,
    "rule_id": pl.String,
    "person_id": pl.String,
    "period": pl.String,  # of the list that held it
    "hit_state": pl.String,
    "spoken_measure": pl.Float64,
}

ANSWER_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "household_id": pl.String,
    "rule_id": pl.String,
    "person_id": pl.String,
    "risk": pl.String,
    "alert_no": pl.String,
    "period": pl.String,  # of the list that was answered
    "result": pl.String,
    "measure": pl.Float64,  # the measure that the answer was about
    "received_on": pl.Date,
}

ISSUED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "household_id": pl.String,
    "alert_no": pl.String,
}

MONITORED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "household_id": pl.String,
    "risk": pl.String,
}


JOINED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **LEDGER_ALERT_SCHEMA,
    "into": pl.String,  # number of the alert that goes on for both households
}

ORIGIN_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "household_id": pl.String,
    "origin": pl.String,  # number of the alert of the household that its people came from
}


def _frame(schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """How long an answered hit of a rule stays silent (months), and what makes it speak earlier.

    ``worsens_by`` is the rise of the rule's measure since the answer (or since the hit was last
    put to the township) that counts as worse; ``None``: no rise does. A ``yearly`` measure is a
    total that begins anew with the calendar year.
    """

    worsens_by: float | None
    silence: int
    yearly: bool = False


def rule_terms(rulebook: Rulebook) -> dict[str, RuleTerms]:
    """The terms of each rule by its id."""
    yearly = rulebook.yearly_facts
    return {
        rule.id: RuleTerms(rule.worsens.by, rule.silence, yearly=rule.worsens.fact in yearly)
        if rule.worsens
        else RuleTerms(None, rule.silence)
        for rule in rulebook.rules
    }


@dataclass(frozen=True, slots=True)
class AlertState:
    """What the ledger knows before a period is judged, households by their present numbers.

    Attributes:
        previous: LEDGER_ALERT_SCHEMA, the alerts of the last period published before this one.
        previous_hits: PREVIOUS_HIT_SCHEMA, their hits.
        standing: LEDGER_HIT_SCHEMA, hits of that list that may stand though the data no longer
            shows them: all that spoke where the year has turned since, else those that stood.
        previous_issued_on: the day that list was issued; answers received later are new to us.
        current: LEDGER_ALERT_SCHEMA, what this period holds already (a rerun); else empty.
        issued: ISSUED_SCHEMA, one number a household that was given out for this period before,
            or first for the next published period: the household gets it back.
        last_number: the highest running number given out in the period's year, 0 for none.
        answers: ANSWER_SCHEMA, the latest answer for each hit that was put to a township.
        next_period: the next period published already (this one is late or corrected), or None.
        joined: JOINED_SCHEMA, alerts of households that are one with another now; they end.
        origins: ORIGIN_SCHEMA, for households with people of another household's alert.
        moves: MOVE_SCHEMA, household numbers that changed since the last published period.
    """

    previous: pl.DataFrame = field(default_factory=lambda: _frame(LEDGER_ALERT_SCHEMA))
    previous_hits: pl.DataFrame = field(default_factory=lambda: _frame(PREVIOUS_HIT_SCHEMA))
    standing: pl.DataFrame = field(default_factory=lambda: _frame(LEDGER_HIT_SCHEMA))
    previous_issued_on: dt.date | None = None
    current: pl.DataFrame = field(default_factory=lambda: _frame(LEDGER_ALERT_SCHEMA))
    issued: pl.DataFrame = field(default_factory=lambda: _frame(ISSUED_SCHEMA))
    last_number: int = 0
    answers: pl.DataFrame = field(default_factory=lambda: _frame(ANSWER_SCHEMA))
    next_period: str | None = None
    joined: pl.DataFrame = field(default_factory=lambda: _frame(JOINED_SCHEMA))
    origins: pl.DataFrame = field(default_factory=lambda: _frame(ORIGIN_SCHEMA))
    moves: pl.DataFrame = field(default_factory=lambda: _frame(MOVE_SCHEMA))


@dataclass(frozen=True, slots=True)
class AlertRequest:
    """What the caller asks for.

    Attributes:
        period: the period judged.
        division: code of the county, first part of an alert number.
        issued_on: the day the period's list was first issued (``Ledger.issued_on``); what is
            overdue is counted on this day, so that a rerun on a later day changes nothing.
        as_of: today; the due date of an alert issued today counts from here.
        due_days: days allowed by level (``workflow.toml``).
        effects: by a feedback result's title, what it does (``no_risk monitored pending``).
        terms: by rule id; a rule that is missing has no margin and stays silent 0 months.
        monitored: MONITORED_SCHEMA, households in the monitoring procedure and the risks they are
            in it for, by the roster.
    """

    period: Period
    division: str
    issued_on: dt.date
    as_of: dt.date
    due_days: Mapping[str, int]
    effects: Mapping[str, str]
    terms: Mapping[str, RuleTerms]
    monitored: pl.DataFrame = field(default_factory=lambda: _frame(MONITORED_SCHEMA))


@dataclass(frozen=True, slots=True)
class AlertUpdate:
    """What a period's hits make of the alerts.

    Attributes:
        period: the period.
        issued_on: as requested.
        alerts: LEDGER_ALERT_SCHEMA by ``alert_no``: every alert open, held back, answered or
            cleared this period; only open ones are put to the township.
        hits: LEDGER_HIT_SCHEMA: hits of kind alert and hint of the households in ``alerts``,
            sorted by alert, then kind, level, rule and person.
        case_hits: LEDGER_HIT_SCHEMA (``alert_no`` null): hits of monitored households without an
            alert, for their case file.
        village_hits: HIT_SCHEMA, hits about a village, for the county.
        moves: MOVE_SCHEMA, as in the state.
    """

    period: str
    issued_on: dt.date
    alerts: pl.DataFrame
    hits: pl.DataFrame
    case_hits: pl.DataFrame
    village_hits: pl.DataFrame
    moves: pl.DataFrame = field(default_factory=lambda: _frame(MOVE_SCHEMA))
