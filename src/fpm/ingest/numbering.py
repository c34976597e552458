"""Lines of column numbers below a header: 1 2 3 …, 甲 乙 （1） …."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.ingest.row_counts import count_cells

_LEAST: Final = 3
"""Cells of such a line."""
_SERIES: Final = ("甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SHORT: Final = r"^[(（]?(?:[\p{L}①-⑳]|\d\d?|栏次|列次|栏目)[)）]?$"
"""A cell of a line of column numbers."""
_TITLE: Final = re.compile("栏次|列次|栏目")
"""The first one, which says what the line is."""


def numbered_columns(rows: pl.DataFrame, words: pl.Series) -> pl.Series:
    """Label the lines of column numbers as belonging to the header, on any page.

    Args:
        rows: String columns.
        words: What the rows are so far, null for data.
    """
    found = words.to_list()
    (long,) = count_cells(rows, lambda cell: ~cell.str.contains(_SHORT))
    for number in (long == 0).arg_true():
        if _is_numbering([cell for cell in rows.row(number) if cell]):
            found[number] = "header"
    return pl.Series("word", found, dtype=pl.String)


def _is_numbering(cells: Sequence[str]) -> bool:
    """Three cells or more that are the numbers or letters in order, letters first or alone."""
    plain = [unicodedata.normalize("NFKC", cell).strip("()") for cell in cells]
    plain = plain[1:] if plain and _TITLE.fullmatch(plain[0]) else plain
    numbers = [int(cell) for cell in plain if re.fullmatch(r"[1-9]\d?", cell)]
    letters = [cell for cell in plain if re.fullmatch(r"[甲乙丙丁戊己庚辛壬癸A-Za-z]", cell)]
    running = numbers == list(range(1, len(numbers) + 1)) and (bool(numbers) or _runs(letters))
    return running and len(plain) >= _LEAST and len(numbers) + len(letters) == len(plain)


def _runs(letters: Sequence[str]) -> bool:
    """甲乙丙 or ABC, in order from the first."""
    text = "".join(letters).upper()
    return any(series.startswith(text) for series in _SERIES)
