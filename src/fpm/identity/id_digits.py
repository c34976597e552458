"""Arithmetic of ID numbers: packing, check character, birth date, sex, the fifteen-digit form."""

from __future__ import annotations

from typing import Final

import polars as pl

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
"""Weight of each of the 18 places; a number is right when the weighted sum is 1 modulo 11."""

BIRTH_PLACES: Final = range(6, 14)
"""Places of the birth date among the eighteen."""


def pack(canonical: pl.Expr) -> pl.Expr:
    """``id17 * 16 + check`` (X = 10) as UInt64 from 18 characters; null where they are none."""
    body = canonical.str.slice(0, 17).cast(pl.UInt64, strict=False)
    last = canonical.str.slice(17, 1)
    check = (
        pl.when(last == "X")
        .then(pl.lit(10, pl.UInt64))
        .otherwise(last.cast(pl.UInt64, strict=False))
    )
    return body * 16 + check


def unpack(k: pl.Expr) -> pl.Expr:
    """The 18 characters of a packed number."""
    body = (k // 16).cast(pl.String).str.zfill(17)
    check = k % 16
    last = pl.when(check == 10).then(pl.lit("X")).otherwise(check.cast(pl.String))
    return pl.concat_str(body, last)


def check_of(body: pl.Expr) -> pl.Expr:
    """The check value (0-10) that belongs to seventeen digits given as an integer."""
    total = pl.lit(0, pl.UInt64)
    for place, weight in enumerate(WEIGHTS[:17]):
        total = total + (body // 10 ** (16 - place) % 10) * weight
    return (12 - total % 11) % 11


def birth_date_of(body: pl.Expr) -> pl.Expr:
    """The birth date inside seventeen digits; null where the calendar has no such day.

    Days are counted from the civil calendar by arithmetic (years begin in March, so that the leap
    day is the last of its year), which is several times faster than building dates.
    """
    digits = (body // 1000 % 100_000_000).cast(pl.Int32)
    year, month, day = digits // 10_000, digits // 100 % 100, digits % 100
    possible = year.is_between(1850, 2100) & month.is_between(1, 12) & day.is_between(1, 31)
    march_year = year - (month <= 2).cast(pl.Int32)
    leap_days = march_year // 4 - march_year // 100 + march_year // 400
    in_year = ((month + 9) % 12 * 153 + 2) // 5 + day - 1
    epoch = 719_468  # days from the first of March of the year 0 to 1970
    date = (march_year * 365 + leap_days + in_year - epoch).cast(pl.Date)
    return pl.when(possible & (date.dt.day() == day)).then(date)


def sex_of(body: pl.Expr) -> pl.Expr:
    """男 for an odd sequence number, 女 for an even one."""
    return pl.when(body % 2 == 1).then(pl.lit("男")).otherwise(pl.lit("女"))


def widen15(text: pl.Expr) -> pl.Expr:
    """The 18 characters of a 15-digit number of the twentieth century."""
    body = pl.concat_str(text.str.slice(0, 6), pl.lit("19"), text.str.slice(6, 9))
    check = check_of(body.cast(pl.UInt64, strict=False))
    last = pl.when(check == 10).then(pl.lit("X")).otherwise(check.cast(pl.String))
    return pl.concat_str(body, last)


def may_be_rounded(pattern: pl.Expr) -> pl.Expr:
    """Are these eighteen digits a number that a spreadsheet's floating point can hold exactly?

    One number in 64 is by chance; a rounded one always is, and passes the check one time in 11.
    """
    digits = pl.when(pattern.str.contains(r"^[0-9]{18}$")).then(pattern)
    number = digits.cast(pl.UInt64, strict=False)
    return (number.cast(pl.Float64).cast(pl.UInt64) == number).fill_null(value=False)
