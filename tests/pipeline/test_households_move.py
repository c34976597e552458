"""From two rosters to the lists: households split, merged, numbered anew and moved keep history."""

from __future__ import annotations

import datetime as dt

import openpyxl
import polars as pl
import pytest

from deliveries import OCTOBER, SEPTEMBER, bills, county, deliver, roster
from fpm.ledger import Ledger
from fpm.pipeline.run import run_period
from fpm.pipeline.verify import verify_workspace

DAYS = {SEPTEMBER: dt.date(2026, 10, 8), OCTOBER: dt.date(2026, 11, 8)}
TOWN, HOUSEHOLD, PERSON, RELATION = 1, 3, 4, 7
NOW = {
    # person: household and number now
    0: ("N100", "N100-1"),  # split: the head
    1: ("N101", "N101-1"),  # and the other
    2: ("N102", "N102-1"),  # numbered anew
    3: ("N102", "N102-2"),
    4: ("N103", "N103-1"),  # merged
    5: ("N103", "N103-2"),
}


def months_roster(month):
    rows = [list(row) for row in roster()]
    people = rows[1:]
    for head, member in ((0, 1), (2, 3)):
        people[member][HOUSEHOLD] = people[head][HOUSEHOLD]
        people[member][TOWN] = people[head][TOWN]
        people[member][RELATION] = "之子"
    people[5][TOWN] = people[4][TOWN]
    if month == OCTOBER:
        for person, (household, number) in NOW.items():
            people[person][HOUSEHOLD], people[person][PERSON] = household, number
        people[1][RELATION] = "户主"
        people[5][RELATION] = "配偶"
        people[6][TOWN] = "白杨乡"  # moved from 青石镇
    return rows


def run(place, month):
    with place.locked():
        return run_period(place, month, DAYS[month], lambda _title, _done, _total: None)


@pytest.fixture(scope="module")
def two_months(tmp_path_factory):
    place = county(tmp_path_factory.mktemp("moves") / "county")
    for month in (SEPTEMBER, OCTOBER):
        deliver(place, month, "人员信息.csv", months_roster(month))
        deliver(place, month, "结算.csv", bills(["202609"] * 8, paid=60_000))
        run(place, month)
    return place


def alerts(place, month):
    with Ledger.open(place.ledger) as ledger:
        rows = ledger.alerts(str(month)).to_dicts()
    return {row["household_id"]: row for row in rows}


def test_every_household_keeps_its_alert_under_its_new_number(two_months):
    before, now = alerts(two_months, SEPTEMBER), alerts(two_months, OCTOBER)
    assert {"H000", "H002", "H004", "H005", "H006"} <= before.keys()
    kept = {"N100": "H000", "N102": "H002", "N103": "H004", "H006": "H006", "H007": "H007"}
    for household, old in kept.items():
        assert now[household]["alert_no"] == before[old]["alert_no"]
        assert now[household]["first_period"] == "2026-09"
    assert now["H005"]["state"] == "cleared"
    assert before["H004"]["alert_no"] in now["H005"]["change"]
    assert now["N101"]["state"] == "new"
    assert before["H000"]["alert_no"] in now["N101"]["change"]
    assert now["H006"]["township"] == "白杨乡"
    assert "原在青石镇" in now["H006"]["change"]


def test_the_list_of_the_new_township_has_the_alert_and_the_old_one_has_not(two_months):
    number = alerts(two_months, OCTOBER)["H006"]["alert_no"]

    def holds(town):
        book = openpyxl.load_workbook(two_months.out(OCTOBER) / f"乡镇/{town}.xlsx")
        return any(cell.value == number for row in book["预警线索"].iter_rows() for cell in row)

    assert holds("白杨乡")
    assert not holds("青石镇")


def test_running_it_again_changes_nothing_even_when_last_month_s_roster_is_gone(two_months):
    proof = verify_workspace(two_months)
    assert proof.faults == ()
    lists = {path: path.read_bytes() for path in two_months.out(OCTOBER).rglob("*.xlsx")}
    run(two_months, OCTOBER)
    assert verify_workspace(two_months).head == proof.head
    (two_months.data(SEPTEMBER) / "roster.parquet").unlink()
    run(two_months, OCTOBER)
    assert verify_workspace(two_months).head == proof.head
    assert {path: path.read_bytes() for path in two_months.out(OCTOBER).rglob("*.xlsx")} == lists


def test_the_ledger_knows_what_was_handed_on_and_to_whom(two_months):
    with Ledger.open(two_months.ledger) as ledger:
        events = ledger.rows("SELECT path, recipient, people, rules, sha256 FROM handing_on", ())
    told = pl.DataFrame(events, schema=["path", "to", "people", "rules", "sha256"], orient="row")
    town = told.filter(pl.col("path") == "乡镇/青石镇.xlsx")
    assert town["to"].unique().to_list() == ["青石镇"]
    assert town["people"].min() >= 1
    assert (town["rules"].str.len_chars() > 0).all()
    assert not told["path"].str.contains("manifest").any()
