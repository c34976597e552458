"""rules/**.toml → one frozen ``Rulebook``, or every fault at once with file, line and key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from fpm.errors import Fault, RulebookError
from fpm.rulebook.base import Spec
from fpm.rulebook.book import Rulebook
from fpm.rulebook.check_layouts import Layout, layout_faults
from fpm.rulebook.check_rules import Names, Rule, rule_faults, setting_faults
from fpm.rulebook.check_values import dated_faults
from fpm.rulebook.columns import BUILT_IN, ROSTER, parameter_column
from fpm.rulebook.conditions import ColumnType
from fpm.rulebook.dated import NamedParameter, Parameter
from fpm.rulebook.family import expand, is_family
from fpm.rulebook.faults import perhaps, spec_faults
from fpm.rulebook.known_columns import known_columns
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.rule import RuleSpec
from fpm.rulebook.settings import (
    GuardsSpec,
    MatchingSpec,
    MeasuresSpec,
    TermsSpec,
    WorkbooksSpec,
    WorkflowSpec,
)
from fpm.rulebook.toml_file import TomlFile, read_toml

AnySpec = TypeVar("AnySpec", bound=Spec)

_SETTINGS: Final[dict[str, type[Spec]]] = {
    "matching.toml": MatchingSpec,
    "guards.toml": GuardsSpec,
    "workflow.toml": WorkflowSpec,
    "measures.toml": MeasuresSpec,
    "workbooks.toml": WorkbooksSpec,
    "terms.toml": TermsSpec,
}
_MAY_BE_MISSING: Final = frozenset({"matching.toml", "guards.toml", "terms.toml"})
"""These have values of their own to start from; the other three say what people will read."""

_PLACES: Final = (
    "layouts/<部门>/<种类>.toml、parameters/<名称>.toml、policies/<风险>/<编号>.toml、"
    "quality/<编号>.toml，以及 matching、guards、workflow、measures、workbooks、terms 六个设置文件"
)


@dataclass(slots=True)
class _Shelf:
    """What the files of one rules folder turned into so far."""

    names: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    parameters: list[tuple[TomlFile, NamedParameter]] = field(default_factory=list)
    settings: dict[str, tuple[TomlFile, Spec]] = field(default_factory=dict)


def load_rulebook(root: Path) -> Rulebook:
    """Read and check the rules folder ``root``.

    Raises:
        RulebookError: with every fault found.
    """
    rulebook, faults = read_rulebook(root)
    if rulebook is None:
        raise RulebookError(faults)
    return rulebook


def rulebook_faults(root: Path) -> tuple[Fault, ...]:
    """Every fault of the rules folder ``root``; empty when it can be used."""
    return read_rulebook(root)[1]


def read_rulebook(root: Path) -> tuple[Rulebook | None, tuple[Fault, ...]]:
    """The rule book, or ``None`` and its faults, sorted by file and line.

    Conditions are checked only when layouts and parameters have no fault, for each missing column
    would be reported once more in every rule that uses it.
    """
    if not root.is_dir():
        return None, (Fault(str(root), "", "没有这个规则文件夹"),)
    shelf = _Shelf()
    digest = hashlib.sha256()
    for path in _toml_files(root):
        name = path.relative_to(root).as_posix()
        shelf.names.append(name)
        file = read_toml(path, name)
        if isinstance(file, Fault):
            shelf.faults.append(file)
            continue
        digest.update(f"{name}\0{file.text}\0".encode())
        _put(shelf, file)
    columns = _check(shelf)
    if shelf.faults:
        # the rules of a family repeat the faults of their template
        distinct = dict.fromkeys(shelf.faults)
        return None, tuple(sorted(distinct, key=lambda found: (found.file, found.line)))
    return _bound(shelf, columns, digest.hexdigest()), ()


def _toml_files(root: Path) -> list[Path]:
    """All TOML files below ``root`` in a fixed order; hidden ones and editors' locks left out."""
    return sorted(
        (
            path
            for path in root.rglob("*")
            if path.suffix.lower() == ".toml"
            and not any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)
        ),
        key=lambda path: path.relative_to(root).as_posix(),
    )


def _put(shelf: _Shelf, file: TomlFile) -> None:
    """Validate one file by the place it lies in."""
    parts = file.name.split("/")
    if len(parts) == 1 and file.name in _SETTINGS:
        if (setting := _spec(shelf, file, _SETTINGS[file.name])) is not None:
            shelf.settings[file.name] = (file, setting)
    elif parts[0] == "layouts" and len(parts) == 3:
        if (layout := _spec(shelf, file, LayoutSpec)) is not None:
            shelf.layouts.append(Layout(file, layout))
    elif parts[0] == "parameters" and len(parts) == 2:
        if (parameter := _spec(shelf, file, NamedParameter)) is not None:
            shelf.parameters.append((file, parameter))
    elif parts[0] in ("policies", "quality") and len(parts) in (2, 3):
        _put_rules(shelf, file)
    else:
        hint = perhaps(file.name, _SETTINGS) if len(parts) == 1 else ""
        shelf.faults.append(
            Fault(file.name, "", f"不知道这个文件是什么{hint}（文件应放在 {_PLACES}）")
        )


def _put_rules(shelf: _Shelf, file: TomlFile) -> None:
    """The rule of a file, or all rules of a family."""
    if not is_family(file):
        if (rule := _spec(shelf, file, RuleSpec)) is not None:
            shelf.rules.append(Rule(file, rule))
        return
    family = str(file.table.get("id", ""))
    expanded, faults = expand(file)
    shelf.faults += faults
    for one in expanded:
        if (rule := _spec(shelf, one, RuleSpec)) is not None:
            shelf.rules.append(Rule(one, rule, family))


def _spec(shelf: _Shelf, file: TomlFile, model: type[AnySpec]) -> AnySpec | None:
    try:
        return model.model_validate(file.table)
    except ValidationError as error:
        shelf.faults += spec_faults(error, file, model)
        return None


def _check(shelf: _Shelf) -> dict[str, ColumnType]:
    """Check what one file cannot show, and name the columns that conditions may use."""
    base_broken = any(fault.file.startswith(("layouts/", "parameters/")) for fault in shelf.faults)
    base: list[Fault] = [*layout_faults(shelf.layouts), *_parameter_faults(shelf)]
    if not any(name.startswith("layouts/roster/") for name in shelf.names):
        base.append(Fault("layouts/roster/persons.toml", "", "缺少农户花名册的版式"))
    columns, of_columns = known_columns(shelf.layouts)
    base += of_columns
    for file, parameter in shelf.parameters:
        if parameter.name in columns or parameter.name in BUILT_IN:
            base.append(file.fault(("name",), f"“{parameter.name}”已经是列名，请换一个名字"))
    shelf.faults += [*base, *_missing_settings(shelf), *_repeated_ids(shelf.rules)]
    shelf.faults += [*_measure_faults(shelf), *_term_faults(shelf)]
    if not base and not base_broken:
        constants = {spec.name: parameter_column(spec) for _, spec in shelf.parameters}
        names = Names(columns, {**BUILT_IN, **constants}, _risks(shelf))
        shelf.faults += rule_faults(shelf.rules, names)
        for file, setting in shelf.settings.values():
            shelf.faults += setting_faults(file, setting, names)
    return columns


def _parameter_faults(shelf: _Shelf) -> Iterator[Fault]:
    for file, parameter in shelf.parameters:
        name = file.name.removeprefix("parameters/")
        if name != f"{parameter.name}.toml":
            yield file.fault(("name",), f"参数名写的是“{parameter.name}”，文件名却是 {name}")
        yield from dated_faults(file, (), parameter)


def _missing_settings(shelf: _Shelf) -> Iterator[Fault]:
    for name in _SETTINGS:
        if name not in _MAY_BE_MISSING and name not in shelf.names:
            yield Fault(name, "", "缺少这个设置文件，可从随程序附带的规则里复制")


def _measure_faults(shelf: _Shelf) -> Iterator[Fault]:
    """Measures stand for known risks, once each, and every risk that alerts name has some."""
    file, measures = shelf.settings.get("measures.toml", (None, None))
    if file is None or not isinstance(measures, MeasuresSpec):
        return
    known = _risks(shelf)
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


def _term_faults(shelf: _Shelf) -> Iterator[Fault]:
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


def _repeated_ids(rules: Iterable[Rule]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for rule in rules:
        other = first.get(rule.spec.id)
        first.setdefault(rule.spec.id, rule.file.name)
        if other is not None:
            yield rule.file.fault(("id",), f"编号“{rule.spec.id}”与 {other} 重复")


def _risks(shelf: _Shelf) -> tuple[str, ...]:
    """Names of risks: the values that the roster's own risk column may hold."""
    for layout in shelf.layouts:
        if layout.spec.department == ROSTER and "risks" in layout.spec.fields:
            return tuple(layout.spec.fields["risks"].spellings)
    return ()


def _bound(shelf: _Shelf, columns: dict[str, ColumnType], digest: str) -> Rulebook:
    def setting(name: str, model: type[AnySpec]) -> AnySpec:
        found = shelf.settings.get(name)
        return found[1] if found and isinstance(found[1], model) else model()

    return Rulebook(
        layouts=tuple(layout.spec for layout in shelf.layouts),
        rules=tuple(sorted((rule.spec for rule in shelf.rules), key=lambda rule: rule.id)),
        parameters={spec.name: spec for _, spec in shelf.parameters},
        matching=setting("matching.toml", MatchingSpec),
        guards=setting("guards.toml", GuardsSpec),
        workflow=setting("workflow.toml", WorkflowSpec),
        measures=setting("measures.toml", MeasuresSpec),
        workbooks=setting("workbooks.toml", WorkbooksSpec),
        terms=setting("terms.toml", TermsSpec),
        columns=columns,
        files={rule.spec.id: rule.file.name for rule in shelf.rules},
        digest=digest,
    )
