"""What rests on the rows of each list: the alerts whose conditions read its facts."""

from __future__ import annotations

import re

import polars as pl

from fpm.model import LEVELS, STAKE_SCHEMA
from fpm.rulebook import Rulebook
from fpm.rulebook.columns import EARLIER
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.rule import RuleSpec

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def stakes(rulebook: Rulebook) -> pl.DataFrame:
    """STAKE_SCHEMA, one row an extract kind that alert rules read.

    A list counts for a rule whose texts name one of its facts, of whatever month, or whether
    anybody is in a list of its department.
    """
    alerts = [rule for rule in rulebook.rules if rule.kind == "alert"]
    named = [(rule, _names(rule)) for rule in alerts]
    rows = []
    for layout in rulebook.layouts:
        facts = _facts(layout)
        levels = [rule.level for rule, names in named if not facts.isdisjoint(names)]
        if levels:
            worst = min(levels, key=LEVELS.index)
            rows.append((layout.department, layout.kind, worst, len(levels)))
    return pl.DataFrame(rows, schema=STAKE_SCHEMA, orient="row")


def _names(rule: RuleSpec) -> frozenset[str]:
    return frozenset(word for text in rule.texts for word in _NAME.findall(text))


def _facts(layout: LayoutSpec) -> frozenset[str]:
    names = [f"{layout.department}_{name}" for name in (*layout.facts, "present")]
    earlier = [f"{prefix}_{name}" for prefix in EARLIER for name in names]
    return frozenset([*names, *earlier])
