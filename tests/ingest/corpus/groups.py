"""Columns and lines that belong together: parts below a column, years side by side, summaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.corpus import forge
from ingest.corpus.case import ID_A, ID_B, Case

LIST = ["乡镇", "行政村", "姓名", "身份证号", "低保类别"]
A = ["东山乡", "王家村", "张三", ID_A, "A类"]
B = ["西河镇", "李家村", "李四", ID_B, "B类"]
NAMES = ("township", "village", "name", "id_number", "category")


def cases() -> Iterator[Case]:
    """All groups."""
    yield from (*_parts(), *_years(), *_below())


def _people(first: int, second: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"row": row, **dict(zip(NAMES, cells, strict=True)), **more}
        for row, cells in ((first, A), (second, B))
    ]


def _parts() -> Iterator[Case]:
    for one, two in (("9月", "10月"), ("应发", "实发"), ("中央", "省级")):
        yield Case(
            f"{one} and {two} below an amount",
            lambda one=one, two=two: forge.xlsx(
                [[*LIST, "保障金", None], [*[None] * 5, one, two], [*A, 380, 400], [*B, 300, 310]]
            ),
            records=_people(3, 4),
        )
    yield Case(
        "a first person of whom nothing but an amount is known",
        lambda: forge.xlsx(
            [[*LIST, "保障金", None], [*[None] * 5, 380, 400], [*A, 380, None], [*B, 300, None]]
        ),
        records=[
            {**person, "allowance": paid}
            for person, paid in zip(_people(3, 4), ("380.00", "300.00"), strict=True)
        ],
        aside=[(2, "", "nobody_named")],
    )


def _years() -> Iterator[Case]:
    head = ["姓名", "身份证号", "2025年度", None, "2026年度", None]
    low = [None, None, "参保情况", "自付金额", "参保情况", "自付金额"]
    flat = ["姓名", "身份证号", "参保情况（2025年）", "自付金额（2025年）"]
    flat += ["参保情况（2026年）", "自付金额（2026年）"]
    rows = [["张三", ID_A, "已参保", 380, None, None], ["李四", ID_B, "已参保", 380, "已参保", 380]]
    for name, header in (("groups", [head, low]), ("brackets", [flat])):
        first = len(header) + 1
        yield Case(
            f"what only one of two years has, the years in {name}",
            lambda header=header: forge.xlsx([*header, *rows]),
            "居民参保名单.xlsx",
            [
                {"row": first, "name": "张三", "id_number": ID_A},
                {"row": first + 1, "name": "李四", "id_number": ID_B}
                | {"insured_status": "已参保", "premium_paid": "380.00"},
            ],
            blanked=[
                (first, f"C{first}", "header_repeated"),
                (first, f"D{first}", "header_repeated"),
            ],
        )

    for times in (["2026年"], ["10月"], ["2024年", "2025年"]):
        read = {"allowance": "300.00"} if len(times) == 1 else {}
        yield Case(
            f"amounts with {' and '.join(times)} before the word",
            lambda times=times: forge.xlsx(
                [[*LIST, *(f"{time}低保金" for time in times)], [*A, *[300] * len(times)]]
            ),
            records=_people(2, 3, **read)[:1],
        )


def _below() -> Iterator[Case]:
    yield Case(
        "a summary by township below the people",
        lambda: forge.xlsx(
            [LIST, A, B, [], ["乡镇", "户数", "金额"], ["东山乡", 1, 380], ["西河镇", 1, 300]]
        ),
        records=_people(2, 3),
        aside=[(6, "C6", "name_unreadable"), (7, "C7", "name_unreadable")],
    )
    short = [[*line[2:], 300] for line in (A, B)]
    lines = {
        "a note over two lines": [["注：1.本表由各乡镇填报。"], ["2.金额单位为元，保留两位小数。"]],
        "a note that begins with nothing": [["注："], ["本表一式两份"], ["3、其他"]],
        "an office and a date": [["样例县民政局"], ["2026年10月8日"]],
        "a date in the cell beside the word": [["日期", "2026年10月8日"]],
        "a date in words": [["二〇二六年十月八日"]],
    }
    for name, last in lines.items():
        yield Case(
            f"{name} below the people",
            lambda last=last: forge.xlsx(
                [["姓名", "身份证号", "低保类别", "保障金"], *short, *last]
            ),
            records=[
                {"row": row, "name": person[0], "id_number": person[1], "category": person[2]}
                | {"allowance": "300.00"}
                for row, person in enumerate(short, 2)
            ],
        )
    for name, last in {
        "a person without number below a note": ["注：以下新增", "王五"],
        "a long name below a note": ["注：以下新增", "阿卜杜拉·买买提江"],
    }.items():
        yield Case(
            name,
            lambda last=last: forge.xlsx(
                [["姓名", "身份证号", "低保类别", "保障金"], *short, *([line] for line in last)]
            ),
            records=[
                *(
                    {"row": row, "name": person[0], "id_number": person[1], "category": person[2]}
                    | {"allowance": "300.00"}
                    for row, person in enumerate(short, 2)
                ),
                {"row": 5, "name": last[1]},
            ],
        )
