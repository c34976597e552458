"""The rule book as tables: what is in force, what is stopped, where each value comes from."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from fpm.model import Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import parse_condition
from fpm.rulebook.dated import DatedValue, Parameter
from fpm.rulebook.evidence import evidence_places
from fpm.rulebook.rule import RuleSpec
from fpm.rulebook.values import entry_in_force, with_last_months

RULE_TABLE: Final[dict[str, type[pl.DataType]]] = {
    "rule_id": pl.String,
    "title": pl.String,
    "kind": pl.String,
    "scope": pl.String,
    "risk": pl.String,
    "level": pl.String,
    "stopped_by": pl.String,  # 、-joined titles of values that are not set; null when it runs
    "reference": pl.String,  # 、-joined titles of values the county has not adopted; null: none
    "document": pl.String,  # the first source
    "confidence": pl.String,
    "file": pl.String,
}

VALUE_TABLE: Final[dict[str, type[pl.DataType]]] = {
    "name": pl.String,
    "title": pl.String,
    "unit": pl.String,
    "value": pl.String,  # null where nothing was ever set
    "from": pl.String,
    "until": pl.String,  # last month, stated or following from the next entry; null: open
    "division": pl.String,
    "place": pl.String,
    "document": pl.String,
    "article": pl.String,
    "adopted": pl.Boolean,
    "note": pl.String,
    "in_force": pl.Boolean,  # this is the entry that holds in the period for the county
}

PARAMETER_TABLE: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "name": pl.String,
    "title": pl.String,
    "unit": pl.String,
    "value": pl.String,  # null: not set, the rules named beside it are stopped
    "place": pl.String,
    "document": pl.String,
    "adopted": pl.Boolean,
    "used_by": pl.List(pl.String),
}


def rule_table(rulebook: Rulebook, period: Period, division: str) -> pl.DataFrame:
    """One row a rule (RULE_TABLE), sorted by id."""
    return pl.DataFrame(
        [_rule_row(rulebook, rule, period, division) for rule in rulebook.rules],
        schema=RULE_TABLE,
        orient="row",
    )


def _rule_row(
    rulebook: Rulebook, rule: RuleSpec, period: Period, division: str
) -> tuple[str | None, ...]:
    values = rulebook.values(period, division, rule)
    used = used_values(rulebook, rule)
    unset = [values.unset[name] for name in used if name in values.unset]
    reference = [values.in_force[name].title for name in used if name in values.reference]
    return (
        rule.id,
        rule.title,
        rule.kind,
        rule.scope,
        rule.risk,
        rule.level,
        "、".join(unset) or None,
        "、".join(reference) or None,
        rule.source[0].document,
        rule.source[0].confidence,
        rulebook.files[rule.id],
    )


def rule_names(rulebook: Rulebook, rule: RuleSpec) -> frozenset[str]:
    """Every column and value that the conditions and the evidence of ``rule`` name."""
    known, members = rulebook.names(rule), rulebook.member_names(rule)
    places = [place.sql for place in evidence_places(rule.evidence)]
    texts = [text for text in (rule.applies_to, rule.when, *places) if text]
    counted = [text for text in (rule.among, rule.counts) if text]
    return frozenset().union(
        *(parse_condition(text, known, form=rule.form, over="members").columns for text in texts),
        *(parse_condition(text, members, form="aggregate").columns for text in counted),
    )


def name_titles(rulebook: Rulebook, rule: RuleSpec) -> dict[str, str]:
    """What each of ``rule_names`` means in Chinese, sorted by name."""
    known = {**rulebook.member_names(rule), **rulebook.names(rule)}
    return {name: known[name].title for name in sorted(rule_names(rulebook, rule))}


def used_values(rulebook: Rulebook, rule: RuleSpec) -> tuple[str, ...]:
    """The dated values among ``rule_names``, sorted: without one of them the rule is stopped."""
    values = {*rulebook.parameters, *rule.values}
    return tuple(sorted(rule_names(rulebook, rule) & values))


def value_history(
    rulebook: Rulebook, rule: RuleSpec, period: Period, division: str
) -> pl.DataFrame:
    """Every dated entry of the values that ``rule`` uses (VALUE_TABLE), one empty row if none."""
    parameters: dict[str, Parameter] = {**rulebook.parameters, **rule.values}
    rows: list[tuple[object, ...]] = []
    for name in used_values(rulebook, rule):
        rows += _history(name, parameters[name], period, division)
    return pl.DataFrame(rows, schema=VALUE_TABLE, orient="row")


def _history(
    name: str, parameter: Parameter, period: Period, division: str
) -> list[tuple[object, ...]]:
    chosen = entry_in_force(parameter.dated, period, division)
    head = (name, parameter.title, parameter.unit)
    if not parameter.dated:
        return [(*head, *[None] * (len(VALUE_TABLE) - len(head) - 1), False)]
    return [
        (
            *head,
            value_text(entry.value),
            entry.from_,
            last,
            entry.division,
            entry.place,
            entry.document,
            entry.article,
            entry.adopted,
            entry.note,
            entry is chosen,
        )
        for entry, last in with_last_months(parameter.dated)
    ]


def parameter_table(rulebook: Rulebook, period: Period, division: str) -> pl.DataFrame:
    """One row a parameter (PARAMETER_TABLE): shared ones, those of rules, then terms in force.

    Each sorted by name; rules of a family that have the same value of their own share a row.
    """
    users: dict[str, list[str]] = {name: [] for name in rulebook.parameters}
    own: dict[tuple[object, ...], list[str]] = {}
    for rule in rulebook.rules:
        for name in used_values(rulebook, rule):
            if name in rule.values:
                row = _parameter_row(name, rule.values[name], period, division)
                own.setdefault(row, []).append(rule.id)
            else:
                users[name].append(rule.id)
    return pl.DataFrame(
        [
            (*_parameter_row(name, parameter, period, division), users[name])
            for name, parameter in sorted(rulebook.parameters.items())
        ]
        + [(*row, rules) for row, rules in sorted(own.items(), key=lambda one: str(one[0]))]
        + [
            (term.word, f"“{term.word}”的说法", "", *_stated(entry), [])
            for term in rulebook.terms.term
            if (entry := entry_in_force(term.dated, period, division)) is not None
        ],
        schema=PARAMETER_TABLE,
        orient="row",
    )


def reference_rows(parameters: pl.DataFrame) -> pl.DataFrame:
    """The rows of PARAMETER_TABLE in force that the county has not adopted."""
    return parameters.filter(
        pl.col("value").is_not_null() & ~pl.col("adopted").fill_null(value=False)
    )


def _parameter_row(
    name: str, parameter: Parameter, period: Period, division: str
) -> tuple[object, ...]:
    """Of PARAMETER_TABLE, without ``used_by``."""
    entry = entry_in_force(parameter.dated, period, division)
    head = (name, parameter.title, parameter.unit)
    return (*head, None, None, None, None) if entry is None else (*head, *_stated(entry))


def _stated(entry: DatedValue) -> tuple[object, ...]:
    return value_text(entry.value), entry.place, entry.document, entry.adopted


def value_text(value: object) -> str:
    """A dated value as people write it: 是/否, whole numbers without a point, lists with 、."""
    if isinstance(value, tuple):
        return "、".join(value_text(part) for part in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, dt.date) else str(value)
