"""Returned township workbooks: everything officers do to them, and what fpm makes of it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlwt
from typer.testing import CliRunner

from fpm.cli.app import app
from fpm.errors import RefusedError
from fpm.followup import keys_in
from fpm.ledger import Ledger
from fpm.pipeline.followup import list_layout, read_returned

VISIT = dt.date(2026, 11, 6)
NOT_TRUE = "已核实-不实"
TAKEN_IN = "已核实-纳入"
OPEN = "待核实"


def problems(imported):
    rows = imported.answers.problems.sort("file", "row", nulls_last=True)
    return rows["problem"].to_list()


def test_an_answer_is_read_from_a_file_of_any_name(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    officer(sent).fill("赵大山", result=NOT_TRUE, visited_on=VISIT, officer="王干事").save(
        back := tmp_path / "微信收到 (3).xlsx"
    )

    imported = county.bring_back(back)

    assert county.recorded() == [("H1", NOT_TRUE)]
    assert (imported.recorded, imported.answers.blank, problems(imported)) == (1, 2, [])
    with Ledger.open(county.workspace.ledger) as ledger:
        row = ledger.feedback().to_dicts()[0]
    assert (row["visited_on"], row["officer"], row["period"]) == (VISIT, "王干事", "2026-10")


def test_importing_the_same_file_again_changes_nothing(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
    path = back.save(tmp_path / "a.xlsx")
    county.bring_back(path)

    again = county.bring_back(path, path)

    assert (again.recorded, again.answers.known, problems(again)) == (0, 2, [])


def test_reordered_and_deleted_rows_and_added_columns_do_not_matter(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("钱有才", result=TAKEN_IN, visited_on=VISIT)
    back.fill("孙春梅", result=NOT_TRUE, visited_on=VISIT)
    back.sheet.delete_rows(back.row_of("赵大山"))
    first, second = back.row_of("钱有才"), back.row_of("孙春梅")
    for column in range(1, back.sheet.max_column + 1):
        one, other = back.sheet.cell(first, column), back.sheet.cell(second, column)
        if not isinstance(one, openpyxl.cell.cell.MergedCell):
            one.value, other.value = other.value, one.value
    back.sheet.insert_cols(back.column("核实人"))
    back.sheet.cell(back.header, back.column("核实人") - 1).value = "包村干部"

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert sorted(county.recorded()) == [("H2", TAKEN_IN), ("H3", NOT_TRUE)]
    assert problems(imported) == []


@pytest.mark.parametrize(
    "written", ["2026.11.6", "2026年11月6日", "2026/11/06", "20261106", " 2026-11-6 "]
)
def test_a_day_typed_as_text_is_read(county, officer, tmp_path, written):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=written)

    county.bring_back(back.save(tmp_path / "a.xlsx"))

    with Ledger.open(county.workspace.ledger) as ledger:
        assert ledger.feedback()["visited_on"].to_list() == [VISIT]


@pytest.mark.parametrize("written", [" 已核实 - 不实 ", "已核实－不实", "已核实—不实\n"])
def test_a_result_with_stray_spaces_or_wide_characters_is_the_result(
    county, officer, tmp_path, written
):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=written, visited_on=VISIT)

    county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert county.recorded() == [("H1", NOT_TRUE)]


def test_copies_of_two_officers_with_the_same_name_are_put_together(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    one = (
        officer(sent)
        .fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
        .save(tmp_path / "甲/青石镇.xlsx")
    )
    two = (
        officer(sent)
        .fill("钱有才", result=TAKEN_IN, visited_on=VISIT)
        .save(tmp_path / "乙/青石镇.xlsx")
    )

    imported = county.bring_back(one, two)

    assert sorted(county.recorded()) == [("H1", NOT_TRUE), ("H2", TAKEN_IN)]
    assert problems(imported) == []


def test_two_different_answers_are_reported_and_neither_is_chosen(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    one = officer(sent).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
    two = officer(sent).fill("赵大山", result=TAKEN_IN, visited_on=VISIT)
    two.fill("钱有才", result=NOT_TRUE, visited_on=VISIT)

    imported = county.bring_back(one.save(tmp_path / "a.xlsx"), two.save(tmp_path / "b.xlsx"))

    assert county.recorded() == [("H2", NOT_TRUE)]
    assert problems(imported) == ["copies_differ", "copies_differ"]
    told = imported.answers.problems.to_dicts()
    assert [row["file"] for row in told] == ["a.xlsx", "b.xlsx"]
    assert "核实结果" in told[0]["reason"]
    assert "b.xlsx" in told[0]["reason"]


def test_a_fuller_copy_of_the_same_answer_adds_to_it_in_any_order(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    short = officer(sent).fill("赵大山", result=NOT_TRUE).save(tmp_path / "a.xlsx")
    full = officer(sent).fill("赵大山", result=NOT_TRUE, visited_on=VISIT, findings="已治愈")
    full = full.save(tmp_path / "b.xlsx")

    county.bring_back(short)
    county.bring_back(full)
    last = county.bring_back(short)

    assert (last.recorded, problems(last)) == (0, [])
    with Ledger.open(county.workspace.ledger) as ledger:
        now = ledger.feedback().row(-1, named=True)
    assert (now["visited_on"], now["findings"]) == (VISIT, "已治愈")


def test_an_answer_beats_the_open_one_in_any_order(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    before = officer(sent).fill("赵大山", result=OPEN, visited_on=VISIT).save(tmp_path / "a.xlsx")
    after = (
        officer(sent).fill("赵大山", result=NOT_TRUE, visited_on=VISIT).save(tmp_path / "b.xlsx")
    )

    county.bring_back(after, before)
    last = county.bring_back(before)

    assert county.recorded() == [("H1", NOT_TRUE)]
    assert (last.recorded, problems(last)) == (0, [])


def test_an_answer_that_contradicts_the_ledger_is_reported_unless_it_shall_replace_it(
    county, officer, tmp_path
):
    sent = county.lists()["青石镇"]
    one = officer(sent).fill("赵大山", result=NOT_TRUE, visited_on=VISIT).save(tmp_path / "a.xlsx")
    two = officer(sent).fill("赵大山", result=TAKEN_IN, visited_on=VISIT).save(tmp_path / "b.xlsx")
    county.bring_back(one)

    refused = county.bring_back(two)
    assert (problems(refused), county.recorded()) == (["recorded_otherwise"], [("H1", NOT_TRUE)])

    county.bring_back(two, supersede=True)
    assert county.recorded() == [("H1", NOT_TRUE), ("H1", TAKEN_IN)]


def test_every_kind_of_wrong_row_is_named_and_the_others_are_taken(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"])
    back.fill("赵大山", result="不清楚", visited_on=VISIT)
    back.fill("钱有才", result=NOT_TRUE, visited_on="上个星期")
    back.fill("孙春梅", findings="没有人在家")
    other = officer(county.lists()["白杨乡"]).fill("李秀英", result=NOT_TRUE, visited_on=VISIT)

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"), other.save(tmp_path / "b.xlsx"))

    by_row = dict(imported.answers.problems.select("row", "problem").iter_rows())
    assert by_row == {
        back.row_of("赵大山"): "unknown_result",
        back.row_of("钱有才"): "bad_date",
        back.row_of("孙春梅"): "no_result",
    }
    assert county.recorded() == [("H4", NOT_TRUE)]


def test_an_answer_that_goes_on_in_a_line_below_is_one_answer(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"])
    row = back.row_of("赵大山")
    back.fill_row(row, result=NOT_TRUE)
    back.sheet.insert_rows(row + 1)
    for column in range(1, back.sheet.max_column + 1):
        back.sheet.cell(row + 1, column).value = back.sheet.cell(row, column).value
    back.fill_row(row + 1, result=None, visited_on=VISIT, findings="两人务工，收入稳定")

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert problems(imported) == []
    (answer,) = imported.answers.fresh.to_dicts()
    said = (answer["result"], answer["visited_on"], answer["findings"])
    assert said == (NOT_TRUE, VISIT, "两人务工，收入稳定")


def test_a_file_full_of_one_mistake_fits_on_the_screen(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    path = tmp_path / "青石镇.xlsx"
    back = officer(sent).fill("赵大山", result="大概属实", visited_on=VISIT)
    row = back.row_of("赵大山")
    cells = [back.sheet.cell(row, n).value for n in range(1, back.sheet.max_column + 1)]
    for _ in range(300):
        back.sheet.append(cells)
    call = ["feedback", "import", str(back.save(path)), "-w", str(county.workspace.root)]

    result = CliRunner().invoke(app, [*call, "--as-of", "2026-11-20"])

    assert "还有 296 行同样的问题" in result.output
    assert result.output.count("请从下拉框中选") == 1
    assert len(result.output.splitlines()) < 30


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (dt.date(2026, 11, 1), ["before_issue"]),
        (dt.date(2026, 11, 2), []),
        (dt.date(2026, 11, 20), []),
        (dt.date(2026, 11, 21), ["future_date"]),
    ],
)
def test_a_visit_lies_between_the_list_and_today(county, officer, tmp_path, day, problem):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=day)

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"), as_of=dt.date(2026, 11, 20))

    assert problems(imported) == problem


def test_a_changed_key_is_noticed_whatever_was_changed(county, officer, tmp_path):
    def tampered(change, name):
        back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
        change(back, back.row_of("赵大山"))
        return problems(county.bring_back(back.save(tmp_path / name)))

    def digits(back, row):
        key = back.sheet.cell(row, 1)
        key.value = key.value[:-1] + ("0" if key.value[-1] != "0" else "1")

    def month(back, row):
        key = back.sheet.cell(row, 1)
        key.value = key.value.replace(".2026-10.", ".2026-09.")

    def borrowed(back, row):
        back.sheet.cell(row, 1).value = back.sheet.cell(back.row_of("钱有才"), 1).value

    def gone(back, row):
        back.sheet.cell(row, 1).value = None

    assert tampered(digits, "a.xlsx") == ["tampered"]
    assert tampered(month, "b.xlsx") == ["not_listed"]
    assert tampered(borrowed, "c.xlsx") == ["tampered"]
    assert tampered(gone, "d.xlsx") == ["no_key"]
    assert county.recorded() == []


def test_without_the_hidden_column_every_answer_is_reported(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
    back.sheet.delete_cols(1)

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert problems(imported) == ["no_key"]
    assert county.recorded() == []


def test_the_visible_number_may_be_missing_when_the_key_is_there(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
    back.sheet.delete_cols(back.column("线索编号"))

    county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert county.recorded() == [("H1", NOT_TRUE)]


def test_a_list_of_another_county_is_not_taken(county, officer, tmp_path, rulebook):
    elsewhere = type(county)(
        type(county.workspace).create(tmp_path / "other", "邻县", "999902"),
        rulebook,
        tmp_path / "o",
    )
    elsewhere.publish(measure=1.0)
    back = officer(elsewhere.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert problems(imported) == ["tampered"]


def test_a_list_sent_before_the_month_was_run_again_is_still_an_answer(county, officer, tmp_path):
    sent = county.lists()["青石镇"]
    county.publish(households=("H1", "H2"))
    back = officer(sent).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)

    county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert county.recorded() == [("H1", NOT_TRUE)]


def test_a_file_that_is_no_list_is_named_beside_those_that_are(county, officer, tmp_path):
    wrong = tmp_path / "wrong.csv"
    with wrong.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("甲", "乙"), (1, 2)])
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)

    imported = county.bring_back(wrong, back.save(tmp_path / "a.xlsx"))

    told = imported.answers.problems.to_dicts()
    assert [(row["file"], row["row"], row["problem"]) for row in told] == [
        ("wrong.csv", None, "file")
    ]
    assert county.recorded() == [("H1", NOT_TRUE)]
    with pytest.raises(RefusedError, match=r"wrong\.csv"):
        county.bring_back(wrong)


def test_a_workbook_saved_as_plain_values_by_another_program_reads_alike(county, officer, tmp_path):
    """Calamine sees what WPS and LibreOffice keep: values, the hidden column among them."""
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
    rows = [[cell.value for cell in row] for row in back.sheet.iter_rows()]
    pl.DataFrame(
        [
            [None if value is None else str(value) for value in row]
            for row in rows[back.header - 1 :]
        ],
        orient="row",
    ).write_csv(path := tmp_path / "导出.csv", include_header=False, include_bom=True)

    county.bring_back(path)

    assert county.recorded() == [("H1", NOT_TRUE)]


def test_a_list_saved_in_the_old_format_of_wps_reads_alike(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on="2026-11-6")
    book = xlwt.Workbook()
    sheet = book.add_sheet("预警线索")
    for row in back.sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                sheet.write(cell.row - 1, cell.column - 1, str(cell.value))
    book.save(str(path := tmp_path / "青石镇.xls"))

    imported = county.bring_back(path)

    assert county.recorded() == [("H1", NOT_TRUE)]
    assert problems(imported) == []


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_what_libreoffice_saved_reads_as_it_was_filled_in(rulebook, suffix):
    """The files were written by fpm, filled in with openpyxl and saved by LibreOffice 7.4."""
    golden = Path(__file__).parents[1] / f"golden/returned_libreoffice.{suffix}"

    rows = read_returned([golden], list_layout(rulebook, "township")).rows

    told = rows.select("alert_no", "result", "visited_on", "officer", "findings", "proposed")
    assert told.rows() == [
        ("999901-2026-00002", TAKEN_IN, dt.date(2026, 11, 7), None, None, "危房改造"),
        ("999901-2026-00003", NOT_TRUE, VISIT, "王干事", "已治愈， 报销到位", None),
        ("999901-2026-00004", None, None, None, None, None),
    ]
    assert keys_in(rows).height == 3


@pytest.mark.parametrize("quirk", ["reserved sheet", "copied sheet", "picture list", "no notes"])
def test_sheets_that_office_programs_add_or_officers_copy_do_not_matter(
    county, officer, tmp_path, quirk
):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=NOT_TRUE, visited_on=VISIT)
    if quirk == "copied sheet":
        back.book.copy_worksheet(back.sheet)
    elif quirk == "no notes":
        back.book.remove(back.book["填写说明"])
    else:
        name = "WpsReserved_CellImgList" if quirk == "reserved sheet" else "Sheet1"
        back.book.create_sheet(name).sheet_state = "veryHidden" if "W" in name else "visible"

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert county.recorded() == [("H1", NOT_TRUE)]
    assert problems(imported) == []


@pytest.mark.parametrize("written", ["不实", "情况不实。", "已核实_不实", "已核实 不实"])
def test_what_officers_usually_write_for_a_result_is_that_result(
    county, officer, tmp_path, written
):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result=written, visited_on=VISIT)

    county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert county.recorded() == [("H1", NOT_TRUE)]


def test_no_number_of_a_person_is_repeated_in_a_message(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result="999901196803120012")

    imported = county.bring_back(back.save(tmp_path / "a.xlsx"))

    assert "196803120012" not in str(imported.document())
    assert problems(imported) == ["unknown_result"]
