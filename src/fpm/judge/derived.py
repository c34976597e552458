"""Which derived columns stand on the roster alone, and which wait for the facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import BUILT_IN, parse_derived, roster_columns
from fpm.rulebook.conditions import Condition

_ASKED: Final = re.compile(r"\b(?:BLANK|UNREADABLE|LISTS)\s*\(\s*([a-z_][a-z0-9_]*)", re.IGNORECASE)
"""A delivered column inside a function that asks for its cell: cheaper than parsing every rule."""

Conditions = dict[str, Condition]


def parsed_derived(rulebook: Rulebook) -> Conditions:
    """The derived columns in the order of the layout."""
    columns = {**rulebook.columns, **BUILT_IN}
    return {
        name: parse_derived(derived, columns)
        for name, derived in rulebook.roster_layout.derived.items()
    }


def before_and_after_facts(
    derived: Mapping[str, Condition], rulebook: Rulebook
) -> tuple[Conditions, Conditions]:
    """Those that need the roster only, and those that need what departments said."""
    known = {*roster_columns(rulebook.roster_layout), *BUILT_IN}
    early: Conditions = {}
    late: Conditions = {}
    for name, condition in derived.items():
        if condition.columns <= known:
            known.add(name)
            early[name] = condition
        else:
            late[name] = condition
    return early, late


def asked_cells(rulebook: Rulebook, derived: Iterable[Condition]) -> frozenset[str]:
    """Roster columns of which any condition or derived column asks whether the cell is blank."""
    asked = set(_ASKED.findall(" ".join(rulebook.texts)))
    found = {name for part in derived for name in part.cells} | asked
    return frozenset(found & set(rulebook.roster_layout.fields))
