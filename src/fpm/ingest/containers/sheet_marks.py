"""Hidden lines, errors, formulas without a result and merged cells in the XML of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from fpm.ingest.containers.marks import UNCALCULATED, SheetMarks
from fpm.ingest.containers.number_formats import shown
from fpm.ingest.containers.sniff import UnreadableError

_SIGNS: Final = tuple(
    re.compile(sign)
    for sign in (b"hidden=", b't="e"', b"t='e'", b"f>", b" si=", b"<merge")
)  # fmt: skip
"""Without one of these a sheet has no hidden line, error value, formula or merged cell. For few
bytes ``search`` is faster than ``in``."""
_TAG = rb"<(?:\w+:)?"
_END = rb"</(?:\w+:)?"
_QUOTED = rb"""["']([^"'<>]*)["']"""
_HIDDEN: Final = re.compile(
    _TAG + rb"""(row|col)\b([^<>]*\bhidden=["'](?:1|true)["'][^<>]*)>"""
)  # fmt: skip
_FORMULA = _TAG + rb"f\b(?:[^<>]*/>|[^<>]*>[^<]*" + _END + rb"f>)\s*"
_NO_VALUE = _TAG + rb"v\s*/>|" + _TAG + rb"v\s*>\s*" + _END + rb"v>"
_ERROR_CELL: Final = re.compile(
    _TAG + rb"""c\b([^<>]*\st=["']e["'][^<>]*)>\s*(?:""" + _FORMULA + rb")?"
    + _TAG + rb"v\s*>([^<]{0,40})<"
)  # fmt: skip
_FORMULA_CELL: Final = re.compile(
    _TAG + rb"c\b([^<>]*)>\s*" + _FORMULA + rb"(" + _NO_VALUE + rb")?\s*</"
)
_ZERO_RESULT: Final = re.compile(_TAG + rb"c\b([^<>]*)>\s*" + _FORMULA + _TAG + rb"v\s*>0</")
_FORMULA_TAG: Final = re.compile(_TAG + rb"f[\s/>]")
_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^<>]*?\sref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
_FLOAT: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d{1,3})?")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_CDATA: Final = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_WIDTH: Final = 16_384


def has_marks(rows: bytes) -> bool:
    """Whether there is anything to find in some rows; quick."""
    return any(sign.search(rows) for sign in _SIGNS)


def find_marks(rows: bytes) -> SheetMarks:
    """What the parser does not tell of some rows and what stands beside them.

    Raises:
        UnreadableError: A cell that is told of does not say where it is.
    """
    if b"<!" in rows:
        rows = _CDATA.sub(b"-", _COMMENT.sub(b"", rows))
    lines: list[int] = []
    columns: list[int] = []
    for found in _HIDDEN.finditer(rows):
        if found[1] == b"row":
            lines += _numbers(found[2], b"r")
        else:
            first, last = _numbers(found[2], b"min"), _numbers(found[2], b"max")
            columns += range(max(min(first, default=1), 1) - 1, min(max(last, default=0), _WIDTH))
    errors = [
        (*_place(found[1]), found[2].strip().decode("utf-8", "replace"))
        for found in _ERROR_CELL.finditer(rows)
    ]
    errors += [(*_place(attributes), UNCALCULATED) for attributes in _uncalculated(rows)]
    return SheetMarks(tuple(lines), tuple(columns), tuple(errors), tuple(_merges(rows)))


def find_shown(rows: bytes, styles: Mapping[int, str]) -> SheetMarks:
    """What numbers show of which the style changes the meaning.

    Args:
        rows: Some rows.
        styles: Style → format, of those in question.
    """
    numbers = "|".join(map(str, styles)).encode()
    cell = re.compile(
        _TAG + rb"""c\b(?=[^<>]*\ss=["'](?:""" + numbers + rb""")["'])([^<>]*)>\s*(?:"""
        + _FORMULA + rb")?" + _TAG + rb"v\s*>([^<]*)<"
    )  # fmt: skip
    return SheetMarks(
        errors=tuple(
            (*_place(found[1]), shown(number, styles[int(_attribute(found[1], b"s"))]))
            for found in cell.finditer(rows)
            if _attribute(found[1], b"t") in {b"", b"n"} and (number := _number(found[2]))
        )
    )


def find_zeros(rows: bytes) -> tuple[int, list[tuple[int, int]]]:
    """How many formulas stand in some rows, and row and column of those with the result 0."""
    zeros = [_place(found[1]) for found in _ZERO_RESULT.finditer(rows)]
    return len(_FORMULA_TAG.findall(rows)), zeros


def _number(text: bytes) -> str:
    """The text of a number as it is, ``""`` for any other."""
    plain = text.strip().decode("utf-8", "replace")
    return plain if _FLOAT.fullmatch(plain) else ""


def _uncalculated(rows: bytes) -> Iterator[bytes]:
    """Attributes of formula cells without a result; that of a text may be empty."""
    for found in _FORMULA_CELL.finditer(rows):
        kind = _attribute(found[1], b"t")
        if found[2] is None or kind not in {b"str", b"e"}:
            yield found[1]


def _merges(rows: bytes) -> Iterator[tuple[int, int, int]]:
    """First row, last row, leftmost column of cells merged over rows, whatever corner is first."""
    for left, top, right, bottom in _MERGED.findall(rows) if b"mergeCell" in rows else ():
        if top != bottom:
            first, last = sorted((int(top), int(bottom)))
            yield first - 1, last - 1, min(_column(left), _column(right))


def _attribute(attributes: bytes, name: bytes) -> bytes:
    found = re.search(rb"(?:^|\s)" + name + rb"=" + _QUOTED, attributes)
    return found[1] if found else b""


def _numbers(attributes: bytes, name: bytes) -> list[int]:
    text = _attribute(attributes, name)
    return [int(text)] if text.isdigit() and len(text) < 8 else []


def _place(attributes: bytes) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of ``r="C5"``."""
    found = re.fullmatch(rb"([A-Z]{1,3})(\d{1,7})", _attribute(attributes, b"r").upper())
    if found is None:
        raise UnreadableError(
            "没有结果的公式或另有单位的数未写明在哪一格，请用原软件打开后另存为 xlsx 再发"
        )
    return int(found[2]), _column(found[1])


def _column(letters: bytes) -> int:
    """The number of a column, from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
