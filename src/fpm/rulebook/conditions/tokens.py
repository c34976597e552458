"""The first gate: which words may follow each other, before a parser sees them.

A parser for all of SQL tries many readings of a word, some of them in exponential time (``DATE(``
nested sixteen deep). What is not a word of the language, a known name or a known function is
therefore refused from the list of words alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from fpm.rulebook import language
from fpm.rulebook.conditions.text import ConditionError, place_of
from fpm.rulebook.nearest import nearest

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

_OPENING: Final = frozenset({"L_PAREN", "L_BRACKET", "L_BRACE", "CASE"})
_CLOSING: Final = frozenset({"R_PAREN", "R_BRACKET", "R_BRACE", "END"})
_PREFIX: Final = frozenset({"NOT", "DASH", "PLUS", "TILDE", "INTERVAL", "BANG"})

_NAMES: Final = """
AND BETWEEN CASE COMMA DASH DATE DISTINCT DPIPE ELSE END EQ FALSE FILTER FROM GT GTE IDENTIFIER IN
INTERVAL IS LIKE LT LTE L_PAREN MOD NEQ NOT NULL NUMBER OR PLUS R_PAREN SLASH STAR STRING THEN TRUE
VAR WHEN WHERE
"""
_WORDS: Final = frozenset(_NAMES.split())
"""Classes of words (sqlglot's token types) that conditions are made of."""
_BEFORE_PAREN: Final = _WORDS - {"VAR", "DATE", "IDENTIFIER", "INTERVAL"}
"""Words that may stand before a bracket without being a function."""

_SUBQUERY: Final = "条件里不能有子查询"
_PARAMETER: Final = "条件里不能有占位参数；取值直接写它的名字"
_TODAY: Final = "不能用今天的日期，结果会因哪天运行而不同"
_REFUSALS: Final[dict[str, str]] = {
    **dict.fromkeys(("SELECT", "EXISTS", "VALUES", "WITH", "UNION", "FROM", "TABLE"), _SUBQUERY),
    **dict.fromkeys(("PLACEHOLDER", "PARAMETER", "COLON"), _PARAMETER),
    **dict.fromkeys(("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"), _TODAY),
    "OVER": "条件里不能用窗口函数（OVER）",
    "RLIKE": "请改用 MATCHES(列, '样式')",
    "SIMILAR_TO": "请改用 MATCHES(列, '样式')",
    "ILIKE": "只支持 LIKE，不支持 ILIKE",
    "ESCAPE": "LIKE 不支持 ESCAPE",
    "DCOLON": "不能转换类型；只有 DATE '2026-10-03' 这样写明的日期",
    "SEMICOLON": "只能写一个条件，不能用分号隔开几条",
    "ALIAS": "两个词之间少了运算符，或多了 AS",
    "DOT": "只写列名，不写表名或库名",
}


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


def check_tokens(text: str, tokens: Sequence[Token], columns: Collection[str]) -> None:
    """Refuse foreign words, unknown functions, and too many or too deeply nested words.

    Args:
        text: the condition.
        tokens: its words.
        columns: known names; a name may also be a keyword of SQL (``row``).

    Raises:
        ConditionError: at the first such word.
    """
    classes = [token.token_type.name for token in tokens]
    _check_size(text, tokens, classes)
    around = zip(tokens, ["", *classes], classes, [*classes[1:], ""], strict=False)
    for token, previous, name, after in around:
        if after == "L_PAREN" and name not in _BEFORE_PAREN:
            _check_function(text, token)
        elif token.text not in columns:
            _check_word(text, token, previous, after)
        if name == "L_PAREN" and after == "R_PAREN" and previous in _BEFORE_PAREN | {""}:
            raise ConditionError("括号里是空的", place_of(text, token.start))


def _check_function(text: str, token: Token) -> None:
    name = token.text.upper()
    if name in language.BY_NAME:
        return
    if token.token_type.name in _REFUSALS:
        raise ConditionError(_REFUSALS[token.token_type.name], place_of(text, token.start))
    place = place_of(text, token.start)
    if name in _NO_CAST:
        raise ConditionError(_REFUSALS["DCOLON"], place)
    best = _FUNCTIONS_MEANT.get(name) or nearest(name, language.BY_NAME) or ""
    raise ConditionError(f"没有“{name}”这个函数", place, best)


def _check_word(text: str, token: Token, previous: str, after: str) -> None:
    name = token.token_type.name
    place = place_of(text, token.start)
    if token.text in _MEANT and name != "STRING":
        raise ConditionError(f"不支持“{token.text}”", place, _MEANT[token.text])
    if name == "VAR" and previous == "NUMBER" and not token.text.isascii():
        raise ConditionError("数后面不写单位：1万写 10000", place)
    if name == "FROM" and previous != "DISTINCT":
        raise ConditionError(_SUBQUERY, place)
    if name == "DATE" and after != "STRING":
        raise ConditionError("日期写成 DATE '2026-10-03'", place)
    if name not in _WORDS:
        suggestion = "period_end" if _REFUSALS.get(name) == _TODAY else ""
        raise ConditionError(_REFUSALS.get(name, f"不支持“{token.text}”"), place, suggestion)


def _check_size(text: str, tokens: Sequence[Token], classes: Sequence[str]) -> None:
    """Refuse conditions whose parsing or evaluation would nest too deeply."""
    if len(tokens) > language.MAX_TOKENS:
        place = place_of(text, tokens[language.MAX_TOKENS].start)
        raise ConditionError(f"条件太长，最多 {language.MAX_TOKENS} 个词", place)
    depth = prefixes = 0
    for token, name in zip(tokens, classes, strict=True):
        depth += (name in _OPENING) - (name in _CLOSING)
        prefixes = prefixes + 1 if name in _PREFIX else 0
        if depth > language.MAX_NESTING:
            raise ConditionError(
                f"括号或 CASE 套得太深，最多 {language.MAX_NESTING} 层", place_of(text, token.start)
            )
        if prefixes > language.MAX_PREFIXES:
            raise ConditionError("连写了太多 NOT 或正负号", place_of(text, token.start))
