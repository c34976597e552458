"""Every column of a person that conditions may use, gathered from all layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fpm.errors import Fault
from fpm.rulebook.check_layouts import Layout
from fpm.rulebook.columns import (
    BUILT_IN,
    ROSTER,
    ROSTER_BUILT_IN,
    derived_column,
    earlier_columns,
    fact_column,
    fact_name,
    parse_derived,
    parse_fact,
    presence_columns,
    roster_columns,
)
from fpm.rulebook.conditions import ColumnType, ConditionError
from fpm.rulebook.toml_file import Path_


def known_columns(layouts: Iterable[Layout]) -> tuple[dict[str, ColumnType], list[Fault]]:
    """Every column of a person that conditions may use, and the faults of the SQL behind them."""
    known = list(layouts)
    columns: dict[str, ColumnType] = {}
    faults: list[Fault] = []
    rosters = [layout for layout in known if layout.spec.department == ROSTER]
    for layout in rosters:
        columns |= roster_columns(layout.spec)
        _add_derived(layout, columns, {})
    departments = presence_columns(layout.spec for layout in known)
    for layout in known:
        faults += _add_facts(layout, departments, columns)
    for layout in rosters:
        wrong = _add_derived(layout, columns, departments)
        faults += [layout.file.fault(path, message) for path, message in wrong]
    roster = {name: column for name, column in columns.items() if name not in ROSTER_BUILT_IN}
    earlier = earlier_columns({**roster, **departments})
    return {**earlier, **columns, **departments}, faults


def _add_derived(
    layout: Layout, columns: dict[str, ColumnType], departments: Mapping[str, ColumnType]
) -> list[tuple[Path_, str]]:
    """Add the derived columns one after the other: a later one may use an earlier one.

    Those that need facts are refused the first time, when there are none yet, and added the
    second. Returns what is wrong, each with its key.
    """
    found: list[tuple[Path_, str]] = []
    fields = roster_columns(layout.spec)
    for name, derived in layout.spec.derived.items():
        if name in fields or name in BUILT_IN:
            found.append((("derived", name), "与花名册已有的列同名"))
            continue
        if name in columns:
            continue
        try:
            condition = parse_derived(derived, {**BUILT_IN, **departments, **columns})
        except ConditionError as error:
            found.append((("derived", name, "sql"), str(error)))
            continue
        columns[name] = derived_column(derived, condition)
    return found


def _add_facts(
    layout: Layout, departments: dict[str, ColumnType], roster: Mapping[str, ColumnType]
) -> Iterator[Fault]:
    for name, fact in layout.spec.facts.items():
        column = fact_name(layout.spec, name)
        if column in departments or column in roster:
            yield layout.file.fault(("facts", name), f"“{column}”已经有了，请换一个名字")
            continue
        try:
            condition = parse_fact(fact, layout.spec)
        except ConditionError as error:
            yield layout.file.fault(("facts", name, "sql"), str(error))
            continue
        departments[column] = fact_column(fact, condition)
