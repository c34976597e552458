"""Files made to lie, to kill or to eat the machine: parsed in the child, as in earnest."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from ingest.corpus import forge
from ingest.corpus.case import ID_A, Case
from ingest.corpus.containers import PEOPLE, ROWS

BOOK = "低保名单.xlsx"
BILLION = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def book(
    change: Callable[[str], str] = str, strings: Any = None, **more: Any
) -> Callable[[], bytes]:
    """A workbook of the two people whose sheet XML is changed."""
    return lambda: forge.zipped(forge.raw_parts(change(forge.sheet_data(ROWS)), strings, **more))


def part(name: str, change: Callable[[bytes], bytes | None]) -> Callable[[], bytes]:
    """A workbook with shared strings, one of whose parts is changed."""
    return lambda: forge.changed(
        forge.xlsx(ROWS), lambda found, content: change(content) if found == name else content
    )


def cases() -> Iterator[Case]:
    """All traps."""
    yield from (*_lies(), *_bombs(), *_markup(), *_contents(), *_texts(), *_noise())


def _trap(name: str, build: Callable[[], bytes], *refused: str, **more: Any) -> Case:
    return Case(name, build, more.pop("file", BOOK), refused=refused, child=True, **more)


def _read(name: str, build: Callable[[], bytes], records: Any = PEOPLE, **more: Any) -> Case:
    return Case(name, build, more.pop("file", BOOK), records, child=True, **more)


def _lies() -> Iterator[Case]:
    for declared in ("x", "", "A0:F0", "A1", "A1:B2", "A1:XFD1048576", "XFD1048576"):
        yield _read(
            f"a dimension of {declared!r}",
            book(lambda text, one=declared: f'<dimension ref="{one}"/>{text}'),
        )
    many = b'count="4294967295" uniqueCount="4294967295"'
    yield _read(
        "four billion strings announced",
        part(
            "xl/sharedStrings.xml",
            lambda text: (
                text.replace(b'count="12" uniqueCount="12"', many).replace(
                    b"<sst ", b"<sst " + many + b" "
                )
                if b'count="12"' not in text
                else text.replace(b'count="12" uniqueCount="12"', many)
            ),
        ),
    )
    yield _read(
        "merged cells announced by the million",
        book(
            lambda text: (
                text + '<mergeCells count="4000000000"><mergeCell ref="H1:I1"/></mergeCells>'
            )
        ),
    )
    yield _trap(
        "a string beyond the last",
        book(lambda text: text.replace(_name(3), '<c r="B3" t="s"><v>99</v></c>'), []),
        "",
    )
    yield _trap(
        "strings without their part",
        book(lambda text: text.replace(_name(3), '<c r="B3" t="s"><v>0</v></c>')),
        "",
    )
    yield _trap(
        "the strings part missing", part("xl/sharedStrings.xml", lambda _: None), "缺少文字部件"
    )
    yield _trap("a sheet part missing", part(forge.SHEET, lambda _: None), "缺少工作表")
    yield _trap(
        "the workbook part missing", part("xl/workbook.xml", lambda _: None), "缺少工作簿部件"
    )
    yield _trap(
        "the links of the workbook missing", part("xl/_rels/workbook.xml.rels", lambda _: None), ""
    )
    yield _trap(
        "links in a circle",
        part(
            "xl/_rels/workbook.xml.rels",
            lambda text: text.replace(b"worksheets/sheet1.xml", b"workbook.xml"),
        ),
        "",
    )
    yield _read("a style part missing", part("xl/styles.xml", lambda _: None))
    yield _trap(
        "a cell in the last corner",
        book(
            lambda text: text.replace(
                "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            )
        ),
        "",
    )
    for name, content in {
        "no text": ' t="inlineStr"><is><t></t></is>',
        "a blank": ' t="inlineStr"><is><t xml:space="preserve"> </t></is>',
        "a result": ' t="str"><f>IF(A2="","",A2)</f><v></v>',
    }.items():
        corner = f'<row r="1048576"><c r="XFD1048576"{content}</c></row></sheetData>'
        yield _read(
            f"{name} in the last corner",
            book(lambda text, corner=corner: text.replace("</sheetData>", corner)),
        )
    yield _read(
        "a shared blank in the last corner",
        book(
            lambda text: text.replace(
                "</sheetData>",
                '<row r="1048576"><c r="XFD1048576" t="s"><v>0</v></c></row></sheetData>',
            ),
            ["<t> </t>"],
        ),
    )
    yield _read(
        "a cell far to the right",
        book(
            lambda text: text.replace(
                "</row></sheetData>", '<c r="XFD3"><v>1</v></c></row></sheetData>'
            )
        ),
    )
    yield _read(
        "a cell in the last row",
        book(
            lambda text: text.replace(
                "</sheetData>",
                '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>注：完</t></is></c></row></sheetData>',
            )
        ),
    )
    for place in ("A0", "ZZZZZZ9", "A99999999999", "9", "", "A-1"):
        yield _trap(
            f"a cell said to be at {place!r}",
            book(lambda text, one=place: text.replace('r="F3"', f'r="{one}"')),
            "",
        )
    yield _trap("two sheets of one name", _same_names, "同名")
    yield _read(
        "a huge merged range",
        book(
            lambda text: (
                text + '<mergeCells count="1"><mergeCell ref="H1:XFD1048576"/></mergeCells>'
            )
        ),
    )
    yield _read(
        "merged ranges that lie over each other",
        book(
            lambda text: (
                text
                + '<mergeCells count="2"><mergeCell ref="H1:H9"/><mergeCell ref="H2:I9"/></mergeCells>'
            )
        ),
    )
    newer = '<c r="E2" t="e"><v>#GETTING_DATA</v></c>'
    yield _read(
        "an error value that the parser does not know",
        book(lambda text: text.replace('<c r="E2"><v>350</v></c>', newer)),
        PEOPLE[1:],
        aside=[(2, "E2", "error_cell")],
    )
    for name in ("../../etc/passwd", "a\u202eb", "名" * 200, "=cmd|' /C calc'!A0", "\u200b"):
        yield _read(f"a sheet named {name[:20]!r}", book(name=name))


def _name(row: int) -> str:
    return f'<c r="B{row}" t="inlineStr"><is><t>{ROWS[row - 1][1]}</t></is></c>'


def _same_names() -> bytes:
    parts = forge.raw_parts(forge.sheet_data(ROWS))
    twice = '<sheet name="东山乡" sheetId="2" r:id="rId1"/></sheets>'
    return forge.zipped(
        {**parts, "xl/workbook.xml": parts["xl/workbook.xml"].replace("</sheets>", twice)}
    )


def _bombs() -> Iterator[Case]:
    yield _trap("a bomb in the sheet", _bomb, "炸弹")
    yield _trap("a bomb that hides its size", _quiet_bomb, "")
    yield _trap(
        "a bomb in an archive",
        lambda: forge.zipped({"a.csv": b"0" * 300_000_000}),
        "上限",
        limits={"inflated_bytes": 100_000_000},
        file="低保.zip",
    )
    yield _trap(
        "thousands of members",
        lambda: forge.zipped({f"{n}.csv": "a" for n in range(3000)}),
        "3000 个文件",
        file="低保.zip",
    )
    yield _trap(
        "billion laughs in the strings",
        part(
            "xl/sharedStrings.xml", lambda text: text.replace(b"<sst", BILLION.encode() + b"<sst")
        ),
        "DTD",
    )
    yield _trap(
        "billion laughs in the workbook",
        part(
            "xl/workbook.xml",
            lambda text: text.replace(b"<workbook", BILLION.encode() + b"<workbook"),
        ),
        "DTD",
    )
    yield _trap(
        "an outside entity in the sheet",
        part(
            forge.SHEET, lambda text: text.replace(b"<worksheet", OUTSIDE.encode() + b"<worksheet")
        ),
        "DTD",
    )
    yield _trap(
        "a DTD in XML 2003", lambda: forge.xml_2003_of("", doctype=BILLION), "DTD", file="低保.xls"
    )
    yield _trap(
        "a DTD in ods",
        lambda: forge.changed(
            forge.ods(ROWS),
            lambda name, text: (
                text.replace(
                    b"<office:document-content", OUTSIDE.encode() + b"<office:document-content"
                )
                if name == "content.xml"
                else text
            ),
        ),
        "DTD",
        file="低保.ods",
    )
    yield _trap(
        "ods rows repeated a billion times",
        lambda: forge.ods_of(
            '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        ),
        "",
        file="低保.ods",
    )
    yield _trap(
        "xml 2003 with an index of a billion",
        lambda: forge.xml_2003_of(
            '<Row ss:Index="99999999"><Cell ss:Index="99999999"><Data ss:Type="String">x</Data></Cell></Row>'
        ),
        "上限",
        file="低保.xls",
    )
    yield _trap(
        "html spans of a million",
        lambda: (
            b"<table>" + b'<tr><td rowspan="1000" colspan="1000">x</td></tr>' * 200 + b"</table>"
        ),
        "上限",
        file="低保.xls",
    )


def _bomb() -> bytes:
    return forge.zipped(
        {**forge.raw_parts(""), forge.SHEET: b"<worksheet><sheetData>" + b" " * 220_000_000}
    )


def _quiet_bomb() -> bytes:
    """A sheet of 150 MB whose directory says one byte."""
    data = bytearray(
        forge.zipped({**forge.raw_parts(""), forge.SHEET: b"<worksheet>" + b" " * 150_000_000})
    )
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        size = parts.getinfo(forge.SHEET).file_size.to_bytes(4, "little")
    at = data.rindex(size)
    data[at : at + 4] = (1).to_bytes(4, "little")
    return bytes(data)


def _markup() -> Iterator[Case]:
    yield _trap(
        "html tables in each other", lambda: b"<table><tr><td>" * 20_000, "", file="低保.xls"
    )
    yield _trap(
        "html that never ends a tag",
        lambda: b"<table><tr><td " + b"a=" * 500_000,
        "",
        file="低保.xls",
    )
    yield _trap(
        "html of one row of cells",
        lambda: b"<table><tr>" + b"<td>1" * 20_000,
        "有一行超过 16,384 列",
        file="低保.xls",
    )
    yield _trap(
        "html of marked sections",
        lambda: b"<table><![if x]><![endif]><![CDATA[ <!-- <![",
        "",
        file="低保.xls",
    )
    yield _trap(
        "xml in each other", lambda: forge.xml_2003_of("<Row>" * 200_000), "XML", file="低保.xls"
    )
    yield _trap(
        "xml 2003 in an unknown encoding",
        lambda: forge.xml_2003(ROWS).replace(b"utf-8", b"utf-9"),
        "XML",
        file="低保.xls",
    )
    yield _trap("a sheet whose tags never close", book(lambda text: text[: len(text) // 2]), "")
    yield _read("a sheet nested deep", book(lambda text: "<a>" * 300_000 + text))
    yield _read("a comment in the sheet", book(lambda text: f"<!-- <!DOCTYPE x> -->{text}"))
    yield _read("processing instructions", book(lambda text: f"<?x y?>{text}"))
    yield _trap(
        "a name of a million characters",
        book(lambda text: text.replace("李四", "李" * 40_000_000)),
        "",
        limits={"text_bytes": 50_000_000},
    )


def _contents() -> Iterator[Case]:
    """Cells of which python-calamine reads one part, or another text, without a word."""
    for content in (
        "<v>3<!-- -->50</v>",
        "<v>3<![CDATA[5]]>0</v>",
        "<v>3<?x?>50</v>",
        "<v>3&#53;0</v>",
        "<v>3</v><v>350</v>",
        "<v>350</v> <v>3</v>",
        "<v>350</v><f>A1</f>",
        "<v><b>350</b></v>",
        "<is><t>350</t></is><is><t>3</t></is>",
        "<is><t>350</t><t>3</t></is>",
    ):
        yield _trap(
            f"an amount of {content}",
            book(lambda text, one=content: text.replace("<v>350</v>", one)),
            "不合规范",
        )
    for index in ("-1", "1.0", "x", "1e0"):
        yield _trap(
            f"a shared text of number {index}",
            part(
                forge.SHEET,
                lambda text, one=index: re.sub(
                    rb't="s"><v>\d+(</v></c></row></sheetData>)',
                    rb't="s"><v>' + one.encode() + rb"\1",
                    text,
                ),
            ),
            "不合规范",
        )
    yield _trap(
        "a shared text of a number in spaces, beside one in other quotes",
        part(
            forge.SHEET,
            lambda text: re.sub(
                rb't="s"><v>(\d+)(</v></c></row></sheetData>)',
                rb't="s"><v> \1\2',
                text.replace(b't="s"', b"t='s'", 1),
            ),
        ),
        "不合规范",
    )
    address = '<c r="C2"'
    for twice in ('<c r="b2"', "<c s='0' r='B2'"):
        yield _trap(
            f"a cell twice as {twice}",
            book(lambda text, one=twice: text.replace(address, one, 1)),
            "同一单元格",
        )
    for column, width in (("XFD", 16_384), ("AZ", 52)):
        far = f'<row r="1048576"><c r="{column}1048576" t="inlineStr"><is><t>%s</t></is></c></row>'
        blank, word = (
            book(lambda text, row=far % written: text.replace("</sheetData>", f"{row}</sheetData>"))
            for written in ("\u3000", "完")
        )
        yield _read(f"a space in the last row of all, in column {column}", blank)
        yield _trap(
            f"a word in the last row of all, in column {column}", word, f"1048576 行 {width} 列"
        )
    yield _trap(
        "a column that no sheet has",
        book(
            lambda text: text.replace(
                "</row></sheetData>", '<c r="XFE3"><v>1</v></c></row></sheetData>'
            )
        ),
        "16385 列",
    )
    yield _trap(
        "a row that no sheet has",
        book(
            lambda text: text.replace(
                "</sheetData>", '<row r="1048577"><c r="A1048577"><v>1</v></c></row></sheetData>'
            )
        ),
        "1048577 行",
    )
    cell = struct.pack("<HHHH", 0xFD, 10, 2, 3)
    yield _trap(
        "an xls with a cell twice",
        lambda: forge.xls(ROWS).replace(cell, struct.pack("<HHHH", 0xFD, 10, 2, 2)),
        "同一单元格",
        file="低保名单.xls",
    )
    yield _trap(
        "an xls with a text that is not among the shared ones",
        lambda: re.sub(
            re.escape(cell + struct.pack("<H", 17)) + b"....",
            cell + struct.pack("<HI", 17, 9999),
            forge.xls(ROWS),
            flags=re.DOTALL,
        ),
        "不合规范",
        file="低保名单.xls",
    )


def _texts() -> Iterator[Case]:
    csv = "低保名单.csv"
    yield _trap("one line of 50 MB", lambda: b"9" * 50_000_000, "第 1 行超过 16 MB", file=csv)
    yield _trap("one line of 20 MB of commas", lambda: b"," * 20_000_000, "没有换行", file=csv)
    yield _trap("one quote and 20 MB", lambda: b'"' + b"a," * 10_000_000, "没有换行", file=csv)
    yield _trap(
        "a line without end below good ones",
        lambda: forge.text(ROWS) + b"x," * 9_000_000,
        "第 4 行超过 16 MB",
        file=csv,
    )
    yield _trap("quotes only", lambda: b'"' * 5_000_000, "", file=csv)
    yield _trap("line ends only between blanks", lambda: b" ,\n" * 1_000_000, "没有内容", file=csv)
    yield Case(
        "a row of a million cells",
        lambda: forge.text(ROWS) + b",".join([b"x"] * 1_000_000) + b"\r\n",
        csv,
        PEOPLE,
        aside=[(4, "", "ragged_row")],
    )
    yield Case(
        "a cell of a million characters",
        lambda: forge.text([*ROWS, ["东山乡", "王" * 1_000_000, ID_A, "A类", 1, "2026-01-01"]]),
        csv,
        [
            *PEOPLE,
            {
                "row": 4,
                "township": "东山乡",
                "name": "王" * 1_000_000,
                "id_number": ID_A,
                "category": "A类",
                "allowance": "1.00",
                "approved_on": "2026-01-01",
            },
        ],
    )


def _noise() -> Iterator[Case]:
    """Bits of good files turned over: read or refused, never anything else (see the fuzz target)."""
    dice = random.Random(11)
    for kind, build in (
        ("xlsx", lambda: forge.xlsx(ROWS)),
        ("xls", lambda: forge.xls(ROWS)),
        ("dbf", lambda: forge.dbf([("乡镇", "C", 9)], [["x"]])),
    ):
        for number in range(4):
            seed = dice.random()
            yield Case(
                f"{kind} with bytes turned, {number}",
                lambda make=build, s=seed: _turned(make(), s),
                BOOK,
                refused=None,
                child=True,
            )  # type: ignore[arg-type]


def _turned(data: bytes, seed: float) -> bytes:
    dice = random.Random(seed)
    changed = bytearray(data)
    for _ in range(12):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)
