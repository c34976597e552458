"""Cells as people write them → typed values, or a reason why not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fpm.ingest.cells import CellContext, parse_columns
from fpm.ingest.stated import header_unit, stated_above
from ingest.builders import field

DAY = dt.date(2026, 10, 3)


def parse(text, kind, *, unit="", date1904=False, **more):
    """Value and code of one cell, or of the first of several."""
    cells = [text] if isinstance(text, str) else list(text)
    context = CellContext(field("列", kind, **more), unit, date1904)
    frame = pl.DataFrame({"c": cells}, schema={"c": pl.String})
    column = parse_columns(frame, {"c": context})["c"]
    return column.values[0], column.code[0]


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-03",
        "2026-10-3",
        "2026/10/3",
        "2026/10/03 8:30",
        "2026.10.03",
        "2026.10.3",
        "2026年10月3日",
        "2026年10月03号",
        "2026 年 10 月 3 日",
        "20261003",
        "20261003083000",
        "2026-10-03 08:30:00",
        "2026-10-03T08:30:00",
        "２０２６－１０－０３",
        "46298",
        "46298.354",
    ],
)
def test_days(text):
    assert parse(text, "date") == (DAY, None)


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (["20261"], (None, "date_unreadable")),
        (["20261", "2026-10-03"], (None, "date_unreadable")),
        (["20261", "20262", "46298"], (None, "date_unreadable")),
        (["20261", "46298"], (dt.date(1955, 6, 21), None)),
    ],
)
def test_five_digits_that_may_be_a_month_are_a_serial_only_among_serials(texts, read):
    assert parse(texts, "date") == read


def test_serials_of_the_1904_calendar_are_four_years_apart():
    assert parse("44836", "date", date1904=True) == (DAY, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("26-10-03", "date_two_digit_year"),
        ("26.10.3", "date_two_digit_year"),
        ("26年10月3日", "date_two_digit_year"),
        ("2026-02-30", "date_impossible"),
        ("2025-02-29", "date_impossible"),
        ("2026-13-01", "date_impossible"),
        ("20260230", "date_impossible"),
        ("1826-10-03", "date_impossible"),
        ("1900-02-28", "date_impossible"),
        ("2026-10", "date_without_day"),
        ("2026年10月", "date_without_day"),
        ("202610", "date_without_day"),
        ("2026", "date_unreadable"),
        ("10/3/2026", "date_unreadable"),
        ("去年冬天", "date_unreadable"),
        ("2026-10-03至2026-11-03", "date_unreadable"),
        ("#VALUE!", "error_cell"),
        ("无", "stated_nothing"),
    ],
)
def test_days_that_cannot_be_read_say_why(text, code):
    assert parse(text, "date") == (None, code)


@pytest.mark.parametrize("text", ["-", "——", "/", "－"])
@pytest.mark.parametrize("kind", ["date", "month", "money", "number", "yes_no", "category"])
def test_a_dash_is_an_empty_place(text, kind):
    assert parse(text, kind, spellings={} if kind == "yes_no" else {"甲": ()}) == (None, None)


@pytest.mark.parametrize(
    "text", ["202610", "2026.10", "2026-10", "2026/10", "2026年10月", "2026年10月份", "2026-10-17"]
)
def test_months(text):
    assert parse(text, "month") == (dt.date(2026, 10, 1), None)


def test_a_month_given_to_the_day_keeps_the_day_where_the_layout_says_so():
    assert parse("2026-10-17", "month", keeps_day=True) == (dt.date(2026, 10, 17), None)
    assert parse("2026年10月", "month", keeps_day=True) == (dt.date(2026, 10, 1), None)


@pytest.mark.parametrize("text", ["2公里", "2 km", "0.5千米", "约2"])
def test_a_number_that_must_stand_alone_has_no_unit_beside_it(text):
    assert parse(text, "number", unit="公里", bare=True) == (None, "number_unreadable")
    assert parse("２．５", "number", unit="公里", bare=True) == (2.5, None)
    assert parse("2公里", "number", unit="公里") == (2.0, None)


def test_a_month_that_may_have_lost_its_zero_is_not_guessed():
    assert parse("2026.1", "month") == (None, "month_zero_lost")
    assert parse(["2026.1", "2026.10"], "month") == (dt.date(2026, 1, 1), None)


def test_an_impossible_month_is_told_from_a_lost_zero():
    assert parse("202613", "month") == (None, "date_impossible")


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1234.5", "1234.50"),
        ("0", "0.00"),
        ("-12.3", "-12.30"),
        ("1,234,567.89", "1234567.89"),
        ("１，２３４．５０", "1234.50"),
        ("￥1,234.5", "1234.50"),
        ("¥-5", "-5.00"),
        ("1234.5元", "1234.50"),
        ("人民币1200元整", "1200.00"),
        ("1.2万元", "12000.00"),
        ("1.2万", "12000.00"),
        ("0.35 万元", "3500.00"),
        ("3千元", "3000.00"),
        ("(300)", "-300.00"),
        ("（1,300.5）", "-1300.50"),
        ("－300", "-300.00"),
        ("1234.5600000001", "1234.56"),
        ("1.5E3", "1500.00"),
    ],
)
def test_amounts(text, yuan):
    assert parse(text, "money") == (Decimal(yuan), None)


@pytest.mark.parametrize(
    "text",
    ["约300", "300-500", "12,34", "1.234,56", "壹佰元", "300元/月", "3万5", "1 2 3x", "1..2"],
)
def test_amounts_that_cannot_be_read_are_never_guessed(text):
    assert parse(text, "money") == (None, "money_unreadable")


def test_the_unit_in_the_cell_wins_over_the_header():
    assert parse("1.5", "money", unit="万元")[0] == Decimal("15000.00")
    assert parse("1,500.5", "money", unit="万元")[0] == Decimal("15005000.00")
    assert parse("500元", "money", unit="万元")[0] == Decimal("500.00")
    assert parse("500", "money", unit="月")[0] == Decimal("500.00")


@pytest.mark.parametrize(
    ("header", "yuan"),
    [
        ("保障金（元）", "3.00"),
        ("保障金（百元）", "300.00"),
        ("保障金/千元", "3000.00"),
        ("保障金（十万元）", "300000.00"),
        ("保障金（人民币万元）", "30000.00"),
        ("保障金 单位：亿元", "300000000.00"),
        ("保障金（分）", "0.03"),
        ("保障金（元/月）", "3.00"),
        ("保障金（含分红）", "3.00"),
        ("保障金（每日元）", "3.00"),
    ],
)
def test_multiples_of_yuan_in_a_header_are_exact(header, yuan):
    assert parse("3", "money", unit=header_unit(header)) == (Decimal(yuan), None)
    assert parse("3.0 ", "money", unit=header_unit(header)) == (Decimal(yuan), None)


@pytest.mark.parametrize(
    "unit", ["（美元）", "（单位：港币）", "日元", "（USD）", "（%）", "（公斤）"]
)
def test_an_amount_in_another_currency_is_never_yuan(unit):
    header = header_unit(f"保障金{unit}")
    assert parse("300", "money", unit=header) == (None, "money_not_yuan")
    assert parse("1,300.5", "money", unit=header) == (None, "money_not_yuan")
    assert parse("300元", "money", unit=header) == (Decimal("300.00"), None)


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("单位：万元", "万元"),
        ("单位：户、人、万元", "万元"),
        ("低保名单（单位：千元/年）", "千元"),
        ("低保名单（美元）", "美元"),
        ("填报单位：元谋县民政局", ""),
        ("低保名单（2026年）", ""),
    ],
)
def test_the_unit_of_money_above_a_table_is_found_among_others(title, unit):
    assert stated_above([[None, title]]).money == unit


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3.0),
        ("3.5", 3.5),
        ("1,200", 1200.0),
        ("85㎡", 85.0),
        ("12个月", 12.0),
        ("（2）", -2.0),
    ],
)
def test_numbers(text, number):
    assert parse(text, "number") == (number, None)


@pytest.mark.parametrize("text", ["三口", "3~5", "1/2", "nan", "inf", "1e999"])
def test_numbers_that_cannot_be_read(text):
    value, code = parse(text, "number")
    assert value is None
    assert code in {"number_unreadable", "stated_nothing"}


@pytest.mark.parametrize("text", ["是", "有", "1", "Y", "true", "True", "√", " 是 ", "已"])
def test_yes(text):
    assert parse(text.strip(), "yes_no") == (True, None)


@pytest.mark.parametrize("text", ["否", "无", "0", "N", "FALSE", "×", "未", "没有"])
def test_no(text):
    assert parse(text, "yes_no") == (False, None)


def test_yes_and_no_in_the_words_of_the_layout():
    spellings = {"是": ("已参保",), "否": ("未参保", "1")}
    assert parse("已参保", "yes_no", spellings=spellings) == (True, None)
    assert parse("1", "yes_no", spellings=spellings) == (False, None)
    assert parse("不详", "yes_no", spellings=spellings) == (None, "yes_no_unknown")


def test_categories_by_spelling():
    spellings = {"农村低保": ("农低", "农 保"), "城市低保": ()}
    assert parse("农低", "category", spellings=spellings) == ("农村低保", None)
    assert parse("农　保", "category", spellings=spellings) == ("农村低保", None)
    assert parse("三类", "category", spellings=spellings) == (None, "category_unknown")
    assert parse("甲 类", "category") == ("甲类", None)


def test_sets_of_categories_are_sorted_and_wholly_known():
    spellings = {"残疾": (), "长期慢性病": ("慢病",), "健康": ()}
    options = {"spellings": spellings, "multiple": True}
    assert parse("长期慢性病，残疾", "category", **options) == ("残疾,长期慢性病", None)
    assert parse("残疾、慢病；残疾", "category", **options) == ("残疾,长期慢性病", None)
    assert parse("残疾,近视", "category", **options) == (None, "category_unknown")


@pytest.mark.parametrize(
    "text", ["H000123", "H000 123", "Ｈ０００１２３", "H000\u200b123", "H\n000123"]
)
def test_the_number_of_a_household_has_one_form(text):
    assert parse(text, "code") == ("H000123", None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("700000005.0", ("700000005", None)),
        ("700000005.00", ("700000005", None)),
        ("700000005.5", ("700000005.5", None)),
        ("H5.0", ("H5.0", None)),
        # beyond 15 digits an amount is rounded
        ("9999010000000005.0", (None, "digits_lost")),
    ],
)
def test_a_number_of_a_household_that_passed_for_an_amount_is_the_same(text, told):
    assert parse(text, "code") == told


@pytest.mark.parametrize(
    "text", ["01 是", "1-是", "1.是", "01、是", "[1]是", "（01）是", "是[1]", "是（01）"]
)
def test_a_code_beside_its_label_is_passed_over(text):
    assert parse(text, "yes_no") == (True, None)
    options = {"spellings": {"是": (), "一级": ("1级",)}}
    assert parse(text, "category", **options) == ("是", None)


def test_codes_are_taken_off_every_value_of_a_set():
    options = {"spellings": {"健康": (), "残疾": ()}, "multiple": True}
    assert parse("01 健康,03 残疾", "category", **options) == ("健康,残疾", None)
    assert parse("健康(01)；残疾（03）", "category", **options) == ("健康,残疾", None)
    assert parse("01 健康,03 近视", "category", **options) == (None, "category_unknown")


@pytest.mark.parametrize("text", ["01", "3个", "12 3", "2 级"])
def test_a_number_that_stands_before_no_label_is_no_code(text):
    assert parse(text, "category", spellings={"1级": (), "甲": ()}) == (None, "category_unknown")


def test_blank_words_of_a_layout_are_blank():
    options = {"spellings": {"因病": ()}, "blank_words": ("非监测对象",)}
    assert parse("非监测对象", "category", **options) == (None, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("99990119880208371x", "99990119880208371X"),
        ("９９９９０１１９８８０２０８３７１Ｘ", "99990119880208371X"),
        ("999901 19880208 371X", "99990119880208371X"),
        ("99990119880208371х", "99990119880208371X"),
        ("99990119880208371Ⅹ", "99990119880208371X"),
        ("\u202d99990119880208371X\u202c", "99990119880208371X"),
        ("999901\u200b19880208371X", "99990119880208371X"),
        ("5.20222198802083E+17", "5.20222198802083E+17"),
        ("999901********371X", "999901********371X"),
        ("无", "无"),
    ],
)
def test_id_numbers_are_kept_as_delivered_without_wrappers(text, number):
    assert parse(text, "id_number") == (number, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0000 0000", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("+8613800000000", "13800000000"),
        ("0432-1234567", "04321234567"),
        ("1380000000", "1380000000"),
    ],
)
def test_phones(text, number):
    assert parse(text, "phone") == (number, None)


def test_places_lose_their_spaces_and_names_keep_their_characters():
    assert parse("东 山　乡", "place")[0] == "东山乡"
    assert parse("买买提·\u200b艾力", "person_name")[0] == "买买提·艾力"
    assert parse("两行\n文字", "text")[0] == "两行 文字"


@given(st.dates(dt.date(1930, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(range(8)))
@settings(max_examples=100, deadline=None)
def test_every_day_is_read_back_from_every_form(day, form):
    text = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"),
        str((day - dt.date(1899, 12, 30)).days),
        f"{day.isoformat()} 23:59:59",
        f" {day.year}-{day.month}-{day.day} 0:00",
    )[form].strip()
    assume(not (len(text) == 5 and text[:2] in {"19", "20"} and text[4] != "0"))  # 2082-1, too
    assert parse(text, "date") == (day, None)


@given(st.integers(-(10**13), 10**13), st.booleans(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_amount_is_read_back_to_the_fen(fen, grouped, brackets):
    yuan = Decimal(fen) / 100
    digits = f"{abs(yuan):,.2f}" if grouped else f"{abs(yuan):.2f}"
    text = (f"（{digits}）" if brackets else f"-{digits}") if yuan < 0 else digits
    assert parse(text, "money") == (yuan, None)


@given(
    st.text(max_size=30),
    st.sampled_from(["date", "month", "money", "number", "yes_no", "category"]),
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_given_a_reason_or_blank(text, kind):
    if not text.strip():
        return
    more = {"spellings": {"甲": ("乙",)}} if kind == "category" else {}
    value, code = parse(text, kind, **more)
    assert value is None or code is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1.39123E+10", (None, "digits_lost")),
        ("1.39E+10", (None, "digits_lost")),
        ("１．３９e+10", (None, "digits_lost")),
        ("1.39000000011390E+15", (None, "digits_lost")),
        ("1.3912345678E+10", ("13912345678", None)),
    ],
)
def test_a_phone_that_lost_its_last_digits_is_none(text, read):
    assert parse(text, "phone") == read


@given(st.text("王伟a1 ，。（）\n", max_size=30), st.sampled_from(["text", "place", "phone"]))
@settings(max_examples=100, deadline=None)
def test_text_types_never_complain(text, kind):
    assert parse(text, kind)[1] is None


@given(
    st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
    st.sampled_from(["{}", " {}", "{}\u00a0", "\u200b{}"]),
)
@settings(max_examples=100, deadline=None)
def test_an_id_never_changes_a_digit(number, wrapper):
    assert parse(wrapper.format(number), "id_number") == (number, None)
