"""What one rule must keep beyond the shape of the file: names, conditions, sources, examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from fpm.errors import Fault
from fpm.rulebook.base import Spec
from fpm.rulebook.check_values import dated_faults
from fpm.rulebook.columns import PLACE_COUNTS, value_kind, with_own
from fpm.rulebook.conditions import ColumnType, ConditionError, Form, parse_condition
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.evidence import evidence_places, fixed_texts
from fpm.rulebook.faults import perhaps
from fpm.rulebook.language import KIND_TITLES
from fpm.rulebook.rule import Case, Row, RuleSpec
from fpm.rulebook.settings import MeasuresSpec, WorkflowSpec
from fpm.rulebook.slips import slips
from fpm.rulebook.toml_file import Path_, TomlFile

_FOLDERS: Final = {"alert": "policies", "hint": "policies", "correction": "quality"}
_NEEDED_CASES: Final = {"hit": "命中", "clear": "不命中", "unknown": "无法判断"}
_ASKS_FOR_CELL: Final = frozenset({"BLANK", "UNREADABLE", "LISTS"})
LOWER_BOUND: Final = "__at_least"
"""Suffix of the companion column of a fact that may be known only from below."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with the file it stands in; ``family`` is the template it was made from, or ""."""

    file: TomlFile
    spec: RuleSpec
    family: str = ""


@dataclass(frozen=True)
class Names:
    """What rules may name: ``columns`` of a person, shared ``constants``, ``risks`` in use."""

    columns: Mapping[str, ColumnType]
    constants: Mapping[str, ColumnType]
    risks: tuple[str, ...]

    @cached_property
    def members(self) -> Mapping[str, ColumnType]:
        """What conditions over persons may name."""
        return {**self.columns, **self.constants}

    @cached_property
    def places(self) -> Mapping[str, ColumnType]:
        """What conditions over counted places may name."""
        return {**PLACE_COUNTS, **self.constants}

    def for_rule(self, spec: RuleSpec) -> Mapping[str, ColumnType]:
        """All names of one rule: its own values included."""
        return with_own(self.places if spec.counts else self.members, spec)

    def for_members(self, spec: RuleSpec) -> Mapping[str, ColumnType]:
        """What ``counts`` and ``among`` of one rule may name."""
        return with_own(self.members, spec)


def rule_faults(rules: Iterable[Rule], names: Names) -> Iterator[Fault]:
    """Faults of every rule."""
    for rule in rules:
        yield from _place_faults(rule)
        yield from _risk_faults(rule, names)
        yield from _value_faults(rule, names)
        known = names.for_rule(rule.spec)
        members = names.for_members(rule.spec)
        yield from _condition_faults(rule, known)
        yield from _number_faults(rule, known)
        yield from _count_faults(rule, members)
        yield from _text_faults(rule, known)
        yield from _case_faults(rule, known, members)


def setting_faults(file: TomlFile, setting: Spec, names: Names) -> Iterator[Fault]:
    """Faults of the conditions over households that a settings file holds."""
    for path, sql in _conditions_of(setting):
        yield from _truth_faults(file, path, (sql, "aggregate"), names.members)


def _truth_faults(
    file: TomlFile, path: Path_, asked: tuple[str, Form], known: Mapping[str, ColumnType]
) -> Iterator[Fault]:
    """Faults of one condition, given with its form: refused, no yes or no, or surely a slip."""
    sql, form = asked
    try:
        condition = parse_condition(sql, known, form=form, over="members")
    except ConditionError as error:
        yield file.fault(path, str(error))
        return
    if condition.kind != "boolean":
        yield file.fault(path, f"条件的结果应是是/否，这里是{KIND_TITLES[condition.kind]}")
    for slip in slips(condition, known):
        yield file.fault(path, slip)


def _conditions_of(setting: Spec) -> Iterator[tuple[Path_, str]]:
    if isinstance(setting, WorkflowSpec):
        for position, check in enumerate(setting.removal):
            yield ("removal", position, "holds"), check.holds
    if isinstance(setting, MeasuresSpec):
        for position, measure in enumerate(setting.measure):
            if measure.taken:
                yield ("measure", position, "taken"), measure.taken


def _place_faults(rule: Rule) -> Iterator[Fault]:
    spec, file = rule.spec, rule.file
    folder, name = file.name.split("/")[0], file.name.split("/")[-1]
    if name != f"{rule.family or spec.id}.toml":
        yield file.fault(("id",), f"编号写的是“{rule.family or spec.id}”，文件名却是 {name}")
    if folder != _FOLDERS[spec.kind]:
        yield file.fault(
            ("kind",), f"{spec.kind} 类规则应放在 {_FOLDERS[spec.kind]}/ 下，这里是 {folder}/"
        )


def _risk_faults(rule: Rule, names: Names) -> Iterator[Fault]:
    spec = rule.spec
    if spec.kind == "alert" and not spec.risk:
        yield rule.file.fault(("risk",), "预警规则要写明风险类型")
    elif spec.risk and names.risks and spec.risk not in names.risks:
        hint = perhaps(spec.risk, names.risks) or f"（有：{'、'.join(names.risks)}）"
        yield rule.file.fault(("risk",), f"没有“{spec.risk}”这种风险{hint}")


def _value_faults(rule: Rule, names: Names) -> Iterator[Fault]:
    for name, value in rule.spec.values.items():
        path = ("values", name)
        if name in names.columns or name in names.constants:
            yield rule.file.fault(path, f"“{name}”已经是列名或共用参数，请换一个名字")
        if not re.search(rf"\b{name}\b", " ".join(rule.spec.texts)):
            yield rule.file.fault(path, f"取值“{name}”没有用到：条件和依据里都没有它")
        yield from dated_faults(rule.file, path, value)


def _condition_faults(rule: Rule, known: Mapping[str, ColumnType]) -> Iterator[Fault]:
    for key, sql in (("applies_to", rule.spec.applies_to), ("when", rule.spec.when)):
        if sql or key == "when":
            yield from _truth_faults(rule.file, (key,), (sql, rule.spec.form), known)


def _count_faults(rule: Rule, members: Mapping[str, ColumnType]) -> Iterator[Fault]:
    """``counts`` and ``among`` are conditions over a household, in rules about places."""
    spec = rule.spec
    if spec.among and not spec.counts:
        yield rule.file.fault(("among",), "among 说在哪些户里数，要和 counts 一起写")
    if spec.counts and spec.scope not in ("village", "township"):
        yield rule.file.fault(("counts",), '按村或乡镇（scope = "village"、"township"）才能数户')
    for key, sql in (("counts", spec.counts), ("among", spec.among)):
        if sql:
            yield from _truth_faults(rule.file, (key,), (sql, "aggregate"), members)


def _number_faults(rule: Rule, known: Mapping[str, ColumnType]) -> Iterator[Fault]:
    """The condition of each number is one like ``when``."""
    for number, sql in rule.spec.numbers.items():
        if sql:
            yield from _truth_faults(rule.file, ("numbers", number), (sql, rule.spec.form), known)


def _text_faults(rule: Rule, known: Mapping[str, ColumnType]) -> Iterator[Fault]:
    spec, file = rule.spec, rule.file
    around = "".join(fixed_texts(spec.evidence))
    if "｛" in around or "｝" in around:
        yield file.fault(("evidence",), "花括号要用半角 { }")
    if "{" in around or "}" in around:
        yield file.fault(("evidence",), "花括号没有配对，应写作 {列名} 或 {列名:单位}")
    for place in evidence_places(spec.evidence):
        try:
            parse_condition(place.sql, known, form=spec.form, over="members")
        except ConditionError as error:
            yield file.fault(("evidence",), f"{{{place.sql}}} {error}")
    if spec.worsens is not None:
        column = known.get(spec.worsens.fact)
        if column is None or column.constant:
            yield file.fault(
                ("worsens", "fact"),
                f"没有“{spec.worsens.fact}”这一列{perhaps(spec.worsens.fact, known)}",
            )
        elif column.kind != "number":
            yield file.fault(("worsens", "fact"), "应是数值列")


def _case_faults(
    rule: Rule, known: Mapping[str, ColumnType], members: Mapping[str, ColumnType]
) -> Iterator[Fault]:
    expected: set[str] = {case.expect for case in rule.spec.case}
    if "unknown" not in expected and _always_decided(rule.spec, known):
        expected.add("unknown")
    for wanted, title in _NEEDED_CASES.items():
        if wanted not in expected:
            yield rule.file.fault(("case",), f'缺少一个{title}的示例（expect = "{wanted}"）')
    for position, case in enumerate(rule.spec.case):
        path = ("case", position)
        yield from _member_faults(rule, path, case, members)
        yield from _place_row_faults(rule, path, case, known)
        for name, value in case.values.items():
            column = known.get(name)
            if column is None or not column.constant:
                yield rule.file.fault(
                    (*path, "values", name), f"没有“{name}”这个参数{perhaps(name, known)}"
                )
            elif value_kind(value) != column.kind:
                yield rule.file.fault((*path, "values", name), _wrong_kind(column))


def _always_decided(spec: RuleSpec, known: Mapping[str, ColumnType]) -> bool:
    """True when no missing value can leave the rule undecided, or when it cannot be read."""
    texts = [text for text in (spec.applies_to, spec.when) if text]
    try:
        trees = [
            parse_condition(text, known, form=spec.form, over="members").tree for text in texts
        ]
    except ConditionError:
        return True  # reported with the condition itself
    return all(_node_decided(tree, known) for tree in trees)


def _node_decided(node: Node, known: Mapping[str, ColumnType]) -> bool:
    """``x IS …`` is decided whatever x is; a constant is known; all else is if its parts are."""
    if node.kind == "Call" and node.name in _ASKS_FOR_CELL:
        return False  # a file may lack the column
    if node.kind in ("Is", "NullSafeEQ", "NullSafeNEQ"):
        return True
    if node.kind == "Column":
        return known[node.name].constant
    parts = [_node_decided(part, known) for part in node.parts]
    if node.kind == "Call" and node.name == "COALESCE":
        return any(parts)
    return node.kind != "Null" and all(parts)


def _member_faults(
    rule: Rule, path: Path_, case: Case, known: Mapping[str, ColumnType]
) -> Iterator[Fault]:
    scope = rule.spec.scope
    if rule.spec.counts and case.person:
        yield rule.file.fault(
            (*path, "person"), "数户的规则，示例用 members 写一户，或用 place 写数出来的结果"
        )
        return
    if scope == "person" and case.members:
        yield rule.file.fault((*path, "members"), "按人的规则，示例用 person 写一个人")
    if scope != "person" and case.person:
        yield rule.file.fault((*path, "person"), "按户或按村的规则，示例用 members 写成员")
    yield from _row_faults(rule, (*path, "person"), case.person, known)
    for position, member in enumerate(case.members):
        yield from _row_faults(rule, (*path, "members", position), member, known)


def _place_row_faults(
    rule: Rule, path: Path_, case: Case, known: Mapping[str, ColumnType]
) -> Iterator[Fault]:
    if case.place and not rule.spec.counts:
        yield rule.file.fault((*path, "place"), "只有数户的规则（写了 counts）才用 place 写示例")
    elif case.place and case.members:
        yield rule.file.fault((*path, "place"), "一个示例写 members 或 place 之一")
    else:
        yield from _row_faults(rule, (*path, "place"), case.place, known)


def _row_faults(
    rule: Rule, path: Path_, row: Row, known: Mapping[str, ColumnType]
) -> Iterator[Fault]:
    """The columns of an example exist and hold what such a column can hold."""
    for name, value in row.items():
        column = known.get(name) or known.get(name.removesuffix(LOWER_BOUND))
        if column is None:
            yield rule.file.fault((*path, name), f"没有“{name}”这一列{perhaps(name, known)}")
        elif column.constant:
            yield rule.file.fault(
                (*path, name), f"“{name}”是取值，不是列；要换一个值，写在示例的 values 里"
            )
        elif value_kind(value) != column.kind:
            yield rule.file.fault((*path, name), _wrong_kind(column))
        elif column.choices and (strange := _strange_choice(column, str(value))):
            hint = perhaps(strange, column.choices) or f"（有：{'、'.join(column.choices)}）"
            yield rule.file.fault((*path, name), f"“{column.title}”没有“{strange}”这个取值{hint}")


def _strange_choice(column: ColumnType, text: str) -> str:
    """The first part of ``text`` that the column never holds, empty when there is none."""
    parts = text.split(",") if column.multiple else [text]
    return next((part for part in parts if part not in column.choices), "")


def _wrong_kind(column: ColumnType) -> str:
    return f"应是{KIND_TITLES[column.kind]}（{column.title}）"
