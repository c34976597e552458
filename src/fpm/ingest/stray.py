"""Rows that look like people in a sheet whose headers nobody recognises: set aside, not lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from fpm.ingest.grid import Grid
from fpm.ingest.quarantine import Column, Place, troubles
from fpm.ingest.reading import RecordKind
from fpm.ingest.sheets import SheetOutcome

_ID: Final = r"^\d{17}[\dXx]$|^\d\.\d{10,}E\+17$"


def set_aside_strays(
    outcome: SheetOutcome, grid: Grid, kind: RecordKind, file: str
) -> SheetOutcome:
    """Set aside the rows of an unread sheet that hold an ID number.

    Args:
        outcome: A sheet without a recognised table.
        grid: Its cells.
        kind: The kind most sheets of the file have.
        file: File name for messages.
    """
    if not grid.cells.width:
        return outcome
    cells = grid.cells.with_row_index("row", offset=1)
    holds_id = pl.any_horizontal(pl.exclude("row").str.contains(_ID).fill_null(value=False))
    rows = cells.filter(holds_id).select(
        "row", value=pl.lit(None, dtype=pl.String), code=pl.lit("sheet_unrecognised")
    )
    if rows.is_empty():
        return outcome
    strays = troubles(rows, Column(), Place(*kind, file, grid.head.name))
    reading = replace(
        outcome.reading,
        quarantined=rows.height,
        non_data=outcome.reading.rows - rows.height,
        notes=(*outcome.reading.notes, f"有 {rows.height} 行像人员数据，已列入待处理"),
    )
    return replace(outcome, reading=reading, strays=strays)
