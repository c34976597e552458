"""The sample county's three months, run in order: the promises of a monthly run."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from polars.testing import assert_frame_equal

from fpm.model import ALERT_SCHEMA, HIT_SCHEMA, MATCH_SCHEMA, RECORD_KEY, Period
from fpm.pipeline.demo import demo_day, demo_workspace
from fpm.pipeline.explain import explain_target
from fpm.pipeline.report import RunReport
from fpm.pipeline.run import run_period
from fpm.workspace import Workspace

LAST = Period(2026, 10)
WHOLE_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def quiet(_title: str, _done: int, _total: int) -> None:
    """No progress."""


def run_all(workspace: Workspace, periods: list[Period]) -> list[RunReport]:
    with workspace.locked():
        return [run_period(workspace, period, demo_day(period), quiet) for period in periods]


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[RunReport]]:
    workspace, periods = demo_workspace(tmp_path_factory.mktemp("demo") / "county")
    return workspace, run_all(workspace, periods)


def kept(workspace: Workspace, name: str, period: Period = LAST) -> pl.DataFrame:
    frame = workspace.read_frame(period, name)
    assert frame is not None
    return frame


def cells(path: Path) -> list[list[object]]:
    book = load_workbook(path)
    rows = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    book.close()
    return rows


def test_every_row_of_every_file_is_accounted_for(months):
    _, reports = months
    for report in reports:
        assert report.reconciliation.height >= 10
        assert report.reconciliation["difference"].to_list() == [0] * report.reconciliation.height


def test_each_record_has_exactly_one_match_row(months):
    workspace, reports = months
    for report in reports:
        matches = kept(workspace, "matches", report.period)
        assert matches.schema == pl.Schema(MATCH_SCHEMA)
        assert not matches.select(RECORD_KEY).is_duplicated().any()
        records = report.reconciliation.filter(pl.col("department") != "roster")
        assert matches.height == sum(
            records.select("confirmed", "review", "unmatched").sum().row(0)
        )
        kinds = ["village_supply", "household_supply", "industry_projects"]
        of_villages = pl.col("kind").is_in(kinds)
        confirmed = matches.filter((pl.col("status") == "confirmed") & ~of_villages)
        assert confirmed["person_id"].null_count() == 0
        assert matches["probability"].is_between(0, 1).all()


def test_files_that_other_tools_read_have_the_columns_of_the_contract(months):
    workspace, _ = months
    assert kept(workspace, "alerts").schema == pl.Schema(ALERT_SCHEMA)
    hits = kept(workspace, "hits")
    assert hits.columns[:11] == list(HIT_SCHEMA)[:11]
    assert json.loads((workspace.out(LAST) / "manifest.json").read_text("utf-8"))


def test_every_hit_can_be_taken_back_to_rule_document_and_row(months):
    workspace, _ = months
    hits = kept(workspace, "hits")
    targets = (
        hits.select(
            pl.when(pl.col("scope").is_in(["village", "township"]))
            .then(pl.format("{}/{}", "township", "village"))
            .otherwise(pl.coalesce("household_id", "person_id"))
        )
        .to_series()
        .unique()
        .sort()
    )
    told = 0
    places = targets.filter(targets.str.contains("/"))
    for target in {*targets.sample(40, seed=1), *places}:
        for hit in explain_target(workspace, LAST, target)["hits"]:
            told += 1
            assert hit["documents"], hit["rule_id"]
            assert hit["evidence"]
            assert hit["facts"], hit["rule_id"]
            assert hit["records"], hit["rule_id"]
            for record in hit["records"]:
                assert record["file"], hit["rule_id"]
                assert record["row"] >= 1
                assert record["reason"], record
    assert told >= 40


def test_running_again_changes_nothing(months, tmp_path):
    workspace, _ = months
    copy = Workspace.open(Path(shutil.copytree(workspace.root, tmp_path / "again")))
    before = {path.name: cells(path) for path in sorted((copy.out(LAST) / "乡镇").glob("*.xlsx"))}
    alerts, hits = kept(copy, "alerts"), kept(copy, "hits")
    later = demo_day(LAST) + dt.timedelta(days=1)
    with copy.locked():
        run_period(copy, LAST, later, quiet)
    assert_frame_equal(kept(copy, "alerts"), alerts)
    assert_frame_equal(kept(copy, "hits"), hits)
    after = {path.name: cells(path) for path in sorted((copy.out(LAST) / "乡镇").glob("*.xlsx"))}
    assert after == before


def test_where_a_file_lies_and_in_which_order_files_come_does_not_matter(months, tmp_path):
    workspace, _ = months
    copy = Workspace.open(Path(shutil.copytree(workspace.root, tmp_path / "moved")))
    for path in copy.delivered(LAST):
        path.rename(copy.inbox(LAST) / path.name)
    matches, hits = kept(copy, "matches"), kept(copy, "hits")
    with copy.locked():
        run_period(copy, LAST, demo_day(LAST), quiet)
    assert_frame_equal(kept(copy, "matches"), matches)
    assert_frame_equal(kept(copy, "hits"), hits)


def test_numbers_last_from_month_to_month(months):
    workspace, reports = months
    seen: dict[str, str] = {}
    for report in reports:
        for row in kept(workspace, "alerts", report.period).to_dicts():
            assert seen.setdefault(row["alert_no"], row["household_id"]) == row["household_id"]
    states = kept(workspace, "alerts")["state"].unique().to_list()
    assert {"new", "overdue", "cleared"} <= set(states)


def test_a_township_list_holds_only_that_township(months):
    workspace, _ = months
    alerts = kept(workspace, "alerts")
    for path in (workspace.out(LAST) / "乡镇").glob("*.xlsx"):
        own = set(alerts.filter(pl.col("township") == path.stem)["alert_no"])
        others = set(alerts["alert_no"]) - own
        numbers = {cell for row in cells(path) for cell in row if isinstance(cell, str)}
        assert not numbers & others
        assert numbers & own


def test_no_list_that_leaves_the_office_shows_a_whole_id_number(months):
    workspace, _ = months
    lists = sorted(workspace.out(LAST).rglob("*.xlsx"))
    # Undecided matches stay with the analyst, who has to compare numbers digit by digit.
    for path in (path for path in lists if path.name != "身份待核.xlsx"):
        for row in cells(path):
            for cell in row:
                if isinstance(cell, str):
                    assert not WHOLE_ID.search(cell), path.name
