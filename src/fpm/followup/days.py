"""Days that officers write without their year: the only day that can be meant, if there is one.

A visit lies between the day the township was asked and the day its answer is read. Of ``11月3日``,
``3/11`` and ``3号`` mostly one reading lies there; where none or several do, nobody chooses.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_FORMS: Final = (
    # month and day, in that order
    (r"^(?<month>\d{1,2})月(?<day>\d{1,2})[日号]?$", "month day"),
    # a number such as 11.3 may have been 11.30: it is read only with both digits of its day
    (r"^(?<month>\d{1,2})\.(?<day>\d{2})[日号]?$", "month day"),
    (r"^(?<one>\d{1,2})[-/](?<other>\d{1,2})[日号]?$", "any order"),
    (r"^(?<day>\d{1,2})[日号]$", "day"),
    (r"^(?<year>\d{2})[-/.年](?<month>\d{1,2})[-/.月](?<day>\d{1,2})[日号]?$", "year month day"),
)


def only_day(rows: pl.DataFrame) -> pl.Series:
    """The day that ``written`` means, null where none or more than one can be meant.

    Args:
        rows: ``written`` (String) and the bounds ``since`` and ``until`` (Date), inclusive; a row
            with a blank in one of them has no day.
    """
    asked = rows.select("written", "since", "until").with_row_index("place")
    bounded = asked.drop_nulls().filter(pl.col("since") <= pl.col("until"))
    plain = pl.col("written").str.normalize("NFKC").str.replace_all(r"\s", "")
    meant = (
        bounded.with_columns(plain=plain, reading=pl.date_ranges("since", "until"))
        .explode("reading")
        .filter(pl.any_horizontal(_reads(form, order) for form, order in _FORMS))
        .group_by("place")
        .agg(pl.col("reading").unique())
        .filter(pl.col("reading").list.len() == 1)
        .select("place", pl.col("reading").list.first())
    )
    return asked.join(meant, on="place", how="left", maintain_order="left")["reading"]


def _reads(form: str, order: str) -> pl.Expr:
    """Whether ``plain`` may mean the day ``reading`` when it has the form."""
    parts = pl.col("plain").str.extract_groups(form).struct
    day, month = pl.col("reading").dt.day(), pl.col("reading").dt.month()

    def part(name: str) -> pl.Expr:
        return parts.field(name).cast(pl.Int64, strict=False)

    if order == "any order":
        one, other = part("one"), part("other")
        reads = ((one == month) & (other == day)) | ((one == day) & (other == month))
    else:
        values = {"year": pl.col("reading").dt.year() % 100, "month": month, "day": day}
        reads = pl.all_horizontal(part(name) == values[name] for name in order.split())
    return reads.fill_null(value=False)
