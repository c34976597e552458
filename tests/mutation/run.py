"""How many small faults in the evaluator of conditions the tests notice.

    python tests/mutation/run.py                         every mutant (minutes)
    python tests/mutation/run.py --sample 60             a sample, the same for the same --seed
    python tests/mutation/run.py --modules bounds --json

Every mutant changes one place of one module under ``src/fpm/judge``; the tests of the evaluator
and the examples inside the rules then run against it in a process of its own, and stop at the
first that fails. Prints the mutants that lived, and the share of those that did not. A mutant
that hangs is stopped after ``SECONDS`` and counts as noticed: so would the test run.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.abc
import importlib.util
import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis  # noqa: F401 - loaded once for all mutants, like the next three
import polars  # noqa: ICN001, F401
import pytest
import sqlglot  # noqa: F401

from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from mutation.mutants import Mutant, mutants  # noqa: E402 - found by the line above

MODULES = ("compile", "bounds", "functions", "aggregates", "outcomes", "evaluate")
ROUNDS = (
    ("test_three_valued_logic", "test_bounds_and_edges", "test_cells_and_windows"),
    ("test_evidence_text", "test_gate_attacks"),
    ("test_evaluate", "test_facts", "test_clusters", "test_conditions_like_sqlite"),
)
"""Quick tests first: most mutants go no further. The examples inside the rules come last."""
SECONDS = 120
BOOK = load_rulebook(shipped_rules())


class Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Loads one module from the tree of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        """Stand in front of the ordinary finders for that module alone."""
        self.name = f"fpm.judge.{mutant.module}"
        self.code = compile(mutant.tree, f"{mutant.module}.py (mutant)", "exec")

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        """The mutant, when it is asked for."""
        del path, target
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def get_source(self, name: str) -> None:
        """None is kept: tracebacks show no lines."""
        del name

    def get_code(self, name: str) -> CodeType:
        """The changed code."""
        del name
        return self.code

    def exec_module(self, module: ModuleType) -> None:
        """Run it."""
        exec(self.code, module.__dict__)


def lived_of(asked: Sequence[Mutant], jobs: int) -> list[Mutant]:
    """The mutants that no test notices, ``jobs`` at a time, in the order given."""
    waiting, running, lived = list(reversed(asked)), {}, set()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[_started(mutant)] = mutant
        child, status = os.wait()
        mutant = running.pop(child)
        if status == 0:
            lived.add(id(mutant))
    return [mutant for mutant in asked if id(mutant) in lived]


def _started(mutant: Mutant | None) -> int:
    """The number of a process that ends with 0 when no test fails.

    Without a mutant the tests are seen at work.
    """
    child = os.fork()
    if child:
        return child
    signal.alarm(SECONDS)
    code = 1
    try:
        if mutant is None:
            code = _tested()
        else:
            sys.meta_path.insert(0, Changed(mutant))
            quiet = io.StringIO()
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                code = _tested()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _tested() -> int:
    """The exit code of pytest over the tests of the evaluator, round by round."""
    place = Path(tempfile.gettempdir()) / f"mutation-{os.getpid()}"
    arguments = [
        *("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=line"),
        *("-W", "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-seed=0"),
        *("--basetemp", str(place), "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")),
    ]
    try:
        for files in ROUNDS:
            names = [str(ROOT / "tests" / "judge" / f"{name}.py") for name in files]
            if code := int(pytest.main([*arguments, *names])):
                return code
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return int(not _examples_hold())


def _examples_hold() -> bool:
    """Whether the examples inside the shipped rules come out as they say."""
    from fpm.judge import run_cases  # noqa: PLC0415 - here the mutant is in its place

    return all(result.passed for rule in BOOK.rules for result in run_cases(rule, BOOK))


def chosen(names: Sequence[str], sample: int, seed: int, part: str) -> list[Mutant]:
    """All mutants of the modules, or a sample or a part of them in the same order."""
    folder = ROOT / "src" / "fpm" / "judge"
    every = [
        mutant
        for name in names
        for mutant in mutants(name, (folder / f"{name}.py").read_text(encoding="utf-8"))
    ]
    number, _, parts = part.partition("/")
    every = every[int(number) - 1 :: int(parts)]
    if not sample or sample >= len(every):
        return every
    picked = sorted(random.Random(seed).sample(range(len(every)), sample))
    return [every[position] for position in picked]


def main() -> int:
    """Run the mutants, print the survivors and the score; 1 when it is below ``--least``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="2/10: every tenth mutant from the second")
    parser.add_argument("--least", type=float, default=0.9)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    start = time.monotonic()
    asked = chosen(given.modules.split(","), given.sample, given.seed, given.part)
    if os.waitpid(_started(None), 0)[1]:
        sys.stderr.write("the tests fail without any mutant\n")
        return 2
    lived = lived_of(asked, given.jobs)
    score = 1 - len(lived) / len(asked)
    every, alive = (Counter(m.module for m in group) for group in (asked, lived))
    told = {
        "mutants": len(asked),
        "noticed": len(asked) - len(lived),
        "score": round(score, 4),
        "by_module": {name: [every[name] - alive[name], every[name]] for name in every},
        "seconds": round(time.monotonic() - start),
        "lived": [f"{m.module}.py:{m.line}  {m.change}" for m in lived],
    }
    if given.json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        lines = [*told["lived"], f"{told['noticed']} of {told['mutants']} noticed: {score:.1%}"]
        sys.stdout.write("\n".join([*lines, str(told["by_module"]), f"{told['seconds']} s"]) + "\n")
    return int(score < given.least)


if __name__ == "__main__":
    sys.exit(main())
