"""Builders of hits, and a county with one ledger, for the tests of alerts."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from fpm.ledger import (
    MOVE_SCHEMA,
    AlertRequest,
    AlertUpdate,
    Asked,
    Capacity,
    Ledger,
    Recorded,
    RuleTerms,
    hold_back,
    state_before,
    update_alerts,
)
from fpm.ledger.state import MONITORED_SCHEMA
from fpm.model import HIT_SCHEMA, Period

DUE_DAYS = {"red": 5, "orange": 10, "yellow": 15}
NO_MOVES = pl.DataFrame(schema=MOVE_SCHEMA)
EFFECTS = {"不实": "no_risk", "纳入": "monitored", "待核实": "pending"}
TERMS = {"illness_cost": RuleTerms(worsens_by=5000.0, silence=6)}


@dataclass(frozen=True)
class Hit:
    """One hit with what a test cares about; the rest has sensible values."""

    household: str | None
    rule: str = "illness_cost"
    person: str | None = None
    measure: float | None = None
    level: str = "orange"
    risk: str = "因病"
    kind: str = "alert"
    scope: str = "person"
    township: str = "青石镇"
    village: str = "上河村"

    def row(self) -> tuple:
        return (
            self.rule,
            self.kind,
            self.scope,
            self.person,
            self.household,
            self.township,
            self.village,
            self.level,
            self.risk,
            "年度自付费用高",
            '[{"department":"medical_insurance","row":7}]',
            self.measure,
        )


def hits_frame(*hits: Hit) -> pl.DataFrame:
    return pl.DataFrame([hit.row() for hit in hits], schema=HIT_SCHEMA, orient="row")


@dataclass
class County:
    """Months published one after another into one ledger file."""

    path: Path
    terms: dict[str, RuleTerms] = field(default_factory=lambda: dict(TERMS))
    capacity: Capacity = field(default_factory=Capacity)
    chances: dict[str, float] = field(default_factory=dict)  # by number of the alert

    def judge(
        self,
        period: str,
        *hits: Hit,
        today: dt.date | None = None,
        monitored: list[tuple[str, str]] = (),
        moves: pl.DataFrame = NO_MOVES,
    ) -> tuple[AlertUpdate, Recorded]:
        """Judge and record one month; ``today`` is the second day of the next month by default."""
        month = Period.parse(period)
        today = today or month.shift(1).first_day + dt.timedelta(days=1)
        with Ledger.open(self.path) as ledger:
            issued_on = ledger.issued_on(month) or today
            request = AlertRequest(
                period=month,
                division="999901",
                issued_on=issued_on,
                as_of=today,
                due_days=DUE_DAYS,
                effects=EFFECTS,
                terms=self.terms,
                monitored=pl.DataFrame(monitored, schema=MONITORED_SCHEMA, orient="row"),
            )
            households = {hit.household for hit in hits if hit.household}
            state = state_before(ledger, Asked(month, "999901", issued_on, households, moves))
            update = update_alerts(hits_frame(*hits), state, request)
            if self.capacity:
                update = hold_back(update, state, self.chances_frame(), self.capacity)
            return update, ledger.record(update, today)

    def chances_frame(self) -> pl.DataFrame:
        schema = {"alert_no": pl.String, "chance": pl.Float64}
        return pl.DataFrame(list(self.chances.items()), schema=schema, orient="row")

    def answer(self, alert_no: str, period: str, result: str, on: dt.date) -> int:
        row = (alert_no, period, result, on, "王干事", "入户看过", "", "")
        schema = [
            "alert_no",
            "period",
            "result",
            "visited_on",
            "officer",
            "findings",
            "policies",
            "measures",
        ]
        with Ledger.open(self.path) as ledger:
            return ledger.add_feedback(pl.DataFrame([row], schema=schema, orient="row"), on)

    def alert(self, period: str, household: str) -> dict | None:
        """The alert of a household in a period, or ``None``."""
        with Ledger.open(self.path) as ledger:
            rows = ledger.alerts(period).filter(pl.col("household_id") == household).to_dicts()
        return rows[0] if rows else None


@pytest.fixture
def county(tmp_path):
    return County(tmp_path / "ledger.db")


@pytest.fixture
def hit():
    return Hit
