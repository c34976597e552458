"""What townships have to send in certain months: who did, and who is reminded."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest
from typer.testing import CliRunner

from county import write_xlsx
from deliveries import TOWNS, bills, county, deliver, roster
from fpm.cli.app import app
from fpm.errors import RulebookError
from fpm.model import Period
from fpm.pipeline.duties import duties
from fpm.pipeline.run import run_period
from fpm.rulebook import load_rulebook
from fpm.rulebook.load import rulebook_faults

HEADER = ("乡镇", "行政村", "户主姓名", "身份证号", "排查日期", "排查人", "排查情况")
WITHOUT_TOWNSHIP = HEADER[1:]


def found(place, person, month, header=HEADER):
    """One household that an officer found: the person of that row of the roster."""
    row = roster()[1 + person]
    told = (row[1], row[2], row[5], row[6], f"{month}-10", "王干事", "收入骤减")
    path = place.inbox(month) / "intake" / f"排查{month}.xlsx"
    write_xlsx(path, [header, told[-len(header) :]])


def run(place, month):
    deliver(
        place, month, "结算.csv", bills([str(month).replace("-", "")] * 3, paid=300 + month.month)
    )
    day = month.shift(1).first_day + dt.timedelta(days=7)
    with place.locked():
        run_period(place, month, day, lambda _title, _done, _total: None)


def due(place, month):
    return duties(place, load_rulebook(place.rules), month)


def overview(place, month):
    book = openpyxl.load_workbook(place.out(month) / "县级汇总.xlsx", read_only=True)
    rows = [row[:4] for row in book["总览"].iter_rows(values_only=True) if row[0] == "本期应报"]
    book.close()
    return rows


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """September to November; one township is heard of in September, the other in October."""
    place = county(tmp_path_factory.mktemp("duties") / "county")
    write_xlsx(place.root / "inbox/roster/人员信息.xlsx", roster())
    found(place, 0, Period(2026, 9))
    found(place, 1, Period(2026, 10), WITHOUT_TOWNSHIP)
    for number in (9, 10, 11):
        run(place, Period(2026, number))
    return place


def test_the_quarter_and_the_campaign_have_their_months(place):
    titles = {n: [duty.title for duty in due(place, Period(2026, n))] for n in (9, 10, 11)}
    assert titles == {9: ["季度上报预警人员"], 10: ["集中排查"], 11: []}


def test_who_sent_something_is_known_by_the_place_written_or_by_where_the_household_lives(place):
    (september,) = due(place, Period(2026, 9))
    (october,) = due(place, Period(2026, 10))
    assert (september.received, september.missing) == (TOWNS[:1], TOWNS[1:])
    assert (october.received, october.missing) == (TOWNS[1:], TOWNS[:1])


def test_a_quarterly_report_may_have_come_in_any_month_of_the_quarter(place):
    run(place, Period(2026, 12))
    (december,) = due(place, Period(2026, 12))
    assert (december.received, december.missing) == (TOWNS[1:], TOWNS[:1])  # October counts


def test_the_summary_of_the_county_names_who_is_missing(place):
    row = ("本期应报", "集中排查：未报乡镇（个）", 1, TOWNS[0])
    assert overview(place, Period(2026, 10)) == [row]
    assert overview(place, Period(2026, 11)) == []


def test_status_reminds_of_the_latest_month(tmp_path):
    place = county(tmp_path / "county")
    write_xlsx(place.root / "inbox/roster/人员信息.xlsx", roster())
    call = ["status", "-w", str(place.root)]
    assert json.loads(CliRunner().invoke(app, [*call, "--json"]).stdout)["duties"] is None
    run(place, Period(2026, 10))
    said = CliRunner().invoke(app, call).output
    assert f"集中排查：还有 2 个乡镇未报：{TOWNS[1]}、{TOWNS[0]}" in said.replace("\n", "")
    told = json.loads(CliRunner().invoke(app, [*call, "--json"]).stdout)["duties"]
    assert told == {
        "period": "2026-10",
        "due": [{"title": "集中排查", "received": [], "missing": sorted(TOWNS)}],
    }


def test_a_list_that_nothing_reads_is_refused(place):
    settings = place.rules / "workflow.toml"
    before = settings.read_text("utf-8")
    settings.write_text(before.replace("intake.inspection", "intake.inspektion"), "utf-8")
    with pytest.raises(RulebookError, match="inspektion”这种版式"):
        due(place, Period(2026, 10))
    assert {fault.key for fault in rulebook_faults(place.rules)} == {
        "calendar[1].list",
        "calendar[2].list",
    }
    settings.write_text(before, "utf-8")
