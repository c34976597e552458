"""Telephone numbers."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values.text import CUT_OFF, HIDDEN
from fpm.ingest.values.widths import folded

_WHOLE: Final = r"^(\d)\.(\d{10})[Ee]\+10$"


def quick(text: pl.Expr) -> pl.Expr:
    """Eleven digits as they are; null for every other form."""
    return pl.when(text.str.contains(r"^1[0-9]{10}$")).then(text)


def value(text: pl.Expr) -> pl.Expr:
    """Digits without spaces and dashes; what is no one number stays as written.

    Two numbers with a space between them must not become one long number. One in scientific form
    (1.3912E+10) has lost its last digits and is null, unless all of them are there.
    """
    plain = folded(text).str.replace_all(HIDDEN, "").str.replace_all(r"\s+", " ").str.strip_chars()
    squeezed = plain.str.replace_all(r"[ \-—–()]+", "")
    number = squeezed.str.replace(r"^(?:\+|00)?86(1\d{10})$", "$1")
    read = pl.when(number.str.contains(r"^\+?\d{1,12}$")).then(number).otherwise(plain)
    whole = squeezed.str.replace(_WHOLE, "$1$2")
    return pl.when(whole != squeezed).then(whole).when(~squeezed.str.contains(CUT_OFF)).then(read)
