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
TWICE: Final = "同一单元格出现两次，文件已损坏，请用原软件打开后另存为 xlsx 再发"
ODD_CONTENT: Final = "单元格的内容不合规范，无法确定是什么，请用原软件打开后另存为 xlsx 再发"
"""Why a sheet is refused of which a parser would read something else without a word."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Hidden lines, cells without a usable result, merges; rows count from 1, columns from 0."""

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()
    """Row, column and text of error values, formulas without a result, and amounts not in yuan."""
    merges: tuple[tuple[int, int, int], ...] = ()
    """Cells merged over rows: first row, last row, leftmost column, all from 0."""
