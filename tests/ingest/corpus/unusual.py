"""What the formats allow or forbid, and parsers read as something else, or not at all."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator

from ingest.corpus import forge
from ingest.corpus.case import ID_A, Case
from ingest.corpus.containers import PEOPLE, ROWS, TEXT, people

XLS, ODS, CSV, ZIP = (f"低保名单.{suffix}" for suffix in ("xls", "ods", "csv", "zip"))
NAME = "<text:p>张三</text:p>"
PAID = '<table:table-cell office:value-type="float" office:value="350">'
DIMENSIONS = 0x200
"""The record of an xls that states what its sheet uses: first row, row behind the last, columns."""


def cases() -> Iterator[Case]:
    """All oddities."""
    for family in (_xlsx, _ods, _xls, _xml_2003, _others):
        yield from family()


def sheet_with(old: str, new: str, *, spaced: bool = False) -> Callable[[], bytes]:
    """A workbook of the two people with something else in the XML of its sheet.

    ``spaced``: with a line for each tag of the sheet.
    """

    def build() -> bytes:
        sheet = forge.sheet_data(ROWS)
        assert old in sheet, old
        sheet = sheet.replace(old, new)
        if spaced:
            sheet = re.sub(r"<(row|/row|c|/c|v|f|is|/is)\b", r"\n  <\1", sheet)
        return forge.zipped(forge.raw_parts(sheet))

    return build


def _xlsx() -> Iterator[Case]:
    paid = '<c r="E2"><v>350</v></c>'
    without = {
        "an error": '<c r="E2" t="e"><v>#N/A</v></c>',
        "a formula with an error": '<c r="E2" t="e"><f>X</f><v>#N/A</v></c>',
        "a formula with an error that is not stated": '<c r="E2" t="e"><f>X</f></c>',
        "an error in single quotes": "<c r='E2' t='e'><v>#N/A</v></c>",
        "a formula without a result": '<c r="E2"><f>300+50</f></c>',
        "a formula with an empty result": '<c r="E2"><f>300+50</f><v/></c>',
        "a text formula without a result": '<c r="E2" t="str"><f>A1</f></c>',
        "a shared formula without a result": '<c r="E2"><f t="shared" si="0"/></c>',
        "a formula in CDATA": '<c r="E2"><f><![CDATA[1<2]]></f></c>',
        "a formula and a comment": '<c r="E2"><f>1</f><!-- 350 --></c>',
    }
    for name, cell in without.items():
        for spaced in (False, True):
            yield Case(
                f"xlsx with {name}{' and a line for each tag' * spaced}",
                sheet_with(paid, cell, spaced=spaced),
                records=PEOPLE[1:],
                aside=[(2, "E2", "error_cell")],
            )
    yield Case("xlsx with a line for each tag", sheet_with(paid, paid, spaced=True), records=PEOPLE)
    yield Case(
        "xlsx with a row hidden in single quotes",
        sheet_with('<row r="3"', "<row r=\"3\" hidden='1'"),
        records=PEOPLE,
        notes=["隐藏行（第 3 行"],
    )
    yield Case(
        "xlsx with an error that is nowhere",
        sheet_with(paid, '<c t="e"><v>#N/A</v></c>'),
        refused=["没有结果的公式"],
    )
    name = "<is><t>张三</t></is>"
    inside = "<t>王五</t>张三", "<r><t>王五</t></r>张三", "张<rPh><t>z</t></rPh>三", "张<extLst/>三"
    for text in inside:
        yield Case(
            f"xlsx with tags inside a text: {text}",
            sheet_with(name, f'<is><t xml:space="preserve">{text}</t></is>'),
            refused=["不合规范"],
        )
    for text in ("<![CDATA[张三]]>", "张<!-- 王五 -->三"):
        yield Case(
            f"xlsx with a text of pieces: {text}",
            sheet_with(name, f"<is><t>{text}</t></is>"),
            records=PEOPLE,
        )
    yield Case(
        "xlsx with a cell put into the row before",
        sheet_with('</row><row r="3">', '<c r="E3"><v>7</v></c></row><row r="3">'),
        refused=["不合规范"],
    )
    yield Case(
        "xlsx with a directory in an unknown encoding",
        lambda: forge.changed(
            forge.xlsx(ROWS),
            lambda part, text: (
                b'<?xml version="1.0" encoding="UTF-80"?>' + text.partition(b"?>")[2]
                if part == "xl/workbook.xml"
                else text
            ),
        ),
        refused=["目录已损坏"],
    )
    yield Case(
        "xlsx with a value where its text should be",
        sheet_with(paid, '<c r="E2" t="inlineStr"><v>350</v></c>'),
        refused=["不合规范"],
    )
    yield Case(
        "xlsx with a merged cell stated from below",
        lambda: forge.zipped(
            forge.raw_parts(
                forge.sheet_data([*ROWS[:2], ["", *ROWS[2][1:]]])
                + '<mergeCells><mergeCell ref="A3:A2"/></mergeCells>'
            )
        ),
        records=people(township="东山乡"),
    )


def ods_with(old: str, new: str) -> bytes:
    """An ods of the two people with something else in its content."""

    def change(name: str, part: bytes) -> bytes:
        if name != "content.xml":
            return part
        assert old.encode() in part, old
        return part.replace(old.encode(), new.encode())

    return forge.changed(forge.ods(ROWS), change)


def _ods() -> Iterator[Case]:
    box = "<draw:frame><draw:text-box><text:p>王五</text:p></draw:text-box></draw:frame>"
    box = box.replace("<draw:frame>", '<draw:frame xmlns:draw="urn:draw">')
    note = "<office:annotation><text:p>王五</text:p></office:annotation>"
    ruby = "<text:ruby><text:ruby-base>张三</text:ruby-base><text:ruby-text>z</text:ruby-text></text:ruby>"
    tracked = (
        "<table:tracked-changes><table:previous><table:change-track-table-cell "
        'office:value-type="string"><text:p>王五</text:p>'
        "</table:change-track-table-cell></table:previous></table:tracked-changes>"
    )
    untyped = 'office:value-type="string"><text:p>张三'
    changes = {
        "a text box in a cell": (NAME, NAME + box),
        "a text box before the text": (NAME, box + NAME),
        "a remark in a cell": (NAME, note + NAME),
        "a reading aid": (NAME, f"<text:p>{ruby}</text:p>"),
        "CDATA": (NAME, "<text:p><![CDATA[张三]]></text:p>"),
        "a comment in a text": (NAME, "<text:p>张<!-- 王五 -->三</text:p>"),
        "a text without a type": (untyped, "><text:p>张三"),
        "a number that is only displayed": (PAID, PAID.replace(' office:value="350"', "")),
        "blanks between the tags": ("<table:table-", "\n  <table:table-"),
        "blanks around paragraphs": ("<text:p>", "\n   <text:p>"),
        "changes that are tracked": (
            "<office:spreadsheet>",
            f"<office:spreadsheet>{tracked}",
        ),
    }
    for name, change in changes.items():
        yield Case(f"ods with {name}", lambda change=change: ods_with(*change), ODS, PEOPLE)
    inner = '<table:table><table:table-row><table:table-cell office:value-type="string">'
    inner += f"{NAME}</table:table-cell></table:table-row></table:table><!-- -->"
    yield Case(
        "ods with a table in a cell", lambda: ods_with(NAME, inner), ODS, refused=["还有表格"]
    )


def xls_with_dimensions(*stated: int) -> Callable[[], bytes]:
    """An xls of the two people whose sheet states other dimensions, in large and small sectors."""

    def build() -> bytes:
        made = forge.xls(ROWS)
        size = 14
        at = made.rindex(struct.pack("<HH", DIMENSIONS, size)) + 4
        return made[:at] + struct.pack("<IIHHH", *stated, 0) + made[at + size :]

    return build


def _xls() -> Iterator[Case]:
    for stated in ((0, 65_536, 0, 256), (0, 0x7FFFFFFF, 0, 256), (9, 2, 7, 1), (0, 0, 0, 0)):
        build = xls_with_dimensions(*stated)
        yield Case(f"xls with dimensions of {stated}", build, XLS, PEOPLE, child=True)


def _xml_2003() -> Iterator[Case]:
    def lines(*more: str) -> bytes:
        made = [
            f"<Row{one}>"
            + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
            + "</Row>"
            for one, row in zip(more, TEXT, strict=True)
        ]
        return forge.xml_2003_of("".join(made))

    first, second = people()
    yield Case(
        "xml of 2003 with a row put where one is",
        lambda: lines("", "", ' ss:Index="2"'),
        XLS,
        refused=["出现两次"],
    )
    yield Case(
        "xml of 2003 with rows that stand for several",
        lambda: lines("", ' ss:Span="3"', ""),
        XLS,
        [first, {**second, "row": 6}],
    )
    day = '<Data ss:Type="String">2026-01-05</Data>'
    for ending in ("T00:00:00Z", "T00:00:00.000Z", "T00:00:00.0"):
        moment = f'<Data ss:Type="DateTime">2026-01-05{ending}</Data>'
        yield Case(
            f"xml of 2003 with a day written {ending}",
            lambda moment=moment: lines("", "", "").replace(day.encode(), moment.encode()),
            XLS,
            PEOPLE,
        )


def _others() -> Iterator[Case]:
    yield Case(
        "csv with a NUL before each line end",
        lambda: forge.text(ROWS).replace(b"\r\n", b"\0\r\n"),
        CSV,
        PEOPLE,
    )

    broken = forge.zipped({"低\n保.csv": forge.text(ROWS)}, zipfile.ZIP_STORED)
    yield Case(
        "zip with a damaged file whose name has two lines",
        lambda: broken.replace("张三".encode(), "王三".encode()),
        ZIP,
        refused=["低␊保.csv", "已损坏"],
    )
    for name, sign in (("two lines", "&#10;"), ("a sign that turns it", "&#8238;")):
        yield Case(
            f"a sheet too large whose name has {name}",
            lambda sign=sign: forge.changed(
                forge.xlsx(ROWS),
                lambda part, text: (
                    text.replace("东山乡".encode(), f"东{sign}山".encode())
                    if part == "xl/workbook.xml"
                    else text
                ),
            ),
            limits={"cells": 3},
            refused=["超过上限"],
        )

    yield Case(
        "zip with a damaged file named by an ID number",
        lambda: forge.zipped({f"张三{ID_A}.xlsx": b"PK\3\4"}),
        ZIP,
        refused=["张三999901********371X.xlsx"],
    )

    for limit, words in (("whole_bytes", "行列整齐"), ("parts", "个部件")):
        yield Case(
            f"a workbook beyond the limit of {limit}",
            lambda: forge.xlsx(ROWS),
            limits={limit: 3},
            refused=[words],
        )

    def nameless() -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as parts:
            parts.writestr("x", forge.text(ROWS))
        return made.getvalue().replace(b"x", b"\0")

    yield Case("zip with a file without a name", nameless, ZIP, refused=None)
