"""The parts of a zipped workbook by the names the format gives them, and their repair.

Part names are paths with ``/``, compared without regard to case (ECMA-376 part 2, 6.2.2). Some
exporters write a backslash or another case, leave out the root relations, state impossible
dimensions or counts, or write a new error value; Excel opens such files, the parser does not.
"""

from __future__ import annotations

import codecs
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Container
from pathlib import Path
from typing import Final, NoReturn
from xml.parsers import expat

from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import MIB

ZIP_DAMAGE: Final = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    zlib.error,
)
"""What the zip module raises for one that is damaged or of an unknown kind."""
XML_DAMAGE: Final = (expat.ExpatError, LookupError, ValueError)
"""What expat raises for a part that is damaged or in an unknown encoding."""
Book = bytes | Path
"""A workbook, or where it lies."""
ZIP: Final = b"PK"
"""Begins a zipped one."""
_MOST: Final = 64 * MIB
"""Content of a workbook that is worth repairing in memory: it is held there twice."""
_SPELLED: Final = {
    name.lower(): name
    for name in ("[Content_Types].xml", "xl/sharedStrings.xml", "xl/vbaProject.bin")
}
_DIMENSION: Final = re.compile(rb"<(?:\w+:)?dimension\b[^<>]*?(?:/>|>\s*</(?:\w+:)?dimension>)")
_NEW_ERROR: Final = re.compile(
    rb"(<(?:\w+:)?v>)#(?:GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|PYTHON!)(?=<)"
)
"""Error values younger than the parser; the pass over the parts tells which cells they are in."""
_STATED_COUNT: Final = re.compile(
    rb"""(<(?:\w+:)?sst\b[^<>]*?)\s(?:uniqueCount|count)=["'][^"'<>]*["']"""
)
_TARGET: Final = re.compile(rb'(\bTarget=")([^"<>:]*)(")')
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^<>]*\?>")
_ROOT: Final = "_rels/.rels"
_ROOT_RELATIONS: Final = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Target="xl/workbook.xml" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def zip_of(book: Book) -> zipfile.ZipFile:
    """The zip that a workbook is.

    Raises:
        ZIP_DAMAGE: It is damaged.
    """
    return zipfile.ZipFile(io.BytesIO(book) if isinstance(book, bytes) else book)


def refuse_dtd(*_: object) -> NoReturn:
    """Refuse a part with a document type declaration; also a handler of expat's for one."""
    raise UnreadableError("XML 中含有 DTD 声明，为安全起见不读；请另存为 xlsx 再发")


def plain_name(name: str) -> str:
    """A part's name as it is compared."""
    return name.replace("\\", "/").strip("/").lower()


def target_name(target: str, folder: str = "xl") -> str:
    """The plain name of the part that a relation of a part in ``folder`` points to."""
    path = target.replace("\\", "/")
    return plain_name(posixpath.normpath(path if path.startswith("/") else f"{folder}/{path}"))


def catalogue(parts: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Plain name → part.

    Raises:
        UnreadableError: Two parts have the same name, so that nobody knows which one holds.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for info in parts.infolist():
        if info.filename.endswith("/"):
            continue
        name = plain_name(info.filename)
        if name in found:
            raise UnreadableError("压缩结构里有同名的部件，请用原软件打开后另存为 xlsx 再发")
        found[name] = info
    return found


def in_utf8(book: Book) -> Book:
    """The workbook, with its parts in UTF-8 where one is in UTF-16: the parser knows no other.

    Part 1 of ECMA-376 allows both. A workbook too large to be held twice, or damaged, stays as it
    is.
    """
    try:
        with zip_of(book) as parts:
            wide = {info.filename for info in parts.infolist() if _is_wide(parts, info)}
            if not wide or sum(info.file_size for info in parts.infolist()) > _MOST:
                return book
            return _recoded(parts, wide)
    except (*ZIP_DAMAGE, RuntimeError):  # the parser will say so
        return book


def _is_wide(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    if not info.filename.lower().endswith((".xml", ".rels")):
        return False
    with parts.open(info) as part:
        return part.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}


def _recoded(parts: zipfile.ZipFile, wide: Container[str]) -> bytes:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as written:
        for info in parts.infolist():
            content = parts.read(info)
            if info.filename in wide:
                content = _DECLARED.sub(b"", content.decode("utf-16").encode(), count=1)
            written.writestr(info.filename, content)
    return plain.getvalue()


def tidied(data: bytes) -> bytes:
    """An xlsx with parts named and linked as the format asks, without stated dimensions or counts.

    Raises:
        UnreadableError: Too large to be worth it, or parts of the same name.
        ZIP_DAMAGE: A part is damaged.
    """
    tidy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(tidy, "w") as written:
        found = catalogue(parts)
        if sum(info.file_size for info in found.values()) > _MOST:
            raise UnreadableError("结构不合规范，请用原软件打开后另存为 xlsx 再发")
        for name, info in found.items():
            content = parts.read(info)
            if name.startswith("xl/worksheets/"):
                content = _NEW_ERROR.sub(rb"\1#N/A", _DIMENSION.sub(b"", content, count=1))
            elif name == "xl/sharedstrings.xml":
                content = _STATED_COUNT.sub(rb"\1", _STATED_COUNT.sub(rb"\1", content, 1), 1)
            elif name == "xl/_rels/workbook.xml.rels":
                content = _TARGET.sub(_absolute, content)
            written.writestr(_SPELLED.get(name, name), content)
        if _ROOT not in found:
            written.writestr(_ROOT, _ROOT_RELATIONS)
    return tidy.getvalue()


def _absolute(target: re.Match[bytes]) -> bytes:
    name = target_name(target[2].decode("utf-8", "replace"))
    return target[1] + b"/" + _SPELLED.get(name, name).encode() + target[3]
