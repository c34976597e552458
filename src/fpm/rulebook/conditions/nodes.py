"""What each node of a condition's tree must satisfy: one small function a node."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

from fpm.rulebook import language
from fpm.rulebook.conditions.calls import call, filtered
from fpm.rulebook.conditions.kinds import (
    Checked,
    Checker,
    NodeRule,
    title_of,
)
from fpm.rulebook.conditions.tree import Node, choice, joined
from fpm.rulebook.nearest import nearest


def _logic(checker: Checker, node: Node) -> Checked:
    for part in joined(node):
        checker.expect(part, "boolean", f"{node.kind.upper()} 的两边")
    return Checked("boolean")


def _not(checker: Checker, node: Node) -> Checked:
    checker.expect(node.parts[0], "boolean", "NOT 后面")
    return Checked("boolean")


def _paren(checker: Checker, node: Node) -> Checked:
    return checker.check(node.parts[0])


def _equality(checker: Checker, node: Node) -> Checked:
    checker.agree(node.parts, "比较的")
    for side in node.parts:
        _refuse_set(checker, side, node)
    return Checked("boolean")


def _refuse_set(checker: Checker, side: Node, node: Node) -> None:
    column = checker.columns.get(side.name) if side.kind == "Column" else None
    if column is not None and column.multiple:
        raise checker.error(
            node, f"“{side.name}”一格里可能有几个值，请写 HAS({side.name}, '…') 而不是比较整格"
        )


_CHAINED: Final = frozenset({"LT", "LTE", "GT", "GTE"})


def _order(checker: Checker, node: Node) -> Checked:
    sides = node.parts
    if any(side.kind in _CHAINED for side in sides):
        raise checker.error(node, "比较不能连着写，请拆成两个，中间用 AND 连接")
    checker.check_order(sides, checker.agree(sides, "比较的"))
    return Checked("boolean")


def _between(checker: Checker, node: Node) -> Checked:
    checker.check_order(node.parts, checker.agree(node.parts, "BETWEEN "))
    return Checked("boolean")


def _in(checker: Checker, node: Node) -> Checked:
    subject = checker.check(node.parts[0])
    checker.lists = True
    found = [subject, *(checker.check(member) for member in node.parts[1:])]
    checker.lists = False
    checker.agree_checked(node.parts, found, "IN ")
    _refuse_set(checker, node.parts[0], node)
    return Checked("boolean")


def _is(checker: Checker, node: Node) -> Checked:
    subject, state = node.parts
    if state.kind == "Null":
        checker.check(subject)
    elif state.kind == "Boolean":
        checker.expect(subject, "boolean", "IS TRUE、IS FALSE 前面")
    else:
        raise checker.error(
            node, "IS 后面只能是 NULL、TRUE、FALSE，或 DISTINCT FROM；问是否相等请写 ="
        )
    return Checked("boolean")


def _like(checker: Checker, node: Node) -> Checked:
    subject, like = node.parts
    checker.expect(subject, "text", "LIKE 前面")
    pattern = checker.check(like).literal
    if pattern is None:
        raise checker.error(node, "LIKE 的样式要直接写明")
    if len(pattern) > language.MAX_PATTERN:
        raise checker.error(node, f"样式太长，最多 {language.MAX_PATTERN} 个字")
    return Checked("boolean")


def _sum(checker: Checker, node: Node) -> Checked:
    first, second = node.parts
    left = checker.check(first)
    if second.kind == "Interval":
        if left.kind != "date":
            raise checker.error(node, "只有日期能加减 INTERVAL")
        _interval(checker, second)
        return Checked("date")
    right = checker.check(second)
    if node.kind == "Sub" and left.kind == right.kind == "date":
        return Checked("number")
    if "date" in (left.kind, right.kind):
        raise checker.error(node, "日期加减请写 INTERVAL，例如 period_end - INTERVAL '3' MONTH")
    for side, found in ((first, left), (second, right)):
        if found.kind not in ("number", "null"):
            raise checker.error(side, f"加减要用数值，这里是{title_of(found.kind)}")
    return Checked("number", bounded=left.bounded or right.bounded)


def _product(checker: Checker, node: Node) -> Checked:
    left, right = (checker.expect(part, "number", "乘除") for part in node.parts)
    return Checked("number", bounded=left.bounded or right.bounded)


def _negative(checker: Checker, node: Node) -> Checked:
    return Checked("number", bounded=checker.expect(node.parts[0], "number", "负号后面").bounded)


def _join(checker: Checker, node: Node) -> Checked:
    for part in node.parts:
        checker.expect(part, "text", "||")
    return Checked("text")


def _case(checker: Checker, node: Node) -> Checked:
    found = choice(node)
    if found.subject is None:
        for test in found.tests:
            checker.expect(test, "boolean", "WHEN 后面")
    else:
        checker.agree([found.subject, *found.tests], "CASE ")
    results = [*found.results, *([found.otherwise] if found.otherwise else [])]
    return Checked(checker.agree(results, "CASE 各结果").kind)


def _interval(checker: Checker, node: Node) -> Checked:
    if not re.fullmatch(r"\d{1,4}", node.amount) or int(node.amount) > language.MAX_INTERVAL:
        raise checker.error(node, f"INTERVAL 里写一个不超过 {language.MAX_INTERVAL} 的整数")
    if node.name not in language.INTERVAL_UNITS:
        raise checker.error(node, "INTERVAL 的单位是 DAY、MONTH 或 YEAR")
    return Checked("null")


def _misplaced_interval(checker: Checker, node: Node) -> Checked:
    raise checker.error(node, "INTERVAL 只能写在日期的加号或减号后面")


def _cast(checker: Checker, node: Node) -> Checked:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.name):
        raise checker.error(node, "日期写成 DATE '2026-10-03'")
    try:
        dt.date.fromisoformat(node.name)
    except ValueError as error:
        raise checker.error(node, f"没有“{node.name}”这一天") from error
    return Checked("date")


def _literal(checker: Checker, node: Node) -> Checked:
    if node.quoted:
        return Checked("text", literal=node.name)
    if not re.fullmatch(r"\d{1,15}(\.\d{1,10})?", node.name):
        raise checker.error(node, "数要写成 5000 或 0.5 这样，最多 15 位整数")
    return Checked("number")


def _boolean(checker: Checker, node: Node) -> Checked:
    del checker, node
    return Checked("boolean")


def _null(checker: Checker, node: Node) -> Checked:
    del checker, node
    return Checked("null")


def _column(checker: Checker, node: Node) -> Checked:
    name = node.name
    found = checker.columns.get(name)
    if found is None:
        raise checker.error(node, *_unknown(checker, name, node.quoted))
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
    "Call": call,
    "Filter": filtered,
}
"""The same names as ``language.OPERATORS``, and calls (a test compares them)."""
