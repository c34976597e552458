"""A column that nobody delivered flags nobody; a blank ID or a blank cell breaks nothing."""

import polars as pl
import pytest

from fpm.judge import Setting, build_facts, evaluate
from fpm.judge.numbers import hits_by_number

from .conftest import PERIOD, roster_of

DIVISION = "999901"
LIFTED = {"relation": "户主", "household_type": "脱贫户"}


def judged(book, *people, lacking="", unreadable=None):
    rows = [{"person_id": f"P{n}", "household_id": f"H{n}", "name": "赵", **LIFTED, **person} for n, person in enumerate(people)]  # fmt: skip
    roster = roster_of(book, rows).with_columns(
        lacking=pl.Series([lacking] * len(rows))
        if isinstance(lacking, str)
        else pl.Series(lacking),
        unreadable=pl.Series([unreadable] * len(rows), dtype=pl.String),
    )
    facts = build_facts(roster, [], book, PERIOD, None)
    result = evaluate(facts, [], book, PERIOD, DIVISION)
    return result, hits_by_number(result.hits, facts, book, Setting(PERIOD, DIVISION))


def hit(result, rule):
    return result.hits.filter(pl.col("rule_id") == rule).height


def tally(result, rule):
    return result.tally.filter(pl.col("rule_id") == rule).row(0, named=True)


def test_a_blank_cell_is_reported(book):
    result, numbers = judged(book, {})
    assert hit(result, "household_blank_farmland") == 1
    assert "3_02_004" in numbers["number"].to_list()


def test_a_column_nobody_delivered_stops_the_correction_and_is_named(book):
    result, numbers = judged(book, {}, {}, lacking="farmland,help_health")
    assert hit(result, "household_blank_farmland") == 0
    stopped = tally(result, "household_blank_farmland")
    assert "花名册没有“耕地面积”这一列" in stopped["stopped"]
    assert stopped["unknown"] == 0
    assert "3_02_004" not in numbers["number"].to_list()
    assert hit(result, "household_blank_woodland") == 2


def test_only_the_rows_of_a_file_with_the_column_are_judged(book):
    result, _ = judged(book, {}, {}, lacking=["farmland", ""])
    assert hit(result, "household_blank_farmland") == 1
    assert tally(result, "household_blank_farmland")["unknown"] == 1


def test_what_cannot_be_read_is_not_blank(book):
    result, _ = judged(book, {}, unreadable="labour,road_distance")
    assert hit(result, "person_blank_labour") == 0
    assert hit(result, "road_distance_unusable") == 1


def test_an_alert_is_not_stopped_by_a_column_it_could_do_without(book):
    result, _ = judged(book, {"safe_water": False}, lacking="risk_cleared,cleared_on,risks")
    stopped = result.tally.filter((pl.col("kind") == "alert") & pl.col("stopped").is_not_null())
    assert stopped["rule_id"].to_list() == []


@pytest.mark.parametrize("cells", [{}, {"id_number": None}, {"id_number": ""}, {"id_number": "无"}])
def test_every_number_can_be_judged_of_almost_nothing(book, cells):
    _, numbers = judged(book, {**cells, "relation": None, "household_type": None})
    assert numbers.filter(pl.col("number").str.starts_with("1_01")).is_empty()
