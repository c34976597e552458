"""Where each field stands in the delivered sheets, so that a row can be answered by its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from fpm.ingest.reading import FileReading
from fpm.model import COLUMN_SCHEMA


def column_places(readings: Iterable[FileReading]) -> pl.DataFrame:
    """The column of each field that was read (COLUMN_SCHEMA).

    A field that several tables of one sheet have in different columns is left out: its cell would
    have to be guessed.
    """
    places = pl.DataFrame(
        [row for reading in readings for row in _places(reading)], COLUMN_SCHEMA, orient="row"
    )
    sheet = [name for name in COLUMN_SCHEMA if name != "letter"]
    return places.unique(maintain_order=True).unique(sheet, keep="none", maintain_order=True)


def _places(reading: FileReading) -> Iterator[tuple[str, ...]]:
    for sheet in reading.sheets:
        if sheet.layout is None:
            continue
        source = (sheet.layout.department, sheet.layout.kind, reading.name, sheet.sheet)
        for columns in (sheet.columns, *sheet.below):
            for column in columns:
                if column.field is not None and column.letter and not column.repeats:
                    yield (*source, column.field, column.letter)
