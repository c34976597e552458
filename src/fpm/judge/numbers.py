"""Which hits each number of a list of data-quality rules concerns.

Provinces hand counties such lists with numbers of their own; a rule of ours may answer several of
them, and says for each which of its hits are meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.compile import Names, compile_aggregate, compile_row
from fpm.judge.frames import columns_of
from fpm.judge.outcomes import PLACE, SUBJECT, group_facts, reduce_groups
from fpm.judge.plan import Setting, values_of
from fpm.model import Scope
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import (
    AT_LEAST,
    IS_BLANK,
    IS_UNREADABLE,
    Condition,
    parse_condition,
)

NUMBER_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "number": pl.String,
    "rule_id": pl.String,
    "scope": pl.String,
    "person_id": pl.String,  # null for household and village scope
    "household_id": pl.String,  # null for village scope
    "township": pl.String,
    "village": pl.String,
}


@dataclass(frozen=True, slots=True)
class _Meant:
    """A number of a rule, and which of its hits are meant."""

    number: str
    rule_id: str
    names: Names
    among: Condition


def hits_by_number(
    hits: pl.DataFrame, facts: pl.DataFrame, rulebook: Rulebook, setting: Setting
) -> pl.DataFrame:
    """What every number finds.

    Args:
        hits: as ``evaluate`` returned them (HIT_SCHEMA).
        facts: what they were judged from.
        rulebook: rules and dated values; those without ``numbers`` are passed over.
        setting: the month judged and the county.

    Returns:
        NUMBER_SCHEMA, sorted; a hit that several numbers mean stands under each of them.
    """
    wanted = pl.DataFrame(
        [
            (rule.id, number, " ".join(sql.split()))
            for rule in rulebook.rules
            for number, sql in rule.numbers.items()
        ],
        schema={"rule_id": pl.String, "number": pl.String, "sql": pl.String},
        orient="row",
    )
    under = hits.join(wanted, on="rule_id", how="inner")
    found = [under.filter(pl.col("sql") == "").select(*NUMBER_SCHEMA)]
    for scope in SUBJECT:
        open_to_some = under.filter((pl.col("sql") != "") & (pl.col("scope") == scope))
        found += _narrowed(open_to_some, facts, _meant(open_to_some, rulebook, setting), scope)
    return pl.concat(found).sort(*NUMBER_SCHEMA)


def _meant(under: pl.DataFrame, rulebook: Rulebook, setting: Setting) -> list[_Meant]:
    """The numbers with a condition of their own; without one whose value is not set."""
    found = []
    for rule_id in under["rule_id"].unique(maintain_order=True):
        rule = rulebook.rule(rule_id)
        names = Names(rulebook.names(rule), values_of(rule, rulebook, setting))
        for number, sql in rule.numbers.items():
            if not sql:
                continue
            among = parse_condition(sql, names.columns, form=rule.form)
            values = {name for name in among.columns if names.columns[name].constant}
            if values <= set(names.constants):
                found.append(_Meant(number, rule_id, names, among))
    return found


def _narrowed(
    under: pl.DataFrame, facts: pl.DataFrame, meant: Sequence[_Meant], scope: Scope
) -> list[pl.DataFrame]:
    """The hits of each number, of one scope, that its condition is true of."""
    if not meant:
        return []
    key = list(SUBJECT[scope])
    concerned = _asked(facts, meant).join(
        under.select(key), on=key, how="semi", maintain_order="left"
    )
    reductions = Reductions()
    flags = [
        _flag(one, None if scope == "person" else reductions).alias(f"{position}")
        for position, one in enumerate(meant)
    ]
    if scope != "person":
        groups = group_facts(concerned, SUBJECT[scope])
        concerned = groups.keys.hstack(reduce_groups(groups.members, reductions))
    judged = concerned.lazy().select(*key, *flags).collect()
    meaning = pl.DataFrame(
        [(one.rule_id, one.number, f"{position}") for position, one in enumerate(meant)],
        schema={"rule_id": pl.String, "number": pl.String, "_meant": pl.String},
        orient="row",
    )
    held = judged.unpivot(index=key, variable_name="_meant", value_name="_held").filter("_held")
    return [
        under.join(meaning, on=["rule_id", "number"], how="inner")
        .join(held, on=[*key, "_meant"], how="semi")
        .select(*NUMBER_SCHEMA)
    ]


def _asked(facts: pl.DataFrame, meant: Sequence[_Meant]) -> pl.DataFrame:
    """Who everybody is, and the columns that the conditions read."""
    used = {name for one in meant for name in one.among.columns}
    beside = {name + suffix for name in used for suffix in (AT_LEAST, IS_BLANK, IS_UNREADABLE)}
    return columns_of(facts, (*PLACE, *sorted((used | beside).intersection(facts.columns))))


def _flag(meant: _Meant, reductions: Reductions | None) -> pl.Expr:
    if reductions is None:
        truth = compile_row(meant.among, meant.names).truth
    else:
        truth = compile_aggregate(meant.among, meant.names, reductions).truth
    return truth.fill_null(value=False)
