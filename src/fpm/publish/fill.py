"""Filling the words of a period into the titles and notes of ``workbooks.toml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from fpm.publish.publication import Heading
from fpm.publish.sheet import ListSheet
from fpm.rulebook.settings import WorkbookSpec

WORDS: Final = (
    "county",
    "division",
    "period",
    "month",
    "issued_on",
    "head",
    "township",
    "department",
    "count",
    "levels",
)
"""What may stand in ``{}`` in a title, subtitle or note."""


def fill_line(text: str, heading: Heading, words: Mapping[str, str]) -> str:
    """``text`` with its ``{}`` filled in; a word that a list does not have becomes empty."""
    common = {
        "county": heading.county,
        "division": heading.division,
        "period": str(heading.period),
        "month": f"{heading.period.year}年{heading.period.month}月",
        "issued_on": _day(heading.issued_on),
        "head": heading.chain_head[:16],
    }
    return text.format_map({**dict.fromkeys(WORDS, ""), **common, **words})


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def fill_in(
    spec: WorkbookSpec, heading: Heading, words: Mapping[str, str], rows: pl.DataFrame
) -> ListSheet:
    """A sheet to be read: title, subtitle and footer filled in."""
    counted = {"count": str(rows.height), **words}
    return ListSheet(
        spec=spec,
        title=fill_line(spec.title, heading, counted),
        subtitle=fill_line(spec.subtitle, heading, counted),
        rows=rows,
        footer=f"{heading.county} {heading.period} 期　台账校验值 {heading.chain_head[:16]}",
    )


def fill_answers(
    spec: WorkbookSpec, heading: Heading, words: Mapping[str, str], rows: pl.DataFrame
) -> ListSheet:
    """A sheet to be answered: as ``fill_in``, locked but for the cells to fill in."""
    return replace(fill_in(spec, heading, words, rows), protect=True)
