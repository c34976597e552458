"""Which rows of a table are data: not blanks, repeated headers, totals, notes, page titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.ingest.header import Header, HeaderIndex
from fpm.rulebook.layout import LayoutSpec

_ID_DIGITS: Final = 12
"""A shorter run of digits in an ID column may be a date or a count in a footer."""
_FEW: Final = 6
"""A note row fills few cells; a data row that happens to start with 注 fills more."""
_PAGE: Final = r"^(?:第?\d+页|共\d+页|第\d+页共\d+页)"
_NAMING_TYPES: Final = frozenset({"person_name", "place", "text"})


def label_rows(cells: pl.DataFrame, header: Header, index: HeaderIndex) -> pl.Series:
    """Label every row of a sheet.

    Args:
        cells: The sheet, String columns, blanks null.
        header: The header found in it.
        index: The layout's headers.

    Returns:
        A String series, null for data rows, else one of ``title header blank total note``.
    """
    layout = index.layout
    mapped = [f"c{column}" for column in header.fields]
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    plain = (
        pl.when(row < header.first)
        .then(pl.lit("title"))
        .when(row <= header.last)
        .then(pl.lit("header"))
        .when(pl.all_horizontal(pl.col(mapped).is_null()))
        .then(pl.lit("blank"))
    )
    labels = cells.select(label=plain, has_id=_has_id(header, layout)).with_row_index("n")
    doubtful = labels["label"].is_null() & ~labels["has_id"]
    words = _word_labels(cells.filter(doubtful), cells.head(header.last + 1), header, layout)
    found = labels.filter(doubtful).select("n", word=words)
    joined = labels.join(found, on="n", how="left", maintain_order="left")
    return joined.select(pl.coalesce("label", "word").alias("label")).to_series()


def _has_id(header: Header, layout: LayoutSpec) -> pl.Expr:
    """Some ID column holds enough digits to be somebody's number: the row is data."""
    columns = _columns(header, layout, frozenset({"id_number"}))
    if not columns:
        return pl.repeat(False, pl.len())
    run = pl.col(columns).str.contains(rf"[0-9０-９*]{{{_ID_DIGITS}}}")
    return pl.any_horizontal(run.fill_null(value=False))


def _word_labels(
    rows: pl.DataFrame, head: pl.DataFrame, header: Header, layout: LayoutSpec
) -> pl.Series:
    """Label rows by what they say: totals, notes, headers and titles over again."""
    first = pl.coalesce(pl.all()).str.replace_all(r"\s+", "")
    filled = pl.sum_horizontal(pl.all().is_not_null())
    label = (
        pl.when(_is_total(first, header, layout))
        .then(pl.lit("total"))
        .when(_is_note(first, layout) & (filled <= _FEW))
        .then(pl.lit("note"))
        .when(_repeats_header(head, header, layout))
        .then(pl.lit("header"))
        .when(_repeats_title(head.head(header.first), first) & (filled <= 2))
        .then(pl.lit("title"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
    return rows.select(label.alias("word")).to_series()


def _columns(header: Header, layout: LayoutSpec, types: frozenset[str]) -> list[str]:
    return [
        f"c{column}" for column, name in header.fields.items() if layout.fields[name].type in types
    ]


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _is_total(first: pl.Expr, header: Header, layout: LayoutSpec) -> pl.Expr:
    """东山乡合计 or 合计：12户 in the first filled cell, or 合计 alone as a name or place."""
    words = _alternatives(layout.total_words)
    if not words:
        return pl.lit(value=False)
    says = first.str.contains(rf"^(?:.{{0,16}}(?:{words})|(?:{words})[:：\d(（共].*)$")
    named = [
        pl.col(column).str.replace_all(r"\s+", "").str.contains(f"^(?:{words})$")
        for column in _columns(header, layout, _NAMING_TYPES)
    ]
    return pl.any_horizontal(says, *named).fill_null(value=False)


def _is_note(first: pl.Expr, layout: LayoutSpec) -> pl.Expr:
    """注：…, 制表人：…, 第 2 页 in the first filled cell."""
    long = _alternatives([word for word in layout.note_words if len(word) > 1])
    short = _alternatives([word for word in layout.note_words if len(word) == 1])
    # one character may begin a village's name; as a note it is followed by punctuation
    parts = [long, rf"(?:{short})(?:[:：、.．意\d(（]|$)" if short else ""]
    words = "|".join(filter(None, parts))
    says = first.str.contains(rf"^[(（【*※]?(?:{words})") if words else pl.lit(value=False)
    return (says | first.str.contains(_PAGE)).fill_null(value=False)


def _repeats_header(head: pl.DataFrame, header: Header, layout: LayoutSpec) -> pl.Expr:
    """At least half of the read columns hold their own header again."""
    lines = head.slice(header.first, header.last - header.first + 1)
    same = [
        pl.col(f"c{column}").is_in(_spellings(lines[f"c{column}"], name, layout))
        for column, name in header.fields.items()
    ]
    half = max(2, -(-len(same) // 2))
    return pl.sum_horizontal(test.fill_null(value=False) for test in same) >= half


def _spellings(lines: pl.Series, field: str, layout: LayoutSpec) -> list[str]:
    """The header as this file writes it, and as the layout does."""
    spec = layout.fields[field]
    return sorted({*lines.drop_nulls().to_list(), *spec.headers, spec.title})


def _repeats_title(titles: pl.DataFrame, first: pl.Expr) -> pl.Expr:
    """The first cell repeats a title row above the header (page titles)."""
    above = titles.select(first.alias("first")).to_series().drop_nulls()
    return first.is_in(above.unique().to_list()).fill_null(value=False)
