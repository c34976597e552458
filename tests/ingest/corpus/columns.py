"""Headers and lines beside them that say of a column what it is not."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.corpus import forge
from ingest.corpus.case import ID_A, ID_B, Case
from ingest.corpus.tables import HEAD, ONE, TWO, people

LIST = ["乡镇", "行政村", "姓名", "身份证号", "低保类别"]
A = ["东山乡", "王家村", "张三", ID_A, "A类"]
B = ["西河镇", "李家村", "李四", ID_B, "B类"]
GOOD, OTHER = "999901198802083717", "999901200003150020"
"""Numbers with the right check character, unlike the others."""
HOUSES = ["乡镇", "行政村", "户主姓名", "身份证号", "房屋安全等级"]
HOUSE = ["东山乡", "王家村", "张三", ID_A, "C级"]


def cases() -> Iterator[Case]:
    """All columns."""
    yield from (
        *_brackets(),
        *_groups(),
        *_twice(),
        *_units(),
        *_above(),
        *_remarks(),
        *_codes(),
        *_kinds(),
        *_months(),
        *_certificates(),
    )


def _person(row: int, **more: str) -> dict[str, object]:
    names = ("township", "village", "name", "id_number", "category")
    return {"row": row, **dict(zip(names, A, strict=True)), **more}


def _upper(headers: list[str], cells: list[object]) -> dict[str, object]:
    """The first list's person, of which the first columns may be missing."""
    record = _person(2, **({"allowance": "300.00"} if len(cells) > len(LIST) else {}))
    return (
        record
        if headers[0] == LIST[0]
        else {name: value for name, value in record.items() if name not in {"township", "village"}}
    )


def _house(row: int, **more: str) -> dict[str, object]:
    names = ("township", "village", "name", "id_number")
    return {"row": row, **dict(zip(names, HOUSE, strict=False)), "grade": "C", **more}


def _brackets() -> Iterator[Case]:
    for header in (
        "身份證號",
        "身份证号 ID No.",
        "身份证号(ID Number)",
        "▼身份证号",
        "身份證號碼/id",
    ):
        yield Case(
            f"{header} is the number of the person",
            lambda header=header: forge.xlsx([[*LIST[:3], header, LIST[4]], A]),
            records=[_person(2)],
        )
    yield Case(
        "headers in traditional characters",
        lambda: forge.xlsx([["鄉鎮", "行政村", "姓名", "身份證號", "低保類別"], A]),
        records=[_person(2)],
    )
    for header, cell, more in (
        ("与户主关系（户主、配偶、子女……）", "配偶", {"relation": "配偶"}),
        ("低保类别（A、B、C）", "B类", {"category": "B类"}),
        ("保障金USD", "300", {}),
        ("保障金（本月、上月）", "300", {}),
    ):
        yield Case(
            f"{header} and the choices or the unit it states",
            lambda header=header, cell=cell: forge.xlsx([[*LIST[:4], header], [*A[:4], cell]]),
            records=[{**{k: v for k, v in _person(2).items() if k != "category"}, **more}],
        )
    for header, cell, read in (
        ("联系电话（村干部）", "13800001111", {}),
        ("姓名（儿子）", "王五", {}),
        ("姓名（户主）", "王五", {"head_name": "王五"}),
        ("身份证号（户主）", ID_B, {"head_id_number": ID_B}),
        ("身份证号（代理人）", ID_B, {}),
        ("出生日期（农历）", "1988-01-20", {}),
        ("户主姓名（曾用名）", "王五", {}),
        ("出生日期（年月日）", "1988-02-08", {"birth_date": "1988-02-08"}),
        ("保障金（上月）", "300", {}),
        ("保障金（本月）", "300", {"allowance": "300.00"}),
        ("保障金（含临时救助）", "300", {}),
        ("保障金（人次）", "300", {}),
        ("保障金（笔）", "300", {}),
        ("保障金（元/人·月）", "300", {"allowance": "300.00"}),
        ("家庭月收入（人均）", "300", {}),
        ("保障人数（人）", "3", {"protected_persons": 3.0}),
        ("保障人数（含户主）", "3", {}),
        ("保障金｛必填｝", "300", {"allowance": "300.00"}),
        ("保障金（调整前）", "300", {}),
        ("批准时间（每月5日前报）", "2026-10-03", {"approved_on": "2026-10-03"}),
    ):
        yield Case(
            f"a column headed {header}",
            lambda header=header, cell=cell: forge.xlsx([[*LIST, header], [*A, cell]]),
            records=[_person(2, **read)],
        )


def _groups() -> Iterator[Case]:
    low = [None, None, "姓名", "身份证号", None]
    for group, under, cells in (
        ("帮扶干部", ["姓名", "联系电话"], ["王干部", "13999999999"]),
        ("上月", ["保障金", "保障状态"], [300, "停保"]),
        ("变更前情况", ["低保类型", "保障金"], ["城市低保", 300]),
        ("网格员", ["姓名", "电话"], ["王网格", "13999999999"]),
        ("受托人", ["姓名", "身份证号"], ["王五", ID_B]),
    ):
        yield Case(
            f"columns below {group}",
            lambda group=group, under=under, cells=cells: forge.xlsx(
                [
                    ["乡镇", "行政村", "低保对象", None, "低保类别", group],
                    [*low, *under],
                    [*A, *cells],
                ]
            ),
            records=[_person(3)],
        )
    up, below = [*HOUSES, "资金（万元）"], [None] * len(HOUSES)
    for more, cell, read in (
        ("自筹资金", 0.5, {}),
        ("竣工时间", "2026-10-03", {"completed_on": "2026-10-03"}),
    ):
        yield Case(
            f"an amount below a group with its unit, beside {more}",
            lambda more=more, cell=cell: forge.xlsx(
                [up, [*below, "补助资金", more], [*HOUSE, 1.5, cell]]
            ),
            "房屋鉴定.xlsx",
            [_house(3, subsidy="15000.00", **read)],
        )
    yield Case(
        "a telephone of somebody whom the brackets name",
        lambda: forge.xlsx(
            [[*LIST, "姓名（受益人）", "联系电话（受益人）"], [*A, "王五", "13999999999"]]
        ),
        records=[_person(2)],
    )


def _twice() -> Iterator[Case]:
    yield Case(
        "an income of two years",
        lambda: forge.xlsx(
            [
                [
                    "乡镇",
                    "行政村",
                    "户编号",
                    "姓名",
                    "人均纯收入（2024年）",
                    "人均纯收入（2025年）",
                ],
                ["东山乡", "王家村", "H1", "张三", 1000, 9000],
            ]
        ),
        "花名册.xlsx",
        [
            {
                "row": 2,
                "township": "东山乡",
                "village": "王家村",
                "household_id": "H1",
                "name": "张三",
            }
        ],
        blanked=[(2, "F2", "header_repeated")],
    )
    rows = [[*A[:3], GOOD, "A类", GOOD], [*A[:3], OTHER, "A类", GOOD], [*A, GOOD]]
    for header, aside in (
        ("身份证号码", [(3, "F3", "numbers_differ")]),
        ("证件号码", [(3, "F3", "numbers_differ")]),
        ("户主身份证号", []),
    ):
        head = {} if aside else {"head_id_number": GOOD}
        one, two, three = (_person(row, **head) for row in (2, 3, 4))
        yield Case(
            f"another number under {header}",
            lambda header=header: forge.xlsx([[*LIST, header], *rows]),
            records=[
                {**one, "id_number": GOOD},
                *([] if aside else [{**two, "id_number": OTHER}]),
                three,
            ],
            aside=aside,
        )
    for header in ("联系电话（受益人）", "手机号码（本人）"):
        yield Case(
            f"a telephone under {header}",
            lambda header=header: forge.xlsx([[*LIST, header], [*A, "13900000001"]]),
            records=[_person(2, phone="13900000001")],
        )
    for title, classes, blanked in (
        ("the same class in two columns", ["A类", "A类"], []),
        ("two classes told apart by brackets", ["A类", "B类"], [(2, "F2", "header_repeated")]),
    ):
        said = {"category": "A类"} if not blanked else {}
        yield Case(
            title,
            lambda classes=classes: forge.xlsx(
                [[*LIST[:4], "低保类别（甲表）", "低保类别（乙表）"], [*A[:4], *classes]]
            ),
            records=[{key: value for key, value in _person(2).items() if key != "category"} | said],
            blanked=blanked,
        )


def _units() -> Iterator[Case]:
    for header, wan in (
        ("补助资金（元、万元）", False),
        ("补助资金（元/万元）", False),
        ("补助资金（10000元）", False),
        ("补助资金【万元】", True),
        ("补助资金〔万元〕", True),
        ("补助资金-万元", True),
        ("补助资金·万元", True),
    ):
        yield Case(
            f"an amount headed {header}",
            lambda header=header: forge.xlsx([[*HOUSES, header], [*HOUSE, 1.5]]),
            "房屋鉴定.xlsx",
            [_house(2, **({"subsidy": "15000.00"} if wan else {}))],
            blanked=[] if wan else [(2, "F2", "money_not_yuan")],
        )
    for unit in ("万元", "（万元）", "单位：万元"):
        yield Case(
            f"a line with {unit} below the headers",
            lambda unit=unit: forge.xlsx(
                [[*HOUSES, "建筑面积", "补助资金"], [None] * 5 + ["㎡", unit], [*HOUSE, 80, 1.5]]
            ),
            "房屋鉴定.xlsx",
            [_house(3, floor_area=80.0, subsidy="15000.00")],
        )
    for remarks in (["（年月日）", "（万元）"], ["日期格式", "单位：万元"], ["选填", "万元"]):
        yield Case(
            f"{'、'.join(remarks)} below the headers",
            lambda remarks=remarks: forge.xlsx(
                [
                    [*HOUSES, "鉴定日期", "补助资金"],
                    ["必填", None, "必填", "18位", None, *remarks],
                    [*HOUSE, "2026-10-01", 1.5],
                ]
            ),
            "房屋鉴定.xlsx",
            [_house(3, assessed_on="2026-10-01", subsidy="15000.00")],
        )
    for year, read in (("1985年", 1985.0), ("85", None), (85, None)):
        yield Case(
            f"built in {year!r}",
            lambda year=year: forge.xlsx([[*HOUSES, "建造年份"], [*HOUSE, year]]),
            "房屋鉴定.xlsx",
            [_house(2, **({"built_year": read} if read else {}))],
            blanked=[] if read else [(2, "F2", "number_unreadable")],
        )
    yield Case(
        "a full-width slash in an amount's place",
        lambda: forge.xlsx([[*LIST, "保障金"], [*A, "／"]]),
        records=[_person(2)],
    )
    for title, area, paid in (
        ("单位：公顷、万元", False, "3000000.00"),
        ("（面积单位：公顷，金额单位：元）", False, "300.00"),
        ("单位：亩、元", True, "300.00"),
        ("单位：元、万元", True, None),
    ):
        yield Case(
            f"a table under {title}",
            lambda title=title: forge.xlsx(
                [
                    [title],
                    [*HOUSES[:4], "灾种", "受灾面积", "救助金额"],
                    [*HOUSE[:4], "洪涝", 0.5, 300],
                ]
            ),
            "受灾农户.xlsx",
            [
                {name: value for name, value in _house(3).items() if name != "grade"}
                | {"disaster_kind": "洪涝"}
                | ({"area_hit": 0.5} if area else {})
                | ({"aid": paid} if paid else {})
            ],
            blanked=[
                *([] if area else [(3, "F3", "number_other_unit")]),
                *([] if paid else [(3, "G3", "money_not_yuan")]),
            ],
        )
    for cell in ("13800001111", "202603", "2026.3"):
        yield Case(
            f"{cell} where months are counted",
            lambda cell=cell: forge.xlsx(
                [
                    ["乡镇", "行政村", "户编号", "姓名", "务工时间（月）"],
                    [*A[:2], "H1", "张三", cell],
                ]
            ),
            "花名册.xlsx",
            [
                {"row": 2, "township": "东山乡", "village": "王家村"}
                | {"household_id": "H1", "name": "张三"}
            ],
            blanked=[(2, "E2", "number_unreadable")],
        )


def _above() -> Iterator[Case]:
    yield Case(
        "people above the header",
        lambda: forge.xlsx([ONE, HEAD, TWO]),
        records=people(0, 3)[1:],
        aside=[(1, "", "above_header")],
        notes=["表头上面有 1 行像人员数据"],
    )
    for name, above, upper, lower, second in (
        ("fewer columns", LIST[2:], A[2:], [*B, 300], [*LIST, "保障金"]),
        ("an amount less", LIST, A, [*B, 300], [*LIST, "保障金"]),
        (
            "amounts in yuan",
            [*LIST, "保障金（元）"],
            [*A, 300],
            [*B, 0.03],
            [*LIST, "保障金（万元）"],
        ),
    ):
        yield Case(
            f"a list with {name} above the list",
            lambda above=above, upper=upper, second=second, lower=lower: forge.xlsx(
                [above, upper, second, lower]
            ),
            records=[
                _upper(above, upper),
                {"row": 4, "township": "西河镇", "village": "李家村", "name": "李四"}
                | {"id_number": ID_B, "category": "B类", "allowance": "300.00"},
            ],
        )
    yield Case(
        "amounts under two units",
        lambda: forge.xlsx(
            [
                ["单位：元"],
                [*LIST, "保障金"],
                [*A, 300],
                ["单位：万元"],
                [*LIST, "保障金"],
                [*B, 0.03],
            ]
        ),
        records=[],
        aside=[(3, "F3", "money_not_yuan"), (6, "F6", "money_not_yuan")],
    )
    yield Case(
        "a number beside that of the member",
        lambda: forge.xlsx(
            [["户主姓名", "身份证号", "姓名", "成员身份证号", "低保类别"], ["王五", ID_B, *A[2:]]]
        ),
        records=[
            {"row": 2, "head_name": "王五", "name": "张三", "id_number": ID_A, "category": "A类"}
        ],
    )
    for first in (True, False):
        sums = [["乡镇", "户数", "保障人数", "保障金", "低保类别"], ["东山乡", 10, 20, 3000, "A类"]]
        sheets = {"汇总": sums, "名单": [LIST, A]} if first else {"名单": [LIST, A], "汇总": sums}
        yield Case(
            f"a summary {'before' if first else 'after'} the list",
            lambda sheets=sheets: forge.xlsx(**sheets),
            records=[_person(2, sheet="名单")],
            notes=["没有姓名、证件号码等列，整张表不读"],
        )
    yield Case(
        "a summary without a list",
        lambda: forge.xlsx([["乡镇", "户数", "保障人数", "低保类别"], ["东山乡", 10, 20, "A类"]]),
        refused=["缺少必需的列：姓名", "现有表头：乡镇"],
    )
    for word in ("人均", "平均值"):
        yield Case(
            f"a line of {word} below the people",
            lambda word=word: forge.xlsx([HEAD, ONE, TWO, [word, None, None, None, 300]]),
            records=people(2, 3),
        )


def _remarks() -> Iterator[Case]:
    for remark in ("说明不在家", "注销户口", "审核中", "填报有误"):
        yield Case(
            f"a first column that remarks {remark}",
            lambda remark=remark: forge.xlsx(
                [["备注", "姓名", "乡镇", "行政村", "低保类别"], [remark, "张三", *A[:2], "A类"]]
            ),
            records=[{name: value for name, value in _person(2).items() if name != "id_number"}],
        )
    yield Case(
        "a line of signatures without colons",
        lambda: forge.xlsx([HEAD, ONE, TWO, ["制表人", "王五", "审核人", "赵六"]]),
        records=people(2, 3),
    )


def _codes() -> Iterator[Case]:
    for line in (
        ["town", "village", "name", "id_card", "class"],
        ["Town", "Vill.", "Name", "ID No.", "Class (A-D)"],
    ):
        yield Case(
            f"a line of {line[0]}, {line[1]} … below the headers",
            lambda line=line: forge.xlsx([LIST, line, A]),
            records=[_person(3)],
        )
    yield Case(
        "somebody in a list of whom everything is in Latin letters",
        lambda: forge.xlsx([LIST, A, ["Dongshan", "Wangjia", "Anna", None, "A"]]),
        records=[
            _person(2),
            {
                "row": 3,
                "township": "Dongshan",
                "village": "Wangjia",
                "name": "Anna",
                "category": "A类",
            },
        ],
    )
    head = ["乡镇", "行政村", "户编号", "姓名", "证件号码"]
    yield Case(
        "a household's number longer than the digits of a number",
        lambda: forge.xlsx(
            [
                head,
                ["东山乡", "王家村", 2202810003123456, "张三", ID_A],
                ["西河镇", "李家村", 220281000312, "李四", ID_B],
            ]
        ),
        "花名册.xlsx",
        [
            {
                "row": 2,
                "township": "东山乡",
                "village": "王家村",
                "name": "张三",
                "id_number": ID_A,
            },
            {"row": 3, "township": "西河镇", "village": "李家村", "name": "李四", "id_number": ID_B}
            | {"household_id": "220281000312"},
        ],
        blanked=[(2, "C2", "digits_lost")],
    )

    for none, blanked in (("-", []), ("无", [(2, "C2", "stated_nothing")])):
        yield Case(
            f"a household's number written {none}",
            lambda none=none: forge.xlsx([head, [*A[:2], none, "张三", ID_A]]),
            "花名册.xlsx",
            [
                {
                    "row": 2,
                    "township": "东山乡",
                    "village": "王家村",
                    "name": "张三",
                    "id_number": ID_A,
                }
            ],
            blanked=blanked,
        )


def _kinds() -> Iterator[Case]:
    yield Case(
        "the columns of one list under the name of another",
        lambda: forge.xlsx([[*LIST, "保障金"], [*A, 300]]),
        "特困名单.xlsx",
        refused=["特困名单.xlsx", "表头却像“低保对象名单”"],
    )


STOPPED = ["乡镇", "行政村", "户主姓名", "停保原因", "停保月份"]


def _months() -> Iterator[Case]:
    """A number cannot hold the last zero of 2026.10; a text that is written as it is can."""
    for name, build, months in (
        ("of a csv with zeros before a digit", forge.text, {"2026.09": 9, "2026.1": None}),
        ("of a csv with both", forge.text, {"2026.10": 10, "2026.09": 9, "2026.1": None}),
        ("of a csv with zeros at the end", forge.text, {"2026.10": 10, "2026.9": 9, "2026.1": 1}),
        ("as texts", forge.xlsx, {"2026.10": 10, "2026.09": 9, "2026.1": 1}),
        ("as texts beside a number", forge.xlsx, {"2026.10": 10, 2026.1: None, 2026.9: 9}),
        ("as texts of xls beside a number", forge.xls, {"2026.10": 10, 2026.1: None}),
        ("as texts of ods beside a number", forge.ods, {"2026.10": 10, 2026.1: None}),
        ("as numbers", forge.xlsx, {2026.11: 11, 2026.1: None}),
    ):
        rows = [["东山乡", "王家村", "张三", "死亡", month] for month in months]
        person = {"township": "东山乡", "village": "王家村", "name": "张三", "stop_reason": "死亡"}
        yield Case(
            f"months {name}",
            lambda build=build, rows=rows: build([STOPPED, *rows]),
            f"停保名单.{build.__name__.replace('text', 'csv')}",
            [
                {"row": row, **person, **({"stopped_on": f"2026-{number:02}-01"} if number else {})}
                for row, number in enumerate(months.values(), 2)
            ],
            blanked=[
                (row, f"E{row}", "month_zero_lost")
                for row, number in enumerate(months.values(), 2)
                if number is None
            ],
        )


def _certificates() -> Iterator[Case]:
    """Texts that look like numbers are written just so."""
    for number in ("1.0", "0012.0", "12345678901234567890.0", "1e+20", "2026-01-05 00:00:00"):
        for build in (forge.xlsx, forge.xls, forge.ods, forge.text):
            yield Case(
                f"a certificate {number} in {build.__name__}",
                lambda number=number, build=build: build([[*LIST, "低保证号"], [*A, number]]),
                f"低保名单.{build.__name__}",
                [_person(2, certificate_no=number)],
            )
