"""Identity numbers: wrappers off, damage left visible. Reading them is ``fpm.identity``'s part."""

from __future__ import annotations

import polars as pl

_CLINGING = "[\\s\\x00-\\x1f\\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad'’‘`\"]+"
_FLOAT = r"^([1-9])([0-9]{14})([0-9]{1,3})\.0*$"
"""A number of 16 to 18 digits with a decimal point: a program kept it as a float of 15 digits."""
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
    bare = folded.str.replace_all(_CLINGING, "").str.to_uppercase()
    return pl.when(bare.str.contains(_FLOAT)).then(_scientific(bare)).otherwise(bare)


def _scientific(text: pl.Expr) -> pl.Expr:
    """The form in which a number that lost its last digits is told from a whole one."""
    exponent = 14 + text.str.extract(_FLOAT, 3).str.len_chars()
    return pl.format(
        "{}.{}E+{}", text.str.extract(_FLOAT, 1), text.str.extract(_FLOAT, 2), exponent
    )


def _folded(text: pl.Expr) -> pl.Expr:
    squeezed = text.str.normalize("NFKC").str.replace_all(_CLINGING, "")
    return squeezed.str.replace(_LOOKALIKE_X, "${1}X")
