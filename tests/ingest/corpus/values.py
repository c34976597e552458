"""Cells in every form people type and programs write, one a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from ingest.corpus.case import ID_A, ID_B, Case
from ingest.corpus.forge import text, xlsx

BLANK: Any = None
"""Expected of a cell that holds nothing; anything unread is a code instead."""
SETTLED = ("姓名", "身份证号", "医院名称", "医疗类别", "结算日期", "清算期", "总费用")
DIBAO = ("姓名", "身份证号", "与户主关系", "低保类别", "保障金", "联系电话")
SCHOOL = ("姓名", "身份证号", "就读学校", "年级", "是否住宿生")
ROSTER = ("乡镇", "行政村", "户编号", "姓名", "证件号码", "与户主关系", "健康状况")
BASE = {
    SETTLED: ["张三", ID_A, "县医院", "住院", "2026-10-03", "202610", "350"],
    DIBAO: ["张三", ID_A, "本人", "A类", "350", "13900000001"],
    SCHOOL: ["张三", ID_A, "一中", "初一", "是"],
    ROSTER: ["东山乡", "王家村", "001", "张三", ID_A, "户主", "健康"],
}
RECORDS = {
    SETTLED: {
        "name": "张三",
        "id_number": ID_A,
        "hospital": "县医院",
        "visit_type": "住院",
        "settled_on": "2026-10-03",
        "settlement_month": "2026-10-01",
        "total_cost": "350.00",
    },
    DIBAO: {
        "name": "张三",
        "id_number": ID_A,
        "relation": "本人",
        "category": "A类",
        "allowance": "350.00",
        "phone": "13900000001",
    },
    SCHOOL: {
        "name": "张三",
        "id_number": ID_A,
        "school": "一中",
        "grade": "初一",
        "boarding": True,
    },
    ROSTER: {
        "township": "东山乡",
        "village": "王家村",
        "household_id": "001",
        "name": "张三",
        "id_number": ID_A,
        "relation": "户主",
        "health": "健康",
    },
}
FILES = {SETTLED: "结算明细", DIBAO: "低保名单", SCHOOL: "学籍名单", ROSTER: "花名册"}


def one(
    table: tuple[str, ...], column: str, field: str, cell: Any, value: Any, **more: Any
) -> Case:
    """A file of two people of whom the second has the cell; ``value`` may be a code."""
    at = table.index(column)
    rows = [list(more.pop("headers", table)), list(BASE[table]), list(BASE[table])]
    rows[2][at] = cell
    typed = not isinstance(cell, str) or more.pop("workbook", False)
    given = dict(RECORDS[table])
    given.pop(field)
    other = {"row": 2, **RECORDS[table]}
    wanted: dict[str, Any] = {"row": 3, **given}
    outcome: dict[str, Any] = {"records": [other, wanted]}
    address = f"{'ABCDEFGH'[at]}3"
    if isinstance(value, tuple):
        what, code = value
        outcome[what] = [(3, address, code)]
        if what == "aside":
            outcome["records"] = [other]
    elif value is not None:
        wanted[field] = value
    name = more.pop("name", f"{column}={cell!r}{' typed' if typed else ''}")
    build = (lambda: xlsx(rows, **more)) if typed else (lambda: text(rows))
    return Case(name, build, FILES[table] + (".xlsx" if typed else ".csv"), **outcome)


def aside(code: str) -> tuple[str, str]:
    """The row is set aside for this cell."""
    return "aside", code


def blanked(code: str) -> tuple[str, str]:
    """The cell is left blank and reported."""
    return "blanked", code


IDS = [
    (ID_A, ID_A),
    (f'="{ID_A}"', ID_A),
    (f"={ID_A}", ID_A),
    (f"'{ID_A}", ID_A),
    (f"’{ID_A}", ID_A),
    (f"\t{ID_A}", ID_A),
    (f"{ID_A}\t", ID_A),
    (f"\u00a0{ID_A}\u3000", ID_A),
    (f"\u200b{ID_A[:6]}\u200b{ID_A[6:]}\ufeff", ID_A),
    (f"身份证号：{ID_A}", ID_A),
    (f"{ID_A}；", ID_A),
    (f"\u202a{ID_A}\u202c", ID_A),
    (f"{ID_A[:6]} {ID_A[6:14]} {ID_A[14:]}", ID_A),
    (f"{ID_A[:9]}\n{ID_A[9:]}", ID_A),
    (f'"{ID_A}"', ID_A),
    ("９９９９０１１９８８０２０８３７１Ｘ", ID_A),
    (ID_A.lower(), ID_A),
    (f"{ID_A[:17]}Х", ID_A),
    (f"{ID_A[:17]}Χ", ID_A),
    (f"{ID_A[:17]}×", ID_A),
    ("999901880208371", "999901880208371"),
    (ID_A[:17], ID_A[:17]),
    ("9.99901E+17", "9.99901E+17"),
    ("9.99901198802083E+17", "9.99901198802083E+17"),
    ("999901********371X", "999901********371X"),
    (f"{ID_B}44", f"{ID_B}44"),
    (f"{ID_B}44B1", f"{ID_B}44B1"),
    ("无", "无"),
    ("", BLANK),
    (f"{ID_A}（已注销）", f"{ID_A}(已注销)"),
    (f"{ID_A}①", f"{ID_A}(注)"),
    (f"{ID_A}\n{ID_A}", aside("two_numbers")),
    (f"{ID_A}、{ID_A}", aside("two_numbers")),
]
TYPED_IDS = [
    (999901198802083712, "9.99901198802084E+17"),
    (999901198802083000.0, "9.99901198802083E+17"),
    (999901880208371, "999901880208371"),
    (99990188020837100, "9.99901880208371E+16"),
]
DAYS = [
    ("2026-10-03", "2026-10-03"),
    ("2026-10-3", "2026-10-03"),
    ("2026/10/3", "2026-10-03"),
    ("2026.10.3", "2026-10-03"),
    ("2026.10.03.", "2026-10-03"),
    ("2026、10、3", "2026-10-03"),
    ("2026年10月3日", "2026-10-03"),
    ("2026年10月3号", "2026-10-03"),
    ("2026 年 10 月 3 日", "2026-10-03"),
    ("二〇二六年十月三日", "2026-10-03"),
    ("二○二六年十月二十三日", "2026-10-23"),
    ("２０２６－１０－０３", "2026-10-03"),
    ("20261003", "2026-10-03"),
    ("20261003083000", "2026-10-03"),
    ("2026-10-03 08:30", "2026-10-03"),
    ("2026-10-03 08:30:15.123", "2026-10-03"),
    ("2026-10-03T08:30:15", "2026-10-03"),
    ("2026-10-03T00:00:00+08:00", "2026-10-03"),
    ("2026-10-03T00:00:00.000Z", "2026-10-03"),
    ("2026/10/3 上午 8:30", "2026-10-03"),
    ("2026年10月3日 8时30分", "2026-10-03"),
    ("2026-10-03 星期六", "2026-10-03"),
    ("46298", "2026-10-03"),
    ("46298.354", "2026-10-03"),
    ("", BLANK),
    ("-", BLANK),
    ("/", BLANK),
    ("无", blanked("stated_nothing")),
    ("2026-10-02T16:00:00.000Z", aside("date_unreadable")),
    ("2026-10-02T16:00:00+00:00", aside("date_unreadable")),
    ("26-10-03", aside("date_two_digit_year")),
    ("26.10.3", aside("date_two_digit_year")),
    ("261003", aside("date_impossible")),
    ("26年10月3日", aside("date_two_digit_year")),
    ("2026-02-30", aside("date_impossible")),
    ("2026-13-01", aside("date_impossible")),
    ("20260230", aside("date_impossible")),
    ("0000-00-00", aside("date_impossible")),
    ("9999-12-31", aside("date_impossible")),
    ("202610", aside("date_without_day")),
    ("2026.10", aside("date_without_day")),
    ("2026年10月", aside("date_without_day")),
    ("10/03/2026", aside("date_unreadable")),
    ("3-Oct-26", aside("date_unreadable")),
    ("2026103", aside("date_unreadable")),
    ("2026-1O-03", aside("date_unreadable")),
    ("2026-10-03至2026-10-05", aside("date_unreadable")),
    ("长期", aside("date_unreadable")),
    ("去年十月", aside("date_unreadable")),
    ("2026-10-3①", aside("date_unreadable")),
    ("2026-10-0③", aside("date_unreadable")),
    ("#N/A", aside("error_cell")),
    ("60", aside("date_unreadable")),
    ("2026", aside("date_unreadable")),
    ("########", aside("date_unreadable")),
]
TYPED_DAYS = [
    (46298, "2026-10-03"),
    (46298.75, "2026-10-03"),
    (20261003, "2026-10-03"),
    (202610, aside("date_without_day")),
    (-3, aside("date_unreadable")),
    (True, aside("date_unreadable")),
    (1.5e300, aside("date_unreadable")),
]
MONTHS = [
    ("202610", "2026-10-01"),
    ("2026.10", "2026-10-01"),
    ("2026-10", "2026-10-01"),
    ("2026/1", "2026-01-01"),
    ("2026年10月", "2026-10-01"),
    ("2026年1月份", "2026-01-01"),
    ("2026-10-03", "2026-10-01"),
    ("20261003", "2026-10-01"),
    ("2026-00", blanked("date_impossible")),
    ("202613", blanked("date_impossible")),
    ("26.10", blanked("date_two_digit_year")),
    ("10月", blanked("date_unreadable")),
    ("2610", blanked("date_unreadable")),
    ("20261", blanked("date_unreadable")),
    ("46298", "2026-10-01"),
]
TYPED_MONTHS = [
    (202610, "2026-10-01"),
    (2026.1, blanked("month_zero_lost")),
    (2026.11, "2026-11-01"),
    (46296, "2026-10-01"),
]
SUMS = [
    ("1,234.50", "1234.50"),
    ("12,345,678.9", "12345678.90"),
    ("￥1234.5元", "1234.50"),
    ("¥ 1,234", "1234.00"),
    ("1234元整", "1234.00"),
    ("RMB 300", "300.00"),
    ("人民币300元", "300.00"),
    ("1.2万元", "12000.00"),
    ("1.2万", "12000.00"),
    ("0.35万元", "3500.00"),
    ("3千元", "3000.00"),
    ("（300）", "-300.00"),
    ("(1,234.50)", "-1234.50"),
    ("-300", "-300.00"),
    ("－300", "-300.00"),
    ("−300", "-300.00"),
    ("￥-300", "-300.00"),
    ("-￥300", "-300.00"),
    ("１，２３４．５０", "1234.50"),
    ("1234.567", "1234.57"),
    ("1234.565", "1234.57"),
    ("1e3", "1000.00"),
    ("1.5E+04", "15000.00"),
    ("+300", "300.00"),
    ("0", "0.00"),
    (".5", "0.50"),
    ("  300  ", "300.00"),
    ("9999999999999999.99", "9999999999999999.99"),
    ("", BLANK),
    ("-", BLANK),
    ("——", BLANK),
    ("/", BLANK),
    ("无", blanked("stated_nothing")),
    ("1,23", aside("money_unreadable")),
    ("12,34,567", aside("money_unreadable")),
    ("1.234,56", aside("money_unreadable")),
    ("1.2.3", aside("money_unreadable")),
    ("300-", aside("money_unreadable")),
    ("300-500", aside("money_unreadable")),
    ("约300", aside("money_unreadable")),
    ("300元/月", aside("money_unreadable")),
    ("300+50", aside("money_unreadable")),
    ("壹仟贰佰元整", aside("money_unreadable")),
    ("三百元", aside("money_unreadable")),
    ("$300", aside("money_unreadable")),
    ("50%", aside("money_unreadable")),
    ("99999999999999999999", aside("money_unreadable")),
    ("3 000", aside("money_unreadable")),
    ("300 310", aside("money_unreadable")),
    ("300\n310", aside("money_unreadable")),
    ("300①", aside("money_unreadable")),
    ("300²", aside("money_unreadable")),
    ("13812345678", aside("money_unreadable")),
    ("9999999999亿元", aside("money_unreadable")),
    ("99999999999999万元", aside("money_unreadable")),
    ("inf", aside("money_unreadable")),
    ("1e400", aside("money_unreadable")),
    ("O", aside("money_unreadable")),
    ("l00", aside("money_unreadable")),
    ("#DIV/0!", aside("error_cell")),
    ("0x1F", aside("money_unreadable")),
    ("٣٠٠", aside("money_unreadable")),
]
TYPED_SUMS = [
    (350, "350.00"),
    (1234.5, "1234.50"),
    (0.1 + 0.2, "0.30"),
    (1.005, "1.01"),
    (-0.004, "0.00"),
    (1e15, "1000000000000000.00"),
    (1e18, aside("money_unreadable")),
    (True, aside("money_unreadable")),
]
UNITS = [
    ("总费用（万元）", "1.2", "12000.00", "3500000.00"),
    ("总费用(单位：万元)", "1.2", "12000.00", "3500000.00"),
    ("总费用（千元）", "1.2", "1200.00", "350000.00"),
    ("总费用\n（元）", "1.2", "1.20", "350.00"),
    ("总费用/万元", "1.2", "12000.00", "3500000.00"),
    ("总费用（万元）", "1.2元", "1.20", "3500000.00"),
    ("总费用（元）", "1.2万元", "12000.00", "350.00"),
    ("总费用【万元】", 1.2, "12000.00", "3500000.00"),
    ("总费用（万）", "0.00001", "0.10", "3500000.00"),
]
YES = [
    "是",
    "有",
    "对",
    "已",
    "Y",
    "yes",
    "ＹＥＳ",
    "1",
    "√",
    "✓",
    "✔",
    "☑",
    " 是 ",
    "true",
    "住校",
]
NO = ["否", "无", "没有", "不是", "N", "no", "0", "×", "✗", "FALSE", "走读"]
NEITHER = ["不", "是/否", "不清楚", "2", "□", "是？", "有时", "半"]
CLASSES = [
    ("A类", "A类"),
    ("Ａ类", "A类"),
    ("a 类", "A类"),
    ("一类", "A类"),
    ("0201", "A类"),
    ("B", "B类"),
    ("E类", blanked("category_unknown")),
    ("A、B", blanked("category_unknown")),
    ("", BLANK),
    ("/", BLANK),
]
SETS = [
    ("残疾，长期慢性病", "残疾,长期慢性病"),
    ("慢性病；残疾", "残疾,长期慢性病"),
    ("残疾、残疾", "残疾"),
    ("大病 残疾", "患有大病,残疾"),
    ("残疾\n慢性病", "残疾,长期慢性病"),
    ("残疾,怪病", blanked("category_unknown")),
    ("，", blanked("category_unknown")),
]
PHONES = [
    ("139 0000 0002", "13900000002"),
    ("139-0000-0002", "13900000002"),
    ("+86 13900000002", "13900000002"),
    ("+86-139-0000-0002", "13900000002"),
    ("008613900000002", "13900000002"),
    ("86 13900000002", "13900000002"),
    ("（０４３２）６６１２３４５６", "043266123456"),
    ("13900000002/13900000003", "13900000002/13900000003"),
    ("13900000002 13900000003", "13900000002 13900000003"),
    ("13900000002、13900000003", "13900000002、13900000003"),
    ("1390000000②", "1390000000(注)"),
    ("1\x013900000002", "13900000002"),
    ("", BLANK),
]
NAMES = [
    (" 张三 ", "张三"),
    ("张 三", "张 三"),
    ("张\u3000三", "张 三"),
    ("张\u200b三", "张三"),
    ("张三（户主）", "张三（户主）"),
    ("阿依古丽·买买提", "阿依古丽·买买提"),
    ("阿依古丽•买买提", "阿依古丽•买买提"),
    ("𠮷野家", "𠮷野家"),
    ("王\U00030edd", "王\U00030edd"),
    ("李\ue863", "李\ue863"),
    ("张\x01三", "张三"),
    ("张\n三", "张 三"),
    ("=张三", "=张三"),
    ("Ａlice", "Ａlice"),
    ("José", "José"),
    ("张？", "张？"),
    ("**", "**"),
    ("濮阳靖", "濮阳靖"),
    ("-", BLANK),
    ("……", BLANK),
    ("无", blanked("stated_nothing")),
    ("NULL", blanked("stated_nothing")),
    ("同上", blanked("ditto")),
    ("必填", blanked("stated_nothing")),
    ("#REF!", blanked("error_cell")),
    ("1", aside("name_unreadable")),
    ("3人", aside("name_unreadable")),
    ("共 12 户", aside("name_unreadable")),
    ("13900000002", aside("name_unreadable")),
    (f"张三{ID_A}", aside("name_unreadable")),
    ("???", aside("name_unreadable")),
    ("TRUE", aside("name_unreadable")),
    ("🙂", aside("name_unreadable")),
    ("锟斤拷", aside("characters_lost")),
    ("张三".encode().decode("gbk"), aside("characters_lost")),
    ("欧阳靖".encode().decode("gbk", "ignore"), aside("characters_lost")),
    ("张三".encode().decode("latin-1"), aside("characters_lost")),
    ("张三".encode("gbk").decode("latin-1"), aside("characters_lost")),
    ("张三".encode("utf-7").decode(), aside("characters_lost")),
]
MEASURES = [
    ("务工时间（月）", "3个月", 3.0),
    ("务工时间（月）", "12天", blanked("number_unreadable")),
    ("务工时间（月）", "3户", blanked("number_unreadable")),
    ("务工时间（月）", "3①", blanked("number_unreadable")),
    ("务工时间（天）", "90", blanked("number_other_unit")),
    ("务工时间", "3月", 3.0),
    ("人均纯收入（元/年）", "9000", "9000.00"),
    ("人均纯收入（元/月）", "900", blanked("money_other_period")),
]
"""Header, cell, and what it is: a number in another measure is another number."""


def cases() -> Iterator[Case]:
    """All forms."""
    for cell, value in [*IDS, *TYPED_IDS]:
        yield one(DIBAO, "身份证号", "id_number", cell, value)
    for cell, value in [*DAYS, *TYPED_DAYS]:
        yield one(SETTLED, "结算日期", "settled_on", cell, value)
    for cell, value in [*MONTHS, *TYPED_MONTHS]:
        yield one(SETTLED, "清算期", "settlement_month", cell, value)
    for cell, value in [*SUMS, *TYPED_SUMS]:
        yield one(SETTLED, "总费用", "total_cost", cell, value)
    for number, (header, cell, value, first) in enumerate(UNITS):
        case = one(
            SETTLED,
            "总费用",
            "total_cost",
            cell,
            value,
            headers=(*SETTLED[:-1], header),
            name=f"unit {number} {header!r} {cell!r}",
        )
        case.records[0]["total_cost"] = first  # type: ignore[index]
        yield case
    for cell in YES:
        yield one(SCHOOL, "是否住宿生", "boarding", cell, True)
    for cell in NO:
        yield one(SCHOOL, "是否住宿生", "boarding", cell, False)
    for cell in NEITHER:
        yield one(SCHOOL, "是否住宿生", "boarding", cell, blanked("yes_no_unknown"))
    for cell, value in ((True, True), (False, False), (1, True), (0, False)):
        yield one(SCHOOL, "是否住宿生", "boarding", cell, value)
    for cell, value in CLASSES:
        yield one(DIBAO, "低保类别", "category", cell, value)
    for cell, value in SETS:
        yield one(ROSTER, "健康状况", "health", cell, value)
    for cell, value in [*PHONES, (13900000002, "13900000002")]:
        yield one(DIBAO, "联系电话", "phone", cell, value)
    for cell, value in NAMES:
        yield one(DIBAO, "姓名", "name", cell, value)
    lost = aside("characters_lost")
    yield one(DIBAO, "姓名", "name", "张\ufffd", lost, workbook=True)
    yield one(DIBAO, "身份证号", "id_number", f"{ID_A[:9]}\ufffd371X", lost, workbook=True)
    yield one(
        DIBAO, "与户主关系", "relation", "配\ufffd", blanked("characters_lost"), workbook=True
    )
    for header, field in (
        ("与户主关系", "relation"),
        ("低保类别", "category"),
        ("联系电话", "phone"),
    ):
        yield one(DIBAO, header, field, "同上", blanked("ditto"))
    yield one(SCHOOL, "就读学校", "school", "2.0261E+19", blanked("digits_lost"))
    for header, field in (("户编号", "household_id"), ("行政村", "village")):
        yield one(ROSTER, header, field, "〃", blanked("ditto"))
    yield one(SETTLED, "总费用", "total_cost", "同上", aside("ditto"))
    for header, cell, value in MEASURES:
        money = "收入" in header
        field = "net_income_per_person" if money else "work_months"
        rows = [[*ROSTER, header], [*BASE[ROSTER], cell]]
        record = {"row": 2, **RECORDS[ROSTER]}
        outcome: dict[str, Any] = {"records": [record]}
        if isinstance(value, tuple):
            outcome[value[0]] = [(2, "H2", value[1])]
            outcome["records"] = [record] if value[0] == "blanked" else []
        else:
            record[field] = value
        yield Case(f"{header} {cell}", partial(text, rows), "花名册.csv", **outcome)
    yield from _dates_of_workbooks()


def _dates_of_workbooks() -> Iterator[Case]:
    """Cells that a workbook itself calls a date."""
    for cell, options, label in (
        (dt.date(2026, 10, 3), {"default_date_format": "yyyy/m/d"}, "date"),
        (
            dt.datetime.fromisoformat("2026-10-03T08:30"),
            {"default_date_format": "yyyy-mm-dd hh:mm"},
            "moment",
        ),
        (dt.date(2026, 10, 3), {"default_date_format": '[$-804]yyyy"年"m"月"d"日"'}, "Chinese"),
        (dt.date(2026, 10, 3), {"default_date_format": "dd/mm/yy"}, "short year"),
        (dt.date(2026, 10, 3), {"default_date_format": "yyyy/m/d", "date_1904": True}, "1904"),
        (46298 - 1462, {"date_1904": True}, "serial of 1904"),
    ):
        yield one(
            SETTLED,
            "结算日期",
            "settled_on",
            cell,
            "2026-10-03",
            options=options,
            name=f"date cell, {label}",
        )
