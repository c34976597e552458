"""What the parser of a workbook does not tell of a sheet, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNCALCULATED: Final = "#未计算"
"""Stands in a formula cell that was saved without its result."""
ERROR_VALUES: Final = (
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#PYTHON!",
    "#GETTING_DATA",
    UNCALCULATED,
)
"""What stands in cells without a usable result."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Hidden lines, cells without a usable result, merges; rows count from 1, columns from 0."""

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()
    """Row, column and text of error values and of formulas without a result."""
    merges: tuple[tuple[int, int, int], ...] = ()
    """Cells merged over rows: first row, last row, leftmost column, all from 0."""
