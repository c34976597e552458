"""rules/**.toml → one frozen ``Rulebook``, or every fault at once with file, line and key."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fpm.errors import Fault, RulebookError
from fpm.rulebook.book import Rulebook
from fpm.rulebook.check_book import condition_faults, open_faults
from fpm.rulebook.settings import (
    GuardsSpec,
    MatchingSpec,
    MeasuresSpec,
    TermsSpec,
    WorkbooksSpec,
    WorkflowSpec,
)
from fpm.rulebook.shelf import Shelf, filled_shelf


def load_rulebook(root: Path) -> Rulebook:
    """Read and check the rules folder ``root``: what everything that judges begins with.

    Raises:
        RulebookError: with every fault found.
    """
    rulebook, faults = read_rulebook(root)
    if rulebook is None:
        raise RulebookError(faults)
    return rulebook


def open_rulebook(root: Path) -> Rulebook:
    """Read the rules folder ``root`` without its conditions: a fifth of the time.

    For what reads lists, files and steps and judges nobody. A condition of such a rule book is
    admitted when somebody asks for it, as ever; its faults are then not told together.

    Raises:
        RulebookError: with every fault that shows without reading a condition.
    """
    with _nothing_thrown_away():
        shelf, faults = _opened(root)
    if faults:
        raise RulebookError(_told(faults))
    return _bound(shelf)


def rulebook_faults(root: Path) -> tuple[Fault, ...]:
    """Every fault of the rules folder ``root``; empty when it can be used."""
    return read_rulebook(root)[1]


def read_rulebook(root: Path) -> tuple[Rulebook | None, tuple[Fault, ...]]:
    """The rule book, or ``None`` and its faults, sorted by file and line."""
    with _nothing_thrown_away():
        shelf, faults = _opened(root)
        rulebook = _bound(shelf)
        faults += condition_faults(shelf, rulebook.told_columns, faults)
    return (None, _told(faults)) if faults else (rulebook, ())


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Search for no garbage meanwhile.

    Nearly all that is made of the files is kept. To look through it again and again as it grows
    takes a fifth of the time.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _opened(root: Path) -> tuple[Shelf, list[Fault]]:
    if not root.is_dir():
        return Shelf(), [Fault(str(root), "", "没有这个规则文件夹")]
    shelf = filled_shelf(root)
    return shelf, [*shelf.faults, *open_faults(shelf)]


def _told(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """By file and line; the rules of a family repeat the faults of their template."""
    return tuple(sorted(dict.fromkeys(faults), key=lambda found: (found.file, found.line)))


def _bound(shelf: Shelf) -> Rulebook:
    return Rulebook(
        layouts=tuple(layout.spec for layout in shelf.layouts),
        rules=tuple(sorted((rule.spec for rule in shelf.rules), key=lambda rule: rule.id)),
        parameters={spec.name: spec for _, spec in shelf.parameters},
        matching=shelf.setting("matching.toml", MatchingSpec),
        guards=shelf.setting("guards.toml", GuardsSpec),
        workflow=shelf.setting("workflow.toml", WorkflowSpec),
        measures=shelf.setting("measures.toml", MeasuresSpec),
        workbooks=shelf.setting("workbooks.toml", WorkbooksSpec),
        terms=shelf.setting("terms.toml", TermsSpec),
        files={rule.spec.id: rule.file.name for rule in shelf.rules},
        digest=shelf.digest,
    )
