"""Conditions about households asked one by one, outside of the monthly judging."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.compile import Names, PlainOrList, compile_aggregate
from fpm.judge.facts import constants_of
from fpm.judge.outcomes import SUBJECT, group_facts, reduce_groups
from fpm.model import Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import BUILT_IN, parameter_column
from fpm.rulebook.conditions import IS_BLANK, IS_UNREADABLE, parse_condition


def household_truths(
    facts: pl.DataFrame,
    conditions: Mapping[str, str],
    rulebook: Rulebook,
    setting: tuple[Period, str],
) -> pl.DataFrame:
    """Whether conditions over the members hold for each household.

    Args:
        facts: one row a person, as ``build_facts`` returns them.
        conditions: by name, SQL aggregates that yield true, false or unknown.
        rulebook: names and dated values.
        setting: period and division code.

    Returns:
        ``household_id`` and one Boolean column a condition, null where it cannot be told: also
        when a value is not set or the facts lack a column.
    """
    period, division = setting
    constants: dict[str, PlainOrList] = {
        **constants_of(period),
        **{n: v.value for n, v in rulebook.values(period, division).in_force.items()},
    }
    shared = {name: parameter_column(value) for name, value in rulebook.parameters.items()}
    columns = {**rulebook.columns, **BUILT_IN, **shared}
    groups = group_facts(facts, SUBJECT["household"])
    reductions = Reductions()
    told = {}
    for name, sql in conditions.items():
        condition = parse_condition(sql, columns, form="aggregate")
        # A value that is not set, or a column that the month's rule book did not have yet.
        states = {name + state for name in condition.cells for state in (IS_BLANK, IS_UNREADABLE)}
        if not {*condition.columns, *states} <= {*constants, *facts.columns}:
            told[name] = pl.lit(None, pl.Boolean)
        else:
            told[name] = compile_aggregate(condition, Names(columns, constants), reductions).truth
    reduced = reduce_groups(groups.members, reductions)
    return pl.concat([groups.keys.select("household_id"), reduced.select(**told)], how="horizontal")
