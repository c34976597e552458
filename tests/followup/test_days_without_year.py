"""A visit that was dated without its year is read when only one day can be meant."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from fpm.followup.days import only_day

NOV2, NOV20 = dt.date(2026, 11, 2), dt.date(2026, 11, 20)
NEW_YEAR = (dt.date(2026, 12, 20), dt.date(2027, 1, 15))
LONG = (dt.date(2026, 9, 1), dt.date(2026, 12, 31))
SCHEMA = {"written": pl.String, "since": pl.Date, "until": pl.Date}


def day(written, since=NOV2, until=NOV20):
    return only_day(pl.DataFrame([(written, since, until)], schema=SCHEMA, orient="row"))[0]


@pytest.mark.parametrize(
    "written",
    ["11月3日", "11月3号", "11月 3 日", "１１月３日", "11月03日", "11/3", "3/11", "11-3", "11.03",
     "3号", "3日", "26.11.3", "26年11月3日", "26/11/03"],
)  # fmt: skip
def test_the_only_day_between_dispatch_and_import_is_meant(written):
    assert day(written) == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("11/12", "12 November, or 11 December that is to come: read"),
        ("2/1", "neither day lies there"),
        ("11.3", "a number that may have been 11.30"),
        ("上个星期", "no day"),
        ("3", "no sign that it is a day"),
        ("11月31日", "there is no such day"),
        ("10月3日", "before the list was sent"),
        ("11月21日", "after today"),
        ("25.11.3", "another year"),
    ],
)
def test_other_texts_have_no_day(written, why):
    assert day(written) == (dt.date(2026, 11, 12) if why.endswith("read") else None)


def test_two_days_that_can_be_meant_are_none():
    assert day("9/11", *LONG) is None  # 9 November or 11 September
    assert day("3号", *LONG) is None
    assert day("11/11", *LONG) == dt.date(2026, 11, 11)
    assert day("11月9日", *LONG) == dt.date(2026, 11, 9)


def test_the_year_turns_between_dispatch_and_import():
    assert day("12月25日", *NEW_YEAR) == dt.date(2026, 12, 25)
    assert day("1月5日", *NEW_YEAR) == dt.date(2027, 1, 5)
    assert day("22号", *NEW_YEAR) == dt.date(2026, 12, 22)


def test_without_a_dispatch_there_is_no_day():
    rows = [("3号", None, NOV20), (None, NOV2, NOV20), ("3号", NOV20, NOV2), ("3号", NOV2, NOV20)]
    found = only_day(pl.DataFrame(rows, schema=SCHEMA, orient="row")).to_list()
    assert found == [None, None, None, dt.date(2026, 11, 3)]


def test_a_copy_read_again_when_more_days_can_be_meant_says_the_same(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result="已核实-不实", visited_on="3号")
    path = back.save(tmp_path / "back.xlsx")
    assert county.bring_back(path).recorded == 1

    again = county.bring_back(path, as_of=dt.date(2026, 12, 20))

    assert (again.recorded, again.answers.known) == (0, 1)
    assert again.answers.problems.is_empty()


def test_a_list_filled_in_with_such_days_is_taken(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"])
    back.fill("赵大山", result="已核实-不实", visited_on="11月3日")
    back.fill("钱有才", result="已核实-不实", visited_on="3号")
    back.fill("孙春梅", result="已核实-不实", visited_on="1/2")

    imported = county.bring_back(back.save(tmp_path / "back.xlsx"))

    days = imported.answers.fresh["visited_on"].to_list()
    assert days == [dt.date(2026, 11, 3)] * 2
    (problem,) = imported.answers.problems.to_dicts()
    assert problem["row"] == back.row_of("孙春梅")
    assert problem["reason"] == "核实日期“1/2”读不出，或没有写年份而不能断定是哪一天"
