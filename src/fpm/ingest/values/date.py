"""Days and months in every form seen."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from fpm.ingest.values.widths import folded

_SEP = r"[-./年_、 ]"
_WEEKDAY = r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
_HALF = r"(?:上午|下午|凌晨|中午|晚上|[ap]m)?"
_HOUR, _SIXTY = r"(?:[01]?\d|2[0-3])", r"[0-5]?\d"
_TIME = (
    rf"(?:[ t日]*{_HALF}\s*{_HOUR}[:时点]{_SIXTY}(?:[:分]{_SIXTY}(?:\.\d+)?)?[秒分]?\s*{_HALF}"
    r"(?:\+08:?00)?|t00:00(?::00)?(?:\.0+)?z)?"
)
"""A time of day is read over. One of another zone (a final Z) is not: the day may be another; but
midnight there is in the morning of the same day here."""
_WITH_SEPARATORS = (
    rf"^(\d{{4}})\s*{_SEP}\s*(\d{{1,2}})\s*[-./月_、 ]\s*(\d{{1,2}})\s*[日号.]?{_WEEKDAY}{_TIME}$"
)
_COMPACT = rf"^(\d{{4}})(\d{{2}})(\d{{2}})(?:\d{{6}})?{_TIME}$"
_MONTH_WITH_SEPARATOR = rf"^(\d{{4}})\s*{_SEP}\s*(\d{{1,2}})\s*(?:月份?)?$"
_MONTH_COMPACT = r"^(\d{4})(\d{2})$"
_TWO_DIGIT_YEAR = rf"^\d{{2}}{_SEP}\d{{1,2}}(?:[-./月_ ]\d{{0,2}}[日号]?{_TIME})?$"
_ISO = r"^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?$"
_SERIAL = r"^(\d{5})(?:\.\d+)?$"
_SERIAL_MAX: Final = 73_415
"""31 December 2100 as a spreadsheet serial."""
_EPOCH_SHIFT: Final = 1_462
"""Days between the epochs of the 1900 and the 1904 calendar of spreadsheets."""
_UNIX_SERIAL: Final = 25_569
"""1 January 1970 as a spreadsheet serial."""
_FIRST, _LAST = dt.date(1900, 3, 1), dt.date(2100, 12, 31)
"""Spreadsheets count a 29 February 1900: what they show of the days before is one off."""
_AMBIGUOUS = r"^\d{4}\.1$"
_FIVE_DIGITS = r"^(?:19|20)\d{2}[1-9](?:\.0)?$"
"""20261 may be 2026-1 as well as a serial (20 June 1955)."""
_IN_WORDS = r"^[〇○零一二三四五六七八九]{4}年"
_TENS = (
    (r"([一二三])十([一二三四五六七八九])", "$1$2"),
    (r"([一二三])十", "${1}0"),
    (r"十([一二三四五六七八九])", "1$1"),
    (r"十", "10"),
)
_DIGITS: Final = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
_PLAIN: Final = pl.col("plain")
_KEEPS_ZEROS = r"^\d{4}\.10$"
_PADDED = r"^\d{4}\.0[1-9]$"


def value(text: pl.Series, *, date1904: bool = False) -> pl.Series:
    """A Date from a day written in full or a spreadsheet serial.

    Args:
        text: ``2026-10-03``, ``2026/10/3 8:30``, ``2026.10.3``, ``2026年10月3日``, ``20261003``,
            ``46298`` (serial); ``20261`` only among others that are serials, as it may be January.
        date1904: Serials count from 1 January 1904.
    """
    cell = pl.col("text")
    iso = pl.when(cell.str.contains(_ISO)).then(cell.str.head(10))
    days = text.to_frame("text").select(_within(_iso_day(iso))).to_series()
    other = days.is_null()
    if not other.any():
        return days
    plain = _plain(text.filter(other))
    found = plain.select(_day_in_full(date1904=date1904)).to_series()
    if not _are_serials(plain):
        found = found.set(plain["plain"].str.contains(_FIVE_DIGITS), None)
    return days.scatter(other.arg_true(), found)


def month(
    text: pl.Series, *, date1904: bool = False, keeps_zeros: bool = False, keeps_day: bool = False
) -> pl.Series:
    """The first of a month, from a month or a whole day.

    Args:
        text: ``202610``, ``2026.10``, ``2026-10``, ``2026年10月``, or any form of a day.
        date1904: Serials count from 1 January 1904.
        keeps_zeros: The column is text (``keeps_zeros`` of it): ``2026.1`` is January. Otherwise
            it may be October that lost its zero in a number, and is not read.
        keeps_day: A whole day stays that day.
    """
    day = _day_in_full(date1904=date1904)
    whole_day = day if keeps_day else day.dt.truncate("1mo")
    unambiguous = pl.when(~_PLAIN.str.contains(_FIVE_DIGITS)).then(whole_day)
    found = pl.coalesce(_named_month(), unambiguous)
    if not keeps_zeros:
        found = pl.when(~_PLAIN.str.contains(_AMBIGUOUS)).then(found)
    return _plain(text).select(found).to_series()


def keeps_zeros(texts: pl.Series, *, typed: bool) -> bool:
    """Whether a month column shows the zero that a number would have lost (2026.10).

    Args:
        texts: Its distinct cells, all of them texts.
        typed: The texts of a workbook stay what they are. In a text file a cell may come from a
            number; where others have a zero before their only digit (2026.09), 2026.1 does.
    """
    kept = bool(texts.str.contains(_KEEPS_ZEROS).any())
    return kept and (typed or not texts.str.contains(_PADDED).any())


def may_lack_zeros(texts: pl.Series) -> bool:
    """Whether a month column holds text that is read only where ``keeps_zeros`` (2026.1)."""
    return bool(_plain(texts).select(_PLAIN.str.contains(_AMBIGUOUS).any()).item())


def trouble(text: pl.Series) -> pl.Series:
    """Why a day or month cannot be read: a code of ``fpm.ingest.quarantine``."""
    whole_month = _PLAIN.str.contains(_MONTH_WITH_SEPARATOR) | _PLAIN.str.contains(_MONTH_COMPACT)
    whole_day = _PLAIN.str.contains(_WITH_SEPARATORS) | _PLAIN.str.contains(_COMPACT)
    reason = (
        pl.when(_PLAIN.str.contains(_TWO_DIGIT_YEAR))
        .then(pl.lit("date_two_digit_year"))
        .when(whole_day | (whole_month & _named_month().is_null()))
        .then(pl.lit("date_impossible"))
        .when(whole_month)
        .then(pl.lit("date_without_day"))
        .otherwise(pl.lit("date_unreadable"))
    )
    return _plain(text).select(reason).to_series()


def month_trouble(text: pl.Series) -> pl.Series:
    """Why a month cannot be read; a month that could be read is one that lost its zero."""
    return trouble(text).replace("date_without_day", "month_zero_lost")


def _are_serials(plain: pl.DataFrame) -> bool:
    """Whether most cells of five digits can be nothing but serials; among them 20261 is one too."""
    of_five = plain.select(
        serials=_PLAIN.str.contains(_SERIAL).sum(), doubtful=_PLAIN.str.contains(_FIVE_DIGITS).sum()
    )
    serials, doubtful = of_five.row(0)
    return bool(serials >= 2 * doubtful)


def _plain(text: pl.Series) -> pl.DataFrame:
    """Column ``plain``: the texts in the form that the patterns know.

    A frame of its own, because an expression that uses another several times works it out as
    often.
    """
    return (
        text.to_frame("text")
        .select(plain=folded(pl.col("text")).str.strip_chars().str.to_lowercase())
        .with_columns(
            pl.when(_PLAIN.str.contains(_IN_WORDS)).then(_in_digits(_PLAIN)).otherwise(_PLAIN)
        )
    )


def _in_digits(text: pl.Expr) -> pl.Expr:
    """二〇二六年十月二十三日 → 2026年10月23日."""
    for tens, digits in _TENS:
        text = text.str.replace_all(tens, digits)
    return text.str.replace_many(list(_DIGITS), list(_DIGITS.values()))


def _day_in_full(*, date1904: bool) -> pl.Expr:
    return pl.coalesce(_day(_WITH_SEPARATORS), _day(_COMPACT), _serial(date1904=date1904))


def _day(pattern: str) -> pl.Expr:
    """Year, month, day by pattern; an impossible day is null."""
    parts = _PLAIN.str.extract_groups(pattern).struct
    month, day = parts.field("2").str.zfill(2), parts.field("3").str.zfill(2)
    return _within(_iso_day(pl.format("{}-{}-{}", parts.field("1"), month, day)))


def _named_month() -> pl.Expr:
    return pl.coalesce(_first_of_month(_MONTH_WITH_SEPARATOR), _first_of_month(_MONTH_COMPACT))


def _first_of_month(pattern: str) -> pl.Expr:
    parts = _PLAIN.str.extract_groups(pattern).struct
    month = parts.field("2").str.zfill(2)
    return _within(_iso_day(pl.format("{}-{}-01", parts.field("1"), month)))


def _iso_day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)


def _within(day: pl.Expr) -> pl.Expr:
    return pl.when(day.is_between(_FIRST, _LAST)).then(day)


def _serial(*, date1904: bool) -> pl.Expr:
    """Spreadsheet serial of five digits: from 1927 on (1931 in the 1904 calendar)."""
    days = _PLAIN.str.extract(_SERIAL).cast(pl.Int32, strict=False)
    serial = days + _EPOCH_SHIFT if date1904 else days
    return pl.when(serial <= _SERIAL_MAX).then((serial - _UNIX_SERIAL).cast(pl.Date))
