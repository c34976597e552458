"""Words that change with policy: what was called one thing until 2025 has another name after.

The texts of the rule book are written with one word, and what people read shows the word of the
period. Names that data carry (risks, results, categories of the roster) are no such texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from fpm.model import Period
from fpm.rulebook.base import Spec
from fpm.rulebook.book import Rulebook
from fpm.rulebook.rule import Case, Source
from fpm.rulebook.settings import ResultSpec
from fpm.rulebook.values import entry_in_force

AnySpec = TypeVar("AnySpec", bound=Spec)

_READ: Final = frozenset(
    {"title", "subtitle", "sheet", "notes", "evidence", "advice", "output", "able", "unable"}
)
"""Fields that people read."""
_KEPT: Final = (Source, Case, ResultSpec)
"""Documents have the title they have; a result is known by its title for ever."""
_PLACE: Final = re.compile(r"(\{[^{}]*\})")


def in_terms(rulebook: Rulebook, period: Period, division: str) -> Rulebook:
    """The rule book in the words of a period.

    Args:
        rulebook: as loaded.
        period: the month of the lists.
        division: six-digit code of the county.

    Returns:
        The same with other words in the titles and texts of rules, lists, steps and measures.
    """
    words = {
        term.word: str(entry.value)
        for term in rulebook.terms.term
        if (entry := entry_in_force(term.dated, period, division)) is not None
    }
    if all(word == now for word, now in words.items()):
        return rulebook
    return replace(
        rulebook,
        rules=tuple(_reworded(rule, words) for rule in rulebook.rules),
        workflow=_reworded(rulebook.workflow, words),
        measures=_reworded(rulebook.measures, words),
        workbooks=_reworded(rulebook.workbooks, words),
    )


def wordings(rulebook: Rulebook, text: str) -> tuple[str, ...]:
    """A heading in the words of every period, for lists come back months later."""
    found = [text]
    for term in rulebook.terms.term:
        for now in dict.fromkeys(str(entry.value) for entry in term.dated):
            found += [_said(one, {term.word: now}) for one in list(found)]
    return tuple(dict.fromkeys(found))


def _reworded(spec: AnySpec, words: Mapping[str, str]) -> AnySpec:
    fields = {name: getattr(spec, name) for name in type(spec).model_fields}
    changed = {
        name: part
        for name, value in fields.items()
        if (part := _part(name, value, words)) is not value
    }
    return spec.model_copy(update=changed) if changed else spec


def _part(name: str, value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, Spec):
        return value if isinstance(value, _KEPT) else _reworded(value, words)
    if isinstance(value, str):
        return _said(value, words) if name in _READ else value
    if isinstance(value, tuple):
        return tuple(_part(name, part, words) for part in value)
    if isinstance(value, dict):
        return {key: _part("", part, words) for key, part in value.items()}
    return value


def _said(text: str, words: Mapping[str, str]) -> str:
    """``text`` with its words replaced, the longest first; what stands in braces is no text."""
    pattern = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    parts = _PLACE.split(text)
    return "".join(
        part if part.startswith("{") else re.sub(pattern, lambda found: words[found[0]], part)
        for part in parts
    )
