"""What holds whatever the months bring: one alert a household, numbers for ever, reruns for free."""

import datetime as dt
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.conftest import County, Hit

from fpm.ledger import Ledger, verify
from fpm.model import OPEN_STATES

HITS = st.builds(
    Hit,
    household=st.sampled_from(["H1", "H2", "H3", "H4"]),
    rule=st.sampled_from(["illness_cost", "dropout"]),
    person=st.sampled_from(["P1", "P2", None]),
    measure=st.sampled_from([None, 6000.0, 9000.0, 12000.0, 30000.0]),
    level=st.sampled_from(["red", "orange", "yellow"]),
    risk=st.sampled_from(["因病", "因学", ""]),
)
MONTHS = st.lists(
    st.lists(HITS, max_size=6, unique_by=lambda hit: (hit.household, hit.rule, hit.person)),
    min_size=1,
    max_size=5,
)
ANSWERS = st.lists(st.sampled_from(["不实", "纳入", "待核实", None]), min_size=5, max_size=5)


@settings(max_examples=12, deadline=None)
@given(months=MONTHS, answers=ANSWERS)
def test_alerts_of_any_sequence_of_months(months, answers):
    with tempfile.TemporaryDirectory() as folder:
        county = County(Path(folder) / "ledger.db")
        owners: dict[str, str] = {}
        for number, (hits, answer) in enumerate(zip(months, answers, strict=False)):
            period = f"2026-{number + 1:02d}"
            update, recorded = county.judge(period, *hits)
            alerts = update.alerts
            assert alerts["household_id"].is_unique().all()
            assert alerts["alert_no"].is_unique().all()
            for alert_no, household in alerts.select("alert_no", "household_id").iter_rows():
                assert owners.setdefault(alert_no, household) == household
            spoken = update.hits.filter(
                pl.col("hit_state").is_in(["new", "continuing", "worsened", "returned"])
            )
            opened = alerts.filter(pl.col("state").is_in(OPEN_STATES))
            assert set(spoken["alert_no"]) == set(opened["alert_no"])
            kept_apart = {"silent", "case"}
            silent = {hit.household for hit in hits} - set(opened["household_id"])
            states = update.hits.filter(pl.col("household_id").is_in(list(silent)))["hit_state"]
            assert set(states) <= kept_apart
            again, rerun = county.judge(period, *reversed(hits), today=dt.date(2027, 6, 1))
            assert not rerun.changed
            assert rerun.head == recorded.head
            assert again.alerts.equals(alerts)
            if answer and opened.height:
                day = dt.date(2026, number + 2, 20)
                county.answer(opened["alert_no"][0], period, answer, day)
        assert verify(county.path).sound
        with Ledger.open(county.path) as ledger:
            assert len(ledger.periods()) == min(len(months), 5)


@settings(max_examples=8, deadline=None)
@given(months=MONTHS)
def test_running_all_months_again_in_order_changes_nothing(months):
    with tempfile.TemporaryDirectory() as folder:
        county = County(Path(folder) / "ledger.db")
        names = [f"2026-{number + 1:02d}" for number in range(len(months))]
        for name, hits in zip(names, months, strict=True):
            county.judge(name, *hits)
        for name, hits in zip(names, months, strict=True):
            _, recorded = county.judge(name, *hits, today=dt.date(2027, 6, 1))
            assert not recorded.changed
