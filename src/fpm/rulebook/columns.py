"""The names that conditions may use, with their kinds: roster, derived, facts, presence, values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from fpm.rulebook.conditions import ColumnType, Condition, parse_condition
from fpm.rulebook.dated import Parameter
from fpm.rulebook.language import Kind
from fpm.rulebook.layout import DerivedSpec, FactSpec, FieldType, LayoutField, LayoutSpec
from fpm.rulebook.rule import RuleSpec

ROSTER: Final = "roster"

_KINDS: Final[dict[FieldType, Kind]] = {
    "id_number": "text",
    "person_name": "text",
    "text": "text",
    "category": "text",
    "place": "text",
    "phone": "text",
    "code": "text",
    "yes_no": "boolean",
    "number": "number",
    "money": "number",
    "date": "date",
    "month": "date",
}

BUILT_IN: Final[dict[str, ColumnType]] = {
    "period_start": ColumnType(kind="date", title="本期第一天", constant=True),
    "period_end": ColumnType(kind="date", title="本期最后一天", constant=True),
}

ROSTER_BUILT_IN: Final[dict[str, ColumnType]] = {
    "file": ColumnType(kind="text", title="花名册文件"),
    "sheet": ColumnType(kind="text", title="花名册工作表"),
    "row": ColumnType(kind="number", title="花名册行号"),
    "person_id": ColumnType(kind="text", title="人编号"),
    "household_id": ColumnType(kind="text", title="户编号"),
    "valid_id": ColumnType(kind="text", title="校验无误的身份证号"),
    "id_checks": ColumnType(kind="boolean", title="证件号码前18位的校验码相符"),
    "birth_date": ColumnType(kind="date", title="出生日期"),
    "sex": ColumnType(kind="text", title="性别", choices=("男", "女")),
}
"""What ``ingest.build_roster`` guarantees whatever the roster layout declares."""


PLACE_COUNTS: Final[dict[str, ColumnType]] = {
    "households": ColumnType(kind="number", title="看得出的户数", unit="户"),
    "cases": ColumnType(kind="number", title="有这种情况的户数", unit="户"),
    "expected": ColumnType(kind="number", title="按全县比例应有的户数", unit="户"),
    "ratio": ColumnType(kind="number", title="与应有户数相比的倍数", unit="倍"),
    "chance": ColumnType(kind="number", title="纯属巧合的可能（已按村数或乡镇数校正）"),
}
"""What a rule with ``counts`` may ask of a village or township."""

EARLIER: Final[dict[str, tuple[int, str]]] = {
    "previous": (1, "上期"),
    "last_year": (12, "上年同期"),
}
"""Months that conditions may look back at: prefix of the columns → months ago, title."""


def field_column(field: LayoutField) -> ColumnType:
    """The column that a layout field becomes."""
    categorical = field.type == "category"
    return ColumnType(
        kind=_KINDS[field.type],
        title=field.title,
        unit=field.unit,
        choices=tuple(field.spellings) if categorical else (),
        multiple=field.multiple,
        delivered=True,
    )


def roster_columns(roster: LayoutSpec) -> dict[str, ColumnType]:
    """Roster fields and what reading a roster always adds; derived columns not included."""
    return {
        **ROSTER_BUILT_IN,
        **{name: field_column(field) for name, field in roster.fields.items()},
    }


def record_columns(layout: LayoutSpec) -> dict[str, ColumnType]:
    """What the facts of ``layout`` may use: its fields and the days of the period."""
    return {**BUILT_IN, **{name: field_column(field) for name, field in layout.fields.items()}}


def parse_fact(fact: FactSpec, columns: Mapping[str, ColumnType]) -> Condition:
    """The aggregate of one fact over ``columns``, the ``record_columns`` of its layout.

    Raises:
        ConditionError: see ``parse_condition``.
    """
    return parse_condition(fact.sql, columns, form="aggregate", over="records")


def parse_derived(derived: DerivedSpec, columns: Mapping[str, ColumnType]) -> Condition:
    """The row expression of one derived column.

    Raises:
        ConditionError: see ``parse_condition``.
    """
    return parse_condition(derived.sql, columns, form="row", windows=True)


def derived_column(derived: DerivedSpec, condition: Condition) -> ColumnType:
    """The column that a derived spec becomes."""
    return ColumnType(
        kind=condition.kind,
        title=derived.title,
        unit=derived.unit,
        choices=condition.choices,
        multiple=condition.multiple,
        bounded=condition.bounded and condition.kind == "number",
    )


def fact_column(fact: FactSpec, condition: Condition) -> ColumnType:
    """The column that a fact becomes."""
    return ColumnType(
        kind=condition.kind,
        title=fact.title,
        unit=fact.unit,
        choices=condition.choices,
        multiple=condition.multiple,
        bounded=condition.bounded and condition.kind == "number",
    )


def fact_name(layout: LayoutSpec, fact: str) -> str:
    """``medical_insurance`` and ``self_paid_year`` → the column in conditions."""
    return f"{layout.department}_{fact}"


def presence_columns(layouts: Iterable[LayoutSpec]) -> dict[str, ColumnType]:
    """``<department>_present`` and ``<department>_<kind>_present`` of every extract kind."""
    found: dict[str, ColumnType] = {}
    for layout in layouts:
        if layout.department == ROSTER:
            continue
        found[f"{layout.department}_present"] = ColumnType(
            kind="boolean", title="在本期该部门数据中"
        )
        found[f"{layout.department}_{layout.kind}_present"] = ColumnType(
            kind="boolean", title=f"在本期{layout.title}中"
        )
    return found


def earlier_columns(columns: Mapping[str, ColumnType]) -> dict[str, ColumnType]:
    """The same columns as they were in each of the ``EARLIER`` months."""
    return {
        f"{month}_{name}": ColumnType(
            kind=column.kind,
            title=title + column.title.replace("本期", ""),
            unit=column.unit,
            choices=column.choices,
            multiple=column.multiple,
            bounded=column.bounded,
            earlier=month,
        )
        for month, (_, title) in EARLIER.items()
        for name, column in columns.items()
    }


def parameter_column(parameter: Parameter) -> ColumnType:
    """The constant that a parameter becomes; one that is unset everywhere counts as a number."""
    kinds = {value_kind(entry.value) for entry in parameter.dated}
    return ColumnType(
        kind=kinds.pop() if len(kinds) == 1 else "number",
        title=parameter.title,
        unit=parameter.unit,
        constant=True,
        is_list=any(isinstance(entry.value, tuple) for entry in parameter.dated),
    )


def with_own(shared: Mapping[str, ColumnType], rule: RuleSpec) -> Mapping[str, ColumnType]:
    """The names that all rules share, and the values of one."""
    own = {name: parameter_column(value) for name, value in rule.values.items()}
    return {**shared, **own} if own else shared


def value_kind(value: object) -> Kind:
    """The kind of a TOML value; a list has the kind of its first value."""
    if isinstance(value, tuple):
        return value_kind(value[0]) if value else "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "date" if isinstance(value, dt.date) else "text"
