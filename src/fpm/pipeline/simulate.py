"""What a changed value or rule book would do to a matched period, before it is adopted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import RefusedError, WorkspaceError
from fpm.judge import Change, Setting, compare, judge_rules
from fpm.ledger import Ledger, feedback_about
from fpm.model import Period
from fpm.pipeline.link import linked_before
from fpm.pipeline.load import loaded_before
from fpm.pipeline.warn import known_facts
from fpm.rulebook import Rulebook, load_rulebook
from fpm.rulebook.dated import Value
from fpm.rulebook.faults import perhaps
from fpm.workspace import Workspace

SAMPLES: Final = 10
"""Hits gained and lost that are shown as examples."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try: ``settings`` are ``NAME=VALUE`` texts, ``rules`` another rules folder."""

    settings: tuple[str, ...] = ()
    rules: Path | None = None


def simulate(workspace: Workspace, period: Period, trial: Trial) -> Change:
    """Judge the matched data of ``period`` as it is and as the trial would have it.

    Nothing is kept.

    Raises:
        WorkspaceError: the period is not matched.
        RefusedError: a name or value of the trial cannot be used, or the other rule book.
    """
    rulebook = load_rulebook(workspace.rules)
    loaded = loaded_before(workspace, rulebook, period)
    linked = linked_before(workspace, rulebook, period)
    if linked is None:
        raise WorkspaceError(f"{period} 期还没有比对，请先运行 fpm match 或 fpm run")
    given = (loaded, linked)
    division = workspace.config.division
    facts, extracts = known_facts(workspace, rulebook, given)
    before = judge_rules(facts, extracts, rulebook, Setting(period, division))
    tried = load_rulebook(trial.rules) if trial.rules else rulebook
    if trial.rules:
        facts, extracts = known_facts(workspace, tried, given)
    overrides = _overrides(tried, trial.settings)
    after = judge_rules(facts, extracts, tried, Setting(period, division, overrides))
    return compare(before, after)


def known_of_dropped(
    workspace: Workspace, period: Period, change: Change
) -> dict[str, int | list[str]]:
    """What townships answered about the households that the trial would no longer have visited.

    ``households`` of them all, ``answered`` (待核实 is no answer), ``confirmed``, and the numbers
    of the confirmed clues: those would have been missed.
    """
    rulebook = load_rulebook(workspace.rules)
    with Ledger.open(workspace.ledger) as ledger:
        alerts = ledger.alerts(str(period))
        own = alerts.filter(pl.col("household_id").is_in(change.dropped.implode()))
        told = feedback_about(ledger, own["alert_no"].to_list())
    effect = pl.col("result").replace_strict(
        rulebook.workflow.effects, default=None, return_dtype=pl.String
    )
    final = (
        told.with_columns(effect=effect)
        .filter(pl.col("effect").is_in(["no_risk", "monitored"]))
        .unique("alert_no", keep="last", maintain_order=True)
    )
    confirmed = final.filter(pl.col("effect") == "monitored")["alert_no"].sort().to_list()
    return {
        "households": change.dropped.len(),
        "answered": final.height,
        "confirmed": len(confirmed),
        "confirmed_alerts": confirmed,
    }


def change_document(change: Change, known: dict[str, int | list[str]]) -> dict[str, Any]:
    """A change as one JSON document; examples are named by household, not by person."""
    return {
        "dropped": known,
        "by_place": change.by_place.to_dicts(),
        "visits": change.visits.to_dicts(),
        "gained": _examples(change.gained),
        "lost": _examples(change.lost),
    }


def _examples(hits: pl.DataFrame) -> list[dict[str, Any]]:
    columns = ("rule_id", "township", "village", "household_id", "evidence")
    return hits.select(columns).head(SAMPLES).to_dicts()


def _overrides(rulebook: Rulebook, settings: Sequence[str]) -> dict[str, Value]:
    """``NAME=VALUE`` texts as values of the kind each name has in the rule book."""
    return dict(_override(rulebook, text) for text in settings)


def _override(rulebook: Rulebook, text: str) -> tuple[str, Value]:
    name, sign, written = (part.strip() for part in text.partition("="))
    known = _known_values(rulebook)
    if not sign:
        raise RefusedError(
            f"--set 要写成 参数=值，如 {next(iter(known), '参数')}=1；现在是“{text}”"
        )
    if name not in known:
        raise RefusedError(
            f"规则库里没有“{name}”这个参数{perhaps(name, known)}；"
            "每条规则用到的参数见 fpm rules show，全部共用参数见 fpm rules coverage --all"
        )
    try:
        return name, _as_kind(written, known[name])
    except ValueError as error:
        raise RefusedError(f"参数 {name} 的值“{written}”读不懂，请写数字、日期或 是/否") from error


def _known_values(rulebook: Rulebook) -> dict[str, Value | None]:
    """Names of all values with an example of each one's kind, None where nothing was ever set."""
    parameters = dict(rulebook.parameters)
    found = {name: parameter.dated for name, parameter in parameters.items()}
    for rule in rulebook.rules:
        found |= {name: parameter.dated for name, parameter in rule.values.items()}
    examples: dict[str, Value | None] = {}
    for name, dated in found.items():
        value = dated[0].value if dated else None
        examples[name] = None if isinstance(value, tuple) else value
    return examples


def _as_kind(written: str, example: Value | None) -> Value:
    if isinstance(example, bool):
        if written not in {"是", "否"}:
            raise ValueError(written)
        return written == "是"
    if isinstance(example, str):
        return written
    if isinstance(example, dt.date):
        return dt.date.fromisoformat(written)
    return float(written)
