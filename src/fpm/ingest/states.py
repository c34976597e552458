"""Why a field is null: no such column, a cell that could not be read, or simply blank."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fpm.ingest.header import Header
from fpm.model import UNREADABLE
from fpm.rulebook.layout import LayoutSpec


def lacking_fields(header: Header, layout: LayoutSpec) -> list[str]:
    """The fields for which the sheet has no column, sorted.

    A set that is gathered from other columns too (``includes``) is lacking when all of them are.
    """
    found = set(header.fields.values())
    return sorted(
        name
        for name, spec in layout.fields.items()
        if name not in found and not found.intersection(spec.includes)
    )


def unreadable_cells(
    unread: Mapping[str, pl.DataFrame], contradicted: pl.DataFrame, header: Header
) -> pl.DataFrame:
    """The fields of each row whose cell holds what could not be read.

    Args:
        unread: field → its troubles (QUARANTINE_SCHEMA); 无 and the like are as good as blank.
        contradicted: cells in which two columns with the same header differ.
        header: tells the field of a repeated header.

    Returns:
        ``row`` (UInt32, unique) and ``unreadable`` (String, ``,``-joined).
    """
    by_header = {header.texts[number]: name for number, name in header.repeated.items()}
    doubled = contradicted.select("row", field=pl.col("column").replace(by_header))
    listed = [
        troubles.filter(pl.col("code") != "stated_nothing").select("row", field=pl.lit(name))
        for name, troubles in unread.items()
    ]
    return (
        pl.concat([doubled, *listed])
        .group_by("row")
        .agg(pl.col("field").unique().sort().str.join(",").alias(UNREADABLE))
    )


def joined_sets(records: pl.DataFrame, layout: LayoutSpec) -> pl.DataFrame:
    """Fill each field with ``includes`` with its own values and those of the fields it names."""
    return records.with_columns(
        _union(records, [name, *spec.includes]).alias(name)
        for name, spec in layout.fields.items()
        if spec.includes
    )


def _union(records: pl.DataFrame, names: list[str]) -> pl.Series:
    """The values of each row in one set; few sets are distinct."""
    joined = records.select(pl.concat_str(names, separator=",", ignore_nulls=True)).to_series()
    distinct = joined.filter(joined != "").unique()
    parts = distinct.str.split(",").list.unique().list.sort()
    return joined.replace_strict(distinct, parts.list.join(","), default=None)
