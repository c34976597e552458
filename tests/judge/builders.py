"""Columns to write conditions over, and ways to run one condition on a few rows."""

import datetime as dt

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.compile import Names, compile_aggregate, compile_row
from fpm.judge.literals import DTYPES
from fpm.rulebook.conditions import ColumnType, parse_condition

COLUMNS = {
    "a": ColumnType("number", "甲"),
    "b": ColumnType("number", "乙"),
    "s": ColumnType("text", "文"),
    "t": ColumnType("text", "字"),
    "p": ColumnType("boolean", "是甲"),
    "q": ColumnType("boolean", "是乙"),
    "d": ColumnType("date", "日子"),
    "e": ColumnType("date", "日期"),
    "grade": ColumnType("text", "等级", choices=("A", "B", "C", "D")),
    "household_type": ColumnType("text", "户类型", choices=("一般农户", "脱贫户")),
    "risks": ColumnType("text", "风险", choices=("因病", "因残", "因学"), multiple=True),
    "paid": ColumnType("number", "自付", unit="元", bounded=True),
    "name": ColumnType("text", "姓名"),
    "relation": ColumnType("text", "与户主关系"),
    "line": ColumnType("number", "监测线", unit="元", constant=True),
    "spellings": ColumnType("text", "写法", constant=True, is_list=True),
    "period_start": ColumnType("date", "本期第一天", constant=True),
    "period_end": ColumnType("date", "本期最后一天", constant=True),
}
CONSTANTS = {
    "line": 5000,
    "spellings": ("x", "y"),
    "period_start": dt.date(2026, 10, 1),
    "period_end": dt.date(2026, 10, 31),
}
NAMES = Names(COLUMNS, CONSTANTS)


def frame(rows):
    """Rows as dicts → a frame with every column; a bounded one gets its companion."""
    columns = {name: column for name, column in COLUMNS.items() if not column.constant}
    data = {
        name: pl.Series(name, [row.get(name) for row in rows], dtype=DTYPES[column.kind])
        for name, column in columns.items()
    }
    low = [row.get("paid__at_least", row.get("paid")) for row in rows]
    data["paid__at_least"] = pl.Series("paid__at_least", low, dtype=pl.Float64)
    return pl.DataFrame(data)


def over_rows(sql, rows):
    """The value of a row expression on each row."""
    value = compile_row(parse_condition(sql, COLUMNS, form="row"), NAMES)
    result = value.truth if value.kind in ("boolean", "null") else value.exact
    return frame(rows).lazy().with_columns(_x=result).collect()["_x"].to_list()


def over_groups(sql, families, *, over="members"):
    """The value of an aggregate expression over each family (a list of rows)."""
    reductions = Reductions()
    parsed = parse_condition(sql, COLUMNS, form="aggregate", over=over)
    value = compile_aggregate(parsed, NAMES, reductions)
    result = value.truth if value.kind == "boolean" else value.exact
    number = [n for n, rows in enumerate(families) for _ in rows]
    members = frame([row for rows in families for row in rows]).with_columns(g=pl.Series(number))
    grouped = members.group_by("g", maintain_order=True).agg(**reductions.wanted)
    return grouped.with_columns(_x=result)["_x"].to_list()


def over_group(sql, rows, *, over="members"):
    """The value of an aggregate expression over all rows as one group."""
    return over_groups(sql, [rows], over=over)[0]
