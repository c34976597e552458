"""The examples inside a rule: do they come out as they say, and do they cover the rule?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.cells import with_cell_states
from fpm.judge.clusters import household_codes
from fpm.judge.evidence import group_sentence, masked, person_sentence
from fpm.judge.literals import DTYPES
from fpm.judge.outcomes import (
    CODES,
    SUBJECT,
    Outcome,
    group_facts,
    group_outcomes,
    person_outcomes,
    reduce_groups,
)
from fpm.judge.plan import Plan, Setting, parse_rule, plan_rule
from fpm.model import LACKING, UNREADABLE, Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import PLACE_COUNTS
from fpm.rulebook.conditions import AT_LEAST, ColumnType
from fpm.rulebook.rule import Case, Row, RuleSpec

_OUTCOMES: Final[dict[int, Outcome]] = {code: name for name, code in CODES.items()}
_ALWAYS: Final = ("person_id", "household_id", "township", "village", "name", "relation")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one example came out as; ``evidence`` is the sentence of a hit, else ""."""

    case: Case
    got: Outcome | None
    """None when the rule is stopped for want of a value; ``stopped`` says which."""
    evidence: str
    stopped: str

    @property
    def passed(self) -> bool:
        """Whether it came out as expected."""
        return self.got == self.case.expect


def run_cases(rule: RuleSpec, rulebook: Rulebook) -> tuple[CaseResult, ...]:
    """Judge every example of one rule.

    The columns of an example are given, not derived: one left out is NULL. Values come from the
    example, else from the nation's entries in force in its period.
    """
    parsed = parse_rule(rule, rulebook)
    results = []
    for case in rule.case:
        setting = Setting(Period.parse(case.period), overrides=case.values)
        results.append(run_case(case, plan_rule(parsed, rulebook, setting)))
    return tuple(results)


def run_case(case: Case, plan: Plan) -> CaseResult:
    """Judge one example."""
    if plan.stopped:
        return CaseResult(case, None, "", plan.stopped)
    facts = case_facts(case, plan)
    if plan.counts and case.members:
        return CaseResult(case, _OUTCOMES[household_codes(facts, plan)[0]], "", "")
    if plan.rule.form == "row":
        code = person_outcomes(facts, [plan])[plan.rule.id][0]
        sentence = facts.select(masked(person_sentence(plan)).alias("evidence"))
    else:
        groups = group_facts(facts, SUBJECT[plan.rule.scope])
        code = group_outcomes(groups, [plan])[plan.rule.id][0]
        reductions = Reductions()
        shown = masked(group_sentence(plan, reductions)).alias("evidence")
        sentence = reduce_groups(groups.members, reductions).with_columns(shown)
    hit = code == CODES["hit"]
    return CaseResult(case, _OUTCOMES[code], sentence["evidence"][0] if hit else "", "")


def case_facts(case: Case, plan: Plan) -> pl.DataFrame:
    """The example as a facts frame of one household in one village, or as counts of one place."""
    rows = case.members or (case.place or case.person,)
    asked = plan.used if case.members or not plan.counts else tuple(PLACE_COUNTS)
    known = plan.members.columns if case.members else plan.names.columns
    columns = {name: known.get(name) for name in (*_ALWAYS, *asked)}
    frame = {
        name: pl.Series(name, _cells(rows, name, column), dtype=_dtype(column))
        for name, column in columns.items()
    }
    for name, column in columns.items():
        if column is not None and column.bounded:
            low = _cells(rows, name + AT_LEAST, column, name)
            frame[name + AT_LEAST] = pl.Series(name + AT_LEAST, low, dtype=pl.Float64)
    given = pl.DataFrame(frame).with_columns(
        pl.lit(",".join(case.lacking)).alias(LACKING),
        pl.lit(",".join(case.unreadable)).alias(UNREADABLE),
    )
    return with_cell_states(given, plan.cells).with_columns(
        pl.col("person_id").fill_null(pl.int_range(pl.len()).cast(pl.String)),
        pl.col("household_id", "township", "village").fill_null(""),
    )


def _dtype(column: ColumnType | None) -> type[pl.DataType]:
    return pl.String if column is None else DTYPES[column.kind]


def _cells(
    rows: Sequence[Row], name: str, column: ColumnType | None, otherwise: str | None = None
) -> Iterable[object]:
    cells = [row.get(name, row.get(otherwise) if otherwise else None) for row in rows]
    if column is not None and column.kind == "number":
        return [None if cell is None else float(str(cell)) for cell in cells]
    return cells
