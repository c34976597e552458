"""A large sheet of an xlsx → rows, a slice at a time: each is parsed as a small workbook.

python-calamine holds every cell of the sheet it parses, 100 bytes each, before it gives the first
row. A slice has the rows of some MB of XML in a workbook with the texts and styles of the whole.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fpm.ingest.containers.directory import sheet_parts
from fpm.ingest.containers.marks import ODD_CONTENT
from fpm.ingest.containers.package import ZIP_DAMAGE, Book, catalogue, zip_of
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import MIB

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_LARGE: Final = 128 * MIB
"""XML of a sheet that is parsed at once; a slice costs the parsing of the shared texts."""
_SLICE: Final = 4 * MIB
_TEXTS: Final = "xl/sharedstrings.xml"
_NEEDED: Final = (
    "[content_types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    _TEXTS,
)
"""Parts of a workbook without which a sheet cannot be parsed."""
_BEGIN: Final = b"<sheetData>"
_END: Final = b"</sheetData></worksheet>"
_ROW: Final = b"<row"
_NUMBERED: Final = re.compile(rb'<row\s(?:[^<>]*\s)?r="')
_DAMAGED: Final = "表格已损坏或不完整，请用原软件打开后另存为 xlsx 再发"


def large_sheets(book: Book) -> dict[str, SlicedSheet]:
    """Sheet name → sheet, of the large ones that can be cut into slices."""
    try:
        parts = zip_of(book)
        if all(info.file_size <= _LARGE for info in parts.infolist()):
            return {}
        names = catalogue(parts)
        sheets = {
            sheet: SlicedSheet(parts, names[part], sheet)
            for part, sheet in sheet_parts(parts, names).items()
            if names[part].file_size > _LARGE
        }
    except ZIP_DAMAGE:  # the parser may do without what is damaged
        return {}
    return {name: sheet for name, sheet in sheets.items() if sheet.can_be_cut}


class SlicedSheet:
    """One sheet; its rows can be cut apart where all of them are numbered."""

    def __init__(self, parts: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
        self.name = name
        self._parts, self._part = parts, part
        with parts.open(part) as stream:
            beginning, _, _ = stream.read(MIB).rpartition(b">")
        numbered = len(_NUMBERED.findall(beginning))
        plain = _BEGIN in beginning and b"<!" not in beginning
        self.can_be_cut = plain and 0 < numbered == beginning.count(_ROW)

    def slices(self) -> Iterator[tuple[int, list[list[Any]]]]:
        """The rows, some at a time, behind the number (from 0) of the first of them.

        Raises:
            UnreadableError: The sheet is damaged, or its rows do not follow each other.
        """
        from python_calamine import CalamineError  # noqa: PLC0415 - only the parsing process

        after = 0
        try:
            for sheet in self._sheets():
                if not sheet.start or not sheet.end:
                    continue
                first, left = sheet.start
                if first < after:
                    raise UnreadableError(ODD_CONTENT)
                after = sheet.end[0] + 1
                rows = sheet.to_python()
                yield first, [[""] * left + row for row in rows] if left else rows
        except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableError(_DAMAGED) from error

    def _sheets(self) -> Iterator[CalamineSheet]:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only the parsing process

        names = catalogue(self._parts)
        needed = {
            names[name].filename: self._parts.read(names[name]) for name in _NEEDED if name in names
        }
        size = max(_SLICE, names[_TEXTS].file_size if _TEXTS in names else 0)
        for lines in self._cut(size):
            book = io.BytesIO()
            with zipfile.ZipFile(book, "w") as written:
                for name, content in needed.items():
                    written.writestr(name, content)
                with written.open(self._part.filename, "w") as part:
                    for line in lines:
                        part.write(line)
            book.seek(0)
            yield CalamineWorkbook.from_filelike(book).get_sheet_by_name(self.name)

    def _cut(self, size: int) -> Iterator[tuple[bytes, ...]]:
        """The XML of slices, each in parts."""
        with self._parts.open(self._part) as stream:
            rest = stream.read(size)
            begin = rest.find(_BEGIN) + len(_BEGIN)
            head, rest = rest[:begin], rest[begin:]
            while block := stream.read(size):
                cut = block.rfind(_ROW)
                if cut < 0:
                    rest += block
                    continue
                yield head, rest, block[:cut], _END
                rest = block[cut:]
            yield head, rest
