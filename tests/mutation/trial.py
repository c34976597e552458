"""One mutant put in its place in a process of its own, and the tests that reach it run there."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import io
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import hypothesis  # noqa: F401 - loaded once for all mutants, like the next four
import numpy  # noqa: ICN001, F401
import polars  # noqa: ICN001, F401
import pytest
import sqlglot  # noqa: F401

from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules
from mutation.mutants import Mutant
from mutation.reach import Chosen, Reach, Watch

ROOT = Path(__file__).parents[2]
EVALUATOR = ROOT / "src" / "fpm" / "judge"
TESTS = ROOT / "tests" / "judge"
SECONDS = 120
"""A mutant that runs longer hangs; it is stopped and told apart from those a test notices."""
ROUNDS = (
    ("test_three_valued_logic", "test_bounds_and_edges", "test_ranges_and_dust"),
    ("test_cells_and_windows", "test_evidence_text", "test_evaluate", "test_facts"),
    ("test_clusters", "test_groups", "test_conditions_like_sqlite", "test_language_gate"),
    ("test_gate_attacks", "test_foreign_sql"),
    ("test_simulate", "test_rule_cases"),
)
"""Files that are quick to collect and run first; the last holds the examples of every rule."""
MOST: Final = 300
"""Tests of a round that run at most: more would notice more, so what they miss is an upper bound."""

load_rulebook(shipped_rules())  # the parsed conditions are remembered, for every mutant alike


class Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Loads one module from the tree of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        """Stand in front of the ordinary finders for that module alone."""
        self.name = f"fpm.judge.{mutant.module}"
        self.code = compile(mutant.tree(), f"{mutant.module}.py (mutant)", "exec")

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


def started(mutant: Mutant, reach: Reach) -> int:
    """The number of a process that ends with 0 when no test that reaches the mutant fails."""

    def tried() -> int:
        sys.meta_path.insert(0, Changed(mutant))
        quiet = io.StringIO()
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            return _tested(reach.of(mutant.module, mutant.line))

    return _forked(tried)


def watched(target: Path) -> int:
    """The number of a process that writes a ``Reach`` to ``target``, ending with 0 if it could."""

    def seen_at_work() -> int:
        reach = Reach()
        failed = _pytest(
            [_path(name) for names in ROUNDS for name in names], Watch(EVALUATOR, reach)
        )
        target.write_text(json.dumps(reach.as_json()), encoding="utf-8")
        return failed

    return _forked(seen_at_work, seconds=600)


def _forked(work: Callable[[], int], seconds: int = SECONDS) -> int:
    child = os.fork()
    if child:
        return child
    signal.alarm(seconds)
    code = 1
    try:
        code = work()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _tested(names: Sequence[str]) -> int:
    """0 when the tests named all hold, round by round."""
    for files in ROUNDS:
        here = [name for name in names if Path(name.split("::")[0]).stem in files][:MOST]
        paths = dict.fromkeys(name.split("::")[0] for name in here)
        if here and (code := _pytest([str(ROOT / path) for path in paths], Chosen(here))):
            return code
    return 0


def _path(name: str) -> str:
    return str(TESTS / f"{name}.py")


def _pytest(where: Sequence[str], plugin: object) -> int:
    place = Path(tempfile.gettempdir()) / f"mutation-{os.getpid()}"
    arguments = [
        *("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=line"),
        *("-W", "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-seed=0"),
        *("--basetemp", str(place), "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")),
    ]
    try:
        return int(pytest.main([*arguments, *where], [plugin]))
    finally:
        shutil.rmtree(place, ignore_errors=True)
