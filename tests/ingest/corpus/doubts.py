"""What could be read in two ways, or twice, and what a careful reader makes of it."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.corpus import forge
from ingest.corpus.case import ID_A, ID_B, Case
from ingest.corpus.containers import PEOPLE, ROWS, TEXT
from ingest.corpus.tables import HEAD, ONE, TWO, people

TEKUN = ["乡镇", "姓名", "身份证号", "供养方式"]
SUPPORTED = ["西河镇", "李四", ID_B, "分散供养"]


def cases() -> Iterator[Case]:
    """All doubts."""
    yield from (*_lines(), *_kinds(), *_copies(), *_headers(), *_contents())


def _lines() -> Iterator[Case]:
    for name, line in (
        ("甲 to 庚", list("甲乙丙丁戊己庚")),
        ("（1） to （7）", [f"（{number}）" for number in range(1, 8)]),
        ("① to ⑦", list("①②③④⑤⑥⑦")),
    ):
        yield Case(
            f"columns numbered {name} between people",
            lambda line=line: forge.xlsx([HEAD, ONE, line, TWO]),
            records=people(2, 4),
        )
        yield Case(
            f"columns numbered {name} under the header",
            lambda line=line: forge.xlsx([HEAD, line, ONE, TWO]),
            records=people(3, 4),
        )
    kept = {name: value for name, value in people()[0].items() if name != "id_number"}
    yield Case(
        "a person whose number is the word of its header",
        lambda: forge.xlsx([HEAD, [*ONE[:4], "身份证号", *ONE[5:]]]),
        records=[{**kept, "id_number": "身份证号"}],
    )


def _kinds() -> Iterator[Case]:
    record = {"row": 2, "township": "西河镇", "name": "李四", "id_number": ID_B}
    yield Case(
        "a sheet of another kind than the file's name",
        lambda: forge.xlsx(低保=ROWS, 特困=[TEKUN, SUPPORTED]),
        records=[*PEOPLE, {**record, "support_mode": "分散供养"}],
        department="civil_affairs",
    )
    yield Case(
        "people on cards",
        lambda: forge.xlsx(
            [
                ["姓名", "张三", "身份证号", ID_A],
                ["乡镇", "东山乡", "行政村", "王家村"],
                ["保障金", "350", "低保类别", "A类"],
                ["姓名", "李四", "身份证号", ID_B],
                ["乡镇", "西河镇", "行政村", "李家村"],
            ]
        ),
        refused=["低保名单.xlsx"],
    )


def _copies() -> Iterator[Case]:
    yield Case(
        "a sheet and its copy",
        lambda: forge.xlsx(**{"名单": ROWS, "名单 (2)": ROWS}),
        refused=["“名单 (2)”与“名单”内容完全相同"],
    )
    yield Case(
        "a cell of XML 2003 with two contents",
        lambda: forge.xml_2003(TEXT).replace(
            b'<Data ss:Type="String">350</Data>',
            b'<Data ss:Type="String">350</Data><Data ss:Type="String">3</Data>',
        ),
        "低保名单.xls",
        refused=["同一单元格"],
    )


def _headers() -> Iterator[Case]:
    for slip in ("身分证号", "身份证号号", "身份正号码", "公民身份号吗"):
        yield Case(
            f"the number's header written {slip}",
            lambda slip=slip: forge.xlsx([[*HEAD[:4], slip, *HEAD[5:]], ONE, TWO]),
            refused=[f"“{slip}”像是写错了字"],
        )
    nameless = [
        {name: value for name, value in one.items() if name != "id_number"} for one in people()
    ]
    yield Case(
        "the number of another person only",
        lambda: forge.xlsx([[*HEAD[:4], "父身份证号", *HEAD[5:]], ONE, TWO]),
        records=nameless,
    )


def _contents() -> Iterator[Case]:
    dollars = (
        '<table:table-cell office:value-type="currency" office:currency="{}" office:value="350">'
    )
    text = '<table:table-cell office:value-type="float" office:value="350">'
    for currency in ("CNY", "USD"):
        foreign = currency == "USD"
        yield Case(
            f"an amount in {currency}",
            lambda currency=currency: forge.changed(
                forge.ods(ROWS),
                lambda _, part: part.replace(text.encode(), dollars.format(currency).encode()),
            ),
            "低保名单.ods",
            PEOPLE[1:] if foreign else PEOPLE,
            aside=[(2, "E2", "money_unreadable")] if foreign else [],
        )
    for shown in ("#DIV/0!", "Err:508"):
        failed = (
            '<table:table-cell table:formula="of:=X()" office:value-type="float" office:value="0">'
        )
        yield Case(
            f"a formula that OpenOffice shows as {shown} and states as 0",
            lambda shown=shown, failed=failed: forge.changed(
                forge.ods(ROWS),
                lambda _, part: part.replace(
                    f"{text}<text:p>350<".encode(), f"{failed}<text:p>{shown}<".encode()
                ),
            ),
            "低保名单.ods",
            PEOPLE[1:],
            aside=[(2, "E2", "error_cell")],
        )
    yield Case(
        "text that begins like a formula",
        lambda: forge.xlsx([[*HEAD[:6], "姓名原文"], [*ONE[:1], "=东山乡", *ONE[2:6], "x"]]),
        records=[
            {
                "row": 2,
                "township": "=东山乡",
                "village": "王家村",
                "name": "张三",
                "id_number": ID_A,
                "category": "A类",
            }
        ],
    )
