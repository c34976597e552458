"""Builders of delivered files from rows of cells."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt

Rows = Sequence[Sequence[Any]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"


def text(rows: Rows, encoding: str = "utf-8", separator: str = ",", end: str = "\r\n") -> bytes:
    """Delimited text; cells that need it are quoted."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=end).writerows(rows)
    return stream.getvalue().encode(encoding)


def bare(rows: Rows, encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Delimited text as careless programs write it: nothing is quoted."""
    return "".join(separator.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


def xlsx(
    rows: Rows | None = None,
    adorn: Callable[[Any, Any], None] | None = None,
    options: Mapping[str, Any] | None = None,
    **sheets: Rows,
) -> bytes:
    """A workbook of one sheet of ``rows`` (or of the named sheets); strings stay strings."""
    stream = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, **(options or {})}
    with xlsxwriter.Workbook(stream, settings) as book:
        for title, given in (sheets or {"东山乡": rows or []}).items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(given):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
            if adorn:
                adorn(book, sheet)
    return stream.getvalue()


def xls(rows: Rows, title: str = "东山乡") -> bytes:
    """A BIFF8 workbook, as Excel 97 to 2003 and WPS (.et) write it."""
    book = xlwt.Workbook()
    sheet = book.add_sheet(title)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as parts:
        for name, content in members.items():
            parts.writestr(name, content)
    return stream.getvalue()


def raw_parts(
    sheet: str, strings: Sequence[str] | None = None, name: str = "东山乡", settings: str = ""
) -> dict[str, str]:
    """The parts of a workbook whose only sheet holds the XML ``sheet`` inside ``worksheet``."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": (
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
            'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": _links({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/_rels/workbook.xml.rels": _links(
            {
                "rId1": ("worksheet", "worksheets/sheet1.xml"),
                **({"rId2": ("sharedStrings", "sharedStrings.xml")} if strings is not None else {}),
            }
        ),
        "xl/workbook.xml": (
            f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{settings}<sheets>'
            f'<sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        SHEET: f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = (
            f'<?xml version="1.0"?><sst xmlns="{MAIN}">'
            + "".join(f"<si>{one}</si>" for one in strings)
            + "</sst>"
        )
    return parts


def _links(targets: Mapping[str, tuple[str, str]]) -> str:
    return (
        '<?xml version="1.0"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="{key}" Type="{LINKS}/{kind}" Target="{target}"/>'
            for key, (kind, target) in targets.items()
        )
        + "</Relationships>"
    )


def sheet_data(rows: Rows, *, places: bool = True) -> str:
    """``sheetData`` with inline strings; without ``places`` no row or cell says where it is."""
    lines = []
    for number, row in enumerate(rows, 1):
        found = [
            _cell(value, f' r="{_letter(column)}{number}"' if places else "")
            for column, value in enumerate(row)
        ]
        place = f' r="{number}"' if places else ""
        lines.append(f"<row{place}>{''.join(found)}</row>")
    return f"<sheetData>{''.join(lines)}</sheetData>"


def _letter(column: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column]


def _cell(value: Any, place: str) -> str:
    if isinstance(value, int | float):
        return f"<c{place}><v>{value}</v></c>"
    return f'<c{place} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The zip with its parts changed; None drops a part."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        found = {name: change(name, parts.read(name)) for name in parts.namelist()}
    return zipped({name: content for name, content in found.items() if content is not None})


def ods(rows: Rows, title: str = "东山乡") -> bytes:
    """An OpenDocument spreadsheet."""

    def cell(value: Any) -> str:
        shown = f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}'
        return f'<table:table-cell office:value-type="string">{shown}'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    return ods_of(f'<table:table table:name="{title}">{lines}</table:table>')


def ods_of(tables: str) -> bytes:
    """An OpenDocument spreadsheet of the given tables."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def html(rows: Rows, encoding: str = "utf-8", head: str = "") -> bytes:
    """A page with one table, as web systems serve it under the name .xls."""
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>"
        for row in rows
    )
    page = f"<html><head>{head}</head><body><table>{body}</table></body></html>"
    return page.encode(encoding)


def xml_2003(rows: Rows, encoding: str = "utf-8") -> bytes:
    """XML Spreadsheet 2003."""

    def cell(value: Any) -> str:
        kind = "Number" if isinstance(value, int | float) else "String"
        return f'<Cell><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'

    lines = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    return xml_2003_of(lines, encoding)


def xml_2003_of(lines: str, encoding: str = "utf-8", doctype: str = "") -> bytes:
    """XML Spreadsheet 2003 with the given rows."""
    page = (
        f'<?xml version="1.0" encoding="{encoding}"?>{doctype}'
        '<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="东山乡"><Table>{lines}</Table></Worksheet></Workbook>'
    )
    return page.encode(encoding)


def dbf(
    fields: Sequence[tuple[str, str, int]],
    rows: Rows,
    encoding: str = "gb18030",
    deleted: Sequence[int] = (),
) -> bytes:
    """A dBASE table: fields as (name, type, width), cells as bytes or text."""
    head = b"".join(
        name.encode(encoding)[:10].ljust(11, b"\0")
        + kind.encode()
        + bytes(4)
        + bytes([width, 0])
        + bytes(14)
        for name, kind, width in fields
    )
    size = 1 + sum(width for _, _, width in fields)
    start = struct.pack("<B3sIHH20x", 3, b"\x7e\x0a\x1f", len(rows), 33 + len(head), size)

    def cell(value: Any, width: int) -> bytes:
        data = value if isinstance(value, bytes) else str(value).encode(encoding)
        return data[:width].ljust(width)

    body = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(cell(v, width) for v, (_, _, width) in zip(row, fields, strict=True))
        for number, row in enumerate(rows)
    )
    return start + head + b"\r" + body + b"\x1a"
