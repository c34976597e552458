"""What each node of a condition's tree must satisfy: one small function a node."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fpm.rulebook import language
from fpm.rulebook.conditions.calls import call, filtered
from fpm.rulebook.conditions.kinds import (
    Checked,
    Checker,
    NodeRule,
    title_of,
)
from fpm.rulebook.nearest import nearest

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


def _logic(checker: Checker, node: Expr) -> Checked:
    word = {"And": "AND", "Or": "OR"}[type(node).__name__]
    for part in node.flatten():
        checker.expect(part, "boolean", f"{word} 的两边")
    return Checked("boolean")


def _not(checker: Checker, node: Expr) -> Checked:
    checker.expect(node.this, "boolean", "NOT 后面")
    return Checked("boolean")


def _paren(checker: Checker, node: Expr) -> Checked:
    return checker.check(node.this)


def _equality(checker: Checker, node: Expr) -> Checked:
    checker.agree([node.this, node.expression], "比较的")
    for side in (node.this, node.expression):
        _refuse_set(checker, side, node)
    return Checked("boolean")


def _refuse_set(checker: Checker, side: Expr, node: Expr) -> None:
    column = checker.columns.get(side.name) if type(side).__name__ == "Column" else None
    if column is not None and column.multiple:
        raise checker.error(
            node, f"“{side.name}”一格里可能有几个值，请写 HAS({side.name}, '…') 而不是比较整格"
        )


_CHAINED: Final = frozenset({"LT", "LTE", "GT", "GTE"})


def _order(checker: Checker, node: Expr) -> Checked:
    sides = [node.this, node.expression]
    if any(type(side).__name__ in _CHAINED for side in sides):
        raise checker.error(node, "比较不能连着写，请拆成两个，中间用 AND 连接")
    checker.check_order(sides, checker.agree(sides, "比较的"))
    return Checked("boolean")


def _between(checker: Checker, node: Expr) -> Checked:
    if node.args.get("symmetric"):
        raise checker.error(node, "不支持 SYMMETRIC")
    parts = [node.this, node.args["low"], node.args["high"]]
    checker.check_order(parts, checker.agree(parts, "BETWEEN "))
    return Checked("boolean")


def _in(checker: Checker, node: Expr) -> Checked:
    members = list(node.expressions)
    if node.args.get("field") is not None:
        members.append(node.args["field"])
    if node.args.get("query") is not None or node.args.get("unnest") is not None or not members:
        raise checker.error(node, "条件里不能有子查询；IN 后面写 ('甲', '乙') 或一个取值表的名字")
    subject = checker.check(node.this)
    checker.lists = True
    found = [subject, *(checker.check(member) for member in members)]
    checker.lists = False
    checker.agree_checked([node.this, *members], found, "IN ")
    _refuse_set(checker, node.this, node)
    return Checked("boolean")


def _is(checker: Checker, node: Expr) -> Checked:
    other = type(node.expression).__name__
    if other == "Null":
        checker.check(node.this)
    elif other == "Boolean":
        checker.expect(node.this, "boolean", "IS TRUE、IS FALSE 前面")
    else:
        raise checker.error(
            node, "IS 后面只能是 NULL、TRUE、FALSE，或 DISTINCT FROM；问是否相等请写 ="
        )
    return Checked("boolean")


def _like(checker: Checker, node: Expr) -> Checked:
    checker.expect(node.this, "text", "LIKE 前面")
    pattern = checker.check(node.expression).literal
    if pattern is None:
        raise checker.error(node, "LIKE 的样式要直接写明")
    if len(pattern) > language.MAX_PATTERN:
        raise checker.error(node, f"样式太长，最多 {language.MAX_PATTERN} 个字")
    return Checked("boolean")


def _sum(checker: Checker, node: Expr) -> Checked:
    left = checker.check(node.this)
    if type(node.expression).__name__ == "Interval":
        if left.kind != "date":
            raise checker.error(node, "只有日期能加减 INTERVAL")
        _interval(checker, node.expression)
        return Checked("date")
    right = checker.check(node.expression)
    if type(node).__name__ == "Sub" and left.kind == right.kind == "date":
        return Checked("number")
    if "date" in (left.kind, right.kind):
        raise checker.error(node, "日期加减请写 INTERVAL，例如 period_end - INTERVAL '3' MONTH")
    for side, found in ((node.this, left), (node.expression, right)):
        if found.kind not in ("number", "null"):
            raise checker.error(side, f"加减要用数值，这里是{title_of(found.kind)}")
    return Checked("number", bounded=left.bounded or right.bounded)


def _product(checker: Checker, node: Expr) -> Checked:
    left = checker.expect(node.this, "number", "乘除")
    right = checker.expect(node.expression, "number", "乘除")
    return Checked("number", bounded=left.bounded or right.bounded)


def _negative(checker: Checker, node: Expr) -> Checked:
    return Checked("number", bounded=checker.expect(node.this, "number", "负号后面").bounded)


def _join(checker: Checker, node: Expr) -> Checked:
    checker.expect(node.this, "text", "||")
    checker.expect(node.expression, "text", "||")
    return Checked("text")


def _case(checker: Checker, node: Expr) -> Checked:
    branches = node.args.get("ifs") or []
    if node.this is None:
        for branch in branches:
            checker.expect(branch.this, "boolean", "WHEN 后面")
    else:
        checker.agree([node.this, *(branch.this for branch in branches)], "CASE ")
    results = [branch.args["true"] for branch in branches]
    if node.args.get("default") is not None:
        results.append(node.args["default"])
    return Checked(checker.agree(results, "CASE 各结果").kind)


def _interval(checker: Checker, node: Expr) -> Checked:
    amount, unit = node.this, node.args.get("unit")
    text = amount.name if type(amount).__name__ == "Literal" else ""
    if not re.fullmatch(r"\d{1,4}", text) or int(text) > language.MAX_INTERVAL:
        raise checker.error(node, f"INTERVAL 里写一个不超过 {language.MAX_INTERVAL} 的整数")
    if (
        unit is None
        or type(unit).__name__ != "Var"
        or unit.name.upper() not in language.INTERVAL_UNITS
    ):
        raise checker.error(node, "INTERVAL 的单位是 DAY、MONTH 或 YEAR")
    return Checked("null")


def _misplaced_interval(checker: Checker, node: Expr) -> Checked:
    raise checker.error(node, "INTERVAL 只能写在日期的加号或减号后面")


def _cast(checker: Checker, node: Expr) -> Checked:
    if type(node.this).__name__ != "Literal" or node.args["to"].sql().upper() != "DATE":
        raise checker.error(node, "不能转换类型；只有 DATE '2026-10-03' 这样写明的日期")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.this.name):
        raise checker.error(node, "日期写成 DATE '2026-10-03'")
    try:
        dt.date.fromisoformat(node.this.name)
    except ValueError as error:
        raise checker.error(node, f"没有“{node.this.name}”这一天") from error
    return Checked("date")


def _literal(checker: Checker, node: Expr) -> Checked:
    if node.is_string:
        return Checked("text", literal=node.name)
    if not re.fullmatch(r"\d{1,15}(\.\d{1,10})?", node.name):
        raise checker.error(node, "数要写成 5000 或 0.5 这样，最多 15 位整数")
    return Checked("number")


def _boolean(checker: Checker, node: Expr) -> Checked:
    del checker, node
    return Checked("boolean")


def _null(checker: Checker, node: Expr) -> Checked:
    del checker, node
    return Checked("null")


def _column(checker: Checker, node: Expr) -> Checked:
    name, quoted = node.name, bool(node.this.args.get("quoted"))
    if node.args.get("table") is not None:
        raise checker.error(node, "只写列名，不写表名或库名")
    found = checker.columns.get(name)
    if found is None:
        raise checker.error(node, *_unknown(checker, name, quoted))
    if found.is_list and not checker.lists:
        raise checker.error(node, f"“{name}”是一张取值表，只能写在 IN (…) 或 HAS(…) 里")
    if checker.over is not None and not checker.inside and not found.constant:
        raise checker.error(
            node, f"“{name}”每一行各有一个值，这里要放进 ANY(…)、ALL(…)、SUM(…) 等函数"
        )
    checker.used.add(name)
    return Checked(found.kind, bounded=found.bounded, column=name)


def _unknown(checker: Checker, name: str, quoted: bool) -> tuple[str, str]:
    titles = {column.title: key for key, column in checker.columns.items() if column.title}
    if name in titles:
        return f"列要写英文名，不写“{name}”", titles[name]
    if quoted:
        return f"双引号里只能是列名；文本请用半角单引号 '{name}'", ""
    if name.upper() in {"CURRENT_DATE", "CURRENT_TIMESTAMP", "NOW", "SYSDATE"}:
        return "不能用今天的日期，结果会因哪天运行而不同", "period_end"
    quoting = "" if name.isascii() else f"；是文本的话，请写成半角单引号 '{name}'"
    return f"没有“{name}”这一列{quoting}", nearest(name, checker.columns) or ""


RULES: Final[Mapping[str, NodeRule]] = {
    "And": _logic,
    "Or": _logic,
    "Not": _not,
    "Paren": _paren,
    "EQ": _equality,
    "NEQ": _equality,
    "NullSafeEQ": _equality,
    "NullSafeNEQ": _equality,
    "LT": _order,
    "LTE": _order,
    "GT": _order,
    "GTE": _order,
    "Between": _between,
    "In": _in,
    "Is": _is,
    "Like": _like,
    "Add": _sum,
    "Sub": _sum,
    "Mul": _product,
    "Div": _product,
    "Mod": _product,
    "Neg": _negative,
    "DPipe": _join,
    "Case": _case,
    "Interval": _misplaced_interval,
    "Cast": _cast,
    "Literal": _literal,
    "Boolean": _boolean,
    "Null": _null,
    "Column": _column,
    "Anonymous": call,
    "Filter": filtered,
}
"""The same names as ``language.OPERATORS``, and calls (a test compares them)."""
