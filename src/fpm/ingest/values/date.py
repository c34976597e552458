"""Days and months in every form seen."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values.widths import folded

_SEP = r"[-./年_、 ]"
_WEEKDAY = r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
_HALF = r"(?:上午|下午|凌晨|中午|晚上|[ap]m)?"
_HOUR, _SIXTY = r"(?:[01]?\d|2[0-3])", r"[0-5]?\d"
_TIME = (
    rf"(?:[ t日]*{_HALF}\s*{_HOUR}[:时点]{_SIXTY}(?:[:分]{_SIXTY}(?:\.\d+)?)?[秒分]?\s*{_HALF}"
    r"(?:\+08:?00)?)?"
)
"""A time of day is read over. One of another zone (a final Z) is not: the day may be another."""
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
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_AMBIGUOUS = r"^\d{4}\.1$"
_FIVE_DIGITS = r"^(?:19|20)\d{2}[1-9](?:\.0)?$"
"""In a month column 20261 may be 2026-1 as well as a serial (20 June 1955)."""
_IN_WORDS = r"^[〇○零一二三四五六七八九]{4}年"
_TENS = (
    (r"([一二三])十([一二三四五六七八九])", "$1$2"),
    (r"([一二三])十", "${1}0"),
    (r"十([一二三四五六七八九])", "1$1"),
    (r"十", "10"),
)
_DIGITS: Final = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
_KEEPS_ZEROS = r"^\d{4}\.(?:0\d|10)$"


def quick(text: pl.Expr) -> pl.Expr:
    """A Date from ISO text (``2026-10-03``, with or without time); null for every other form."""
    return pl.when(text.str.contains(_ISO)).then(_within(_iso_day(text.str.head(10))))


def value(text: pl.Expr, *, date1904: bool = False) -> pl.Expr:
    """A Date from a day written in full or a spreadsheet serial.

    Args:
        text: ``2026-10-03``, ``2026/10/3 8:30``, ``2026.10.3``, ``2026年10月3日``, ``20261003``,
            ``46298`` (serial).
        date1904: Serials count from 1 January 1904.
    """
    plain = _plain(text)
    return pl.coalesce(
        _day(plain, _WITH_SEPARATORS), _day(plain, _COMPACT), _serial(plain, date1904=date1904)
    )


def month(text: pl.Expr, *, date1904: bool = False, keeps_zeros: bool = False) -> pl.Expr:
    """The first of a month, from a month or a whole day.

    Args:
        text: ``202610``, ``2026.10``, ``2026-10``, ``2026年10月``, or any form of a day.
        date1904: Serials count from 1 January 1904.
        keeps_zeros: The column is text (``keeps_zeros`` of it): ``2026.1`` is January. Otherwise
            it may be October that lost its zero in a number, and is not read.
    """
    plain = _plain(text)
    named = pl.coalesce(
        _first_of_month(plain, _MONTH_WITH_SEPARATOR), _first_of_month(plain, _MONTH_COMPACT)
    )
    whole_day = value(text, date1904=date1904).dt.truncate("1mo")
    found = pl.coalesce(named, pl.when(~plain.str.contains(_FIVE_DIGITS)).then(whole_day))
    return found if keeps_zeros else pl.when(~plain.str.contains(_AMBIGUOUS)).then(found)


def keeps_zeros(texts: pl.Series) -> bool:
    """Whether a month column shows zeros that a number would have lost (2026.10, 2026.03)."""
    return bool(texts.str.contains(_KEEPS_ZEROS).any())


def may_lack_zeros(texts: pl.Series) -> bool:
    """Whether a month column holds text that is read only where ``keeps_zeros`` (2026.1)."""
    return bool(
        texts.to_frame("text").select(_plain(pl.col("text")).str.contains(_AMBIGUOUS).any()).item()
    )


def trouble(text: pl.Expr) -> pl.Expr:
    """Why a day or month cannot be read: a code of ``fpm.ingest.quarantine``."""
    plain = _plain(text)
    whole_month = plain.str.contains(_MONTH_WITH_SEPARATOR) | plain.str.contains(_MONTH_COMPACT)
    month_exists = pl.coalesce(
        _first_of_month(plain, _MONTH_WITH_SEPARATOR), _first_of_month(plain, _MONTH_COMPACT)
    ).is_not_null()
    whole_day = plain.str.contains(_WITH_SEPARATORS) | plain.str.contains(_COMPACT)
    return (
        pl.when(plain.str.contains(_TWO_DIGIT_YEAR))
        .then(pl.lit("date_two_digit_year"))
        .when(whole_day | (whole_month & ~month_exists))
        .then(pl.lit("date_impossible"))
        .when(whole_month)
        .then(pl.lit("date_without_day"))
        .otherwise(pl.lit("date_unreadable"))
    )


def month_trouble(text: pl.Expr) -> pl.Expr:
    """Why a month cannot be read; a month that could be read is one that lost its zero."""
    reason = trouble(text)
    return pl.when(reason == "date_without_day").then(pl.lit("month_zero_lost")).otherwise(reason)


def _plain(text: pl.Expr) -> pl.Expr:
    plain = folded(text).str.strip_chars().str.to_lowercase()
    return pl.when(plain.str.contains(_IN_WORDS)).then(_in_digits(plain)).otherwise(plain)


def _in_digits(text: pl.Expr) -> pl.Expr:
    """二〇二六年十月二十三日 → 2026年10月23日."""
    for tens, digits in _TENS:
        text = text.str.replace_all(tens, digits)
    return text.str.replace_many(list(_DIGITS), list(_DIGITS.values()))


def _day(text: pl.Expr, pattern: str) -> pl.Expr:
    """Year, month, day by pattern; an impossible day is null."""
    parts = text.str.extract_groups(pattern).struct
    month, day = parts.field("2").str.zfill(2), parts.field("3").str.zfill(2)
    return _within(_iso_day(pl.format("{}-{}-{}", parts.field("1"), month, day)))


def _first_of_month(text: pl.Expr, pattern: str) -> pl.Expr:
    parts = text.str.extract_groups(pattern).struct
    month = parts.field("2").str.zfill(2)
    return _within(_iso_day(pl.format("{}-{}-01", parts.field("1"), month)))


def _iso_day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)


def _within(day: pl.Expr) -> pl.Expr:
    return pl.when(day.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(day)


def _serial(text: pl.Expr, *, date1904: bool) -> pl.Expr:
    """Spreadsheet serial of five digits: from 1927 on (1931 in the 1904 calendar)."""
    days = text.str.extract(_SERIAL).cast(pl.Int32, strict=False)
    serial = days + _EPOCH_SHIFT if date1904 else days
    return pl.when(serial <= _SERIAL_MAX).then((serial - _UNIX_SERIAL).cast(pl.Date))
