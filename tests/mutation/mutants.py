"""Small changes to the code of the evaluator, one at a time: each should make a test fail."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

COMPARISONS: Final = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: Final = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
TWINS: Final = (
    ("min", "max"),
    ("gt", "ge"),
    ("lt", "le"),
    ("and_", "or_"),
    ("first", "last"),
    ("floor", "ceil"),
    ("is_null", "is_not_null"),
    ("any_horizontal", "all_horizontal"),
    ("min_horizontal", "max_horizontal"),
    ("starts_with", "ends_with"),
    ("head", "tail"),
    ("to_uppercase", "to_lowercase"),
    ("low", "top"),
    ("year", "month"),
    ("month", "day"),
)
"""Names that mean the neighbour of each other: the first is replaced by the second, and back."""
DROPPED: Final = ("fill_null", "drop_nulls", "round", "filter", "abs", "clip", "unique")
"""Methods whose call can be left out without breaking the types around. (Not ``cast``: mixed
numbers compute alike without, so nearly all such mutants are the same program.)"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module: ``tree()`` is its code, ``line`` and ``change`` say what differs.

    ``key`` names it by function and change, so that it is known again when lines move.
    """

    module: str
    line: int
    change: str
    key: str
    tree: Callable[[], ast.Module]


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of one module, in the order of its code."""
    original = ast.parse(source)
    known: Counter[str] = Counter()
    for position, node in enumerate(_code(original)):
        line = getattr(node, "lineno", 0)
        for change, apply in _changes(node):
            key = f"{module}.{_function_at(original, line)}: {change}"
            known[key] += 1
            if known[key] > 1:
                key = f"{key} ({known[key]})"
            yield Mutant(module, line, change, key, partial(_changed, source, position, apply))


def _changed(source: str, position: int, apply: Callable[[Any], None]) -> ast.Module:
    tree = ast.parse(source)
    apply(list(_code(tree))[position])
    return ast.fix_missing_locations(tree)


def _function_at(tree: ast.Module, line: int) -> str:
    """The innermost function around a line, empty at the level of the module."""
    around = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return around[-1] if around else ""


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run and decide: no annotations, decorators, docstrings, assertions."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Assert):
                if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                    continue
                yield child
                yield from _code(child)


Change = tuple[str, Callable[[Any], None]]


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield from _operated(node)
    elif isinstance(node, ast.BoolOp):
        yield from _joined(node)
    elif isinstance(node, ast.UnaryOp):
        yield f"{_short(node)} → {_short(node.operand)}", _replace_by(lambda found: found.operand)
    elif isinstance(node, ast.Constant) and type(node.value) in (bool, int):
        yield from _constant(node)
    elif isinstance(node, ast.If | ast.IfExp):
        yield f"if {_short(node.test)} → if not …", _negate
    elif isinstance(node, ast.Attribute):
        yield from _renamed(node)
    elif isinstance(node, ast.Call) and _method(node) in DROPPED:
        yield (
            f"{_short(node)} → without {_method(node)}",
            _replace_by(lambda found: found.func.value),
        )


def _compared(node: ast.Compare) -> Iterator[Change]:
    other = COMPARISONS[type(node.ops[0])]

    def apply(found: ast.Compare) -> None:
        found.ops[0] = other()

    yield f"{_short(node)} → {other.__name__}", apply


def _operated(node: ast.BinOp) -> Iterator[Change]:
    other = ARITHMETIC[type(node.op)]

    def apply(found: ast.BinOp) -> None:
        found.op = other()

    yield f"{_short(node)} → {other.__name__}", apply


def _joined(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And

    def apply(found: ast.BoolOp) -> None:
        found.op = other()

    yield f"{_short(node)} → {other.__name__}", apply


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]

    def apply(found: ast.Constant) -> None:
        found.value = value

    yield f"{node.value} → {value}", apply


def _negate(found: ast.If | ast.IfExp) -> None:
    found.test = ast.UnaryOp(ast.Not(), found.test)


def _renamed(node: ast.Attribute) -> Iterator[Change]:
    for one, other in TWINS:
        for name, twin in ((one, other), (other, one)):
            if node.attr == name:
                yield f"{_short(node)} → .{twin}", _rename_to(twin)


def _rename_to(twin: str) -> Callable[[ast.Attribute], None]:
    def apply(found: ast.Attribute) -> None:
        found.attr = twin

    return apply


def _replace_by(inner: Callable[[Any], ast.expr]) -> Callable[[Any], None]:
    """Turn a node into one of its parts, in place: all that it was is forgotten."""

    def apply(found: Any) -> None:
        part = inner(found)
        found.__class__ = type(part)
        found.__dict__.clear()
        found.__dict__.update(part.__dict__)

    return apply


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else text[:57] + "…"
