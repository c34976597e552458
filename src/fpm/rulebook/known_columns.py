"""Every column of a person that conditions may use, gathered from all layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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
    record_columns,
    roster_columns,
)
from fpm.rulebook.conditions import ColumnType, ConditionError
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.toml_file import Path_

Wrong = tuple[LayoutSpec, Path_, str]
"""A fault of the SQL behind a column: in which layout, at which key, what is wrong."""
KnownColumns = tuple[dict[str, ColumnType], list[Wrong]]


def known_columns(layouts: Iterable[LayoutSpec]) -> KnownColumns:
    """Every column of a person that conditions may use, and the faults of the SQL behind them."""
    known = list(layouts)
    columns: dict[str, ColumnType] = {}
    wrong: list[Wrong] = []
    rosters = [layout for layout in known if layout.department == ROSTER]
    for layout in rosters:
        columns |= roster_columns(layout)
        _add_derived(layout, columns, {})
    departments = presence_columns(known)
    for layout in known:
        wrong += _add_facts(layout, departments, columns)
    for layout in rosters:
        wrong += _add_derived(layout, columns, departments)
    roster = {name: column for name, column in columns.items() if name not in ROSTER_BUILT_IN}
    earlier = earlier_columns({**roster, **departments})
    return {**earlier, **columns, **departments}, wrong


def _add_derived(
    layout: LayoutSpec, columns: dict[str, ColumnType], departments: Mapping[str, ColumnType]
) -> list[Wrong]:
    """Add the derived columns one after the other: a later one may use an earlier one.

    Those that need facts are refused the first time, when there are none yet, and added the
    second. Returns what is wrong.
    """
    found: list[Wrong] = []
    fields = roster_columns(layout)
    for name, derived in layout.derived.items():
        if name in fields or name in BUILT_IN:
            found.append((layout, ("derived", name), "与花名册已有的列同名"))
            continue
        if name in columns:
            continue
        try:
            condition = parse_derived(derived, {**BUILT_IN, **departments, **columns})
        except ConditionError as error:
            found.append((layout, ("derived", name, "sql"), str(error)))
            continue
        columns[name] = derived_column(derived, condition)
    return found


def _add_facts(
    layout: LayoutSpec, departments: dict[str, ColumnType], roster: Mapping[str, ColumnType]
) -> Iterator[Wrong]:
    fields = record_columns(layout)
    for name, fact in layout.facts.items():
        column = fact_name(layout, name)
        if column in departments or column in roster:
            yield layout, ("facts", name), f"“{column}”已经有了，请换一个名字"
            continue
        try:
            condition = parse_fact(fact, fields)
        except ConditionError as error:
            yield layout, ("facts", name, "sql"), str(error)
            continue
        departments[column] = fact_column(fact, condition)
