"""Lines below a header that name its columns once more: 1 2 3 …, 甲 乙 （1） …, xm sfzh …."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.ingest.header import Header
from fpm.ingest.row_counts import count_cells

_LEAST: Final = 3
"""Cells of such a line."""
_SERIES: Final = ("甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SHORT: Final = r"^[(（]?(?:[\p{L}①-⑳]|\d\d?|栏次|列次|栏目)[)）]?$"
"""A cell of a line of column numbers."""
_LATIN: Final = r"^[A-Za-z][A-Za-z0-9_ ./()#-]*$"
"""A cell that names a column as a database does, or in English."""
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_TITLE: Final = re.compile("栏次|列次|栏目")
"""The first one, which says what the line is."""


def numbered_columns(rows: pl.DataFrame, words: pl.Series, header: Header) -> pl.Series:
    """Label the lines of column numbers or names as belonging to the header, on any page.

    Args:
        rows: String columns.
        words: What the rows are so far, null for data.
        header: Below one in Chinese, a line of nothing but Latin words is no data.
    """
    found = words.to_list()
    long, other = count_cells(
        rows, lambda cell: ~cell.str.contains(_SHORT), lambda cell: ~cell.str.contains(_LATIN)
    )
    for number in (long == 0).arg_true():
        if _is_numbering([cell for cell in rows.row(number) if cell]):
            found[number] = "header"
    for number in ((other == 0) & words.is_null()).arg_true():
        if _is_translation([cell for cell in rows.row(number) if cell], header):
            found[number] = "header"
    return pl.Series("word", found, dtype=pl.String)


def _is_translation(cells: Sequence[str], header: Header) -> bool:
    """Three cells or more, all different, for most of the columns of a header in Chinese."""
    chinese = sum(1 for text in header.texts if _CHINESE.search(text))
    most = max(_LEAST, len(header.fields), header.named // 2 + 1)
    return chinese == header.named and len(set(cells)) == len(cells) >= most


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
