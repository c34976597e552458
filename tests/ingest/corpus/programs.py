"""What programs other than a clerk's Excel write into the files that departments hand on."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

import xlwt

from ingest.corpus import forge
from ingest.corpus.case import Case
from ingest.corpus.containers import PEOPLE, ROWS
from ingest.corpus.odd import book

XLS = "低保名单.xls"


def cases() -> Iterator[Case]:
    """All programs."""
    yield from _workbooks()
    yield from _formulas()
    yield from _number_formats()
    yield from _xml_2003()
    yield from _queries()
    yield from _exports()
    yield from _dbf()


def _workbooks() -> Iterator[Case]:
    marks = '<ignoredErrors><ignoredError numberStoredAsText="1" sqref="A1:F3"/></ignoredErrors>'
    yield Case(
        "a sheet that remembers which warnings were dismissed",
        lambda: forge.zipped(forge.raw_parts(forge.sheet_data(ROWS) + marks)),
        records=PEOPLE,
    )
    yield Case(
        "xls that states a western code page for its wide texts",
        lambda: forge.xls(ROWS).replace(_code_page(1200), _code_page(1252), 1),
        XLS,
        PEOPLE,
    )
    yield Case(
        "xls saved for Excel 95 and Excel 97 at once",
        lambda: _with_an_older_book(forge.xls(ROWS)),
        XLS,
        PEOPLE,
    )
    for order in ("le", "be"):
        yield Case(
            f"a workbook whose parts are in UTF-16, {order}",
            lambda order=order: forge.changed(
                forge.xlsx(ROWS), lambda name, part: _wide(name, part, order)
            ),
            records=PEOPLE,
        )
    yield Case(
        "characters that are written by their numbers",
        lambda: forge.changed(
            forge.xlsx(ROWS),
            lambda _, part: part.replace("张三".encode(), "张三_x000D_".encode()).replace(
                "李四".encode(), "_x0009_李四_x000A_".encode()
            ),
        ),
        records=PEOPLE,
    )
    yield Case(
        "a character that is only said to be escaped, and half of one",
        lambda: forge.zipped(
            forge.raw_parts(
                forge.sheet_data(
                    [ROWS[0], ["东_x005F_x0041_", *ROWS[1][1:]], ["_xD842_乡", *ROWS[2][1:]]]
                )
            )
        ),
        records=[
            {**PEOPLE[0], "township": "东_x0041_"},
            {**PEOPLE[1], "township": "_xD842_乡"},
        ],
    )
    yield Case(
        "characters of names that are written by their numbers, one in two halves",
        lambda: forge.zipped(
            forge.raw_parts(
                forge.sheet_data(
                    [
                        ["_x4E61__x9547_", *ROWS[0][1:]],
                        ["东_x5C71_乡", "张_x4e09_", *ROWS[1][2:]],
                        ["西_xD842__xDFB7_镇", *ROWS[2][1:]],
                    ]
                )
            )
        ),
        records=[PEOPLE[0], {**PEOPLE[1], "township": "西𠮷镇"}],
    )
    for missing in ("mimetype", "META-INF/manifest.xml"):
        yield Case(
            f"ods without {missing}",
            lambda missing=missing: forge.changed(
                forge.ods(ROWS), lambda name, part: None if name == missing else part
            ),
            "低保名单.ods",
            PEOPLE,
        )
    yield Case(
        "days that count from nobody knows when",
        lambda: forge.zipped(
            forge.raw_parts(forge.sheet_data(ROWS), settings='<workbookPr date1904="on"/>')
        ),
        refused=["1904"],
    )


def _code_page(number: int) -> bytes:
    """The record that states it."""
    return struct.pack("<HHH", 0x42, 2, number)


def _wide(name: str, part: bytes, order: str) -> bytes:
    """A part of a workbook in UTF-16, with the mark of the order of its bytes."""
    if not name.startswith("xl/") or not name.endswith(".xml"):
        return part
    text = part.decode().replace("UTF-8", "UTF-16")
    return ("\ufeff" + text).encode(f"utf-16-{order}")


def _with_an_older_book(data: bytes) -> bytes:
    """An xls with another workbook, blank, that its directory lists first."""
    at = data.index("Workbook".encode("utf-16-le"))
    entry = bytearray(data[at : at + 128])
    entry[:66] = "Book".encode("utf-16-le").ljust(64, b"\x00") + struct.pack("<H", 10)
    entry[116:124] = struct.pack("<II", 0xFFFFFFFE, 0)
    return data[:at] + bytes(entry) + data[at : at + 128] + data[at + 256 :]


def _formulas() -> Iterator[Case]:
    """Programs that cannot calculate write 0, and that it holds until a spreadsheet does."""

    def xlsx(*results: int) -> bytes:
        def adorn(_: Any, sheet: Any) -> None:
            for row, result in enumerate(results, 1):
                sheet.write_formula(row, 4, "=300+50", None, result)

        return forge.xlsx(ROWS, adorn)

    def xls(flags: int) -> bytes:
        def adorn(_: Any, sheet: Any) -> None:
            for row in (1, 2):
                sheet.write(row, 4, xlwt.Formula("300+50"))

        # result and flags of the records: row, column, style, result, flags
        return re.sub(
            rb"(?s)(\x06\x00..[\x01\x02]\x00\x04\x00..).{8}..",
            lambda found: found[1] + bytes(8) + struct.pack("<H", flags),
            book(adorn),
        )

    zero = [{**one, "allowance": "0.00"} for one in PEOPLE]
    never = [(2, "E2", "error_cell"), (3, "E3", "error_cell")]
    yield Case("formulas to be calculated later", lambda: xlsx(0, 0), records=[], aside=never)
    yield Case(
        "formulas to be calculated later, of which some are",
        lambda: xlsx(350, 0),
        records=[PEOPLE[0], zero[1]],
    )
    yield Case(
        "formulas that are 0",
        lambda: forge.changed(
            xlsx(0, 0), lambda _, part: part.replace(b' fullCalcOnLoad="1"', b"")
        ),
        records=zero,
    )
    yield Case("xls of formulas to be calculated later", lambda: xls(2), XLS, [], aside=never)
    yield Case("xls of formulas that are 0", lambda: xls(0), XLS, zero)


def _number_formats() -> Iterator[Case]:
    """What a number means is what its cell shows."""
    unclear = (
        '"$"#,##0.00',
        "[$$-409]#,##0.00",
        "[$€-407] #,##0.00",
        "[$¥-411]#,##0",
        '_("$"* #,##0.00_)',
        '0.00"万元"',
        "0!.0000",
        '0!.00,"万"',
        '0!.0000"万美元"',
        "#,##0,",
        "0.00%",
        "-0.00",
        '"-"#,##0;-#,##0',
        "(#,##0)",
    )
    for code in unclear:
        for kind, build in (("xlsx", _formatted_xlsx), ("xls", _formatted_xls)):
            yield Case(
                f"an amount shown as {code} in {kind}",
                lambda code=code, build=build: build(code),
                records=PEOPLE[1:],
                aside=[(2, "E2", "money_unreadable")],
            )
    yuan = ("[$¥-804]#,##0.00", '"￥"#,##0', '0.00"元"', "#,##0.00_);[Red](#,##0.00)", "0;-0")
    for code in yuan:
        yield Case(f"yuan shown as {code}", lambda code=code: _formatted_xlsx(code), records=PEOPLE)
    for code in ('0!.0,"万"', '0"."00,,"亿"', '0\\.0000"万元"', '#,##0.0,"千元"', '0!.0,"万";"-"'):
        for kind, build in (("xlsx", _formatted_xlsx), ("xls", _formatted_xls)):
            yield Case(
                f"yuan shown in part as {code} in {kind}",
                lambda code=code, build=build: build(code),
                records=PEOPLE,
            )
    yield Case(
        "xml 2003 of amounts in dollars",
        lambda: (
            forge.xml_2003(ROWS)
            .replace(b"<Worksheet", _DOLLARS + b"<Worksheet", 1)
            .replace(
                b'<Cell><Data ss:Type="Number">350<',
                b'<Cell ss:StyleID="d"><Data ss:Type="Number">350<',
            )
        ),
        XLS,
        PEOPLE[1:],
        aside=[(2, "E2", "money_unreadable")],
    )
    yield Case(
        "ods of shares",
        _share_ods,
        "低保名单.ods",
        PEOPLE[1:],
        aside=[(2, "E2", "money_unreadable")],
    )


_DOLLARS = (
    b'<Styles><Style ss:ID="d"><NumberFormat ss:Format="&quot;$&quot;0.00"/></Style></Styles>'
)


def _share_ods() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "content.xml":
            return part
        return part.replace(b'"float" office:value="350"', b'"percentage" office:value="350"')

    return forge.changed(forge.ods(ROWS), change)


def _formatted_xlsx(code: str) -> bytes:
    def adorn(made: Any, sheet: Any) -> None:
        sheet.write_number(1, 4, 350, made.add_format({"num_format": code}))

    return forge.xlsx(ROWS, adorn)


def _formatted_xls(code: str) -> bytes:
    return book(lambda _, sheet: sheet.write(1, 4, 350, xlwt.easyxf(num_format_str=code)))


def _xml_2003() -> Iterator[Case]:
    """What programs forget to escape."""
    for name, old, new in (
        ("an ampersand", "东山乡", "东山&乡"),
        ("a space of HTML", "东山乡", "&nbsp;东山乡"),
        ("a control character", "东山乡", "东山乡\x0b"),
        ("the number of one", "东山乡", "东山乡&#31;"),
    ):
        town = "东山&乡" if name == "an ampersand" else "东山乡"
        yield Case(
            f"xml 2003 with {name}",
            lambda old=old, new=new: forge.xml_2003(ROWS).replace(old.encode(), new.encode()),
            XLS,
            [{**PEOPLE[0], "township": town}, PEOPLE[1]],
        )
    yield Case(
        "xml 2003 with a bracket that is no tag",
        lambda: forge.xml_2003(ROWS).replace("张三".encode(), "张<三".encode()),
        XLS,
        refused=["损坏"],
    )
    for far in ("16385", "99999999999"):
        yield Case(
            f"xml 2003 with a cell in column {far}",
            lambda far=far: forge.xml_2003(ROWS).replace(
                b"<Cell>", f'<Cell ss:Index="{far}">'.encode(), 1
            ),
            XLS,
            refused=["不合规范"],
        )


def _queries() -> Iterator[Case]:
    """Results of queries as text, or as a page."""
    yield Case(
        "a page with a header that stays while one scrolls",
        lambda: forge.html(ROWS).replace(b"</tr>", b"</tr></table><table>", 1),
        XLS,
        PEOPLE,
    )
    head, one, two = ([str(cell) for cell in row] for row in ROWS)
    rules = ["-+-".join("-" * 8 for _ in head)]
    yield Case(
        "a query's result drawn with signs",
        lambda: "\n".join(
            [" | ".join(head), *rules, " | ".join(one), " | ".join(two), "(2 rows)", ""]
        ).encode(),
        "低保名单.txt",
        [{**record, "row": record["row"] + 1} for record in PEOPLE],
    )
    yield Case(
        "a table of Hive below a title",
        lambda: "低保名单\n".encode() + forge.bare([head, one, two], "utf-8", "\x01"),
        "低保名单.txt",
        [{**record, "row": record["row"] + 1} for record in PEOPLE],
    )
    yield Case(
        "a table of Hive",
        lambda: forge.bare([head, one, two], "utf-8", "\x01"),
        "低保名单.txt",
        PEOPLE,
    )
    yield Case(
        "a table of a database with values that are none",
        lambda: forge.bare([head, one, [*two[:4], r"\N", r"\N"]], "utf-8", "\t"),
        "低保名单.txt",
        [
            PEOPLE[0],
            {key: PEOPLE[1][key] for key in PEOPLE[1] if key not in {"allowance", "approved_on"}},
        ],
    )


def _exports() -> Iterator[Case]:
    """Texts that a spreadsheet saved, or a program that does not quote."""
    head, one, two = ([str(cell) for cell in row] for row in ROWS)
    for amount, read in (("1.20E+03", None), ("1.2005e+03", "1200.50"), ("1e+05", "100000.00")):
        yield Case(
            f"an amount saved as {amount}",
            lambda amount=amount: forge.text([head, one, [*two[:4], amount, two[5]]]),
            "低保名单.csv",
            [PEOPLE[0], *([{**PEOPLE[1], "allowance": read}] if read else [])],
            aside=[] if read else [(3, "E3", "money_unreadable")],
        )
    yield Case(
        "amounts under a dollar sign",
        lambda: forge.xlsx([[*ROWS[0][:4], "保障金（$）", ROWS[0][5]], *ROWS[1:]]),
        records=[],
        aside=[(2, "E2", "money_not_yuan"), (3, "E3", "money_not_yuan")],
    )
    last = [row[:4] + row[5:] + row[4:5] for row in (head, one, two)]
    yield Case(
        "amounts with commas that nothing quotes",
        lambda: forge.bare([last[0], [*last[1][:5], "1,350"], [*last[2][:5], "2,200.50"]]),
        "低保名单.csv",
        [],
        aside=[(2, "", "ragged_row"), (3, "", "ragged_row")],
    )
    yield Case(
        "commas at the end of all rows but the header",
        lambda: forge.bare([last[0], [*last[1], ""], [*last[2], ""]]),
        "低保名单.csv",
        PEOPLE,
    )


def _dbf() -> Iterator[Case]:
    """Names of ten bytes hold three Chinese characters of UTF-8."""
    names = [*ROWS[0][:4], "月保障人数", ROWS[0][5]]
    fields = [(name, "C", 20) for name in names]
    yield Case(
        "dbf whose names in UTF-8 are cut",
        lambda: forge.dbf(fields, ROWS[1:], "utf-8"),
        "低保名单.dbf",
        [{key: one[key] for key in one if key not in {"allowance", "category"}} for one in PEOPLE],
        notes=["批准时…", "月保障…"],
    )
