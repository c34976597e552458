"""What one file of a rule book cannot show by itself: names, conditions, ids, risks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from fpm.errors import Fault
from fpm.rulebook.check_layouts import layout_faults
from fpm.rulebook.check_rules import Names, Rule, rule_faults, setting_faults
from fpm.rulebook.check_values import dated_faults
from fpm.rulebook.columns import BUILT_IN, parameter_column
from fpm.rulebook.conditions import ColumnType
from fpm.rulebook.dated import Parameter
from fpm.rulebook.faults import perhaps
from fpm.rulebook.known_columns import KnownColumns
from fpm.rulebook.settings import MeasuresSpec, TermsSpec, WorkflowSpec
from fpm.rulebook.shelf import SETTINGS, Shelf

_MAY_BE_MISSING: Final = frozenset({"matching.toml", "guards.toml", "terms.toml"})
"""These have values of their own to start from; the other three say what people will read."""


def open_faults(shelf: Shelf) -> Iterator[Fault]:
    """Faults that can be told without reading a condition."""
    yield from layout_faults(shelf.layouts)
    if not any(name.startswith("layouts/roster/") for name in shelf.names):
        yield Fault("layouts/roster/persons.toml", "", "缺少农户花名册的版式")
    yield from _parameter_faults(shelf)
    yield from _missing_settings(shelf)
    yield from _repeated_ids(shelf.rules)
    yield from _measure_faults(shelf)
    yield from _term_faults(shelf)
    yield from _calendar_faults(shelf)


def condition_faults(shelf: Shelf, told: KnownColumns, found: Iterable[Fault]) -> list[Fault]:
    """Faults of every condition and of the names in it, given what ``known_columns`` tells.

    Those of rules are looked for only when layouts and parameters have no fault (``found`` so far
    or here), for each missing column would be reported once more in every rule that uses it.
    """
    columns, wrong = told
    files = {(layout.spec.department, layout.spec.kind): layout.file for layout in shelf.layouts}
    base = [files[spec.department, spec.kind].fault(path, said) for spec, path, said in wrong]
    base += _name_faults(shelf, columns)
    if base or any(fault.file.startswith(("layouts/", "parameters/")) for fault in found):
        return base
    constants = {spec.name: parameter_column(spec) for _, spec in shelf.parameters}
    names = Names(columns, {**BUILT_IN, **constants}, shelf.risks)
    faults = list(rule_faults(shelf.rules, names))
    for file, setting in shelf.settings.values():
        faults += setting_faults(file, setting, names)
    return faults


def _name_faults(shelf: Shelf, columns: dict[str, ColumnType]) -> Iterator[Fault]:
    for file, parameter in shelf.parameters:
        if parameter.name in columns or parameter.name in BUILT_IN:
            yield file.fault(("name",), f"“{parameter.name}”已经是列名，请换一个名字")


def _parameter_faults(shelf: Shelf) -> Iterator[Fault]:
    for file, parameter in shelf.parameters:
        name = file.name.removeprefix("parameters/")
        if name != f"{parameter.name}.toml":
            yield file.fault(("name",), f"参数名写的是“{parameter.name}”，文件名却是 {name}")
        yield from dated_faults(file, (), parameter)


def _missing_settings(shelf: Shelf) -> Iterator[Fault]:
    for name in SETTINGS:
        if name not in _MAY_BE_MISSING and name not in shelf.names:
            yield Fault(name, "", "缺少这个设置文件，可从随程序附带的规则里复制")


def _measure_faults(shelf: Shelf) -> Iterator[Fault]:
    """Measures stand for known risks, once each, and every risk that alerts name has some."""
    file, measures = shelf.settings.get("measures.toml", (None, None))
    if file is None or not isinstance(measures, MeasuresSpec):
        return
    known = shelf.risks
    listed: set[str] = set()
    for position, measure in enumerate(measures.measure):
        path = ("measure", position, "risk")
        if known and measure.risk not in known:
            hint = perhaps(measure.risk, known) or f"（有：{'、'.join(known)}）"
            yield file.fault(path, f"没有“{measure.risk}”这种风险{hint}")
        if measure.risk in listed:
            yield file.fault(path, f"风险“{measure.risk}”写了两次")
        listed.add(measure.risk)
    named = sorted({rule.spec.risk for rule in shelf.rules if rule.spec.kind == "alert"})
    for risk in named:
        if risk in known and risk not in listed:
            yield file.fault(("measure",), f"有预警规则的风险“{risk}”没有写帮扶措施")


def _term_faults(shelf: Shelf) -> Iterator[Fault]:
    """What a term is called is a text; its months neither overlap nor leave a gap."""
    file, terms = shelf.settings.get("terms.toml", (None, None))
    if file is None or not isinstance(terms, TermsSpec):
        return
    for position, term in enumerate(terms.term):
        path = ("term", position)
        yield from dated_faults(file, path, Parameter(title=term.word, dated=term.dated))
        for number, entry in enumerate(term.dated):
            if not isinstance(entry.value, str):
                yield file.fault((*path, "dated", number, "value"), "说法应是文字，要加半角双引号")


def _calendar_faults(shelf: Shelf) -> Iterator[Fault]:
    """What the calendar asks for is a list that has a layout, be that one sound or not."""
    file, workflow = shelf.settings.get("workflow.toml", (None, None))
    if file is None or not isinstance(workflow, WorkflowSpec):
        return
    layouts = (name.removesuffix(".toml").split("/") for name in shelf.names)
    known = [".".join(parts[1:]) for parts in layouts if parts[0] == "layouts"]
    for position, duty in enumerate(workflow.calendar):
        if duty.list not in known:
            hint = perhaps(duty.list, known)
            yield file.fault(("calendar", position, "list"), f"没有“{duty.list}”这种版式{hint}")


def _repeated_ids(rules: Iterable[Rule]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for rule in rules:
        other = first.get(rule.spec.id)
        first.setdefault(rule.spec.id, rule.file.name)
        if other is not None:
            yield rule.file.fault(("id",), f"编号“{rule.spec.id}”与 {other} 重复")
