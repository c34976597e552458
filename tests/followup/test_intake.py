"""Clues that come from the people themselves join the departments' on one list."""

from __future__ import annotations

import datetime as dt
import shutil

import polars as pl
import pytest

from county import AS_OF, PEOPLE, PERIOD, id_number, make_county, run_month, write_xlsx
from fpm.errors import RefusedError
from fpm.ledger import Ledger
from fpm.model import Period
from fpm.pipeline.followup import import_feedback
from fpm.pipeline.intake import take_in
from fpm.workspace import Workspace
from officers import Returned

HEADER = ("序号", "乡镇", "行政村", "申报人姓名", "身份证号码", "申报时间", "申报渠道", "困难情况")


def first(person):
    """Township, village, name and ID number of a person of the county."""
    return person[0], person[1], person[4], id_number(person[5])


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The county after a month with one list of a department."""
    made = make_county(tmp_path_factory.mktemp("intake") / "county")
    rows = [("低保",), ("乡镇", "村", "姓名", "身份证号", "低保类别", "保障金额")]
    dibao = made.inbox(PERIOD) / "民政/农村低保名单202610.xlsx"
    write_xlsx(dibao, [*rows, (*first(PEOPLE[0]), "A类", 500)])
    run_month(made)
    return made


@pytest.fixture
def county(judged, tmp_path):
    """A copy of its own for each test."""
    shutil.copytree(judged.root, tmp_path / "county")
    return Workspace.open(tmp_path / "county")


def self_report(tmp_path, *people, on="2026-10-12", name="12317导出.xlsx"):
    rows = [("农户自主申报登记（12317）",), HEADER]
    for place, (person, text) in enumerate(people, start=1):
        township, village, name, number = first(person)
        rows.append((place, township, village, name, number, on, "12317平台", text))
    write_xlsx(tmp_path / name, rows)
    return tmp_path / name


def test_a_self_report_becomes_an_alert_that_names_its_source(county, tmp_path, rulebook):
    path = self_report(tmp_path, (PEOPLE[2], "孩子住院借了债"))

    taken = take_in(county, rulebook, [path], PERIOD)
    report = run_month(county)

    assert taken.count("confirmed") == 1
    hit = report.hits.filter(report.hits["rule_id"] == "self_reported_difficulty").to_dicts()
    assert [row["household_id"] for row in hit] == ["H002"]
    assert hit[0]["evidence"] == "农户自主申报（12317平台，2026年10月12日）：孩子住院借了债"
    assert "H002" in report.alerts["household_id"].to_list()
    assert report.reconciles


def test_a_report_that_nobody_answered_stays_on_the_list_next_month(county, tmp_path, rulebook):
    take_in(county, rulebook, [self_report(tmp_path, (PEOPLE[2], "借债"))], PERIOD)
    run_month(county)
    following = PERIOD.shift(1)
    write_xlsx(
        county.inbox(following) / "民政/农村低保名单202611.xlsx",
        [("低保",), ("乡镇", "村", "姓名", "身份证号", "低保类别", "保障金额"),
         (*first(PEOPLE[0]), "A类", 510)],
    )  # fmt: skip

    run_month(county, following, AS_OF + dt.timedelta(days=30))

    with Ledger.open(county.ledger) as ledger:
        before, after = ledger.alerts(str(PERIOD)), ledger.alerts(str(following))
    number = dict(before.select("household_id", "alert_no").iter_rows())["H002"]
    now = {row["household_id"]: row for row in after.to_dicts()}["H002"]
    assert (now["alert_no"], now["state"]) == (number, "overdue")


def dibao(county, period):
    head = [("低保",), ("乡镇", "村", "姓名", "身份证号", "低保类别", "保障金额")]
    path = county.inbox(period) / f"民政/农村低保名单{period.year}{period.month:02d}.xlsx"
    write_xlsx(path, [*head, (*first(PEOPLE[0]), "A类", 500 + period.month)])


def alert_and_evidence(county, period):
    with Ledger.open(county.ledger) as ledger:
        alert = {row["household_id"]: row for row in ledger.alerts(str(period)).to_dicts()}["H002"]
        hits = ledger.hits(str(period)).filter(pl.col("rule_id") == "self_reported_difficulty")
    return alert, hits.row(0, named=True)["evidence"]


def test_a_december_report_is_on_january_s_list_and_a_new_one_speaks_after_the_answer(
    county, tmp_path, rulebook
):
    december, january, february = Period(2026, 12), Period(2027, 1), Period(2027, 2)
    told = self_report(tmp_path, (PEOPLE[2], "孩子住院借了债"), on="2026-12-20")
    dibao(county, december)
    take_in(county, rulebook, [told], december)
    run_month(county, december, dt.date(2027, 1, 8))
    dibao(county, january)
    run_month(county, january, dt.date(2027, 2, 8))

    (before, said), (now, still) = (alert_and_evidence(county, p) for p in (december, january))
    assert (now["alert_no"], now["state"]) == (before["alert_no"], "overdue")
    assert still == said == "农户自主申报（12317平台，2026年12月20日）：孩子住院借了债"

    back = Returned(next((county.out(january) / "乡镇").glob("青石镇.xlsx")))
    row = back.row_numbered(now["alert_no"])
    back.fill_row(row, result="已核实-不实", visited_on=dt.date(2027, 2, 10))
    import_feedback(county, rulebook, [back.save(tmp_path / "回.xlsx")], dt.date(2027, 2, 12))
    again = self_report(tmp_path, (PEOPLE[2], "又借了债"), on="2027-02-25", name="12317二月.xlsx")
    dibao(county, february)
    take_in(county, rulebook, [again], february)
    run_month(county, february, dt.date(2027, 3, 8))

    later, newest = alert_and_evidence(county, february)
    assert (later["alert_no"], later["state"]) == (before["alert_no"], "escalated")
    assert newest == "农户自主申报（12317平台，2027年2月25日）：又借了债"


def test_a_report_about_nobody_of_the_county_is_told_at_once(county, tmp_path, rulebook):
    stranger = (*PEOPLE[2][:4], "欧阳无名", "99990119440404009")

    taken = take_in(county, rulebook, [self_report(tmp_path, (stranger, "无"))], PERIOD)

    assert taken.count("confirmed") == 0
    assert taken.document()["rows"][0]["status"] in {"unmatched", "review"}


def test_a_department_s_file_is_not_taken_for_a_report(county, tmp_path, rulebook):
    write_xlsx(tmp_path / "x.xlsx", [("姓名", "鉴定等级"), ("张三", "D级")])

    with pytest.raises(RefusedError):
        take_in(county, rulebook, [tmp_path / "x.xlsx"], PERIOD)

    assert not (county.inbox(PERIOD) / "intake").exists()
