"""The same two people in every container, under every name; and what is no table at all."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from ingest.corpus import forge
from ingest.corpus.case import ID_A, ID_B, Case

ROWS = [
    ["乡镇", "姓名", "身份证号", "低保类别", "保障金", "批准时间"],
    ["东山乡", "张三", ID_A, "A类", 350, "2026-01-05"],
    ["西河镇", "李四", ID_B, "B类", 1200.5, "2025-12-31"],
]
RARE = "𠮷䶮"
"""Characters that GB18030 writes with four bytes and GBK cannot."""


def people(**second: Any) -> list[dict[str, Any]]:
    """The two records."""
    one = {"township": "东山乡", "name": "张三", "id_number": ID_A, "category": "A类"}
    two = {"township": "西河镇", "name": "李四", "id_number": ID_B, "category": "B类"}
    return [
        {"row": 2, **one, "allowance": "350.00", "approved_on": "2026-01-05"},
        {"row": 3, **two, "allowance": "1200.50", "approved_on": "2025-12-31", **second},
    ]


TEXT = [[str(cell) for cell in row] for row in ROWS]
PEOPLE = people()
LISTED: dict[str, Callable[[], bytes]] = {
    "xlsx": lambda: forge.xlsx(ROWS),
    "strict": lambda: strict(forge.xlsx(ROWS)),
    "biff8": lambda: forge.xls(ROWS),
    "ods": lambda: forge.ods(ROWS),
    "html": lambda: forge.html(ROWS),
    "xml 2003": lambda: forge.xml_2003(ROWS),
    "csv": lambda: forge.text(ROWS),
    "gb18030": lambda: forge.text(ROWS, "gb18030"),
}


def strict(data: bytes) -> bytes:
    """Strict Open XML: the same parts under other namespaces."""
    pairs = (
        (forge.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (forge.LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    )

    def change(_: str, content: bytes) -> bytes:
        for old, new in pairs:
            content = content.replace(old.encode(), new.encode())
        return content

    return forge.changed(data, change)


def cases() -> Iterator[Case]:
    """All containers."""
    for kind, build in LISTED.items():
        for suffix in ("xlsx", "xls", "et", "csv", "txt", "dat"):
            yield Case(f"{kind} named .{suffix}", build, f"低保名单.{suffix}", PEOPLE)
    yield from _texts()
    yield from _marked_up()
    yield from _dbf()
    yield from _workbooks()
    yield from _archives()
    yield from _refused()


def _texts() -> Iterator[Case]:
    csv = "低保名单.csv"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Case(f"text in {encoding}", lambda code=encoding: forge.text(ROWS, code), csv, PEOPLE)
    yield Case(
        "utf-16-be with mark", lambda: b"\xfe\xff" + forge.text(ROWS, "utf-16-be"), csv, PEOPLE
    )
    for name, separator in (
        ("tab", "\t"),
        ("semicolon", ";"),
        ("bar", "|"),
        ("caret", "^"),
        ("wide comma", "，"),
        ("pause", "、"),
    ):
        yield Case(
            f"separated by {name}",
            lambda one=separator: forge.text(ROWS, separator=one),
            csv,
            PEOPLE,
        )
    for name, end in (("LF", "\n"), ("CR", "\r")):
        yield Case(f"lines end in {name}", lambda one=end: forge.text(ROWS, end=one), csv, PEOPLE)
    rare = [*ROWS[:2], ["西河镇", f"李{RARE}", ID_B, "B类", 1200.5, "2025-12-31"]]
    yield Case(
        "four-byte characters",
        lambda: forge.text(rare, "gb18030"),
        csv,
        people(name=f"李{RARE}"),
    )
    padding = [["东山乡", f"user{n}", "", "A类", 1, "2026-01-01"] for n in range(6000)]
    late = [
        {
            "row": number + 2,
            "township": "T",
            "name": f"user{number}",
            "category": "A类",
            "allowance": "1.00",
            "approved_on": "2026-01-01",
        }
        for number in range(6000)
    ]
    plain = [["T", row[1], "", "A", 1, "2026-01-01"] for row in padding]
    yield Case(
        "a GBK byte after 150 KB",
        lambda: (
            b"name,".join([b""])
            + forge.text([ROWS[0]], "gb18030")
            + forge.text(plain, "ascii")
            + forge.text([["T", "张三", ID_A, "A", 1, "2026-01-01"]], "gb18030")
        ),
        csv,
        [
            *late,
            {
                "row": 6002,
                "township": "T",
                "name": "张三",
                "id_number": ID_A,
                "category": "A类",
                "allowance": "1.00",
                "approved_on": "2026-01-01",
            },
        ],
    )
    yield Case(
        "encodings mixed line by line",
        lambda: forge.text(ROWS[:2]) + forge.text(ROWS[2:], "gb18030"),
        csv,
        PEOPLE,
        notes=["编码混用"],
    )
    yield Case(
        "a GB18030 file with a line of UTF-8",
        lambda: forge.text(ROWS[:2], "gb18030") + forge.text(ROWS[2:]),
        csv,
        PEOPLE,
        notes=["编码混用"],
    )
    yield Case(
        "sep= in the first line",
        lambda: b"sep=;\r\n" + forge.text(ROWS, separator=";"),
        csv,
        [{**one, "row": one["row"] + 1} for one in PEOPLE],
    )
    yield Case(
        "every cell quoted",
        lambda: "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in TEXT).encode(),
        csv,
        PEOPLE,
    )
    yield Case(
        "(NULL) and <null>, as database programs export what is blank",
        lambda: forge.text(
            [[*ROWS[0], "联系电话"], [*ROWS[1], "(NULL)"], [*ROWS[2][:-1], "<null>", "13900000002"]]
        ),
        csv,
        [
            PEOPLE[0],
            {k: v for k, v in people()[1].items() if k != "approved_on"} | {"phone": "13900000002"},
        ],
        blanked=[(3, "F3", "stated_nothing")],
    )
    yield Case(
        "every cell quoted, between tabs",
        lambda: "".join("\t".join(f'"{cell}"' for cell in row) + "\r\n" for row in TEXT).encode(),
        csv,
        PEOPLE,
    )
    yield Case(
        "a separator and a quote inside quotes",
        lambda: forge.text([*ROWS[:2], ["西河镇", '李四,"小四"', *ROWS[2][2:]]]),
        csv,
        people(name='李四,"小四"'),
    )
    yield Case(
        "a line break inside quotes",
        lambda: forge.text([*ROWS[:2], ["西河镇", "李\n四", *ROWS[2][2:]]]),
        csv,
        people(name="李 四"),
    )
    yield Case("no line end at the end", lambda: forge.text(ROWS).rstrip(), csv, PEOPLE)
    yield Case("DOS end of file mark", lambda: forge.text(ROWS, "gb18030") + b"\x1a", csv, PEOPLE)
    yield Case(
        "blank columns at the end",
        lambda: forge.text([[*row, "", ""] for row in ROWS]),
        csv,
        PEOPLE,
    )
    yield Case(
        "blank lines in between",
        lambda: forge.text(ROWS[:2]) + b"\r\n\r\n" + forge.text(ROWS[2:]),
        csv,
        [PEOPLE[0], {**PEOPLE[1], "row": 5}],
    )


def _marked_up() -> Iterator[Case]:
    def cells(row: list[str], more: str = "") -> str:
        return "".join(f"<td{more}>{cell}</td>" for cell in row)

    def table(body: str) -> bytes:
        return f"<html><body><table>{body}</table></body></html>".encode()

    xls = "低保名单.xls"
    yield Case(
        "html in gb2312 that says so",
        lambda: forge.html(
            ROWS, "gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
        ),
        xls,
        PEOPLE,
    )
    yield Case(
        "a line of html in UTF-8 that could be Chinese in GB18030",
        lambda: (
            forge.html(ROWS, head="<meta charset='UTF-8'>")
            .replace(b"<td>350</td>", "\n<td>¥350</td>\n".encode())
            .replace(ID_A.encode(), f"\n{ID_A[:-1]}Х\n".encode())
        ),
        xls,
        PEOPLE,
    )
    yield Case("html in UTF-16", lambda: forge.html(ROWS, "utf-16"), xls, PEOPLE)
    yield Case(
        "html without ends of cells and rows",
        ("<TABLE>" + "".join("<TR>" + "".join(f"<TD>{c}" for c in row) for row in TEXT)).encode,
        xls,
        PEOPLE,
    )
    yield Case(
        "html with thead, tbody, th and entities",
        lambda: table(
            "<thead><tr>"
            + "".join(f"<th>&nbsp;{c}&nbsp;</th>" for c in TEXT[0])
            + "</tr></thead><tbody>"
            + "".join(f"<tr>{cells(row)}</tr>" for row in TEXT[1:])
            + "</tbody>"
        ),
        xls,
        PEOPLE,
    )
    yield Case(
        "html with a title over all columns and a township over two rows",
        lambda: table(
            '<tr><td colspan="6">低保名单</td></tr>'
            f"<tr>{cells(TEXT[0])}</tr>"
            f'<tr><td rowspan="2">东山乡</td>{cells(TEXT[1][1:])}</tr><tr>{cells(TEXT[2][1:])}</tr>'
        ),
        xls,
        [{**one, "row": one["row"] + 1, "township": "东山乡"} for one in PEOPLE],
    )
    yield Case(
        "html with styles, scripts and comments",
        (
            "<html><head><style>td{color:red}</style><script>if(a<b){x='<td>9</td>'}</script></head>"
            "<!-- <table><tr><td>旧表</td></tr></table> --><body><p>说明</p><table>"
            + "".join(f"<tr>{cells(row, ' style=mso-number-format:0')}</tr>" for row in TEXT)
            + "</table></body></html>"
        ).encode,
        xls,
        PEOPLE,
    )
    yield Case(
        "html in which a table lays out the page",
        lambda: table(
            "<tr><td>县民政局</td></tr><tr><td><table>"
            + "".join(f"<tr>{cells(row)}</tr>" for row in TEXT)
            + "</table></td></tr>"
        ),
        xls,
        PEOPLE,
    )
    yield Case(
        "html damaged numbers stay damaged",
        lambda: forge.html([*ROWS[:2], ["西河镇", "李四", "9.99901E+17", *ROWS[2][3:]]]),
        xls,
        people(id_number="9.99901E+17"),
    )

    def row(*found: str) -> str:
        return f"<Row>{''.join(found)}</Row>"

    def data(cell: Any, more: str = "", kind: str = "String") -> str:
        return f'<Cell{more}><Data ss:Type="{kind}">{cell}</Data></Cell>'

    header = row(*map(data, TEXT[0]))
    first = row(*map(data, TEXT[1]))
    second = row(*map(data, TEXT[2]))
    shifted = [{**one, "row": one["row"] + 1} for one in PEOPLE]
    for name, lines, records in (
        ("a title merged over the columns", row(data("低保", ' ss:MergeAcross="5"')), shifted),
        ("a row index", "", None),
    ):
        if records:
            yield Case(
                f"xml 2003 with {name}",
                lambda top=lines: forge.xml_2003_of(top + header + first + second),
                xls,
                records,
            )
    yield Case(
        "xml 2003 with a cell merged over two columns and no index after it",
        lambda: forge.xml_2003_of(
            row(data("乡镇", ' ss:MergeAcross="1"'), *map(data, TEXT[0][1:]))
            + row(data("东山乡", ' ss:MergeAcross="1"'), *map(data, TEXT[1][1:]))
            + row(data("西河镇"), data("某村"), *map(data, TEXT[2][1:]))
        ),
        xls,
        PEOPLE,
    )
    yield Case(
        "xml 2003 with comments on cells",
        lambda: forge.xml_2003_of(
            header
            + row(
                *map(data, TEXT[1][:1]),
                '<Cell><Data ss:Type="String">张三</Data><Comment ss:Author="甲">'
                '<ss:Data xmlns="http://www.w3.org/TR/REC-html40"><B>甲:</B>已核</ss:Data>'
                "</Comment></Cell>",
                *map(data, TEXT[1][2:]),
            )
            + second
        ),
        xls,
        PEOPLE,
    )
    yield Case(
        "xml 2003 with rich text and CDATA",
        lambda: forge.xml_2003_of(
            header
            + row(
                data("<![CDATA[东山乡]]>"),
                '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">'
                "张<B>三</B></ss:Data></Cell>",
                *map(data, TEXT[1][2:]),
            )
            + second
        ),
        xls,
        PEOPLE,
    )
    yield Case(
        "xml 2003 with indexes",
        lambda: forge.xml_2003_of(
            header
            + f'<Row ss:Index="4">{"".join(map(data, TEXT[1]))}</Row>'
            + row(
                data("李四", ' ss:Index="2"'),
                data(ID_B),
                data("2025-12-31T00:00:00.000", ' ss:Index="6"', "DateTime"),
            )
        ),
        xls,
        [
            {**PEOPLE[0], "row": 4},
            {"row": 5, "name": "李四", "id_number": ID_B, "approved_on": "2025-12-31"},
        ],
    )
    yield Case(
        "xml 2003 with a number for an ID and an error",
        lambda: forge.xml_2003_of(
            header
            + first
            + row(
                *map(data, TEXT[2][:2]),
                data("999901200003150028", kind="Number"),
                data("B类"),
                data("#N/A", kind="Error"),
                data("2025-12-31"),
            )
        ),
        xls,
        [PEOPLE[0]],
        aside=[(3, "E3", "error_cell")],
    )
    yield Case("xml 2003 in gb2312", lambda: forge.xml_2003(ROWS, "gb2312"), xls, PEOPLE)
    yield Case("xml 2003 in UTF-16", lambda: forge.xml_2003(ROWS, "utf-16"), xls, PEOPLE)
    yield Case(
        "xml 2003 with a prefix on every tag",
        lambda: (
            forge.xml_2003(ROWS)
            .replace(b'xmlns="urn', b'xmlns:x="urn')
            .replace(b"<Row", b"<x:Row")
            .replace(b"</Row", b"</x:Row")
            .replace(b"<Cell", b"<x:Cell")
            .replace(b"</Cell", b"</x:Cell")
            .replace(b"<Data", b"<x:Data")
            .replace(b"</Data", b"</x:Data")
            .replace(b"<Workbook", b"<x:Workbook")
            .replace(b"</Workbook", b"</x:Workbook")
            .replace(b"<Worksheet", b"<x:Worksheet")
            .replace(b"</Worksheet", b"</x:Worksheet")
            .replace(b"<Table", b"<x:Table")
            .replace(b"</Table", b"</x:Table")
        ),
        xls,
        PEOPLE,
    )


def _dbf() -> Iterator[Case]:
    fields = [
        ("乡镇", "C", 12),
        ("姓名", "C", 12),
        ("身份证号", "C", 18),
        ("低保类别", "C", 6),
        ("保障金", "N", 10),
        ("批准时间", "D", 8),
    ]
    rows = [[*row[:5], str(row[5]).replace("-", "")] for row in ROWS[1:]]
    yield Case("dbf", lambda: forge.dbf(fields, rows), "低保名单.dbf", PEOPLE)
    yield Case(
        "dbf named .xls without its end mark",
        lambda: forge.dbf(fields, rows)[:-1],
        "低保名单.xls",
        PEOPLE,
    )
    yield Case(
        "dbf with a deleted record",
        lambda: forge.dbf(fields, rows, deleted=[0]),
        "低保名单.dbf",
        [{**PEOPLE[1], "row": 2}],
        notes=["1 条"],
    )
    yield Case(
        "dbf in UTF-8",
        lambda: forge.dbf(
            [
                *[
                    ("乡", "C", 20),
                    ("姓名", "C", 20),
                    ("证件号", "C", 18),
                    ("类别", "C", 9),
                    *fields[4:],
                ][:4],
                ("保障金", "N", 10),
            ],
            [row[:5] for row in rows],
            "utf-8",
        ),
        "低保名单.dbf",
        [{k: v for k, v in one.items() if k != "approved_on"} for one in PEOPLE],
    )
    yield Case(
        "dbf with a moment, a float and a yes",
        lambda: forge.dbf(
            [*fields[:4], ("保障金", "B", 8), ("批准时间", "T", 8)],
            [
                [*row[:4], struct.pack("<d", float(row[4])), struct.pack("<ii", day, 3_600_000)]
                for row, day in zip(rows, (2_461_046, 2_461_041), strict=True)
            ],
        ),
        "低保名单.dbf",
        PEOPLE,
    )
    yield Case(
        "dbf with an amount too long for its field",
        lambda: forge.dbf(fields, [rows[0], [*rows[1][:4], "**********", rows[1][5]]]),
        "低保名单.dbf",
        [PEOPLE[0]],
        aside=[(3, "E3", "money_unreadable")],
    )
    yield Case(
        "dbf with the beginning of a header that one field only has",
        lambda: forge.dbf([*fields[:2], ("公民身份证号码", "C", 18), *fields[3:]], rows),
        "低保名单.dbf",
        PEOPLE,
        notes=["可能不全：公民身份证…"],
    )
    yield Case(
        "dbf with a beginning too short to tell a header by",
        lambda: forge.dbf(
            [("乡", "C", 20), fields[1], ("证件号", "C", 18), ("低保类别", "C", 9)],
            [row[:4] for row in rows],
            "utf-8",
        ),
        "低保名单.dbf",
        [{key: one[key] for key in ("row", "township", "name", "id_number")} for one in PEOPLE],
        notes=["可能不全：低保类…"],
    )
    yield Case(
        "dbf with a memo that is in another file",
        lambda: forge.dbf(
            [*fields, ("备注", "M", 10)],
            [[*row, f"{number:10}"] for number, row in enumerate(rows)],
        ),
        "低保名单.dbf",
        PEOPLE,
        notes=["没有内容：备注"],
    )
    yield Case(
        "dbf cut off",
        lambda: forge.dbf(fields, rows)[:-40],
        "低保名单.dbf",
        refused=["不完整"],
    )


def _workbooks() -> Iterator[Case]:
    book = "低保名单.xlsx"
    days = [[*row[:5], dt.date.fromisoformat(str(row[5]))] for row in ROWS[1:]]
    yield Case(
        "days as cells with a format",
        lambda: forge.xlsx([ROWS[0], *days], options={"default_date_format": "yyyy-mm-dd"}),
        book,
        PEOPLE,
    )
    inline = forge.sheet_data(ROWS)
    yield Case("inline strings", lambda: forge.zipped(forge.raw_parts(inline)), book, PEOPLE)
    yield Case(
        "rows and cells without their place",
        lambda: forge.zipped(forge.raw_parts(forge.sheet_data(ROWS, places=False))),
        book,
        PEOPLE,
    )
    yield Case(
        "stored, not deflated", lambda: forge.zipped(forge.raw_parts(inline), 0), book, PEOPLE
    )
    yield Case(
        "backslashes in the names of parts",
        lambda: forge.zipped(
            {name.replace("/", "\\"): text for name, text in forge.raw_parts(inline).items()}
        ),
        book,
        PEOPLE,
    )
    yield Case(
        "absolute targets",
        lambda: forge.zipped(
            {
                name: text.replace('Target="worksheets', 'Target="/xl/worksheets')
                for name, text in forge.raw_parts(inline).items()
            }
        ),
        book,
        PEOPLE,
    )
    yield Case(
        "a byte-order mark before the XML",
        lambda: forge.zipped(
            {
                name: b"\xef\xbb\xbf" + text.encode()
                for name, text in forge.raw_parts(inline).items()
            }
        ),
        book,
        PEOPLE,
    )
    yield Case(
        "a prefix on every tag",
        lambda: forge.changed(forge.xlsx(ROWS), _prefixed),
        book,
        PEOPLE,
    )
    strings = [
        "<t>张三</t><rPh sb='0' eb='1'><t>ZHANG</t></rPh>",
        "<r><t>李</t></r><r><t>四</t></r>",
    ]
    shared = inline.replace(
        '<c r="B2" t="inlineStr"><is><t>张三</t></is></c>', '<c r="B2" t="s"><v>0</v></c>'
    ).replace('<c r="B3" t="inlineStr"><is><t>李四</t></is></c>', '<c r="B3" t="s"><v>1</v></c>')
    yield Case(
        "rich text and a reading above the characters",
        lambda: forge.zipped(forge.raw_parts(shared, strings)),
        book,
        PEOPLE,
    )
    yield Case(
        "escaped characters",
        lambda: forge.zipped(forge.raw_parts(inline.replace("李四", "李_x000D_\n四"))),
        book,
        people(name="李 四"),
    )
    yield Case(
        "empty strings part and a formula with text",
        lambda: forge.zipped(
            forge.raw_parts(
                inline.replace(
                    '<c r="B3" t="inlineStr"><is><t>李四</t></is></c>',
                    '<c r="B3" t="str"><f>"李"&amp;"四"</f><v>李四</v></c>',
                ),
                [],
            )
        ),
        book,
        PEOPLE,
    )
    yield Case(
        "ISO days in cells",
        lambda: forge.zipped(
            forge.raw_parts(
                inline.replace(
                    '<c r="F2" t="inlineStr"><is><t>2026-01-05</t></is></c>',
                    '<c r="F2" t="d"><v>2026-01-05T00:00:00</v></c>',
                )
            )
        ),
        book,
        PEOPLE,
    )
    yield Case(
        "ods with repeated cells and rows",
        lambda: forge.ods_of(_repeating()),
        "低保名单.ods",
        [
            {**PEOPLE[0], "row": 4},
            *({**PEOPLE[1], "row": row, "township": "东山乡"} for row in (5, 6)),
        ],
    )
    yield Case(
        "chart sheet beside the table",
        lambda: forge.xlsx(
            ROWS,
            lambda made, sheet: made.add_chartsheet("图").set_chart(_chart(made, sheet)),
        ),
        book,
        PEOPLE,
    )
    yield Case(
        "pictures, notes, validation and conditional formats",
        lambda: forge.xlsx(ROWS, _adorned),
        book,
        PEOPLE,
    )


def _chart(book: Any, sheet: Any) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": [sheet.get_name(), 1, 4, 2, 4]})
    return chart


def _adorned(book: Any, sheet: Any) -> None:
    sheet.write_comment("B2", "已核实")
    sheet.data_validation("D2:D9", {"validate": "list", "source": ["A类", "B类"]})
    sheet.conditional_format(
        "E2:E9", {"type": "cell", "criteria": ">", "value": 1, "format": book.add_format()}
    )
    sheet.freeze_panes(1, 0)
    sheet.insert_textbox("H2", "张五")


def _prefixed(name: str, content: bytes) -> bytes:
    if (
        not name.startswith("xl/")
        or not name.endswith(".xml")
        or b"spreadsheetml/2006/main" not in content
    ):
        return content
    content = content.replace(
        b'xmlns="http://schemas.openxmlformats.org/spreadsheetml',
        b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml',
    )
    return re.sub(rb"<(/?)(?=[a-zA-Z])(?!\?)", rb"<\1x:", content)


def _repeating() -> str:
    def text(cell: str, more: str = "") -> str:
        return (
            f'<table:table-cell office:value-type="string"{more}><text:p>{cell}</text:p>'
            "</table:table-cell>"
        )

    def row(cells: str, more: str = "") -> str:
        return f"<table:table-row{more}>{cells}</table:table-row>"

    again = ' table:number-rows-repeated="2"'
    return (
        '<table:table table:name="东山乡">'
        + row("".join(map(text, TEXT[0])))
        + row('<table:table-cell table:number-columns-repeated="6"/>', again)
        + row("".join(map(text, TEXT[1])))
        + row(text("东山乡") + "".join(map(text, TEXT[2][1:])), again)
        + row(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            ' table:number-rows-repeated="1048570"',
        )
        + "</table:table>"
    )


def _archives() -> Iterator[Case]:
    yield Case(
        "zip of files of several formats",
        lambda: forge.zipped(
            {
                "名单/东山.xlsx": forge.xlsx(ROWS[:2]),
                "名单/西河.csv": forge.text([ROWS[0], ROWS[2]], "gb18030"),
                "名单/说明.docx": forge.zipped({"word/document.xml": "<w/>"}),
                "__MACOSX/._东山.xlsx": b"\x00\x05\x16\x07",
                "名单/.DS_Store": b"x",
            }
        ),
        "低保.zip",
        [
            {**PEOPLE[0], "sheet": "东山.xlsx/东山乡"},
            {**PEOPLE[1], "row": 2, "sheet": "西河.csv"},
        ],
        notes=["Word"],
    )
    yield Case(
        "zip named .xlsx",
        lambda: forge.zipped({"低保名单.csv": forge.text(ROWS)}),
        "低保.xlsx",
        PEOPLE,
    )
    yield Case(
        "zip in a zip",
        lambda: forge.zipped({"内.zip": forge.zipped({"低保.csv": forge.text(ROWS)})}),
        "低保.zip",
        PEOPLE,
    )
    yield Case("empty zip", lambda: forge.zipped({}), "低保.zip", refused=["没有文件"])
    yield Case(
        "zip with a damaged workbook",
        lambda: forge.zipped({"好.csv": forge.text(ROWS), "坏.xlsx": forge.xlsx(ROWS)[:-300]}),
        "低保.zip",
        refused=["坏.xlsx", "损坏"],
    )
    yield Case(
        "two members of one name",
        _twins,
        "低保.zip",
        [{**PEOPLE[1], "row": 2, "sheet": "乙/低保.csv"}, {**PEOPLE[0], "sheet": "甲/低保.csv"}],
    )


def _twins() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts.writestr("甲/低保.csv", forge.text(ROWS[:2]))
        parts.writestr("乙/低保.csv", forge.text([ROWS[0], ROWS[2]]))
    return stream.getvalue()


def _refused() -> Iterator[Case]:
    noise = random.Random(7)
    whole = forge.xlsx(ROWS)
    old = forge.xls(ROWS)
    for name, data, words in (
        ("empty", b"", ["空文件"]),
        ("blanks only", b" \r\n\t\r\n", ["空文件"]),
        ("zeros", bytes(4096), ["空文件"]),
        ("one line end", b"\n", ["空文件"]),
        ("byte-order mark only", b"\xef\xbb\xbf", ["空文件"]),
        ("random bytes", noise.randbytes(5000), ["不是表格"]),
        ("more random bytes", noise.randbytes(70_000), ["不是表格"]),
        ("sylk", b"ID;PWXL;N;E\r\nP;PGeneral\r\n", ["SYLK"]),
        ("dif", b'TABLE\r\n0,1\r\n"EXCEL"\r\n', ["DIF"]),
        (
            "ods that is not packed",
            b'<office:document xmlns:office="urn:oasis:names:tc:opendocument"><meta:generator/>',
            ["fods"],
        ),
        ("pdf", b"%PDF-1.7\n%\xe2\xe3", ["PDF"]),
        ("png", b"\x89PNG\r\n\x1a\n" + bytes(90), ["图片"]),
        ("jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(90), ["图片"]),
        ("gif", b"GIF89a" + bytes(90), ["图片"]),
        ("bmp", b"BM\x9a\x10\x00\x00\x00\x00\x00\x006\x00\x00\x00" + bytes(90), ["图片"]),
        ("tiff", b"II*\x00\x08\x00\x00\x00" + bytes(90), ["图片"]),
        ("webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(90), ["图片"]),
        (
            "docx",
            forge.zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<w/>"}),
            ["Word"],
        ),
        (
            "pptx",
            forge.zipped({"[Content_Types].xml": "<a/>", "ppt/presentation.xml": "<w/>"}),
            ["演示"],
        ),
        ("ofd", forge.zipped({"OFD.xml": "<o/>", "Doc_0/Document.xml": "<w/>"}), ["OFD"]),
        (
            "odt",
            forge.zipped(
                {
                    "mimetype": "application/vnd.oasis.opendocument.text",
                    "content.xml": "<a/>",
                    "META-INF/manifest.xml": "<a/>",
                }
            ),
            ["文档"],
        ),
        ("rar", b"Rar!\x1a\x07\x01\x00" + bytes(90), ["RAR"]),
        ("7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(90), ["7z"]),
        ("gzip", gzip.compress(forge.text(ROWS)), ["gz"]),
        ("sqlite", b"SQLite format 3\x00" + bytes(90), ["数据库"]),
        ("access", b"\x00\x01\x00\x00Standard Jet DB\x00" + bytes(90), ["数据库"]),
        ("rtf", b"{\\rtf1\\ansi hello}", ["RTF"]),
        ("old Excel", b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(90), ["很旧"]),
        ("json", '{"姓名": "张三", "身份证号": "无"}'.encode(), ["JSON"]),
        ("prose", "关于报送低保名单的通知\n各乡镇：\n请按时报送。\n".encode(), ["没有一张"]),
        (
            "web page without a table",
            b"<html><body>\xe8\xaf\xb7\xe7\x99\xbb\xe5\xbd\x95</body></html>",
            ["没有表格"],
        ),
        ("web archive", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", ["网页归档"]),
        ("other XML", b"<?xml version='1.0'?><root><a>1</a></root>", ["XML"]),
        ("header only as csv", None, []),
        ("xlsx cut in half", whole[: len(whole) // 2], ["损坏"]),
        ("xlsx without its end", whole[:-30], ["损坏"]),
        ("xlsx with a hole", whole[:900] + bytes(300) + whole[1200:], ["损坏"]),
        ("xls cut in half", old[: len(old) // 2], ["损坏"]),
        ("xls with a hole", old[:1500] + bytes(900) + old[2400:], ["损坏"]),
        ("xml 2003 cut off", forge.xml_2003(ROWS)[:-60], ["XML"]),
        ("only the mark of an xlsx", b"PK\x03\x04", ["损坏"]),
        ("only the mark of an xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ["不是"]),
    ):
        if data is not None:
            yield Case(name, lambda given=data: given, "低保名单.xlsx", refused=words, child=True)
    yield Case("no rows under the header", lambda: forge.text(ROWS[:1]), "低保名单.csv", [])
    yield Case("an empty workbook", lambda: forge.xlsx([]), refused=["没有内容"])
