"""What headers, titles and notes say of the numbers in a column: unit, measure, by the month."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.ingest.header import BRACKETS, TAIL_UNIT, Cells, plain_header
from fpm.ingest.values.measure import WORDS, alike
from fpm.ingest.values.unit import NOT_YUAN, UNIT, YUAN
from fpm.rulebook.layout import LayoutField

_MONEY_UNIT: Final = re.compile(f"{NOT_YUAN}|{YUAN}")
_UNIT: Final = re.compile(UNIT)
_COUNTED: Final = re.compile(r"\d+元")
"""(10000元): counted in notes of so much, not in yuan."""
_STATED: Final = re.compile(r"单位\s*[:为是]\s*([^\s()。;]+)")
_BRACKETED: Final = re.compile(r"\(([^()]+)\)")
_TABLE_UNIT: Final = re.compile(rf"(?:人民币)?((?:{NOT_YUAN})|{YUAN}|万)(?:人民币)?")
"""What may stand after 单位: or in brackets above a table, whole, between commas or slashes."""
_OF_WHAT: Final = re.compile("^.{0,4}单位[:为是]")
_WORD: Final = "|".join((NOT_YUAN, YUAN, "万", *map(re.escape, WORDS)))
_UNIT_CELL: Final = re.compile(rf"\(?(?:单位:)?((?:{_WORD})(?:/[人户月年日天亩])*)\)?")
"""A cell that is nothing but a unit."""
_REMARK: Final = re.compile(
    rf"{BRACKETS.pattern}|(?:必填|选填|必须填写|可不填|可空|非空|下拉选择|文本|数字|数值|日期|字符)(?:项|型|格式)?"
    r"|\d+位"
)
"""A cell that says how to fill in its column."""
_PERIODS: Final = {"年": "年", "月": "月", "季": "季", "天": "天", "日": "天", "期": "学期"}
_PERIOD: Final = re.compile(r"(?:元(?:/人)?[/每]|^每?)(?:人?每)?(年|月|季|天|日|学?期)度?$")
"""元/月, 元/人/年, 元每季度 in the brackets of a header; also 年 or 每月 alone."""


def header_unit(text: str | None) -> str:
    """The unit named in brackets or after a slash or comma, ``""`` when there is none.

    Where one bracket names several units of money it is all of them, which nothing is counted in.
    """
    plain = plain_header(text)
    for bracket in BRACKETS.findall(plain):
        if _COUNTED.fullmatch(bracket[1:-1]):
            return str(bracket[1:-1])
        if units := dict.fromkeys(_MONEY_UNIT.findall(bracket)):
            return "、".join(units)
        if found := _UNIT.search(bracket):
            return found[0]
    tail = TAIL_UNIT.search(plain)
    return tail[1] if tail else ""


def units_of_line(cells: Sequence[str]) -> tuple[str, ...] | None:
    """The units that a line below the headers gives to its columns (亩, （万元）, ""), or None.

    Beside them stand at most remarks on how to fill in: （年月日）, 必填.

    Args:
        cells: The line, "" where a cell is blank.
    """
    plain = [plain_header(cell) for cell in cells]
    found = [_UNIT_CELL.fullmatch(cell) for cell in plain]
    others = (cell for cell, unit in zip(plain, found, strict=True) if cell and not unit)
    if not any(found) or not all(map(_REMARK.fullmatch, others)):
        return None
    return tuple(unit[1] if unit else "" for unit in found)


@dataclass(frozen=True, slots=True)
class StatedUnits:
    """What lines above or below a table state for all its columns: 单位：万元、公顷.

    ``money``: the unit of money, ``""`` when none is; several at once are none that can be
    reckoned in. ``measures``: the words for what else is counted.
    """

    money: str = ""
    measures: frozenset[str] = frozenset()

    def also(self, other: StatedUnits) -> StatedUnits:
        """With what another line states; two units of money are none that can be reckoned in."""
        money = dict.fromkeys(filter(None, (self.money, other.money)))
        return StatedUnits("、".join(money), self.measures | other.measures)


NOTHING_STATED: Final = StatedUnits()


def stated_above(titles: Sequence[Cells]) -> StatedUnits:
    """What the lines above a header state."""
    return _units_of(titles, (_STATED, _BRACKETED))


def stated_below(cells: pl.DataFrame, labels: pl.Series) -> StatedUnits:
    """What a line below the table states in so many words.

    Args:
        cells: The sheet.
        labels: What each row is (``rows.label_rows``); a note may be blank in all columns read.
    """
    below = labels.is_in(["note", "blank"])
    if not below.any():
        return NOTHING_STATED
    notes = cells.filter(below)
    says = pl.any_horizontal(pl.all().str.contains("单位", literal=True))
    return _units_of(notes.filter(says).rows(), (_STATED,))


def _units_of(rows: Sequence[Cells], forms: Sequence[re.Pattern[str]]) -> StatedUnits:
    found = map(_TABLE_UNIT.fullmatch, _stated_words(rows, forms))
    money = dict.fromkeys(unit[1] for unit in found if unit)
    return StatedUnits("、".join(money), WORDS & {*_stated_words(rows, (_STATED,))})


def _stated_words(rows: Sequence[Cells], forms: Sequence[re.Pattern[str]]) -> Iterator[str]:
    for row in rows:
        for cell in row:
            plain = unicodedata.normalize("NFKC", cell or "")
            for stated in (text for form in forms for text in form.findall(plain)):
                for word in re.split("[,;、/]", stated):
                    yield _OF_WHAT.sub("", word).strip()


def contradiction(text: str, spec: LayoutField) -> str:
    """A code (``fpm.ingest.quarantine``) where a header counts what the field does not.

    Days under a field of months, or yuan by the year under one by the month, would be read as
    what they are not.
    """
    inside = [part[1:-1].removeprefix("单位:") for part in BRACKETS.findall(plain_header(text))]
    if spec.type == "number" and spec.unit:
        stated = {part for part in inside if part in WORDS}
        return "" if stated <= alike(spec.unit) else "number_other_unit"
    wanted = _period_of(spec) if spec.type == "money" else ""
    if wanted:
        periods = {_PERIODS[found[1][-1]] for part in inside if (found := _PERIOD.search(part))}
        return "" if periods <= {wanted} else "money_other_period"
    return ""


def _period_of(spec: LayoutField) -> str:
    """月 or 年 where the title or one of the headers says so: 月保障金, 上年度人均纯收入."""
    said = (
        period for text in (spec.title, *spec.headers) for period in ("月", "年") if period in text
    )
    return next(said, "")
