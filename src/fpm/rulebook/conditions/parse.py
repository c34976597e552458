"""SQL conditions: parsed by sqlglot, admitted node by node against ``rulebook.language``.

``parse_condition`` is the only door. What it returns names known columns only, uses white-listed
functions and operators only, agrees in kinds, and is small; ``judge.compile`` turns its tree into
polars expressions. The text itself is never handed to an engine that could open a file.

sqlglot is imported inside functions: it costs half a second, and ``fpm --help`` does not need it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from fpm.rulebook.conditions.kinds import Checker, ColumnType
from fpm.rulebook.conditions.nodes import RULES
from fpm.rulebook.conditions.text import (
    ConditionError,
    check_characters,
    place_of,
    place_of_node,
    unclosed_at,
)
from fpm.rulebook.conditions.tokens import check_tokens
from fpm.rulebook.conditions.weight import check_weight
from fpm.rulebook.language import Kind

if TYPE_CHECKING:
    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

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

    tree: Expr
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
    named = frozenset((word, columns[word]) for word in _words(sql) if word in columns)
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


def _admit(
    sql: str, columns: Mapping[str, ColumnType], form: Form, over: Over, windows: bool
) -> Condition:
    check_tokens(sql, _tokens(sql), columns)
    tree = _tree(sql)
    checker = Checker(sql, columns, over if form == "aggregate" else None, RULES, windows)
    result = checker.check(tree)
    check_weight(sql, tree)
    if result.kind == "null":
        raise ConditionError("条件不能只是一个 NULL", place_of_node(sql, tree))
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
def _words(sql: str) -> frozenset[str]:
    """The words of a condition, names of columns among them."""
    check_characters(sql)
    return frozenset(token.text for token in _tokens(sql))


@lru_cache(_REMEMBERED)
def _tokens(sql: str) -> list[Token]:
    from sqlglot.errors import TokenError  # noqa: PLC0415  (half a second, see above)

    try:
        return list(_dialect().tokenize(sql))
    except TokenError as error:
        place = place_of(sql, unclosed_at(sql))
        raise ConditionError(
            "从这里起引号没有配对，或注释没有结束，或有认不出的符号", place
        ) from error


@lru_cache(_REMEMBERED)
def _tree(sql: str) -> Expr:
    """The tree of a condition whose words are admitted; nobody changes a tree."""
    from sqlglot.errors import ParseError  # noqa: PLC0415  (half a second, see above)
    from sqlglot.expressions import Expr  # noqa: PLC0415

    try:
        trees = _dialect().parser().parse(_tokens(sql), sql)
    except ParseError as error:
        raise _syntax_error(sql, error.errors[0] if error.errors else {}) from error
    except RecursionError as error:
        raise ConditionError("条件套得太深") from error
    found = [tree for tree in trees if isinstance(tree, Expr)]
    if len(found) != 1 or len(trees) != 1:
        raise ConditionError("只能写一个条件，不能用分号隔开几条")
    return found[0]


def _syntax_error(sql: str, detail: dict[str, Any]) -> ConditionError:
    word = str(detail.get("highlight") or "").strip()
    line, column = detail.get("line"), detail.get("col")
    if not isinstance(line, int) or not isinstance(column, int):
        return ConditionError("写法不对，读不懂")
    start = max(column - max(len(word), 1) + 1, 1)
    message = f"写到“{word}”这里读不懂" if word else "写法不对，读不懂"
    if word == ",":
        message += "；数里不写千位分隔，BETWEEN 的两头用 AND 连接，IN 的各项放进括号"
    elif re.search(r"\d\s*%\s*(\)|,|$|AND\b|OR\b)", sql, re.IGNORECASE):
        message += "；百分数写成小数，50% 写 0.5"
    elif word and sql.rstrip().endswith(word):
        message += "，可能后面还缺东西，或前面少了运算符、括号"
    return ConditionError(message, (line, start))


@cache
def _dialect() -> Any:
    """A dialect in which every function is a plain call, so that one white-list covers all."""
    from sqlglot import parser  # noqa: PLC0415
    from sqlglot.dialects.dialect import Dialect  # noqa: PLC0415

    class Conditions(Dialect):
        class Parser(parser.Parser):
            FUNCTIONS: ClassVar[dict[Any, Any]] = {}
            FUNCTION_PARSERS: ClassVar[dict[Any, Any]] = {}
            NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
            SUBQUERY_PREDICATES: ClassVar[dict[Any, Any]] = {}
            NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[Any, Any]] = {
                "CASE": parser.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"],
            }

    return Conditions()
