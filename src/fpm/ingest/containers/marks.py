"""What the parser of a workbook does not tell of a sheet, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fpm.ingest.containers.sniff import UnreadableError

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
MOST_MARKED: Final = 500_000
"""Cells of a sheet that are marked, 400 bytes each: errors, no results, numbers in other units."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Hidden lines, cells without a usable result, merges; rows count from 1, columns from 0."""

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()
    """Row, column and text of error values, formulas without a result, and amounts not in yuan."""
    merges: tuple[tuple[int, int, int], ...] = ()
    """Cells merged over rows: first row, last row, leftmost column, all from 0."""


def refuse_many(marked: int) -> None:
    """Refuse a sheet with more marked cells than can be told of one by one.

    Raises:
        UnreadableError: There are more than ``MOST_MARKED``.
    """
    if marked > MOST_MARKED:
        raise UnreadableError(
            f"有 {MOST_MARKED:,} 个以上的单元格是公式错误、没有计算结果或另有单位，"
            "请用原软件打开、重新计算后另存为 xlsx 再发"
        )
