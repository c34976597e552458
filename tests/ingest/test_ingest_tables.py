"""Tables as departments lay them out: titles, two-line headers, totals, notes, several sheets."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from fpm.errors import FileRefusedError
from fpm.model import FILES_SCHEMA, QUARANTINE_SCHEMA, RECORD_KEY
from ingest.builders import HEADERS, ID_A, ID_B, person

DIBAO = ("civil_affairs", "dibao")


def test_a_plain_table_gives_typed_records(read, xlsx):
    reading = read(xlsx(Sheet1=[HEADERS, person(), person("李四", ID_B, amount="1,234.5元")]))
    records = reading.records[DIBAO]
    assert records.columns[:5] == list(RECORD_KEY)
    assert records.select("file", "sheet", "row").rows() == [
        ("低保.xlsx", "Sheet1", 2),
        ("低保.xlsx", "Sheet1", 3),
    ]
    assert records["name"].to_list() == ["张三", "李四"]
    assert records["id_number"].to_list() == [ID_A, ID_B]
    assert records["amount"].to_list() == [Decimal("350.00"), Decimal("1234.50")]
    assert records["started_on"].to_list() == [dt.date(2026, 1, 1)] * 2
    assert records["phone"].dtype == pl.String
    assert records["disabled"].dtype == pl.Boolean


def test_every_row_is_accounted_for(read, xlsx):
    rows = [
        ["样例县2026年10月低保名单"],
        ["填报单位：样例县民政局", None, None, "2026年10月"],
        HEADERS,
        person(),
        [],
        HEADERS,
        person("李四", started="2026-02-30"),
        ["小计", None, None, None, None, 700],
        person("王五"),
        ["合 计", None, None, None, None, 1050],
        ["注：保障金为月金额"],
        ["制表人：赵", None, "审核人：钱", None, "2026年10月31日"],
    ]
    reading = read(xlsx(Sheet1=rows))
    assert reading.files.schema == pl.Schema(FILES_SCHEMA)
    assert reading.files.select("rows", "non_data", "quarantined", "records").row(0) == (
        12,
        9,
        1,
        2,
    )
    assert reading.sheets[0].header_row == 3


def test_a_quarantined_row_names_cell_reason_and_advice(read, xlsx):
    reading = read(xlsx(Sheet1=[HEADERS, person(started="2026-02-30"), person("李四")]))
    assert reading.quarantine.schema == pl.Schema(QUARANTINE_SCHEMA)
    line = reading.quarantine.row(0, named=True)
    assert (line["row"], line["cell"], line["column"]) == (2, "G2", "开始日期")
    assert line["code"] == "date_impossible"
    assert line["value"] == "2026-02-30"
    assert line["advice"]
    assert reading.records[DIBAO]["name"].to_list() == ["李四"]


@pytest.mark.parametrize(
    "headers",
    [
        ("乡 镇", "行政\n村", "姓　名", "身份证号*", "低保类型：", "保障金", "开始日期"),
        ("乡镇", "行政村", "姓名", "身份证号", "低保类型", "保障金（元）", "开始日期(年月日)"),
        ("乡（镇）", "村", "姓名", "证件号码", "低保类型[必填]", "金额", "开始日期"),
        ("★乡镇", "行政村", "姓名", "身份证号 ", "低保类型", "金额（元/月）", "开始日期"),
    ],
)
def test_headers_are_compared_in_plain_form(read, xlsx, headers):
    records = read(xlsx(Sheet1=[headers, person()])).records[DIBAO]
    assert records.select("township", "village", "name", "id_number", "amount").row(0) == (
        "东山乡",
        "王家村",
        "张三",
        ID_A,
        Decimal("350.00"),
    )


def test_a_unit_in_the_header_scales_the_amount(read, xlsx):
    headers = [*HEADERS[:5], "保障金（万元）", "开始日期"]
    records = read(xlsx(Sheet1=[headers, person(amount=1.2)])).records[DIBAO]
    assert records["amount"].to_list() == [Decimal("12000.00")]


def test_two_line_headers_with_merged_groups(read, xlsx):
    rows = [
        ["低保名单"],
        ["乡镇", "行政村", "保障对象", None, "保障情况", None, "开始日期", "户主信息"],
        [None, None, "姓名", "身份证号", "低保类型", "保障金", None, "姓名"],
        [*person(), "张大"],
    ]
    path = xlsx(Sheet1=rows, merge=("A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:G3"))
    reading = read(path)
    row = reading.records[DIBAO].row(0, named=True)
    assert (row["name"], row["head_name"], row["row"]) == ("张三", "张大", 4)
    assert row["amount"] == Decimal("350.00")
    assert reading.files["non_data"].to_list() == [3]


def test_brackets_that_name_somebody_else_are_not_dropped(read, xlsx):
    headers = [*HEADERS, "姓名（监护人）"]
    reading = read(xlsx(Sheet1=[headers, [*person(), "赵钱"]]))
    assert reading.records[DIBAO]["name"].to_list() == ["张三"]
    assert [column.header for column in reading.sheets[0].unknown] == ["姓名（监护人）"]


def test_one_sheet_a_township(read, xlsx):
    sheets = {name: [["名单"], HEADERS, person()] for name in ("东山乡", "西河镇", "南岭镇")}
    sheets["填表说明"] = [["一、本表由民政局填报"], ["二、每月5日前报送"]]
    reading = read(xlsx(**sheets))
    assert reading.records[DIBAO]["sheet"].to_list() == ["东山乡", "南岭镇", "西河镇"]
    last = reading.files.filter(pl.col("sheet") == "填表说明").row(0, named=True)
    assert (last["rows"], last["non_data"], last["records"]) == (2, 2, 0)
    assert "未认出" in reading.sheets[3].notes[-1]


def test_rows_with_only_a_running_number_are_not_data(read, xlsx):
    rows = [["序号", *HEADERS], [1, *person()], [2], [3]]
    assert read(xlsx(Sheet1=rows)).files.row(0, named=True)["non_data"] == 3


def test_a_sheet_that_starts_below_and_right_keeps_its_addresses(read, xlsx):
    rows = [[], [], [None, None, *HEADERS], [None, None, *person(started="昨天")]]
    reading = read(xlsx(Sheet1=[*rows, [None, None, *person()]]))
    assert reading.quarantine["cell"].to_list() == ["I4"]
    assert reading.records[DIBAO]["row"].to_list() == [5]


def test_a_repeated_column_is_read_where_both_agree(read, xlsx):
    rows = [[*HEADERS, "保障金"], [*person(), 350], [*person("李四", ID_B), 999], [*person("王五")]]
    reading = read(xlsx(Sheet1=rows))
    assert reading.records[DIBAO]["amount"].to_list() == [
        Decimal("350.00"),
        None,
        Decimal("350.00"),
    ]
    assert reading.blanked.select("cell", "code").rows() == [("H3", "header_repeated")]
    assert any("重复" in note for note in reading.sheets[0].notes)


def test_several_columns_of_a_set_are_united(read, xlsx):
    rows = [
        [*HEADERS, "健康状况", "健康状况"],
        [*person(), "残疾", "长期慢性病"],
        [*person("李四"), None, "慢病"],
        [*person("王五"), None, None],
    ]
    reading = read(xlsx(Sheet1=rows))
    assert reading.records[DIBAO]["health"].to_list() == ["残疾,长期慢性病", "长期慢性病", None]
    assert reading.blanked.is_empty()


def test_two_tables_side_by_side_are_refused(read, xlsx):
    rows = [[*HEADERS, "姓名", "身份证号"], [*person(), "李四", ID_B]]
    with pytest.raises(FileRefusedError, match="并排"):
        read(xlsx(Sheet1=rows))


def test_a_second_table_with_other_columns_is_read_by_its_own_header(read, xlsx):
    rows = [
        ["东山乡"],
        HEADERS,
        person(),
        ["西河镇"],
        ["姓名", "乡镇", "身份证号", "行政村", "保障金", "开始日期", "低保类型"],
        ["李四", "西河镇", ID_B, "赵家村", 500, "2026-02-01", "城市低保"],
        ["王五", "西河镇", None, "赵家村", 600, "2026-02-30", "城市低保"],
    ]
    reading = read(xlsx(Sheet1=rows))
    assert reading.records[DIBAO].select("row", "name", "village", "amount").rows() == [
        (3, "张三", "王家村", Decimal("350.00")),
        (6, "李四", "赵家村", Decimal("500.00")),
    ]
    assert reading.quarantine["row"].unique().to_list() == [7]
    assert sum(reading.files.select("non_data", "quarantined", "records").row(0)) == 7


def test_cells_merged_over_rows_hold_for_each_row_but_amounts_do_not(read, xlsx):
    rows = [HEADERS, person(), [None, None, "李四", ID_B], [None, None, "王五", None]]
    path = xlsx(Sheet1=rows, merge=("A2:A4", "B2:B4", "F2:F4", "G2:G3"))
    records = read(path).records[DIBAO]
    assert records["village"].to_list() == ["王家村"] * 3
    assert records["amount"].to_list() == [Decimal("350.00"), None, None]
    assert records["started_on"].to_list() == [dt.date(2026, 1, 1)] * 2 + [None]


def test_the_second_line_of_a_repeated_header_is_no_person(read, xlsx):
    head = [
        ["乡镇", "行政村", "保障对象", None, "保障情况", None, "开始日期"],
        [None, None, "姓名", "身份证号", "低保类型", "保障金", None],
    ]
    reading = read(xlsx(Sheet1=[*head, person(), *head, person("李四", ID_B)]))
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "李四"]
    assert reading.quarantine.is_empty()


@pytest.mark.parametrize("line", [[1, 2, 3, 4, 5, 6, 7], ["甲", "乙", 1, 2, 3, 4, 5]])
def test_a_line_of_column_numbers_is_part_of_the_header(read, xlsx, line):
    reading = read(xlsx(Sheet1=[HEADERS, line, person()]))
    assert reading.files["non_data"].to_list() == [2]


def test_the_unit_above_the_table_holds_for_amounts(read, xlsx):
    rows = [["低保名单", None, None, None, None, "单位：万元"], HEADERS, person(amount=0.035)]
    assert read(xlsx(Sheet1=rows)).records[DIBAO]["amount"].to_list() == [Decimal("350.00")]


def test_people_in_a_sheet_without_header_are_set_aside_not_lost(read, xlsx):
    reading = read(xlsx(东山=[HEADERS, person()], 西河=[["西河"], person("李四", ID_B)]))
    assert reading.files.select("sheet", "non_data", "quarantined").rows()[1] == ("西河", 1, 1)
    assert reading.quarantine["code"].to_list() == ["sheet_unrecognised"]


def test_people_whose_name_begins_like_a_note_or_total_are_kept(read, xlsx):
    people = [person("合小丽", ID_A), person("注英", ID_B), person("计划", None)]
    rows = [["姓名", *HEADERS[:2], *HEADERS[3:]]]
    rows += [[row[2], *row[:2], *row[3:]] for row in people]
    assert read(xlsx(Sheet1=rows)).records[DIBAO].height == 3


def test_unknown_headers_come_with_the_nearest_known_one(read, xlsx):
    reading = read(xlsx(Sheet1=[[*HEADERS, "联系电话号码"], [*person(), "13800000000"]]))
    (column,) = reading.sheets[0].unknown
    assert (column.nearest, column.nearest_field) == ("联系电话", "phone")
    lines = "\n".join(reading.sheets[0].toml_lines)
    assert tomllib.loads(lines) == {"fields": {"phone": {"headers": ["联系电话", "联系电话号码"]}}}


def test_unknown_headers_of_one_field_come_in_one_table(read, xlsx):
    unknown = ["联系电话号码", "联系电话（村干部）"]
    reading = read(xlsx(Sheet1=[[*HEADERS, *unknown], [*person(), "13800000000", "13900000000"]]))
    lines = tomllib.loads("\n".join(reading.sheets[0].toml_lines))
    headers = ["联系电话", "联系电话号码", "联系电话(村干部)"]
    assert lines == {"fields": {"phone": {"headers": headers}}}


def test_a_missing_required_column_refuses_the_file_and_names_the_headers(read, xlsx):
    headers = ["乡镇", "行政村", "名字", "身份证号", "低保类型", "保障金", "开始日期"]
    with pytest.raises(FileRefusedError, match=r"缺少必需的列：姓名.*名字"):
        read(xlsx(Sheet1=[headers, person()]))


def test_a_file_of_no_known_kind_is_refused_with_its_headers(read, xlsx):
    with pytest.raises(FileRefusedError, match="车牌号"):
        read(xlsx(Sheet1=[["车牌号", "车型"], ["A12345", "轿车"]], name="车辆.xlsx"))


def test_the_file_name_decides_between_layouts_with_the_same_headers(read, xlsx):
    rows = [["乡镇", "姓名", "身份证号", "金额"], ["东山乡", "张三", ID_A, 350]]
    reading = read(xlsx(name="10月特困.xlsx", Sheet1=rows))
    assert reading.sheets[0].layout.kind == "tekun"
    assert reading.sheets[0].runner_up.kind == "dibao"


def test_a_department_restricts_the_layouts(read, xlsx):
    with pytest.raises(FileRefusedError):
        read(xlsx(Sheet1=[HEADERS, person()]), department="housing")


def test_a_hidden_sheet_is_read_and_said_so(read, xlsx):
    path = xlsx(Sheet1=[HEADERS, person()], 旧=[HEADERS, person("李四")])
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    reading = read(path)
    assert reading.records[DIBAO].height == 2
    assert reading.sheets[1].hidden
    assert any("隐藏" in note for note in reading.sheets[1].notes)


def test_an_unknown_category_is_blank_and_reported(read, xlsx):
    reading = read(xlsx(Sheet1=[HEADERS, person(kind="三类"), person(kind="农低")]))
    assert reading.records[DIBAO]["dibao_type"].to_list() == [None, "农村低保"]
    assert reading.blanked.select("cell", "code").rows() == [("E2", "category_unknown")]
    assert reading.quarantine.is_empty()


def test_a_nameless_row_is_set_aside_but_a_missing_id_is_not(read, xlsx):
    reading = read(xlsx(Sheet1=[HEADERS, person(None), person("李四", None)]))
    assert reading.records[DIBAO]["name"].to_list() == ["李四"]
    assert reading.quarantine["code"].to_list() == ["blank_required"]


def test_columns_that_change_places_without_end_are_refused(read, tmp_path):
    path = tmp_path / "低保.csv"
    turned = [*HEADERS[:5], HEADERS[6], HEADERS[5]]
    rows = [HEADERS, person(), turned, [*person()[:5], "2026-01-01", 350]] * 40
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    with pytest.raises(FileRefusedError, match="表头变换超过 60 次"):
        read(path)
