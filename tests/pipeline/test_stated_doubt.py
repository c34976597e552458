"""A run says how many of its links it expects to be wrong, everywhere the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from county import (
    AS_OF,
    HEADER_OF_BILLS,
    PEOPLE,
    PERIOD,
    id_number,
    make_county,
    run_month,
    write_csv,
)
from fpm.pipeline.report import RunReport, match_document
from fpm.pipeline.run import match_period, warn_period
from fpm.workspace import Workspace

BILLS = "医保结算10月.csv"


def quiet(_title: str, _done: int, _total: int) -> None:
    """No progress."""


def bill(name: str, number: str) -> tuple[str, ...]:
    return (name, number, "住院", "2026-10-12", "30000", "800")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, RunReport]:
    workspace = make_county(tmp_path_factory.mktemp("doubt") / "county")
    numbers = [id_number(person[5]) for person in PEOPLE]
    lost_a_digit = numbers[3][:-2] + numbers[3][-1]
    rows = [
        HEADER_OF_BILLS,
        bill("孙有才", numbers[2]),
        bill("李春梅", lost_a_digit),
        bill("王不认识", id_number("99990119790101099")),
    ]
    write_csv(workspace.root / "inbox" / str(PERIOD) / BILLS, rows)
    return workspace, run_month(workspace)


def manifest(workspace: Workspace) -> list[dict[str, Any]]:
    path = workspace.out(PERIOD) / "manifest.json"
    stated: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["matching"]
    return stated


def summary(path: Path) -> dict[str, float]:
    """Expected false links by file, as the county summary states them."""
    book = load_workbook(path)
    header, *rows = [[cell.value for cell in row] for row in book["对账"].iter_rows(min_row=3)]
    book.close()
    stated = header.index("预计误配")
    return {row[1]: row[stated] for row in rows if row[1]}


def test_report_manifest_and_summary_state_the_same_doubt(run: tuple[Workspace, RunReport]) -> None:
    workspace, report = run
    matches = workspace.read_frame(PERIOD, "matches")
    assert matches is not None
    doubt = (1 - matches.filter(pl.col("status") == "confirmed")["probability"]).sum()
    assert 0 < doubt < 1
    (stated,) = manifest(workspace)
    assert stated["expected_false_links"] == pytest.approx(doubt, abs=1e-4)
    assert (stated["records"], stated["confirmed"], stated["unmatched"]) == (3, 2, 1)
    assert stated["pairs"] > 0
    document = report.document()
    assert document["matching"] == [stated]
    assert document["expected_false_links"] == {
        "medical_insurance.settlement": stated["expected_false_links"]
    }
    shown = summary(workspace.out(PERIOD) / "县级汇总.xlsx")
    assert shown[BILLS] == pytest.approx(doubt, abs=1e-4)


def test_stage_by_stage_states_it_too(run: tuple[Workspace, RunReport]) -> None:
    workspace, _ = run
    before = manifest(workspace)
    with workspace.locked():
        loaded, linked = match_period(workspace, PERIOD, quiet)
        report = warn_period(workspace, PERIOD, AS_OF, quiet)
    assert match_document(loaded, linked)["matching"] == before
    assert report.document()["matching"] == before
    assert manifest(workspace) == before
