"""Full-width forms as half-width ones, without making digits of what is no digit."""

from __future__ import annotations

from typing import Final

import polars as pl

_FOOTNOTES: Final = "[⁰¹²³⁴-⁹₀-₉①-⓿❶-➓]"
"""Raised, lowered and circled numbers: they refer to a note, and Unicode folds them to digits."""
_SQUARE: Final = "m²"


def folded(text: pl.Expr) -> pl.Expr:
    """Compatibility form (NFKC) in which the mark of a footnote stays a mark: 300① → 300(注)."""
    unmarked = text.str.replace_all(_SQUARE, "m2", literal=True).str.replace_all(_FOOTNOTES, "(注)")
    return unmarked.str.normalize("NFKC")
