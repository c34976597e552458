"""Function calls in a condition: known name, number and kinds of arguments, place."""

from __future__ import annotations

from typing import Final, cast

from fpm.rulebook import language
from fpm.rulebook.conditions.kinds import AnyKind, Checked, Checker
from fpm.rulebook.conditions.text import check_pattern, place_of
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.language import ArgumentKind, Function, Kind
from fpm.rulebook.nearest import nearest

_MONOTONE: Final = frozenset({"ROUND", "FLOOR", "CEIL", "LEAST", "GREATEST"})
"""Rising functions: the bounds of the argument become the bounds of the value."""
_BOUNDING: Final = frozenset({"SUM", "COUNT_IF", "COUNT", "MIN", "MAX"})
"""Aggregates that yield bounds when a part is unknown."""
_GROUPED: Final = frozenset({"aggregate", "records", "members"})
"""Forms of functions that look at several rows at once."""
_COMPANIONS: Final = {"HEAD": "relation", "NAMES": "name"}
"""The roster column that tells the head, and the one that holds the names."""


def call(checker: Checker, node: Node) -> Checked:
    """Admit one function call."""
    function = _function(checker, node)
    _check_count(checker, node, function)
    if function.form in ("row", "cell", "window"):
        return _row_call(checker, node, function)
    return _aggregate_call(checker, node, function)


def filtered(checker: Checker, node: Node) -> Checked:
    """Admit ``aggregate(...) FILTER (WHERE condition)``."""
    inner, condition = node.parts
    if _function(checker, inner).form not in _GROUPED:
        raise checker.error(node, "FILTER 只能跟在 SUM、COUNT 等聚合函数后面")
    if _function(checker, inner).name == "HEAD":
        raise checker.error(node, "HEAD 只看户主一行，不能再加 FILTER")
    result = checker.check(inner)
    checker.inside = True
    checker.expect(condition, "boolean", "FILTER (WHERE …) 里")
    checker.inside = False
    return result


def _function(checker: Checker, node: Node) -> Function:
    name = node.name
    function = language.BY_NAME.get(name)
    if function is None:
        best = nearest(name, language.BY_NAME) or ""
        raise checker.error(node, f"没有“{name}”这个函数", best)
    if function.form == "window" and not checker.windows:
        raise checker.error(node, f"{name} 要看全县的人，只能用在花名册版式的派生列（derived）里")
    if function.form in _GROUPED and checker.over is None:
        raise checker.error(node, f"{name} 要看几行，只能用在户级、村级规则和指标里")
    if function.form == "records" and checker.over == "members":
        raise checker.error(node, f"{name} 只能用在版式的指标（facts）里")
    if function.form == "members" and checker.over == "records":
        raise checker.error(node, f"{name} 只能用在户级、村级规则里")
    return function


def _check_count(checker: Checker, node: Node, function: Function) -> None:
    given, most = len(node.parts), function.at_most
    if given < function.at_least or (most is not None and given > most):
        wanted = str(function.at_least)
        if most is None:
            wanted += " 个以上"
        elif most != function.at_least:
            wanted += f" 到 {most} 个"
        else:
            wanted += " 个"
        raise checker.error(node, f"{function.name} 要 {wanted}参数，这里有 {given} 个")


def _row_call(checker: Checker, node: Node, function: Function) -> Checked:
    checked: list[Checked] = []
    for index, argument in enumerate(node.parts):
        checked.append(_argument(checker, argument, function.argument(index).kind, function))
    if function.name in ("HAS", "LISTS"):
        checker.agree_checked(node.parts, checked, f"{function.name} 的")
    elif function.name == "IF":
        checker.agree_checked(node.parts[1:], checked[1:], "IF 两个结果")
    elif function.returns == "same" and function.form == "row":
        checker.agree_checked(node.parts, checked, f"{function.name} 各参数")
    if function.name in {"LEAST", "GREATEST"}:
        checker.check_order(node.parts, checked[0])
    if function.name == "REPLACE" and checked[1].literal == "":
        raise checker.error(node, "REPLACE 要换掉的文字不能是空的")
    bounded = function.name in _MONOTONE and any(found.bounded for found in checked)
    return Checked(_returned(function, checked), bounded=bounded)


def _returned(function: Function, checked: list[Checked]) -> AnyKind:
    if function.returns != "same":
        return function.returns
    candidates = checked
    if function.name in ("IF", "SAME_VALUE"):
        candidates = checked[1:] if function.name == "IF" else checked[:1]
    return next((found.kind for found in candidates if found.kind != "null"), "null")


def _argument(checker: Checker, node: Node, kind: ArgumentKind, function: Function) -> Checked:
    if kind == "set":
        column = checker.columns.get(node.name) if node.kind == "Column" else None
        if column is not None and not column.multiple:
            raise checker.error(node, f"“{node.name}”一格只有一个值，请直接比较：{node.name} = '…'")
        return checker.expect(node, "text", f"{function.name} 的第一个参数")
    if kind in ("cell", "list"):
        return _delivered(checker, node, kind, function)
    if kind in ("pattern", "count"):
        return _written(checker, node, kind, function)
    if kind in ("any", "same"):
        checker.lists = function.name in ("HAS", "LISTS")
        found = checker.check(node)
        checker.lists = False
        return found
    return checker.expect(node, cast("Kind", kind), f"{function.name} 的参数")


def _delivered(checker: Checker, node: Node, kind: ArgumentKind, function: Function) -> Checked:
    """A bare column that a file delivers: of it alone can be asked whether its cell is blank."""
    found = checker.check(node)
    column = checker.columns.get(found.column)
    if column is None or not column.delivered:
        raise checker.error(node, f"{function.name} 里只写花名册或部门数据的一列，不写算式或派生列")
    if kind == "list" and not column.multiple:
        raise checker.error(node, f"“{found.column}”一格只有一个值，请直接比较")
    checker.cells.add(found.column)
    return found


def _written(checker: Checker, node: Node, kind: ArgumentKind, function: Function) -> Checked:
    found = checker.check(node)
    if kind == "pattern":
        if found.literal is None:
            raise checker.error(node, f"{function.name} 的这个参数要直接写明文本")
        if function.name == "MATCHES":
            check_pattern(found.literal, place_of(checker.text, node.start))
        return found
    most = 6 if function.name == "ROUND" else language.MAX_REPEATS
    if node.kind != "Literal" or not node.name.isdigit() or int(node.name) > most:
        raise checker.error(node, f"{function.name} 的这个参数要写一个不超过 {most} 的整数")
    if function.name == "SUBSTR" and node.name == "0":
        raise checker.error(node, "SUBSTR 从 1 数起")
    return found


def _aggregate_call(checker: Checker, node: Node, function: Function) -> Checked:
    if checker.inside:
        raise checker.error(node, f"{function.name} 不能写在另一个聚合函数里面")
    checker.inside = True
    _use_companion(checker, node, function)
    argument = node.parts[0]
    if function.name == "COUNT":
        found = _counted(checker, argument)
    elif function.arguments[0].kind == "any":
        found = checker.check(argument)
        if function.name in {"MIN", "MAX"}:
            checker.check_order([argument], found)
    else:
        for part, declared in zip(node.parts, function.arguments, strict=True):
            kind = cast("Kind", declared.kind)
            found = checker.expect(part, kind, f"{function.name} 里")
    checker.inside = False
    returned = found.kind if function.returns == "same" else function.returns
    column = found.column if function.returns == "same" else ""
    return Checked(returned, bounded=function.name in _BOUNDING, column=column)


def _use_companion(checker: Checker, node: Node, function: Function) -> None:
    companion = _COMPANIONS.get(function.name)
    if companion is None:
        return
    if companion not in checker.columns:
        raise checker.error(node, f"{function.name} 要用到“{companion}”这一列，这里没有")
    checker.used.add(companion)


def _counted(checker: Checker, argument: Node) -> Checked:
    if argument.kind == "Star":
        return Checked("null")
    if argument.kind != "Distinct":
        return checker.check(argument)
    if len(argument.parts) != 1:
        raise checker.error(argument, "COUNT(DISTINCT …) 里只写一列")
    return checker.check(argument.parts[0])
