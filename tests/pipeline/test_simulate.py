"""A changed value is tried on the matched data before anybody adopts it."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from county import AS_OF, HEADER_OF_BILLS, PERIOD, deliver_bill, make_county, run_month
from fpm.errors import RefusedError
from fpm.ledger import Ledger
from fpm.pipeline.simulate import Trial, known_of_dropped, simulate

RULE = "inpatient_self_paid_other_household"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county where one person of an ordinary household paid 9,000 yuan for a stay."""
    workspace = make_county(tmp_path_factory.mktemp("trial") / "county")
    deliver_bill(workspace.inbox(PERIOD), HEADER_OF_BILLS, "9000")
    run_month(workspace)
    return workspace


def test_a_lower_line_shows_whom_it_would_reach(county):
    change = simulate(county, PERIOD, Trial(("inpatient_line_other=8000",)))
    gained = change.gained.filter(change.gained["rule_id"] == RULE)
    assert gained["person_id"].to_list() == ["P003"]
    assert change.visits["after"].sum() >= change.visits["before"].sum()


def test_the_same_value_changes_nothing(county):
    change = simulate(county, PERIOD, Trial(("inpatient_line_other=20000",)))
    assert change.gained.is_empty()
    assert change.lost.is_empty()


def test_another_rule_book_is_tried_as_a_whole(county, tmp_path):
    other = tmp_path / "rules"
    other.mkdir()
    for path in county.rules.rglob("*.toml"):
        target = other / path.relative_to(county.rules)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    line = other / "parameters/inpatient_line_other.toml"
    line.write_text(line.read_text("utf-8").replace("value = 20000", "value = 8000"), "utf-8")
    change = simulate(county, PERIOD, Trial(rules=other))
    assert "P003" in change.gained["person_id"].to_list()


def test_what_would_no_longer_be_visited_is_held_against_the_answers(tmp_path):
    workspace = make_county(tmp_path / "county")
    deliver_bill(workspace.inbox(PERIOD), HEADER_OF_BILLS, "30000")
    alerts = run_month(workspace).alerts
    number = alerts.filter(alerts["household_id"] == "H002")["alert_no"].item()
    answer = {
        "alert_no": number,
        "period": str(PERIOD),
        "result": "已核实-纳入",
        "visited_on": AS_OF,
    }
    rows = pl.DataFrame([answer]).with_columns(
        pl.lit(None, pl.String).alias(name)
        for name in ("officer", "findings", "policies", "measures")
    )
    with Ledger.open(workspace.ledger) as ledger:
        ledger.add_feedback(rows, AS_OF)
    shutil.copytree(workspace.rules, other := tmp_path / "rules")
    for folder in ("illness", "income", "several", "safety_net", "housing"):
        shutil.rmtree(other / "policies" / folder)

    known = known_of_dropped(workspace, PERIOD, simulate(workspace, PERIOD, Trial(rules=other)))

    assert known["households"] >= known["answered"] == known["confirmed"] == 1
    assert known["confirmed_alerts"] == [number]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("inpatient_line_othr=8000", "inpatient_line_other"),
        ("inpatient_line_other", "参数=值"),
        ("inpatient_line_other=八千", "八千"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_a_hint(county, setting, words):
    with pytest.raises(RefusedError, match=words):
        simulate(county, PERIOD, Trial((setting,)))
