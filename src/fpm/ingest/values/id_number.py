"""Identity numbers: wrappers off, damage left visible. Reading them is ``fpm.identity``'s part."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values.garbled import is_garbled
from fpm.ingest.values.widths import folded

_CLINGING = "[\\s\\x00-\\x1f\\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad'’‘`\"]+"
_FLOAT = r"^([1-9])([0-9]{14})([0-9]{1,7})\.0*$"
"""A number of 16 to 22 digits with a decimal point: a program kept it as a float of 15 digits."""
_LOOKALIKE_X = "([0-9]{17})[хХχΧ×✕✖╳㐅乂]$"
"""Cyrillic, Greek and sign look-alikes of the check character X."""

_LABELLED: Final = (
    r"^(?:(?:居民|公民)?身份证?(?:号码?)?|证件号码?|残疾人?证(?:号码?)?)?:?"
    r"([0-9]{15}|[0-9]{17}[0-9X]|[0-9]{20}|[0-9]{22})[;,。、]?$"
)
"""A whole number behind its own header, or before the sign that ends a sentence."""

_TWO: Final = r"\d{14}[\dX*]{1,4}\D{0,4}\d{14}[\dX*]"
"""Two numbers in one cell; one number has at most 22 digits."""


def quick(text: pl.Expr) -> pl.Expr:
    """The usual 18 characters as they are; null for every other form."""
    return pl.when(text.str.contains(r"^[0-9]{17}[0-9X]$")).then(text)


def value(text: pl.Expr) -> pl.Expr:
    """The number as delivered: no spaces, quotes, labels or invisible characters, X upper.

    A note such as 无 stays a note; a number that went through a float stays in scientific form.
    """
    plain = pl.when(text.str.contains(r"[^\x00-\x7f]")).then(_plain(text)).otherwise(text)
    bare = plain.str.replace_all(_CLINGING, "").str.to_uppercase()
    bare = pl.coalesce(bare.str.extract(_LABELLED), bare)
    found = pl.when(bare.str.contains(_FLOAT)).then(_scientific(bare)).otherwise(bare)
    return pl.when(~is_garbled(text) & ~bare.str.contains(_TWO)).then(found)


def trouble(text: pl.Expr) -> pl.Expr:
    """Why a cell is nobody's number, although it holds more than a note."""
    return (
        pl.when(is_garbled(text))
        .then(pl.lit("characters_lost"))
        .when(value(text).is_null())
        .then(pl.lit("two_numbers"))
    )


def _scientific(text: pl.Expr) -> pl.Expr:
    """The form in which a number that lost its last digits is told from a whole one."""
    exponent = 14 + text.str.extract(_FLOAT, 3).str.len_chars()
    return pl.format(
        "{}.{}E+{}", text.str.extract(_FLOAT, 1), text.str.extract(_FLOAT, 2), exponent
    )


def _plain(text: pl.Expr) -> pl.Expr:
    squeezed = folded(text).str.replace_all(_CLINGING, "")
    return squeezed.str.replace(_LOOKALIKE_X, "${1}X")
