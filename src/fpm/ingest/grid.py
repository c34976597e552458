"""One sheet as a frame of text: every physical row, every column, blanks as null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.ingest.containers.wire import CELL, NUMBER, ROW, RawSheet, SheetHead

EDGE: Final = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069\u200e\u200f"
)
"""White space and invisible characters that cling to copied cells."""

_WRAPPED: Final = r'^="?([^"]*)"?$'
"""A text formula such as ``="5202…"``, written so that Excel keeps an ID as text."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet.

    ``marked`` and ``plain`` have String columns ``c0 c1 …`` and one row per physical row; in
    ``marked`` a cell that was a number starts with ``wire.NUMBER``, in ``plain`` the mark is gone.
    """

    head: SheetHead
    marked: pl.DataFrame
    plain: pl.DataFrame

    @property
    def height(self) -> int:
        """Physical rows."""
        return self.plain.height


def build_grid(sheet: RawSheet) -> Grid:
    """Turn a raw sheet into frames, with edges trimmed and text wrappers taken off."""
    names = [f"c{number}" for number in range(sheet.head.width)]
    if not sheet.cells:
        nothing = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        return Grid(sheet.head, nothing, nothing)
    frame = pl.read_csv(
        sheet.cells,
        separator=CELL,
        eol_char=ROW,
        quote_char=None,
        has_header=False,
        infer_schema=False,
        new_columns=names,
    )
    marked = _unwrapped(frame.with_columns(pl.all().str.strip_chars(EDGE)))
    numeric = _columns_where(marked, pl.all().str.starts_with(NUMBER))
    plain = marked.with_columns(pl.col(numeric).str.strip_prefix(NUMBER)) if numeric else marked
    return Grid(sheet.head, marked, plain)


def _unwrapped(frame: pl.DataFrame) -> pl.DataFrame:
    """Take off ``="…"`` and leading apostrophes where a column has any; blank text is null."""
    wrapped = _columns_where(frame, pl.all().str.contains(r"^[='’‘`]"))
    if wrapped:
        inner = pl.col(wrapped).str.replace(_WRAPPED, "$1").str.strip_prefix("'")
        frame = frame.with_columns(inner.str.strip_chars(EDGE + "'’‘`"))
    blank = _columns_where(frame, pl.all() == "")
    if blank:
        frame = frame.with_columns(
            pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in blank
        )
    return frame


def _columns_where(frame: pl.DataFrame, test: pl.Expr) -> list[str]:
    """Columns in which ``test`` holds for at least one cell."""
    if not frame.width or not frame.height:
        return []
    found = frame.select(test.any()).row(0)
    return [name for name, yes in zip(frame.columns, found, strict=True) if yes]


def column_letter(index: int) -> str:
    """Spreadsheet letter of a column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
