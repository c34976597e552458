"""The words of a condition: names, numbers, quoted texts, keywords, signs."""

from __future__ import annotations

import re
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
