"""Cells of a workbook that hold nothing but a blank text, taken out: one may lie a sheet away.

A parser holds every cell between the first and the last. A blank typed by mistake into the last
corner of a sheet is no reason to refuse the two people in the first rows.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Set as AbstractSet
from typing import Final

from fpm.ingest.containers.directory import sheet_parts
from fpm.ingest.containers.package import ZIP_DAMAGE, catalogue
from fpm.ingest.limits import MIB

_MOST: Final = 64 * MIB
"""Content that is worth it: it is held twice."""
_TEXTS: Final = "xl/sharedstrings.xml"
_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED: Final = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["'][A-Z]""")
_SPACE: Final = rb"(?:\s|\xc2\xa0|\xe3\x80\x80)*"
_BLANK: Final = re.compile(
    rb"<c\s[^<>]*>(?:<f>[^<>]*</f>)?(?:<v\s*/>|<v>" + _SPACE + rb"</v>"
    rb"|<is>\s*(?:<t\b[^<>]*/>|<t\b[^<>]*>" + _SPACE + rb"</t>)?\s*</is>|<is\s*/>)</c>"
)
_SHARED: Final = re.compile(rb"""<c\s[^<>]*\bt=["']s["'][^<>]*><v>(\d{1,9})</v></c>""")
_TEXT: Final = re.compile(rb"<si>(.*?)</si>|<si\s*/>", re.DOTALL)
_BLANK_TEXT: Final = re.compile(rb"(?:<t\b[^<>]*/>|<t\b[^<>]*>" + _SPACE + rb"</t>)?", re.DOTALL)


def without_blank_cells(data: bytes) -> bytes | None:
    """An xlsx without its blank texts; None where it has none, or cannot be changed safely."""
    lean = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(lean, "w") as written:
            names = catalogue(parts)
            if sum(info.file_size for info in names.values()) > _MOST:
                return None
            sheets = sheet_parts(parts, names)
            blank = _blank_texts(parts.read(names[_TEXTS])) if _TEXTS in names else frozenset()
            changed = 0
            for part, info in names.items():
                content = parts.read(info)
                plain = _without(content, blank) if part in sheets else content
                changed += len(content) - len(plain)
                written.writestr(info.filename, plain)
    except ZIP_DAMAGE:
        return None
    return lean.getvalue() if changed else None


def _blank_texts(content: bytes) -> frozenset[bytes]:
    """The numbers of shared texts that are blank."""
    return frozenset(
        b"%d" % number
        for number, text in enumerate(_TEXT.finditer(content))
        if _BLANK_TEXT.fullmatch(text[1] or b"")
    )


def _without(content: bytes, blank: AbstractSet[bytes]) -> bytes:
    """The XML of a sheet; a cell that does not say where it is must keep the one before it."""
    if len(_CELL.findall(content)) > len(_PLACED.findall(content)):
        return content
    return _SHARED.sub(lambda cell: b"" if cell[1] in blank else cell[0], _BLANK.sub(b"", content))
