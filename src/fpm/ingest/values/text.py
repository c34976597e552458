"""Free text, places, and the numbers of households and persons."""

from __future__ import annotations

import polars as pl

from fpm.ingest.values.widths import folded

HIDDEN = "[\\x00-\\x08\\x0e-\\x1f\\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"


CUT_OFF = r"^\d(?:\.\d+)?[Ee]\+\d{1,2}$"
"""A number that a spreadsheet shows in scientific form: its last digits are not there."""
_SHOWN_SHORT = r"^\d\.\d{2,}E\+\d\d$"
"""As spreadsheets show it, and nobody writes it."""
_FRACTION = r"^(\d{1,15})\.0+$"
_LONG_FRACTION = r"^\d{16,}\.0+$"
"""Written out by a program that took it for an amount, which keeps 15 digits (700000005.0)."""


def value(text: pl.Expr) -> pl.Expr:
    """Text with line breaks and runs of white space as one space; a number cut off is null."""
    plain = _visible(text).str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(~plain.str.contains(_SHOWN_SHORT)).then(plain)


def place(text: pl.Expr) -> pl.Expr:
    """A township or village as written, without spaces; matching resolves it."""
    return _visible(text).str.replace_all(r"\s+", "")


def quick_code(text: pl.Expr) -> pl.Expr:
    """Digits, behind letters perhaps, as they are; null for every other form."""
    return pl.when(text.str.contains(r"^[A-Za-z]*[0-9]+$")).then(text)


def code(text: pl.Expr) -> pl.Expr:
    """A number of a household or person (H000123): no spaces, widths folded.

    One that a spreadsheet kept as a number longer than its 15 digits is null: cut off, the numbers
    of a hundred households are the same.
    """
    whole = folded(place(text)).str.replace_all(r"\s+", "")
    lost = whole.str.contains(CUT_OFF) | whole.str.contains(_LONG_FRACTION)
    return pl.when(~lost).then(whole.str.replace(_FRACTION, "$1"))


def _visible(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(HIDDEN, "")
