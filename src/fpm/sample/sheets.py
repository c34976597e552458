"""What a delivered file is made of, and on which line of it every record stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

Cell: TypeAlias = str | int | float | None
Line: TypeAlias = tuple[Cell, ...]
Container = Literal["xlsx", "xls", "csv", "html"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: titles, header lines, records, and lines that are no records.

    ``cells`` holds the records as delivered, one column a header (text or number). ``truth`` has
    as many rows: ``person_id`` or ``township`` and ``village``, ``damage``, and ``typed`` where
    the number in column ``typed_column`` is a number cell that lost its last digits.
    ``between`` holds lines that stand before the record of that index (blank, subtotal).
    """

    name: str
    cells: pl.DataFrame
    truth: pl.DataFrame
    titles: tuple[str, ...] = ()
    groups: tuple[str | None, ...] = ()
    """A line above the header that groups columns (merged cells)."""
    between: Mapping[int, Line] = field(default_factory=dict)
    footers: tuple[Line, ...] = ()
    typed_column: str | None = None
    hidden: bool = False

    @property
    def lines_above(self) -> int:
        """Lines before the first record."""
        return len(self.titles) + bool(self.groups) + 1

    def record_lines(self) -> pl.Series:
        """Line of each record, 1 = first line of the sheet."""
        index = np.arange(self.cells.height)
        extra = np.searchsorted(
            np.sort(np.array(list(self.between), dtype=np.int64)), index, "right"
        )
        return pl.Series("row", index + extra + self.lines_above + 1, dtype=pl.UInt32)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file handed over: ``path`` below ``inbox/``, department and kind it is meant to be."""

    path: str
    department: str
    kind: str
    container: Container
    sheets: tuple[Sheet, ...]
    encoding: str = "utf-8-sig"
    """Of a csv or an HTML table."""
    quoted_ids: bool = False
    """A csv whose ID numbers are written as ``="…"``."""

    def sheet_name(self, sheet: Sheet) -> str:
        """The name of ``sheet`` as a reader sees it: text files have none."""
        return "" if self.container in {"csv", "html"} else sheet.name
