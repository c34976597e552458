"""Where the table lies in the sheet: titles, headers of every shape, footers, several tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.corpus import forge
from ingest.corpus.case import ID_A, ID_B, Case

HEAD = ["序号", "乡镇", "行政村", "姓名", "身份证号", "低保类别", "保障金"]
ONE = ["1", "东山乡", "王家村", "张三", ID_A, "A类", "350"]
TWO = ["2", "西河镇", "李家村", "李四", ID_B, "B类", "1200.5"]
BOOK = "低保名单.xlsx"


def people(first: int = 2, second: int = 3, **more: Any) -> list[dict[str, Any]]:
    """The two records at their rows."""
    one = {"township": "东山乡", "village": "王家村", "name": "张三", "id_number": ID_A}
    two = {"township": "西河镇", "village": "李家村", "name": "李四", "id_number": ID_B}
    return [
        {"row": first, **one, "category": "A类", "allowance": "350.00", **more},
        {"row": second, **two, "category": "B类", "allowance": "1200.50", **more},
    ]


def cases() -> Iterator[Case]:
    """All shapes."""
    yield from _titles()
    yield from _headers()
    yield from _between()
    yield from _footers()
    yield from _sheets()
    yield from _several()
    yield from _ragged()
    yield from _columns()
    yield from _hidden()
    yield from _nobody()
    yield from _refused()


def _nobody() -> Iterator[Case]:
    """Lines among the people that are about nobody."""
    head = ["乡镇", "行政村", "姓名", "身份证号"]
    one, two = ONE[1:5], TWO[1:5]
    kept = [
        {name: value for name, value in person.items() if name not in {"category", "allowance"}}
        for person in people(3, 4)
    ]
    for name, line, code in (
        ("letters of columns", ["A", "B", "C", "D"], None),
        ("甲乙丙丁", ["甲", "乙", "丙", "丁"], None),
        ("栏次 and numbers", ["栏次", "1", "2", "3"], None),
        ("a line of rules", ["---"] * 4, None),
        ("notes on how to fill in", ["必填", "必填", "必填", "必填，18位"], "nobody_named"),
        ("types of the columns", ["文本"] * 4, "nobody_named"),
        ("codes of the columns", ["XZ", "XZC", "XM", "SFZH"], None),
        ("ditto signs", ["〃"] * 4, "nobody_named"),
        ("crosses", ["×"] * 4, "nobody_named"),
        ("words of a database", ["NULL"] * 4, "nobody_named"),
        ("zeros", ["0"] * 4, "name_unreadable"),
        ("an example", ["例：东山乡", "王家村", "张三", "110101199001011234"], "example_row"),
    ):
        aside = [(2, "C2" if code == "name_unreadable" else "", code)] if code else []
        blanked = (
            [(2, "C2", "stated_nothing")]
            if code and line[2] in {"必填", "文本", "NULL"}
            else [(2, f"{letter}2", "ditto") for letter in "ABC" if line[2] == "〃"]
        )
        yield _case(name, [head, line, one, two], kept, aside=aside, blanked=blanked)
    yield _case("a name beside no number", [head, [*one[:3], "见户口本"], two], None, refused=None)


def _case(name: str, rows: Sequence[Sequence[Any]], records: Any, **more: Any) -> Case:
    return Case(name, lambda: forge.xlsx(rows), BOOK, records, **more)


def _titles() -> Iterator[Case]:
    title = ["东山县2026年10月农村最低生活保障对象名单"]
    yield _case("a title", [title, HEAD, ONE, TWO], people(3, 4))
    yield _case(
        "three lines of titles",
        [
            title,
            ["填报单位：东山县民政局", None, None, "2026年10月30日"],
            ["单位：人、元"],
            HEAD,
            ONE,
            TWO,
        ],
        people(5, 6),
    )
    yield _case("blank lines above", [[], [], title, [], HEAD, ONE, TWO], people(6, 7))
    pages = [[f"{number}、填报要求"] for number in range(150)]
    yield _case("pages of instructions", [*pages, HEAD, ONE, TWO], people(152, 153))
    for number, note in enumerate(
        ("注：本表金额单位为万元", "单位：万元", "制表人：王五　单位:万元")
    ):
        yield _case(
            f"the unit of amounts below the table, {number}",
            [HEAD, [*ONE[:6], "0.035"], [*TWO[:6], "0.12005"], note.split("\u3000")],
            people(),
        )
    yield _case(
        "a limit named below the table", [HEAD, ONE, TWO, ["注：封顶线（30万元）"]], people()
    )
    yield _case("a table far down", [*[["说明"]] * 40, HEAD, ONE, TWO], people(42, 43))
    yield Case(
        "a title merged over all columns",
        lambda: forge.xlsx([title, HEAD, ONE, TWO], lambda _, s: s.merge_range("A1:G1", title[0])),
        BOOK,
        people(3, 4),
    )
    yield _case(
        "a title with the unit of amounts",
        [["低保名单"], ["单位：万元"], HEAD, [*ONE[:6], "0.035"], [*TWO[:6], "0.12005"]],
        people(4, 5),
    )
    yield Case(
        "titles above a csv",
        lambda: forge.bare([title, ["填报单位：民政局"], HEAD, ONE, TWO]),
        "低保名单.csv",
        people(4, 5),
    )
    yield _case(
        "a table that starts at D5",
        [[], [], [], [], *([None, None, None, *row] for row in (HEAD, ONE, TWO))],
        people(6, 7),
    )


def _headers() -> Iterator[Case]:
    def headed(name: str, head: list[str], **more: Any) -> Case:
        return _case(f"header {name}", [head, ONE, TWO], people(), **more)

    yield headed(
        "with spaces",
        ["序 号", "乡 镇", " 行政村 ", "姓  名", "身 份 证 号", "低保 类别", "保障金"],
    )
    yield headed(
        "with line breaks",
        ["序号", "乡\n镇", "行政\r\n村", "姓\n名", "身份证\n号码", "低保\n类别", "保障\n金"],
    )
    yield headed("with units", [*HEAD[:6], "保障金（元/月）"])
    yield headed(
        "with stars", ["序号", "*乡镇", "*行政村", "姓名*", "★身份证号", "低保类别", "※保障金"]
    )
    yield headed(
        "with 必填",
        [
            "序号",
            "乡镇（必填）",
            "行政村(必填)",
            "姓名【必填】",
            "身份证号[必填]",
            "低保类别(选填)",
            "保障金",
        ],
    )
    yield headed(
        "in full width", [*HEAD[:3], "姓名（＊）", "身份证号：", "低保类别", "保障金（元）"]
    )
    yield headed(
        "with numbers",
        ["序号", "1.乡镇", "2、行政村", "3.姓名", "（4）身份证号", "⑤低保类别", "6．保障金"],
    )
    yield headed(
        "with hints",
        [
            *HEAD[:4],
            "身份证号（18位，末位X大写）",
            "低保类别（下拉选择）",
            "保障金（元，保留两位小数）",
        ],
    )
    yield headed(
        "with invisible characters",
        [
            "序号",
            "\u200b乡镇",
            "行政村\u00a0",
            "姓\u3000名",
            "\ufeff身份证号",
            "低保类别",
            "保障金",
        ],
    )
    yield _case(
        "header of three rows that end at different depths",
        [
            ["序号", "地区", None, "人员", None, "保障", None],
            [None, "乡镇", "行政村", "基本", None, "类", "金额"],
            [None, None, None, "姓名", "身份证号", "低保类别", "保障金"],
            ONE,
            TWO,
        ],
        people(4, 5),
    )
    yield _case(
        "header of which a column has its name in the first of three rows",
        [
            ["地区", None, None, "人员", None, "保障", "保障金"],
            ["序号", "乡镇", "行政村", "基本", None, "类", None],
            [None, None, None, "姓名", "身份证号", "低保类别", None],
            ONE,
            TWO,
        ],
        people(4, 5),
    )
    yield Case(
        "header of two rows, merged",
        lambda: forge.xlsx(
            [
                ["序号", "所在地", None, "对象", None, "保障", None],
                [None, "乡镇", "行政村", "姓名", "身份证号", "低保类别", "保障金"],
                ONE,
                TWO,
            ],
            lambda _, s: (s.merge_range("B1:C1", "所在地"), s.merge_range("A1:A2", "序号")),
        ),
        BOOK,
        people(3, 4),
    )
    yield _case(
        "header of two rows, the first one filled",
        [
            ["序号", "乡镇", "行政村", "基本信息", None, "低保类别", "保障金"],
            [None, None, None, "姓名", "身份证号", None, None],
            ONE,
            TWO,
        ],
        people(3, 4),
    )
    yield _case(
        "header of three rows",
        [
            ["低保名单"],
            ["序号", "基本信息", None, None, None, "保障情况", None],
            [None, "所在地", None, "本人", None, "类别", "金额"],
            [None, "乡镇", "行政村", "姓名", "身份证号", "低保类别", "保障金"],
            ONE,
            TWO,
        ],
        people(5, 6),
    )
    yield _case(
        "header of three rows, each naming some",
        [
            ["序号", "乡镇", "行政村", "低保对象", None, None, None],
            [None, None, None, "姓名", "身份证号", "保障", None],
            [None, None, None, None, None, "低保类别", "保障金"],
            ONE,
            TWO,
        ],
        people(4, 5),
    )
    yield _case(
        "groups for the head and the person",
        [
            ["乡镇", "户主信息", None, "低保对象", None, "低保类别"],
            [None, "姓名", "身份证号", "姓名", "身份证号", None],
            ["东山乡", "王五", ID_B, "张三", ID_A, "A类"],
        ],
        [
            {
                "row": 3,
                "township": "东山乡",
                "head_name": "王五",
                "head_id_number": ID_B,
                "name": "张三",
                "id_number": ID_A,
                "category": "A类",
            }
        ],
    )
    yield _case("a line of column numbers", [HEAD, [1, 2, 3, 4, 5, 6, 7], ONE, TWO], people(3, 4))
    yield _case(
        "a line of letters and numbers",
        [HEAD, ["甲", "乙", "丙", "1", "2", "3", "4"], ONE, TWO],
        people(3, 4),
    )
    yield _case(
        "a line of hints under the header",
        [HEAD, [None, "填全称", "填全称", "必填", "18位", "A/B/C/D", "元"], ONE, TWO],
        people(3, 4),
        aside=[(2, "G2", "money_unreadable")],
        blanked=[(2, "D2", "stated_nothing"), (2, "F2", "category_unknown")],
    )
    yield _case(
        "unknown columns beside the known",
        [[*HEAD, "户籍性质", "是否网格员"], [*ONE, "农业", "否"], [*TWO, "农业", "否"]],
        people(),
    )
    yield _case("a column without header", [[*HEAD, None], [*ONE, "x"], [*TWO, "y"]], people())
    yield _case(
        "blank columns in between",
        [[*row[:3], None, None, *row[3:]] for row in (HEAD, ONE, TWO)],
        people(),
    )
    yield _case(
        "the amount in a column before a repeated one that agrees",
        [[*HEAD, "保障金"], [*ONE, "350"], [*TWO, "1200.50"]],
        people(),
    )
    yield _case(
        "a repeated column that contradicts",
        [[*HEAD, "保障金"], [*ONE, "350"], [*TWO, "900"]],
        [people()[0], {k: v for k, v in people()[1].items() if k != "allowance"}],
        blanked=[(3, "H3", "header_repeated")],
    )


def _between() -> Iterator[Case]:
    yield _case("blank rows", [HEAD, ONE, [], [], TWO], people(2, 5))
    yield _case("the header again on each page", [HEAD, ONE, HEAD, TWO], people(2, 4))
    yield _case(
        "title and header again on each page",
        [["低保名单"], HEAD, ONE, ["低保名单"], HEAD, TWO],
        people(3, 6),
    )
    no_place = [HEAD[3:], ONE[3:], TWO[3:]]
    places = {"township", "village"}
    for band in ("西河镇李家村", "李家村", "李家村低保对象名单"):
        yield _case(
            f"blocks under {band}",
            [["东山乡王家村"], no_place[0], no_place[1], [band], no_place[0], no_place[2]],
            [
                {key: value for key, value in one.items() if key not in places}
                for one in people(3, 6)
            ],
        )
    yield _case(
        "a name alone at the end of a page",
        [HEAD[3:], ONE[3:], ["赵六"], HEAD[3:], TWO[3:]],
        [
            {key: value for key, value in one.items() if key not in places}
            for one in (people()[0], {"row": 3, "name": "赵六"}, people(2, 5)[1])
        ],
    )
    spaced = ["序 号", "乡 镇", "行政村", "姓 名", "身份证号", "低保类别", "保障金（元）"]
    yield _case("the header again, written otherwise", [HEAD, ONE, spaced, TWO], people(2, 4))
    yield _case(
        "two header rows again on each page",
        [
            ["序号", "所在地", None, "对象", None, "低保类别", "保障金"],
            [None, "乡镇", "行政村", "姓名", "身份证号", None, None],
            ONE,
            ["序号", "所在地", None, "对象", None, "低保类别", "保障金"],
            [None, "乡镇", "行政村", "姓名", "身份证号", None, None],
            TWO,
        ],
        people(3, 6),
    )
    for name, row in (
        ("in the first column", ["小计", None, None, None, None, None, 350]),
        ("in the township's column", [None, "小计", None, None, None, None, 350]),
        ("in the village's column", [None, "东山乡", "小计", None, None, None, 350]),
        ("in the name's column", [None, "东山乡", "王家村", "小 计", None, None, 350]),
        ("in the column of the ID", [None, None, None, None, "合计", None, 350]),
        ("in the column of the category", [None, None, None, None, None, "小计", 350]),
        ("behind the township's name", ["东山乡小计", None, None, None, None, None, 350]),
        ("with a count", ["小计：1户1人", None, None, None, None, None, 350]),
        ("in brackets", ["（小计）", None, None, None, None, None, 350]),
        ("of a page", ["本页合计", None, None, None, None, None, 350]),
    ):
        yield _case(f"a subtotal {name}", [HEAD, ONE, row, TWO], people(2, 4))
    yield _case("a township as a heading", [HEAD, ["东山乡"], ONE, ["西河镇"], TWO], people(3, 5))
    yield Case(
        "townships merged over their rows",
        lambda: forge.xlsx(
            [HEAD, ONE, [*TWO[:1], None, *TWO[2:]]],
            lambda _, s: s.merge_range("B2:B3", "东山乡"),
        ),
        BOOK,
        [people()[0], {**people()[1], "township": "东山乡"}],
    )
    yield Case(
        "amounts merged over the rows of a household",
        lambda: forge.xlsx([HEAD, ONE, TWO[:6]], lambda _, s: s.merge_range("G2:G3", 350)),
        BOOK,
        [people()[0], {k: v for k, v in people()[1].items() if k != "allowance"}],
    )

    yield Case(
        "a number merged over two names, and a name over two numbers",
        lambda: forge.xlsx(
            [HEAD, ONE, [*TWO[:4], None, *TWO[5:]], ONE, [*TWO[:3], None, *TWO[4:]]],
            lambda _, s: (s.merge_range("E2:E3", ID_A), s.merge_range("D4:D5", "张三")),
        ),
        BOOK,
        [
            people()[0],
            {key: value for key, value in people()[1].items() if key != "id_number"},
            people(4)[0],
            {key: value for key, value in people(4, 5)[1].items() if key != "name"},
        ],
    )
    yield Case(
        "a person merged over two rows",
        lambda: forge.xlsx(
            [HEAD, ONE, [*TWO[:3], None, None, *TWO[5:]]],
            lambda _, s: (s.merge_range("D2:D3", "张三"), s.merge_range("E2:E3", ID_A)),
        ),
        BOOK,
        [people()[0], {**people()[1], "name": "张三", "id_number": ID_A}],
    )


def _footers() -> Iterator[Case]:
    named = [HEAD[3:], ONE[3:], TWO[3:]]
    both = [
        {key: value for key, value in one.items() if key not in {"township", "village"}}
        for one in people()
    ]
    for caption in (
        "其中：城市低保",
        "占比",
        "户数",
        "续表",
        "村委会（章）",
        "一、农村低保",
        "2．金额单位为元",
        "情况属实",
        "--- 没有更多 ---",
        "*系统自动生成",
        "Grand Total",
    ):
        for beside in ([], [None, None, 1550.5]):
            yield _case(
                f"{caption} in the name's column, {len(beside)} beside it",
                [*named, [caption, *beside]],
                both,
                aside=[(4, "", "name_unreadable")],
            )
    for name in ("赵六", "买买提·艾力", "欧阳靖蕾", "艾合买提江"):
        yield _case(f"{name} alone", [*named, [name]], [*both, {"row": 4, "name": name}])
    for name, *row in (
        ("a total", "合计", None, None, None, None, None, 1550.5),
        ("a total with spaces", "合    计", None, None, None, None, None, 1550.5),
        ("a total with a colon", "总计：", None, None, None, None, None, 1550.5),
        ("a note", "注：本表一式两份"),
        ("a numbered note", "注1：低保类别按A、B、C填写"),
        ("the makers", "制表人：王五", None, "审核人：赵六", None, "2026年10月30日"),
        ("the leader", "单位负责人（签字）：", None, None, "填报人："),
        ("the maker's telephone", "填表人：王五", None, None, "联系电话：13900000001"),
        ("instructions", "填表说明：1.姓名应与身份证一致"),
        ("a page", "第1页 共3页"),
        ("a page in dashes", "- 1 -"),
        ("a date", "2026年10月30日"),
        ("the seal", None, None, None, None, "（盖章）"),
        ("the end", "——以下空白——"),
        ("the end in words", "以下无正文"),
        ("what a database says", None, None, None, "(2 rows)"),
        ("what a database says in Chinese", None, None, None, "已选择2行。"),
        ("how many there are", None, None, None, "共2条记录"),
    ):
        yield _case(f"below: {name}", [HEAD, ONE, TWO, [], row], people())
    yield _case("sums without a word", [HEAD, ONE, TWO, [*[None] * 6, 1550.5]], people())
    yield _case(
        "sums without a word in several columns",
        [[*HEAD, "发放合计"], [*ONE, 350], [*TWO, 1200.5], [*[None] * 6, 1550.5, 1550.5]],
        [{**one, "paid_total": one["allowance"]} for one in people()],
        aside=[(4, "", "nobody_named")],
    )
    yield _case(
        "a village that begins like a note, and a name like a total",
        [HEAD, [*ONE[:2], "注家村", "计总", *ONE[4:]], [*TWO[:2], "说明村", "合计", *TWO[4:]]],
        [
            {**people()[0], "village": "注家村", "name": "计总"},
            {**people()[1], "village": "说明村", "name": "合计"},
        ],
    )


def _sheets() -> Iterator[Case]:
    one, two = people(2, 2)
    yield Case(
        "a sheet a township, some empty",
        lambda: forge.xlsx(东山乡=[HEAD, ONE], 空=[], 西河镇=[HEAD, TWO], Sheet4=[]),
        BOOK,
        [{**one, "sheet": "东山乡"}, {**two, "sheet": "西河镇"}],
        notes=["空工作表"],
    )
    yield Case(
        "a cover, the list, a summary",
        lambda: forge.xlsx(
            封面=[["东山县低保名单"], ["2026年10月"]],
            名单=[HEAD, ONE, TWO],
            汇总=[["乡镇", "户数", "人数"], ["东山乡", 1, 1], ["西河镇", 1, 1]],
        ),
        BOOK,
        [{**record, "sheet": "名单"} for record in people()],
    )
    yield Case(
        "columns in another order on the second sheet",
        lambda: forge.xlsx(甲=[HEAD, ONE], 乙=[HEAD[::-1], TWO[::-1]]),
        BOOK,
        [{**two, "sheet": "乙"}, {**one, "sheet": "甲"}],
    )
    yield Case(
        "two layouts in one file",
        lambda: forge.xlsx(
            低保=[HEAD, ONE],
            特困=[["姓名", "身份证号", "供养方式", "月供养金"], ["李四", ID_B, "分散供养", 800]],
        ),
        "民政数据.xlsx",
        [
            {**one, "kind": "dibao"},
            {
                "row": 2,
                "kind": "tekun",
                "name": "李四",
                "id_number": ID_B,
                "support_mode": "分散供养",
                "support_allowance": "800.00",
            },
        ],
    )
    yield Case(
        "a second sheet with people and no header",
        lambda: forge.xlsx(东山乡=[HEAD, ONE], 西河镇=[TWO]),
        BOOK,
        [one],
        aside=[(1, "", "sheet_unrecognised")],
    )
    yield Case(
        "odd names of sheets",
        lambda: forge.xlsx(**{"=1+1": [HEAD, ONE], "<&>\"'1": [HEAD, TWO]}),
        BOOK,
        [{**two, "sheet": "<&>\"'1"}, {**one, "sheet": "=1+1"}],
    )


def _several() -> Iterator[Case]:
    yield _case(
        "two tables one under the other, columns in another order",
        [HEAD, ONE, [], HEAD[::-1], TWO[::-1]],
        people(2, 5),
    )
    yield _case(
        "two tables one under the other with titles",
        [["东山乡"], HEAD, ONE, [], ["西河镇"], HEAD, TWO],
        people(3, 7),
    )
    other = ["姓名", "身份证号", "供养方式", "月供养金"]
    yield _case(
        "a table of another layout below",
        [HEAD, ONE, [], ["特困名单"], other, ["李四", ID_B, "分散供养", "800"]],
        [
            {"kind": "dibao", **people()[0]},
            {
                "kind": "tekun",
                "row": 6,
                "name": "李四",
                "id_number": ID_B,
                "support_mode": "分散供养",
                "support_allowance": "800.00",
            },
        ],
        notes=["第 5 行起是另一种表"],
    )
    yield _case(
        "a table below that shares the columns that name people",
        [
            HEAD,
            ONE,
            [],
            ["序号", "乡镇", "行政村", "姓名", "身份证号", "供养方式", "月供养金"],
            ["1", "西河镇", "李家村", "李四", ID_B, "分散供养", "800"],
        ],
        [
            {"kind": "dibao", **people()[0]},
            {
                "kind": "tekun",
                "row": 5,
                "township": "西河镇",
                "village": "李家村",
                "name": "李四",
                "id_number": ID_B,
                "support_mode": "分散供养",
                "support_allowance": "800.00",
            },
        ],
    )
    yield _case(
        "a table below of no known kind",
        [
            HEAD,
            ONE,
            [],
            [None, None, None, "姓名", "身份证号", "鞋码", "帽号"],
            [None, None, None, "李四", ID_B, "43", "6"],
        ],
        None,
        refused=["另一种表", "第 4 行"],
    )
    yield _case(
        "two tables side by side",
        [[*HEAD, None, *HEAD], [*ONE, None, *TWO]],
        None,
        refused=["并排"],
    )
    yield _case(
        "a transposed table",
        [list(pair) for pair in zip(HEAD, ONE, TWO, strict=True)],
        None,
        refused=["表头在第一列"],
    )


def _ragged() -> Iterator[Case]:
    csv = "低保名单.csv"
    wide = [HEAD, ONE, TWO, ["3", "西河镇", "李家村", "王五", "", "C类", "10"]]
    third = {
        "row": 4,
        "township": "西河镇",
        "village": "李家村",
        "name": "王五",
        "category": "C类",
        "allowance": "10.00",
    }

    def given(name: str, broken: str, records: Any, **more: Any) -> Case:
        lines = [",".join(row) for row in wide]
        lines[2] = broken
        return Case(name, lambda: "\r\n".join(lines).encode("gb18030"), csv, records, **more)

    first = people()[0]
    second = people()[1]
    aside = [(3, "", "ragged_row")]
    yield given(
        "a row with a comma too many",
        ",".join(TWO[:4]) + ",," + ",".join(TWO[4:]),
        [first, third],
        aside=aside,
    )
    yield given(
        "a row with a comma too few", ",".join([*TWO[:2], *TWO[3:]]), [first, third], aside=aside
    )
    yield given(
        "an amount with a comma in it", ",".join([*TWO[:6], "1,200.5"]), [first, third], aside=aside
    )
    yield given(
        "a bare quote",
        ",".join([*TWO[:3], '李"四', *TWO[4:]]),
        [first, {**second, "name": '李"四'}, third],
    )
    yield given(
        "a quote never closed",
        ",".join([*TWO[:3], '"李四', *TWO[4:]]),
        [first, third],
        aside=aside,
        notes=["引号"],
    )
    yield given(
        "a NUL byte",
        ",".join([*TWO[:3], "李\x00四", *TWO[4:]]),
        [first, {**second, "name": "李四"}, third],
    )
    yield given(
        "control characters",
        ",".join([*TWO[:3], "\x07李四\x0b", *TWO[4:]]),
        [first, {**second, "name": "李四"}, third],
    )
    yield given(
        "separators of our own",
        ",".join([*TWO[:3], "李\x1f\x1e四", *TWO[4:]]),
        [first, {**second, "name": "李四"}, third],
    )
    yield Case(
        "rows with another separator",
        lambda: forge.text([HEAD, ONE]) + forge.text([TWO, ["西河镇"]], separator=";"),
        csv,
        [first],
        aside=[(3, "", "ragged_row")],
    )
    yield Case(
        "a row cut off at the end of the file",
        lambda: forge.text([*wide[:3], ["3", "西河镇", "李家村", "王五", ID_B[:9]]]).rstrip(),
        csv,
        [first, second],
        aside=[(4, "", "ragged_row")],
    )


def _columns() -> Iterator[Case]:
    """A header that names two things, and headers that must not be taken for others."""
    yield _case(
        "the preferred of several columns for one field",
        [["姓名", "身份证号", "低保类别", "补差金额", "保障金"], ["张三", ID_A, "A类", 350, 350]],
        [{"row": 2, "name": "张三", "id_number": ID_A, "category": "A类", "allowance": "350.00"}],
    )
    settled = ["姓名", "身份证号", "医院名称", "结算日期", "总费用"]
    row = ["张三", ID_A, "县医院", "2026-10-03", 1000]
    base = {
        "row": 2,
        "name": "张三",
        "id_number": ID_A,
        "hospital": "县医院",
        "settled_on": "2026-10-03",
        "total_cost": "1000.00",
    }
    yield Case(
        "amounts with different meanings under like headers",
        lambda: forge.xlsx(
            [
                [*settled, "个人自付", "个人自费", "个人现金支付", "个人负担"],
                [*row, 100, 50, 150, 150],
            ]
        ),
        "结算明细.xlsx",
        [
            {
                **base,
                "self_paid": "100.00",
                "out_of_scope_paid": "50.00",
                "cash_paid": "150.00",
                "personal_burden": "150.00",
            }
        ],
    )
    yield Case(
        "two spellings of one field: the layout says which holds",
        lambda: forge.xlsx([[*settled, "个人自付", "三重保障后自付"], [*row, 100, 60]]),
        "结算明细.xlsx",
        [{**base, "self_paid": "60.00"}],
    )
    yield _case(
        "names of head and person",
        [
            ["户主姓名", "户主身份证号", "姓名", "身份证号", "低保类别"],
            ["王五", ID_B, "张三", ID_A, "A类"],
        ],
        [
            {
                "row": 2,
                "name": "张三",
                "id_number": ID_A,
                "head_name": "王五",
                "head_id_number": ID_B,
                "category": "A类",
            }
        ],
    )
    yield _case(
        "a column for others in brackets",
        [
            ["姓名", "身份证号", "低保类别", "保障金", "联系电话（代办人）"],
            ["张三", ID_A, "A类", 350, "13900000001"],
        ],
        [{"row": 2, "name": "张三", "id_number": ID_A, "category": "A类", "allowance": "350.00"}],
    )


def _hidden() -> Iterator[Case]:
    yield Case(
        "hidden rows",
        lambda: forge.xlsx(
            [HEAD, ONE, TWO], lambda _, s: s.set_row(2, None, None, {"hidden": True})
        ),
        BOOK,
        people(),
        notes=["1 个隐藏行"],
    )
    yield Case(
        "hidden columns",
        lambda: forge.xlsx(
            [HEAD, ONE, TWO], lambda _, s: s.set_column(4, 5, None, None, {"hidden": True})
        ),
        BOOK,
        people(),
        notes=["2 个隐藏列（E、F"],
    )
    yield Case(
        "a hidden sheet beside an open one",
        lambda: forge.xlsx(
            adorn=lambda _, s: s.hide() if s.get_name() == "旧" else None,
            东山乡=[HEAD, ONE],
            旧=[HEAD, TWO],
        ),
        BOOK,
        [
            {**record, "sheet": name}
            for record, name in zip(people(2, 2), ("东山乡", "旧"), strict=True)
        ],
        notes=["隐藏的"],
    )
    yield Case(
        "a filter that hides",
        lambda: forge.xlsx([HEAD, ONE, TWO], _filter),
        BOOK,
        people(),
        notes=["隐藏行"],
    )
    yield Case(
        "formulas with results",
        lambda: forge.xlsx(
            [HEAD, ONE, TWO], lambda _, s: s.write_formula("G3", "=G2*2", None, 1200.5)
        ),
        BOOK,
        people(),
    )
    yield Case(
        "a formula without its result",
        lambda: forge.changed(
            forge.xlsx([HEAD, ONE, TWO], lambda _, s: s.write_formula("G3", "=G2*2", None, 7)),
            lambda _, text: text.replace(b"<v>7</v>", b""),
        ),
        BOOK,
        people()[:1],
        aside=[(3, "G3", "error_cell")],
    )
    for error in ("#DIV/0!", "#N/A", "#VALUE!", "#REF!", "#NAME?", "#NULL!", "#NUM!"):
        yield Case(
            f"the error {error}",
            lambda shown=error: forge.xlsx(
                [HEAD, ONE, TWO], lambda _, s: s.write_formula("G3", "=1/0", None, shown)
            ),
            BOOK,
            people()[:1],
            aside=[(3, "G3", "error_cell")],
        )
    yield Case(
        "an error for a name",
        lambda: forge.xlsx(
            [HEAD, ONE, TWO], lambda _, s: s.write_formula("D3", "=VLOOKUP(1,A1,1)", None, "#N/A")
        ),
        BOOK,
        [people()[0], {k: v for k, v in people()[1].items() if k != "name"}],
        blanked=[(3, "D3", "error_cell")],
    )


def _filter(_: Any, sheet: Any) -> None:
    sheet.autofilter("A1:G3")
    sheet.filter_column("F", "x == A类")
    sheet.set_row(2, None, None, {"hidden": True})


def _refused() -> Iterator[Case]:
    yield _case(
        "no name column",
        [["乡镇", "身份证号", "低保类别", "保障金", "低保证号"], ["东山乡", ID_A, "A类", 350, "7"]],
        None,
        refused=["缺少必需的列", "姓名", "低保类别"],
    )
    yield _case("no header at all", [ONE, TWO], None, refused=["没有一张工作表", "东山乡"])
    yield _case(
        "a list of something else",
        [["设备名称", "型号", "购置日期"], ["打印机", "M1", "2026-01-01"]],
        None,
        refused=["没有一张工作表", "设备名称"],
    )
    yield Case(
        "another department's file",
        lambda: forge.xlsx([HEAD, ONE, TWO]),
        BOOK,
        refused=["没有一张工作表"],
        department="water",
    )
    yield Case(
        "a list that says nothing but who and where",
        lambda: forge.xlsx([["姓名", "身份证号", "乡镇"], ["张三", ID_A, "东山乡"]]),
        "名单.xlsx",
        refused=["没有一张工作表", "姓名"],
    )
