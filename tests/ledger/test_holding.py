"""A township's list can be limited: what there is no room for waits, is known, and goes first."""

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.conftest import County, Hit

from fpm.ledger import Capacity, Ledger, RuleTerms, listed, verify
from fpm.model import OPEN_STATES

TWO = Capacity(each=2)


def states(update):
    return dict(update.alerts.select("household_id", "state").rows())


@pytest.fixture
def limited(county):
    return dataclasses.replace(county, capacity=TWO)


def test_without_a_limit_nothing_is_held_back(county, hit):
    update, _ = county.judge("2026-10", *(hit(f"H{n}") for n in range(9)))
    assert set(states(update).values()) == {"new"}
    assert not Capacity()


def test_the_most_likely_are_put_first_and_the_rest_is_held_back_with_the_reason(limited, hit):
    limited.chances = {f"999901-2026-{n:05d}": share for n, share in enumerate((0.1, 0.9, 0.5), 1)}
    update, _ = limited.judge("2026-10", *(hit(f"H{n}") for n in (1, 2, 3)))
    assert states(update) == {"H1": "held", "H2": "new", "H3": "new"}
    row = update.alerts.row(0, named=True)
    assert row["alert_no"] == "999901-2026-00001"
    assert row["due_date"] is None
    assert row["change"] == "超出该乡镇每期 2 户的上限，暂缓下发"


def test_level_goes_before_chance(limited, hit):
    limited.chances = {"999901-2026-00003": 0.99}
    update, _ = limited.judge("2026-10", hit("H1"), hit("H2"), hit("H3", level="yellow"))
    assert states(update) == {"H1": "new", "H2": "new", "H3": "held"}


def test_the_gravest_are_put_however_many_they_are(limited, hit):
    reds = [hit(f"R{n}", level="red") for n in range(4)]
    update, _ = limited.judge("2026-10", *reds, hit("H1"))
    assert states(update) == {"R0": "new", "R1": "new", "R2": "new", "R3": "new", "H1": "held"}


def test_each_township_has_its_own_room_and_may_have_its_own_limit(county, hit):
    county.capacity = Capacity(each=1, townships={"白杨乡": 2, "河口镇": 0})
    places = {"青石镇": 3, "白杨乡": 3, "河口镇": 1}
    hits = [hit(f"{name}{n}", township=name) for name, many in places.items() for n in range(many)]
    update, _ = county.judge("2026-10", *hits)
    counts = update.alerts.group_by("township", "state").len().sort("township", "state").rows()
    assert counts == [
        ("河口镇", "held", 1),
        ("白杨乡", "held", 1),
        ("白杨乡", "new", 2),
        ("青石镇", "held", 2),
        ("青石镇", "new", 1),
    ]


def test_a_limit_for_one_township_leaves_the_others_alone(county, hit):
    county.capacity = Capacity(townships={"白杨乡": 0})
    update, _ = county.judge("2026-10", hit("H1"), hit("H2", township="白杨乡"))
    assert states(update) == {"H1": "new", "H2": "held"}


def test_what_waited_longest_goes_first_when_there_is_room(limited, hit):
    limited.capacity = Capacity(each=1)
    limited.judge("2026-08", hit("H1"), hit("H2", level="yellow"))
    limited.answer("999901-2026-00001", "2026-08", "不实", dt.date(2026, 9, 10))
    september, _ = limited.judge("2026-09", hit("H1"), hit("H2", level="yellow"), hit("H3"))
    # H2 waits since August: it goes before H3, though H3 is orange.
    assert states(september) == {"H1": "answered", "H2": "new", "H3": "held"}
    row = september.alerts.filter(pl.col("household_id") == "H2").row(0, named=True)
    assert (row["alert_no"], row["first_period"]) == ("999901-2026-00002", "2026-08")
    assert row["due_date"] == dt.date(2026, 10, 17)
    assert row["change"] == ""


def test_what_the_township_has_in_hand_stays_on_its_list_and_takes_up_room(limited, hit):
    limited.judge("2026-08", hit("H1"), hit("H2"))
    update, _ = limited.judge("2026-09", hit("H1"), hit("H2"), hit("H3"))
    assert states(update) == {"H1": "overdue", "H2": "overdue", "H3": "held"}


def test_a_rerun_takes_nothing_back_that_was_put_to_the_township(limited, hit):
    first, _ = limited.judge("2026-10", hit("H2"), hit("H3"), hit("H4"))
    assert states(first)["H4"] == "held"
    again, recorded = limited.judge("2026-10", hit("H2"), hit("H3"), hit("H4"))
    assert again.alerts.equals(first.alerts)
    assert not recorded.changed
    corrected, _ = limited.judge("2026-10", hit("H1"), hit("H2"), hit("H3"), hit("H4"))
    assert states(corrected) == {"H1": "held", "H2": "new", "H3": "new", "H4": "held"}


def test_held_back_alerts_are_on_no_list_that_can_be_answered(limited, hit):
    limited.judge("2026-10", *(hit(f"H{n}") for n in (1, 2, 3)))
    with Ledger.open(limited.path) as ledger:
        assert listed(ledger, ["2026-10"])["household_id"].to_list() == ["H1", "H2"]


def test_one_that_became_grave_while_it_waited_goes_out_as_new(limited, hit):
    limited.judge("2026-08", *(hit(f"H{n}", measure=6_000.0) for n in (1, 2, 3)))
    update, _ = limited.judge(
        "2026-09",
        hit("H1", measure=6_000.0),
        hit("H2", measure=6_000.0),
        hit("H3", level="red", measure=60_000.0),
    )
    assert states(update)["H3"] == "new"
    row = update.alerts.filter(pl.col("household_id") == "H3").row(0, named=True)
    assert row["change"] == ""
    told = update.hits.filter(pl.col("household_id") == "H3")
    assert told.select("hit_state", "spoken_measure").rows() == [("new", 60_000.0)]


def test_one_that_the_data_no_longer_shows_is_cleared_without_a_visit(limited, hit):
    limited.judge("2026-08", *(hit(f"H{n}") for n in (1, 2, 3)))
    update, _ = limited.judge("2026-09", hit("H1"), hit("H2"))
    assert states(update)["H3"] == "cleared"


def test_a_total_of_last_year_that_waited_is_not_lost_with_the_new_year(limited, hit):
    limited.terms = {"illness_cost": RuleTerms(5000.0, 6, yearly=True)}
    limited.judge("2026-12", *(hit(f"H{n}", measure=9_000.0) for n in (1, 2, 3)))
    limited.capacity = Capacity(each=3)
    update, _ = limited.judge("2027-01")
    assert states(update) == {"H1": "overdue", "H2": "overdue", "H3": "new"}


def test_a_household_visited_before_says_so_when_its_turn_comes(limited, hit):
    limited.judge("2026-07", hit("H3", measure=6_000.0))
    limited.answer("999901-2026-00001", "2026-07", "不实", dt.date(2026, 8, 10))
    much = hit("H3", measure=60_000.0)
    limited.judge("2026-08", hit("H1"), hit("H2"), hit("H3", measure=6_000.0))
    september, _ = limited.judge("2026-09", hit("H1"), hit("H2"), much)
    assert states(september)["H3"] == "held"
    limited.capacity = Capacity(each=3)
    october, _ = limited.judge("2026-10", hit("H1"), hit("H2"), much)
    row = october.alerts.filter(pl.col("household_id") == "H3").row(0, named=True)
    assert (row["state"], row["change"]) == ("new", "曾反馈，现再次预警")


def test_every_household_is_put_or_held_back_and_none_is_lost(county, hit):
    """A township that answers all it gets has seen everybody after as many months as it takes."""
    county.capacity = Capacity(each=3)
    hits = [hit(f"H{n}", level=("orange", "yellow")[n % 2]) for n in range(10)]
    seen: list[str] = []
    for number, month in enumerate(("2026-05", "2026-06", "2026-07", "2026-08")):
        update, _ = county.judge(month, *hits)
        put = update.alerts.filter(pl.col("state") == "new")
        waiting = update.alerts.filter(pl.col("state") == "held").height
        seen += put["household_id"].to_list()
        assert put.height == min(3, 10 - 3 * number)
        assert waiting == 10 - len(seen)
        for alert in put["alert_no"]:
            county.answer(alert, month, "不实", dt.date(2026, 6 + number, 20))
    assert sorted(seen) == sorted(f"H{n}" for n in range(10))


MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07")
households = st.dictionaries(
    st.sampled_from([f"H{n}" for n in range(9)]), st.sampled_from(["red", "orange", "yellow"])
)


@settings(max_examples=12, deadline=None)
@given(
    shown=st.lists(households, min_size=2, max_size=len(MONTHS)),
    limits=st.lists(st.integers(0, 4), min_size=len(MONTHS), max_size=len(MONTHS)),
    dice=st.randoms(),
)
def test_whatever_comes_nothing_is_lost_and_no_room_is_wasted(shown, limits, dice):
    with tempfile.TemporaryDirectory() as folder:
        terms = {"illness_cost": RuleTerms(5000.0, 0)}  # what is answered and still there speaks
        county = County(Path(folder) / "ledger.db", terms)
        before: dict[str, dict] = {}
        for number, (month, told) in enumerate(zip(MONTHS, shown, strict=False)):
            county.capacity = Capacity(each=limits[number])
            update, _ = county.judge(month, *(Hit(home, level=told[home]) for home in told))
            now = {row["household_id"]: row for row in update.alerts.to_dicts()}
            check_month(told, before, now, limits[number])
            before = now
            for row in now.values():
                if row["state"] in OPEN_STATES and dice.random() < 0.5:
                    county.answer(row["alert_no"], month, "不实", dt.date(2026, 4 + number, 20))
        assert verify(county.path).sound


def check_month(told, before, now, limit):
    put = {home for home, row in now.items() if row["state"] in OPEN_STATES}
    held = {home for home, row in now.items() if row["state"] == "held"}
    assert told.keys() <= now.keys()  # every household that the data shows has its alert
    assert not {home for home in held if now[home]["level"] == "red"}
    assert all((now[home]["due_date"] is None) == (home in held) for home in put | held)
    in_hand = {home for home, row in before.items() if row["state"] in OPEN_STATES}
    waiting = {home for home, row in before.items() if row["state"] == "held"}
    always = {home for home in put if now[home]["level"] == "red" or home in in_hand}
    assert len(put - always) <= max(0, limit - len(always))
    if held:
        assert len(put) >= limit
    if held & waiting:  # nobody overtakes one that waits
        assert put - always <= waiting
    for home in told.keys() & before.keys():
        if before[home]["state"] != "cleared":
            assert now[home]["alert_no"] == before[home]["alert_no"]
