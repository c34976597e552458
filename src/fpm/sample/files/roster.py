"""The roster as the national system exports it: two title rows, the header in the third."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from fpm.sample import damage
from fpm.sample.county import County, Month, school_age
from fpm.sample.dice import Texts, choose, series, stream
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Container, Delivery, Sheet

_DAY: Final = 8
_XLSX_LINES: Final = 300_000
"""A larger roster leaves the system as a GB18030 csv."""
_DAMAGED: Final = 0.012
_ROSTER_DAMAGE: Final = {
    "id_blank": 3,
    "id_none_word": 2,
    "id_one_digit": 4,
    "id_short": 2,
    "id_check": 2,
}
_BLANKS: Final = {"health": 0.015, "labour": 0.01, "net_income_per_person": 0.008}
_REGISTRATION_DAYS: Final = 25
"""A new-born enters the system about this many days after birth."""

_HEADERS: Final = {
    "县(市、区、旗)": pl.lit(COUNTY),
    "乡(镇)": pl.col("township"),
    "行政村": pl.col("village"),
    "自然村": pl.col("village_group"),
    "户编号": pl.col("household_id"),
    "人编号": pl.col("person_id"),
    "姓名": pl.col("name"),
    "证件类型": pl.col("id_type"),
    "证件号码": pl.col("id_number"),
    "性别": pl.col("sex"),
    "出生日期": pl.col("birth_date").dt.strftime("%Y%m%d"),
    "人数": pl.col("household_size"),
    "与户主关系": pl.col("relation"),
    "民族": pl.col("ethnicity"),
    "文化程度": pl.col("education"),
    "在校生状况": pl.col("student_status"),
    "健康状况": pl.col("health"),
    "劳动技能": pl.col("labour"),
    "务工时间（月）": pl.col("work_months"),
    "务工区域": pl.col("work_area"),
    "是否参加城乡居民基本医疗保险": pl.col("resident_medical"),
    "是否参加城镇职工基本医疗保险": pl.col("employee_medical"),
    "是否参加大病保险": pl.col("serious_illness_insurance"),
    "是否参加城乡居民基本养老保险": pl.col("resident_pension"),
    "义务教育阶段未上学原因": pl.col("not_in_school_reason"),
    "户主姓名": pl.col("head_name"),
    "户主证件号码": pl.col("head_id_number"),
    "曾用名": pl.col("former_name"),
    "户联系电话": pl.col("household_phone"),
    "人联系电话": pl.col("phone"),
    "户类型": pl.col("household_type"),
    "监测对象类别": pl.col("monitor_type"),
    "致贫/返贫风险1": pl.col("risks").str.split(",").list.get(0, null_on_oob=True),
    "致贫/返贫风险2": pl.col("risks").str.split(",").list.get(1, null_on_oob=True),
    "识别监测时间": pl.col("identified_on"),
    "风险是否已消除": pl.col("risk_cleared"),
    "消除监测时间": pl.col("cleared_on"),
    "整户无劳动能力兜底保障户": pl.col("whole_household_no_labour"),
    "享受低保政策情况": pl.col("receives_dibao"),
    "享受特困供养政策情况": pl.col("receives_tekun"),
    "人均纯收入": pl.col("net_income_per_person"),
    "危房户": pl.col("unsafe_house"),
    "是否解决安全饮用水": pl.col("safe_water"),
}


def roster(county: County, month: Month, path: str) -> Delivery:
    """The roster as it stood on the eighth of the month.

    Args:
        county: the county.
        month: the month of the export.
        path: folder below ``inbox/``.
    """
    day = dt.date(month.period.year, month.period.month, _DAY)
    rows = _damaged(county, _members(county, month, day))
    cells = _schooling(rows, month).select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        *(expr.alias(header) for header, expr in _HEADERS.items()),
    )
    sheet = Sheet(
        name="Sheet1",
        cells=cells,
        truth=rows.select("person_id", "damage", typed=pl.lit(value=False)),
        titles=("（自定义）农户信息", f"单位：{COUNTY}    导出日期：{day:%Y-%m-%d}"),
    )
    container: Container = "xlsx" if cells.height < _XLSX_LINES else "csv"
    name = f"{path}/（自定义）农户信息_{day:%Y%m%d}.{container}"
    return Delivery(name, "roster", "persons", container, (sheet,), encoding="gb18030")


def _members(county: County, month: Month, day: dt.date) -> pl.DataFrame:
    """Born and registered, not gone; the dead stay until the county exports anew."""
    everyone = county.later if month.offset == 0 else county.people
    registered = day - dt.timedelta(days=_REGISTRATION_DAYS)
    return everyone.filter(
        (pl.col("birth_date") <= registered)
        & (pl.col("died_on").is_null() | (pl.col("died_on") > registered))
        & (pl.col("moved_in_on").is_null() | (pl.col("moved_in_on") <= day))
        & (pl.col("moved_out_on").is_null() | (pl.col("moved_out_on") > day))
    )


def _damaged(county: County, people: pl.DataFrame) -> pl.DataFrame:
    """The roster's own faults: a few wrong numbers, blanks, disability certificate numbers."""
    rng = stream(county.seed, "roster")
    kinds: Texts = choose(rng, _ROSTER_DAMAGE, county.people.height)
    kinds[rng.random(len(kinds)) >= _DAMAGED] = ""
    drawn = county.people.select(
        "row",
        id_damage=series(kinds),
        name_damage=pl.lit(""),
        dice=pl.Series(rng.integers(0, 2**31, len(kinds)), dtype=pl.Int64),
        **{
            f"no_{name}": pl.Series(rng.random(len(kinds)) < share)
            for name, share in _BLANKS.items()
        },
    )
    rows = damage.inflict(
        people.with_columns(spared=pl.col("planted")).join(
            drawn, on="row", how="left", maintain_order="left"
        )
    )
    certified = (pl.col("id_type") == "残疾人证") & pl.col("certificate").is_not_null()
    long_number = certified & (pl.col("damage") == "")
    return rows.with_columns(
        id_number=pl.when(long_number)
        .then(pl.col("id_number") + pl.col("certificate"))
        .otherwise("id_number"),
        damage=pl.when(long_number).then(pl.lit("disability_number")).otherwise("damage"),
        **{
            name: pl.when(pl.col(f"no_{name}") & ~pl.col("planted")).then(None).otherwise(name)
            for name in _BLANKS
        },
    )  # fmt: skip


def _schooling(rows: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Exactly one of 文化程度 and 在校生状况; a planted child may have its own."""
    age = school_age(month.period)
    grades = ("七年级", "八年级", "九年级")
    status = pl.when(age < 3).then(pl.lit("学龄前儿童")).when(age < 6).then(pl.lit("学前教育"))
    status = status.when(age < 12).then(pl.lit("小学"))
    for years, grade in enumerate(grades, start=12):
        status = status.when(age == years).then(pl.lit(grade))
    for years, grade in enumerate(("一", "二", "三"), start=15):
        for track, title in (("普高", "普通高中"), ("中职", "中职")):
            status = status.when((age == years) & (pl.col("track") == track)).then(
                pl.lit(f"{title}{grade}年级")
            )
        for track in ("本科", "高职高专"):
            college = (
                (age == years + 3) & (pl.col("college") == track) & (pl.col("track") == "普高")
            )
            status = status.when(college).then(pl.lit(f"{track}{grade}年级"))
    known = rows.with_columns(student_status=pl.coalesce("student_status", status.otherwise(None)))
    return known.with_columns(
        education=pl.when(pl.col("student_status").is_null())
        .then(pl.when(age < 18).then(pl.lit("初中")).otherwise("finished"))
        .otherwise("education")
    )
