"""Workbooks whose cells are all written alike → sheets, without a parser.

Lists are written row after row. A cell holds its text (``<c r="B7" t="inlineStr"><is><t>…</t></is>
</c>``), the number of a shared one (``<c r="B7" t="s"><v>3</v></c>``), or a number in full
(``<c r="C7"><v>5000</v></c>``). Where the tags of a sheet follow each other in no other way, what
stands between them is what its cells hold, and a search for tags takes a third of a parser's time
and leaves nothing that the parser would not tell (see ``parts``). Everything else is left to the
parser.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from functools import reduce
from typing import Final
from xml.parsers import expat

import numpy as np

from fpm.ingest.containers.directory import STYLES, WORKBOOK, sheet_parts
from fpm.ingest.containers.marks import SheetMarks
from fpm.ingest.containers.package import XML_DAMAGE, ZIP_DAMAGE, catalogue
from fpm.ingest.containers.regular_rows import ROW_TAG, Filled, Rows
from fpm.ingest.containers.regular_tags import Codes, IrregularError, demand, joined, pieces
from fpm.ingest.containers.regular_texts import Texts, shared_texts
from fpm.ingest.containers.sheet_marks import find_marks
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import MIXED, TEXTS, US, Cells, RawSheet, SheetHead
from fpm.ingest.limits import MIB, Limits

_MOST: Final = 64 * MIB
"""Content of a workbook that is held as a whole."""
_TIMES: Final = 7
"""So many times its content takes a workbook, at most, of the memory that a parser may use."""
_MOST_AROUND: Final = MIB
"""Bytes before and behind the rows of a sheet."""
_MOST_ROWS: Final = 1_048_576
"""Rows of a sheet in every spreadsheet program."""
_SPARSE: Final = 16
"""A sheet has so many cells for each one that is filled, at most."""
_NARROWEST, _WIDEST = 2, 256
"""Columns: ``wire.encode_rows`` adds some to the narrowest and takes blank ones off wider ones."""
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
_FORMATS: Final = re.compile(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.DOTALL)
_FORMAT: Final = re.compile(rb'<xf\b[^>]*?\bnumFmtId="(\d+)"')
_NUMBERS: Final = frozenset({0, 1, 2, 3, 4, 49})
"""Formats that show a number as it is (ECMA-376 part 1, 18.8.30)."""
_DEFINED: Final = re.compile(rb'<numFmt\b[^>]*?\bnumFmtId="(\d+)"[^>]*?\bformatCode="([^"]*)"')
_FIRST_DEFINED: Final = 164
"""The first format that a workbook may define itself."""
_DIGITS: Final = re.compile(rb"[0#,]*[0#](?:\.[0#]+)?")
"""A format that does so."""
_ESCAPED: Final = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_SIGNS_OF_TYPE: Final = (b".0", b"e+", b" 00:00:00")
"""Of them is taken off or written otherwise what stands for a number or day (``trimming``)."""
_STRANGE: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES: Final = (
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
    (b"&quot;", b'"'),
    (b"&apos;", b"'"),
    (b"&amp;", b"&"),
)


def regular_sheets(data: bytes, limits: Limits) -> list[tuple[RawSheet, SheetMarks]] | None:
    """All sheets of a workbook in which every cell is written in one of the common ways.

    Returns:
        The sheets as the parser would give them, each with what its parts tell; None where the
        parser must be asked, if only why the workbook cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return _sheets(parts, limits)
    except (IrregularError, UnreadableError, RuntimeError, *ZIP_DAMAGE):
        return None


def _sheets(parts: zipfile.ZipFile, limits: Limits) -> list[tuple[RawSheet, SheetMarks]]:
    names = catalogue(parts)
    most = min(_MOST, limits.text_bytes, limits.memory_bytes // _TIMES)
    demand(sum(info.file_size for info in names.values()) <= most)
    demand(WORKBOOK in names and STYLES in names)
    sheets = sheet_parts(parts, names)
    demand(0 < len(set(sheets.values())) == len(sheets) <= limits.members)
    demand(all(part.startswith("xl/worksheets/") for part in sheets))
    others = {
        part: parts.read(info)
        for part, info in names.items()
        if part.endswith((".xml", ".rels")) and part not in sheets
    }
    demand(all(b"<!" not in content for content in others.values()))
    demand(not _SETTLED.search(others[WORKBOOK]))
    demand(len(_SHEET.findall(others[WORKBOOK])) == len(sheets))
    plain = _plain_styles(others[STYLES])
    texts = _texts(others.get(_TEXTS, b""))
    return [
        _sheet(name, parts.read(names[part]), texts, plain, limits) for part, name in sheets.items()
    ]


def _texts(content: bytes) -> Texts:
    """The texts that cells share, if any."""
    texts = shared_texts(content)
    if len(texts.starts):
        demand(_PROLOG.match(content))
        _demand_well_formed(texts.around)
    return texts


def _plain_styles(styles: bytes) -> list[int]:
    """The styles under which a number is meant as it stands: no day, no share, no thousands."""
    defined = {int(number): code for number, code in _DEFINED.findall(styles)}
    demand(all(number >= _FIRST_DEFINED for number in defined))
    plain = _NUMBERS | {number for number, code in defined.items() if _DIGITS.fullmatch(code)}
    found = _FORMATS.search(styles)
    formats = [int(number) for number in _FORMAT.findall(found[1])] if found else []
    demand(plain.issuperset(formats[:1]))  # that of cells which name none
    return [style for style, number in enumerate(formats) if number in plain]


def _sheet(
    name: str, content: bytes, texts: Texts, plain: Sequence[int], limits: Limits
) -> tuple[RawSheet, SheetMarks]:
    begin, end = content.find(_BEGIN[:-1]) + len(_BEGIN), content.rfind(_END)
    demand(_PROLOG.match(content) and content[:begin].endswith(_BEGIN) and begin < end)
    around = content[:begin] + content[end:]
    _demand_well_formed(around)
    size = np.int32(len(content))
    found = _filled(content, begin, end, plain).with_texts(texts.starts + size, texts.ends + size)
    demand(len(found.row))
    height, width = int(found.row.max()) + 1, int(found.column.max()) + 1
    demand(height <= _MOST_ROWS)
    demand(height * width <= min(limits.cells, _SPARSE * len(found.row)) and width <= _WIDEST)
    width = max(width, _NARROWEST)
    starts = np.zeros((width, height), dtype=np.int32)
    ends = np.zeros((width, height), dtype=np.int32)
    starts[found.column, found.row], ends[found.column, found.row] = found.starts, found.ends
    codes = np.frombuffer(content + texts.content, dtype=np.uint8)
    mixed = np.zeros(width, dtype=np.bool_)
    mixed[found.column[found.is_number]] = True
    columns = zip(mixed.tolist(), starts, ends, strict=True)
    block = tuple(
        Cells(MIXED if is_mixed else TEXTS, _text(joined(codes, *both), height, is_mixed=is_mixed))
        for is_mixed, *both in columns
    )
    return RawSheet(SheetHead(name, width), [block]), find_marks(around)


def _filled(content: bytes, begin: int, end: int, plain: Sequence[int]) -> Filled:
    """The filled cells of the XML of a sheet, whose rows stand from ``begin`` to ``end``."""
    found: list[Filled] = []
    above = 0
    for place, piece in pieces(content, begin, end, ROW_TAG):
        rows = Rows.of(piece)
        numbers = rows.row_numbers(above)
        above = int(numbers[-1])
        found.append(rows.cells(numbers, plain).moved(place))
    return Filled(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _demand_well_formed(around: bytes) -> None:
    """See that what stands around the rows is XML, and declares nothing."""
    demand(len(around) <= _MOST_AROUND and b"<!" not in around)
    try:
        expat.ParserCreate().Parse(around, True)
    except XML_DAMAGE as error:
        raise IrregularError from error


def _text(cells: Codes, count: int, *, is_mixed: bool) -> bytes:
    """The text of so many joined cells: UTF-8 without control characters or unusual escapes.

    Beside numbers there is none that looks like a number or day of the parser's.
    """
    written = cells.tobytes()
    controls = count + written.count(b"\n") + written.count(b"\t")
    demand(np.count_nonzero(cells < ord(" ")) == controls and written.count(US) == count)
    try:
        written.decode()
    except UnicodeDecodeError as error:
        raise IrregularError from error
    demand(not (b"_x" in written and _ESCAPED.search(written)))
    demand(not (is_mixed and any(sign in written for sign in _SIGNS_OF_TYPE)))
    if b"&" in written:
        demand(not _STRANGE.search(written))
        written = reduce(lambda text, pair: text.replace(*pair), _ENTITIES, written)
    return written[:-1]
