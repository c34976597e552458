"""Education: pupils (one sheet a township) and the list of children who may drop out."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.sample.county import County, Month, roll, school_age, some, truth_of
from fpm.sample.dice import stream
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Delivery, Sheet

_NUMBER: Final = "身份证号"
_ELSEWHERE: Final = 0.008
"""Children of school age who study in another county: not on the list, but known as 借读."""
_KINDERGARTEN: Final = 0.85


def education(county: County, month: Month) -> list[Delivery]:
    """The list of pupils and the drop-out watch list."""
    return [_pupils(county, month), _watch(county, month)]


def _of_school(county: County, month: Month) -> pl.DataFrame:
    """Who should be on the county's list: ``grade`` and ``stage`` of the school year."""
    rng = stream(county.seed, "schooling")
    luck = pl.Series("luck", rng.random(county.people.height))
    age = pl.col("age_")
    stage = (
        pl.when(age.is_between(3, 5) & ((pl.col("luck") < _KINDERGARTEN) | (age == 5)))
        .then(pl.lit("学前"))
        .when(age.is_between(6, 11)).then(pl.lit("小学"))
        .when(age.is_between(12, 14)).then(pl.lit("初中"))
        .when(age.is_between(15, 17) & (pl.col("track") != "out")).then(pl.col("track"))
        .when((age == 15) & (pl.col("track") == "out")).then(pl.lit("中职"))
    )  # fmt: skip
    grade = (
        pl.when(age < 6).then(pl.lit("大班"))
        .when(age < 12).then("小学" + _ordinal(age - 5))
        .when(age < 15).then("初中" + _ordinal(age - 11))
        .otherwise("高中" + _ordinal(age - 14))
    )  # fmt: skip
    return (
        county.people.with_columns(luck, age_=school_age(month.period))
        .with_columns(stage=stage, grade=grade)
        .filter(pl.col("stage").is_not_null() & pl.col("died_on").is_null())
        .with_columns(
            elsewhere=(pl.col("luck") < _ELSEWHERE)
            & ~pl.col("planted")
            & pl.col("age_").is_between(6, 14)
        )
    )


def _ordinal(year: pl.Expr) -> pl.Expr:
    return year.replace_strict(dict(enumerate("一二三四五六", 1)), default="") + "年级"


def _pupils(county: County, month: Month) -> Delivery:
    pupils = _of_school(county, month).filter(~pl.col("elsewhere"))
    lines = county.effects("school").filter(pl.col("offset") == month.offset)
    if lines.is_empty():
        pupils = pupils.with_columns(state=pl.lit(None, dtype=pl.String))
    else:
        pupils = pupils.join(
            lines.select("row", "absent", "state"), on="row", how="left", maintain_order="left"
        )
        pupils = pupils.filter(pl.col("absent").ne_missing(True)).drop("absent")
    young = county.outsiders.filter(pl.col("age").is_between(6, 14))
    guests = some(young, stream(county.seed, "guests", "school"), 0.7).with_columns(
        stage=pl.lit("小学"), grade=pl.lit("小学三年级")
    )
    rows = roll(county, "school", pupils, outside=guests)
    parts = rows.partition_by("township", maintain_order=True)
    sheets = tuple(_sheet(part, month) for part in parts)
    path = f"{month.period}/教育/学籍（{month.label}）.xlsx"
    return Delivery(path, "education", "enrolment", "xlsx", sheets)


def _sheet(rows: pl.DataFrame, month: Month) -> Sheet:
    town = rows["township"][0]
    temporary = pl.col("row") % 10 < 3
    own = pl.col("id_number").fill_null("")
    number = pl.when(temporary | (own.str.len_chars() != 18)).then(
        pl.lit("L9999") + (pl.col("row").abs() + 1000).cast(pl.String)
    ).otherwise(pl.lit("G") + own)  # fmt: skip
    school = pl.lit(town[:2]) + pl.col("stage").replace(
        {
            "学前": "中心幼儿园",
            "小学": "中心小学",
            "初中": "初级中学",
            "普高": "高级中学",
            "中职": "职业中学",
        }
    )
    boards = pl.when(pl.col("row") % 4 == 0).then(pl.lit("是")).otherwise(pl.lit("否"))
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("name").alias("学生姓名"),
        pl.col("sex").alias("性别"),
        pl.col("ethnicity").alias("民族"),
        number.alias("学籍号"),
        pl.col("id_number").alias(_NUMBER),
        school.alias("就读学校"),
        pl.col("stage").alias("学段"),
        pl.col("grade").alias("所在\n年级"),
        pl.coalesce("state", pl.lit("在读")).alias("学籍状态"),
        pl.lit(town).alias("家庭所在乡镇"),
        pl.col("village").alias("家庭所在村"),
        pl.col("mate_name").alias("监护人姓名"),
        pl.col("mate_id_number").alias("监护人身份证号"),
        pl.col("mate_phone").alias("监护人电话"),
        boards.alias("是否住宿生"),
    )  # fmt: skip
    half = cells.height // 2
    return Sheet(
        name=town,
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{town}在校学生花名册", f"统计时间：{month.label}"),
        between={half: tuple([None] * cells.width)} if half else {},
        footers=((f"合计：{cells.height}人", *[None] * (cells.width - 1)),),
        typed_column=_NUMBER,
    )


def _watch(county: County, month: Month) -> Delivery:
    """Planted children of the month, and those who study elsewhere."""
    lines = county.effects("watch").filter(pl.col("offset") == month.offset)
    away = _of_school(county, month).filter(pl.col("elsewhere")).with_columns(
        status=pl.lit("借读"),
        reason=pl.lit("随父母外出就读"),
        follow_up=pl.lit("已确认"),
        returned=pl.lit(value=False),
    )  # fmt: skip
    if not lines.is_empty():
        given = lines.select("row", "status", "reason", "follow_up", "returned")
        planted = county.people.join(given, on="row", how="inner", maintain_order="left")
        away = pl.concat([away, planted], how="diagonal_relaxed")
    rows = roll(county, f"watch {month.period}", away)
    day = month.period.first_day
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("户籍乡镇"),
        pl.col("village").alias("户籍村"),
        pl.col("name").alias("学生姓名"),
        pl.col("sex").alias("性别"),
        pl.col("id_number").alias("学生身份证号"),
        pl.col("status").alias("就学状态"),
        pl.col("reason").alias("未到校原因"),
        pl.lit(f"{day.year}.{day.month}.3").alias("离校时间"),
        pl.col("follow_up").alias("劝返情况"),
        pl.when("returned").then(pl.lit(f"{day.year}.{day.month}.20")).alias("返校时间"),
        pl.col("mate_name").alias("监护人姓名"),
        pl.col("mate_phone").alias("监护人电话"),
        pl.lit(f"{day.year}-{day.month:02d}-25").alias("上报日期"),
    )
    sheet = Sheet(
        name="控辍保学",
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{COUNTY}义务教育控辍保学工作台账",),
        footers=((f"填表说明：每月25日前报送，本期为{month.label}",),),
        typed_column="学生身份证号",
    )
    path = f"{month.period}/教育/控辍保学台账_{month.digits}.xlsx"
    return Delivery(path, "education", "dropout_watch", "xlsx", (sheet,))
