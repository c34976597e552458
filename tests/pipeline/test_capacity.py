"""A county that limits what a township gets: on the lists, in the summary, on the terminal."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from deliveries import SEPTEMBER, bills, county, deliver, roster
from fpm.cli.app import app
from fpm.errors import RulebookError
from fpm.pipeline.run import run_period
from fpm.pipeline.verify import verify_workspace

DAY = dt.date(2026, 10, 8)


def limited(root, cap):
    place = county(root)
    settings = place.rules / "workflow.toml"
    settings.write_text(settings.read_text("utf-8") + f"\n[cap]\n{cap}\n", "utf-8")
    deliver(place, SEPTEMBER, "人员信息.csv", roster())
    deliver(place, SEPTEMBER, "结算.csv", bills(["202609"] * 8, paid=20_000))
    return place


def run(place):
    with place.locked():
        return run_period(place, SEPTEMBER, DAY, lambda _title, _done, _total: None)


def rows_of(path, sheet, first):
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [row for row in book[sheet].iter_rows(values_only=True) if any(row)]
    book.close()
    return rows[first:]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = limited(tmp_path_factory.mktemp("cap") / "county", "each = 1")
    run(place)
    return place


def test_lists_hold_what_is_put_and_the_summary_the_rest_with_the_reason(place):
    alerts = place.read_frame(SEPTEMBER, "alerts")
    put = alerts.filter(pl.col("state") == "new")
    held = alerts.filter(pl.col("state") == "held")
    assert put.height
    assert held.height
    assert put.height + held.height == alerts.height
    assert put["township"].n_unique() == put.height
    out = place.out(SEPTEMBER)
    listed = rows_of(out / "县级汇总.xlsx", "暂缓下发", 3)
    assert [row[2] for row in listed] == held.sort("township", "alert_no")["alert_no"].to_list()
    assert {row[7] for row in listed} == {"超出该乡镇每期 1 户的上限，暂缓下发"}
    overview = {row[1].strip("　"): row[2] for row in rows_of(out / "县级汇总.xlsx", "总览", 3)}
    assert overview["发给乡镇的线索（户）"] == put.height
    assert overview["暂缓下发"] == held.height
    changes = rows_of(out / "县级汇总.xlsx", "与上期比较", 3)
    assert {row[-1] for row in changes} == {"相符"}


def test_the_terminal_says_how_many_are_held_back(place):
    result = CliRunner().invoke(app, ["status", "-w", str(place.root)])
    held = place.read_frame(SEPTEMBER, "alerts").filter(pl.col("state") == "held").height
    assert f"暂缓下发{held}" in result.output.replace("\n", "").replace(" ", "")
    document = json.loads(
        CliRunner().invoke(app, ["status", "--json", "-w", str(place.root)]).stdout
    )
    assert document["periods"][0]["alerts"]["held"] == held


def test_the_standing_of_lists_tells_what_is_not_on_them(place):
    call = ["feedback", "status", "-w", str(place.root), "--as-of", "2026-10-09"]
    held = place.read_frame(SEPTEMBER, "alerts").filter(pl.col("state") == "held")
    one = held.filter(pl.col("township") == "青石镇").height
    assert f"另有 {held.height} 户" in CliRunner().invoke(app, call).output
    told = CliRunner().invoke(app, [*call, "--township", "青石镇", "--json"]).stdout
    assert json.loads(told)["held_back"] == one


def test_a_rerun_changes_nothing_and_the_ledger_agrees_with_the_lists(place):
    before = place.read_frame(SEPTEMBER, "alerts")
    run(place)
    assert place.read_frame(SEPTEMBER, "alerts").equals(before)
    assert verify_workspace(place).faults == ()


def test_an_alert_that_waits_says_so_when_it_is_explained(place):
    held = place.read_frame(SEPTEMBER, "alerts").filter(pl.col("state") == "held")
    result = CliRunner().invoke(app, ["explain", held["alert_no"][0], "-w", str(place.root)])
    assert result.exit_code == 0, result.output
    assert "暂缓下发" in result.output
    assert "期限" not in result.output


def test_a_limit_for_a_township_that_the_roster_does_not_have_is_refused(tmp_path):
    place = limited(tmp_path / "county", 'townships = { "不存在镇" = 3 }')
    with pytest.raises(RulebookError, match=r"不存在镇.*花名册中没有这个乡镇"):
        run(place)
