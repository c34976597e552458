"""CPU seconds for the corrections of 4,000 households over the five exports.

    python tests/benchmarks/corrections_speed.py --households 4000

Writes a county of clean households with violations between (those of ``tests/rules``), reads the
five workbooks, links and judges them, and prints CPU seconds by step, children included.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from fpm.ingest import build_roster, read_file
from fpm.ingest.containers.child import ParserPool
from fpm.ingest.opening import Opening
from fpm.ingest.reading import FileReading
from fpm.judge import Setting, build_facts, evaluate, hits_by_number
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.load import load_rulebook
from fpm.shipped import shipped_rules
from rules.exports import house, write_exports
from rules.plants import PLANTS
from rules.test_corrections_exact import DIVISION, PERIOD, linked

Result = TypeVar("Result")


def cpu_seconds() -> float:
    """User and system time of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(seconds: dict[str, float], step: str, work: Callable[[], Result]) -> Result:
    """Do one step and note what it cost."""
    before = cpu_seconds()
    result = work()
    seconds[step] = cpu_seconds() - before
    return result


def read_all(paths: Iterable[Path], layouts: Sequence[LayoutSpec]) -> list[FileReading]:
    """Read the workbooks as ``fpm load`` does, by one parsing process."""
    with ParserPool() as parsers:
        opening = Opening(container=parsers.read)
        return [read_file(path, path.name, layouts, opening=opening) for path in paths]


def main() -> None:
    """Measure once and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--households", type=int, default=4000)
    count = options.parse_args().households
    kinds = ("lifted", "open", "gone", "lifted_open")
    houses = [house(kinds[number % 4], number + 1) for number in range(count)]
    for home, plant in zip(houses[::2], PLANTS * 10, strict=False):
        plant.violations[0](home)
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = write_exports(Path(folder), houses).values()
        whole = timed(seconds, "rule book", lambda: load_rulebook(shipped_rules()))
        rules = tuple(rule for rule in whole.rules if rule.kind == "correction")
        book = replace(whole, rules=rules)
        readings = timed(seconds, "reading", lambda: read_all(paths, book.layouts))
    records = {key: frame for reading in readings for key, frame in reading.records.items()}
    roster = timed(seconds, "roster", lambda: build_roster(records.pop(("roster", "persons"))))
    extracts = timed(
        seconds,
        "linking",
        lambda: [linked(book.layout(*key), frame, roster) for key, frame in records.items()],
    )
    facts = timed(seconds, "facts", lambda: build_facts(roster, extracts, book, PERIOD, None))
    judged = timed(seconds, "judging", lambda: evaluate(facts, extracts, book, PERIOD, DIVISION))
    setting = Setting(PERIOD, DIVISION)
    numbers = timed(seconds, "numbers", lambda: hits_by_number(judged.hits, facts, book, setting))
    judging = sum(seconds[step] for step in ("roster", "linking", "facts", "judging", "numbers"))
    steps = ", ".join(f"{step} {cost:.2f}" for step, cost in seconds.items())
    sys.stdout.write(
        f"{count} households, {roster.height} persons, {len(rules)} corrections, "
        f"{judged.hits.height} hits, {numbers.height} under {numbers['number'].n_unique()} numbers\n"
        f"{steps}\n"
        f"checking {judging:.2f} s, with reading and rule book {sum(seconds.values()):.2f} s\n"
    )


if __name__ == "__main__":
    main()
