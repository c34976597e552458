"""The language of conditions, declared once: functions, operators, limits.

This white-list is all there is: ``rulebook.conditions`` refuses what is not listed here,
``judge.compile`` has one entry for each name (a test compares the two), and the tables of
``rules/README.md`` are printed from it (a test compares that too). Functions that are common SQL
keep the SQL meaning unless the doc line says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fpm.rulebook.language_functions import (
    BY_NAME,
    FUNCTIONS,
    ArgumentKind,
    Function,
    FunctionForm,
    Kind,
)

__all__ = [
    "BY_NAME",
    "FUNCTIONS",
    "INTERVAL_UNITS",
    "KIND_TITLES",
    "OPERATORS",
    "ArgumentKind",
    "Function",
    "FunctionForm",
    "Kind",
    "Operator",
]

KIND_TITLES: Final[dict[str, str]] = {
    "boolean": "是/否",
    "number": "数值",
    "text": "文本",
    "date": "日期",
    "any": "任意",
    "same": "与第一个相同",
    "set": "多值文本",
    "pattern": "写明的文本",
    "count": "写明的整数",
    "cell": "列",
    "list": "多值列",
}

MAX_CHARACTERS: Final = 4000
MAX_TOKENS: Final = 800
MAX_NESTING: Final = 24
MAX_TREE: Final = 60
MAX_PREFIXES: Final = 4
"""NOT NOT NOT NOT …: more in a row is a slip or an attack."""
MAX_PATTERN: Final = 200
MAX_REPEATS: Final = 64
MAX_INTERVAL: Final = 1200


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: ``node`` is the kind of ``conditions.tree.Node`` that stands for it."""

    node: str
    written: str
    doc: str


OPERATORS: Final[tuple[Operator, ...]] = (
    Operator("And", "a AND b", "都成立；一个不成立就不成立，否则有 NULL 就是 NULL"),
    Operator("Or", "a OR b", "有一个成立；一个成立就成立，否则有 NULL 就是 NULL"),
    Operator("Not", "NOT a", "不成立；NULL 仍是 NULL"),
    Operator("Paren", "( a )", "先算括号里的"),
    Operator("EQ", "a = b", "等于；有一边是 NULL 就是 NULL"),
    Operator("NEQ", "a <> b", "不等于"),
    Operator("LT", "a < b", "小于"),
    Operator("LTE", "a <= b", "不大于"),
    Operator("GT", "a > b", "大于"),
    Operator("GTE", "a >= b", "不小于"),
    Operator(
        "NullSafeEQ", "a IS NOT DISTINCT FROM b", "等于，NULL 与 NULL 也算相等，结果不会是 NULL"
    ),
    Operator("NullSafeNEQ", "a IS DISTINCT FROM b", "不等于，NULL 与 NULL 算相等，结果不会是 NULL"),
    Operator("Is", "a IS [NOT] NULL｜TRUE｜FALSE", "是不是 NULL、成立、不成立，结果不会是 NULL"),
    Operator("Between", "a [NOT] BETWEEN b AND c", "在两值之间，含两端"),
    Operator("In", "a [NOT] IN (b, c, …)", "等于其中之一；括号里可以写一个取值表的名字"),
    Operator("Like", "a [NOT] LIKE '样式'", "% 是任意多个字，_ 是一个字；样式须写明"),
    Operator("Add", "a + b", "加；日期加 INTERVAL"),
    Operator("Sub", "a - b", "减；两个日期相减得天数；日期减 INTERVAL"),
    Operator("Mul", "a * b", "乘"),
    Operator("Div", "a / b", "除；除以 0 得 NULL"),
    Operator("Mod", "a % b", "余数，符号同 a；对 0 求余得 NULL"),
    Operator("Neg", "-a", "相反数"),
    Operator("DPipe", "a || b", "连接文本"),
    Operator("Case", "CASE WHEN a THEN b … [ELSE c] END", "第一个成立的条件对应的值"),
    Operator("Filter", "聚合(…) FILTER (WHERE a)", "只看 a 成立的行；说不清的行算作不知道的部分"),
    Operator("Interval", "INTERVAL '3' MONTH", "一段时间：DAY、MONTH、YEAR"),
    Operator("Cast", "DATE '2026-10-03'", "写明的日期"),
    Operator("Literal", "12.5、'因病'", "数和文本；文本用半角单引号，其中的单引号写两个"),
    Operator("Boolean", "TRUE、FALSE", "成立、不成立"),
    Operator("Null", "NULL", "不知道"),
    Operator("Column", "age", "列、指标或取值的名字"),
)

INTERVAL_UNITS: Final[dict[str, str]] = {
    "DAY": "d",
    "DAYS": "d",
    "MONTH": "mo",
    "MONTHS": "mo",
    "YEAR": "y",
    "YEARS": "y",
}
