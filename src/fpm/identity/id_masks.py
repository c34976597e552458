"""Numbers under a mask: which of the eighteen places stay to be read."""

from __future__ import annotations

import polars as pl

MASK = r"[*?●○□■#_✱•]"
_MASKED_CERTIFICATE = r"^([0-9?]{17}[0-9X?])[1-7][1-4]$"
_CERTIFICATE_TAIL = r"(?:\?|[0-9X]{3})[1-7][1-4]$"
"""Category and grade after a mask or after more shown places than masks of an ID number leave:
four shown at the end are an ID's own, its mask merely drawn too long."""


def _without_grade(text: pl.Expr) -> pl.Expr:
    """The ID number in the number of a disability certificate masked in part."""
    shown = text.str.replace_all(MASK, "?")
    certificate = shown.str.contains(_MASKED_CERTIFICATE) & shown.str.contains(_CERTIFICATE_TAIL)
    return pl.when(certificate).then(shown.str.slice(0, 18)).otherwise(text)


def mask_pattern(text: pl.Expr) -> pl.Expr:
    """Eighteen places with ``?`` under the mask; too short a mask is stretched to fill them."""
    text = _without_grade(text)
    marked = (
        text.str.replace_all(MASK, "?")
        .str.replace_all("XX+", "??")
        .str.replace_all(r"\?X\?", "???")
    )
    exact = text.str.replace_all(MASK, "?")
    head = marked.str.extract(r"^([0-9]*)").str.slice(0, 17)
    tail = marked.str.extract(r"([0-9]*X?)$").str.slice(0, 17)
    room = (18 - head.str.len_chars().cast(pl.Int32) - tail.str.len_chars().cast(pl.Int32)).clip(0)
    gap = pl.lit("?" * 18).str.slice(0, room)
    # A tail of 000 under a mask is a number that a spreadsheet had cut before.
    exact = exact.str.replace(r"000$", "???")
    tail = tail.str.replace(r"^([0-9]*)000$", "")
    return (
        pl.when((exact.str.len_chars() == 18) & exact.str.contains(r"^[0-9?]{17}[0-9X?]$"))
        .then(exact)
        .when(room > 0)
        .then(pl.concat_str(head, gap, tail))
    )
