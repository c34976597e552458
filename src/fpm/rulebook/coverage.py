"""What the rules rest on, and what none of them looks at: extracts, columns, values, risks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import BUILT_IN, ROSTER, fact_name, parameter_column, parse_derived
from fpm.rulebook.conditions import parse_condition
from fpm.rulebook.describe import rule_names, used_values

Schema = dict[str, pl.DataType | type[pl.DataType]]

USED_BY: Final[Schema] = {"rules": pl.List(pl.String)}
"""Ids of the rules, sorted, and for columns and extracts the settings files that name them."""

COLUMN_COVERAGE: Final[Schema] = {
    "column": pl.String,
    "title": pl.String,
    "extract": pl.String,  # title of the layout it comes from
    **USED_BY,
}
EXTRACT_COVERAGE: Final[Schema] = {
    "department": pl.String,
    "department_title": pl.String,
    "kind": pl.String,
    "title": pl.String,
    **USED_BY,
}
VALUE_COVERAGE: Final[Schema] = {"name": pl.String, "title": pl.String, **USED_BY}
DOCUMENT_COVERAGE: Final[Schema] = {"document": pl.String, "article": pl.String, **USED_BY}
RISK_COVERAGE: Final[Schema] = {"risk": pl.String, **USED_BY}

Users = dict[str, set[str]]


def coverage(rulebook: Rulebook) -> dict[str, pl.DataFrame]:
    """What is used by which rules.

    A fact or field behind a derived column, and a column of an earlier month, count as used by
    the rules that name these.

    Returns:
        ``columns`` (COLUMN_COVERAGE), ``extracts`` (EXTRACT_COVERAGE), ``values``
        (VALUE_COVERAGE, the shared ones), ``documents`` (DOCUMENT_COVERAGE) and ``risks``
        (RISK_COVERAGE), in the order of the rule book or sorted by name.
    """
    users = _column_users(rulebook)
    return {
        "extracts": _extracts(rulebook, users),
        "risks": _risks(rulebook),
        "values": _values(rulebook),
        "documents": _documents(rulebook),
        "columns": _columns(rulebook, users),
    }


def _column_users(rulebook: Rulebook) -> Users:
    known = {**rulebook.columns, **BUILT_IN}
    behind = {
        name: parse_derived(derived, known).columns
        for name, derived in rulebook.roster_layout.derived.items()
    }
    named = {rule.id: rule_names(rulebook, rule) for rule in rulebook.rules} | _settings(rulebook)
    users: Users = {}
    for user, names in named.items():
        for name in _reached(names, behind, rulebook):
            users.setdefault(name, set()).add(user)
    return users


def _settings(rulebook: Rulebook) -> dict[str, frozenset[str]]:
    """The names that conditions of the settings files use, by file."""
    constants = {name: parameter_column(value) for name, value in rulebook.parameters.items()}
    known = {**rulebook.columns, **BUILT_IN, **constants}
    texts = {
        "workflow.toml": [check.holds for check in rulebook.workflow.removal],
        "measures.toml": [spec.taken for spec in rulebook.measures.measure if spec.taken],
    }
    return {
        file: frozenset().union(
            *(parse_condition(text, known, form="aggregate").columns for text in conditions)
        )
        for file, conditions in texts.items()
    }


def _reached(
    names: Iterable[str], behind: Mapping[str, frozenset[str]], rulebook: Rulebook
) -> set[str]:
    """The names and everything behind them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        column = rulebook.columns.get(name)
        if column is not None and column.earlier:
            name = name.removeprefix(f"{column.earlier}_")
        if name not in found:
            found.add(name)
            waiting += behind.get(name, ())
    return found


def _columns(rulebook: Rulebook, users: Users) -> pl.DataFrame:
    rows = []
    for layout in rulebook.layouts:
        names = [fact_name(layout, name) for name in layout.facts]
        if layout.department == ROSTER:
            names = [*layout.fields, *layout.derived]
        rows += [
            (name, rulebook.columns[name].title, layout.title, sorted(users.get(name, ())))
            for name in names
        ]
    return pl.DataFrame(rows, schema=COLUMN_COVERAGE, orient="row")


def _extracts(rulebook: Rulebook, users: Users) -> pl.DataFrame:
    rows = []
    for layout in rulebook.layouts:
        if layout.department == ROSTER:
            continue
        names = [fact_name(layout, name) for name in layout.facts]
        names += [f"{layout.department}_{layout.kind}_present", f"{layout.department}_present"]
        found = set().union(*(users.get(name, ()) for name in names))
        department = (layout.department, rulebook.department_title(layout.department))
        rows.append((*department, layout.kind, layout.title, sorted(found)))
    return pl.DataFrame(rows, schema=EXTRACT_COVERAGE, orient="row")


def _risks(rulebook: Rulebook) -> pl.DataFrame:
    risks = rulebook.roster_layout.fields.get("risks")
    users: dict[str, list[str]] = {risk: [] for risk in (risks.spellings if risks else ())}
    for rule in rulebook.rules:
        if rule.kind != "correction" and rule.risk:
            users.setdefault(rule.risk, []).append(rule.id)
    return pl.DataFrame(list(users.items()), schema=RISK_COVERAGE, orient="row")


def _values(rulebook: Rulebook) -> pl.DataFrame:
    users: dict[str, list[str]] = {name: [] for name in sorted(rulebook.parameters)}
    for rule in rulebook.rules:
        for name in used_values(rulebook, rule):
            if name in users:
                users[name].append(rule.id)
    rows = [(name, rulebook.parameters[name].title, rules) for name, rules in users.items()]
    return pl.DataFrame(rows, schema=VALUE_COVERAGE, orient="row")


def _documents(rulebook: Rulebook) -> pl.DataFrame:
    """Documents of the rules, and of the values in them, by article."""
    users: dict[tuple[str, str], set[str]] = {}
    for rule in rulebook.rules:
        cited = [(source.document, source.article) for source in rule.source]
        for name in used_values(rulebook, rule):
            value = rule.values.get(name) or rulebook.parameters[name]
            cited += [(entry.document, entry.article) for entry in value.dated]
        for document in cited:
            users.setdefault(document, set()).add(rule.id)
    rows = [(*document, sorted(rules)) for document, rules in sorted(users.items())]
    return pl.DataFrame(rows, schema=DOCUMENT_COVERAGE, orient="row")
