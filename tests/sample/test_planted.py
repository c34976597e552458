"""Every planted family of the sample county gets what ``truth/planted.csv`` says, month by month."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sample.stages import Run


@pytest.fixture(scope="module")
def planted(sample: Path) -> pl.DataFrame:
    return pl.read_csv(sample / "truth/planted.csv", infer_schema=False)


def test_every_alert_and_hint_rule_has_a_family_it_must_speak_of(
    planted: pl.DataFrame, runs: dict[str, Run]
) -> None:
    rules = {rule.id for rule in runs["2026-10"].rulebook.rules if rule.kind != "correction"}
    assert rules - set(planted.filter(pl.col("expect") == "hit")["rule_id"]) == set()


def test_every_alert_rule_has_a_near_miss(planted: pl.DataFrame, runs: dict[str, Run]) -> None:
    rules = {rule.id for rule in runs["2026-10"].rulebook.rules if rule.kind == "alert"}
    assert rules - set(planted.filter(pl.col("expect") == "clear")["rule_id"]) == set()


def test_every_planted_rule_exists(planted: pl.DataFrame, runs: dict[str, Run]) -> None:
    rules = {rule.id for rule in runs["2026-10"].rulebook.rules}
    assert set(planted["rule_id"]) - rules == set()


@pytest.mark.parametrize("period", ["2026-08", "2026-09", "2026-10"])
def test_planted_families_are_hit_and_near_misses_are_not(
    planted: pl.DataFrame, runs: dict[str, Run], period: str
) -> None:
    run = runs[period]
    scope = {rule.id: rule.scope for rule in run.rulebook.rules}
    wrong = [
        f"{line['rule_id']} / {line['scene']}: {line['expect']} expected"
        for line in planted.filter(pl.col("period") == period).iter_rows(named=True)
        if _speaks_of(run.hits, line, scope[line["rule_id"]]) != (line["expect"] == "hit")
    ]
    assert wrong == []


def _speaks_of(hits: pl.DataFrame, line: dict[str, str], scope: str) -> bool:
    keys = {
        "person": ["person_id"],
        "household": ["household_id"],
        "village": ["township", "village"],
        "township": ["township"],
    }[scope]
    own = hits.filter(pl.col("rule_id") == line["rule_id"])
    return not own.filter(pl.all_horizontal(pl.col(key) == line[key] for key in keys)).is_empty()
