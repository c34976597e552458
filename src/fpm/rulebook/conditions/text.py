"""What is looked at before a condition is parsed: full-width signs, size, nesting."""

from __future__ import annotations

import re
from typing import Final

from fpm.rulebook import language

_FULL_WIDTH: Final[dict[str, str]] = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    "　": "空格",
    "、": ",",
    "。": ".",
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    "×": "*",
    "÷": "/",
    "“": "'",
    "”": "'",
    "‘": "'",
    "’": "'",
    "「": "'",
    "」": "'",
    "《": "<",
    "》": ">",
    "—": "-",
    "－": "-",
    "\u00a0": "空格",
}


_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control and format characters: refused in quotes too, for they can hide what a text says from
the reader who reviews it (Boucher and Anderson, Trojan Source, USENIX Security 2023)."""


class ConditionError(ValueError):
    """A condition that is refused: what is wrong, where, and what was probably meant.

    Attributes:
        message: one Chinese sentence without the place.
        line: 1-based line in the condition.
        column: 1-based character in that line; its first when the condition as a whole is meant.
        suggestion: what to write instead, or "".
    """

    def __init__(self, message: str, place: tuple[int, int] = (1, 1), suggestion: str = "") -> None:
        """Build the sentence shown to a person."""
        self.message = message
        self.line, self.column = place
        self.suggestion = suggestion
        where = f"第 {self.line} 行第 {self.column} 个字："
        hint = f"；是不是“{suggestion}”？" if suggestion else ""
        super().__init__(f"{where}{message}{hint}")


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and character (both from 1) of an offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def check_characters(text: str) -> None:
    """Refuse what a Chinese keyboard slips in outside quotes, empty and oversized text.

    Raises:
        ConditionError: with the place of the first such sign and the half-width one to write.
    """
    if not text.strip():
        raise ConditionError("条件是空的")
    if len(text) > language.MAX_CHARACTERS:
        place = place_of(text, language.MAX_CHARACTERS)
        raise ConditionError(f"条件有 {len(text)} 个字，最多 {language.MAX_CHARACTERS} 个", place)
    for found in _INVISIBLE.finditer(text):
        raise ConditionError("条件里有看不见的控制字符", place_of(text, found.start()))
    for found in _QUOTED_OR_FULL_WIDTH.finditer(text):
        half = _FULL_WIDTH.get(found[0])
        if half is not None:
            kind = "中文引号" if half == "'" else "全角符号"
            raise ConditionError(
                f"“{found[0]}”是{kind}，条件里请用半角“{half}”", place_of(text, found.start())
            )


_QUOTED_OR_FULL_WIDTH: Final = re.compile(
    rf"'[^']*'|\"[^\"]*\"|--[^\n]*|[{re.escape(''.join(_FULL_WIDTH))}]"
)
"""Quoted texts and remarks are passed over as a whole, so what is left stands outside of them."""


def check_pattern(pattern: str, place: tuple[int, int]) -> None:
    """Refuse a ``MATCHES`` pattern outside the small bounded subset.

    Raises:
        ConditionError: for ``*``, ``+``, open repeats, groups with flags, broken syntax, and
            patterns whose repeats multiply beyond ``MAX_REPEATS`` squared.
    """
    if len(pattern) > language.MAX_PATTERN:
        raise ConditionError(f"样式太长，最多 {language.MAX_PATTERN} 个字", place)
    if _PATTERN.fullmatch(pattern) is None or "(?" in pattern:
        raise ConditionError(
            "样式里只能用字、[ ]、\\d、.、( | )、?、{n} 和 {m,n}，不许 *、+ 和没有上限的重复", place
        )
    product = 1
    for most in re.findall(r"\{(?:\d+,)?(\d+)\}", pattern):
        product *= max(int(most), 1)
        if int(most) > language.MAX_REPEATS or product > language.MAX_REPEATS**2:
            raise ConditionError(f"样式重复太多，每处最多 {language.MAX_REPEATS} 次", place)
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConditionError(f"样式写得不对（{error.msg}）", place) from error


_PATTERN: Final = re.compile(
    r"(?:[^\\*+{}()\[\]|?.^$]|\\[d.()*+?|\[\]{}\\-]|\[\^?(?:[^\[\]\\&~-]|[^\[\]\\&~-]-[^\[\]\\&~-])+\]"
    r"|\.|\(|\)|\||\?|\{\d{1,3}(?:,\d{1,3})?\})*"
)
