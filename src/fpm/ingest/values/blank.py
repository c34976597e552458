"""Cells that hold something and say nothing."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values.number import is_dash

_LEFT_EMPTY: Final = ("未填", "空", "空白", "null", "(null)", "<null>", "none", "nan", "n/a")
"""What programs and people write into a cell that holds nothing, whatever the column."""
NOTHING: Final = ("无", "暂无", "不详", "未知", *_LEFT_EMPTY)
"""What states that there is no number, amount or day; of another column it may be the value."""
_DITTO: Final = ("同上", "同前", "同左", "〃", "″", "〞")


def is_ditto(cell: pl.Expr) -> pl.Expr:
    """Whether a cell points at another one: which, a filter or another order has changed."""
    return cell.is_in(_DITTO)


def left_empty(cell: pl.Expr) -> pl.Expr:
    """Whether a cell is as good as blank in every column: a lone dash, ``null``."""
    return is_dash(cell) | cell.str.to_lowercase().is_in(_LEFT_EMPTY)
