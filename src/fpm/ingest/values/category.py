"""Values from a closed list, by their spellings; yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

YES_NO: Final[dict[str, tuple[str, ...]]] = {
    "是": ("有", "对", "已", "y", "yes", "true", "t", "1", "√", "✓", "✔", "☑"),
    "否": ("无", "没有", "不是", "未", "n", "no", "false", "f", "0", "×", "x", "✗", "✘"),
}
_SEPARATORS: Final = re.compile(r"[、,;/|\s]+")
_CODE: Final = re.compile(
    r"(?:^|(?<=[、,;/|\s]))(?:\d{1,3}\s*[-.:_、|\s]\s*|[(\[]\d{1,3}[)\]]\s*)(?=[^\W\d])"
    r"|(?<=[^\W\d])\s*[(\[]\d{1,3}[)\]](?=$|[、,;/|\s])"
)
"""The code of a drop-down list beside its label: 01 是, 1-是, [1]是, 是(1)."""


def key(text: str) -> str:
    """Form in which spellings are compared: widths folded, no spaces, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def spelling_table(spellings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Key of each spelling → standard value; the standard value spells itself."""
    table = {key(standard): standard for standard in spellings}
    for standard, variants in spellings.items():
        for text in variants:
            table.setdefault(key(text), standard)
    return table


def yes_no_table(spellings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Spellings of 是 and 否, the layout's own first."""
    own = spelling_table(spellings)
    return {**spelling_table(YES_NO), **own}


def translate(texts: Sequence[str], table: Mapping[str, str]) -> dict[str, str]:
    """Standard values of distinct texts; unknown texts are left out.

    A text that is no spelling is one when the code of a drop-down list is taken off.
    """
    found = {text: table.get(key(text)) or table.get(key(_uncoded(text))) for text in texts}
    return {text: standard for text, standard in found.items() if standard is not None}


def translate_sets(texts: Sequence[str], table: Mapping[str, str]) -> dict[str, str]:
    """Sets such as ``残疾，慢性病`` as sorted, ``,``-joined standards; all parts must be known."""
    result: dict[str, str] = {}
    for text in texts:
        for form in (text_nfkc(text), _uncoded(text)):
            parts = [key(part) for part in _SEPARATORS.split(form) if part]
            if parts and all(part in table for part in parts):
                result[text] = ",".join(sorted({table[part] for part in parts}))
                break
    return result


def _uncoded(text: str) -> str:
    """The text with widths folded and without codes beside its labels."""
    return _CODE.sub("", text_nfkc(text).strip())


def plain_sets(texts: Sequence[str]) -> dict[str, str]:
    """Sets without a spelling table: parts as written."""
    return {
        text: ",".join(sorted({part for part in _SEPARATORS.split(text_nfkc(text)) if part}))
        for text in texts
    }


def text_nfkc(text: str) -> str:
    """Text with widths folded."""
    return unicodedata.normalize("NFKC", text)


def mapped(texts: pl.Series, values: Mapping[str, str]) -> pl.Series:
    """Replace texts by ``values``; others become null."""
    return pl.Series([values.get(text) for text in texts], dtype=pl.String)
