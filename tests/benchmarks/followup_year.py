"""How many confirmed households a visit finds, over a simulated year of alerts and feedback.

Three offices see the same hits and have the same hands:

* ``resend``: everything that is hit goes out every month, in no order, as if nothing were known;
* ``unranked``: fpm's ledger (one number, silence after an answer), visited in order of number;
* ``ranked``: the same, visited in the order of the list (red first, and of them what is overdue;
  then by smoothed shares).

Households fall into need over the year; rules see them with some sensitivity and raise false
alarms at very different rates. With 3 % of households in need 5–6 % of those with clues are, with
``--need 0.005`` about 1 %: counties report 0.7–5 % (温县, 阳原, 乐业). Levels say how urgent a matter
is and not how likely it is true. Nothing of this is tuned to the ranking, which knows rules only
by what was answered. A household that was visited while it was in no need, and whose hits did not
change when it fell into need, stays silent until the silence of a rule ends. That is why a red rule
is silent for a month at most; for the others it is a year here, the longest there is.

    python tests/benchmarks/followup_year.py [--households 10000] [--visits 15] [--need 0.03]
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from fpm.followup.learning import visit_order
from fpm.ledger import (
    AlertRequest,
    Asked,
    Ledger,
    RuleTerms,
    answered_rules,
    state_before,
    update_alerts,
    verify,
)
from fpm.model import HIT_SCHEMA, LEVELS, OPEN_STATES, Period

TOWNSHIPS = 10
MONTHS = [Period(2026, month) for month in range(1, 13)]
SILENCE = {"red": 1, "orange": 12, "yellow": 12}  # red as in the shipped rules, others at most
EFFECTS = {"已核实-纳入": "monitored", "已核实-不实": "no_risk"}
# level, chance to see a household in need, false alarms a household and month
RULES = {
    "red_sharp": ("red", 0.35, 0.0006),
    "red_blunt": ("red", 0.25, 0.0015),
    "orange_sharp": ("orange", 0.35, 0.0008),
    "orange_fair": ("orange", 0.30, 0.003),
    "orange_blunt_1": ("orange", 0.20, 0.010),
    "orange_blunt_2": ("orange", 0.15, 0.012),
    "yellow_sharp": ("yellow", 0.30, 0.001),
    "yellow_fair_1": ("yellow", 0.25, 0.003),
    "yellow_fair_2": ("yellow", 0.25, 0.004),
    "yellow_blunt_1": ("yellow", 0.20, 0.012),
    "yellow_blunt_2": ("yellow", 0.15, 0.014),
}


@dataclass
class Year:
    """What happens whoever looks: who is in need from when, and which hits show in each month."""

    onset: dict[str, int]
    hits: list[set[tuple[str, str]]]


@dataclass
class Outcome:
    """What one office found: visits, confirmed, and months from first red hit to the visit."""

    visits: int = 0
    confirmed: int = 0
    red_delays: list[int] = field(default_factory=list)

    @property
    def yield_(self) -> float:
        """Confirmed households for each visit."""
        return self.confirmed / max(self.visits, 1)


def make_year(households: int, need: float, seed: int) -> Year:
    """Draw a year in which a share ``need`` falls into need; hits last two months to the whole year (yearly sums only grow)."""
    dice = random.Random(seed)
    names = [f"H{number:06d}" for number in range(households)]
    onset = {name: dice.randrange(12) for name in names if dice.random() < need}
    hits: list[set[tuple[str, str]]] = [set() for _ in MONTHS]

    def raise_hit(name: str, rule: str, month: int) -> None:
        last = 11 if dice.random() < 0.6 else min(11, month + dice.randrange(1, 4))
        for shown in range(month, last + 1):
            hits[shown].add((name, rule))

    for rule, (_, sees, false) in RULES.items():
        for name, month in onset.items():
            if dice.random() < sees:
                raise_hit(name, rule, month)
        for month in range(12):
            for _ in range(round(false * households)):
                raise_hit(dice.choice(names), rule, month)
    return Year(onset, hits)


def township(name: str) -> str:
    """Households are spread over the townships evenly."""
    return f"第{int(name[1:]) % TOWNSHIPS}乡"


def first_red(year: Year) -> dict[str, int]:
    """The month in which each household in need first shows a red hit while it is in need."""
    found: dict[str, int] = {}
    for month, shown in enumerate(year.hits):
        for name, rule in shown:
            if RULES[rule][0] == "red" and year.onset.get(name, 99) <= month:
                found.setdefault(name, month)
    return found


def visit(outcome: Outcome, year: Year, name: str, month: int, red: dict[str, int]) -> bool:
    """Count one visit; true when it confirms the household."""
    outcome.visits += 1
    true = year.onset.get(name, 99) <= month
    outcome.confirmed += true
    if true and name in red:
        outcome.red_delays.append(month - red.pop(name))
    return true


def resend(year: Year, visits: int, seed: int) -> Outcome:
    """Everything every month in no order; only confirmed households are left out."""
    dice, outcome, red = random.Random(seed), Outcome(), first_red(year)
    done: set[str] = set()
    for month, shown in enumerate(year.hits):
        listed: dict[str, list[str]] = {}
        for name in sorted({name for name, _ in shown} - done):
            listed.setdefault(township(name), []).append(name)
        for names in listed.values():
            dice.shuffle(names)
            done |= {name for name in names[:visits] if visit(outcome, year, name, month, red)}
    outcome.red_delays += [99] * sum(1 for month in red.values() if month < 11)
    return outcome


def with_ledger(year: Year, visits: int, path: Path, *, ranked: bool) -> tuple[Outcome, float]:
    """The year through the ledger; also the seconds of the slowest month."""
    outcome, red, slowest = Outcome(), first_red(year), 0.0
    for month, period in enumerate(MONTHS):
        started = time.perf_counter()
        day = period.last_day + dt.timedelta(days=8)
        with Ledger.open(path) as ledger:
            request = AlertRequest(
                period=period,
                division="999901",
                issued_on=day,
                as_of=day,
                due_days=dict.fromkeys(LEVELS, 15),
                effects=EFFECTS,
                terms={
                    rule: RuleTerms(None, SILENCE[level]) for rule, (level, *_) in RULES.items()
                },
            )
            hits = _frame(year.hits[month])
            asked = Asked(period, "999901", day, hits["household_id"].unique().to_list())
            update = update_alerts(hits, state_before(ledger, asked), request)
            ledger.record(update, day)
            opened = update.alerts.filter(pl.col("state").is_in(OPEN_STATES))
            chosen = _ordered(opened, update.hits, answered_rules(ledger), ranked=ranked)
            top = chosen.group_by("township", maintain_order=True).head(visits)
            rows = []
            for number, name in top.select("alert_no", "household_id").iter_rows():
                true = visit(outcome, year, name, month, red)
                result = "已核实-纳入" if true else "已核实-不实"
                rows.append((number, str(period), result, day, "干事", "", "", ""))
            ledger.add_feedback(_feedback(rows), day + dt.timedelta(days=10))
        slowest = max(slowest, time.perf_counter() - started)
    outcome.red_delays += [99] * sum(1 for month in red.values() if month < 11)
    if not verify(path).sound:
        raise SystemExit("the ledger does not prove itself")
    return outcome, slowest


def _ordered(
    opened: pl.DataFrame, hits: pl.DataFrame, answered: pl.DataFrame, *, ranked: bool
) -> pl.DataFrame:
    if not ranked:
        return opened.sort("alert_no")
    speaking = hits.filter(pl.col("hit_state").is_in(["new", "continuing", "worsened", "returned"]))
    chances = visit_order(speaking, answered, EFFECTS)
    rank = pl.col("level").replace_strict(
        {level: place for place, level in enumerate(LEVELS)}, return_dtype=pl.Int8
    )
    grave = pl.col("level") == "red"
    waiting = pl.when(grave & (pl.col("state") == "overdue")).then("due_date")
    return opened.join(chances, on="alert_no", how="left").sort(
        ~grave,
        waiting.fill_null(dt.date.max),
        -pl.col("chance").fill_null(0).round(3),
        rank,
        "alert_no",
    )


def _frame(shown: set[tuple[str, str]]) -> pl.DataFrame:
    rows = [
        (rule, "alert", "household", None, name, township(name), "村", RULES[rule][0], rule,
         "有情况", "[]", None)
        for name, rule in sorted(shown)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=HIT_SCHEMA, orient="row")


def _feedback(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    names = "alert_no period result visited_on officer findings policies measures"
    schema = {name: pl.Date if name == "visited_on" else pl.String for name in names.split()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print yields, ratios and delays over several seeds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--households", type=int, default=10_000)
    parser.add_argument("--visits", type=int, default=15, help="visits a township and month")
    parser.add_argument("--need", type=float, default=0.03, help="share in need within the year")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    against_resend, against_unranked = [], []
    for seed in range(1, options.seeds + 1):
        year = make_year(options.households, options.need, seed)
        clues = {name for shown in year.hits for name, _ in shown}
        share = len(clues & set(year.onset)) / len(clues)
        plain = resend(year, options.visits, seed)
        with tempfile.TemporaryDirectory() as folder:
            unranked, _ = with_ledger(year, options.visits, Path(folder) / "a.db", ranked=False)
            ranked, slowest = with_ledger(year, options.visits, Path(folder) / "b.db", ranked=True)
        say(f"seed {seed}: {len(clues)} households with clues, {share:.1%} of them true")
        for name, found in (("resend", plain), ("unranked", unranked), ("ranked", ranked)):
            late = sum(delay > 1 for delay in found.red_delays)
            say(
                f"  {name:9} {found.visits:5} visits {found.confirmed:4} confirmed"
                f" {found.yield_:6.1%}  red later than a month: {late}/{len(found.red_delays)}"
            )
        say(f"  slowest month {slowest:.2f} s")
        against_resend.append(ranked.yield_ / plain.yield_)
        against_unranked.append(ranked.yield_ / unranked.yield_)
    for name, ratios in (("resend", against_resend), ("unranked", against_unranked)):
        say(f"ranked / {name}: median {statistics.median(ratios):.2f}, min {min(ratios):.2f}")


if __name__ == "__main__":
    main()
