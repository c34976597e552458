"""The five exports of the national system, made up: a clean county, and changes planted in it.

Everything is written from what the numbers mean, in the headers and words of the exports; nothing
here reads a rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

COUNTY, TOWNSHIP = "样例县", "青石镇"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

HELPS = [
    "产业帮扶",
    "就业帮扶",
    "金融帮扶",
    "公益岗位帮扶",
    "住房安全保障",
    "饮水安全保障",
    "健康帮扶",
    "义务教育保障",
    "教育帮扶",
    "综合保障",
    "社会帮扶",
    "搬迁",
    "生产生活条件改善",
    "基础设施建设",
]
AFTER_FLAGS = [
    "风险消除后是否义务教育阶段适龄儿童少年失学辍学",
    "风险消除后是否住房损毁",
    "风险消除后是否有家庭成员未参加城乡居民（职工）基本医疗保险",
    "风险消除后是否饮水设施损毁",
]
AFTER_AMOUNTS = [
    f"风险消除后{name}"
    for name in (
        "工资性收入",
        "财产性收入",
        "转移性收入",
        "生产经营性收入",
        "生产经营性支出",
        "家庭纯收入",
        "家庭人均纯收入",
    )
]
AREAS = [
    "耕地面积（亩）",
    "林地面积（亩）",
    "退耕还林面积（亩）",
    "林果面积（亩）",
    "牧草地面积",
    "水面面积",
]
VILLAGE_CELLS = [
    "参加城乡居民基本养老保险人数",
    "行政村卫生室个数",
    "行政村公共卫生厕所个数",
    "行政村执业（助理）医师（人）",
    "行政村生产生活垃圾集中堆放点个数（个）",
    "行政村文化（图书）室个数 （个）",
    "低保户数",
    "低保人口数",
    "特困供养人口数",
    "残疾人口数",
]

Cells = dict[str, Any]


def id_number(birth: dt.date, serial: int, sex: str) -> str:
    """A made-up number of the fictitious division with the right check character (GB 11643)."""
    order = serial % 499 + 1  # 000 is no number of a person
    body = f"999901{birth:%Y%m%d}{order % 100:02d}{2 * (order // 100 % 5) + (sex == '男')}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


@dataclass
class House:
    """One household: cells common to its members, the members, and their rows elsewhere."""

    number: int
    cells: Cells
    members: list[Cells]
    sheet: Cells = field(default_factory=lambda: {"卫生厕所是否能正常使用": "是"})
    work: dict[int, list[Cells]] = field(default_factory=dict)
    plans: dict[int, list[Cells]] = field(default_factory=dict)
    village: Cells | None = None

    @property
    def household_id(self) -> str:
        return f"H{self.number:06d}"

    def person_id(self, member: int) -> str:
        return f"{self.household_id}{member + 1:02d}"


def house(kind: str, number: int) -> House:
    """A household in order: 脱贫户, 监测户 not yet or already eliminated, or both at once."""
    lifted = kind.startswith("lifted")
    cells: Cells = {
        "户类型": "脱贫户" if lifted else "一般农户",
        "户联系电话": f"139{number:08d}",
        "是否危房户": "否",
        "是否解决安全饮用水": "是",
        "是否通生活用电": "是",
        "有无卫生厕所": "有",
        "入户道路是否硬化": "是",
        "住房面积（平方米）": 90,
        "与村主干路距离（公里）": 0.6,
        "人均纯收入（元）": 12600,
        "工资性收入": 24000,
        "整户无劳动能力兜底保障户": "否",
        **dict.fromkeys(AREAS, 2.5),
    }
    if kind != "lifted":
        cells |= {
            "监测对象类别": "脱贫不稳定户" if lifted else "边缘易致贫户",
            "致贫/返贫风险1": "因意外事故",
            "识别监测时间": "202308",
            "风险是否已消除": "否",
            "是否义务教育阶段适龄儿童少年失学辍学": "否",
            "是否有家庭成员未参加城乡居民（职工）基本医疗保险": "否",
            "合规自付支出": 800,
            "产业帮扶": "种植",
            "社会帮扶": "结对帮扶",
            "实施开发式帮扶措施情况": "已实施",
            "监测联系人": "王联系",
            "监测联系人电话": "13700000000",
        }
    if kind.endswith("gone"):
        cells |= {
            "风险是否已消除": "是",
            "消除监测时间": "202406",
            "风险消除方式": "帮扶消除",
            **dict.fromkeys(AFTER_FLAGS, "否"),
            **dict.fromkeys(AFTER_AMOUNTS, 15000),
        }
    return House(number, cells, [_person(number, place, *who) for place, who in enumerate(_FAMILY)])


_FAMILY = (
    ("户主", "男", dt.date(1980, 3, 2), {"文化程度": "初中", "劳动技能": "普通劳动力"}),
    ("配偶", "女", dt.date(1982, 7, 9), {"文化程度": "初中", "劳动技能": "普通劳动力"}),
    ("之女", "女", dt.date(2014, 5, 5), {"在校生状况": "小学", "劳动技能": "无劳动力"}),
)


def _person(number: int, place: int, relation: str, sex: str, birth: dt.date, more: Cells) -> Cells:
    serial = number * 3 + place
    born = birth + dt.timedelta(days=number % 353)
    return {
        "姓名": f"{'赵钱孙李周吴郑王冯陈'[number % 10]}{'甲乙丙丁戊己庚辛壬癸'[number // 10 % 10]}{relation[-1]}",
        "性别": sex,
        "出生日期": f"{born:%Y%m%d}",
        "证件类型": "居民身份证",
        "证件号码": id_number(born, serial, sex),
        "与户主关系": relation,
        "民族": "汉族",
        "健康状况": "健康",
        "家庭成员联系电话": f"138{number:07d}{place}",
        "是否参加大病保险": "是",
        "是否参加城乡居民基本医疗保险": "是",
        "是否参加城镇职工基本医疗保险": "否",
        "是否参加城乡居民基本养老保险": "是",
        "是否参加城镇职工基本养老保险": "否",
        "是否接受医疗救助": "否",
        "享受低保政策情况": "未享受",
        "享受特困供养政策情况": "未享受",
        **more,
    }


def working(**cells: Any) -> Cells:
    """One clean row of work out of the county."""
    return {
        "县": COUNTY,
        "是否已务工": "是",
        "开始时间": "2025年03月",
        "务工所在县": "龙岗区",
        "务工月收入": 4200,
        "务工企业名称": "某电子厂",
        "所属行业": "制造业",
        "是否点对点输送": "否",
        "就业渠道": "自主就业",
        "年度交通费补助": 300,
        **cells,
    }


def born(member: Cells, day: dt.date, serial: int) -> None:
    """Give a member another birthday, on the card too."""
    member["出生日期"] = f"{day:%Y%m%d}"
    member["证件号码"] = id_number(day, serial, member["性别"])


def write_exports(folder: Path, houses: Sequence[House]) -> dict[str, Path]:
    """Write the five workbooks: two title rows, the header in the third, some headers twice."""
    people, sheets, work, plans = [], [], [], []
    for home in houses:
        who = {
            "县": COUNTY,
            "乡": TOWNSHIP,
            "村": f"第{home.number}村",
            "户编号": home.household_id,
        }
        if home.members:
            head = home.members[0]["姓名"]
            sheets.append({**who, "户主姓名": head, "户类型": home.cells["户类型"], **home.sheet})
        for position, member in enumerate(home.members):
            me = {
                **who,
                "人编号": home.person_id(position),
                **{k: member[k] for k in ("姓名", "证件号码")},
            }
            people.append({**me, **home.cells, **member})
            work += [{**me, **row} for row in home.work.get(position, [])]
            plans += [{**me, **row} for row in home.plans.get(position, [])]
    villages = [_village(home) for home in houses]
    tables = {
        "（自定义）监测对象信息 (1)": _table(
            people, _O_HEADERS, twice=("风险是否已消除", "识别监测时间")
        ),
        "（乡村建设）户信息_20261031": _table(sheets, ()),
        "（务工月监测）已外出务工信息_20261031": _table(work, ("结束时间", "务工所在地")),
        "计划外出务工信息_20261031": _table(plans, ()),
        "（自定义）行政村信息": _table(villages, ()),
    }
    return {name: _write(folder / f"{name}.xlsx", name, table) for name, table in tables.items()}


_O_HEADERS = (
    "监测对象类别", "致贫/返贫风险1", "致贫/返贫风险2", "致贫/返贫风险3", "因自然灾害子项", "其他备注", "识别监测时间",
    "风险是否已消除", "消除监测时间", "风险消除方式", "文化程度", "在校生状况", "义务教育阶段未上学原因", "务工所在地",
    "公益性岗位", "公益性岗位(月数)", "实施开发式帮扶措施情况", *HELPS, *AFTER_FLAGS, *AFTER_AMOUNTS,
)  # fmt: skip


def _village(home: House) -> Cells:
    clean = {
        "是否出列": "是",
        "总人口数": 900,
        "总户数": 300,
        "村级集体经济收入（万元）": 12.5,
        "村小学（个数）": 0,
        "是否通客运班车": "是",
        "到乡镇是否通沥青（水泥）路": "是",
        "未实现饮水安全户数": 0,
        "危房户数": 0,
        **dict.fromkeys(VILLAGE_CELLS, 3),
        **dict.fromkeys(AREAS, 800),
    }
    where = {"县": COUNTY, "乡": TOWNSHIP, "村": f"第{home.number}村"}
    return {**where, **clean, **(home.village or {})}


def _table(
    rows: Sequence[Cells], more: Sequence[str], twice: Sequence[str] = ()
) -> list[list[Any]]:
    headers = list(dict.fromkeys([name for row in rows for name in row] + list(more)))
    body = [[row.get(name, "") for name in (*headers, *twice)] for row in rows]
    return [[*headers, *twice], *body]


def _write(path: Path, title: str, table: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate([[title], ["导出时间：2026-10-31"], *table]):
        for column, cell in enumerate(row):
            if cell != "" and cell is not None:
                sheet.write(number, column, cell)
    book.close()
    return path


Change = Callable[[House], None]


def on_house(**cells: Any) -> Change:
    """A change of the household's cells."""

    def change(home: House) -> None:
        home.cells.update(cells)

    return change


def cells_of(values: Mapping[str, Any]) -> Change:
    """The same with headers that are no Python names."""
    return on_house(**values)


def on_member(position: int, values: Mapping[str, Any]) -> Change:
    """A change of one member's cells."""

    def change(home: House) -> None:
        home.members[position].update(values)

    return change


def on_all(values: Mapping[str, Any]) -> Change:
    """A change of every member's cells."""

    def change(home: House) -> None:
        for member in home.members:
            member.update(values)

    return change


def together(*changes: Change) -> Change:
    """Several changes of one household."""

    def change(home: House) -> None:
        for one in changes:
            one(home)

    return change
