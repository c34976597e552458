"""SQL conditions: parsed by sqlglot, admitted node by node against ``rulebook.language``.

``parse_condition`` is the only door. What it returns names known columns only, uses white-listed
functions and operators only, agrees in kinds, and is small; ``judge.compile`` turns its tree into
polars expressions. The text itself is never handed to an engine that could open a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from fpm.rulebook.conditions.grammar import parse
from fpm.rulebook.conditions.kinds import Checker, ColumnType
from fpm.rulebook.conditions.nodes import RULES
from fpm.rulebook.conditions.text import ConditionError, check_characters, place_of
from fpm.rulebook.conditions.tokens import check_tokens
from fpm.rulebook.conditions.tree import Node
from fpm.rulebook.conditions.weight import check_weight
from fpm.rulebook.conditions.words import Word, words_of
from fpm.rulebook.language import Kind

AT_LEAST: Final = "__at_least"
"""Suffix of the companion column that holds the lower bound of a fact (``judge.facts``)."""
IS_BLANK: Final = "__blank"
IS_UNREADABLE: Final = "__unreadable"
"""Suffixes of the companion columns that say why a delivered cell is NULL (``judge.cells``)."""

_REMEMBERED: Final = 4096
"""A rule book has a thousand conditions, each parsed when it is checked and when it is judged."""

Form = Literal["row", "aggregate"]
Over = Literal["records", "members"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One admitted expression: its tree, the names it uses, its text, what it yields."""

    tree: Node
    columns: frozenset[str]
    text: str
    form: Form
    kind: Kind
    bounded: bool
    """The value may be known only within bounds (``SUM``, ``COUNT_IF``, ``MIN``, ``MAX`` …)."""
    choices: tuple[str, ...] = ()
    """Declared values of the category it passes through unchanged (``x``, ``LAST(x)``)."""
    multiple: bool = False
    """It passes through a column that holds several values."""
    cells: frozenset[str] = frozenset()
    """Columns of which it asks whether the cell is blank (``BLANK``, ``UNREADABLE``, ``LISTS``)."""


def parse_condition(
    sql: str,
    columns: Mapping[str, ColumnType],
    *,
    form: Form,
    over: Over = "members",
    windows: bool = False,
) -> Condition:
    """Parse and admit one expression.

    Args:
        sql: the expression as written in TOML.
        columns: every name it may use.
        form: ``row`` for one row at a time; ``aggregate`` when every column must stand inside an
            aggregate function (constants excepted).
        over: which rows an aggregate sees: the records of an extract (``LAST`` allowed) or the
            members of a household or village (``HEAD``, ``NAMES`` allowed).
        windows: whether functions that look at the other people of the county are allowed.

    Returns:
        The condition; its ``kind`` says what it yields, callers check that it is ``boolean``
        where a condition proper is needed.

    Raises:
        ConditionError: with message, line, character and, for a mistyped name, a suggestion.
    """
    named = frozenset((word, columns[word]) for word in _named(sql) if word in columns)
    try:
        return _remembered(sql, named, form, over, windows)
    except ConditionError:
        return _admit(sql, columns, form, over, windows)  # again, with all names for suggestions


@lru_cache(_REMEMBERED)
def _remembered(
    sql: str, named: frozenset[tuple[str, ColumnType]], form: Form, over: Over, windows: bool
) -> Condition:
    """What a condition is depends on the columns it names only."""
    return _admit(sql, dict(named), form, over, windows)


@lru_cache(_REMEMBERED)
def _named(sql: str) -> frozenset[str]:
    """The words of a condition, names of columns among them."""
    return frozenset(word.text for word in _words(sql))


def _admit(
    sql: str, columns: Mapping[str, ColumnType], form: Form, over: Over, windows: bool
) -> Condition:
    check_tokens(sql, _words(sql), columns)
    tree = parse(sql, _words(sql))
    checker = Checker(sql, columns, over if form == "aggregate" else None, RULES, windows)
    result = checker.check(tree)
    check_weight(sql, tree)
    if result.kind == "null":
        raise ConditionError("条件不能只是一个 NULL", place_of(sql, tree.start))
    source = columns.get(result.column)
    return Condition(
        tree=tree,
        columns=frozenset(checker.used),
        text=sql,
        form=form,
        kind=result.kind,
        bounded=result.bounded,
        choices=source.choices if source else (),
        multiple=source.multiple if source else False,
        cells=frozenset(checker.cells),
    )


@lru_cache(_REMEMBERED)
def _words(sql: str) -> tuple[Word, ...]:
    check_characters(sql)
    return tuple(words_of(sql))
