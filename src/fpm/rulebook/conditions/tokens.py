"""The first gate: which words may follow each other, before the grammar reads them.

What is not a word of the language, a known name or a known function is refused from the list of
words alone, and so are conditions too long or too deeply nested to be read by recursion.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from fpm.rulebook import language
from fpm.rulebook.conditions.text import ConditionError, place_of
from fpm.rulebook.conditions.words import KEYWORDS, Word
from fpm.rulebook.nearest import nearest

_OPENING: Final = frozenset({"(", "CASE"})
_CLOSING: Final = frozenset({")", "END"})
_PREFIX: Final = frozenset({"NOT", "-", "+", "INTERVAL"})

_SIGNS: Final = frozenset({"(", ")", ",", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"})
_WORDS: Final = KEYWORDS | _SIGNS | {"||", "NAME", "QUOTED", "NUMBER", "TEXT"}
"""Classes of words that conditions are made of."""
_BEFORE_PAREN: Final = _WORDS - {"NAME", "DATE", "QUOTED", "INTERVAL"}
"""Words that may stand before a bracket without being a function."""
_UNSUSPICIOUS: Final = _WORDS - {"NAME", "FROM", "DATE"}
"""Words that are of the language wherever they stand."""

_SUBQUERY: Final = "条件里不能有子查询"
_PARAMETER: Final = "条件里不能有占位参数；取值直接写它的名字"
_TODAY: Final = "不能用今天的日期，结果会因哪天运行而不同"
_CAST: Final = "不能转换类型；只有 DATE '2026-10-03' 这样写明的日期"
_REFUSALS: Final[dict[str, str]] = {
    **dict.fromkeys(("SELECT", "EXISTS", "VALUES", "WITH", "UNION", "TABLE"), _SUBQUERY),
    **dict.fromkeys(("?", ":", "@"), _PARAMETER),
    **dict.fromkeys(("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"), _TODAY),
    **dict.fromkeys(("RLIKE", "REGEXP", "SIMILAR"), "请改用 MATCHES(列, '样式')"),
    **{word: f"不支持“{word}”" for word in ("TIMESTAMP", "ORDER", "GROUP", "LIMIT", "COLLATE")},
    "OVER": "条件里不能用窗口函数（OVER）",
    "ILIKE": "只支持 LIKE，不支持 ILIKE",
    "ESCAPE": "LIKE 不支持 ESCAPE",
    "SYMMETRIC": "不支持 SYMMETRIC",
    "::": _CAST,
    ";": "只能写一个条件，不能用分号隔开几条",
    "AS": "两个词之间少了运算符，或多了 AS",
    ".": "只写列名，不写表名或库名",
}
"""Words and signs of other SQL; a column may bear the name of such a word."""

_MEANT: Final[dict[str, str]] = {
    "&&": "AND",
    "且": "AND",
    "并且": "AND",
    "而且": "AND",
    "或": "OR",
    "或者": "OR",
    "!": "NOT",
    "=>": ">=",
    "=<": "<=",
    "非": "NOT",
    "不是": "NOT",
    "是": "=",
    "等于": "=",
    "大于": ">",
    "小于": "<",
    "不小于": ">=",
    "不大于": "<=",
    "真": "TRUE",
    "假": "FALSE",
    "空": "NULL",
}
"""Words of other languages for words of this one; none of them can be a column."""

_FUNCTIONS_MEANT: Final[dict[str, str]] = {
    **dict.fromkeys(("NOW", "TODAY", "GETDATE", "CURDATE", "SYSDATE"), "period_end"),
    **dict.fromkeys(("IFNULL", "NVL"), "COALESCE"),
    **dict.fromkeys(("LEN", "CHAR_LENGTH", "CHARACTER_LENGTH"), "LENGTH"),
    **dict.fromkeys(("MID", "SUBSTRING"), "SUBSTR"),
    **dict.fromkeys(("FIND", "SEARCH", "INSTR", "POSITION"), "CONTAINS"),
    **dict.fromkeys(("REGEXP", "REGEXP_LIKE", "REGEXP_MATCHES"), "MATCHES"),
    **dict.fromkeys(("GROUP_CONCAT", "STRING_AGG", "LISTAGG", "TEXTJOIN"), "NAMES"),
    **dict.fromkeys(("IFS", "SWITCH", "DECODE"), "CASE WHEN … THEN … END"),
    **dict.fromkeys(("SUMIF", "SUMIFS"), "SUM(…) FILTER (WHERE …)"),
    **dict.fromkeys(("COUNTIF", "COUNTIFS"), "COUNT_IF"),
    "ISBLANK": "BLANK",
    "ISNULL": "… IS NULL",
    "AVERAGE": "AVG",
    "DATEDIF": "MONTHS_BETWEEN",
    "DATEDIFF": "DAYS_BETWEEN",
    "EXTRACT": "YEAR、MONTH、DAY",
    "CONCATENATE": "CONCAT",
    "CEILING": "CEIL",
    "IIF": "IF",
}
"""Functions of spreadsheets and other engines for those of this language."""
_NO_CAST: Final = frozenset({"CAST", "TRY_CAST", "CONVERT", "TO_DATE", "TO_NUMBER"})


def check_tokens(text: str, words: Sequence[Word], columns: Collection[str]) -> None:
    """Refuse foreign words, unknown functions, and too many or too deeply nested words.

    Args:
        text: the condition.
        words: its words.
        columns: known names; a name may also be a word of other SQL (``row``).

    Raises:
        ConditionError: at the first such word.
    """
    kinds = [word.kind for word in words]
    _check_size(text, words, kinds)
    for word, previous, after in zip(words, ["", *kinds], [*kinds[1:], ""], strict=False):
        if after == "(" and word.kind not in _BEFORE_PAREN:
            _check_function(text, word)
        elif word.text not in columns:
            _check_word(text, word, previous, after)
        if word.kind == "(" and after == ")" and previous in _BEFORE_PAREN | {""}:
            raise ConditionError("括号里是空的", place_of(text, word.start))


def _check_function(text: str, word: Word) -> None:
    name = word.text.upper()
    if name in language.BY_NAME:
        return
    place = place_of(text, word.start)
    if name in _REFUSALS:
        raise ConditionError(_REFUSALS[name], place)
    if name in _NO_CAST:
        raise ConditionError(_CAST, place)
    best = _FUNCTIONS_MEANT.get(name) or nearest(name, language.BY_NAME) or ""
    raise ConditionError(f"没有“{name}”这个函数", place, best)


def _check_word(text: str, word: Word, previous: str, after: str) -> None:
    if word.kind in _UNSUSPICIOUS:
        return
    place = place_of(text, word.start)
    if word.text in _MEANT:
        raise ConditionError(f"不支持“{word.text}”", place, _MEANT[word.text])
    if word.kind == "NAME" and previous == "NUMBER" and not word.text.isascii():
        raise ConditionError("数后面不写单位：1万写 10000", place)
    if word.kind == "FROM" and previous != "DISTINCT":
        raise ConditionError(_SUBQUERY, place)
    if word.kind == "DATE" and after != "TEXT":
        raise ConditionError("日期写成 DATE '2026-10-03'", place)
    said = _REFUSALS.get(word.text.upper())
    if said is None and word.kind not in _WORDS:
        said = f"不支持“{word.text}”"
    if said is not None:
        raise ConditionError(said, place, "period_end" if said == _TODAY else "")


def _check_size(text: str, words: Sequence[Word], kinds: Sequence[str]) -> None:
    """Refuse conditions whose parsing or evaluation would nest too deeply."""
    if len(words) > language.MAX_TOKENS:
        place = place_of(text, words[language.MAX_TOKENS].start)
        raise ConditionError(f"条件太长，最多 {language.MAX_TOKENS} 个词", place)
    depth = prefixes = 0
    for word, kind in zip(words, kinds, strict=True):
        depth += (kind in _OPENING) - (kind in _CLOSING)
        prefixes = prefixes + 1 if kind in _PREFIX else 0
        if depth > language.MAX_NESTING:
            raise ConditionError(
                f"括号或 CASE 套得太深，最多 {language.MAX_NESTING} 层", place_of(text, word.start)
            )
        if prefixes > language.MAX_PREFIXES:
            raise ConditionError("连写了太多 NOT 或正负号", place_of(text, word.start))
