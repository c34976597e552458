"""The names a condition may use, and what each one holds, derived from layouts and values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from fpm.rulebook.conditions import ColumnType, Condition, parse_condition
from fpm.rulebook.dated import Parameter
from fpm.rulebook.language import Kind
from fpm.rulebook.layout import FactSpec, FieldType, LayoutField, LayoutSpec

BUILT_IN: Final[Mapping[str, ColumnType]] = {
    "period_start": ColumnType("date", "本期第一天", constant=True),
    "period_end": ColumnType("date", "本期最后一天", constant=True),
}

_KINDS: Final[Mapping[FieldType, Kind]] = {
    "id_number": "text",
    "person_name": "text",
    "text": "text",
    "category": "text",
    "place": "text",
    "phone": "text",
    "yes_no": "boolean",
    "number": "number",
    "money": "number",
    "date": "date",
    "month": "date",
}

AT_LEAST: Final = "__at_least"
"""Suffix of the companion column that holds the lower bound of a fact (``judge.facts``)."""


def field_columns(layout: LayoutSpec) -> dict[str, ColumnType]:
    """The fields of one layout, and the built-ins: what its facts may use."""
    return {**{name: _field(field) for name, field in layout.fields.items()}, **BUILT_IN}


def roster_columns(layout: LayoutSpec) -> dict[str, ColumnType]:
    """Fields, derived columns and built-ins of the roster.

    Raises:
        ConditionError: when a derived column's SQL is refused.
    """
    columns = {**field_columns(layout), "valid_id": ColumnType("text", "有效的公民身份号码")}
    for name, derived in layout.derived.items():
        parsed = parse_condition(derived.sql, columns, form="row")
        columns[name] = _computed(parsed, columns, derived.title, derived.unit)
    return columns


def fact_condition(fact: FactSpec, layout: LayoutSpec) -> Condition:
    """One fact's SQL, admitted over the records of its layout.

    Raises:
        ConditionError: when it is refused.
    """
    return parse_condition(fact.sql, field_columns(layout), form="aggregate", over="records")


def fact_columns(layouts: Iterable[LayoutSpec]) -> dict[str, ColumnType]:
    """Facts and presence columns of all departments, this period's and the previous one's.

    Raises:
        ConditionError: when a fact's SQL is refused.
    """
    columns: dict[str, ColumnType] = {}
    for layout in layouts:
        if layout.department == "roster":
            continue
        department, kind = layout.department, layout.kind
        columns[f"{department}_present"] = ColumnType("boolean", "在该部门本期数据中")
        columns[f"{department}_{kind}_present"] = ColumnType("boolean", f"在{layout.title}中")
        for name, fact in layout.facts.items():
            parsed = fact_condition(fact, layout)
            fields = field_columns(layout)
            columns[f"{department}_{name}"] = _computed(parsed, fields, fact.title, fact.unit)
    previous = {f"previous_{name}": _previous(column) for name, column in columns.items()}
    return {**columns, **previous}


def value_columns(parameters: Mapping[str, Parameter]) -> dict[str, ColumnType]:
    """Dated values by name; one without any value yet counts as a number."""
    return {name: _value(parameter) for name, parameter in parameters.items()}


def condition_columns(
    layouts: Iterable[LayoutSpec], parameters: Mapping[str, Parameter]
) -> dict[str, ColumnType]:
    """Every name a rule's condition may use.

    Args:
        layouts: all layouts of the rule book, the roster's among them.
        parameters: shared parameters and the rule's own values.

    Raises:
        ConditionError: when the SQL of a derived column or a fact is refused.
    """
    known = tuple(layouts)
    columns: dict[str, ColumnType] = dict(BUILT_IN)
    for layout in known:
        if layout.department == "roster":
            columns |= roster_columns(layout)
    return columns | fact_columns(known) | value_columns(parameters)


def _field(field: LayoutField) -> ColumnType:
    unit = "元" if field.type == "money" else field.unit
    return ColumnType(
        _KINDS[field.type],
        field.title,
        unit=unit,
        choices=tuple(field.spellings),
        multiple=field.multiple,
    )


def _computed(
    parsed: Condition, columns: Mapping[str, ColumnType], title: str, unit: str
) -> ColumnType:
    source = columns.get(parsed.source)
    return ColumnType(
        parsed.kind,
        title,
        unit=unit or (source.unit if source else ""),
        choices=source.choices if source else (),
        multiple=source.multiple if source else False,
        bounded=parsed.bounded and parsed.kind == "number",
    )


def _previous(column: ColumnType) -> ColumnType:
    return ColumnType(
        column.kind,
        f"上期{column.title}",
        unit=column.unit,
        choices=column.choices,
        multiple=column.multiple,
        bounded=column.bounded,
    )


def _value(parameter: Parameter) -> ColumnType:
    values = [dated.value for dated in parameter.dated]
    first = values[0] if values else 0
    is_list = isinstance(first, tuple)
    sample = first[0] if isinstance(first, tuple) and first else first
    kind: Kind = "number"
    if isinstance(sample, bool):
        kind = "boolean"
    elif isinstance(sample, str):
        kind = "text"
    elif isinstance(sample, dt.date):
        kind = "date"
    return ColumnType(kind, parameter.title, unit=parameter.unit, constant=True, is_list=is_list)
