"""The months and days that a file name or title states: 2026年10月, 202610, 1-10月, 2026-10-08.

A year and month in words (二〇二六年十月) are read too; a month alone in words may be a village.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fpm.model import Period

_YEAR = r"(?<!\d)(?P<year>20\d{2})"
_DAY: Final = re.compile(
    rf"{_YEAR}(?:(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)"
    r"|\s*[-./_年]\s*(?P<m>\d{1,2})\s*[-./_月]\s*(?P<d>\d{1,2})(?!\d|\s*月))"
)
_MONTHS: Final = re.compile(
    rf"{_YEAR}(?:(?P<month>0[1-9]|1[0-2])(?!\d)"
    r"|\s*年\s*(?P<from>\d{1,2})\s*月?\s*[-—~至到]+\s*(?P<to>\d{1,2})\s*月"
    r"|\s*[-./_年]\s*(?P<m>\d{1,2})(?!\d))"
)
_NUMERALS: Final = "〇○零一二三四五六七八九"
_DIGITS: Final = str.maketrans(_NUMERALS, "000123456789")
_YEAR_IN_WORDS: Final = re.compile(f"[{_NUMERALS}]{{4}}(?=年)")
_MONTH_IN_WORDS: Final = re.compile(r"(?<=[年至到~—-])(十?[一二]|[三四五六七八九十])(?=月)")
_MONTH_ALONE: Final = re.compile(r"(?<![\d年])(?P<m>\d{1,2})\s*月(?!龄)")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text states; a month without a year has the year of the period it is read for."""

    months: tuple[Period, ...]
    days: tuple[dt.date, ...]


def stated(text: str, period: Period) -> Stated:
    """Read every month and day in ``text``; a run of digits that is no date is passed over."""
    rest = _in_digits(unicodedata.normalize("NFKC", text))
    days: list[dt.date] = []
    for found in _DAY.finditer(rest):
        if (day := _date(found)) is not None:
            days.append(day)
            rest = rest.replace(found[0], " ")
    months = [month for found in _MONTHS.finditer(rest) for month in _months(found)]
    rest = _MONTHS.sub(" ", rest)
    alone = [int(found["m"]) for found in _MONTH_ALONE.finditer(rest)]
    months += [Period(period.year, number) for number in alone if 1 <= number <= 12]
    return Stated(tuple(sorted(set(months))), tuple(sorted(set(days))))


def _in_digits(text: str) -> str:
    years = _YEAR_IN_WORDS.sub(lambda found: found[0].translate(_DIGITS), text)
    return _MONTH_IN_WORDS.sub(_number, years)


def _number(found: re.Match[str]) -> str:
    """十二 → 12."""
    units = found[0].removeprefix("十").translate(_DIGITS)
    return str(10 * ("十" in found[0]) + int(units or 0))


def _date(found: re.Match[str]) -> dt.date | None:
    month, day = found["month"] or found["m"], found["day"] or found["d"]
    try:
        return dt.date(int(found["year"]), int(month), int(day))
    except ValueError:
        return None


def _months(found: re.Match[str]) -> Iterator[Period]:
    for number in (found["month"], found["m"], found["from"], found["to"]):
        if number is not None and 1 <= int(number) <= 12:
            yield Period(int(found["year"]), int(number))
