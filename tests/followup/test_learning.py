"""Hit rates with intervals, and the order of visits."""

from __future__ import annotations

import datetime as dt

import openpyxl
import polars as pl
import pytest

from fpm.followup.learning import (
    ANSWERED_SCHEMA,
    FIRST_GUESS,
    cut_points,
    hit_rates,
    visit_order,
    wilson,
)
from fpm.ledger import Ledger
from fpm.model import Period
from fpm.pipeline.export import Wanted, again, export_lists
from fpm.pipeline.learning import rule_answers, with_learning

EFFECTS = {"纳入": "monitored", "不实": "no_risk", "待核实": "pending"}
VISIT = dt.date(2026, 11, 6)


def answered(*rows):
    """Rows of alert, rule, result; everything else alike."""
    full = [(no, "2026-10", "青石镇", rule, "orange", result) for no, rule, result in rows]
    return pl.DataFrame(full, schema=ANSWERED_SCHEMA, orient="row")


def alerts(*rows, level="orange"):
    full = [(no, rule, level) for no, rule in rows]
    return pl.DataFrame(full, schema=["alert_no", "rule_id", "level"], orient="row")


def chances(current, past):
    return dict(visit_order(current, past, EFFECTS).iter_rows())


@pytest.mark.parametrize(
    ("confirmed", "count", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I: 81/263, 15/148, 0/20, 1/29
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(confirmed, count, low, high):
    frame = pl.DataFrame({"k": [confirmed], "n": [count]})

    ends = frame.select(
        a=wilson(pl.col("k"), pl.col("n"))[0], b=wilson(pl.col("k"), pl.col("n"))[1]
    )

    assert ends.row(0) == pytest.approx((low, high), abs=5e-5)


def test_nothing_answered_has_no_interval():
    frame = pl.DataFrame({"k": [0], "n": [0]})

    assert frame.select(wilson(pl.col("k"), pl.col("n"))[0]).item() is None


def test_an_alert_counts_once_in_every_group_and_open_answers_in_none():
    rates = hit_rates(
        answered(("1", "a", "纳入"), ("1", "b", "纳入"), ("2", "a", "不实"), ("3", "a", "待核实")),
        EFFECTS,
    )

    counted = rates.select("dimension", "name", "answered", "confirmed").rows()
    assert counted == [
        ("all", "合计", 2, 1),
        ("rule", "a", 2, 1),
        ("rule", "b", 1, 1),
        ("level", "orange", 2, 1),
        ("township", "青石镇", 2, 1),
    ]


def test_without_any_answer_all_alerts_of_a_level_are_alike():
    found = chances(alerts(("1", "a"), ("2", "b")), answered())

    assert found["1"] == found["2"] == pytest.approx(FIRST_GUESS)


def test_an_alert_of_rules_that_led_to_somebody_comes_before_one_of_rules_that_did_not():
    past = answered(
        *((f"{n}", "good", "纳入" if n < 3 else "不实") for n in range(10)),
        *((f"{n}", "bad", "不实") for n in range(10, 20)),
    )

    found = chances(alerts(("x", "good"), ("y", "bad"), ("z", "never seen")), past)

    assert found["x"] > found["z"] > found["y"]


def test_two_rules_together_weigh_more_than_either_unless_experience_says_otherwise():
    past = answered(
        *((f"{n}", "a", "纳入" if n % 4 == 0 else "不实") for n in range(20)),
        *((f"{n}", "b", "纳入" if n % 4 == 0 else "不实") for n in range(20, 40)),
    )
    both = alerts(("x", "a"), ("x", "b"), ("y", "a"))
    together = answered(
        *((f"{n}", rule, "不实") for n in range(40, 90) for rule in ("a", "b")),
    )

    assert chances(both, past)["x"] > chances(both, past)["y"]
    learnt = chances(both, pl.concat([past, together]))
    assert learnt["x"] < chances(both, past)["x"] / 3


def test_one_answer_decides_nothing():
    found = chances(alerts(("x", "a")), answered(("1", "a", "纳入")))

    assert FIRST_GUESS < found["x"] < 0.5


def test_a_higher_line_is_held_against_what_was_answered():
    # twelve answered clues of 1,000 to 12,000 yuan; only those from 7,000 on were confirmed
    measured = pl.DataFrame(
        {
            "alert_no": [f"{n}" for n in range(1, 13)],
            "period": "2026-10",
            "result": ["不实"] * 6 + ["纳入"] * 6,
            "measure": [1000.0 * n for n in range(1, 13)],
        }
    )

    rows = cut_points(measured, EFFECTS).to_dicts()

    by_line = {row["cut"]: row for row in rows}
    assert [row["dropped"] + row["kept"] for row in rows] == [12] * len(rows)
    assert by_line[7000.0]["dropped_confirmed"] == 0
    assert by_line[7000.0]["high"] == pytest.approx(0.390, abs=5e-4)  # Wilson, 0 of 6
    assert min(row["cut"] for row in rows if row["dropped_confirmed"]) == 9000.0
    assert cut_points(measured.head(0), EFFECTS).is_empty()


def test_clues_without_a_measure_suggest_no_line():
    plain = answered(("1", "a", "纳入")).with_columns(measure=pl.lit(None, pl.Float64))

    assert cut_points(plain, EFFECTS).is_empty()


def learn(county, officer, tmp_path):
    """H2's rule was confirmed in October, H3's was not."""
    back = officer(county.lists()["青石镇"])
    back.fill("钱有才", result="已核实-纳入", visited_on=VISIT)
    back.fill("孙春梅", result="已核实-不实", visited_on=VISIT)
    county.bring_back(back.save(tmp_path / "back.xlsx"))


def test_the_rule_table_tells_what_became_of_a_rule_s_clues(county, officer, tmp_path, rulebook):
    assert rule_answers(county.workspace, rulebook, "not_insured") == (None, [])
    learn(county, officer, tmp_path)

    told, _ = rule_answers(county.workspace, rulebook, "dangerous_house_other")

    assert (told["answered"], told["confirmed"], told["rate"]) == (1, 1, 1.0)
    assert rule_answers(None, rulebook, "dangerous_house_other") == (None, [])


def test_answers_that_came_after_the_list_do_not_change_its_order(
    county, officer, tmp_path, rulebook
):
    numbers = list(county.numbers().values())
    handed_on = again(county.workspace, rulebook, Period(2026, 10), numbers)
    learn(county, officer, tmp_path)

    with Ledger.open(county.workspace.ledger) as ledger:
        october = with_learning(handed_on, ledger, rulebook, dt.date(2026, 11, 2))
    assert october.rates.is_empty()
    assert october.chances["chance"].n_unique() == 1


def test_the_next_list_puts_the_likelier_household_first_within_its_urgency(
    county, officer, tmp_path, rulebook
):
    learn(county, officer, tmp_path)
    county.also("H5", "孙春梅", "not_insured", "orange")
    county.also("H6", "周小兰", "dangerous_house_other", "yellow")
    county.publish("2026-11", ("H5", "H6", "H4"))

    wanted = Wanted(None, dt.date(2026, 12, 2), township="青石镇")
    export_lists(county.workspace, rulebook, tmp_path / "next", wanted)

    book = openpyxl.load_workbook(tmp_path / "next/青石镇.xlsx")
    rows = [[cell.value for cell in row] for row in book["预警线索"].iter_rows(min_row=4)]
    assert [row[4] for row in rows] == ["周小兰", "孙春梅"]
