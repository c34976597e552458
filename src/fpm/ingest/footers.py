"""What stands below a table: notes over several lines, who made it, its date, page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.rulebook.layout import LayoutSpec

_PAGE: Final = r"^(?:第?\d+页|共\d+页|第\d+页共\d+页)"
_COUNTED: Final = (
    r"^[(（]?(?:(?:共|总共|已|共?查询到|返回)(?:选择|选定|导出|有|计)?)?\d+"
    r"(?:行|条|笔)(?:记录|数据)?(?:已选择|被选择)?[。.)）]*$|^[(（]?\d+rows?(?:selected|inset.*)?[.)）]*$"
)
"""What a database says below the rows it gave: (6 rows), 已选择6行。"""
_SIGNED: Final = (
    r"^(?:填表|经办|复核|负责|分管|主管|联系|报送|上报|打印)?(?:单位|部门|人|日期|时间|领导|电话)[^:：]{0,8}[:：]"
    r"|[(（]?(?:盖章|签字|签章|公章)[)）]?[:：]?$|以下(?:空白|无正文|为空)"
    r"|^(?:[填制]表|填报|统计|报送|上报|打印|导出)?(?:日期|时间)$"
)
"""Whom a form is from, its seals, and the line that says nothing follows."""
_TAIL: Final = 60
"""Rows at the end of a sheet among which its last lines are."""
_BELOW: Final = frozenset({"note", "blank", "total", "title"})
_DATE: Final = re.compile(
    r"(?:20\d{2}|[二2][〇○零0][〇○零一二三四五六七八九\d]{2})[年./-][\d一二三四五六七八九十]{1,3}"
    r"[月./-][\d一二三四五六七八九十]{1,3}[日号]?"
)
_OFFICE: Final = re.compile(r".{3,}(?:局|委员会|办公室|人民政府|服务中心|联合会)(?:[(（].*[)）])?")
_GOES_ON: Final = re.compile(r"[(（]?\d{1,2}[.、)）:：].*|[^·•]{6,}")
"""A further line of a note; names of people are shorter or have a point inside."""


def is_note(first: pl.Expr, layout: LayoutSpec) -> pl.Expr:
    """注：…, 制表人：…, 第 2 页 in the first filled cell, without spaces."""
    long = _alternatives([word for word in layout.note_words if len(word) > 1])
    short = _alternatives([word for word in layout.note_words if len(word) == 1])
    # one character may begin a village's name; as a note it is followed by punctuation
    parts = [long, rf"(?:{short})(?:[:：、.．意\d(（]|$)" if short else ""]
    words = "|".join(filter(None, parts))
    says = first.str.contains(rf"^[(（【*※]?(?:{words})") if words else pl.lit(value=False)
    signed = first.str.contains(_SIGNED) | first.str.contains(_COUNTED)
    return (says | signed | first.str.contains(_PAGE)).fill_null(value=False)


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def last_lines(cells: pl.DataFrame, labels: pl.Series, has_id: pl.Series) -> list[int]:
    """Rows taken for data that are the last lines of a sheet: alone in their row, and nobody's.

    A date or an office is one wherever it stands below the last person, anything else only below
    a note.

    Args:
        cells: The sheet, String columns, blanks null.
        labels: What its rows are (``rows.label_rows``), null for data.
        has_id: Rows with somebody's number.
    """
    below: list[tuple[int, str | None, str]] = []
    tail = (part.tail(_TAIL) for part in (labels, has_id))
    rows = zip(cells.tail(_TAIL).rows(), *tail, strict=True)
    for number, (row, label, known) in reversed([*enumerate(rows, max(cells.height - _TAIL, 0))]):
        filled = [cell for cell in row if cell]
        if label not in _BELOW and (label or known or len(filled) != 1):
            break
        below.append((number, label, "".join(filled)))
    found: list[int] = []
    is_noted = False
    for number, label, text in reversed(below):
        is_noted = is_noted or label == "note"
        plain = "".join(text.split())
        ends = _DATE.fullmatch(plain) or _OFFICE.fullmatch(plain)
        if label is None and (ends or (is_noted and _GOES_ON.fullmatch(plain))):
            found.append(number)
    return found
