"""Packed records are the records, whole or in part."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import polars as pl
import pytest

from fpm.ingest.packed import PackedRecords, Records, packed, parquet_of
from fpm.model import MONEY

KIND = ("civil_affairs", "benefit")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "department": pl.String,
    "kind": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
    "name": pl.String,
    "amount": MONEY,
    "day": pl.Date,
    "disabled": pl.Boolean,
    "lacking": pl.String,
    "unreadable": pl.String,
}


def table(sheet: str, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    """Records of one sheet: row, name, amount, day, disabled, unreadable."""
    lines = [(*KIND, "发放.xlsx", sheet, *row[:5], "phone", row[5]) for row in rows]
    return pl.DataFrame(lines, schema=SCHEMA, orient="row")


DAY = dt.date(2026, 10, 1)
FIRST = table(
    "一月", [(2, "张三", Decimal("1.50"), None, None, None), (3, None, None, None, None, "day")]
)
SECOND = table("二月", [(2, "李四", None, DAY, True, None), (5, "王五", None, None, False, None)])
EMPTY = table("三月", [])
UNFILLED = table("四月", [(9, None, None, None, None, None)])
FRAMES = (FIRST, SECOND, EMPTY, UNFILLED)


def records(*frames: pl.DataFrame) -> Records:
    return Records({KIND: [packed(frame) for frame in frames]})


@pytest.mark.parametrize("number", range(len(FRAMES)))
def test_one_table_comes_back_as_it_was(number: int) -> None:
    assert records(FRAMES[number])[KIND].equals(FRAMES[number])
    assert records(FRAMES[number])[KIND].schema == SCHEMA


def test_tables_come_back_one_below_the_other() -> None:
    found = records(*FRAMES)
    assert found[KIND].equals(pl.concat(FRAMES))
    assert dict(found) == {KIND: found[KIND]}
    assert (list(found), len(found)) == ([KIND], 1)


@pytest.mark.parametrize("frames", [FRAMES, (EMPTY,), (EMPTY, SECOND), (UNFILLED,)])
def test_the_file_of_all_tables_holds_what_they_hold(frames: tuple[pl.DataFrame, ...]) -> None:
    found = records(*frames)
    written = pl.read_parquet(io.BytesIO(parquet_of(found.tables[KIND])))
    assert written.equals(found[KIND])
    assert written.schema == SCHEMA


def test_nothing_is_unpacked_to_see_of_which_kinds_there_are() -> None:
    damaged = Records({KIND: [PackedRecords(FIRST.schema, 2, {}, b"no parquet")]})
    assert KIND in damaged
    assert (*KIND, "") not in damaged


@pytest.mark.parametrize("names", [["sheet"], ["kind", "amount"], ["row"], ["day", "row", "name"]])
def test_some_columns_are_those_of_the_whole(names: list[str]) -> None:
    assert records(*FRAMES).columns(KIND, names).equals(pl.concat(FRAMES).select(names))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 9])
def test_the_first_records_are_those_of_the_whole(count: int) -> None:
    assert records(*FRAMES).head(KIND, count).equals(pl.concat(FRAMES).head(count))


def test_what_is_the_same_in_all_rows_is_packed_once() -> None:
    table: PackedRecords = packed(SECOND)
    assert table.same == {
        "department": "civil_affairs",
        "kind": "benefit",
        "file": "发放.xlsx",
        "sheet": "二月",
        "amount": None,
        "lacking": "phone",
        "unreadable": None,
    }
    assert table.height == 2
