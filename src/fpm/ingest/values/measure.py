"""Words for what a number counts: months, persons, square metres."""

from __future__ import annotations

import re
from typing import Final

_ALIKE: Final = (
    ("月", "个月"),
    ("天", "日"),
    ("年",),
    ("人", "口", "名", "个"),
    ("户", "个"),
    ("次", "个"),
    ("岁", "周岁"),
    ("平方米", "平方", "平米", "㎡", "m2"),
    ("亩",),
    ("公顷",),
    ("小时",),
    ("分钟", "分"),
    ("公里", "km", "千米"),
    ("米", "m"),
    ("吨",),
    ("公斤", "kg", "千克"),
    ("斤",),
    ("升",),
    ("元",),
    ("%",),
)
"""The words of one measure each; 个 says no more than pieces."""
WORDS: Final = frozenset(word for words in _ALIKE for word in words)


_DIMENSIONS: Final = (
    ("亩", "公顷", "平方米"),
    ("公里", "米"),
    ("吨", "公斤", "斤"),
)
"""Measures of the same thing, one word of each."""


def contradicts(unit: str, stated: frozenset[str]) -> bool:
    """Whether words stated for a whole table measure what ``unit`` does, and all otherwise."""
    same = alike(unit) if unit in WORDS else frozenset()
    others = {
        word
        for words in _DIMENSIONS
        if any(one in same for one in words)
        for one in words
        for word in alike(one)
    }
    return not stated & same and bool(stated & others)


def alike(unit: str) -> frozenset[str]:
    """The words that say the same as ``unit``; all of them when nothing is counted."""
    found = {word for words in _ALIKE if unit in words for word in words}
    return frozenset(found or ({unit} if unit else WORDS))


def ending(unit: str) -> str:
    """Expression (no groups) of the words that may stand behind a number counted in ``unit``."""
    return "|".join(sorted(map(re.escape, alike(unit)), key=len, reverse=True))
