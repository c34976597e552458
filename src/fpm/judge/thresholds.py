"""Whether the examples of a rule cover it: every outcome, and both sides of every threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.bounds import PLACES, Value
from fpm.judge.cases import case_facts
from fpm.judge.compile import Names, compile_part
from fpm.judge.outcomes import SUBJECT, group_facts, reduce_groups
from fpm.judge.plan import Parsed, Plan, Setting, parse_rule, plan_rule
from fpm.model import Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import Condition
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.language import BY_NAME
from fpm.rulebook.rule import RuleSpec
from fpm.rulebook.values import month_before

_NEEDED: Final = {"hit": "命中", "clear": "不命中"}
_TRUE_ABOVE: Final = {"GTE": -1, "LT": -1, "GT": 1, "LTE": 1}
"""On which side of equality the comparison turns over: ``x >= t`` and ``x < t`` below it."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One comparison with a limit: an expression that is the same for everybody.

    ``measured`` is compared with ``limit``; ``turns`` is -1 when the answer changes just below
    the limit, +1 when just above. ``grouped`` says that both sides are over members,
    ``of_households`` that a rule about clusters asks it of each household, not of the place.
    """

    text: str
    measured: Node
    limit: Node
    turns: int
    grouped: bool
    of_households: bool


def case_gaps(rule: RuleSpec, rulebook: Rulebook) -> tuple[str, ...]:
    """What the examples of one rule leave untried, one Chinese sentence each.

    Asked for: a hit, a clear, a *cannot tell* where the rule can yield it, and for every
    comparison with a limit (a dated value, a written number or day, or a day counted from the
    period) one example exactly on it and one on its other side; and where a value of the rule
    changes, one in the first month of the new one and one in the month before.
    """
    parsed = parse_rule(rule, rulebook)
    expected = {case.expect for case in rule.case}
    gaps = [f"缺少“{title}”的示例" for wanted, title in _NEEDED.items() if wanted not in expected]
    plans = [
        plan_rule(parsed, rulebook, Setting(Period.parse(case.period), overrides=case.values))
        for case in rule.case
    ]
    gaps += _change_gaps(rule)
    for threshold in thresholds(parsed):
        sides = {
            side
            for plan, case in zip(plans, rule.case, strict=True)
            if not plan.stopped and threshold.of_households == bool(plan.counts and case.members)
            for side in _sides(threshold, plan, case_facts(case, plan))
        }
        if 0 not in sides:
            gaps.append(f"“{threshold.text}”缺少正好等于界限的示例")
        if threshold.turns not in sides:
            side = "小于" if threshold.turns < 0 else "大于"
            gaps.append(f"“{threshold.text}”缺少{side}界限的示例")
    return tuple(gaps)


def _change_gaps(rule: RuleSpec) -> Iterator[str]:
    """Examples are judged by the nation's entries, so the changes of these are asked for."""
    for name, value in rule.values.items():
        months = {case.period for case in rule.case if name not in case.values}
        starts = sorted(entry.from_ for entry in value.dated if not entry.division)
        for start in starts[1:]:
            missing = [month for month in (month_before(start), start) if month not in months]
            if missing:
                yield f"取值 {name} 从 {start} 起改变，缺少 {'、'.join(missing)} 的示例"


def thresholds(parsed: Parsed) -> tuple[Threshold, ...]:
    """Every comparison of a rule's conditions in which one side is a limit."""
    constants = {name for name, column in parsed.member_columns.items() if column.constant}
    parts = [part for part in (parsed.applies, parsed.when) if part is not None]
    over_members = parsed.rule.form == "aggregate"
    asked = [(part, over_members, False) for part in parts]
    asked += [(part, True, True) for part in parsed.counts]
    found: dict[str, Threshold] = {}
    for condition, grouped, of_households in asked:
        for threshold in _compared(condition, constants, grouped):
            told = replace(threshold, of_households=of_households)
            found.setdefault(threshold.text, told)
    return tuple(found.values())


def _compared(condition: Condition, constants: set[str], over_members: bool) -> Iterator[Threshold]:
    for node, inside in _with_place(condition.tree, inside=False):
        for left, right, kind in _comparisons(node):
            grouped = over_members and not inside
            text = f"{_written(condition, left)} {_SIGNS[kind]} {_written(condition, right)}"
            if _is_limit(right, constants) and not _is_limit(left, constants):
                yield Threshold(text, left, right, _TRUE_ABOVE[kind], grouped, False)
            elif _is_limit(left, constants) and not _is_limit(right, constants):
                yield Threshold(text, right, left, -_TRUE_ABOVE[kind], grouped, False)


def _with_place(node: Node, *, inside: bool) -> Iterator[tuple[Node, bool]]:
    """Every part, and whether it stands inside an aggregate."""
    yield node, inside
    below = inside or node.kind == "Filter" or _is_aggregate(node)
    for part in node.parts:
        yield from _with_place(part, inside=below)


def _written(condition: Condition, node: Node) -> str:
    return " ".join(condition.text[node.start : node.end].split())


_SIGNS: Final = {"GTE": ">=", "LT": "<", "GT": ">", "LTE": "<="}


def _comparisons(node: Node) -> Iterator[tuple[Node, Node, str]]:
    if node.kind in _SIGNS:
        left, right = node.parts
        yield left, right, node.kind
    elif node.kind == "Between":
        value, low, high = node.parts
        yield value, low, "GTE"
        yield value, high, "LTE"


def _is_limit(node: Node, constants: set[str]) -> bool:
    """Whether a side of a comparison is a number or day that is the same for everybody.

    Texts that are compared are grades: no example can lie just beside one.
    """
    return not any(
        (part.kind == "Literal" and part.quoted)
        or (part.kind == "Column" and part.name not in constants)
        or _is_aggregate(part)
        for part in node.walk()
    )


def _is_aggregate(node: Node) -> bool:
    forms = ("aggregate", "records", "members")
    return node.kind == "Call" and BY_NAME[node.name].form in forms


def _sides(threshold: Threshold, plan: Plan, facts: pl.DataFrame) -> set[int]:
    """Where the example's members lie: -1 below the limit, 0 on it, 1 above."""
    reductions = Reductions() if threshold.grouped else None
    names = plan.members if threshold.of_households else plan.names
    measured = _exact(threshold.measured, names, reductions)
    limit = _exact(threshold.limit, names, reductions)
    frame = facts
    if reductions is not None:
        key = SUBJECT["household" if threshold.of_households else plan.rule.scope]
        groups = group_facts(facts, key)
        frame = reduce_groups(groups.members, reductions)
    difference = (measured - limit).round(PLACES).sign()
    found = frame.with_columns(difference.alias("_side"))["_side"].drop_nulls()
    return {int(side) for side in found}


def _exact(node: Node, names: Names, reductions: Reductions | None) -> pl.Expr:
    value: Value = compile_part(node, names, reductions)
    if value.kind == "date":
        return value.exact.cast(pl.Int32).cast(pl.Float64)
    return value.number
