"""The directory of a workbook: which of its parts holds which sheet; and what begins a part."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Final
from xml.parsers import expat

from fpm.ingest.containers import number_formats
from fpm.ingest.containers.package import XML_DAMAGE, refuse_dtd, target_name
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import MIB

_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00D\x00O\x00C|\x00<\x00!\x00D\x00O")
_SETTINGS_BYTES: Final = 8 * MIB
WORKBOOK: Final = "xl/workbook.xml"
STYLES: Final = "xl/styles.xml"
_GROUPS: Final = frozenset({"numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
"""Groups of styles, of which ``cellXfs`` are those that cells name by their number."""
_ROOT: Final = re.compile(rb"<\x00?[A-Za-z_]")


def sheet_parts(parts: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Part name → sheet name, from the workbook's own list."""
    if WORKBOOK not in names:
        return {}
    targets = {
        link.get("Id", ""): target_name(link.get("Target", ""))
        for tag, link in _tags(parts, names.get("xl/_rels/workbook.xml.rels"))
        if tag == "Relationship" and link.get("TargetMode") != "External"
    }
    found: dict[str, str] = {}
    for tag, sheet in _tags(parts, names[WORKBOOK]):
        if tag != "sheet":
            continue
        part = targets.get(sheet.get("id", ""), "")
        if part not in names:
            raise UnreadableError(
                f"缺少工作表“{sheet.get('name', '')}”的内容，文件不完整，请重新导出"
            )
        found[part] = sheet.get("name", "")
    if any(part.endswith("sharedstrings.xml") and part not in names for part in targets.values()):
        raise UnreadableError("缺少文字部件，文件不完整，请重新导出")
    return found


def styles_in_question(
    parts: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo]
) -> dict[int, str]:
    """The cell styles under which a number means something else, with their formats."""
    if STYLES not in names or names[STYLES].file_size > _SETTINGS_BYTES:
        return {}
    formats: dict[int, str] = {}
    used: list[int] = []
    group = ""
    for tag, style in _tags(parts, names[STYLES]):
        if tag in _GROUPS:
            group = tag
        elif tag == "numFmt" and group != "dxfs":
            formats[_whole(style.get("numFmtId"))] = style.get("formatCode", "")
        elif tag == "xf" and group == "cellXfs":
            used.append(_whole(style.get("numFmtId")))
    return number_formats.styles_in_question(formats, used)


def calculates_later(parts: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo]) -> bool:
    """Whether the results of formulas hold until a spreadsheet opens the file: programs write 0."""
    return any(
        tag == "calcPr" and settings.get("fullCalcOnLoad") in {"1", "true"}
        for tag, settings in _tags(parts, names.get(WORKBOOK))
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _tags(
    parts: zipfile.ZipFile, part: zipfile.ZipInfo | None
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Tags of a small part with their attributes, prefixes taken off."""
    if part is None:
        return
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        found.append((tag.rpartition(":")[2], plain))

    with parts.open(part) as stream:
        content = stream.read(_SETTINGS_BYTES)
    check_prolog(content)
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except XML_DAMAGE as error:
        raise UnreadableError("工作簿目录已损坏，请用原软件打开后另存为 xlsx 再发") from error
    yield from found


def check_prolog(text: bytes) -> bool:
    """Refuse a DTD, which can only stand before the root element; True while still before it."""
    text = _without_comments(text)
    root = _ROOT.search(text)
    if _DOCTYPE.search(text, 0, root.start() if root else len(text)):
        refuse_dtd()
    return root is None


def _without_comments(text: bytes) -> bytes:
    kept = []
    position = 0
    while (start := text.find(b"<!--", position)) >= 0:
        end = text.find(b"-->", start)
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + 3
    return b"".join([*kept, text[position:]])
