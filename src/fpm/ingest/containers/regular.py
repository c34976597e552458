"""Workbooks whose cells are all written alike → sheets, without a parser.

Lists are written row after row. A cell holds its text (``<c r="B7" t="inlineStr"><is><t>…</t></is>
</c>``), the number of a shared one (``<c r="B7" t="s"><v>3</v></c>``), or a number or a day
(``<c r="C7"><v>5000</v></c>``), perhaps behind its formula. Where the tags of a sheet follow each
other in no other way, what stands between them is what its cells hold, and to look for tags takes
a fraction of a parser's time and leaves nothing that the parser would not tell (see ``parts``).
Everything else is left to the parser.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Final

from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.containers.directory import STYLES, WORKBOOK, sheet_parts
from fpm.ingest.containers.marks import SheetMarks
from fpm.ingest.containers.package import ZIP_DAMAGE, Book, catalogue, zip_of
from fpm.ingest.containers.regular_blocks import Blocks, Shared
from fpm.ingest.containers.regular_numbers import meanings
from fpm.ingest.containers.regular_parts import RepeatedElements
from fpm.ingest.containers.regular_rows import ROW_TAG
from fpm.ingest.containers.regular_tags import Codes, IrregularError, demand
from fpm.ingest.containers.regular_texts import END_OF_TEXTS, FIRST_TEXT, Texts, shared_texts
from fpm.ingest.containers.sheet_marks import find_marks
from fpm.ingest.containers.sniff import TooSlowError, UnreadableError
from fpm.ingest.containers.wire import Block, RawSheet, SheetHead
from fpm.ingest.deadline import Deadline
from fpm.ingest.limits import MIB, Limits

_AT_ONCE: Final = 64 * MIB
"""XML of sheets, and text of one of them, of which all is looked at before any of it is used."""
_MOST_OTHERS: Final = 16 * MIB
"""XML that is neither of a sheet nor of the texts they share."""
_TIMES: Final = 2
"""So many times the size of the shared texts is the memory that a parser may use, at least."""
_FEW: Final = 1024
"""A part for shared texts so small may hold none."""
_TEXTS: Final = "xl/sharedstrings.xml"
_BEGIN: Final = b"<sheetData>"
_END: Final = b"</sheetData>"
_PROLOG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"']"
    rb"(?: encoding=[\"'](?:UTF|utf)-8[\"'])?(?: standalone=[\"']yes[\"'])?\s*\?>\s*)?<\w"
)
_SHEET: Final = re.compile(rb"<sheet\s")
_SETTLED: Final = re.compile(rb"\bstate=(?!\"visible\")|\bdate1904=")
"""What a workbook says of hidden sheets and of its calendar."""
_CALCULATED_LATER: Final = b"fullCalcOnLoad="
"""Says that results may be those of a program that calculates nothing (see ``directory``)."""
_FORMATS: Final = re.compile(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.DOTALL)
_FORMAT: Final = re.compile(rb'<xf\b[^>]*?\bnumFmtId="(\d+)"')
_DEFINED: Final = re.compile(rb'<numFmt\b[^>]*?\bnumFmtId="(\d+)"[^>]*?\bformatCode="([^"]*)"')


def regular_book(book: Book, limits: Limits) -> RegularBook | None:
    """A workbook in which every cell may be written in one of the common ways.

    Returns:
        None where the parser must be asked, if only why the workbook cannot be read.
    """
    with contextlib.suppress(IrregularTextError), _left_to_the_parser():
        return RegularBook(zip_of(book), limits)
    return None


@contextlib.contextmanager
def _left_to_the_parser() -> Iterator[None]:
    """Turn whatever is found into ``IrregularTextError``."""
    try:
        yield
    except TooSlowError:
        raise
    except (IrregularError, UnreadableError, RuntimeError, *ZIP_DAMAGE) as error:
        raise IrregularTextError from error


class RegularBook:
    """A workbook that is regular, as far as was seen."""

    def __init__(self, parts: zipfile.ZipFile, limits: Limits) -> None:
        """Look at the parts that are no sheets.

        Raises:
            IrregularError: They are not regular.
            UnreadableError, ZIP_DAMAGE: They cannot be read.
        """
        names = catalogue(parts)
        demand(WORKBOOK in names)
        sheets = sheet_parts(parts, names)
        demand(0 < len(set(sheets.values())) == len(sheets) <= limits.members)
        demand(all(part.startswith("xl/worksheets/") for part in sheets))
        others = {
            part: info
            for part, info in names.items()
            if part.endswith((".xml", ".rels")) and part not in {_TEXTS, *sheets}
        }
        demand(sum(info.file_size for info in others.values()) <= _MOST_OTHERS)
        contents = {part: parts.read(info) for part, info in others.items()}
        demand(all(b"<!" not in content for content in contents.values()))
        demand(not _SETTLED.search(contents[WORKBOOK]))
        demand(len(_SHEET.findall(contents[WORKBOOK])) == len(sheets))
        self._parts, self._limits = parts, limits
        self._sheets = {sheet: names[part] for part, sheet in sheets.items()}
        self._shared = Shared(
            _meanings(contents.get(STYLES, b"")),
            _texts(parts, names.get(_TEXTS), limits),
            are_results_final=_CALCULATED_LATER not in contents[WORKBOOK],
        )
        self.is_long = sum(info.file_size for info in self._sheets.values()) > _AT_ONCE
        """Whether its sheets should be read as streams."""

    def held(self) -> list[tuple[RawSheet, SheetMarks]] | None:
        """The sheets as the parser would give them, each with what its parts tell.

        Returns:
            None where one is not regular.
        """
        with contextlib.suppress(IrregularTextError), _left_to_the_parser():
            return [self._held(name, elements) for name, elements in self._rows()]
        return None

    def _held(self, name: str, elements: RepeatedElements) -> tuple[RawSheet, SheetMarks]:
        blocks: list[Block] = []
        held = 0
        for block in self._blocks(elements):
            blocks.append(block)
            held += sum(len(cells.data) for cells in block)
            demand(held <= _AT_ONCE)
        width = max(map(len, blocks), default=0)
        demand(width)
        return RawSheet(SheetHead(name, width), blocks), find_marks(elements.around())

    def streams(self) -> Iterator[RawSheet]:
        """The same sheets while they are read; below its first rows one may become wider.

        Raises:
            IrregularTextError: They are not regular, or not to be read.
        """
        for name, elements in self._rows():
            blocks = self._streamed(elements)
            first = next(blocks, ())
            yield RawSheet(SheetHead(name, len(first)), chain(filter(None, [first]), blocks))

    def _streamed(self, elements: RepeatedElements) -> Iterator[Block]:
        with _left_to_the_parser():
            yield from self._blocks(elements)

    def marks(self) -> dict[str, SheetMarks]:
        """Sheet name → what its parts tell; no look is taken at the rows.

        Raises:
            IrregularTextError: As by ``streams``.
            TooSlowError: It takes longer than a file may.
        """
        deadline = Deadline(self._limits.seconds)
        marks = {}
        with _left_to_the_parser():
            for name, elements in self._rows():
                deque(deadline.watched(elements.pieces()), maxlen=0)
                marks[name] = find_marks(elements.around())
        return marks

    def _rows(self) -> Iterator[tuple[str, RepeatedElements]]:
        for name, part in self._sheets.items():
            yield name, RepeatedElements(self._parts, part, ROW_TAG, _END)

    def _blocks(self, elements: RepeatedElements) -> Iterator[Block]:
        blocks = Blocks(self._shared, self._limits)
        for piece in elements.pieces():
            _demand_beginning(elements.before)
            yield from blocks.of(piece)


def _demand_beginning(before: bytes) -> None:
    """See that rows stand where they should, in a part whose encoding is known."""
    demand(_PROLOG.match(before) and before.endswith(_BEGIN) and before.count(_BEGIN[:-1]) == 1)


def _texts(parts: zipfile.ZipFile, part: zipfile.ZipInfo | None, limits: Limits) -> Texts:
    """The texts that cells share, if any."""
    if part is None or (part.file_size < _FEW and FIRST_TEXT not in parts.read(part)):
        return Texts()
    demand(part.file_size <= limits.memory_bytes // _TIMES)
    elements = RepeatedElements(parts, part, FIRST_TEXT, END_OF_TEXTS)
    texts = shared_texts(elements, part.file_size)
    demand(_PROLOG.match(elements.around()))
    return texts


def _meanings(styles: bytes) -> Codes:
    defined = {int(number): code for number, code in _DEFINED.findall(styles)}
    found = _FORMATS.search(styles)
    used = [int(number) for number in _FORMAT.findall(found[1])] if found else []
    return meanings(used or [0], defined)
