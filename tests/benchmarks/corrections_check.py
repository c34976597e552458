"""Check the five exports named for all corrections, and print CPU seconds by step.

Reads the workbooks, links and judges them. Children of this process are counted, and so are the
start of Python and the loading of everything used. Python is set up as for every command.
"""

# ruff: noqa: E402  (Python is set up before anything is loaded)

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from fpm.__main__ import settle

settle()

from fpm.ingest import FileReading, build_roster, read_file
from fpm.ingest.containers.child import ParserPool
from fpm.ingest.opening import Opening
from fpm.judge import Setting, build_facts, evaluate, hits_by_number
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.load import load_rulebook
from fpm.shipped import shipped_rules
from rules.numbered import DIVISION, PERIOD, linked

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
    """Read the workbooks as ``fpm load`` does, by one parsing process where one is needed."""
    with ParserPool() as parsers:
        opening = Opening(container=parsers.read)
        return [read_file(path, path.name, layouts, opening=opening) for path in paths]


def main() -> None:
    """Measure once and print."""
    seconds = {"start": cpu_seconds()}
    paths = [Path(name) for name in sys.argv[1:]]
    whole = timed(seconds, "rule book", lambda: load_rulebook(shipped_rules()))
    rules = tuple(rule for rule in whole.rules if rule.kind == "correction")
    book = replace(whole, rules=rules)
    readings = timed(seconds, "reading", lambda: read_all(paths, book.layouts))
    frames = (reading.records.items() for reading in readings)
    records = timed(seconds, "records", lambda: {key: rows for one in frames for key, rows in one})
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
    households = roster["household_id"].n_unique()
    sys.stdout.write(
        f"{households} households, {roster.height} persons, {len(rules)} corrections, "
        f"{judged.hits.height} hits, {numbers.height} under {numbers['number'].n_unique()} numbers\n"
        f"{steps}\n"
        f"checking {judging:.2f} s, everything {cpu_seconds():.2f} s\n"
    )


if __name__ == "__main__":
    main()
