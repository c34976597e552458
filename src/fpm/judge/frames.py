"""Columns and rows of wide frames without a plan over all their columns, which has its price."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def columns_of(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Some columns of a frame, each once: the facts have hundreds to plan with."""
    return pl.DataFrame([frame[name] for name in dict.fromkeys(names)])


def where(frame: pl.DataFrame, holds: pl.Expr) -> pl.DataFrame:
    """The rows for which ``holds`` is true; most often all, and then nothing is copied."""
    kept = frame.select(holds).to_series()
    return frame if kept.all(ignore_nulls=False) else frame.filter(kept)
