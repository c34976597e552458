"""Matched records become facts; found, absent and unknown stay apart; nothing counts twice."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fpm.judge import build_facts
from fpm.model import Period
from judge.county import PERIOD, extract, roster
from judge.small_rules import rule

DAY = dt.date(2026, 10, 5)


def facts_of(rulebook, *extracts, period=PERIOD, **earlier):
    return build_facts(roster(), extracts, rulebook, period, earlier)


def column(facts, name):
    return dict(facts.select("person_id", name).iter_rows())


def test_the_roster_keeps_its_rows_columns_and_order(small):
    facts = facts_of(small)
    assert facts["person_id"].to_list() == roster()["person_id"].to_list()
    assert facts.select(roster().columns).equals(roster())


def test_derived_columns_are_counted_on_the_last_day_of_the_period(small):
    facts = facts_of(small)
    assert column(facts, "age") == {"P1": 60, "P2": 58, "P3": 12, "P4": 76, "P5": 36, "P6": None}
    assert column(facts, "grown_up")["P3"] is False
    assert column(facts, "grown_up")["P6"] is None


def test_somebody_found_gets_the_fact_somebody_absent_the_absent_value(small):
    bills = extract(small, "clinic/bills", [{"person": "P1", "paid": 100, "day": DAY}])
    facts = facts_of(small, bills)
    assert column(facts, "clinic_paid_month") == {
        "P1": 100,
        **dict.fromkeys(("P2", "P3", "P4", "P5", "P6"), 0),
    }
    assert column(facts, "clinic_last_ward")["P2"] is None


def test_without_an_extract_everything_of_it_is_unknown(small):
    facts = facts_of(small)
    for name in (
        "clinic_paid_month",
        "clinic_paid_year__at_least",
        "clinic_present",
        "pipes_dry_days",
    ):
        assert set(column(facts, name).values()) == {None}


def test_an_empty_list_was_delivered_and_says_that_nobody_is_in_it(small):
    facts = facts_of(small, extract(small, "clinic/listed", []))
    assert set(column(facts, "clinic_listed_present").values()) == {False}
    assert set(column(facts, "clinic_listed").values()) == {False}


def test_an_undecided_match_leaves_its_candidates_unknown_and_nobody_else(small):
    listed = extract(
        small,
        "clinic/listed",
        [{"person": "P2", "status": "review", "grade": "甲"}, {"person": "P1", "grade": "乙"}],
        candidates=["P1", "P2"],
    )
    facts = facts_of(small, listed)
    assert column(facts, "clinic_listed_present") == {
        "P1": True,
        "P2": None,
        "P3": False,
        "P4": False,
        "P5": False,
        "P6": False,
    }
    assert column(facts, "clinic_listed")["P2"] is None
    assert column(facts, "clinic_grade")["P1"] == "乙"


def test_events_prove_presence_but_never_absence(small):
    bills = extract(small, "clinic/bills", [{"person": "P1", "paid": 1}])
    facts = facts_of(small, bills)
    assert column(facts, "clinic_bills_present") == {
        "P1": True,
        **dict.fromkeys(("P2", "P3", "P4", "P5", "P6")),
    }


def test_a_department_is_absent_only_from_its_complete_lists(small):
    bills = extract(small, "clinic/bills", [{"person": "P1", "paid": 1}])
    listed = extract(small, "clinic/listed", [{"person": "P2"}], candidates=["P3"])
    present = column(facts_of(small, bills, listed), "clinic_present")
    assert present == {"P1": True, "P2": True, "P3": None, "P4": False, "P5": False, "P6": False}


def test_facts_of_a_household_belong_to_every_member(small):
    houses = extract(small, "buildings/houses", [{"person": "P2", "unsafe": True}])
    assert column(facts_of(small, houses), "buildings_unsafe") == {
        "P1": True,
        "P2": True,
        "P3": True,
        "P4": False,
        "P5": False,
        "P6": False,
    }


def test_facts_of_a_village_belong_to_everybody_there(small):
    pipes = extract(
        small, "pipes/villages", [{"township": "西乡", "village": "乙村", "dry_days": 40.0}]
    )
    assert column(facts_of(small, pipes), "pipes_dry_days") == {
        "P1": 0,
        "P2": 0,
        "P3": 0,
        "P4": 0,
        "P5": 40,
        "P6": 40,
    }


def test_a_village_row_that_found_no_place_may_be_any_village_of_its_township(small):
    lost = {"township": "东乡", "village": None, "status": "review", "dry_days": 50.0}
    facts = facts_of(small, extract(small, "pipes/villages", [lost]))
    assert column(facts, "pipes_dry_days") == {
        "P1": None,
        "P2": None,
        "P3": None,
        "P4": None,
        "P5": 0,
        "P6": 0,
    }
    anywhere = {**lost, "township": None}
    facts = facts_of(small, extract(small, "pipes/villages", [anywhere]))
    assert set(column(facts, "pipes_dry_days").values()) == {None}


def test_the_year_adds_up_its_months_the_month_only_itself(small):
    rows = [
        {"person": "P1", "paid": 100, "period": "2026-08", "file": "8.xlsx"},
        {"person": "P1", "paid": 30, "period": "2026-10", "file": "10.xlsx"},
    ]
    bills = extract(small, "clinic/bills", rows, delivered=("2026-08", "2026-10"))
    facts = facts_of(small, bills)
    assert (column(facts, "clinic_paid_year")["P1"], column(facts, "clinic_paid_month")["P1"]) == (
        130,
        30,
    )


def test_records_of_last_year_do_not_count(small):
    rows = [
        {"person": "P1", "paid": 100, "period": "2025-12", "file": "12.xlsx"},
        {"person": "P1", "paid": 5},
    ]
    facts = facts_of(small, extract(small, "clinic/bills", rows))
    assert column(facts, "clinic_paid_year")["P1"] == 5


def test_a_year_without_this_months_extract_is_known_from_below_only(small):
    rows = [{"person": "P1", "paid": 100, "period": "2026-08", "ward": "内科"}]
    facts = facts_of(small, extract(small, "clinic/bills", rows, delivered=("2026-08",)))
    assert column(facts, "clinic_paid_year")["P1"] is None
    assert column(facts, "clinic_paid_year__at_least")["P1"] == 100
    assert column(facts, "clinic_last_ward")["P1"] is None
    assert column(facts, "clinic_paid_year__at_least")["P2"] is None


def test_an_amount_nobody_can_read_makes_the_sum_a_lower_bound(small):
    rows = [{"person": "P1", "paid": 100}, {"person": "P1", "paid": None}]
    facts = facts_of(small, extract(small, "clinic/bills", rows))
    assert column(facts, "clinic_paid_month")["P1"] is None
    assert column(facts, "clinic_paid_month__at_least")["P1"] == 100


def test_a_refund_pair_adds_up_to_nothing(small):
    rows = [
        {"person": "P1", "paid": 812.4},
        {"person": "P1", "paid": -812.4},
        {"person": "P1", "paid": 0.1},
    ]
    assert (
        column(facts_of(small, extract(small, "clinic/bills", rows)), "clinic_paid_month")["P1"]
        == 0.1
    )


def test_computed_amounts_are_kept_without_the_dust_of_binary_arithmetic(small):
    facts = facts_of(small, extract(small, "clinic/bills", [{"person": "P1", "paid": 0.2}]))
    assert column(facts, "clinic_dearest")["P1"] == 0.3


def test_the_same_event_in_two_files_counts_once_in_one_file_twice(small):
    bill = {"person": "P1", "paid": 100, "day": DAY}
    twice_in_one = [bill, bill]
    assert (
        column(facts_of(small, extract(small, "clinic/bills", twice_in_one)), "clinic_paid_month")[
            "P1"
        ]
        == 200
    )
    sent_again = [*twice_in_one, {**bill, "file": "b.xlsx"}]
    assert (
        column(facts_of(small, extract(small, "clinic/bills", sent_again)), "clinic_paid_month")[
            "P1"
        ]
        == 200
    )
    cumulative = [{**bill, "period": "2026-09", "file": "9.xlsx"}, {**bill, "file": "10.xlsx"}]
    facts = facts_of(
        small, extract(small, "clinic/bills", cumulative, delivered=("2026-09", "2026-10"))
    )
    assert column(facts, "clinic_paid_year")["P1"] == 100


def test_a_different_person_or_amount_is_a_different_event(small):
    rows = [
        {"person": "P1", "paid": 100, "day": DAY},
        {"person": "P2", "paid": 100, "day": DAY, "file": "b.xlsx"},
        {"person": "P1", "paid": 100.01, "day": DAY, "file": "b.xlsx"},
    ]
    paid = column(facts_of(small, extract(small, "clinic/bills", rows)), "clinic_paid_month")
    assert (paid["P1"], paid["P2"]) == (200.01, 100)


def test_last_goes_by_the_layouts_date_then_by_the_later_row(small):
    rows = [
        {"person": "P1", "grade": "甲", "since": dt.date(2026, 5, 1)},
        {"person": "P1", "grade": "乙", "since": dt.date(2026, 1, 1)},
        {"person": "P1", "grade": "乙", "since": None},
    ]
    assert (
        column(facts_of(small, extract(small, "clinic/listed", rows)), "clinic_grade")["P1"] == "甲"
    )


@pytest.fixture(scope="module")
def looking_back(make_rulebook):
    """A rule book whose rules ask for earlier months."""
    return make_rulebook(
        {
            "costs_rise": rule(
                "costs_rise",
                "person",
                "clinic_paid_month > previous_clinic_paid_month AND previous_clinic_bills_present",
            ),
            "income_falls": rule(
                "income_falls", "household", "MIN(income) < MIN(last_year_income)", "收入少了。"
            ),
            "costs_of_a_year": rule(
                "costs_of_a_year",
                "person",
                "clinic_paid_month > 0",
                "上年同期自付{last_year_clinic_paid_month:元}。",
            ),
        }
    )


def bills(rulebook, month, paid):
    rows = [{"person": "P1", "paid": paid, "period": month}]
    return extract(rulebook, "clinic/bills", rows, delivered=(month,))


def september(rulebook):
    period = Period(2026, 9)
    return facts_of(rulebook, bills(rulebook, "2026-09", 70), period=period)


def test_facts_of_last_period_and_of_the_same_month_last_year_are_joined_by_person(looking_back):
    before = september(looking_back).filter(pl.col("person_id") != "P6")
    period = Period(2025, 10)
    then = facts_of(looking_back, bills(looking_back, "2025-10", 30), period=period)
    facts = facts_of(looking_back, previous=before, last_year=then)
    paid = {"P1": 70, "P2": 0, "P3": 0, "P4": 0, "P5": 0}
    assert column(facts, "previous_clinic_paid_month") == {**paid, "P6": None}
    assert column(facts, "previous_clinic_paid_month__at_least")["P1"] == 70
    assert column(facts, "previous_clinic_bills_present")["P1"] is True
    assert column(facts, "last_year_clinic_paid_month") == {**paid, "P1": 30, "P6": 0}
    assert column(facts, "last_year_income") == column(then, "income")


def test_of_earlier_months_only_what_a_rule_names_is_kept(looking_back, small):
    facts = facts_of(looking_back, previous=september(looking_back))
    assert {name for name in facts.columns if name.startswith(("previous_", "last_year_"))} == {
        "previous_clinic_paid_month",
        "previous_clinic_paid_month__at_least",
        "previous_clinic_bills_present",
        "last_year_clinic_paid_month",
        "last_year_clinic_paid_month__at_least",
        "last_year_income",
    }
    assert not [name for name in facts_of(small).columns if name.startswith("previous_")]


def test_a_month_or_a_fact_that_was_not_known_then_is_unknown(looking_back):
    before = september(looking_back).drop("clinic_paid_month", "clinic_paid_month__at_least")
    facts = facts_of(looking_back, previous=before)
    for name in ("previous_clinic_paid_month", "last_year_clinic_paid_month"):
        assert set(column(facts, name).values()) == {None}
        assert facts.schema[name] == pl.Float64


def test_fields_that_older_files_did_not_have_are_unknown_there(small):
    given = extract(small, "clinic/bills", [{"person": "P1", "paid": 5}])
    older = type(given)(given.layout, given.records.drop("ward"), given.candidates, given.delivered)
    assert column(facts_of(small, older), "clinic_last_ward")["P1"] is None


people = st.sampled_from(["P1", "P2", "P3", "P4", "P5", "P6"])
bill = st.fixed_dictionaries(
    {
        "person": people,
        "paid": st.integers(-5000, 50000).map(lambda cents: cents / 100),
        "status": st.sampled_from(["confirmed", "confirmed", "confirmed", "review", "unmatched"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(bill, max_size=15), dice=st.randoms())
def test_every_confirmed_amount_is_somebodys_and_in_any_order(small, rows, dice):
    forwards = extract(small, "clinic/bills", rows)
    facts = facts_of(small, forwards)
    confirmed = sum(round(row["paid"] * 100) for row in rows if row["status"] == "confirmed")
    assert round(facts["clinic_paid_month"].sum() * 100) == confirmed
    shuffled = forwards.records.sample(fraction=1, shuffle=True, seed=dice.randint(0, 9))
    backwards = type(forwards)(forwards.layout, shuffled, forwards.candidates, forwards.delivered)
    assert facts_of(small, backwards).equals(facts)


@pytest.mark.parametrize(
    "name", ["clinic_paid_month", "clinic_grade", "clinic_listed", "clinic_present"]
)
def test_types_do_not_depend_on_what_was_delivered(small, name):
    nothing = facts_of(small)
    something = facts_of(
        small,
        extract(small, "clinic/bills", [{"person": "P1", "paid": 1}]),
        extract(small, "clinic/listed", []),
    )
    assert nothing.schema[name] == something.schema[name]
