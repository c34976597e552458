"""Which rows of a table are data: not blanks, repeated headers, totals, notes, page titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.ingest.header import Header, HeaderIndex
from fpm.rulebook.layout import LayoutSpec

_IDENTITY_TYPES: Final = frozenset({"id_number", "person_name"})
_ID_DIGITS: Final = 12
"""Fewer digits in an ID column are a date or a count in a footer."""
_FEW: Final = 6
"""A note row fills few cells; a data row that happens to start with 注 fills more."""


def label_rows(plain: pl.DataFrame, header: Header, index: HeaderIndex) -> pl.Series:
    """Label every row of a sheet.

    Args:
        plain: The sheet, String columns, blanks null.
        header: The header found in it.
        index: The layout's headers.

    Returns:
        A String series, null for data rows, else one of ``title header blank total note``.
    """
    mapped = [f"c{column}" for column in header.fields]
    first = pl.coalesce(pl.all()).str.replace_all(r"\s+", "")
    filled = pl.sum_horizontal(pl.all().is_not_null())
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    label = (
        pl.when(row < header.first)
        .then(pl.lit("title"))
        .when(row <= header.last)
        .then(pl.lit("header"))
        .when(pl.all_horizontal(pl.col(mapped).is_null()))
        .then(pl.lit("blank"))
        .when(_is_total(first, header, index.layout))
        .then(pl.lit("total"))
        .when(_is_note(first, filled, header, index.layout))
        .then(pl.lit("note"))
        .when(_repeats_header(plain, header, index))
        .then(pl.lit("header"))
        .when(_repeats_title(plain, header, first) & (filled <= 2))
        .then(pl.lit("title"))
    )
    return plain.select(label.alias("label")).to_series()


def _columns(header: Header, layout: LayoutSpec, types: frozenset[str]) -> list[str]:
    return [
        f"c{column}" for column, name in header.fields.items() if layout.fields[name].type in types
    ]


def _has_id(header: Header, layout: LayoutSpec) -> pl.Expr:
    """Some ID column holds enough digits to be somebody's number."""
    columns = _columns(header, layout, frozenset({"id_number"}))
    if not columns:
        return pl.lit(value=False)
    return pl.any_horizontal(
        pl.col(columns).str.count_matches(r"[0-9０-９*]").fill_null(0) >= _ID_DIGITS
    )


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _is_total(first: pl.Expr, header: Header, layout: LayoutSpec) -> pl.Expr:
    """东山乡合计 or 合计：12户 in the first filled cell, or 合计 as a name; no ID."""
    words = _alternatives(layout.total_words)
    if not words:
        return pl.lit(value=False)
    says = first.str.contains(rf"^(?:.{{0,16}}(?:{words})|(?:{words})[:：\d(（共].*)$")
    named = [
        pl.col(column).str.replace_all(r"\s+", "").str.contains(f"^(?:{words})$")
        for column in _columns(header, layout, frozenset({"person_name", "place", "text"}))
    ]
    return pl.any_horizontal(says, *named).fill_null(value=False) & ~_has_id(header, layout)


def _is_note(first: pl.Expr, filled: pl.Expr, header: Header, layout: LayoutSpec) -> pl.Expr:
    """注：…, 制表人：…, 第 2 页: starts with a note word, few cells filled, no ID."""
    long = _alternatives([word for word in layout.note_words if len(word) > 1])
    short = _alternatives([word for word in layout.note_words if len(word) == 1])
    words = "|".join(filter(None, (long, f"(?:{short})(?:[:：、.．意\\d(（]|$)" if short else "")))
    page = r"第?\d+页|共\d+页|第\d+页共\d+页"
    pattern = rf"^[(（【*※]?(?:{words})" if words else r"^$"
    says = first.str.contains(pattern) | first.str.contains(rf"^(?:{page})")
    return says.fill_null(value=False) & (filled <= _FEW) & ~_has_id(header, layout)


def _repeats_header(plain: pl.DataFrame, header: Header, index: HeaderIndex) -> pl.Expr:
    """At least half of the read columns hold their own header again."""
    lines = plain.slice(header.first, header.last - header.first + 1)
    same = [
        pl.col(f"c{column}").is_in(_spellings(lines[f"c{column}"], name, index.layout))
        for column, name in header.fields.items()
    ]
    half = max(2, -(-len(same) // 2))
    return (
        pl.sum_horizontal(pl.any_horizontal(test).fill_null(value=False) for test in same) >= half
    )


def _spellings(lines: pl.Series, field: str, layout: LayoutSpec) -> list[str]:
    """The header as this file writes it, and as the layout does."""
    spec = layout.fields[field]
    return sorted({*lines.drop_nulls().to_list(), *spec.headers, spec.title})


def _repeats_title(plain: pl.DataFrame, header: Header, first: pl.Expr) -> pl.Expr:
    """The first cell repeats a title row above the header (page titles)."""
    above = plain.head(header.first).select(first.alias("first")).to_series().drop_nulls()
    return first.is_in(above.unique().to_list()).fill_null(value=False)
