"""How long judging takes against polars evaluating the same bare expressions.

    python tests/benchmarks/judge_speed.py --persons 1000000 --rules 150

Builds random facts (columns as the shipped rule book declares them, a tenth of each column
unknown), repeats the shipped rules, each copy a little different,
until there are as many as asked for, and prints the seconds
of ``evaluate`` (outcomes, counts, evidence, references, tally), of the bare expressions, and
their ratio, all in one run: on the clock, and of the processors, which other work on the machine
disturbs less.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from fpm.judge import earlier_asked, evaluate
from fpm.judge.aggregates import Reductions
from fpm.judge.cells import with_cell_states
from fpm.judge.compile import compile_aggregate, compile_row
from fpm.judge.derived import asked_cells
from fpm.judge.literals import DTYPES
from fpm.judge.outcomes import SUBJECT
from fpm.judge.plan import Plan, Setting, parse_rule, plan_rule
from fpm.model import Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import AT_LEAST, ColumnType
from fpm.rulebook.load import load_rulebook
from fpm.rulebook.rule import RuleSpec
from fpm.shipped import shipped_rules

PERIOD = Period(2026, 10)
DIVISION = "999901"
SEED = 20261
MOST_HITS = 0.02
"""Rules that random facts hit more often than real families are left out."""


def random_column(column: ColumnType, persons: int, dice: np.random.Generator) -> pl.Series:
    """One column of plausible values, a tenth of them unknown."""
    dtype = DTYPES[column.kind]
    if column.kind == "boolean":
        values = pl.Series(dice.random(persons) < 0.03)
    elif column.kind == "number":
        values = pl.Series(np.round(dice.gamma(1.0, 900.0, persons), 2))
    elif column.kind == "date":
        values = pl.Series(dice.integers(-20000, 20000, persons)).cast(pl.Int32).cast(pl.Date)
    else:
        words = column.choices or ("甲", "乙", "丙")
        values = pl.Series(words).gather(dice.integers(0, len(words), persons))
    known = pl.Series(dice.random(persons) > 0.1)
    frame = pl.DataFrame({"v": values.cast(dtype), "k": known})
    return frame.select(pl.when("k").then("v"))["v"]


def random_facts(rulebook: Rulebook, persons: int) -> pl.DataFrame:
    """A facts frame of ``persons`` people, 3.3 a household, 60 villages in each 200,000."""
    dice = np.random.default_rng(SEED)
    household = np.sort(dice.integers(0, int(persons / 3.3) + 1, persons))
    data = {
        "person_id": pl.Series(range(persons)).cast(pl.String),
        "household_id": pl.Series(household).cast(pl.String),
        "township": pl.Series(household // 5000).cast(pl.String),
        "village": pl.Series(household // 900).cast(pl.String),
        "name": pl.Series(["张三", "李四", "王五"]).gather(dice.integers(0, 3, persons)),
        "relation": pl.Series(["户主", "配偶", "之子"]).gather(dice.integers(0, 3, persons)),
        "file": pl.repeat("花名册.xlsx", persons, eager=True),
        "sheet": pl.repeat("Sheet1", persons, eager=True),
        "row": pl.Series(range(2, persons + 2)).cast(pl.UInt32),
        "age": pl.Series(dice.integers(0, 95, persons)).cast(pl.Float64),
    }
    asked = earlier_asked(rulebook)
    for name, column in rulebook.columns.items():
        if column.earlier and name not in asked:
            continue
        if name not in data:
            data[name] = random_column(column, persons, dice)
        if column.bounded:
            data[name + AT_LEAST] = data[name]
    return with_cell_states(pl.DataFrame(data), asked_cells(rulebook, ()))


def bare(facts: pl.DataFrame, plans: list[Plan]) -> None:
    """What polars itself needs: each rule's condition, counted, and nothing else."""
    rows = [
        compile_row(part, plan.names).truth.sum().alias(f"{plan.rule.id}{n}")
        for plan in plans
        if plan.rule.scope == "person"
        for n, part in enumerate(plan.conditions)
    ]
    facts.lazy().select(rows).collect()
    for scope in ("household", "village"):
        reductions = Reductions()
        columns = [
            compile_aggregate(part, plan.names, reductions).truth.sum().alias(f"{plan.rule.id}{n}")
            for plan in plans
            if plan.rule.scope == scope
            for n, part in enumerate(plan.conditions)
        ]
        grouped = facts.lazy().group_by(SUBJECT[scope]).agg(**reductions.wanted)
        grouped.select(columns).collect()


def repeated(rulebook: Rulebook, count: int) -> Rulebook:
    """The rule book with its runnable rules repeated under new ids up to ``count``."""
    trial = random_facts(rulebook, 20_000)
    tally = evaluate(trial, [], rulebook, PERIOD, DIVISION).tally
    lively = pl.col("stopped").is_null() & (pl.col("hit") <= MOST_HITS * pl.col("clear"))
    usable = [rulebook.rule(name) for name in tally.filter(lively)["rule_id"]]
    usable = [rule for rule in usable if not rule.counts]  # clusters are a few numbers a place
    rules = tuple(_variant(usable[n % len(usable)], n) for n in range(count))
    return replace(rulebook, rules=rules)


def _variant(rule: RuleSpec, number: int) -> RuleSpec:
    """The rule under another id, with a condition no other copy shares."""
    always = f"LENGTH(person_id) > -{number}"
    if rule.form != "row":
        always = f"COUNT(*) > -{number}"
    when = f"({rule.when}) AND {always}"
    return rule.model_copy(update={"id": f"rule_{number:04d}", "when": when})


def seconds_of(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of all processors together."""
    clock, processors = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processors


def main() -> None:
    """Measure once and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--persons", type=int, default=1_000_000)
    options.add_argument("--rules", type=int, default=150)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    rulebook = repeated(load_rulebook(shipped_rules()), given.rules)
    facts = random_facts(rulebook, given.persons)
    setting = Setting(PERIOD, DIVISION)
    plans = [plan_rule(parse_rule(rule, rulebook), rulebook, setting) for rule in rulebook.rules]
    hits = evaluate(facts.head(1000), [], rulebook, PERIOD, DIVISION).hits.height
    bares, ours = [], []
    for _ in range(given.runs):  # in turn, for the machine is shared
        bares.append(seconds_of(lambda: bare(facts, plans)))
        ours.append(seconds_of(lambda: evaluate(facts, [], rulebook, PERIOD, DIVISION)))
    sys.stdout.write(f"persons {given.persons}, rules {given.rules}, hits in 1,000 {hits}\n")
    for place, name in enumerate(("clock", "processors")):
        alone, whole = (min(run[place] for run in runs) for runs in (bares, ours))
        sys.stdout.write(
            f"{name}: bare {alone:.2f} s, evaluate {whole:.2f} s, ratio {whole / alone:.2f}\n"
        )


if __name__ == "__main__":
    main()
