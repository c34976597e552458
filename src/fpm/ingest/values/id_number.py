"""Identity numbers: wrappers off, damage left visible. Reading them is ``fpm.identity``'s part."""

from __future__ import annotations

import polars as pl

_CLINGING = "[\\s\\x00-\\x1f\\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad'’‘`\"]+"
_LOOKALIKE_X = "([0-9]{17})[хХχΧ×✕✖╳㐅乂]$"
"""Cyrillic, Greek and sign look-alikes of the check character X."""


def quick(text: pl.Expr) -> pl.Expr:
    """The usual 18 characters as they are; null for every other form."""
    return pl.when(text.str.contains(r"^[0-9]{17}[0-9X]$")).then(text)


def value(text: pl.Expr) -> pl.Expr:
    """The number as delivered: no spaces, quotes or invisible characters, widths folded, X upper.

    A note such as 无 stays a note; a number that went through a float stays in scientific form.
    """
    folded = pl.when(text.str.contains(r"[^\x00-\x7f]")).then(_folded(text)).otherwise(text)
    return folded.str.replace_all(_CLINGING, "").str.to_uppercase()


def _folded(text: pl.Expr) -> pl.Expr:
    squeezed = text.str.normalize("NFKC").str.replace_all(_CLINGING, "")
    return squeezed.str.replace(_LOOKALIKE_X, "${1}X")
