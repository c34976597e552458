"""Telephone numbers."""

from __future__ import annotations

import polars as pl


def quick(text: pl.Expr) -> pl.Expr:
    """Eleven digits as they are; null for every other form."""
    return pl.when(text.str.contains(r"^1[0-9]{10}$")).then(text)


def value(text: pl.Expr) -> pl.Expr:
    """Digits without spaces and dashes; what is no number stays as written for checks to find."""
    squeezed = text.str.normalize("NFKC").str.replace_all(r"[\s\-—–()]+", "")
    return squeezed.str.replace(r"^(?:\+|00)86(1\d{10})$", "$1")
