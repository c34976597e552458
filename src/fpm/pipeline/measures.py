"""Whether a monitored household has a measure against each of its risks, and what to propose."""

from __future__ import annotations

from typing import Any

import polars as pl

from fpm.judge.households import household_truths
from fpm.rulebook import Rulebook
from fpm.rulebook.settings import MeasureSpec
from fpm.workspace import Workspace

_ABLE = "_able"
"""Beside the conditions of the risks: whether anybody of the household can work."""


def measure_checks(
    workspace: Workspace, rulebook: Rulebook, cases: pl.DataFrame
) -> list[dict[str, Any]]:
    """What each case has against each of its risks, by the latest facts that are kept.

    Args:
        workspace: gives the facts.
        rulebook: ``measures.toml`` says what counts as a measure against a risk.
        cases: ``case_no household_id risks``.

    Returns:
        One row a case and risk: ``case_no risk taken proposed``. ``taken`` is None where it cannot
        be told: the household is not in the facts, its measures are in no table handed over, or
        the rule book has no condition for the risk. ``proposed`` fits the household's ability to
        work, and names both kinds where that is not known.
    """
    specs = {spec.risk: spec for spec in rulebook.measures.measure}
    told = _truths(workspace, rulebook, cases["household_id"])
    rows = []
    for case in cases.select("case_no", "household_id", "risks").to_dicts():
        truths = told.get(case["household_id"], {})
        for risk in filter(None, (case["risks"] or "").split("、")):
            proposed = _proposed(specs.get(risk), truths.get(_ABLE))
            row = {"case_no": case["case_no"], "risk": risk, "taken": truths.get(risk)}
            rows.append({**row, "proposed": proposed})
    return rows


def _proposed(spec: MeasureSpec | None, able: bool | None) -> list[str]:
    if spec is None:
        return []
    both = dict.fromkeys((*spec.able, *spec.unable))
    return list(both if able is None else spec.able if able else spec.unable)


def lacking_measures(workspace: Workspace, rulebook: Rulebook, cases: pl.DataFrame) -> pl.DataFrame:
    """The cases with a risk against which no measure is known, and ``lacking``: these risks."""
    lacking: dict[str, list[str]] = {}
    for row in measure_checks(workspace, rulebook, cases):
        if not row["taken"]:
            doubt = "" if row["taken"] is False else "（无法确认）"
            lacking.setdefault(row["case_no"], []).append(f"{row['risk']}{doubt}")
    found = {case_no: "、".join(risks) for case_no, risks in lacking.items()}
    named = pl.col("case_no").replace_strict(found, default=None, return_dtype=pl.String)
    return cases.with_columns(lacking=named).drop_nulls("lacking")


def _truths(
    workspace: Workspace, rulebook: Rulebook, households: pl.Series
) -> dict[str, dict[str, Any]]:
    """By household what the conditions say of it, and under ``_able`` whether anybody can work."""
    conditions = {spec.risk: spec.taken for spec in rulebook.measures.measure if spec.taken}
    if "can_work" in rulebook.columns:
        conditions[_ABLE] = "ANY(can_work)"
    for period in reversed(workspace.periods()):
        facts = workspace.read_frame(period, "facts")
        if facts is None:
            continue
        own = facts.filter(pl.col("household_id").is_in(households.implode()))
        if own.is_empty():
            return {}
        setting = (period, workspace.config.division)
        told = household_truths(own, conditions, rulebook, setting)
        return {row["household_id"]: row for row in told.to_dicts()}
    return {}
