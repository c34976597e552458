"""What python-calamine does not tell of an ods: error values, hidden lines, merges, currencies.

OpenDocument 1.3, part 3, chapter 9: rows, columns and cells may stand for several equal ones
(``number-…-repeated``), and covered cells take a place of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from xml.parsers import expat

from fpm.ingest.containers.marks import ERROR_VALUES, UNCALCULATED, SheetMarks, refuse_many
from fpm.ingest.containers.number_formats import SHARE, shown
from fpm.ingest.containers.package import XML_DAMAGE
from fpm.ingest.containers.sniff import UnreadableError

_SIGNS: Final = (
    b'"collapse"', b'"filter"', b'value-type="error"', b"rows-spanned=", b":formula=",
    b":currency=", b'"percentage"'
)  # fmt: skip
"""Without one of these a sheet has nothing to tell."""
_LONGEST: Final = max(map(len, _SIGNS))
_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_YUAN: Final = frozenset({"", "CNY", "RMB", "CNH"})
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[Ee]-?\d{1,3})?")
_OWN_ERRORS: Final = ("Err:", "错误:")
"""How OpenOffice and LibreOffice show those that Excel has no name for: Err:508."""
_MOST: Final = 1_048_576
_COLUMNS: Final = 16_384


def examine_ods(content: Callable[[], Iterable[bytes]]) -> dict[str, SheetMarks]:
    """Sheet name → marks.

    Args:
        content: Gives ``content.xml`` block by block, as often as it is asked.

    Raises:
        UnreadableError: The part is damaged.
    """
    if not _tells(content()):
        return {}
    sheets = _Sheets()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = sheets.start
    parser.EndElementHandler = sheets.end
    parser.CharacterDataHandler = sheets.characters
    try:
        for block in content():
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except XML_DAMAGE as error:
        raise UnreadableError("表格已损坏或不完整，请用原软件打开后另存为 xlsx 再发") from error
    return sheets.marks


def _tells(blocks: Iterable[bytes]) -> bool:
    """Whether one of the signs stands in a text."""
    end = b""
    for block in blocks:
        read = end + block
        if any(sign in read for sign in _SIGNS):
            return True
        end = read[-_LONGEST:]
    return False


class _Sheets:
    """Handlers of one pass over the tables; tables inside cells are passed over."""

    def __init__(self) -> None:
        self.marks: dict[str, SheetMarks] = {}
        self._depth = 0
        self._name = ""
        self._row = self._column = self._at = 0
        self._cell = (0, 0)
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._errors: list[tuple[int, int, str]] = []
        self._merges: list[tuple[int, int, int]] = []
        self._said: list[str] | None = None
        """What a cell of a formula shows."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._start_table(attributes)
        elif self._depth != 1:
            return
        elif name == "table-column":
            times = _number(attributes, "table:number-columns-repeated", _COLUMNS)
            if attributes.get("table:visibility") in {"collapse", "filter"}:
                self._columns += range(self._column, min(self._column + times, _COLUMNS))
            self._column += times
        elif name == "table-row":
            times = _number(attributes, "table:number-rows-repeated", _MOST)
            if attributes.get("table:visibility") in {"collapse", "filter"}:
                self._rows += range(self._row + 1, min(self._row + times, _MOST) + 1)
            self._row += times
            self._at = 0
        elif name in _CELLS:
            self._start_cell(attributes)

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._name = attributes.get("table:name", "")
        self._row = self._column = 0
        self._rows, self._columns, self._errors, self._merges = [], [], [], []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        row, column = self._cell = self._row, self._at
        self._at += _number(attributes, "table:number-columns-repeated", _COLUMNS)
        down = _number(attributes, "table:number-rows-spanned", _MOST)
        if down > 1:
            self._merges.append((row - 1, row + down - 2, column))
        if "table:formula" in attributes:
            self._said = []
        if attributes.get("calcext:value-type") == "error":
            self._said = []
            self._errors.append((row, column, "#N/A"))
        elif "table:formula" in attributes and "office:value-type" not in attributes:
            self._errors.append((row, column, UNCALCULATED))
        elif (currency := attributes.get("office:currency", "")) not in _YUAN:
            amount = attributes.get("office:value", "")
            self._errors.append((row, column, f"{amount} {currency}"))
        elif attributes.get("office:value-type") == "percentage":
            share = attributes.get("office:value", "")
            if _NUMBER.fullmatch(share):
                self._errors.append((row, column, shown(share, SHARE)))
        refuse_many(len(self._errors))

    def end(self, tag: str) -> None:
        if tag == "table:table-cell" and self._said is not None:
            self._end_formula("".join(self._said).strip())
            self._said = None
        elif tag == "table:table":
            if self._depth == 1:
                self.marks[self._name] = SheetMarks(
                    tuple(self._rows), tuple(self._columns), tuple(self._errors),
                    tuple(self._merges),
                )  # fmt: skip
            self._depth -= 1

    def _end_formula(self, text: str) -> None:
        """See an error that only the text tells: OpenOffice states the number 0 beside it."""
        if text not in ERROR_VALUES and not text.startswith(_OWN_ERRORS):
            return
        if not self._errors or self._errors[-1][:2] != self._cell:
            self._errors.append((*self._cell, "#N/A"))
        if text in ERROR_VALUES:
            self._errors[-1] = (*self._cell, text)

    def characters(self, text: str) -> None:
        if self._said is not None:
            self._said.append(text)


def _number(attributes: dict[str, str], name: str, most: int) -> int:
    """A count of repetitions, 1 where none is stated."""
    text = attributes.get(name, "1")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else 1
