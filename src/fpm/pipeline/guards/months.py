"""The guard over the month: what names, titles, headers and records of a file say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from fpm.ingest.known_headers import headers_of
from fpm.ingest.reading import ColumnReading
from fpm.model import Period
from fpm.pipeline.guards.results import Delivered, GuardResult
from fpm.pipeline.stated import elsewhen, stated, year_beside
from fpm.rulebook.layout import LayoutField, LayoutSpec
from fpm.rulebook.settings import GuardsSpec

_YEARLY = ("年", "收入", "支出")
_BEFORE = ("上年", "年收入", "年纯收入")


@dataclass(frozen=True, slots=True)
class Due:
    """What a file should be: of which period, within which limits, of which layout."""

    period: Period
    spec: GuardsSpec
    layout: LayoutSpec


def check_month(given: Delivered, file: str, due: Due) -> GuardResult:
    """Whether a file is one of its period; a roster that still holds may be of a year before."""
    result = given.result("period", [file])
    wrong = [
        f"{place}写的是 {said}"
        for place, text in _places(given, file)
        if not given.standing and (said := _named_elsewhen(text, due))
    ]
    for columns in given.tables.get(file, ()):
        wrong += [
            f"表头“{header}”写的是 {said}，不是本期的数（每期都这样、没有错的，把它原样写进版式）"
            for header, said in _columns_of_other_times(columns, due, standing=given.standing)
        ]
    names = due.layout.period_by
    month = _month_of_records(given.of_file(file, names), due)
    if month not in {None, due.period} and not given.standing:
        wrong.append(f"多数记录的日期在 {month}")
    if not wrong:
        return result
    told = "，".join(dict.fromkeys(wrong))
    message = f"文件“{file}”不像 {due.period} 期的数据：{told}"
    return replace(result, outcome="stopped", message=message)


def _places(given: Delivered, file: str) -> Iterator[tuple[str, str]]:
    """Where a file may state its month, with the text there."""
    yield "文件名", file
    for text in given.remarks.get(file, ()):
        yield "表内标题", text


def _named_elsewhen(text: str, due: Due) -> str | None:
    """What ``text`` states if that is not the period; a span that holds the period is right."""
    period, spec = due.period, due.spec
    said = stated(text, period)
    if said.months:
        if said.months[0] <= period <= said.months[-1]:
            return None
        return "、".join(map(str, said.months))
    if not said.days:
        return year_beside(text, period)
    first = period.first_day - dt.timedelta(days=spec.days_before)
    last = period.last_day + dt.timedelta(days=spec.days_after)
    if any(first <= day <= last for day in said.days):
        return None
    return "、".join(day.isoformat() for day in said.days)


def _columns_of_other_times(
    columns: Sequence[ColumnReading], due: Due, *, standing: bool
) -> Iterator[tuple[str, str]]:
    """Headers of one table whose values are not those of the period, with what they state.

    Where a layout leaves open which of two columns holds, only what both say was read: one of the
    two of this period is enough. A figure of a whole year may be that of the year before:
    2025年人均纯收入 in the lists of 2026.
    """
    index = headers_of(due.layout)
    for column in columns:
        name = column.field
        if name is None or not column.dated:
            continue
        spec = due.layout.fields[name]
        others = [one.header for one in columns if one.repeats and one.field == name]
        if spec.multiple:
            read = [[column.header], *([header] for header in others)]
        else:
            same = [one for one in others if index.leaves_open(name, column.header, one)]
            read = [[column.header, *same]]
        for headers in read:
            yearly = standing or _is_yearly(spec)
            first = Period(due.period.year - 1, 1) if yearly else due.period
            said = [elsewhen(header, first, due.period) for header in headers]
            if said[0] and all(said):
                yield headers[0], said[0]


def _is_yearly(spec: LayoutField) -> bool:
    if spec.type not in {"money", "number"} or "月" in spec.title:
        return False
    in_title = any(word in spec.title for word in _YEARLY)
    return in_title or any(word in text for text in spec.headers for word in _BEFORE)


def _month_of_records(records: pl.DataFrame, due: Due) -> Period | None:
    """The latest month that a fair share of the dated records are in, if enough are dated."""
    names = [name for name in due.layout.period_by if name in records.columns]
    if not names:
        return None
    dates = records.select(pl.coalesce(pl.col(names).cast(pl.Date))).to_series().drop_nulls()
    if dates.len() < due.spec.dated_rows:
        return None
    months = dates.dt.truncate("1mo").alias("month").value_counts()
    fair = months.filter(pl.col("count") >= due.spec.dated_share * dates.len())
    latest = fair["month"].max()
    return Period(latest.year, latest.month) if isinstance(latest, dt.date) else None
