"""Keys made of what is left of a damaged number."""

from __future__ import annotations

import polars as pl

from fpm.identity.id_digits import may_be_rounded
from fpm.identity.repair import repairs
from fpm.match.search import FEW, Search


def birth_inside(pattern: pl.Expr) -> pl.Expr:
    """The birth date that stands, complete, inside a damaged number."""
    digits = pattern.str.slice(6, 8)
    return pl.when(digits.str.contains(r"^(?:19|20)[0-9]{6}$")).then(
        digits.str.to_date("%Y%m%d", strict=False)
    )


def repaired(rows: pl.DataFrame, label: str) -> pl.DataFrame:
    """``label`` and ``k``: the numbers one slip away from each row's ``pattern``."""
    numbered = rows.select(label).with_row_index("n")
    return repairs(rows["pattern"]).join(numbered, on="n").select(label, "k")


def by_prefix(asked: pl.DataFrame, bearers: pl.DataFrame, search: Search) -> None:
    """First fourteen digits of rounded numbers."""
    pattern = pl.col("pattern")
    rounded = asked.filter(pattern.str.contains(r"^[0-9]{14,17}\?{1,4}$") | may_be_rounded(pattern))
    search.join(
        "prefix",
        rounded.select("q", prefix=pattern.str.slice(0, 14).cast(pl.UInt64)),
        bearers.select("ra", prefix=pl.col("k") // 16_000),
    )


def by_mask(asked: pl.DataFrame, bearers: pl.DataFrame, search: Search) -> None:
    """Last four places of masked numbers, with the first six digits or the township.

    A whole county shares the first six digits: then few must share the last four.
    """
    pattern, body = pl.col("pattern"), pl.col("k") // 16
    masked = asked.filter(
        pattern.str.contains(r"\?.*[0-9]{3}[0-9X]$") & (pattern.str.len_bytes() == 18)
    )
    last = pattern.str.slice(17, 1).replace("X", "10").cast(pl.UInt64)
    masked = masked.select(
        "q",
        "t",
        head=pattern.str.slice(0, 6).cast(pl.UInt64, strict=False),
        tail=pattern.str.slice(14, 3).cast(pl.UInt64),
        last=last,
    )
    ends = bearers.select("ra", "t", head=body // 10**11, tail=body % 1000, last=pl.col("k") % 16)
    search.join("mask", masked.drop("t"), ends, FEW)
    search.join("mask+town", masked.drop("head"), ends)
