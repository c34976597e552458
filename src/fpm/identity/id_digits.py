"""Arithmetic of ID numbers: packing, check character, birth date, sex, the fifteen-digit form."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
"""Weight of each of the 18 places; a number is right when the weighted sum is 1 modulo 11."""

BIRTH_PLACES: Final = range(6, 14)
"""Places of the birth date among the eighteen."""

_AT_ONCE: Final = 5
_YEARS: Final = range(1850, 2101)
_LAST_DAY: Final = 1231


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
    """The check value (0-10) that belongs to seventeen digits given as an integer.

    The weights are powers of two, so several digits at a time are looked up in one table.
    """
    total = pl.lit(0, pl.UInt32)
    for place in range(0, 17, _AT_ONCE):
        digits = (body // 10**place % 10**_AT_ONCE).cast(pl.UInt32)
        total = total + pl.lit(_weighted()).gather(digits) * (2 ** (place + 1) % 11)
    return ((12 - total % 11) % 11).cast(pl.UInt64)


@cache
def _weighted() -> pl.Series:
    """Sum modulo 11 of digits of which each counts twice as much as the next, the last once."""
    number = np.arange(10**_AT_ONCE, dtype=np.uint32)
    total = sum(number // 10**place % 10 * 2**place for place in range(_AT_ONCE))
    return pl.Series(total % 11, dtype=pl.UInt32)


def birth_date_of(body: pl.Expr) -> pl.Expr:
    """The birth date inside seventeen digits; null where the calendar has no such day.

    Looked up in a table of days, several times faster than building dates.
    """
    digits = (body // 1000 % 100_000_000).cast(pl.Int32)
    year, month_day = digits // 10_000, digits % 10_000
    listed = year.is_between(_YEARS[0], _YEARS[-1]) & (month_day <= _LAST_DAY)
    place = pl.when(listed).then((year - _YEARS[0]) * (_LAST_DAY + 1) + month_day)
    return pl.lit(_days()).gather(place.cast(pl.UInt32))


@cache
def _days() -> pl.Series:
    """Dates by year and month and day, written as a number up to 1231; null where there is none."""
    dates = pl.date_range(dt.date(_YEARS[0], 1, 1), dt.date(_YEARS[-1], 12, 31), eager=True)
    place = (dates.dt.year() - _YEARS[0]) * (_LAST_DAY + 1)
    place = place + dates.dt.month().cast(pl.Int32) * 100 + dates.dt.day()
    table = np.full(len(_YEARS) * (_LAST_DAY + 1), np.datetime64("NaT"), dtype="datetime64[D]")
    table[place.to_numpy()] = dates.to_numpy()
    return pl.Series(table).cast(pl.Date)


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


def float_images(
    digits: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """What eighteen digits become in a spreadsheet's floating point.

    Args:
        digits: (n, 18) codes of characters, those above 9 no digits.

    Returns:
        (n, 18) digits, and which rows are digits throughout (the others mean nothing).
    """
    powers = 10 ** np.arange(17, -1, -1, dtype=np.uint64)
    image = _in_floating_point(_numbers(digits))
    exact = np.asarray((digits <= 9).all(axis=1))
    return (image[:, None] // powers % np.uint64(10)).astype(np.uint8), exact


def is_float_image(of: NDArray[np.uint8], digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Is ``of`` what eighteen digits become in a spreadsheet's floating point?

    Args:
        of: (n, 18) codes of characters, those above 9 no digits.
        digits: the same shape.
    """
    exact = np.asarray((of <= 9).all(axis=1) & (digits <= 9).all(axis=1))
    exact[exact] = _numbers(of[exact]) == _in_floating_point(_numbers(digits[exact]))
    return exact


def _numbers(digits: NDArray[np.uint8]) -> NDArray[np.uint64]:
    number = np.zeros(len(digits), dtype=np.uint64)
    for place in range(18):
        number = number * np.uint64(10) + digits[:, place]
    return number


def _in_floating_point(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The last eighteen digits of what floating point makes of a number."""
    return number.astype(np.float64).astype(np.uint64) % np.uint64(10**18)
