"""What parsers of workbooks keep to themselves, repairs that Excel makes too, and near misses."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import xlwt

from ingest.corpus import forge, locked
from ingest.corpus.case import ID_A, ID_B, Case
from ingest.corpus.containers import PEOPLE, ROWS, TEXT, people

XLS, ODS, CSV, ZIP, DBF = (f"低保名单.{suffix}" for suffix in ("xls", "ods", "csv", "zip", "dbf"))


def cases() -> Iterator[Case]:
    """All oddities."""
    for family in (_xls, _ods, _packages, _html, _xml_2003, _dbf, _zips, _texts, _names):
        yield from family()


def book(adorn: Callable[[Any, Any], None]) -> bytes:
    """A BIFF8 workbook of the two people, adorned."""
    made = xlwt.Workbook()
    sheet = made.add_sheet("东山乡", cell_overwrite_ok=True)
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    adorn(made, sheet)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _xls() -> Iterator[Case]:
    def hide(_: Any, sheet: Any) -> None:
        sheet.row(2).hidden = True
        sheet.col(3).hidden = True

    def break_cells(_: Any, sheet: Any) -> None:
        sheet.row(1).set_cell_error(4, 0x2A)
        sheet.row(2).set_cell_error(1, 0x17)

    def leave_uncalculated(_: Any, sheet: Any) -> None:
        for row in (1, 2):
            sheet.write(row, 4, xlwt.Formula("300+50"))

    def count_from_1904(made: Any, sheet: Any) -> None:
        made.dates_1904 = True
        epoch = dt.date(1904, 1, 1)
        sheet.write(1, 5, (dt.date(2026, 1, 5) - epoch).days)
        sheet.write(2, 5, (dt.date(2025, 12, 31) - epoch).days)

    yield Case(
        "xls with a hidden row and column",
        lambda: book(hide),
        XLS,
        PEOPLE,
        notes=["隐藏行（第 3 行", "隐藏列（D"],
    )
    yield Case(
        "xls with error values",
        lambda: book(break_cells),
        XLS,
        [{key: value for key, value in PEOPLE[1].items() if key != "name"}],
        aside=[(2, "E2", "error_cell")],
        blanked=[(3, "B3", "error_cell")],
        notes=["E2"],
    )
    yield Case(
        "xls with formulas that nobody calculated",
        lambda: book(leave_uncalculated),
        XLS,
        [],
        aside=[(2, "E2", "error_cell"), (3, "E3", "error_cell")],
    )
    yield Case("xls with days from 1904", lambda: book(count_from_1904), XLS, PEOPLE)
    yield Case(
        "Excel 95",
        lambda: book(lambda *_: None).replace(b"\x09\x08\x10\0\0\x06", b"\x09\x08\x10\0\0\x05"),
        XLS,
        refused=["Excel 95"],
    )
    yield Case("xls whose allocation table runs in a circle", _in_a_circle, XLS, refused=["损坏"])


def _in_a_circle() -> bytes:
    data = bytearray(book(lambda *_: None))
    (table,) = struct.unpack_from("<I", data, 76)
    start = 512 * (table + 1)
    for at in range(start, start + 512, 4):
        if struct.unpack_from("<I", data, at)[0] < 0xFFFFFFF0:
            struct.pack_into("<I", data, at, 0)
    return bytes(data)


def _ods() -> Iterator[Case]:
    def line(row: list[Any], more: str = "") -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        return f"<table:table-row{more}>{cells}</table:table-row>"

    def sheet(lines: str, columns: str = "") -> bytes:
        return forge.ods_of(f'<table:table table:name="东山乡">{columns}{lines}</table:table>')

    first, second = (line(row) for row in TEXT[1:])
    error = '<table:table-cell calcext:value-type="error" office:value-type="string"><text:p>#N/A'
    plain = '<table:table-cell office:value-type="string"><text:p>'
    yield Case(
        "ods with a hidden row and column",
        lambda: sheet(
            line(TEXT[0]) + first + line(TEXT[2], ' table:visibility="filter"'),
            '<table:table-column table:number-columns-repeated="3"/>'
            '<table:table-column table:visibility="collapse"/>',
        ),
        ODS,
        PEOPLE,
        notes=["隐藏行（第 3 行", "隐藏列（D"],
    )
    yield Case(
        "ods with an error value",
        lambda: sheet(line(TEXT[0]) + first.replace(f"{plain}350", error) + second),
        ODS,
        PEOPLE[1:],
        aside=[(2, "E2", "error_cell")],
    )
    yield Case(
        "ods with a cell merged downwards",
        lambda: sheet(
            line(TEXT[0])
            + first.replace(
                "<table:table-cell", '<table:table-cell table:number-rows-spanned="2"', 1
            )
            + second.replace(
                f"{plain}西河镇</text:p></table:table-cell>", "<table:covered-table-cell/>"
            )
        ),
        ODS,
        people(township="东山乡"),
    )
    yield Case(
        "ods with a password",
        lambda: forge.changed(
            forge.ods(ROWS),
            lambda name, part: (
                b"<m><manifest:encryption-data/></m>" if name.startswith("META") else part
            ),
        ),
        ODS,
        refused=["密码"],
    )


def _packages() -> Iterator[Case]:
    def parts(change: Callable[[str], str] = str) -> dict[str, str | bytes]:
        return dict(forge.raw_parts(change(forge.sheet_data(ROWS))))

    def without(name: str) -> bytes:
        return forge.zipped({part: text for part, text in parts().items() if part != name})

    def doubled() -> bytes:
        stream = io.BytesIO(forge.zipped(parts()))
        with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as package:
            warnings.simplefilter("ignore")
            package.writestr(forge.SHEET, parts()[forge.SHEET])
        return stream.getvalue()

    many = {f"表{number}": ROWS for number in range(4)}
    yield Case("xlsx without root relations", lambda: without("_rels/.rels"), records=PEOPLE)
    yield Case(
        "parts in another case",
        lambda: forge.zipped({name.upper(): text for name, text in parts().items()}),
        records=PEOPLE,
    )
    yield Case("a part twice", doubled, refused=["同名的部件"])
    yield Case(
        "a row number twice",
        lambda: forge.zipped(parts(lambda text: text.replace('<row r="3"', '<row r="2"'))),
        refused=["同一行号"],
    )
    yield Case(
        "xlsb, of which the parser passes over kinds of cells",
        lambda: forge.zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}),
        XLS,
        refused=["xlsb"],
    )
    for name, old, new in (
        ("beside each other", '<c r="C3"', '<c r="B3"'),
        ("apart in a row", '<c r="E3"', '<c r="A3"'),
        ("in the last row", '<c r="F3"', '<c r="D3"'),
    ):
        yield Case(
            f"a cell twice {name}",
            lambda old=old, new=new: forge.zipped(parts(lambda text: text.replace(old, new))),
            refused=["同一单元格"],
        )
    yield Case(
        "cells not in order",
        lambda: forge.zipped(
            parts(lambda text: re.sub(r"(<c r=\"B3.*?</c>)(<c r=\"C3.*?</c>)", r"\2\1", text))
        ),
        records=PEOPLE,
    )
    yield Case(
        "more sheets than allowed",
        lambda: forge.xlsx(**many),
        limits={"members": 3},
        refused=["4 张工作表"],
    )
    yield Case(
        "encrypted with Excel's own password",
        lambda: locked.xlsx(ROWS, "VelvetSweatshop"),
        records=PEOPLE,
    )


def _html() -> Iterator[Case]:
    def page(change: Callable[[str], str]) -> Callable[[], bytes]:
        return lambda: change(forge.html(ROWS).decode()).encode()

    yield Case(
        "html with a hidden row",
        page(lambda text: text.replace("<tr>", '<tr style="display: none">', 2)),
        XLS,
        PEOPLE,
        notes=["隐藏行"],
    )
    yield Case(
        "html with the exact number behind a rounded one",
        page(lambda text: text.replace("<td>1200.5<", '<td x:num="1200.5">1,201<')),
        XLS,
        PEOPLE,
    )
    yield Case(
        "html with text that is not shown",
        page(lambda text: text.replace("张三", '张三<span style="display:none">李四</span>')),
        XLS,
        PEOPLE,
    )
    yield Case(
        "html with the fields of a form",
        page(
            lambda text: text.replace(
                "<td>350<", '<td><input type=hidden value="7"><INPUT name=je value="350"><'
            )
        ),
        XLS,
        PEOPLE,
    )
    yield Case(
        "html with a table in a cell",
        page(lambda text: text.replace("张三", "<table><tr><td>张三</td></tr></table>")),
        XLS,
        PEOPLE,
    )
    yield Case(
        "html cut off",
        page(lambda text: text[: text.index("李四")]),
        XLS,
        refused=["不完整"],
    )
    yield Case(
        "html in UTF-16 without mark",
        lambda: forge.html(ROWS).decode().encode("utf-16-le"),
        XLS,
        PEOPLE,
    )
    yield Case(
        "html with a comment that never ends",
        page(lambda text: text + "<!--" * 100_000),
        XLS,
        PEOPLE,
    )


def _xml_2003() -> Iterator[Case]:
    def sheet(change: Callable[[str], str]) -> Callable[[], bytes]:
        return lambda: change(forge.xml_2003(ROWS).decode()).encode()

    yield Case(
        "xml 2003 with hidden row and sheet",
        sheet(
            lambda text: text.replace("<Row>", '<Row ss:Hidden="1">', 2).replace(
                "</Worksheet>",
                '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">'
                "<Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>",
            )
        ),
        XLS,
        PEOPLE,
        notes=["隐藏行", "工作表是隐藏的"],
    )
    yield Case(
        "xml 2003 with a formula without result",
        sheet(
            lambda text: text.replace(
                '<Cell><Data ss:Type="Number">350</Data></Cell>', '<Cell ss:Formula="=1+1"/>'
            )
        ),
        XLS,
        PEOPLE[1:],
        aside=[(2, "E2", "error_cell")],
    )
    yield Case("xml 2003 after blank lines", sheet(lambda text: "\r\n" + text), XLS, PEOPLE)


def _dbf() -> Iterator[Case]:
    fields = [(text, "C", 20) for text in TEXT[0]]

    def counted(records: int) -> bytes:
        data = bytearray(forge.dbf(fields, TEXT[1:]))
        struct.pack_into("<I", data, 4, records)
        return bytes(data)

    yield Case(
        "dbf that states too few records", lambda: counted(1), DBF, PEOPLE, notes=["实有 2 条"]
    )
    yield Case("dbf that states too many records", lambda: counted(400), DBF, refused=["不完整"])


def _zips() -> Iterator[Case]:
    data = forge.text(ROWS)
    yield Case(
        "a zip with a password",
        lambda: encrypted("dibao.csv", data, b"secret"),
        ZIP,
        refused=["设有打开密码", "--password-file"],
    )
    yield Case(
        "a zip of a bomb",
        lambda: forge.zipped({"低保.csv": bytes(80 << 20)}),
        ZIP,
        refused=["压缩炸弹"],
    )
    yield Case(
        "a zip of nothing but a scan",
        lambda: forge.zipped({"盖章.pdf": b"%PDF-1.4\n"}),
        ZIP,
        refused=["压缩包里没有表格", "盖章.pdf", "PDF"],
    )
    yield Case(
        "a zip from a Mac, which does not say that its names are UTF-8",
        lambda: forge.zipped({"dibaomingdan.csv": data}).replace(
            b"dibaomingdan", "低保名单".encode()
        ),
        ZIP,
        [{**person, "sheet": "低保名单.csv"} for person in PEOPLE],
    )
    yield Case(
        "a zip with the mark of an open workbook",
        lambda: forge.zipped({"低保.csv": data, "~$低保.xlsx": b"\x05admin" + bytes(150)}),
        ZIP,
        PEOPLE,
    )


def encrypted(name: str, data: bytes, password: bytes) -> bytes:
    """A zip of one stored member under the old encryption (APPNOTE 6.1)."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def step(key: int, byte: int) -> int:
        return ~zlib.crc32(bytes([byte]), ~key & 0xFFFFFFFF) & 0xFFFFFFFF

    def turn(byte: int) -> None:
        keys[0] = step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134_775_813 + 1) & 0xFFFFFFFF
        keys[2] = step(keys[2], keys[1] >> 24)

    def hide(byte: int) -> int:
        mask = (keys[2] | 2) & 0xFFFF
        hidden = byte ^ ((mask * (mask ^ 1) >> 8) & 0xFF)
        turn(byte)
        return hidden

    for byte in password:
        turn(byte)
    crc = zlib.crc32(data)
    body = bytes(hide(byte) for byte in bytes(11) + bytes([crc >> 24]) + data)
    fields = struct.pack("<HHHHHIII", 20, 1, 0, 0, 0, crc, len(body), len(data))
    told = name.encode()
    local = b"PK\3\4" + fields + struct.pack("<HH", len(told), 0) + told + body
    listed = b"PK\1\2" + struct.pack("<H", 20) + fields
    listed += struct.pack("<HHHHHII", len(told), 0, 0, 0, 0, 0, 0) + told
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(local), 0)
    return local + listed + b"PK\5\6" + end


def _texts() -> Iterator[Case]:
    spaced = "\r\n".join(", ".join(f'"{cell}"' for cell in row) for row in TEXT).encode()
    yield Case("quotes after spaces", lambda: spaced, CSV, PEOPLE)
    yield Case(
        "an ID that a program kept as a float",
        lambda: forge.text([TEXT[0], [*TEXT[1][:2], f"{ID_B}.0", *TEXT[1][3:]]]),
        CSV,
        [{**PEOPLE[0], "id_number": "9.99901200003150E+17"}],
    )
    clinging = "".join("".join(f"{cell}\t," for cell in row) + "\r\n" for row in TEXT).encode()
    yield Case("tabs that keep numbers text, before each comma", lambda: clinging, CSV, PEOPLE)
    mixed = forge.text(TEXT, "gbk").replace("李四".encode("gbk"), "李四".encode())
    yield Case(
        "a name in another encoding than its line",
        lambda: mixed,
        CSV,
        None,
        refused=None,
    )
    yield Case(
        "two amounts in a cell",
        lambda: forge.text([TEXT[0], [*TEXT[1][:4], "350 50", TEXT[1][5]]]),
        CSV,
        [],
        aside=[(2, "E2", "money_unreadable")],
    )
    yield Case(
        "an hour that no day has",
        lambda: forge.text([TEXT[0], [*TEXT[1][:5], "2026-01-05 24:00"]]),
        CSV,
        [{key: value for key, value in PEOPLE[0].items() if key != "approved_on"}],
        blanked=[(2, "F2", "date_unreadable")],
    )
    yield Case(
        "a million blank lines at the end",
        lambda: forge.text(ROWS) + b"\r" * 1_000_000,
        CSV,
        PEOPLE,
        child=True,
    )


def _names() -> Iterator[Case]:
    rows = [
        ["乡镇", "姓名", "身份证号", "低保类型", "低保类别", "保障金"],
        ["东山乡", "张三", ID_A, "农村低保", "A类", "350"],
    ]
    yield Case(
        "a name that contradicts the headers",
        lambda: forge.text(rows),
        "特困供养名单.csv",
        refused=["像“特困", "表头却像“低保"],
    )
