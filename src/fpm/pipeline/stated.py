"""The times that a file name, a title or a header states: 2026年10月, 202610, 1-10月, 2026-10-08.

A year and month in words (二〇二六年十月) are read too; a month alone in words may be a village.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from fpm.ingest.header import BRACKETS
from fpm.model import Period

_YEAR = r"(?<!\d)(?P<year>20\d{2})"
_DAY: Final = re.compile(
    rf"{_YEAR}(?:(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)"
    r"|\s*[-./_年]\s*(?P<m>\d{1,2})\s*[-./_月]\s*(?P<d>\d{1,2})(?!\d|\s*月))"
)
_MONTHS: Final = re.compile(
    rf"{_YEAR}(?:(?P<month>0[1-9]|1[0-2])(?!\d)"
    r"|\s*年\s*(?P<from>\d{1,2})\s*月?\s*[-—~至到]+\s*(?P<to>\d{1,2})\s*月"
    r"|\s*[-./_年]\s*(?P<m>1[0-2]|0?[1-9])(?!\d|\s*季))"
)
_NUMERALS: Final = "〇○零一二三四五六七八九"
_DIGITS: Final = str.maketrans(_NUMERALS, "000123456789")
_YEAR_IN_WORDS: Final = re.compile(f"[{_NUMERALS}]{{4}}(?=年)")
_MONTH_IN_WORDS: Final = re.compile(r"(?<=[(年至到~—-])(十?[一二]|[三四五六七八九十])(?=月(?!村))")
_MONTH_ALONE: Final = re.compile(
    r"(?<![\d年])(?:(?P<from>\d{1,2})\s*月?\s*[-—~至到]\s*)?(?P<m>\d{1,2})\s*月(?!龄)"
)
_YEARS: Final = re.compile(
    rf"{_YEAR}(?:\s*[-—~至到、/]\s*(?P<to>20\d{{2}}|\d{{2}}))?\s*(?:学年|年)"
)
_SCHOOL_YEAR: Final = "学年"
_SHORT_YEAR: Final = re.compile(r"(?:^|(?<=[(\[{【〔]))(\d{2})(?=年)")
"""25年 where a header or a bracket begins; anywhere else it may be how long something takes."""
_BARE_YEAR: Final = re.compile(r"(?<=[(\[{【〔])(20[1-4]\d(?:[-—~至到/]20[1-4]\d)?)(?=[)\]}】〕])")
_REFERENCE: Final = re.compile(
    "标准|版|修[订正]|文件|办法|口径|规定|依据|按照|如|例|格式|样式|价|〕\\d+号"
)
"""A bracket that names a document or an example says nothing of the values: 2011年标准."""
_UP_TO: Final = re.compile("截[至止]|[以之年月底末]前|为止|止(?![\\w])")
_SINCE: Final = re.compile("以来|以后|之后|至今|迄今|至目前|[年月日度]起|开始|[年月日度]后")
_YEARLY: Final = re.compile("收入|收支")
_NAMED_YEAR: Final = re.compile(
    r"(?:^|(?<=/))20[1-4]\d(?=[\u4e00-\u9fff])(?!年)|(?<!\d)20[1-4]\d(?=(?:\.\w+)?$)"
)
"""2025 where a name begins or ends: 2025低保.xlsx, the sheets 2025 and 2026."""
_TITLE: Final = 40
"""Characters of the longest title; what is longer explains how to fill in."""
_ALWAYS: Final = (Period(1, 1), Period(9999, 12))
_SHORT_YEARS: Final = range(-4, 2)
"""Years from now that 25年 may be; 30年 is how long something is used."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text states; a month without a year has the year of the period it is read for."""

    months: tuple[Period, ...]
    days: tuple[dt.date, ...]
    years: tuple[int, ...] = ()
    """Years without a month; a school year is two of them."""


def stated(text: str, period: Period) -> Stated:
    """Read every time in ``text``; a run of digits that is no date is passed over."""
    rest = _in_digits(unicodedata.normalize("NFKC", text))
    days: list[dt.date] = []
    for found in _DAY.finditer(rest):
        if (day := _date(found)) is not None:
            days.append(day)
            rest = rest.replace(found[0], " ")
    months = [month for found in _MONTHS.finditer(rest) for month in _months(found)]
    rest = _MONTHS.sub(" ", rest)
    alone = [number for found in _MONTH_ALONE.finditer(rest) for number in found.groups()]
    numbers = [int(number) for number in alone if number is not None]
    months += [Period(period.year, number) for number in numbers if 1 <= number <= 12]
    years: list[int] = []
    for found in _YEARS.finditer(rest):
        if rest.startswith("秋", found.end()):  # the term that ends with the winter
            months += Period(int(found["year"]), 9), Period(int(found["year"]) + 1, 2)
        else:
            years += _years(found)
    return Stated(tuple(sorted(set(months))), tuple(sorted(set(days))), tuple(sorted(set(years))))


def year_beside(title: str, period: Period) -> str | None:
    """The year before or after, where a title or name states that alone: 2025年参保名单.

    Years further back are part of what a list is called (2020年搬迁户), and what is reckoned by
    the year may be of the one before.
    """
    text = _NAMED_YEAR.sub(r"\g<0>年", unicodedata.normalize("NFKC", title).strip())
    years = stated(text, period).years
    if len(text) > _TITLE or not {period.year - 1, period.year + 1}.intersection(years):
        return None
    holds = years[0] <= period.year <= years[-1]
    if holds or any(words.search(text) for words in (_REFERENCE, _UP_TO, _SINCE, _YEARLY)):
        return None
    return _told_years(years)


def elsewhen(header: str, first: Period, period: Period) -> str | None:
    """What a header states, if that is neither of the period nor of the months since ``first``.

    A state may be that of the end of the month before (截至2026年9月底 in the lists of October),
    and the lists of a month be made in the next (2026年11月3日).

    Args:
        header: As the file has it.
        first: The earliest month of which the values may be; the period itself for most.
        period: The period that they are read for.
    """
    text = _of_the_values(unicodedata.normalize("NFKC", header), period)
    said = stated(text, period)
    spans = [
        *((month, month) for month in said.months),
        *((_month(day).shift(-1), _month(day)) for day in said.days),
        *((Period(year, 1), Period(year, 12)) for year in said.years),
    ]
    if not spans:
        return None
    begin, end = min(begin for begin, _ in spans), max(end for _, end in spans)
    if _UP_TO.search(text):
        begin, end = _ALWAYS[0], end.shift(1)
    if _SINCE.search(text):
        end = _ALWAYS[1]
    if begin <= period and first <= end:
        return None
    months = (str(month) for month in said.months)
    days = (day.isoformat() for day in said.days)
    return "、".join(filter(None, (_told_years(said.years), *months, *days)))


def _told_years(years: Iterable[int]) -> str:
    return "、".join(f"{year} 年" for year in years)


def _of_the_values(text: str, period: Period) -> str:
    """A header without brackets that name a document, its years in four digits before 年."""
    for bracket in BRACKETS.findall(text):
        if _REFERENCE.search(bracket):
            text = text.replace(bracket, "")
    text = _BARE_YEAR.sub(r"\1年", text.strip())
    return _SHORT_YEAR.sub(lambda found: _long_year(found[0], period), text)


def _long_year(digits: str, period: Period) -> str:
    year = 2000 + int(digits)
    return str(year) if year - period.year in _SHORT_YEARS else digits


def _month(day: dt.date) -> Period:
    return Period(day.year, day.month)


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


def _years(found: re.Match[str]) -> Iterator[int]:
    """2025-2026学年, 2025-26学年 and 2025学年 are both years."""
    year = int(found["year"])
    yield year
    if found["to"]:
        yield int(found["to"][-2:]) + 2000
    elif found[0].endswith(_SCHOOL_YEAR):
        yield year + 1


def _months(found: re.Match[str]) -> Iterator[Period]:
    for number in (found["month"], found["m"], found["from"], found["to"]):
        if number is not None and 1 <= int(number) <= 12:
            yield Period(int(found["year"]), int(number))
