"""Blank, unreadable, not delivered: three reasons for NULL; and who else in the county agrees."""

import polars as pl
import pytest

from fpm.judge.aggregates import Reductions
from fpm.judge.cells import never_delivered, with_cell_states
from fpm.judge.compile import Names, compile_aggregate, compile_row
from fpm.rulebook.conditions import ColumnType, ConditionError, parse_condition

COLUMNS = {
    "labour": ColumnType("text", "劳动技能", delivered=True),
    "land": ColumnType("number", "耕地", delivered=True),
    "helps": ColumnType("text", "帮扶", multiple=True, delivered=True),
    "age": ColumnType("number", "年龄"),
    "home": ColumnType("text", "户编号", delivered=True),
    "phone": ColumnType("text", "电话", delivered=True),
    "started": ColumnType("date", "开始", delivered=True),
    "ended": ColumnType("date", "结束", delivered=True),
}
NAMES = Names(COLUMNS)


def states(sql, rows):
    """The condition on each row: columns and, beside them, ``lacking`` and ``unreadable``."""
    schema = {"labour": pl.String, "land": pl.Float64, "helps": pl.String}
    schema |= {"age": pl.Float64, "lacking": pl.String, "unreadable": pl.String}
    frame = pl.DataFrame([{**dict.fromkeys(schema), "lacking": "", **row} for row in rows], schema)
    condition = parse_condition(sql, COLUMNS, form="row")
    found = with_cell_states(frame, condition.cells)
    return found.select(_=compile_row(condition, NAMES).truth)["_"].to_list()


FILLED = {"labour": "无劳动力", "land": 3, "helps": "健康帮扶,产业帮扶"}
BLANK = {}
NO_COLUMN = {"lacking": "helps,labour,land"}
NOT_READ = {"unreadable": "labour,land,helps"}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("BLANK(labour)", [False, True, None, False]),
        ("UNREADABLE(land)", [False, False, None, True]),
        ("LISTS(helps, '产业帮扶')", [True, False, None, None]),
        ("LISTS(helps, '教育帮扶')", [False, False, None, None]),
        ("BLANK(land) OR UNREADABLE(land)", [False, True, None, True]),
        ("COALESCE(BLANK(labour), FALSE)", [False, True, False, False]),
    ],
)
def test_a_blank_cell_a_missing_column_and_an_unreadable_cell_are_told_apart(sql, expected):
    assert states(sql, [FILLED, BLANK, NO_COLUMN, NOT_READ]) == expected


def test_a_name_inside_another_name_is_not_lacking():
    assert states("BLANK(land)", [{"lacking": "farmland,land_area"}]) == [True]


def test_without_word_from_the_reader_every_column_counts_as_delivered():
    frame = with_cell_states(pl.DataFrame({"labour": [None, "无劳动力"]}), ["labour"])
    assert frame["labour__blank"].to_list() == [True, False]


def test_only_what_no_sheet_has_was_never_delivered():
    frame = pl.DataFrame({"lacking": ["land,phone", "phone", None]})
    assert never_delivered(frame.head(2)) == {"phone"}
    assert never_delivered(frame) == set()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("BLANK(age)", "花名册或部门数据的一列"),
        ("BLANK(land + 1)", "花名册或部门数据的一列"),
        ("LISTS(labour, '无劳动力')", "一格只有一个值"),
        ("SAME_COUNT(phone) > 1", "派生列"),
    ],
)
def test_what_cannot_be_asked_is_refused(sql, told):
    with pytest.raises(ConditionError) as refused:
        parse_condition(sql, COLUMNS, form="row")
    assert told in str(refused.value)


PEOPLE = pl.DataFrame(
    {
        "home": ["H1", "H1", "H2", "H3", "H3", None],
        "phone": ["1", "1", "1", "2", None, "2"],
        "labour": ["男", None, "女", "男", "女", "男"],
    }
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SAME_COUNT(phone)", [3, 3, 3, 2, None, 2]),
        ("SAME_COUNT(home, phone)", [2, 2, 1, 1, None, None]),
        ("SAME_DISTINCT(home, phone)", [2, 2, 2, 1, None, 1]),
        ("SAME_VALUE(labour, home)", ["男", "男", "女", None, None, None]),
        ("SAME_FIRST(home)", [True, False, True, True, False, None]),
    ],
)
def test_who_else_agrees(sql, expected):
    condition = parse_condition(sql, COLUMNS, form="row", windows=True)
    assert PEOPLE.select(_=compile_row(condition, NAMES).exact)["_"].to_list() == expected


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(1, 3), (4, None)], False),
        ([(1, 3), (3, 5)], False),
        ([(1, 4), (3, 5)], True),
        ([(1, None), (3, 5)], False),
        ([(3, 5)], False),
        ([(None, 9), (3, 5), (4, 8)], True),
    ],
)
def test_one_span_begins_before_the_one_before_ends(spans, expected):
    months = [
        [None if month is None else f"2023-{month:02}-01" for month in pair] for pair in spans
    ]
    frame = (
        pl.DataFrame(months, ["started", "ended"], orient="row")
        .cast(pl.String)
        .with_columns(pl.all().str.to_date(), person=1)
    )
    condition = parse_condition(
        "OVERLAPPING(started, ended)", COLUMNS, form="aggregate", over="records"
    )
    reductions = Reductions()
    value = compile_aggregate(condition, NAMES, reductions)
    grouped = frame.group_by("person").agg(**reductions.wanted)
    assert grouped.select(_=value.truth)["_"].to_list() == [expected]
