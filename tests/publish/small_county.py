"""A small made-up county as the frames that publishing takes: eight people, five alerts."""

import datetime as dt
import hashlib
import json

import polars as pl

from fpm.model import (
    CANDIDATE_SCHEMA,
    FILES_SCHEMA,
    HIT_SCHEMA,
    LINKAGE_SCHEMA,
    QUARANTINE_SCHEMA,
    STAKE_SCHEMA,
    Period,
)
from fpm.publish import (
    PERSON_SCHEMA,
    PUBLISHED_ALERT_SCHEMA,
    PUBLISHED_HIT_SCHEMA,
    RECORD_SCHEMA,
    TALLY_SCHEMA,
    VALUE_SCHEMA,
    Heading,
    Publication,
)
from fpm.rulebook.rule import RuleSpec

# A table a frame, a line a row.
# fmt: off
HEADING = Heading(
    county="样例县",
    division="999901",
    period=Period(2026, 10),
    issued_on=dt.date(2026, 11, 2),
    version="0.1.0",
    rule_digest="c0ffee" * 10 + "abcd",
    chain_head="5eed" * 16,
)


def frame(schema, *rows):
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def source(department, file, row, kind="x"):
    reference = {"department": department, "kind": kind, "file": file, "sheet": "S", "row": row}
    return json.dumps([reference], ensure_ascii=False)


PEOPLE = frame(
    PERSON_SCHEMA,
    # person, household, township, village, name, ID, birth, sex, relation, age, can work
    ("P11", "H1", "青石镇", "上河村", "李建国", "999901196803120012", dt.date(1968, 3, 12), "男", "户主", 58, False),
    ("P12", "H1", "青石镇", "上河村", "王秀兰", "999901197007250023", dt.date(1970, 7, 25), "女", "配偶", 56, True),
    ("P13", "H1", "青石镇", "上河村", "李小军", "99990120110903003X", dt.date(2011, 9, 3), "男", "之子", 15, False),
    ("P21", "H2", "青石镇", "下河村", "=HYPERLINK(1)", "999901195501010034", dt.date(1955, 1, 1), "男", "户主", 71, False),
    ("P22", "H2", "青石镇", "下河村", "赵玉珍", None, None, "女", "配偶", 69, False),
    ("P31", "H3", "白杨乡", "上河村", "阿卜杜拉·买买提", "999901198012120056", dt.date(1980, 12, 12), "男", "户主", 45, None),
    ("P41", "H4", "白杨乡", "柳树沟村", "陈志强", "999901197505050078", dt.date(1975, 5, 5), "男", "户主", 51, True),
    ("P51", "H5", "红旗镇", "向阳村", "孙桂芳", "999901196602020082", dt.date(1966, 2, 2), "女", "户主", 60, True),
)

ALERTS = frame(
    PUBLISHED_ALERT_SCHEMA,
    # number, household, township, village, state, level, risks, first, due, change
    ("999901-2026-00001", "H1", "青石镇", "上河村", "escalated", "red", "因学、因病", "2026-08", dt.date(2026, 11, 7), "新增风险：因学"),
    ("999901-2026-00002", "H2", "青石镇", "下河村", "overdue", "orange", "因安全住房", "2026-09", dt.date(2026, 10, 20), ""),
    ("999901-2026-00003", "H3", "白杨乡", "上河村", "new", "yellow", "因病", "2026-10", dt.date(2026, 11, 17), ""),
    ("999901-2026-00004", "H4", "白杨乡", "柳树沟村", "cleared", "orange", "因病", "2026-09", dt.date(2026, 10, 20), ""),
    ("999901-2026-00005", "H5", "红旗镇", "向阳村", "answered", "orange", "因病", "2026-09", dt.date(2026, 10, 20), ""),
)


def _hit(rule, kind, scope, person, household, place, level, risk, evidence, sources, measure=None):
    return (rule, kind, scope, person, household, *place, level, risk, evidence, sources, measure)


UP, DOWN, WHITE = ("青石镇", "上河村"), ("青石镇", "下河村"), ("白杨乡", "上河村")
BILLS = source("medical_insurance", "医保结算202610.xlsx", 7)
SCHOOL = source("education", "学籍.xls", 15)
HOUSE = source("housing", "鉴定.xlsx", 9)

HITS = frame(
    PUBLISHED_HIT_SCHEMA,
    (*_hit("suspected_dropout", "alert", "person", "P13", "H1", UP, "red", "因学", "15岁，学籍状态为“疑似辍学”，连续两个月未到校。", SCHOOL), "999901-2026-00001", "new"),
    (*_hit("annual_burden", "alert", "person", "P11", "H1", UP, "orange", "因病", "2026年1至10月三重保障后自付23,450.50元，超过20,000元。", BILLS, 23450.5), "999901-2026-00001", "worsened"),
    (*_hit("owns_car", "hint", "household", None, "H1", UP, "yellow", "", "登记有小型轿车1辆", source("public_security", "机动车.csv", 3)), "999901-2026-00001", "hint"),
    (*_hit("dangerous_house", "alert", "household", None, "H2", DOWN, "orange", "因安全住房", "房屋鉴定为D级，未见改造竣工记录。", HOUSE), "999901-2026-00002", "continuing"),
    (*_hit("annual_burden", "alert", "person", "P31", "H3", WHITE, "yellow", "因病", "2026年1至10月三重保障后自付8,100.00元，超过7,000元。", BILLS, 8100.0), "999901-2026-00003", "new"),
    (*_hit("annual_burden", "alert", "person", "P51", "H5", ("红旗镇", "向阳村"), "orange", "因病", "自付高", BILLS), "999901-2026-00005", "silent"),
)

CORRECTIONS = frame(
    HIT_SCHEMA,
    _hit("no_id", "correction", "person", "P22", "H2", DOWN, "yellow", "", "证件号码为空。", "[]"),
    _hit("dibao_differs", "correction", "person", "P41", "H4", ("白杨乡", "柳树沟村"), "yellow", "", "花名册登记享受农村低保，民政10月名单中没有此人。", source("civil_affairs", "低保.csv", 3)),
).with_columns(quality_numbers=pl.Series([None, "5_16_003、5_16_005"]))

VILLAGE_HITS = frame(
    HIT_SCHEMA,
    _hit("village_water", "alert", "village", None, None, UP, "orange", "因安全饮水", "10月停水12天，供水保证率不达标。", source("water", "供水.xlsx", 4)),
)

LINKAGE = frame(
    LINKAGE_SCHEMA,
    ("civil_affairs", "dibao", 3, 1, 1, 1, 0.0001, 9, []),
    ("medical_insurance", "settlement", 4, 3, 1, 0, 0.0012, 12, [{"key": "name", "pairs": 40}]),
)
STAKES = frame(STAKE_SCHEMA, ("civil_affairs", "dibao", "orange", 7))
QUARANTINE = frame(
    QUARANTINE_SCHEMA,
    ("medical_insurance", "settlement", "医保结算202610.xlsx", "明细", 12, "总费用", "H12", "待定", "money", "金额“待定”读不出", "请填以元为单位的数字"),
)
BLANKED = frame(
    QUARANTINE_SCHEMA,
    ("civil_affairs", "dibao", "低保.csv", "低保", 5, "低保类别", "F5", "甲类", "category", "类别“甲类”不在已知写法中", "请填A类、B类或C类"),
)
FILES = frame(
    FILES_SCHEMA,
    ("roster", "persons", "花名册.xlsx", "人员", "aa" * 32, 11, 3, 0, 8),
    ("civil_affairs", "dibao", "低保.csv", "低保", "bb" * 32, 5, 2, 0, 3),
    ("medical_insurance", "settlement", "医保结算202610.xlsx", "明细", "cc" * 32, 9, 4, 1, 4),
)


def _record(department, kind, file, sheet, row, person, household, status, probability, reason, name, number, born=None, township="青石镇", village=None):
    linked = (person, household, status, probability, "id_name", reason)
    said = (name, number, born, None, township, village, None, None)
    identity = hashlib.sha256(f"{name}|{number}".encode()).hexdigest()[:16]
    return (department, kind, file, sheet, row, *linked, *said, identity)


LOW, PAID = ("civil_affairs", "dibao", "低保.csv", "低保"), ("medical_insurance", "settlement", "医保结算202610.xlsx", "明细")
RECORDS = frame(
    RECORD_SCHEMA,
    _record(*LOW, 3, "P12", "H1", "confirmed", 0.9999, "证件号与姓名一致", "王秀蓝", "999901197007250023"),
    _record(*LOW, 4, None, None, "unmatched", 0.01, "花名册中没有此证件号，也没有同名且同村的人", "周大海", "999901199001010091", village="上河村"),
    _record(*LOW, 5, None, None, "review", 0.55, "证件号差一位，姓名一致", "陈志强", "999901197505050071", dt.date(1975, 5, 5), "白杨乡", "柳树沟村"),
    _record(*PAID, 6, "P31", "H3", "confirmed", 0.9999, "证件号与姓名一致", "阿卜杜拉•买买提", "999901198012120056"),
    _record(*PAID, 7, "P11", "H1", "confirmed", 0.9990, "证件号为同户配偶的，按姓名认人", "李建国", "999901197007250023"),
    _record(*PAID, 8, "P11", "H1", "confirmed", 0.9999, "证件号与姓名一致", "李建国", "999901196803120012"),
    _record(*PAID, 9, None, None, "review", 0.55, "证件号差一位，姓名一致", "陈志强", "999901197505050071", dt.date(1975, 5, 5), "白杨乡", "柳树沟村"),
)
CANDIDATES = frame(
    CANDIDATE_SCHEMA,
    (*LOW, 5, 1, "P41", "H4", 0.55, "姓名、出生日期一致，证件号末位不同"),
    (*LOW, 5, 2, "P11", "H1", 0.02, "姓名不同"),
    (*PAID, 9, 1, "P41", "H4", 0.55, "姓名、出生日期一致，证件号末位不同"),
    (*PAID, 9, 2, "P11", "H1", 0.02, "姓名不同"),
)
TALLY = frame(
    TALLY_SCHEMA,
    ("suspected_dropout", "疑似辍学", "alert", "red", 1, 1, 0, 6, None, None),
    ("annual_burden", "医疗自付超过年度标准", "alert", "orange", 3, 4, 1, 0, None, "medical_insurance_self_paid_year"),
    ("dangerous_house", "C、D级危房仍在居住", "alert", "orange", 1, 4, 0, 0, None, None),
    ("income_below_line", "人均纯收入低于监测线", "alert", "orange", 0, 0, 0, 0, "监测线 2026 年没有设定", None),
    ("owns_car", "登记有机动车", "hint", "yellow", 1, 7, 0, 0, None, None),
    ("no_id", "没有证件号码", "correction", "yellow", 1, 7, 0, 0, None, None),
)
VALUES = frame(
    VALUE_SCHEMA,
    ("monitoring_line", "防返贫监测线", None, "元/年", None, None, "人均纯收入低于监测线"),
    ("burden_limit", "年度自付标准", "20000", "元", "某县做法（转载）", False, "医疗自付超过年度标准"),
    ("school_age", "义务教育年龄", "6—16", "岁", "中华人民共和国义务教育法", True, "疑似辍学"),
)
# fmt: on
PREVIOUS = ALERTS.filter(pl.col("first_period") < "2026-10").with_columns(
    state=pl.lit("new"), change=pl.lit("")
)


def _rule(rule, title, kind="alert", advice=""):
    case = {"name": "例", "expect": "hit"}
    document = {"document": "样例", "confidence": "proposal"}
    return RuleSpec.model_validate(
        {
            "id": rule,
            "title": title,
            "kind": kind,
            "scope": "person",
            "level": "yellow",
            "when": "TRUE",
            "evidence": "样例",
            "advice": advice,
            "source": [document],
            "case": [case],
        }
    )


RULES = (
    _rule("suspected_dropout", "疑似辍学", advice="当面见到孩子，问清没有上学的原因，能否返校。"),
    _rule(
        "annual_burden",
        "医疗自付超过年度标准",
        advice="看住院费用清单，问清哪些由家里负担、有没有借款。",
    ),
    _rule("dangerous_house", "C、D级危房仍在居住", advice="看现在住在哪里，危房是否仍在住人。"),
    _rule("owns_car", "登记有机动车", kind="hint"),
    _rule("no_id", "没有证件号码", kind="correction", advice="按户口簿补填证件号码。"),
    _rule(
        "dibao_differs",
        "低保与民政名单不一致",
        kind="correction",
        advice="核对低保证，更正“是否享受低保”。",
    ),
)

PUBLICATION = Publication(
    heading=HEADING,
    rules=RULES,
    alerts=ALERTS,
    hits=HITS,
    corrections=CORRECTIONS,
    village_hits=VILLAGE_HITS,
    people=PEOPLE,
    records=RECORDS,
    candidates=CANDIDATES,
    linkage=LINKAGE,
    stakes=STAKES,
    quarantine=QUARANTINE,
    blanked=BLANKED,
    files=FILES,
    tally=TALLY,
    values=VALUES,
    previous=PREVIOUS,
    timings={"比对": 1.25},
)
