"""An ods as its parser understands it.

python-calamine reads the text boxes and reading aids of a cell as its text, leaves text out that
stands in CDATA or in a cell without a type, takes a number that is only displayed for none, and
fails on blanks between the tags. OpenDocument 1.3, part 3, allows all of these: such content is
written anew with what the cells hold, and nothing else.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from fpm.ingest.containers.package import XML_DAMAGE, ZIP_DAMAGE, Book, refuse_dtd, zip_of
from fpm.ingest.containers.sniff import UnreadableError

_CONTENT: Final = "content.xml"
_BESIDE: Final = {
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": (
        b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    ),
}
"""Parts without which the parser fails; they say nothing that the content does not."""
_SIGNS: Final = (b"<!", b"<draw:", b"<text:ruby", b">\n", b">\r", b">\t", b"> <")
"""Without one of these there is nothing beside the cells, and nothing between the tags."""
_NUMBERS: Final = (b"float", b"currency", b"percentage")
_CELL: Final = "table:table-cell"
_NO_CELLS: Final = frozenset({"table:tracked-changes", "table:shapes", "office:forms"})
_NO_TEXT: Final = frozenset({"text:ruby-text", "text:note"})
_IN_QUOTES: Final = str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
_TYPE: Final = "office:value-type"
_STATED: Final = {
    "float": "office:value",
    "percentage": "office:value",
    "currency": "office:value",
    "date": "office:date-value",
    "time": "office:time-value",
    "boolean": "office:boolean-value",
}
"""Where a cell of a type has its value."""


def plain_ods(book: Book) -> Book:
    """The ods itself, or one with the same cells that its parser understands.

    Raises:
        UnreadableError: The content is damaged, has a DTD, or tables inside its cells.
    """
    try:
        with zip_of(book) as parts:
            names = parts.namelist()
            if _CONTENT not in names:
                return book
            content = parts.read(_CONTENT)
            beside = {name: parts.read(name) for name in _BESIDE if name in names}
    except (*ZIP_DAMAGE, RuntimeError):  # the parser will say so
        return book
    if len(beside) == len(_BESIDE) and not _is_odd(content):
        return book
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as written:
        for name, part in {**_BESIDE, **beside}.items():
            written.writestr(name, part)
        written.writestr(_CONTENT, _Plain().written(content))
    return plain.getvalue()


def _is_odd(content: bytes) -> bool:
    root = content.find(b"<office:")
    if any(content.find(sign, root) >= 0 for sign in _SIGNS):
        return True
    types = content.count(b" office:value-type=")
    numbers = sum(content.count(b' office:value-type="%b"' % kind) for kind in _NUMBERS)
    if numbers > content.count(b" office:value="):
        return True
    return content.count(b"</table:table-cell>") > types


class _Plain:
    """One pass over the content that writes what belongs to the cells."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._skipped = 0
        self._cell: tuple[int, dict[str, str]] | None = None
        """Where the cell being read stands in what is written, and its attributes."""
        self._paragraphs = 0
        self._has_text = False

    def written(self, content: bytes) -> bytes:
        """The content anew."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(content, True)
        except XML_DAMAGE as error:
            raise UnreadableError("表格已损坏或不完整，请用原软件打开后另存为 xlsx 再发") from error
        return "".join(self._out).encode()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipped or self._is_beside(tag):
            self._skipped += 1
            return
        self._paragraphs += tag == "text:p"
        if tag == _CELL:
            self._cell = len(self._out), attributes
            self._has_text = False
        self._out.append(_opening(tag, attributes))

    def _is_beside(self, tag: str) -> bool:
        """Whether an element is no part of any cell's value."""
        if self._cell is None:
            return tag in _NO_CELLS
        if tag == "table:table":
            raise UnreadableError("单元格里还有表格，请用原软件打开后另存为 xlsx 再发")
        return tag in _NO_TEXT or not tag.startswith("text:")

    def _end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        self._paragraphs -= tag == "text:p"
        if tag == _CELL and self._cell is not None:
            at, attributes = self._cell
            if self._has_text and not _has_value(attributes):
                self._out[at] = _opening(tag, {**attributes, _TYPE: "string"})
            self._cell = None
        self._out.append(f"</{tag}>")

    def _characters(self, text: str) -> None:
        if self._paragraphs and not self._skipped:
            self._has_text = True
            self._out.append(_escaped(text))


def _has_value(attributes: Mapping[str, str]) -> bool:
    """Whether a cell states its value, or is known to hold text or a formula without result."""
    kind = attributes.get(_TYPE)
    if kind is None:
        return "table:formula" in attributes
    return kind not in _STATED or _STATED[kind] in attributes


def _opening(tag: str, attributes: Mapping[str, str]) -> str:
    written = (
        f' {name}="{_escaped(text).translate(_IN_QUOTES)}"' for name, text in attributes.items()
    )
    return f"<{tag}{''.join(written)}>"


def _escaped(text: str) -> str:
    """``xml.sax.saxutils`` has that, too, and loads all that speaks with a network."""
    return html.escape(text, quote=False)
