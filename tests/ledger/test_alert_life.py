"""One household, one alert: how it opens, lasts, speaks again, and ends."""

import datetime as dt

import polars as pl
import pytest

from fpm.ledger import RuleTerms

NOV = dt.date(2026, 11, 20)


def no(running: int, year: int = 2026) -> str:
    return f"999901-{year}-{running:05d}"


def test_all_hits_of_a_household_make_one_alert_of_the_highest_level(county, hit):
    update, _ = county.judge(
        "2026-10",
        hit("H1", person="P1", measure=6000.0),
        hit("H1", rule="dropout", person="P2", level="red", risk="因学"),
    )
    assert update.alerts.select("alert_no", "state", "level", "risks").rows() == [
        (no(1), "new", "red", "因学、因病")
    ]
    assert update.hits["rule_id"].to_list() == ["dropout", "illness_cost"]


def test_numbers_follow_level_then_township_village_household(county, hit):
    update, _ = county.judge(
        "2026-10",
        hit("H3", township="乙镇"),
        hit("H2", township="甲镇", level="yellow"),
        hit("H5", township="乙镇", village="下河村"),
        hit("H1", township="甲镇", level="red"),
    )
    order = update.alerts.select("alert_no", "household_id").rows()
    # 乙 (U+4E59) sorts before 甲 (U+7532), 上 before 下: the order is that of the characters.
    assert order == [(no(1), "H1"), (no(2), "H3"), (no(3), "H5"), (no(4), "H2")]


def test_the_order_of_hit_rows_changes_nothing(county, hit, tmp_path):
    hits = [hit(f"H{i}", person=f"P{i}", level=("red", "orange")[i % 2]) for i in range(6)]
    first, _ = county.judge("2026-10", *hits)
    other = type(county)(tmp_path / "other.db")
    second, _ = other.judge("2026-10", *reversed(hits))
    assert first.alerts.equals(second.alerts)
    assert first.hits.equals(second.hits)


def test_the_number_stays_next_month_and_nothing_else_is_new(county, hit):
    county.judge("2026-09", hit("H1", person="P1"))
    update, _ = county.judge("2026-10", hit("H1", person="P1"), today=dt.date(2026, 10, 10))
    assert update.alerts.select("alert_no", "state", "first_period").rows() == [
        (no(1), "continuing", "2026-09")
    ]


def test_an_alert_past_its_due_date_is_overdue_and_keeps_the_date(county, hit):
    county.judge("2026-09", hit("H1"), today=dt.date(2026, 10, 1))
    update, _ = county.judge("2026-10", hit("H1"), today=dt.date(2026, 11, 1))
    assert update.alerts.select("state", "due_date").rows() == [("overdue", dt.date(2026, 10, 11))]


def test_on_the_due_date_itself_nothing_is_overdue(county, hit):
    county.judge("2026-09", hit("H1"), today=dt.date(2026, 10, 1))
    update, _ = county.judge("2026-10", hit("H1"), today=dt.date(2026, 10, 11))
    assert update.alerts["state"].to_list() == ["continuing"]


@pytest.mark.parametrize(
    ("later", "change"),
    [
        ({"level": "red"}, "级别由橙色升为红色"),
        ({"rule": "unsafe_house", "risk": "因安全住房"}, "新增风险：因安全住房"),
        ({"measure": 11000.0}, "数额增加或又有新情况"),
    ],
)
def test_a_higher_level_a_new_risk_or_a_worse_amount_escalates(county, hit, later, change):
    county.judge("2026-09", hit("H1", person="P1", measure=6000.0))
    again = hit("H1", person="P1", **{"measure": 6000.0, **later})
    update, _ = county.judge("2026-10", again)
    assert update.alerts.select("state", "change").rows() == [("escalated", change)]


def test_a_rise_below_the_margin_does_not_escalate_but_adds_up_over_months(county, hit):
    county.judge("2026-08", hit("H1", measure=6000.0), today=dt.date(2026, 9, 1))
    small, _ = county.judge("2026-09", hit("H1", measure=10999.0), today=dt.date(2026, 9, 2))
    assert small.alerts["state"].to_list() == ["continuing"]
    more, _ = county.judge("2026-10", hit("H1", measure=11000.0), today=dt.date(2026, 9, 3))
    assert more.alerts["state"].to_list() == ["escalated"]
    same, _ = county.judge("2026-11", hit("H1", measure=15999.0), today=dt.date(2026, 9, 4))
    assert same.alerts["state"].to_list() == ["continuing"]


def test_escalation_may_bring_the_due_date_forward_and_never_back(county, hit):
    county.judge("2026-09", hit("H1", level="yellow"), today=dt.date(2026, 10, 1))
    sooner, _ = county.judge("2026-10", hit("H1", level="red"), today=dt.date(2026, 10, 2))
    assert sooner.alerts["due_date"].to_list() == [dt.date(2026, 10, 7)]
    late, _ = county.judge(
        "2026-11", hit("H1", level="red"), hit("H1", rule="b", risk="因学"), today=NOV
    )
    assert late.alerts.select("state", "due_date").rows() == [("escalated", dt.date(2026, 10, 7))]


def test_an_alert_is_cleared_once_when_the_data_no_longer_shows_it(county, hit):
    county.judge("2026-08", hit("H1", person="P1"))
    gone, _ = county.judge("2026-09")
    assert gone.alerts.select("alert_no", "state", "level", "risks").rows() == [
        (no(1), "cleared", "orange", "因病")
    ]
    after, _ = county.judge("2026-10")
    assert after.alerts.is_empty()


def test_what_comes_back_after_a_clear_month_is_a_new_alert(county, hit):
    county.judge("2026-08", hit("H1"))
    county.judge("2026-09")
    update, _ = county.judge("2026-10", hit("H1"))
    assert update.alerts.select("alert_no", "state").rows() == [(no(2), "new")]


def test_numbers_start_again_with_the_year(county, hit):
    county.judge("2026-12", hit("H1"))
    update, _ = county.judge("2027-01", hit("H1"), hit("H2"), today=dt.date(2027, 1, 3))
    assert update.alerts["alert_no"].to_list() == [no(1), no(1, 2027)]


LAST_YEAR = {"measure": 42000.0}


@pytest.fixture
def yearly(county):
    """The county, its rule watching a total of the calendar year."""
    county.terms["illness_cost"] = RuleTerms(worsens_by=5000.0, silence=6, yearly=True)
    return county


def test_what_nobody_answered_for_last_year_is_not_cleared_by_the_new_year(yearly, hit):
    yearly.judge("2026-12", hit("H1", person="P1", **LAST_YEAR), hit("H2", rule="dropout"))
    january, _ = yearly.judge("2027-01")
    assert january.alerts.select("household_id", "state", "risks").rows() == [
        ("H1", "overdue", "因病"),
        ("H2", "cleared", "因病"),
    ]
    assert january.hits.select("hit_state", "measure", "evidence").rows() == [
        ("standing", 0.0, "年度自付费用高")
    ]
    february, _ = yearly.judge("2027-02")
    assert february.alerts.select("alert_no", "state").rows() == [(no(1), "overdue")]

    yearly.answer(no(1), "2027-02", "不实", dt.date(2027, 3, 20))
    march, _ = yearly.judge("2027-03")
    assert march.alerts["state"].to_list() == ["answered"]
    april, _ = yearly.judge("2027-04", hit("H1", person="P1", measure=5000.0))
    assert april.alerts.select("alert_no", "state").rows() == [(no(1), "escalated")]


def test_what_the_data_no_longer_shows_within_the_year_is_cleared(yearly, hit):
    yearly.judge("2026-11", hit("H1", **LAST_YEAR))
    assert yearly.judge("2026-12")[0].alerts["state"].to_list() == ["cleared"]
    assert yearly.judge("2027-01")[0].alerts.is_empty()


def test_an_answer_of_last_year_covers_one_margin_of_this_year_and_no_more(yearly, hit):
    yearly.judge("2026-12", hit("H1", person="P1", **LAST_YEAR))
    yearly.answer(no(1), "2026-12", "不实", dt.date(2027, 1, 20))
    quiet, _ = yearly.judge("2027-01", hit("H1", person="P1", measure=4999.0))
    assert quiet.alerts["state"].to_list() == ["answered"]
    worse, _ = yearly.judge("2027-02", hit("H1", person="P1", measure=5000.0))
    assert worse.alerts.select("alert_no", "state").rows() == [(no(1), "escalated")]
    same, _ = yearly.judge("2027-03", hit("H1", person="P1", measure=9999.0))
    assert same.alerts["state"].to_list() == ["overdue"]


def test_a_total_of_this_year_takes_the_place_of_the_one_that_stood(yearly, hit):
    yearly.judge("2026-12", hit("H1", person="P1", **LAST_YEAR))
    yearly.judge("2027-01")
    update, _ = yearly.judge("2027-02", hit("H1", person="P1", measure=6000.0))
    assert update.alerts.select("alert_no", "state").rows() == [(no(1), "escalated")]
    assert update.hits.select("hit_state", "measure").rows() == [("worsened", 6000.0)]


def test_a_total_that_stood_goes_to_the_case_file_once_the_risk_is_monitored(yearly, hit):
    yearly.judge("2026-12", hit("H1", person="P1", **LAST_YEAR))
    update, _ = yearly.judge("2027-01", monitored=[("H1", "因病")])
    assert update.alerts["state"].to_list() == ["cleared"]


def test_answered_no_risk_stays_silent_until_the_amount_rises_by_the_margin(county, hit):
    county.judge("2026-08", hit("H1", person="P1", measure=6000.0))
    county.answer(no(1), "2026-08", "不实", dt.date(2026, 9, 20))
    quiet, _ = county.judge("2026-09", hit("H1", person="P1", measure=10999.0))
    assert quiet.alerts.select("alert_no", "state").rows() == [(no(1), "answered")]
    worse, _ = county.judge("2026-10", hit("H1", person="P1", measure=11000.0))
    assert worse.alerts.select("alert_no", "state", "change").rows() == [
        (no(1), "escalated", "数额增加或又有新情况；曾反馈，现再次预警")
    ]
    assert worse.alerts["due_date"].to_list() == [dt.date(2026, 11, 12)]
    unanswered, _ = county.judge("2026-11", hit("H1", person="P1", measure=11000.0))
    assert unanswered.alerts["state"].to_list() == ["overdue"]


def test_silence_ends_after_the_months_the_rule_states(county, hit):
    county.judge("2026-04", hit("H1"))
    county.answer(no(1), "2026-04", "不实", dt.date(2026, 5, 10))
    states = [
        county.judge(f"2026-{month:02d}", hit("H1"))[0].alerts["state"].item()
        for month in range(5, 12)
    ]
    assert states == ["answered"] * 6 + ["continuing"]


def test_a_new_kind_of_hit_speaks_although_the_old_one_was_answered(county, hit):
    county.judge("2026-09", hit("H1"))
    county.answer(no(1), "2026-09", "不实", dt.date(2026, 10, 10))
    update, _ = county.judge(
        "2026-10", hit("H1"), hit("H1", rule="unsafe_house", risk="因安全住房")
    )
    assert update.alerts.select("alert_no", "state", "risks").rows() == [
        (no(1), "escalated", "因安全住房")
    ]
    states = dict(update.hits.select("rule_id", "hit_state").iter_rows())
    assert states == {"illness_cost": "silent", "unsafe_house": "new"}


def test_an_answer_about_one_person_does_not_silence_another(county, hit):
    county.judge("2026-09", hit("H1", person="P1"))
    county.answer(no(1), "2026-09", "不实", dt.date(2026, 10, 10))
    update, _ = county.judge("2026-10", hit("H1", person="P1"), hit("H1", person="P2"))
    assert update.alerts["state"].to_list() == ["escalated"]


def test_still_being_verified_is_not_an_answer(county, hit):
    county.judge("2026-09", hit("H1"), today=dt.date(2026, 10, 1))
    county.answer(no(1), "2026-09", "待核实", dt.date(2026, 10, 5))
    update, _ = county.judge("2026-10", hit("H1"), today=dt.date(2026, 11, 1))
    assert update.alerts["state"].to_list() == ["overdue"]


def test_an_answer_that_comes_with_the_data_clearing_counts_as_answered(county, hit):
    county.judge("2026-08", hit("H1"))
    county.answer(no(1), "2026-08", "不实", dt.date(2026, 9, 10))
    update, _ = county.judge("2026-09")
    assert update.alerts["state"].to_list() == ["answered"]
    after, _ = county.judge("2026-10")
    assert after.alerts.is_empty()


def test_a_monitored_risk_goes_to_the_case_file_and_other_risks_to_the_township(county, hit):
    update, _ = county.judge(
        "2026-10",
        hit("H1", person="P1"),
        hit("H2", person="P2"),
        hit("H2", rule="dropout", person="P3", risk="因学"),
        monitored=[("H1", "因病"), ("H2", "因病")],
    )
    assert update.alerts.select("household_id", "risks").rows() == [("H2", "因学")]
    assert update.case_hits["household_id"].to_list() == ["H1"]


def test_after_the_answer_to_be_monitored_the_risk_is_not_sent_again(county, hit):
    county.judge("2026-09", hit("H1", person="P1"))
    county.answer(no(1), "2026-09", "纳入", dt.date(2026, 10, 10))
    update, _ = county.judge("2026-10", hit("H1", person="P2"))
    assert update.alerts["state"].to_list() == ["answered"]
    assert update.hits["hit_state"].to_list() == ["case"]


def test_hints_ride_on_an_alert_and_never_make_one(county, hit):
    hint = {"kind": "hint", "rule": "owns_car", "scope": "household", "risk": ""}
    update, _ = county.judge("2026-10", hit("H1"), hit("H1", **hint), hit("H2", **hint))
    assert update.alerts["household_id"].to_list() == ["H1"]
    assert update.hits["kind"].to_list() == ["alert", "hint"]


def test_hits_about_a_village_are_kept_for_the_county(county, hit):
    update, _ = county.judge("2026-10", hit(None, scope="village"), hit("H1"))
    assert update.alerts.height == 1
    assert update.village_hits["village"].to_list() == ["上河村"]


def test_corrections_open_no_alert(county, hit):
    update, _ = county.judge("2026-10", hit("H1", kind="correction"))
    assert update.alerts.is_empty()


def test_every_alert_is_in_exactly_one_state(county, hit):
    county.judge("2026-09", *[hit(f"H{i}") for i in range(4)])
    county.answer(no(1), "2026-09", "不实", dt.date(2026, 10, 10))
    update, _ = county.judge("2026-10", hit("H0"), hit("H1"), hit("H2", level="red"), hit("H9"))
    assert update.alerts["alert_no"].is_unique().all()
    states = dict(update.alerts.select("household_id", "state").iter_rows())
    assert states == {
        "H0": "answered",
        "H1": "overdue",
        "H2": "escalated",
        "H3": "cleared",
        "H9": "new",
    }
    assert update.alerts.filter(pl.col("due_date").is_null()).is_empty()
