"""How many small faults in the evaluator of conditions the tests notice.

    python tests/mutation/run.py                  every mutant
    python tests/mutation/run.py --minutes 4      as many as that allows; again goes on from there
    python tests/mutation/run.py --modules bounds --sample 30 --json

Every mutant changes one place of one module under ``src/fpm/judge``. The tests of ``tests/judge``,
among them the examples inside the rules, are watched once to see which of them run which line;
those that run the changed line then run against the mutant, in a process of its own, the quickest
first, and stop at the first that fails. A mutant that hangs is stopped after ``trial.SECONDS`` and counted
apart. Prints the mutants that lived, and the share of those that a test noticed; mutants that are
the same program (``equivalent.toml``, each with its reason) are not left out of that share.

What was found is remembered in the system's folder for temporary files until the code changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from mutation.mutants import Mutant, mutants  # noqa: E402 - found by the lines above
from mutation.reach import Reach  # noqa: E402
from mutation.trial import EVALUATOR, TESTS, started, watched  # noqa: E402

MODULES: Final = (
    *("compile", "operators", "bounds", "functions", "aggregates", "outcomes", "evaluate"),
)
NOTICED, LIVED, HUNG = "noticed", "lived", "hung"
_ALARM: Final = 14


class Memory:
    """What earlier runs found: outcome by mutant, and which test runs which line."""

    def __init__(self, *, fresh: bool) -> None:
        """Begin anew when the evaluator changed; when only tests did, with those that lived."""
        code = _digest([ROOT / "src" / "fpm" / "judge", ROOT / "src" / "fpm" / "rulebook"])
        tests = _digest([TESTS, ROOT / "rules"])
        self.path = Path(tempfile.gettempdir()) / f"fpm-mutation-{code[:16]}.json"
        kept: dict[str, Any] = {}
        if self.path.is_file() and not fresh:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        self.outcomes: dict[str, str] = kept.get("outcomes", {})
        self.tests = tests
        self.reach = Reach.from_json(kept["reach"]) if kept.get("tests") == tests else None
        if self.reach is None:
            self.outcomes = {key: found for key, found in self.outcomes.items() if found != LIVED}

    def keep(self) -> None:
        """Write it down."""
        reach = self.reach.as_json() if self.reach else None
        kept = {"tests": self.tests, "reach": reach, "outcomes": self.outcomes}
        self.path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def _digest(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def watch() -> Reach | None:
    """See the tests at work without a mutant; None when one of them fails."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "reach.json"
        if os.waitpid(watched(target), 0)[1]:
            return None
        return Reach.from_json(json.loads(target.read_text(encoding="utf-8")))


def try_all(
    asked: Sequence[Mutant], memory: Memory, reach: Reach, limit: tuple[int, float]
) -> None:
    """Try the mutants of which nothing is known yet: so many at a time, for so many seconds."""
    jobs, seconds = limit
    end = time.monotonic() + seconds
    waiting = [mutant for mutant in reversed(asked) if mutant.key not in memory.outcomes]
    running: dict[int, Mutant] = {}
    while (waiting and time.monotonic() < end) or running:
        while waiting and len(running) < jobs and time.monotonic() < end:
            mutant = waiting.pop()
            running[started(mutant, reach)] = mutant
        child, status = os.wait()
        outcome = LIVED if status == 0 else HUNG if os.WIFSIGNALED(status) else NOTICED
        if outcome == HUNG and os.WTERMSIG(status) != _ALARM:
            outcome = NOTICED
        memory.outcomes[running.pop(child).key] = outcome
        memory.keep()


def chosen(names: Sequence[str], sample: int, seed: int) -> list[Mutant]:
    """All mutants of the modules, or a sample of them in the same order."""
    every = [
        mutant
        for name in names
        for mutant in mutants(name, (EVALUATOR / f"{name}.py").read_text(encoding="utf-8"))
    ]
    if not sample or sample >= len(every):
        return every
    picked = sorted(random.Random(seed).sample(range(len(every)), sample))
    return [every[position] for position in picked]


def equivalent() -> dict[str, str]:
    """The mutants known to be the same program, each with its reason."""
    text = (Path(__file__).parent / "equivalent.toml").read_text(encoding="utf-8")
    return {one["mutant"]: one["reason"] for one in tomllib.loads(text)["same"]}


def told(asked: Sequence[Mutant], outcomes: dict[str, str]) -> dict[str, Any]:
    """The figures, and what lived."""
    tried = [mutant for mutant in asked if mutant.key in outcomes]
    count = Counter(outcomes[mutant.key] for mutant in tried)
    lived = [mutant for mutant in tried if outcomes[mutant.key] == LIVED]
    same = equivalent()
    every, alive = (Counter(mutant.module for mutant in group) for group in (tried, lived))
    return {
        "mutants": len(asked),
        "tried": len(tried),
        **{name: count[name] for name in (NOTICED, HUNG, LIVED)},
        "of_these_equivalent": sum(mutant.key in same for mutant in lived),
        "score": round(count[NOTICED] / max(len(tried), 1), 4),
        "by_module": {name: [every[name] - alive[name], every[name]] for name in every},
        "hung_mutants": [m.key for m in tried if outcomes[m.key] == HUNG],
        "lived_mutants": [f"{m.line}: {m.key}" for m in lived if m.key not in same],
        "named_in_vain": sorted(same.keys() - {m.key for m in lived}) if tried == asked else [],
    }


def main() -> int:
    """Run the mutants, print the survivors and the score; 1 when it is below ``--least``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument("--least", type=float, default=0.9)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    start = time.monotonic()
    memory = Memory(fresh=given.fresh)
    asked = chosen(given.modules.split(","), given.sample, given.seed)
    if memory.reach is None:
        memory.reach = watch()
        if memory.reach is None:
            sys.stderr.write("the tests fail without any mutant\n")
            return 2
        memory.keep()
    left = given.minutes * 60 - (time.monotonic() - start)
    try_all(asked, memory, memory.reach, (given.jobs, left))
    document = {**told(asked, memory.outcomes), "seconds": round(time.monotonic() - start)}
    if given.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        for name, value in document.items():
            lines = "\n  ".join(["", *value]) if isinstance(value, list) else f" {value}"
            sys.stdout.write(f"{name}:{lines}\n")
    return int(document["score"] < given.least)


if __name__ == "__main__":
    sys.exit(main())
