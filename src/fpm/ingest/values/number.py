"""Numbers and amounts of money."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values.measure import ending
from fpm.ingest.values.unit import yuan_power
from fpm.ingest.values.widths import folded
from fpm.model import MONEY

SCALES: Final = {
    "亿元": 8,
    "百万元": 6,
    "万元": 4,
    "万": 4,
    "千元": 3,
    "百元": 2,
    "元": 0,
    "角": -1,
}
"""Powers of ten of the units that stand behind an amount in its cell."""
_TOO_LARGE: Final = 1e15
"""Yuan; far above any honest amount and below what the type of amounts holds."""
_MOBILE: Final = r"^1[3-9]\d{9}$"
"""A mobile number in the wrong column; as an amount it would be some ten thousand million."""
_FINE: Final = pl.Decimal(38, 16)
"""Enough for the 17 digits that a spreadsheet's float may have."""
_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?$"
_ROUNDED: Final = r"\.\d\de\+(?:0[3-9]|[1-9]\d)$"
"""As a spreadsheet shows it by default (2.35E+03): it may have been 2345.17."""
_DIGITS = r"^-?\d{1,15}(?:\.\d+)?$"
_YUAN_AND_FEN = r"^-?\d{1,9}(?:\.\d{1,2})?$"
_NOTHING = r"^[-—–―－−ー_/／\\＼~～]+$"
_NO_NUMBER = r"^(?:1[3-9]\d{9}|\d{14,})$"
"""A mobile number or one of a document in the wrong column."""
_NO_MONTHS = r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2]|\.\d{1,2})$"
"""A month of the calendar (202603, 2026.3) where months are counted."""
_YEAR = r"^(?:1[89]|20)\d{2}$"
"""A year of which the century is written too: 85 is none."""


def is_dash(text: pl.Expr) -> pl.Expr:
    """A lone dash or slash: an empty place in a form, not zero."""
    return text.str.contains(_NOTHING)


def quick(text: pl.Expr, unit: str = "") -> pl.Expr:
    """A Float64 from plain digits; null for every other form."""
    plain = text.str.contains(_YEAR if unit == "年" else _DIGITS)
    return pl.when(plain & ~_is_other(text, unit)).then(text.cast(pl.Float64, strict=False))


def quick_money(text: pl.Expr, unit: str = "") -> pl.Expr:
    """Yuan from plain digits; null for every other form."""
    power = yuan_power(unit)
    if power is None:
        return pl.repeat(None, pl.len(), dtype=MONEY)
    plain = pl.when(text.str.contains(_YUAN_AND_FEN)).then(text)
    return _scaled(plain, power) if power else plain.cast(MONEY, strict=False)


def value(text: pl.Expr, unit: str = "", *, bare: bool = False) -> pl.Expr:
    """A Float64: ``1,234.5``, ``(12)`` for −12, ``85㎡``, ``12 个月``.

    Args:
        text: Cells.
        unit: What the column counts; a cell that names another measure (12天 among months) is
            null, and none is null where the column names no unit. In a column of 年 a number is
            a year of the calendar, in four digits.
        bare: A cell that names a measure is null as well.
    """
    digits = _digits(text)
    if not bare:
        digits = digits.str.replace(rf"(?:{ending(unit)})$", "")
    plain = pl.when(digits.str.contains(_YEAR)).then(digits) if unit == "年" else _checked(digits)
    return pl.when(~_is_other(digits, unit)).then(plain.cast(pl.Float64, strict=False))


def _is_other(text: pl.Expr, unit: str) -> pl.Expr:
    """Digits that are the number of somebody, or a month among counted ones: no quantity."""
    other = text.str.contains(_NO_NUMBER)
    return other | text.str.contains(_NO_MONTHS) if unit == "月" else other


def money(text: pl.Series, unit: str = "") -> pl.Series:
    """Exact yuan, Decimal(18, 2): the unit in the cell wins over ``unit`` of the header.

    Args:
        text: Cells such as ``1,234.50``, ``￥1234.5元``, ``1.2万元``, ``（300）``.
        unit: Unit of bare numbers (元, 万元 …); empty is 元. They are null in a unit that no
            power of ten turns into yuan (see ``unit.yuan_power``).
    """
    own, cell = yuan_power(unit), pl.col("text")
    if own is None:
        return _written_out(text, None)
    yuan = text.to_frame("text").select(
        _scaled(pl.when(cell.str.contains(_DIGITS)).then(cell), own)
    )
    other = yuan.to_series().is_null()
    if not other.any():
        return yuan.to_series()
    return yuan.to_series().scatter(other.arg_true(), _written_out(text.filter(other), own))


def _written_out(text: pl.Series, own: int | None) -> pl.Series:
    """Yuan from amounts with signs, words and separators; ``own`` is the power of bare ones."""
    stated = rf"({'|'.join(sorted(SCALES, key=len, reverse=True))})整?$"
    digits, bare = _digits(pl.col("text")), pl.col("bare")
    frame = (
        text.to_frame("text")
        .select(bare=digits.str.replace(r"^(?:人民币|rmb|cny)", "").str.replace(r"^([-+]?)¥", "$1"))
        .select(said=bare.str.extract(stated), amount=_checked(bare.str.replace(stated, "")))
    )
    powers = [(pl.col("said") == name, power) for name, power in SCALES.items()]
    if own is not None:
        powers.append((pl.col("said").is_null(), own))
    scaled = (pl.when(told).then(_scaled(pl.col("amount"), power)) for told, power in powers)
    return frame.select(pl.coalesce(scaled)).to_series()


def _digits(text: pl.Expr) -> pl.Expr:
    """Widths folded, spaces and thousands separators out, brackets as a minus sign.

    A space or line break between digits, or a comma that does not part thousands, may part two
    numbers (300 310), and stays.
    """
    plain = folded(text).str.to_lowercase().str.strip_chars()
    closed = plain.str.replace_all(r"(^|[^\d\s])\s+", "$1").str.replace_all(r"\s+([^\d\s])", "$1")
    signed = closed.str.replace(r"^\((.+)\)([^\d]*)$", "-$1$2").str.replace("^[−–—]", "-")
    in_threes = signed.str.contains(r"^[^\d,]*\d{1,3}(?:,\d{3})+(?:[^\d,\s][^,\s]*)?$")
    return pl.when(in_threes).then(signed.str.replace_all(",", "")).otherwise(signed)


def _checked(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_PLAIN) & ~text.str.contains(_ROUNDED)).then(text)


def _scaled(amount: pl.Expr, power: int) -> pl.Expr:
    """Yuan from an amount in 10^power yuan; a spreadsheet's float noise is rounded to the fen.

    Half a fen is rounded away from zero, as every spreadsheet and every clerk does.
    """
    if power == 0:
        exact = amount.cast(_FINE, strict=False).round(2, mode="half_away_from_zero")
        return pl.when(~amount.str.contains(_MOBILE)).then(exact).cast(MONEY, strict=False)
    yuan = (amount.cast(pl.Float64, strict=False) * 10.0**power).round(
        2, mode="half_away_from_zero"
    )
    # a float too large for the type raises, even where the cast is told not to
    return pl.when(yuan.abs() < _TOO_LARGE).then(yuan).cast(MONEY, strict=False)
