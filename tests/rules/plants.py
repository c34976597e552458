"""What each number means, as changes of a clean household: violations, and what only looks alike.

One entry a number. ``also`` names other numbers that the same change breaks by their own meaning.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rules.exports import (
    AFTER_AMOUNTS,
    AFTER_FLAGS,
    AREAS,
    Change,
    House,
    born,
    cells_of,
    on_all,
    on_house,
    on_member,
    together,
    working,
)

D = dt.date


@dataclass(frozen=True)
class Plant:
    """Changes of households of one kind; ``who`` is the member found, None for a household."""

    number: str
    kind: str
    who: int | tuple[int, ...] | None
    violations: tuple[Change, ...]
    misses: tuple[Change, ...]
    also: tuple[str, ...] = ()
    village: bool = False


PLANTS: list[Plant] = []


def plant(number, kind, who, violations, misses, also=(), *, village=False):
    """Note one number; a single violation is planted three times."""
    bad, near = list(violations), list(misses)
    bad = (bad * 3)[: max(3, len(bad))]
    near = (near * 3)[: max(3, len(near))]
    PLANTS.extend(
        Plant(name, kind, who, tuple(bad), tuple(near), tuple(also), village)
        for name in number.split()
    )


def member(who, **cells):
    """Cells of one member, by header."""
    return on_member(who, cells)


def age(who, day, **cells):
    """A birthday for one member, and cells that go with the age."""

    def change(home: House) -> None:
        born(home.members[who], day, home.number * 3 + who)
        home.members[who].update(cells)

    return change


def work(who, *rows):
    """Rows of 已外出务工信息 for one member."""

    def change(home: House) -> None:
        home.work.setdefault(who, []).extend(dict(row) for row in rows)

    return change


def works(*rows, who=0, place="广东省深圳市龙岗区"):
    """A worker with these rows, whose place of work stands in the roster too."""
    return together(on_member(who, {"务工所在地": place}), work(who, *(rows or (working(),))))


def phone(who, form):
    """A telephone number of the household's own, in some form."""

    def change(home: House) -> None:
        home.members[who]["家庭成员联系电话"] = form.format(home.number)

    return change


def plan(who, **cells):
    """A row of 计划外出务工信息."""
    row = {"是否计划务工": "是", "计划务工所在县": "龙岗区", "就业服务需求": "岗位信息", **cells}

    def change(home: House) -> None:
        home.plans.setdefault(who, []).append(row)

    return change


def village(**cells):
    """Cells of the household's own village."""
    return village_of(cells)


def village_of(cells):
    def change(home: House) -> None:
        home.village = {**(home.village or {}), **cells}

    return change


def number_of(who, make):
    """Change a member's ID number by a function of it."""

    def change(home: House) -> None:
        home.members[who]["证件号码"] = make(home.members[who]["证件号码"])

    return change


def nothing(home: House) -> None:
    """A clean household as it is."""


NO_LABOUR = on_all({"劳动技能": "无劳动力"})
WEAK = on_all(
    {
        "劳动技能": "弱劳动力或半劳动力",
        "健康状况": "长期慢性病",
        "在校生状况": "",
        "文化程度": "小学",
        "义务教育阶段未上学原因": "厌学",
    }
)
LOST_LABOUR = together(
    on_all({"劳动技能": "无劳动力"}),
    member(0, 劳动技能="丧失劳动力", 健康状况="残疾", 证件类型="残疾人证"),
)


def both(lifted, monitored, who, violations, misses, also=((), ())):
    """The same said of 脱贫户 and of 监测户."""
    for number, kind, extra in ((lifted, "lifted", also[0]), (monitored, "open", also[1])):
        plant(number, kind, who, violations, misses, extra)


def id_number_nines(text: str) -> str:
    """The same person with a division of nines and the right check character."""
    body = "999999" + text[6:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


# fmt: off
# One number a line: household, who is found, violations, near misses, what else they break.

# a cell of a person is blank
BEFORE = {"识别监测时间": "202212", "健康帮扶": "城乡居民基本医疗保险个人缴费补贴"}
both("2_01_001", "2_12_002", 0, [member(0, 民族="")], [member(0, 民族="满族")])
both("2_01_002", "2_12_003", 0, [member(0, 健康状况="")], [member(0, 健康状况="长期慢性病", 劳动技能="弱劳动力或半劳动力")])
both("2_01_003", "2_12_001", 0, [member(0, 劳动技能="")], [nothing])
both("2_01_006", "2_12_010", 0, [member(0, 是否参加大病保险="")], [nothing])
both("2_01_007", "2_15_001 5_15_001", 0, [member(0, 是否参加城乡居民基本养老保险="")], [member(0, 是否参加城乡居民基本养老保险="否")], ((), ("2_15_001", "5_15_001")))
both("3_01_001", "3_12_002", 1, [member(1, 与户主关系="")], [member(1, 与户主关系="其他")])
both("3_01_002", "3_12_003", 0, [member(0, 文化程度="")], [member(2, 在校生状况="", 义务教育阶段未上学原因="厌学")])
both("3_01_003", "3_12_004", 0, [member(0, 在校生状况="本科一年级", 劳动技能="无劳动力")], [member(2, 在校生状况="七年级")])
plant("2_01_008", "lifted", 0, [on_member(0, {"是否参加城乡居民基本医疗保险": "", "是否参加城镇职工基本医疗保险": ""}), on_member(0, {"是否参加城乡居民基本医疗保险": "", "是否参加城镇职工基本医疗保险": ""})], [on_member(0, {"是否参加城乡居民基本医疗保险": ""}), on_member(0, {"是否参加城镇职工基本医疗保险": ""})])
plant("2_12_012", "open", 0, [on_member(0, {"是否参加城乡居民基本医疗保险": "", "是否参加城镇职工基本医疗保险": ""})], [on_member(0, {"是否参加城镇职工基本医疗保险": ""}), on_member(0, {"是否参加城乡居民基本医疗保险": ""})])
both("2_01_009", "2_12_015", 0, [on_member(0, {"是否参加城镇职工基本医疗保险": "是"})], [on_member(0, {"是否参加城乡居民基本医疗保险": "", "是否参加城镇职工基本医疗保险": "是"})])
plant("5_19_001", "lifted", 0, [on_member(0, {"是否参加城乡居民基本养老保险": "", "是否参加城镇职工基本养老保险": ""})], [on_member(0, {"是否参加城镇职工基本养老保险": ""})], ["2_01_007"])
# a cell of a household is blank
for lifted, monitored, header, filled in [("3_02_004", "5_14_015", AREAS[0], 0), ("3_02_005", "5_14_016", AREAS[1], 0), ("", "5_14_017", AREAS[2], 0), ("", "5_14_018", AREAS[3], 0), ("3_02_006", "5_14_019", AREAS[4], 0), ("", "5_14_020", AREAS[5], 0), ("3_02_007", "5_19_004", "入户道路是否硬化", "否"), ("3_02_008", "5_19_005", "住房面积（平方米）", 0)]:
    for number, kind in ((lifted, "lifted"), (monitored, "open")):
        if number:
            plant(number, kind, None, [cells_of({header: ""})], [cells_of({header: filled})])
plant("3_02_009", "lifted", None, [on_house(是否危房户="")], [nothing])
plant("5_19_006", "open", None, [on_house(是否危房户="")], [nothing], ["1_11_002"])
plant("3_02_002 5_19_002", "lifted", None, [on_house(是否解决安全饮用水="")], [nothing], ["3_02_002", "5_19_002"])
plant("5_14_021", "open", None, [cells_of({"与村主干路距离（公里）": ""})], [cells_of({"与村主干路距离（公里）": 0})])
plant("3_02_013", "lifted", None, [cells_of({"与村主干路距离（公里）": ""}), cells_of({"与村主干路距离（公里）": "很远"}), cells_of({"与村主干路距离（公里）": "未测"})], [cells_of({"与村主干路距离（公里）": 0}), cells_of({"与村主干路距离（公里）": "3.5"})])
plant("5_15_002", "open", None, [on_house(是否通生活用电="")], [on_house(是否通生活用电="否")])
plant("2_02_002", "lifted", None, [on_house(是否通生活用电=""), on_house(是否通生活用电="否")], [nothing])
plant("3_02_003", "lifted", None, [on_house(有无卫生厕所=""), lambda home: home.sheet.update({"卫生厕所是否能正常使用": ""})], [lambda home: home.sheet.update({"卫生厕所是否能正常使用": "否"}), on_house(有无卫生厕所="无")])
# out of range
BLANK_AREA = {"lifted": {AREAS[0]: "3_02_004", AREAS[1]: "3_02_005", AREAS[4]: "3_02_006"}, "open": {header: f"5_14_{place:03}" for place, header in enumerate(AREAS, start=15)}}
for place, (header, most) in enumerate(zip(AREAS, (100, 200, 200, 200, 100, 100), strict=True), start=1):
    for number, kind in ((f"5_14_{place:03}", "lifted"), (f"5_14_{place + 7:03}", "open")):
        blank = BLANK_AREA[kind].get(header, "")
        plant(number, kind, None, [cells_of({header: most + 0.1}), cells_of({header: -1}), cells_of({header: 790})], [cells_of({header: most}), cells_of({header: 0}), cells_of({header: ""})], [blank])
plant("5_14_007", "lifted", None, [cells_of({"与村主干路距离（公里）": 5.1}), cells_of({"与村主干路距离（公里）": 800})], [cells_of({"与村主干路距离（公里）": 5}), cells_of({"与村主干路距离（公里）": 0})])
plant("5_14_014", "open", None, [cells_of({"与村主干路距离（公里）": 5.1})], [cells_of({"与村主干路距离（公里）": 5})])
plant("5_15_0023", "open", None, [on_house(工资性收入=1), on_house(工资性收入=99.5)], [on_house(工资性收入=0), on_house(工资性收入=100), on_house(工资性收入="")])
plant("3_11_010", "open", None, [cells_of({"人均纯收入（元）": 3999})], [cells_of({"人均纯收入（元）": 4000})])
plant("1111_18", "open", None, [cells_of({"人均纯收入（元）": 20001})], [cells_of({"人均纯收入（元）": 20000}), cells_of({"人均纯收入（元）": 30000, **BEFORE})])
plant("1_02_006", "lifted", None, [cells_of({"人均纯收入（元）": 7299})], [cells_of({"人均纯收入（元）": 7300}), cells_of({"人均纯收入（元）": ""})])
# identity
for lifted, monitored, make, miss in [("1_01_002", "1_12_002", lambda text: text[:-1], lambda text: text + "43"), ("1_01_003", "1_12_003", lambda text: text[:-1] + ("1" if text[-1] != "1" else "2"), lambda text: text.lower()), ("1_01_004", "1_12_004", lambda text: text[:-1] + ("1" if text[-1] != "1" else "2") + "43", lambda text: text + "4301")]:
    both(lifted, monitored, 0, [number_of(0, make)], [number_of(0, miss), member(0, 证件号码="")], (("4_01_003",), ()))


def doubled(home: House) -> None:
    """The wife's number is the husband's with a disability suffix."""
    home.members[1]["证件号码"] = home.members[0]["证件号码"] + "43"


both("1_01_001", "1_12_001", (0, 1), [doubled], [nothing])
plant("4_01_003", "lifted", 0, [member(0, 证件号码=""), member(0, 证件号码="无"), number_of(0, id_number_nines)], [nothing])


both("4_01_002", "4_12_003", 0, [member(0, 健康状况="残疾", 劳动技能="弱劳动力或半劳动力"), member(0, 健康状况="长期慢性病,残疾", 劳动技能="弱劳动力或半劳动力")], [member(0, 健康状况="残疾", 证件类型="残疾人证", 劳动技能="弱劳动力或半劳动力")])
both("4_01_007", "4_01_008", 0, [together(member(0, 健康状况="残疾", 证件类型="残疾人证"), number_of(0, lambda text: text + "41")), together(member(0, 健康状况="残疾", 证件类型="残疾人证"), number_of(0, lambda text: text + "42"))], [together(member(0, 健康状况="残疾", 证件类型="残疾人证", 劳动技能="弱劳动力或半劳动力"), number_of(0, lambda text: text + "41")), together(member(0, 健康状况="残疾", 证件类型="残疾人证", 劳动技能="弱劳动力或半劳动力"), number_of(0, lambda text: text + "43"))], (("5_12_010-16",), ("5_12_009-16", "5_16_008")))
both("3_02_011", "3_11_002", None, [member(1, 与户主关系="户主")], [member(1, 与户主关系="其他")])
both("3_02_012", "3_11_001", None, [member(0, 与户主关系="其他")], [nothing])
plant("2_01_004", "lifted", 2, [member(2, 与户主关系="之子"), member(2, 与户主关系="之孙子")], [member(2, 与户主关系="之外孙女")])
plant("2_12_008", "open", 2, [member(2, 与户主关系="之子")], [member(2, 与户主关系="之兄弟姐妹")])


def same_sex(home: House) -> None:
    """The wife becomes a man, number and all."""
    home.members[1]["性别"] = "男"
    born(home.members[1], D(1983, 1, 1) + dt.timedelta(days=home.number % 300), home.number)


plant("2_02_001", "lifted", None, [same_sex], [nothing])
plant("2_11_003", "open", None, [same_sex], [nothing], ["2_12_008"])
both("4_02_001", "5_13_003", None, [on_house(户联系电话=""), on_house(户联系电话="1391234567")], [nothing])
# labour and age
for lifted, monitored, kind_of in [("2_01_005-16", "2_12_009-16", "丧失劳动力"), ("2_01_010-16", "2_12_013-16", "无劳动力"), ("1111_15", "1111_14", "弱劳动力或半劳动力")]:
    both(lifted, monitored, 0, [member(0, 劳动技能=kind_of), age(0, D(1967, 3, 1), 劳动技能=kind_of), age(0, D(2010, 3, 1), 劳动技能=kind_of, 义务教育阶段未上学原因="厌学")], [member(0, 劳动技能=kind_of, 健康状况="残疾", 证件类型="残疾人证"), member(0, 劳动技能="", 健康状况="健康"), age(0, D(1966, 3, 1), 劳动技能="弱劳动力或半劳动力")], (("2_01_003",), ("5_12_008", "2_12_001")))
plant("5_12_008", "open", 0, [member(0, 劳动技能="弱劳动力或半劳动力")], [nothing], ["1111_14"])
both("5_12_010-16", "5_12_009-16", 0, [member(0, 健康状况="患有大病"), member(0, 健康状况="长期慢性病", 劳动技能="技能劳动力")], [member(0, 健康状况="患有大病", 劳动技能="弱劳动力或半劳动力"), member(0, 健康状况="")], (("2_01_002", "5_20_031"), ("2_12_003", "5_20_029")))
both("2_01_011", "2_12_014", 2, [member(2, 劳动技能="普通劳动力", 在校生状况="学前教育", 健康状况="残疾", 证件类型="残疾人证"), age(2, D(2010, 11, 1), 劳动技能="弱劳动力或半劳动力", 在校生状况="学前教育", 健康状况="残疾", 证件类型="残疾人证")], [age(2, D(2010, 10, 31), 劳动技能="普通劳动力", 在校生状况="", 文化程度="初中", 义务教育阶段未上学原因="厌学")], (("1111_07",), ("1111_07",)))
plant("1111_07", "lifted", 2, [age(2, D(2009, 3, 1), 劳动技能="普通劳动力", 在校生状况="普通高中一年级")], [age(2, D(2009, 3, 1), 劳动技能="普通劳动力", 在校生状况="", 文化程度="初中")])
plant("2_12_017", "lifted", 0, [age(0, D(1966, 10, 31)), age(0, D(1950, 1, 1), 劳动技能="技能劳动力")], [age(0, D(1966, 11, 1)), age(0, D(1950, 1, 1), 劳动技能="丧失劳动力")], ["5_20_031"])
plant("2_12_005", "open", 0, [age(0, D(1966, 10, 31)), age(0, D(1950, 1, 1), 劳动技能="丧失劳动力")], [age(0, D(1966, 11, 1)), age(0, D(1950, 1, 1), 劳动技能="弱劳动力或半劳动力")])
both("5_15_018", "5_15_019", 0, [member(0, 享受特困供养政策情况="农村特困"), member(0, 享受特困供养政策情况="城市特困")], [member(0, 享受特困供养政策情况="农村特困", 健康状况="残疾", 证件类型="残疾人证", 劳动技能="丧失劳动力"), age(0, D(1966, 3, 1), 享受特困供养政策情况="农村特困", 劳动技能="弱劳动力或半劳动力")], ((), ("5_16_004",)))
# schooling
for lifted, monitored, status, young, first, last, old in [("5_17_002", "5_12_014", "小学", D(2020, 11, 1), D(2020, 10, 31), D(2011, 11, 1), D(2011, 10, 31)), ("5_17_003", "5_12_015", "八年级", D(2014, 11, 1), D(2014, 10, 31), D(2008, 11, 1), D(2008, 10, 31)), ("5_17_004", "5_12_016", "中职一年级", D(2011, 11, 1), D(2011, 10, 31), D(2005, 11, 1), D(2005, 10, 31))]:
    both(lifted, monitored, 2, [age(2, young, 在校生状况=status), age(2, old, 在校生状况=status)], [age(2, first, 在校生状况=status), age(2, last, 在校生状况=status)])
both("5_17_005", "5_12_017", 2, [age(2, D(2008, 11, 1), 在校生状况="高职高专一年级"), age(2, D(2008, 11, 1), 在校生状况="技师学院一年级"), age(2, D(2010, 1, 1), 在校生状况="本科一年级")], [age(2, D(2008, 10, 31), 在校生状况="本科一年级")])
both("5_17_006", "5_12_018", 2, [age(2, D(2006, 11, 1), 在校生状况="硕士研究生及以上")], [age(2, D(2006, 10, 31), 在校生状况="硕士研究生及以上")])
both("5_17_007", "5_12_019", 2, [age(2, D(2010, 10, 31), 在校生状况="", 文化程度="小学", 劳动技能="普通劳动力", 义务教育阶段未上学原因="厌学"), age(2, D(2003, 11, 1), 在校生状况="", 文化程度="文盲或半文盲", 劳动技能="普通劳动力")], [age(2, D(2003, 10, 31), 在校生状况="", 文化程度="小学", 劳动技能="普通劳动力"), age(2, D(2006, 5, 1), 在校生状况="", 文化程度="初中", 劳动技能="普通劳动力")])
both("5_17_001", "5_12_013", 2, [age(2, D(2019, 10, 31), 在校生状况="学前教育"), member(2, 在校生状况="学龄前儿童")], [age(2, D(2019, 11, 1), 在校生状况="学前教育"), member(2, 在校生状况="学前教育", 健康状况="残疾", 证件类型="残疾人证")])
plant("2_01_012", "lifted", 2, [member(2, 在校生状况="", 义务教育阶段未上学原因="因病"), member(2, 在校生状况="", 义务教育阶段未上学原因="因残")], [member(2, 在校生状况="", 义务教育阶段未上学原因="厌学"), member(2, 在校生状况="", 义务教育阶段未上学原因="因病", 健康状况="患有大病")])
plant("5_15_016", "lifted", 2, [member(2, 在校生状况="", 文化程度="小学"), member(2, 在校生状况="非在校生", 文化程度="小学"), age(2, D(2020, 10, 31), 在校生状况="", 文化程度="小学")], [age(2, D(2020, 11, 1), 在校生状况="", 文化程度="学龄前儿童"), member(2, 在校生状况="", 文化程度="小学", 义务教育阶段未上学原因="厌学")], ["1_02_005", "1_02_007"])
plant("5_15_017", "open", 2, [member(2, 在校生状况="", 文化程度="小学"), age(2, D(2010, 1, 1), 在校生状况="", 文化程度="初中", 劳动技能="普通劳动力")], [age(2, D(2009, 10, 31), 在校生状况="", 文化程度="初中", 劳动技能="普通劳动力"), member(2, 在校生状况="", 文化程度="小学", 义务教育阶段未上学原因="厌学")], ["1_02_007"])
plant("1_02_005", "lifted", 2, [member(2, 在校生状况="", 文化程度="小学")], [member(2, 在校生状况="", 文化程度="小学", 义务教育阶段未上学原因="厌学"), nothing], ["5_15_016", "1_02_007"])
# insurance
both("2_01_016", "2_12_016", 0, [member(0, 是否参加大病保险="否"), member(0, 是否参加城乡居民基本医疗保险="否", 是否参加城镇职工基本医疗保险="是")], [member(0, 是否参加大病保险="")], (("2_01_006", "1_02_007"), ("2_12_010", "1_02_007")))
plant("3_01_007", "lifted", 0, [member(0, 是否参加城乡居民基本医疗保险="否", 是否接受医疗救助="是")], [member(0, 是否参加城乡居民基本医疗保险="否", 是否参加城镇职工基本医疗保险="是", 是否接受医疗救助="是"), member(0, 是否接受医疗救助="是")], ["2_01_008", "2_01_016", "1_02_007"])
plant("1_02_003", "lifted", 0, [member(0, 健康状况="患有大病", 劳动技能="弱劳动力或半劳动力", 是否参加大病保险="否")], [member(0, 健康状况="患有大病", 劳动技能="弱劳动力或半劳动力"), member(0, 是否参加大病保险="否")], ["2_01_016", "1_02_007"])
# public posts
plant("3_01_005", "lifted", 0, [on_member(0, {"公益性岗位(月数)": 6})], [together(on_member(0, {"公益性岗位(月数)": 6, "公益性岗位": "护林员"}), works(working(务工所在县="样例县"), who=1)), on_member(0, {"公益性岗位(月数)": 0})])
plant("3_01_006", "lifted", 0, [together(on_member(0, {"公益性岗位": "护林员"}), works(working(务工所在县="样例县")))], [together(on_member(0, {"公益性岗位": "护林员", "公益性岗位(月数)": 12}), works(working(务工所在县="样例县")))], ["5_15_003"])
plant("5_15_003", "open", 0, [together(on_member(0, {"公益性岗位": "护林员", "公益性岗位(月数)": 0}), works()), together(on_member(0, {"公益性岗位": "护林员"}), works())], [together(on_member(0, {"公益性岗位": "护林员", "公益性岗位(月数)": 1}), works())])
plant("5_15_006", "open", 1, [together(on_member(1, {"公益性岗位": "保洁员", "公益性岗位(月数)": 3, "劳动技能": "丧失劳动力", "健康状况": "残疾", "证件类型": "残疾人证"}), works())], [together(on_member(1, {"公益性岗位": "保洁员", "公益性岗位(月数)": 3, "劳动技能": "弱劳动力或半劳动力", "健康状况": "残疾", "证件类型": "残疾人证"}), works())])
both("3_01_010", "3_01_011", 0, [together(on_member(0, {"公益性岗位": "护林员,保洁员，护路员", "公益性岗位(月数)": 3}), works())], [together(on_member(0, {"公益性岗位": "护林员,保洁员", "公益性岗位(月数)": 3}), works())])
plant("3_01_008", "lifted", 2, [together(on_member(2, {"公益性岗位": "护林员", "公益性岗位(月数)": 3}), works())], [together(age(2, D(2010, 10, 31), 在校生状况="", 文化程度="初中", 劳动技能="普通劳动力", 义务教育阶段未上学原因="厌学"), on_member(2, {"公益性岗位": "护林员", "公益性岗位(月数)": 3}), works())], ["5_15_006"])
plant("5_12_004", "open", 2, [together(on_member(2, {"公益性岗位": "护林员", "公益性岗位(月数)": 3}), works())], [together(age(2, D(2010, 10, 31), 在校生状况="", 文化程度="初中", 劳动技能="普通劳动力", 义务教育阶段未上学原因="厌学"), on_member(2, {"公益性岗位": "护林员", "公益性岗位(月数)": 3}), works())], ["5_15_006"])
both("5_01_006", "5_12_005", 0, [together(age(0, D(1956, 10, 31), 劳动技能="弱劳动力或半劳动力"), on_member(0, {"公益性岗位": "护林员", "公益性岗位(月数)": 3}), works(who=1)), together(age(0, D(1950, 1, 1), 劳动技能="弱劳动力或半劳动力"), works(working(务工所在县="样例县", 就业渠道="公益性岗位")))], [together(age(0, D(1956, 11, 1), 劳动技能="弱劳动力或半劳动力"), on_member(0, {"公益性岗位": "护林员", "公益性岗位(月数)": 3}), works(who=1)), together(age(0, D(1950, 1, 1), 劳动技能="弱劳动力或半劳动力"), works(working(务工所在县="样例县", 就业渠道="公益性岗位", 是否已务工="否", 结束时间="2026年01月")))], (("2_01_015",), ()))
# lifted, not monitored
plant("1_02_001", "lifted", None, [on_house(是否危房户="是")], [on_house(是否危房户="")], ["1_02_007", "3_02_009"])
plant("1_02_002", "lifted", None, [on_house(是否解决安全饮用水="否")], [nothing], ["1_02_007"])
plant("1_02_007", "lifted", None, [on_house(是否危房户="是"), on_house(是否解决安全饮用水="否"), member(0, 是否参加城乡居民基本医疗保险="否")], [nothing], ["1_02_001", "1_02_002", "2_01_008", "2_01_016"])
# eliminated
plant("1_02_008", "gone", None, [cells_of({AFTER_FLAGS[1]: "是"})], [nothing])
plant("1_02_009", "gone", None, [cells_of({AFTER_FLAGS[3]: "是"})], [nothing])
plant("1_11_005", "gone", None, [cells_of({AFTER_FLAGS[0]: "是"})], [nothing])
plant("1_11_006", "gone", None, [on_house(是否危房户="是")], [nothing], ["1_02_007"])
plant("1_11_007", "gone", None, [on_house(是否解决安全饮用水="否", 饮水安全保障="供水工程")], [nothing], ["4_11_006", "1_02_007"])
plant("1_11_008", "gone", None, [member(0, 是否参加城乡居民基本医疗保险="否"), member(1, 是否参加城镇职工基本医疗保险="是")], [member(0, 是否参加城乡居民基本医疗保险="否", 是否参加城镇职工基本医疗保险="是")], ["4_11_007", "2_12_016", "2_12_015", "1_02_007"])
plant("1_11_004", "gone", None, [cells_of({AFTER_AMOUNTS[0]: ""}), cells_of({AFTER_FLAGS[2]: ""}), cells_of({AFTER_AMOUNTS[6]: ""})], [cells_of({AFTER_AMOUNTS[1]: 0})])
plant("1_11_002", "open", None, [on_house(识别监测时间=""), cells_of({"人均纯收入（元）": ""}), on_house(是否危房户="")], [nothing], ["5_19_006"])
plant("1_11_001", "open", None, [cells_of({"致贫/返贫风险1": ""})], [cells_of({"致贫/返贫风险1": "", "致贫/返贫风险2": "因意外事故"})], ["1_11_002"])
plant("1_11_009", "gone", None, [on_house(产业帮扶="", 社会帮扶="", 实施开发式帮扶措施情况="尚未实施")], [on_house(产业帮扶="", 实施开发式帮扶措施情况="尚未实施"), on_house(产业帮扶="", 社会帮扶="", 风险消除方式="自然消除", 识别监测时间="202610", 消除监测时间="202610")], ["1_11_010", "2_11_002"])
plant("1_11_010", "open", None, [on_house(产业帮扶="", 社会帮扶="", 实施开发式帮扶措施情况="尚未实施"), on_house(产业帮扶="", 社会帮扶="", 识别监测时间="202609", 实施开发式帮扶措施情况="尚未实施")], [on_house(产业帮扶="", 社会帮扶="", 识别监测时间="202610", 实施开发式帮扶措施情况="已实施"), on_house(产业帮扶="", 实施开发式帮扶措施情况="已实施")], ["5_12_007_200", "5_12_007_231"])
plant("1_11_011", "gone", None, [on_house(监测联系人="", 监测联系人电话="")], [on_house(监测联系人="")])
plant("2_11_002", "gone", None, [on_house(识别监测时间="202308", 消除监测时间="202401"), on_house(识别监测时间="202204", 消除监测时间="202204", 风险消除方式="自然消除")], [on_house(识别监测时间="202308", 消除监测时间="202402"), on_house(识别监测时间="202111", 消除监测时间="202203", 风险消除方式="自然消除")])
plant("5_18_009", "gone", None, [on_house(识别监测时间="202308", 消除监测时间="202308"), on_house(识别监测时间="202308", 消除监测时间="202309")], [on_house(识别监测时间="202308", 消除监测时间="202310"), on_house(识别监测时间="202308", 消除监测时间="202308", 风险消除方式="自然消除"), on_house(识别监测时间="202308", 消除监测时间="202308", 风险是否已消除="否")], ["2_11_002"])
plant("4_11_010", "gone", None, [cells_of({AFTER_AMOUNTS[6]: 7299})], [cells_of({AFTER_AMOUNTS[6]: 7300}), cells_of({AFTER_AMOUNTS[6]: 7000, "风险消除方式": "自然消除"})])
plant("4_11_011", "gone", None, [together(NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保"))], [together(NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保", 劳动技能="弱劳动力或半劳动力"))])
plant("4_11_012", "gone", None, [together(cells_of({"就业帮扶": "技能培训", AFTER_AMOUNTS[0]: 0}), work(0, working())), together(cells_of({"公益岗位帮扶": "护林员", AFTER_AMOUNTS[0]: 0}), work(0, working()))], [cells_of({AFTER_AMOUNTS[0]: 0}), together(on_house(就业帮扶="技能培训"), work(0, working()))])
plant("4_11_013", "gone", None, [together(cells_of({"综合保障": "低保", AFTER_AMOUNTS[2]: 0}), member(0, 享受低保政策情况="农村低保"))], [together(cells_of({"综合保障": "低保"}), member(0, 享受低保政策情况="农村低保")), cells_of({AFTER_AMOUNTS[2]: 0})])
plant("5_11_013", "gone", None, [cells_of({AFTER_AMOUNTS[3]: 0})], [cells_of({AFTER_AMOUNTS[3]: 0, "产业帮扶": "", "实施开发式帮扶措施情况": "尚未实施"})])
# risks
plant("2_11_001", "open", None, [cells_of({"致贫/返贫风险1": "因残"}), cells_of({"致贫/返贫风险2": "因残"})], [together(cells_of({"致贫/返贫风险3": "因残"}), member(1, 健康状况="残疾", 证件类型="残疾人证", 劳动技能="弱劳动力或半劳动力"))])
plant("2_11_004", "open", None, [cells_of({"致贫/返贫风险1": "其他"}), cells_of({"致贫/返贫风险2": "其他"})], [cells_of({"致贫/返贫风险1": "其他", "其他备注": "债务"})])
plant("2_11_005", "open", None, [cells_of({"致贫/返贫风险1": "因自然灾害"}), cells_of({"致贫/返贫风险3": "因自然灾害"})], [cells_of({"致贫/返贫风险1": "因自然灾害", "因自然灾害子项": "洪涝"})])
plant("2_11_006 5_15_013", "open", None, [together(cells_of({"致贫/返贫风险1": "因务工就业不稳"}), NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保"), on_house(整户无劳动能力兜底保障户="是", 综合保障="低保"), work(1, working(是否已务工="否", 结束时间="2026年01月")))], [together(cells_of({"致贫/返贫风险1": "因务工就业不稳"}), work(1, working()))], ["2_11_006", "5_15_013"])
plant("4_11_006", "open", None, [on_house(是否解决安全饮用水="否")], [cells_of({"是否解决安全饮用水": "否", "致贫/返贫风险2": "因安全饮水", "饮水安全保障": "供水工程"})], ["1_02_007"])
plant("4_11_007", "open", None, [member(1, 是否参加城乡居民基本医疗保险="否"), cells_of({"是否有家庭成员未参加城乡居民（职工）基本医疗保险": "是"})], [together(member(1, 是否参加城乡居民基本医疗保险="否", 健康状况="患有大病", 劳动技能="弱劳动力或半劳动力"), cells_of({"致贫/返贫风险2": "因病", "健康帮扶": "签约服务"}))], ["2_12_016", "1_02_007"])
plant("4_11_008", "open", None, [cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "义务教育保障": "劝返复学"})], [together(cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "义务教育保障": "劝返复学"}), member(2, 在校生状况="", 文化程度="小学", 义务教育阶段未上学原因="厌学")), cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "义务教育保障": "劝返复学", "识别监测时间": "202401"})], ["1_02_007"])
plant("5_18_008", "open", None, [cells_of({"致贫/返贫风险1": "缺劳动力"})], [together(cells_of({"致贫/返贫风险1": "缺劳动力"}), WEAK), together(cells_of({"致贫/返贫风险1": "缺劳动力"}), member(0, 劳动技能="丧失劳动力", 健康状况="残疾", 证件类型="残疾人证"), member(1, 劳动技能="丧失劳动力", 健康状况="残疾", 证件类型="残疾人证"), on_house(产业帮扶="", 综合保障="低保", 整户无劳动能力兜底保障户="是", 实施开发式帮扶措施情况=""), member(2, 享受低保政策情况="农村低保"))], ["2_12_014"])
plant("4_11_009", "open", None, [together(cells_of({"致贫/返贫风险1": "缺劳动力"}), age(2, D(2008, 1, 1), 在校生状况="", 文化程度="初中", 劳动技能="普通劳动力"))], [nothing], ["5_18_008"])


def fourth(**cells):
    """One member more: the head's mother."""

    def change(home: House) -> None:
        mother = {**home.members[1], "姓名": "孙老", "与户主关系": "之母", "家庭成员联系电话": ""}
        home.members.append(mother)
        born(mother, D(1953, 4, 4) + dt.timedelta(days=home.number % 300), home.number)
        mother.update({"劳动技能": "弱劳动力或半劳动力", **cells})

    return change


plant("5_11_029", "open", None, [together(fourth(劳动技能="无劳动力", 健康状况="残疾", 证件类型="残疾人证"), cells_of({"致贫/返贫风险1": "缺劳动力"}))], [fourth(), nothing], ["5_18_008"])
ILL = member(1, 健康状况="患有大病", 劳动技能="弱劳动力或半劳动力")
DISABLED = member(1, 健康状况="残疾", 证件类型="残疾人证", 劳动技能="弱劳动力或半劳动力")
plant("5_18_001", "open", None, [together(ILL, cells_of({"致贫/返贫风险2": "因病", "社会帮扶": ""}))], [together(ILL, cells_of({"致贫/返贫风险2": "因病"})), together(ILL, cells_of({"致贫/返贫风险2": "因病", "社会帮扶": "", "健康帮扶": "签约服务"}))])
plant("3_11_003", "gone", None, [together(ILL, cells_of({"致贫/返贫风险2": "因病", "社会帮扶": ""}))], [together(ILL, cells_of({"致贫/返贫风险2": "因病", "社会帮扶": "", "健康帮扶": "签约服务"}))], ["5_18_001"])
plant("5_18_002", "open", None, [cells_of({"致贫/返贫风险1": "因学", "社会帮扶": ""})], [cells_of({"致贫/返贫风险1": "因学", "社会帮扶": "", "教育帮扶": "助学金"}), cells_of({"致贫/返贫风险1": "因学"})])
plant("3_11_004", "gone", None, [cells_of({"致贫/返贫风险1": "因学", "社会帮扶": ""})], [cells_of({"致贫/返贫风险1": "因学", "社会帮扶": "", "义务教育保障": "免学费"})], ["5_18_002"])
plant("5_18_003", "open", None, [together(DISABLED, cells_of({"致贫/返贫风险1": "因残", "社会帮扶": ""}))], [together(DISABLED, cells_of({"致贫/返贫风险1": "因残"}))])
plant("3_11_005", "gone", None, [together(DISABLED, cells_of({"致贫/返贫风险1": "因残", "社会帮扶": ""}))], [together(DISABLED, cells_of({"致贫/返贫风险1": "因残"}))], ["5_18_003"])
plant("5_18_004", "open", None, [cells_of({"致贫/返贫风险1": "因安全住房"})], [cells_of({"致贫/返贫风险1": "因安全住房", "搬迁": "集中安置", **BEFORE, "识别监测时间": "202011"}), cells_of({"致贫/返贫风险1": "因安全住房", "住房安全保障": "危房改造"})])
plant("3_11_006", "gone", None, [cells_of({"致贫/返贫风险1": "因安全住房", "搬迁": "集中安置", "识别监测时间": "202011"})], [cells_of({"致贫/返贫风险1": "因安全住房", "住房安全保障": "危房改造"})])
plant("5_18_005", "open", None, [together(cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "识别监测时间": "202402"}))], [cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "识别监测时间": "202402", "义务教育保障": "劝返复学"})], ["1_02_007"])
plant("3_11_007", "gone", None, [cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "识别监测时间": "202212"})], [cells_of({"是否义务教育阶段适龄儿童少年失学辍学": "是", "识别监测时间": "202212", "义务教育保障": "劝返复学"})], ["5_18_005", "1_02_007"])
plant("5_18_006", "open", None, [cells_of({"致贫/返贫风险1": "因安全饮水"})], [cells_of({"致贫/返贫风险1": "因安全饮水", "饮水安全保障": "供水工程"})])
plant("3_11_008", "gone", None, [on_house(是否解决安全饮用水="否")], [on_house(是否解决安全饮用水="否", 饮水安全保障="供水工程")], ["1_11_007", "4_11_006", "1_02_007"])
plant("5_18_007", "open", None, [cells_of({"是否有家庭成员未参加城乡居民（职工）基本医疗保险": "是", "社会帮扶": ""})], [cells_of({"是否有家庭成员未参加城乡居民（职工）基本医疗保险": "是"})], ["4_11_007", "1_02_007"])
plant("3_11_009", "gone", None, [cells_of({"是否有家庭成员未参加城乡居民（职工）基本医疗保险": "是", "社会帮扶": ""})], [cells_of({"是否有家庭成员未参加城乡居民（职工）基本医疗保险": "是", "社会帮扶": "", "健康帮扶": "参保资助"})], ["4_11_007", "5_18_007", "1_02_007"])
plant("5_15_015", "open", None, [cells_of({"致贫/返贫风险1": "因病"})], [together(cells_of({"致贫/返贫风险1": "因病"}), member(1, 健康状况="残疾，长期慢性病", 证件类型="残疾人证", 劳动技能="弱劳动力或半劳动力"))])
plant("5_15_020", "open", None, [together(ILL, cells_of({"致贫/返贫风险2": "因病", "合规自付支出": 0})), together(ILL, cells_of({"致贫/返贫风险2": "因病", "合规自付支出": ""}))], [together(ILL, cells_of({"致贫/返贫风险2": "因病"})), cells_of({"合规自付支出": 0})])
# measures
plant("5_11_030", "open", None, [on_house(实施开发式帮扶措施情况="尚未实施"), on_house(实施开发式帮扶措施情况="")], [together(on_house(实施开发式帮扶措施情况="", 整户无劳动能力兜底保障户="是"), NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保"), on_house(综合保障="低保"))])
plant("5_11_032", "open", None, [together(on_house(产业帮扶="", 社会帮扶="", 综合保障="低保"), member(2, 享受低保政策情况="农村低保"))], [together(on_house(产业帮扶="", 综合保障="低保"), member(2, 享受低保政策情况="农村低保")), together(on_house(社会帮扶="", 综合保障="低保"), member(2, 享受低保政策情况="农村低保"))], ["5_12_007_200", "5_12_007_231"])
plant("5_11_033", "open", None, [together(NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保"), on_house(综合保障="低保")), together(NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保"), on_house(综合保障="低保", 整户无劳动能力兜底保障户=""))], [together(NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}), member(0, 享受低保政策情况="农村低保"), on_house(综合保障="低保", 整户无劳动能力兜底保障户="是"))])
plant("5_12_007_200", "open", None, [on_house(产业帮扶="", 实施开发式帮扶措施情况="尚未实施", 识别监测时间="202605"), on_house(产业帮扶="", 实施开发式帮扶措施情况="", 识别监测时间="202607"), together(on_house(产业帮扶="", 实施开发式帮扶措施情况="", 识别监测时间="202610"), member(0, 劳动技能="弱劳动力或半劳动力", 健康状况="长期慢性病"), member(1, 劳动技能="弱劳动力或半劳动力", 健康状况="长期慢性病"))], [nothing])
plant("5_12_007_231", "open", None, [on_house(产业帮扶="", 实施开发式帮扶措施情况="尚未实施", 识别监测时间="202604"), on_house(产业帮扶="", 实施开发式帮扶措施情况="尚未实施")], [nothing], ["5_12_007_200"])
plant("5_12_011", "open", None, [together(on_house(产业帮扶="其他", 金融帮扶="其他", 就业帮扶="技能培训"), work(0, working())), together(on_house(产业帮扶="其他", 金融帮扶="其他", 就业帮扶="其他,技能培训"), work(0, working()))], [together(on_house(产业帮扶="其他", 金融帮扶="其他", 就业帮扶="技能培训,外出务工补贴"), work(0, working())), together(on_house(产业帮扶="其他,种植", 金融帮扶="其他", 就业帮扶="其他"), work(0, working()))])
EARLY = {"识别监测时间": "202303", "健康帮扶": "大病救治"}
plant("1111_09", "open", None, [cells_of({**EARLY, "识别监测时间": "202209"}), cells_of({**EARLY, "识别监测时间": "202108"})], [cells_of({**EARLY, "识别监测时间": "202304"}), cells_of({**EARLY, "健康帮扶": "大病救治,城乡居民基本医疗保险个人缴费补贴"})])
plant("1111_06", "open", None, [cells_of(EARLY), cells_of({**EARLY, "识别监测时间": "202210"})], [cells_of({**EARLY, "健康帮扶": "城乡居民基本医疗保险个人缴费补贴"}), nothing], ["1111_09"])
plant("1111_13", "open", None, [cells_of({"健康帮扶": "城乡居民基本医疗保险个人缴费补贴", "识别监测时间": "202304"})], [cells_of({"健康帮扶": "城乡居民基本医疗保险个人缴费补贴", "识别监测时间": "202303"}), cells_of({"健康帮扶": "大病救治"})])
VOCATIONAL = age(2, D(2009, 3, 1), 在校生状况="中职二年级")
DUE = {"识别监测时间": "202208", "健康帮扶": "城乡居民基本医疗保险个人缴费补贴"}
plant("1111_2", "open", None, [together(VOCATIONAL, cells_of(DUE)), together(age(2, D(2007, 3, 1), 在校生状况="高职高专一年级"), cells_of({**DUE, "教育帮扶": "助学金"}))], [together(VOCATIONAL, cells_of({**DUE, "教育帮扶": "雨露计划"})), together(VOCATIONAL, cells_of({**DUE, "识别监测时间": "202209"}))])
plant("1111_4", "open", None, [on_house(搬迁="集中安置"), cells_of({**DUE, "搬迁": "集中安置", "识别监测时间": "202101"})], [cells_of({**DUE, "搬迁": "集中安置", "识别监测时间": "202012"})])
both("5_15_011", "5_15_012", None, [on_house(教育帮扶="雨露计划"), together(on_house(教育帮扶="助学金,雨露计划"), age(2, D(2007, 3, 1), 在校生状况="本科一年级"))], [together(on_house(教育帮扶="雨露计划"), VOCATIONAL), on_house(教育帮扶="助学金")])
DIBAO = member(0, 享受低保政策情况="农村低保")
TEKUN = age(0, D(1950, 1, 1), 享受特困供养政策情况="农村特困", 劳动技能="弱劳动力或半劳动力")
plant("5_16_003", "open", None, [DIBAO, together(DIBAO, on_house(综合保障="临时救助"))], [together(DIBAO, on_house(综合保障="低保,临时救助"))])
plant("5_16_004", "open", None, [TEKUN], [together(TEKUN, on_house(综合保障="特困供养"))])
plant("5_16_005", "open", None, [on_house(综合保障="低保")], [together(DIBAO, on_house(综合保障="低保"))], ["4_11_015"])
plant("5_16_006", "open", None, [on_house(综合保障="特困供养")], [together(TEKUN, on_house(综合保障="特困供养"))], ["4_11_015"])
plant("4_11_015", "gone", None, [on_house(综合保障="低保"), on_house(综合保障="临时救助,特困供养")], [together(DIBAO, on_house(综合保障="低保")), on_house(综合保障="临时救助")])
plant("4_11_016", "open", None, [on_house(综合保障="残疾人补贴")], [together(DISABLED, on_house(综合保障="残疾人补贴"))])
plant("5_16_008", "open", None, [together(DISABLED, number_of(1, lambda text: text + "61")), together(DISABLED, number_of(1, lambda text: text + "3201"))], [together(DISABLED, number_of(1, lambda text: text + "63")), together(DISABLED, number_of(1, lambda text: text + "61"), on_house(综合保障="残疾人补贴"))])
ALL_WEAK = together(NO_LABOUR, on_all({"健康状况": "残疾", "证件类型": "残疾人证"}))
plant("5_19_003", "lifted", None, [ALL_WEAK, together(ALL_WEAK, member(1, 劳动技能="丧失劳动力"), on_all({"享受低保政策情况": ""}))], [together(ALL_WEAK, DIBAO), together(ALL_WEAK, member(1, 劳动技能="弱劳动力或半劳动力"))])
plant("5_19_007", "open", None, [together(ALL_WEAK, on_house(整户无劳动能力兜底保障户="是"))], [together(ALL_WEAK, DIBAO, on_house(整户无劳动能力兜底保障户="是", 综合保障="低保"))])
plant("5_15_007", "open", None, [together(ALL_WEAK, DIBAO, on_house(整户无劳动能力兜底保障户="是", 综合保障="低保", 就业帮扶="技能培训"), work(0, working(是否已务工="否", 结束时间="2026年01月")))], [together(ALL_WEAK, DIBAO, member(1, 劳动技能="弱劳动力或半劳动力"), on_house(综合保障="低保", 就业帮扶="技能培训"), work(1, working(是否已务工="是")))], ["4_11_014"])
# work
TO_COUNTY = {"务工所在地": "广东省深圳市龙岗区"}
OUT = on_member(0, TO_COUNTY)

plant("1111_08", "lifted", 0, [works(working(开始时间="2020年01月")), works(working(开始时间="2020年12月", 结束时间="至今")), works(working(开始时间="2019年02月"), working(开始时间="2020年05月"), working(开始时间="2022年03月"))], [works(working(开始时间="2020年05月", 结束时间="2025年01月")), works(working(开始时间="2019年12月")), works(working(开始时间="2021年01月")), works(working(开始时间="2019年12月"), working(开始时间="2020年05月", 结束时间="2021年01月"), working(开始时间="2021年01月"))])
plant("1111_10", "open", 0, [together(on_house(就业帮扶="外出务工补贴"), works(working(年度交通费补助=0))), together(on_house(就业帮扶="外出务工补贴,技能培训"), works(working(年度交通费补助="")))], [together(on_house(就业帮扶="外出务工补贴"), works()), works(working(年度交通费补助=0))])
plant("1111_12", "lifted", 0, [works(working(务工月收入=399)), works(working(开始时间="2024年01月", 结束时间="2024年06月"), working(务工月收入=150))], [works(working(务工月收入=400)), works(working(开始时间="2024年01月", 结束时间="2024年06月", 务工月收入=350), working())])
both("1111_17", "1111_16", 0, [works(working(是否已务工="否")), works(working(是否已务工="否", 结束时间="2026年11月"))], [works(working(是否已务工="否", 结束时间="2026年10月")), works(working(是否已务工="否", 开始时间="2024年01月", 结束时间="2024年03月"), working())])
plant("3_01_009", "lifted", 0, [works(working(是否已务工=""))], [works()])
plant("3_12_001", "lifted", 0, [works(working(开始时间=""))], [works()])
plant("2_01_013", "lifted", 0, [together(works(), phone(0, "{:010}")), together(works(), phone(0, "")), together(works(), phone(0, "{:012}"))], [phone(0, "{:010}")], ["2_01_014"])
plant("2_01_014", "lifted", 0, [together(works(), phone(0, "12{:09}")), together(works(), phone(0, ""))], [works(), phone(0, "12{:09}")], ["2_01_013"])
plant("2_12_007", "open", 0, [together(OUT, phone(0, "12{:09}")), together(OUT, phone(0, "")), together(OUT, phone(0, "{:06}"))], [phone(0, "{:06}"), OUT])
plant("2_01_015", "lifted", 0, [together(works(), member(0, 劳动技能="弱劳动力或半劳动力", 健康状况="长期慢性病")), together(plan(0), member(0, 劳动技能="丧失劳动力", 健康状况="残疾", 证件类型="残疾人证"))], [together(works(working(是否已务工="否", 结束时间="2026年01月")), member(0, 劳动技能="弱劳动力或半劳动力", 健康状况="长期慢性病")), works()])
plant("2_12_004", "open", 0, [together(works(), member(0, 劳动技能="无劳动力", 健康状况="残疾", 证件类型="残疾人证")), together(plan(0), member(0, 劳动技能="丧失劳动力", 健康状况="残疾", 证件类型="残疾人证"))], [together(works(), member(0, 劳动技能="弱劳动力或半劳动力", 健康状况="长期慢性病"))])
STUDENT = age(2, D(2008, 3, 1), 在校生状况="普通高中二年级")
both("4_01_006", "4_12_002", 2, [together(STUDENT, works(who=2)), together(STUDENT, plan(2))], [together(STUDENT, plan(2, 是否计划务工="否")), together(age(2, D(2008, 3, 1), 在校生状况="", 文化程度="高中", 劳动技能="普通劳动力"), works(who=2))], (("2_01_015",), ("2_12_004",)))
both("5_01_004", "5_12_003", 0, [together(TEKUN, works())], [TEKUN], (("2_01_015",), ("5_16_004",)))
plant("5_01_005_203", "lifted", 0, [works(working(务工所在县=""))], [works()], ["4_12_001_206"])
plant("4_12_001_202", "open", 0, [works(working(务工所在县=""))], [works()], ["4_12_001_206"])
plant("4_12_001_206", "open", 0, [plan(0, 计划务工所在县="")], [plan(0), works(working(是否已务工="否", 务工所在县="", 结束时间="2026年01月"))])
plant("5_01_005_204", "lifted", 0, [works(place="广东省深圳市"), works(place="广西壮族自治区南宁市"), works(place="")], [works(place="浙江省金华市义乌市"), works(place="内蒙古自治区赤峰市翁牛特旗"), works(place="吉林省延边朝鲜族自治州延吉市"), on_member(0, {"务工所在地": "广东省"})])
both("5_01_003", "5_12_002", 0, [works(working(就业渠道="公益性岗位")), works(working(就业渠道="帮扶车间"))], [works(working(就业渠道="帮扶车间", 是否已务工="否", 结束时间="2026年01月")), works(working(就业渠道="公益性岗位", 务工所在县="样例县")), works()])
both("5_01_007", "5_12_006", 0, [works(working(务工月收入="")), works(working(所属行业="")), works(working(就业渠道="")), works(working(是否点对点输送=""))], [works(), works(working(是否已务工="否", 务工企业名称="", 结束时间="2026年01月"))])
plant("5_12_001", "open", 0, [works(working(开始时间="2024年01月", 结束时间="2024年08月"), working(开始时间="2024年07月", 结束时间="2025年01月"))], [works(working(开始时间="2024年01月", 结束时间="2024年08月"), working(开始时间="2024年08月", 结束时间="2025年01月")), works()])
plant("5_15_008", "lifted", 0, [plan(0, 就业服务需求="")], [plan(0), plan(0, 是否计划务工="否", 就业服务需求="")])
plant("5_15_009", "open", 0, [plan(0, 就业服务需求="")], [plan(0)])
both("5_16_002", "5_16_001", 0, [works(working(务工月收入=30001)), works(working(务工月收入=99))], [works(working(务工月收入=30000)), works(working(务工月收入=100))], (("1111_12",), ("1111_12",)))
plant("5_16_010", "lifted", 0, [together(age(0, D(2005, 4, 1)), works(working(开始时间="2021年03月"))), together(age(0, D(2006, 3, 2)), works(working(开始时间="2021年03月")))], [together(age(0, D(2005, 3, 1)), works(working(开始时间="2021年03月")))])
both("5_20_030", "5_20_028", 0, [member(0, 文化程度="大专"), member(0, 文化程度="本科及以上")], [together(works(), member(0, 文化程度="大专")), member(0, 文化程度="高中")])
both("5_20_031", "5_20_029", 0, [member(0, 劳动技能="技能劳动力"), together(works(working(是否已务工="否", 结束时间="2026年01月")), member(0, 劳动技能="技能劳动力"))], [together(works(), member(0, 劳动技能="技能劳动力"))])
plant("5_15_021", "lifted", None, [together(works(), works(working(务工所在县="义乌市"), who=1), on_all({"家庭成员联系电话": "13311112222"}))], [together(works(), works(who=1)), together(works(), works(working(务工所在县="义乌市", 是否已务工="否", 结束时间="2026年01月"), who=1), on_all({"家庭成员联系电话": "13311113333"})), nothing], ["5_15_022"])
PAIR = together(works(), member(0, 家庭成员联系电话="13399998888"))
plant("5_15_022", "lifted", 0, [PAIR], [member(0, 家庭成员联系电话="13399998888"), works()])
plant("1111_3", "open", None, [on_house(就业帮扶="技能培训"), on_house(公益岗位帮扶="护林员")], [together(on_house(就业帮扶="技能培训"), works(who=1)), nothing], ["4_11_014"])
plant("4_11_014", "open", None, [together(on_house(就业帮扶="技能培训"), works(working(是否已务工="否", 结束时间="2026年01月"))), on_house(公益岗位帮扶="保洁员")], [together(on_house(公益岗位帮扶="保洁员"), works(who=1))], ["1111_3"])
plant("5_15_014", "open", None, [cells_of({"致贫/返贫风险2": "因务工就业不稳"})], [together(cells_of({"致贫/返贫风险2": "因务工就业不稳"}), works(who=1))])
plant("5_17_011", "open", None, [together(on_house(就业帮扶="劳务输出"), works(working(务工所在县=""))), together(on_house(就业帮扶="劳务输出"), works(working(务工所在县="样例县"))), together(on_house(就业帮扶="劳务输出"), works(working(务工所在县="样例县"), who=1))], [together(on_house(就业帮扶="劳务输出"), works())], ["5_17_013", "4_12_001_202", "4_12_001_206"])
plant("5_17_012", "open", None, [together(on_house(就业帮扶="外出务工补贴"), works(working(务工所在县="样例县")))], [together(on_house(就业帮扶="外出务工补贴"), works())], ["5_17_011"])
plant("5_17_013", "open", None, [together(on_house(就业帮扶="劳务输出"), works(working(开始时间="2022年01月")))], [together(on_house(就业帮扶="劳务输出"), works(working(开始时间="2023年08月"))), works()])
# villages
for number, header in [("1_03_006", 0), ("1_03_009", 1), ("1_03_010", 2), ("1_03_011", 3), ("1_03_012", 4), ("1_03_013", 5), ("1_03_014", 6), ("1_03_014", 7), ("1_03_015", 8), ("1_03_016", 9)]:
    from rules.exports import VILLAGE_CELLS
    plant(number, "lifted", None, [village_of({VILLAGE_CELLS[header]: ""})], [village_of({VILLAGE_CELLS[header]: 0}), village_of({VILLAGE_CELLS[header]: "", "是否出列": "否"})], village=True)
plant("1_03_002", "lifted", None, [village(总人口数=0), village(总人口数="")], [village(总人口数=1), village(总人口数=0, 是否出列="否")], village=True)
plant("1_03_003", "lifted", None, [village_of({"村级集体经济收入（万元）": 0}), village_of({"村级集体经济收入（万元）": ""})], [village_of({"村级集体经济收入（万元）": 0.1})], village=True)
plant("1_03_004", "lifted", None, [village_of({"村小学（个数）": ""})], [nothing], village=True)
plant("1_03_007", "lifted", None, [village(是否通客运班车="")], [village(是否通客运班车="否")], village=True)
plant("2_03_001", "lifted", None, [village_of({"到乡镇是否通沥青（水泥）路": "否"})], [village_of({"到乡镇是否通沥青（水泥）路": "否", "是否出列": "否"}), nothing], village=True)
plant("3_03_001", "lifted", None, [village(未实现饮水安全户数=301), village(危房户数=301)], [village(危房户数=300)], village=True)
plant("3_03_002", "lifted", None, [village_of({AREAS[0]: 2.4}), village_of({AREAS[5]: 0})], [village_of({AREAS[1]: 2.5})], village=True)
plant("3_03_003", "lifted", None, [village(总户数=""), village(总户数=0)], [village(总户数=1)], village=True)
# fmt: on
