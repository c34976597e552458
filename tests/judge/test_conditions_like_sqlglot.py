"""Every shipped condition means to sqlglot, which reads all of SQL, what it means to our grammar."""

from typing import Any, Final

import pytest
from sqlglot import parser
from sqlglot.dialects.dialect import Dialect

from fpm.rulebook import load_rulebook
from fpm.rulebook.conditions import parse as door
from fpm.rulebook.conditions.grammar import parse
from fpm.rulebook.conditions.tree import choice
from fpm.rulebook.conditions.words import words_of
from fpm.shipped import shipped_rules

NO_FUNCTION: Final[Any] = {}
CASE: Final[Any] = {"CASE": parser.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}


class Conditions(Dialect):
    """SQL in which every function is an unknown one, told by its name."""

    class Parser(parser.Parser):
        FUNCTIONS = NO_FUNCTION
        FUNCTION_PARSERS = NO_FUNCTION
        NO_PAREN_FUNCTIONS = NO_FUNCTION
        SUBQUERY_PREDICATES = NO_FUNCTION
        NO_PAREN_FUNCTION_PARSERS = CASE


def theirs(node):
    """sqlglot's tree in plain tuples."""
    kind = type(node).__name__
    match kind:
        case "Paren":
            return theirs(node.this)
        case "Column":
            return kind, node.name
        case "Boolean":
            return kind, "TRUE" if node.this else "FALSE"
        case "Literal":
            return kind, node.name, node.is_string
        case "Null" | "Star":
            return (kind,)
        case "Anonymous":
            return "Call", node.this.upper(), *map(theirs, node.expressions)
        case "Distinct":
            return kind, *map(theirs, node.expressions)
        case "Filter":
            return kind, theirs(node.this), theirs(node.expression.this)
        case "Case":
            cases = [(theirs(one.this), theirs(one.args["true"])) for one in node.args["ifs"]]
            return kind, _maybe(theirs, node.this), cases, _maybe(theirs, node.args.get("default"))
        case "Cast":
            return kind, node.this.name
        case "Interval":
            return kind, node.this.name, node.args["unit"].name.upper()
        case "Between":
            return kind, *map(theirs, (node.this, node.args["low"], node.args["high"]))
        case "In":
            members = node.expressions or [node.args["field"]]
            return kind, theirs(node.this), *map(theirs, members)
        case "Like":
            found = kind, theirs(node.this), theirs(node.expression)
            return ("Not", found) if node.args.get("negate") else found
        case "Not" | "Neg":
            return kind, theirs(node.this)
    return kind, theirs(node.this), theirs(node.expression)


def ours(node):
    """Our tree in the same tuples."""
    match node.kind:
        case "Paren":
            return ours(node.parts[0])
        case "Column" | "Boolean" | "Cast":
            return node.kind, node.name
        case "Literal":
            return node.kind, node.name, node.quoted
        case "Call":
            return node.kind, node.name, *map(ours, node.parts)
        case "Case":
            found = choice(node)
            cases = [
                (ours(test), ours(result))
                for test, result in zip(found.tests, found.results, strict=True)
            ]
            return node.kind, _maybe(ours, found.subject), cases, _maybe(ours, found.otherwise)
        case "Interval":
            return node.kind, node.amount, node.name
    return node.kind, *map(ours, node.parts)


def _maybe(tell, node):
    return None if node is None else tell(node)


def as_sqlglot(sql):
    (tree,) = Conditions().parse(sql)
    return theirs(tree)


def as_we(sql):
    return ours(parse(sql, words_of(sql)))


@pytest.fixture(scope="module")
def shipped():
    """The text of every condition that loading the shipped rules reads."""
    read = set()
    door._remembered.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "parse", lambda sql, words: read.add(sql) or parse(sql, words))
        load_rulebook(shipped_rules())
    return read


def test_the_shipped_conditions(shipped):
    assert len(shipped) > 500
    differing = {sql: (as_we(sql), as_sqlglot(sql)) for sql in shipped}
    assert not {sql: both for sql, both in differing.items() if both[0] != both[1]}


@pytest.mark.parametrize(
    "sql",
    [
        "NOT a = 1 AND b OR c",
        "a + 2 * b - 1 > 3 || 'x'",
        "a NOT LIKE 'x%' AND b NOT IN (1, 2) OR NOT c IS NOT NULL",
        "a NOT BETWEEN 1 + 1 AND 2 AND b IS DISTINCT FROM c",
        "CASE a WHEN 1 THEN 'x' ELSE 'y' END = 'x'",
        "CASE WHEN a > 1 THEN b WHEN a IS NULL THEN c END",
        "SUM(a) FILTER (WHERE b <> 2) > COUNT(DISTINCT c)",
        "d > DATE '2026-01-31' - INTERVAL '3' MONTH",
        '- a * - b < "户 数"',
    ],
)
def test_operators_bind_alike(sql):
    assert as_we(sql) == as_sqlglot(sql)
