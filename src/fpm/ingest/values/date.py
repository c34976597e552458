"""Days and months in every form seen."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.containers.wire import NUMBER

_SEP = r"[-./年_]"
_TIME = r"(?:[ tT日]*\d{1,2}[:时点]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?)?[秒zZ分]?)?"
_WITH_SEPARATORS = (
    rf"^(\d{{4}})\s*{_SEP}\s*(\d{{1,2}})\s*[-./月_]\s*(\d{{1,2}})\s*[日号]?\s*{_TIME}$"
)
_COMPACT = rf"^(\d{{4}})(\d{{2}})(\d{{2}})(?:\d{{6}})?{_TIME}$"
_MONTH_WITH_SEPARATOR = rf"^(\d{{4}})\s*{_SEP}\s*(\d{{1,2}})\s*(?:月份?)?$"
_MONTH_COMPACT = r"^(\d{4})(\d{2})$"
_SERIAL = r"^(\d{5})(?:\.\d+)?$"
_SERIAL_MAX: Final = 73_415
"""31 December 2100 as a spreadsheet serial."""
_SERIAL_MIN: Final = 3_654
"""1 January 1910; smaller numbers are years, counts or typing errors."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def value(text: pl.Expr, *, date1904: bool = False) -> pl.Expr:
    """A Date from a day written in full or a spreadsheet serial.

    Args:
        text: ``2026-10-03``, ``2026/10/3 8:30``, ``2026.10.3``, ``2026年10月3日``, ``20261003``,
            ``46298`` (serial).
        date1904: Serials count from 1 January 1904.
    """
    plain = _plain(text)
    return pl.coalesce(
        _day(plain, _WITH_SEPARATORS), _day(plain, _COMPACT), _serial(plain, date1904)
    )


def month(text: pl.Expr, *, date1904: bool = False) -> pl.Expr:
    """The first of a month, from a month or a whole day.

    ``2026.1`` as a *number* may be January or, with its zero lost, October: it is not read.
    """
    plain = _plain(text)
    lost_zero = text.str.contains(rf"^{NUMBER}\d{{4}}\.1$")
    named = pl.coalesce(
        _first_of_month(plain, _MONTH_WITH_SEPARATOR), _first_of_month(plain, _MONTH_COMPACT)
    )
    from_day = value(text, date1904=date1904).dt.truncate("1mo")
    return pl.when(~lost_zero).then(pl.coalesce(named, from_day))


def trouble(text: pl.Expr) -> pl.Expr:
    """Why a day or month cannot be read: a code of ``fpm.ingest.quarantine``."""
    plain = _plain(text)
    return (
        pl.when(text.str.contains(rf"^{NUMBER}\d{{4}}\.1$"))
        .then(pl.lit("month_zero_lost"))
        .when(plain.str.contains(rf"^\d{{2}}{_SEP}\d{{1,2}}"))
        .then(pl.lit("date_two_digit_year"))
        .when(plain.str.contains(_MONTH_WITH_SEPARATOR) | plain.str.contains(_MONTH_COMPACT))
        .then(pl.lit("date_without_day"))
        .when(plain.str.contains(_WITH_SEPARATORS) | plain.str.contains(_COMPACT))
        .then(pl.lit("date_impossible"))
        .otherwise(pl.lit("date_unreadable"))
    )


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.strip_prefix(NUMBER).str.normalize("NFKC").str.strip_chars()


def _day(text: pl.Expr, pattern: str) -> pl.Expr:
    """Year, month, day by pattern; an impossible day is null."""
    parts = text.str.extract_groups(pattern).struct
    iso = pl.format(
        "{}-{}-{}",
        parts.field("1"),
        parts.field("2").str.zfill(2),
        parts.field("3").str.zfill(2),
    )
    return _within(iso.str.to_date("%Y-%m-%d", strict=False))


def _first_of_month(text: pl.Expr, pattern: str) -> pl.Expr:
    parts = text.str.extract_groups(pattern).struct
    iso = pl.format("{}-{}-01", parts.field("1"), parts.field("2").str.zfill(2))
    return _within(iso.str.to_date("%Y-%m-%d", strict=False))


def _within(day: pl.Expr) -> pl.Expr:
    return pl.when(day.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(day)


def _serial(text: pl.Expr, date1904: bool) -> pl.Expr:
    """Spreadsheet serial: days since 30 December 1899 (1 January 1904)."""
    days = text.str.extract(_SERIAL).cast(pl.Int32, strict=False)
    shift = 1462 if date1904 else 0  # days between the two epochs
    usable = days.is_between(_SERIAL_MIN - shift, _SERIAL_MAX - shift)
    # day 0 of the 1900 system is 30 December 1899 = Unix day −25569
    return pl.when(usable).then((days + shift - 25_569).cast(pl.Date))
