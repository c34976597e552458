"""Undecided matches over the months: asked once, decided once, remembered, asked again in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from county import HEADER_OF_BILLS, id_number, make_county, run_month, write_csv, write_xlsx
from fpm.model import Period
from fpm.pipeline.review import Decided, export_review, import_decisions, undecided
from fpm.rulebook import load_rulebook
from fpm.workspace import Workspace

SEPTEMBER, OCTOBER, NOVEMBER = Period(2026, 9), Period(2026, 10), Period(2026, 11)
NUMBER = id_number("99990119700305011")
HEADER = ("县", "乡(镇)", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系")
NAMESAKES = (
    ("样例县", "青石镇", "上河村", "H1", "P1", "张伟", None, "户主"),
    ("样例县", "青石镇", "上河村", "H1", "P2", "李秀英", id_number("99990119720305002"), "配偶"),
    ("样例县", "青石镇", "上河村", "H2", "P3", "张伟", None, "户主"),
    ("样例县", "青石镇", "上河村", "H2", "P4", "王桂兰", id_number("99990119750305004"), "配偶"),
)


def deliver(workspace: Workspace, period: Period, people: tuple[tuple[object, ...], ...]) -> None:
    """The roster, and two bills of a 张伟 whose number the roster may not know."""
    inbox = workspace.inbox(period)
    rows = [("人员信息",), HEADER, *people]
    write_xlsx(inbox / f"（自定义）人员信息_{period.year}{period.month:02d}08.xlsx", rows)
    day = period.last_day.replace(day=12).isoformat()
    bill = ("张伟", NUMBER, "住院", day, "30000", "8000", "青石镇", "上河村")
    header = (*HEADER_OF_BILLS, "乡镇", "村")
    write_csv(inbox / f"医保结算{period.month}月.csv", [header, bill, bill])


def run(workspace: Workspace, period: Period) -> pl.DataFrame:
    """The month's matches."""
    run_month(workspace, period, period.last_day + dt.timedelta(days=8))
    matches = workspace.read_frame(period, "matches")
    assert matches is not None
    return matches


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_county(tmp_path / "county")
    rules = [
        path for kind in ("policies", "quality") for path in (made.rules / kind).rglob("*.toml")
    ]
    for path in (*made.roster_files(), *rules):  # who somebody is does not depend on what is judged
        path.unlink()
    deliver(made, SEPTEMBER, NAMESAKES)
    return made


def decide(path: Path, choices: Mapping[str, str]) -> Path:
    """Fill in the list as an analyst does: the choice beside the record of that name."""
    book = load_workbook(path)
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(c.value == "认定" for c in row))
    place = {cell.value: cell.column for cell in header}
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        name = sheet.cell(row[0].row, place["姓名"]).value
        if sheet.cell(row[0].row, place["来自"]).value == "部门记录" and name in choices:
            sheet.cell(row[0].row, place["认定"]).value = choices[name]
    book.save(path)
    book.close()
    return path


def waiting(workspace: Workspace, period: Period) -> list[dict[str, Any]]:
    return undecided(workspace, load_rulebook(workspace.rules), period)


def import_list(workspace: Workspace, path: Path, day: dt.date) -> Decided:
    rulebook = load_rulebook(workspace.rules)
    with workspace.locked():
        return import_decisions(workspace, rulebook, [path], ("李分析员", day))


def exported(workspace: Workspace, period: Period, folder: Path) -> Path:
    return export_review(workspace, period, folder / f"{period}.xlsx")


def test_a_decision_holds_for_all_later_months_until_the_data_speak_against_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    first = run(workspace, SEPTEMBER)
    assert first["status"].to_list() == ["review", "review"]
    (asked,) = waiting(workspace, SEPTEMBER)
    assert [one["person_id"] for one in asked["candidates"]] == ["P1", "P3"]
    path = decide(exported(workspace, SEPTEMBER, tmp_path), {"张伟": "第2候选"})

    decided = import_list(workspace, path, dt.date(2026, 10, 12))
    assert (decided.recorded, decided.choices.problems.height) == (1, 0)
    again = import_list(workspace, path, dt.date(2026, 10, 13))
    assert (again.recorded, again.choices.known) == (0, 1)

    for month in (SEPTEMBER, OCTOBER):
        if month == OCTOBER:
            deliver(workspace, month, NAMESAKES)
        found = run(workspace, month)
        assert found["person_id"].to_list() == ["P3", "P3"]
        assert found["method"].to_list() == ["decision", "decision"]
        assert found["reason"].unique().to_list() == ["此前已由人工认定为此人"]
        assert waiting(workspace, month) == []
        assert not (workspace.out(month) / "身份待核.xlsx").exists()

    # In November the roster learns whose number it is: not his who was chosen.
    known = ((*NAMESAKES[0][:6], NUMBER, NAMESAKES[0][7]), *NAMESAKES[1:])
    deliver(workspace, NOVEMBER, known)
    found = run(workspace, NOVEMBER)
    assert found["status"].to_list() == ["review", "review"]
    assert found["reason"].str.contains("请重新认定").all()
    (asked,) = waiting(workspace, NOVEMBER)
    assert [one["person_id"] for one in asked["candidates"]] == ["P1", "P3"]
    path = decide(exported(workspace, NOVEMBER, tmp_path), {"张伟": "第1候选"})

    corrected = import_list(workspace, path, dt.date(2026, 12, 12))
    assert (corrected.recorded, corrected.choices.problems.height) == (1, 0)
    found = run(workspace, NOVEMBER)
    assert found["person_id"].to_list() == ["P1", "P1"]
    assert waiting(workspace, NOVEMBER) == []


def test_a_decision_affirmed_in_the_face_of_the_data_is_not_asked_about_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    run(workspace, SEPTEMBER)
    path = decide(exported(workspace, SEPTEMBER, tmp_path), {"张伟": "第2候选"})
    import_list(workspace, path, dt.date(2026, 10, 12))
    known = ((*NAMESAKES[0][:6], NUMBER, NAMESAKES[0][7]), *NAMESAKES[1:])
    deliver(workspace, OCTOBER, known)
    assert run(workspace, OCTOBER)["status"].to_list() == ["review", "review"]
    path = decide(exported(workspace, OCTOBER, tmp_path), {"张伟": "第2候选"})

    affirmed = import_list(workspace, path, dt.date(2026, 11, 12))
    assert (affirmed.recorded, affirmed.choices.problems.height) == (1, 0)
    again = import_list(workspace, path, dt.date(2026, 11, 13))
    assert (again.recorded, again.choices.known) == (0, 1)
    for month in (OCTOBER, NOVEMBER):
        if month == NOVEMBER:
            deliver(workspace, month, known)
        found = run(workspace, month)
        assert found["person_id"].to_list() == ["P3", "P3"]
        assert found["method"].to_list() == ["decision", "decision"]
        assert waiting(workspace, month) == []


def test_nobody_is_a_decision_too(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, SEPTEMBER)
    path = decide(exported(workspace, SEPTEMBER, tmp_path), {"张伟": "都不是"})
    assert import_list(workspace, path, dt.date(2026, 10, 12)).recorded == 1
    found = run(workspace, SEPTEMBER)
    assert found["status"].to_list() == ["unmatched", "unmatched"]
    assert found["person_id"].to_list() == [None, None]
    assert found["reason"].unique().to_list() == ["此前已由人工认定：不是花名册中的人"]
