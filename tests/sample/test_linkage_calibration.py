"""Probabilities of the sample county are honest: its truth is known."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from benchmarks.linkage.reliability import drawing, judge_links, reliability
from sample.stages import Run

RARE = 0.001
"""Chance at which what was found is no longer put down to luck."""


@pytest.fixture(scope="module")
def judged(runs: dict[str, Run], sample: Path) -> pl.DataFrame:
    return pl.concat(
        judge_links(run.linked.matches, run.loaded.roster, sample / "truth" / month, run.rulebook)
        for month, run in runs.items()
    )


def at_most(found: int, expected: float) -> float:
    """Poisson chance of at most ``found``."""
    terms = (math.exp(-expected) * expected**k / math.factorial(k) for k in range(found + 1))
    return sum(terms)


def test_false_links_are_as_many_as_stated(judged: pl.DataFrame, runs: dict[str, Run]) -> None:
    confirmed = judged.filter(pl.col("status") == "confirmed")
    false = int((~confirmed["right"]).sum())
    stated = sum(float(run.linked.linkage["expected_false_links"].sum()) for run in runs.values())
    assert confirmed.height > 10_000
    assert 1 - at_most(false - 1, stated) > RARE, "too bold"
    assert at_most(false, stated) > RARE, "too shy"


def test_confirmed_links_of_every_month_are_right(judged: pl.DataFrame) -> None:
    assert judged.filter(pl.col("status") == "confirmed")["right"].mean() >= 0.999


def test_the_table_of_reliability_tells_honest_chances_from_others() -> None:
    rows = [(0.95, number % 20 > 0) for number in range(400)]
    honest = reliability(pl.DataFrame(rows, schema=["probability", "right"], orient="row"))
    assert honest["low"].item() < 0.95 < honest["high"].item()
    bold = [(0.95, number % 5 > 0) for number in range(400)]
    told = reliability(pl.DataFrame(bold, schema=["probability", "right"], orient="row"))
    assert told["high"].item() < 0.95
    assert told["wrong"].item() == 80
    assert told["wrong_expected"].item() == pytest.approx(20)
    assert drawing(told).count("<circle") == 1
