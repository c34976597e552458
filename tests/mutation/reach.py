"""Which tests run which lines of the evaluator, and how long they take."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

Line = tuple[str, int]
"""Name of a module of the evaluator and a line in it."""


@dataclass(slots=True)
class Reach:
    """By test (node id): the lines it runs and the seconds it takes."""

    lines: dict[str, set[Line]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def of(self, module: str, line: int) -> list[str]:
        """Who runs a line, the quickest first; everybody where it runs on import only."""
        found = [name for name, lines in self.lines.items() if (module, line) in lines]
        return sorted(found or self.lines, key=lambda name: self.seconds[name])

    def as_json(self) -> dict[str, Any]:
        """What ``from_json`` reads."""
        lines = {
            name: sorted([module, line] for module, line in lines)
            for name, lines in self.lines.items()
        }
        return {"lines": lines, "seconds": self.seconds}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Reach:
        """What ``as_json`` wrote."""
        lines = {
            name: {(str(module), int(line)) for module, line in pairs}
            for name, pairs in kept["lines"].items()
        }
        return cls(lines, kept["seconds"])


class Watch:
    """A pytest plugin that fills a ``Reach``.

    What a fixture runs counts for every test of its file: a later test may look at the same
    result without running anything.
    """

    def __init__(self, folder: Path, reach: Reach) -> None:
        """Watch the modules of ``folder``."""
        self.folder, self.reach = folder, reach
        self.shared: dict[str, set[Line]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Lines of fixtures."""
        with seen(self.folder) as lines:
            yield
        self.shared.setdefault(str(item.path), set()).update(lines)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Lines of the test itself."""
        start = time.monotonic()
        with seen(self.folder) as lines:
            yield
        self.reach.lines[item.nodeid] = lines
        self.reach.seconds[item.nodeid] = time.monotonic() - start

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Give the lines of fixtures to all tests of their file."""
        for item in session.items:
            if item.nodeid in self.reach.lines:
                self.reach.lines[item.nodeid] |= self.shared[str(item.path)]


class Chosen:
    """A pytest plugin that runs the tests named, in that order, and no others."""

    def __init__(self, names: Sequence[str]) -> None:
        """``names``: node ids."""
        self.order = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the others and sort."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order),
            key=lambda item: self.order[item.nodeid],
        )


@contextlib.contextmanager
def seen(folder: Path) -> Iterator[set[Line]]:
    """The lines of modules in ``folder`` that run inside the ``with`` block."""
    start, lines = f"{folder}/", set[Line]()

    def entered(frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        file = frame.f_code.co_filename
        if not file.startswith(start):
            return None
        module = Path(file).stem
        lines.add((module, frame.f_lineno))

        def went(frame: FrameType, event: str, argument: object) -> Any:
            del event, argument
            lines.add((module, frame.f_lineno))
            return went

        return went

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        yield lines
    finally:
        sys.settrace(before)
