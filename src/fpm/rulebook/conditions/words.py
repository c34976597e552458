"""The words of a condition: names, numbers, quoted texts, keywords, signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fpm.rulebook.conditions.text import ConditionError, place_of

_KEYWORDS: Final = """
AND OR NOT IN IS LIKE BETWEEN CASE WHEN THEN ELSE END NULL TRUE FALSE DISTINCT FROM FILTER WHERE
DATE INTERVAL
"""
KEYWORDS: Final = frozenset(_KEYWORDS.split())
"""Read in capitals and small letters alike; no column can be called by one of them."""
_SIGNS: Final = {"==": "=", "!=": "<>"}
"""Two ways to write the same."""
_OPERANDS: Final = frozenset({"NAME", "QUOTED", "NUMBER", "TEXT", "(", "CASE"})
"""Words that begin an operand: behind a whole one, an operator is missing."""
_LAST: Final = _OPERANDS - {"(", "CASE"} | {")", "END", "NULL", "TRUE", "FALSE"}
"""Words that may end a condition; behind another one something is missing."""

_WORD: Final = re.compile(
    r"""
      (?P<remark>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<name>[^\W\d][\w$]*|\$\w+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | '(?P<text>(?:[^']|'')*+)'
    | "(?P<quoted>(?:[^"]|"")*+)"
    | (?P<open>'|"|/\*)
    | (?P<sign><=|>=|<>|!=|==|=>|=<|->|<<|>>|\|\||&&|::|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Word:
    """One word.

    Attributes:
        kind: ``NAME``, ``QUOTED`` (a name in double quotes), ``NUMBER``, ``TEXT``, else
            the keyword or sign itself; "" behind the last word.
        text: as written, quotes taken away.
        start: offset of its first sign.
        end: offset behind its last sign.
    """

    kind: str
    text: str
    start: int
    end: int


def words_of(sql: str) -> list[Word]:
    """Cut a condition into words; blanks and remarks are left out.

    Raises:
        ConditionError: a quote or remark is never closed.
    """
    words = []
    for found in _WORD.finditer(sql):
        group, start, end = found.lastgroup, found.start(), found.end()
        if group == "name":
            text = found[0]
            upper = text.upper()
            words.append(Word(upper if upper in KEYWORDS else "NAME", text, start, end))
        elif group == "sign":
            words.append(Word(_SIGNS.get(found[0], found[0]), found[0], start, end))
        elif group == "number":
            words.append(Word("NUMBER", found[0], start, end))
        elif group == "text":
            words.append(Word("TEXT", found["text"].replace("''", "'"), start, end))
        elif group == "quoted":
            words.append(Word("QUOTED", found["quoted"].replace('""', '"'), start, end))
        elif group == "open":
            raise ConditionError("从这里起引号没有配对，或注释没有结束", place_of(sql, start))
    return words


class Cursor:
    """Words taken one after another; ``word`` is the next."""

    def __init__(self, sql: str, words: Sequence[Word]) -> None:
        """Stand before the first word; behind the last one is a word of kind ""."""
        self.sql = sql
        self.words = [*words, Word("", "", len(sql), len(sql))]
        self.position = 0

    @property
    def word(self) -> Word:
        """The next word."""
        return self.words[self.position]

    def take(self) -> Word:
        """Pass over the next word."""
        self.position += 1
        return self.words[self.position - 1]

    def taken(self, kind: str) -> bool:
        """Pass over the next word if it is of this kind."""
        if self.words[self.position].kind != kind:
            return False
        self.position += 1
        return True

    def expect(self, kind: str) -> Word:
        """Pass over the next word, which must be of this kind.

        Raises:
            ConditionError: it is of another.
        """
        if self.word.kind != kind:
            raise self.error()
        return self.take()

    def stuck_at(self, number: int) -> ConditionError:
        """What is wrong where nobody could read further than this word, perhaps behind the last."""
        kinds = [word.kind for word in self.words[:-1]]
        still_open = sum((kind in ("(", "CASE")) - (kind in (")", "END")) for kind in kinds)
        if kinds[number + 1 :] == [] and (still_open > 0 or kinds[number] not in _LAST):
            number += 1
        self.position = number
        return self.error()

    def error(self) -> ConditionError:
        """What is wrong with the next word."""
        word, before = self.word, self.words[self.position - 1]
        found = word if word.kind else before
        message = f"写到“{found.text}”这里读不懂"
        if before.kind == "%":
            message += "；百分数写成小数，50% 写 0.5"
        elif not word.kind:
            message += "，可能后面还缺东西，或前面少了运算符、括号"
        elif word.kind == ",":
            message += "；逗号只用在函数和 IN 的括号里：数里不写千位分隔，BETWEEN 的两头用 AND 连接"
        elif word.kind in _OPERANDS and before.kind in _OPERANDS | {")", "END"}:
            message += "；两个词之间少了运算符，或多了 AS"
        return ConditionError(message, place_of(self.sql, found.start))
