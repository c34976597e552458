"""What is handed on, and to whom: files, privacy, keys, locks, and nothing lost."""

import dataclasses
import datetime as dt
import hashlib
import json
import os
import stat

import openpyxl
import polars as pl
import pytest
from tests.publish.conftest import dump
from tests.publish.small_county import HEADING, frame

from fpm.errors import RulebookError, StorageError
from fpm.model import COLUMN_SCHEMA
from fpm.publish import Publication, publish_period, require_usable
from fpm.publish.review import review_rows
from fpm.publish.storage import file_name, write_private
from fpm.row_key import row_key
from fpm.rulebook.settings import WorkflowSpec

FIRST = "999901-2026-00001"


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def sheet(folder, path, name):
    return openpyxl.load_workbook(folder / path)[name]


def column(worksheet, title):
    """Cells below the heading ``title``."""
    heading = next(cell for cell in worksheet[3] if cell.value == title)
    return [worksheet.cell(row, heading.column) for row in range(4, worksheet.max_row + 1)]


def publish(tmp_path, publication, forms, **changes):
    folder = tmp_path / "out"
    written = publish_period(folder, dataclasses.replace(publication, **changes), forms)
    return folder, written


def test_everyone_with_something_to_receive_gets_a_file_and_nobody_else(handed_on):
    assert files(handed_on) == [
        "manifest.json",
        "乡镇/白杨乡.xlsx",
        "乡镇/青石镇.xlsx",
        "信息更正/白杨乡.xlsx",
        "信息更正/青石镇.xlsx",
        "县级汇总.xlsx",
        "身份待核.xlsx",
        "部门反馈/医保.xlsx",
        "部门反馈/民政.xlsx",
    ]


def test_a_month_without_anything_gives_a_summary_and_a_manifest(tmp_path, forms):
    folder, _ = publish(tmp_path, Publication(HEADING), forms)
    assert files(folder) == ["manifest.json", "县级汇总.xlsx"]


def test_files_are_private_and_no_temporary_one_is_left(handed_on):
    for path in handed_on.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
        assert not path.name.startswith(".")


def test_the_same_frames_in_any_order_give_the_same_bytes(tmp_path, publication, forms, handed_on):
    names = ("alerts", "corrections", "village_hits", "people", "records", "candidates")
    names += ("quarantine", "blanked", "files", "tally", "values", "previous")
    shuffled = {
        name: getattr(publication, name).sample(fraction=1.0, shuffle=True, seed=7)
        for name in names
    }
    folder, _ = publish(tmp_path, publication, forms, **shuffled)
    for name in files(handed_on):
        assert (folder / name).read_bytes() == (handed_on / name).read_bytes(), name


def test_what_is_written_is_what_is_reported(tmp_path, publication, forms):
    folder, written = publish(tmp_path, publication, forms)
    assert sorted(item.path for item in written) == files(folder)
    for item in written:
        assert hashlib.sha256((folder / item.path).read_bytes()).hexdigest() == item.sha256
    outputs = json.loads((folder / "manifest.json").read_text("utf-8"))["outputs"]
    assert outputs == [
        dataclasses.asdict(item)
        for item in sorted(written, key=lambda item: item.path)
        if item.path != "manifest.json"
    ]


def test_a_township_sees_its_own_households_only(handed_on):
    text = dump(handed_on / "乡镇/白杨乡.xlsx")
    assert "阿卜杜拉·买买提" in text
    assert "李建国" not in text
    assert "青石镇" not in text


def test_grave_alerts_that_wait_go_before_likelier_ones_and_no_others_do(
    tmp_path, publication, forms
):
    told = [
        # number, level, state, day due, chance
        ("5", "red", "new", dt.date(2026, 11, 30), 0.9),
        ("4", "red", "new", dt.date(2026, 11, 30), 0.95),
        ("3", "red", "overdue", dt.date(2026, 10, 9), 0.5),
        ("2", "red", "overdue", dt.date(2026, 9, 9), 0.1),
        ("1", "orange", "overdue", dt.date(2026, 8, 9), 0.2),
        ("0", "yellow", "new", dt.date(2026, 11, 30), 0.3),
    ]
    numbers = [f"999901-2026-{number:0>5}" for number, *_ in told]
    one = publication.alerts.filter(pl.col("alert_no") == FIRST)
    alerts = pl.concat([one] * len(told)).with_columns(
        alert_no=pl.Series(numbers),
        household_id=pl.Series(numbers),
        level=pl.Series([row[1] for row in told]),
        state=pl.Series([row[2] for row in told]),
        due_date=pl.Series([row[3] for row in told]),
    )
    chances = pl.DataFrame({"alert_no": numbers, "chance": [row[4] for row in told]})
    folder, _ = publish(tmp_path, publication, forms, alerts=alerts, chances=chances)

    worksheet = sheet(folder, "乡镇/青石镇.xlsx", "预警线索")

    listed = [cell.value[-1] for cell in column(worksheet, "线索编号")]
    assert listed == ["2", "3", "4", "5", "0", "1"]


def test_answered_and_cleared_alerts_are_not_sent(handed_on):
    worksheet = sheet(handed_on, "乡镇/白杨乡.xlsx", "预警线索")
    assert [cell.value for cell in column(worksheet, "线索编号")] == ["999901-2026-00003"]


def test_only_the_answer_cells_can_be_changed(handed_on):
    worksheet = sheet(handed_on, "乡镇/青石镇.xlsx", "预警线索")
    assert worksheet.protection.sheet
    open_titles = {
        worksheet.cell(3, cell.column).value
        for row in worksheet.iter_rows(min_row=4)
        for cell in row
        if not cell.protection.locked
    }
    assert open_titles == {"核实结果", "核实日期", "核实人", "核实情况", "已享受政策", "拟采取措施"}


def test_every_row_carries_a_key_that_only_this_list_can_have(handed_on):
    worksheet = sheet(handed_on, "乡镇/青石镇.xlsx", "预警线索")
    assert worksheet.column_dimensions["A"].hidden
    assert worksheet["A4"].value == row_key(FIRST, "2026-10", HEADING.chain_head)
    assert row_key(FIRST, "2026-10", "0" * 64) != worksheet["A4"].value
    assert row_key(FIRST, "2026-11", HEADING.chain_head)[-8:] != worksheet["A4"].value[-8:]


def test_levels_are_coloured_and_late_dates_red(handed_on):
    worksheet = sheet(handed_on, "乡镇/青石镇.xlsx", "预警线索")
    assert [cell.fill.fgColor.rgb for cell in column(worksheet, "级别")] == ["FFF8C9C4", "FFFBDDB5"]
    assert [
        cell.font.color.rgb if cell.font.color else None for cell in column(worksheet, "办理期限")
    ][1] == "FFB00020"


def test_a_name_that_looks_like_a_formula_stays_a_name(handed_on):
    (cell,) = [
        cell
        for cell in column(sheet(handed_on, "乡镇/青石镇.xlsx", "预警线索"), "户主")
        if cell.value.startswith("=")
    ]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("name", ["+1", "-1", "@SUM(1)", "http://x.cn", "2026-10-01", "007"])
def test_text_from_outside_is_written_as_text(tmp_path, publication, forms, name):
    people = publication.people.with_columns(
        name=pl.when(pl.col("person_id") == "P11").then(pl.lit(name)).otherwise("name")
    )
    folder, _ = publish(tmp_path, publication, forms, people=people)
    cell = column(sheet(folder, "乡镇/青石镇.xlsx", "预警线索"), "户主")[0]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def test_identity_numbers_are_masked_everywhere(handed_on, publication):
    whole = [number for number in publication.people["id_number"] if number]
    whole += publication.records["id_number"].to_list()
    for path in handed_on.rglob("*.xlsx"):
        text = dump(path)
        assert not [number for number in whole if number in text], path


def test_identity_numbers_are_shown_when_the_county_says_so(tmp_path, publication, forms):
    heading = dataclasses.replace(HEADING, mask_ids=False)
    folder, _ = publish(tmp_path, publication, forms, heading=heading)
    cells = column(sheet(folder, "乡镇/青石镇.xlsx", "预警线索"), "户主证件号码")
    assert cells[0].value == "999901196803120012"


def test_evidence_that_no_row_can_hold_goes_on_in_a_second_sheet(tmp_path, publication, forms):
    hit = publication.hits.row(0)
    place = publication.hits.get_column_index("evidence")
    many = [
        (*hit[:place], f"第{n}次住院自付费用超过标准，" * 4, *hit[place + 1 :]) for n in range(40)
    ]
    folder, _ = publish(tmp_path, publication, forms, hits=frame(publication.hits.schema, *many))
    worksheet = sheet(folder, "乡镇/青石镇.xlsx", "预警线索")
    shown = column(worksheet, "预警依据")[0].value.split("\n")
    assert shown[-1] == f"（另有 {41 - len(shown) + 1} 条，见“依据续表”）"
    assert worksheet.row_dimensions[4].height <= 409
    rest = column(sheet(folder, "乡镇/青石镇.xlsx", "依据续表"), "预警依据")
    assert [cell.value.split(". ")[0] for cell in rest[1:]] == [str(n) for n in range(1, 41)]


def test_a_household_of_unknown_ability_is_proposed_both_kinds(handed_on):
    (cell,) = column(sheet(handed_on, "乡镇/白杨乡.xlsx", "预警线索"), "建议措施")
    assert cell.value.startswith("【因病】有劳动力的：健康帮扶")
    assert "无劳动力的：" in cell.value


def test_places_with_odd_names_stay_inside_the_folder(tmp_path, publication, forms):
    names = {"青石镇": "../../青石镇", "白杨乡": None}
    alerts = publication.alerts.with_columns(pl.col("township").replace(names))
    folder, _ = publish(tmp_path, publication, forms, alerts=alerts)
    assert [name for name in files(folder) if name.startswith("乡镇/")] == [
        "乡镇/_.._青石镇.xlsx",
        "乡镇/（未注明）.xlsx",
    ]


def test_two_places_of_one_file_name_get_two_files(tmp_path, publication, forms):
    names = {"青石镇": "A/乡", "白杨乡": "a:乡"}
    alerts = publication.alerts.with_columns(pl.col("township").replace(names))
    folder, _ = publish(tmp_path, publication, forms, alerts=alerts)
    assert [name for name in files(folder) if name.startswith("乡镇/")] == [
        "乡镇/A_乡.xlsx",
        "乡镇/a_乡（2）.xlsx",
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("  新 站镇. ", "新 站镇"),
        ("", "未注明"),
        (None, "未注明"),
        ("NUL", "_NUL"),
        ("a\nb", "a_b"),
    ],
)
def test_file_names_that_every_system_takes(title, name):
    assert file_name(title, "未注明") == name


def test_a_row_that_went_missing_shows_in_the_reconciliation(tmp_path, publication, forms):
    lost = publication.records.filter(
        ~((pl.col("department") == "civil_affairs") & (pl.col("row") == 3))
    )
    folder, _ = publish(tmp_path, publication, forms, records=lost)
    checks = [cell.value for cell in column(sheet(folder, "县级汇总.xlsx", "对账"), "核对")]
    assert checks == ["相符", "相差 1 行", "相符", "相差 1 行"]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    balanced = {row["file"]: row["balanced"] for row in manifest["reconciliation"]}
    assert balanced == {"花名册.xlsx": True, "低保.csv": False, "医保结算202610.xlsx": True}


def test_an_identity_in_several_rows_is_asked_once(handed_on):
    worksheet = sheet(handed_on, "身份待核.xlsx", "身份待核")
    assert [cell.value for cell in column(worksheet, "来自")] == ["部门记录", "第1候选", "第2候选"]
    assert "共 2 行" in column(worksheet, "出处")[0].value
    assert [cell.protection.locked for cell in column(worksheet, "认定")] == [False, True, True]


def test_review_shows_the_hidden_digit_that_differs_but_not_another_persons_number(
    tmp_path, publication, forms
):
    records = publication.records.with_columns(
        id_number=pl.col("id_number").replace({"999901197505050071": "999901197506050078"})
    )
    folder, _ = publish(tmp_path, publication, forms, records=records)
    cells = column(sheet(folder, "身份待核.xlsx", "身份待核"), "证件号码")
    assert [cell.value for cell in cells] == [
        "999901********0078",
        "999901*****5**0078",
        "999901********0012",
    ]
    assert [cell.fill.fgColor.rgb for cell in cells[1:]] == ["FFFBDDB5", "FFFBDDB5"]


def test_a_number_that_is_a_word_is_shown_and_differs_from_nothing(tmp_path, publication, forms):
    records = publication.records.with_columns(
        id_number=pl.col("id_number").replace({"999901197505050071": "无"})
    )
    folder, _ = publish(tmp_path, publication, forms, records=records)
    cells = column(sheet(folder, "身份待核.xlsx", "身份待核"), "证件号码")
    assert [cell.value for cell in cells] == ["无", "999901********0078", "999901********0012"]
    assert "FFFBDDB5" not in [cell.fill.fgColor.rgb for cell in cells]


def test_a_wrong_check_digit_is_pointed_out_to_the_department(tmp_path, publication, forms):
    wrong = "999901196803120011"
    records = publication.records.with_columns(
        id_number=pl.col("id_number").replace({"999901196803120012": wrong})
    )
    people = publication.people.with_columns(
        id_number=pl.col("id_number").replace({"999901196803120012": "999901196803120014"})
    )
    folder, _ = publish(tmp_path, publication, forms, records=records, people=people)
    reasons = [
        cell.value
        for cell in column(sheet(folder, "部门反馈/医保.xlsx", "数据问题"), "问题")
        if "0014" in cell.value
    ]
    assert reasons[-1].endswith("；报来的号码校验码不符")


def test_dots_and_spaces_in_a_name_are_no_contradiction(handed_on):
    text = dump(handed_on / "部门反馈/医保.xlsx")
    assert "买买提" not in text
    assert "花名册中李建国的证件号码为999901********0012" in text


def test_a_person_who_stands_in_many_rows_is_told_once(tmp_path, publication, forms):
    stranger = publication.records.filter(pl.col("status") == "unmatched")
    more = [stranger.with_columns(row=pl.lit(row, pl.UInt32)) for row in range(30, 60)]
    records = pl.concat([publication.records, *more])
    folder, _ = publish(tmp_path, publication, forms, records=records)
    worksheet = sheet(folder, "部门反馈/民政.xlsx", "数据问题")
    told = [
        (row.value, reason.value)
        for row, reason in zip(column(worksheet, "行号"), column(worksheet, "问题"), strict=True)
        if "没有此证件号" in reason.value
    ]
    listed = "、".join(str(row) for row in range(30, 50))
    assert told == [(4, f"花名册中没有此证件号，也没有同名且同村的人（第{listed}等30行同此）")]


def test_numbers_that_arrived_in_part_are_asked_for_again(tmp_path, publication, forms):
    linked = publication.records.filter(status="confirmed", department="medical_insurance").head(1)
    assert linked.height == 1
    texts = ["5.22632E+17", "999901196803120000", "9999******0012", "99990119680312001", ""]
    more = [
        linked.with_columns(row=pl.lit(row, pl.UInt32), id_number=pl.lit(text))
        for row, text in enumerate([*texts, *texts[:1]], start=100)
    ]
    place = {**linked.select("department", "kind", "file", "sheet").row(0, named=True)}
    columns = [{**place, "field": "id_number", "letter": "F"}]
    folder, _ = publish(
        tmp_path,
        publication,
        forms,
        records=pl.concat([publication.records, *more]),
        columns=pl.DataFrame(columns, schema=COLUMN_SCHEMA),
    )
    worksheet = sheet(folder, "部门反馈/医保.xlsx", "数据问题")
    titles = ("问题类型", "单元格", "报来的内容（遮盖）", "问题")
    told = [
        [cell.value for cell in cells]
        for kind, *cells in zip(*(column(worksheet, title) for title in titles), strict=True)
        if kind.value == "证件号码不全"
    ]
    assert told == [
        ["F100", "***********", "科学计数法，仅保留前几位（第105行同此）"],
        ["F102", "9999******0012", "部分数字被遮盖"],
        ["F103", "999901*******2001", "17位，少一位"],
    ]


def test_what_contradicts_the_roster_is_answered_by_its_cell(tmp_path, publication, forms):
    said = publication.records.filter(pl.col("status") == "confirmed").head(1)
    place = {**said.select("department", "kind", "file", "sheet").row(0, named=True)}
    columns = [{**place, "field": "name", "letter": "B"}]
    other = said.with_columns(row=pl.lit(77, pl.UInt32), name=pl.lit("欧阳别名"))
    folder, _ = publish(
        tmp_path,
        publication,
        forms,
        records=pl.concat([publication.records, other]),
        columns=pl.DataFrame(columns, schema=COLUMN_SCHEMA),
    )
    title = publication.departments[place["department"]]
    worksheet = sheet(folder, f"部门反馈/{title}.xlsx", "数据问题")
    cells = zip(column(worksheet, "单元格"), column(worksheet, "报来的内容（遮盖）"), strict=True)
    assert ("B77", "欧阳别名") in [(cell.value, value.value) for cell, value in cells]


def test_forms_that_cannot_be_followed_are_refused_with_every_fault(forms):
    township = forms.workbooks.workbook["township"]
    broken = township.model_copy(
        update={
            "title": "{county}{镇}",
            "subtitle": "{",
            "columns": (township.columns[0].model_copy(update={"field": "ghost"}),),
        }
    )
    lists = {**forms.workbooks.workbook, "township": broken, "extra": township}
    del lists["review"]
    with pytest.raises(RulebookError) as caught:
        require_usable(forms.workbooks.model_copy(update={"workbook": lists}))
    assert [fault.key for fault in caught.value.faults] == [
        "workbook.township.columns.0.field",
        "workbook.township.title",
        "workbook.township.subtitle",
        "workbook.review",
        "workbook.extra",
    ]


def test_the_shipped_forms_can_be_followed(forms):
    require_usable(forms.workbooks)


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "乡镇" / "甲镇.xlsx"
    write_private(path, b"old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="甲镇"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in path.parent.iterdir()] == ["甲镇.xlsx"]


def test_creation_dates_come_from_the_list_not_from_the_clock(handed_on):
    properties = openpyxl.load_workbook(handed_on / "县级汇总.xlsx").properties
    assert properties.created.date() == HEADING.issued_on
    assert properties.modified.date() == HEADING.issued_on


@pytest.mark.parametrize("titles", [["甲,乙"], ["结果" * 30 + str(n) for n in range(5)], []])
def test_results_that_no_drop_down_can_hold_are_refused(forms, titles):
    given = forms.workflow.model_dump()
    given["results"] = tuple({"title": title, "effect": "no_risk"} for title in titles)
    with pytest.raises(ValueError, match="results"):
        WorkflowSpec.model_validate(given)


def test_what_most_rests_on_is_asked_first(publication):
    """Lists that graver alerts read come first, whatever the chances."""
    doubtful = publication.records.filter(pl.col("status") == "review")
    assert doubtful["kind"].to_list() == ["dibao", "settlement"]
    apart = publication.records.with_columns(
        identity=pl.concat_str("kind", "row", separator="-")  # two identities, not one
    )
    order = []
    for level in ("orange", "red"):
        stakes = pl.DataFrame(
            [
                ("civil_affairs", "dibao", "orange", 7),
                ("medical_insurance", "settlement", level, 1),
            ],
            schema=publication.stakes.schema,
            orient="row",
        )
        rows = review_rows(dataclasses.replace(publication, records=apart, stakes=stakes))
        order.append(rows.filter(pl.col("who") == "部门记录")["source"].to_list()[0][:2])
        assert rows["stake"].drop_nulls().to_list()
    assert order == ["民政", "医保"]
