"""Telephone numbers."""

from __future__ import annotations

import polars as pl

from fpm.ingest.values.text import HIDDEN
from fpm.ingest.values.widths import folded


def quick(text: pl.Expr) -> pl.Expr:
    """Eleven digits as they are; null for every other form."""
    return pl.when(text.str.contains(r"^1[0-9]{10}$")).then(text)


def value(text: pl.Expr) -> pl.Expr:
    """Digits without spaces and dashes; what is no one number stays as written.

    Two numbers with a space between them must not become one long number.
    """
    plain = folded(text).str.replace_all(HIDDEN, "").str.replace_all(r"\s+", " ").str.strip_chars()
    squeezed = plain.str.replace_all(r"[ \-—–()]+", "")
    number = squeezed.str.replace(r"^(?:\+|00)?86(1\d{10})$", "$1")
    return pl.when(number.str.contains(r"^\+?\d{1,12}$")).then(number).otherwise(plain)
