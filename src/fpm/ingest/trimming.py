"""Cells as they were sent → cells as they were meant: edges, wrappers and signs of type taken off.

Most cells need nothing done to them, so that the work is to find the columns that do: first by the
bytes of the text they were read from, then by a look at their cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

EDGE: Final = (
    "\0 \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069\u200e\u200f"
)
"""White space and invisible characters that cling to copied cells."""

_HAS_EDGE: Final = rf"^[{EDGE}]|[{EDGE}]$"
_SPACE_BYTES: Final = tuple(bytes([byte]) for byte in b"\0 \t\r\n\v\f\x1c\xc2\xe1\xe2\xe3\xef")
"""First bytes in UTF-8 of every character of ``EDGE``: text without them has nothing to trim."""
_WRAPPER_BYTES: Final = (b"=", b"'", b"`", b"\xe2")
"""First bytes in UTF-8 of what wraps a cell: = ' ` ‘ ’."""
_WRAPPED: Final = r'^=(?:"([^"]*)"?|([\dXx.]+))$'
"""A formula such as ``="5202…"``, written so that Excel keeps an ID as text; = before other text
is part of it."""
_WHOLE: Final = r"^(?:-?(0)|(-?\d{1,15}))\.0$"
"""A whole number as Python writes it, and −0, which people write as 0."""
_DAMAGED: Final = r"^-?(?:\d{16,}\.0|\d(?:\.\d+)?e\+\d+)$"
"""A number of 16 digits or more: a spreadsheet keeps 15 of them."""

_NULL: Final = r"\N"
"""What databases write into a text file where there is no value."""
_NULL_BYTES: Final = (b"\\",)
"""Its first byte: one is looked for much faster than two."""

Sourced = Sequence[tuple[Sequence[str], bytes]]
"""Columns of a frame, and the UTF-8 text they were read from."""


def trimmed(frame: pl.DataFrame, sourced: Sourced, line_ends: bytes = b"") -> pl.DataFrame:
    """Trim edges, take off ``="…"`` and leading apostrophes; blank and absent text becomes null.

    Args:
        frame: String columns.
        sourced: What does not occur in the text of a column needs no search there.
        line_ends: Characters that end lines of the text and cannot stand inside a cell.
    """
    spaces = [byte for byte in _SPACE_BYTES if byte not in line_ends]
    edged = _columns_where(frame, _holding(sourced, spaces), pl.all().str.contains(_HAS_EDGE))
    frame = frame.with_columns(pl.col(edged).str.strip_chars(EDGE))
    signed = _holding(sourced, _WRAPPER_BYTES)
    wrapped = _columns_where(frame, signed, pl.all().str.contains(r"^[='’‘`]"))
    inner = (pl.col(name).str.replace(_WRAPPED, "${1}${2}") for name in wrapped)
    frame = frame.with_columns(text.str.strip_chars(EDGE + "'’‘`") for text in inner)
    absent = _columns_where(frame, _holding(sourced, _NULL_BYTES), pl.all() == _NULL)
    frame = frame.with_columns(pl.col(absent).replace(_NULL, ""))
    blank = _columns_where(frame, frame.columns, pl.all() == "")
    return frame.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in blank
    )


def as_people_write(frame: pl.DataFrame, sourced: Sourced) -> pl.DataFrame:
    """Take the marks of typed cells off: numbers and midnights, where a column has any."""
    points = _holding(sourced, (b".0",))
    whole = _columns_where(frame, points, pl.all().str.ends_with(".0"))
    suspects = list(dict.fromkeys([*whole, *_holding(sourced, (b"e+",))]))
    damaged = _columns_where(frame, suspects, pl.all().str.contains(_DAMAGED))
    frame = frame.with_columns(_scientific(frame[name]) for name in damaged)
    frame = frame.with_columns(pl.col(name).str.replace(_WHOLE, "${1}${2}") for name in whole)
    midnights = _holding(sourced, (b" 00:00:00",))
    return frame.with_columns(pl.col(midnights).str.strip_suffix(" 00:00:00"))


def _scientific(column: pl.Series) -> pl.Series:
    damaged = column.filter(column.str.contains(_DAMAGED)).unique()
    shown = [f"{float(text):.14E}" for text in damaged]
    return column.replace(damaged, pl.Series(shown, dtype=pl.String))


def _holding(sourced: Sourced, signs: Sequence[bytes]) -> list[str]:
    """Columns in whose text one of the signs occurs."""
    return [
        name for names, text in sourced if any(sign in text for sign in signs) for name in names
    ]


def _columns_where(frame: pl.DataFrame, names: Sequence[str], test: pl.Expr) -> list[str]:
    """Those of the columns ``names`` in which ``test`` holds for at least one cell."""
    if not names or not frame.height:
        return []
    found = frame.select(names).select(test.any()).row(0)
    return [name for name, yes in zip(names, found, strict=True) if yes]
