"""The rule book asked: what is in it, what is wrong with it, do its cases hold."""

from __future__ import annotations

from typing import Any

import polars as pl

from fpm.config import NO_DIVISION
from fpm.errors import Fault, RefusedError
from fpm.judge import case_gaps, run_cases
from fpm.model import Period
from fpm.pipeline.learning import rule_answers
from fpm.rulebook import Rulebook, load_rulebook, rulebook_faults
from fpm.rulebook.coverage import coverage
from fpm.rulebook.describe import name_titles, rule_table, value_history
from fpm.rulebook.faults import perhaps
from fpm.rulebook.rule import RuleSpec
from fpm.workspace import Workspace, rules_folder


def table(
    workspace: Workspace | None, period: Period, kind: str | None, risk: str | None
) -> pl.DataFrame:
    """One row a rule (``fpm.rulebook.describe.RULE_TABLE``), filtered.

    ``stopped`` is added, why the rule does not run: values not set, or what the period, if it is
    judged, had no column for.

    Raises:
        RefusedError: no rule is of that kind or about that risk; those that are, are named.
    """
    rulebook = load_rulebook(rules_folder(workspace))
    rows = rule_table(rulebook, period, _division(workspace))
    known = rows
    for column, title, asked in (("kind", "类别", kind), ("risk", "风险", risk)):
        if asked is not None:
            _refuse_unknown(known[column], title, asked)
            rows = rows.filter(pl.col(column) == asked)
    unset = pl.format("未设置：{}", "stopped_by")
    tally = workspace.read_frame(period, "tally") if workspace else None
    if tally is None:
        return rows.with_columns(stopped=unset)
    joined = rows.join(
        tally.select("rule_id", "stopped"), on="rule_id", how="left", maintain_order="left"
    )
    return joined.with_columns(stopped=pl.coalesce(unset, "stopped"))


def _refuse_unknown(column: pl.Series, title: str, asked: str) -> None:
    known = [str(word) for word in column.unique().sort() if word]
    if asked not in known:
        hint = perhaps(asked, known)
        raise RefusedError(f"没有{title}为“{asked}”的规则{hint}（有：{'、'.join(known)}）")


def document(workspace: Workspace | None, period: Period, asked: str) -> dict[str, Any]:
    """One rule: conditions, sources, history of its values, cases, hits of the period.

    Args:
        workspace: Whose rules, values and hits; the shipped rules without one.
        period: For which values are in force, and hits are told.
        asked: The id of the rule, or a number of another list that it answers.

    Raises:
        RefusedError: there is no such rule; the nearest id is named.
    """
    rulebook = load_rulebook(rules_folder(workspace))
    rule = rulebook.rule(rulebook.answering(asked) or asked)
    rule_id = rule.id
    rate, cuts = rule_answers(workspace, rulebook, rule_id)
    return {
        **rule.model_dump(mode="json", exclude={"values", "case", "source"}),
        "file": rulebook.files[rule_id],
        "names": name_titles(rulebook, rule),
        "number_hits": _number_hits(workspace, period, rule),
        "sources": [source.model_dump(mode="json") for source in rule.source],
        "values": value_history(rulebook, rule, period, _division(workspace)).to_dicts(),
        "cases": [{"name": case.name, "expect": case.expect} for case in rule.case],
        "this_period": _tally(workspace, period, rule_id),
        "feedback": rate,
        "higher_lines": cuts,
        "measure": rulebook.columns[rule.worsens.fact].title if rule.worsens else None,
    }


def faults(workspace: Workspace | None) -> tuple[list[Fault], int]:
    """Every fault of the rule book, missing cases included, and the number of rules."""
    folder = rules_folder(workspace)
    found = list(rulebook_faults(folder))
    if found:
        return found, 0
    rulebook = load_rulebook(folder)
    found = [
        Fault(rulebook.files[rule.id], "case", gap)
        for rule in rulebook.rules
        for gap in case_gaps(rule, rulebook)
    ]
    return found, len(rulebook.rules)


def case_results(workspace: Workspace | None, rule_id: str | None) -> list[dict[str, Any]]:
    """What each case of each rule (or of one) gave, and whether that was expected."""
    rulebook = load_rulebook(rules_folder(workspace))
    rules = rulebook.rules if rule_id is None else (rulebook.rule(rule_id),)
    return [result for rule in rules for result in _results(rulebook, rule.id)]


def covered(workspace: Workspace | None, period: Period) -> dict[str, list[dict[str, Any]]]:
    """What the rules rest on (``fpm.rulebook.coverage``), and the rules without data.

    ``without_data``: ``rule_id title reason`` of the rules that decided nobody this period; empty
    outside of a workspace and before the period is judged.
    """
    tables = coverage(load_rulebook(rules_folder(workspace)))
    told = {name: table.to_dicts() for name, table in tables.items()}
    tally = workspace.read_frame(period, "tally") if workspace else None
    return {**told, "without_data": [] if tally is None else _without_data(tally)}


def _without_data(tally: pl.DataFrame) -> list[dict[str, Any]]:
    decided = pl.col("hit") + pl.col("clear") > 0
    rows = tally.filter(~decided & (pl.col("stopped").is_not_null() | (pl.col("unknown") > 0)))
    return rows.select("rule_id", "title", reason=pl.coalesce("stopped", "missing")).to_dicts()


def _results(rulebook: Rulebook, rule_id: str) -> list[dict[str, Any]]:
    return [
        {
            "rule_id": rule_id,
            "case": result.case.name,
            "expected": result.case.expect,
            "got": result.got,
            "passed": result.passed,
        }
        for result in run_cases(rulebook.rule(rule_id), rulebook)
    ]


def _division(workspace: Workspace | None) -> str:
    """Outside of a workspace no county's own values apply."""
    return workspace.config.division if workspace else NO_DIVISION


def _number_hits(
    workspace: Workspace | None, period: Period, rule: RuleSpec
) -> dict[str, int | None]:
    """The numbers of other lists that a rule answers, and the hits of each; None: not judged."""
    found = workspace.read_frame(period, "numbers") if workspace else None
    counts = {} if found is None else dict(found["number"].value_counts().iter_rows())
    return {number: None if found is None else counts.get(number, 0) for number in rule.numbers}


def _tally(workspace: Workspace | None, period: Period, rule_id: str) -> dict[str, Any] | None:
    tally = workspace.read_frame(period, "tally") if workspace else None
    if tally is None:
        return None
    rows = tally.filter(pl.col("rule_id") == rule_id).to_dicts()
    return rows[0] if rows else None
