"""Housing: one row a house, keyed on a head who often is another member of the roster household."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.sample.county import County, Month, roll, some, spoil, spoilt, truth_of
from fpm.sample.dice import choose, stream
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Delivery, Sheet

_NUMBER: Final = "户主身份证号"
_OTHER_MEMBER: Final = 0.3
_GUESTS: Final = 0.04
_ORDINARY: Final = 0.06
_CLASSES: Final = {
    "dibao": "农村低保户", "tekun": "农村分散供养特困人员", "monitor": "易返贫致贫户",
    "lifted": "其他脱贫户", "edge": "低保边缘家庭", "other": "一般农户",
}  # fmt: skip


def housing(county: County, month: Month) -> list[Delivery]:
    """The ledger of assessments and renovations."""
    return [_assessment(county, month)]


def _assessment(county: County, month: Month) -> Delivery:
    rows = spoil(_rows(county, month), stream(county.seed, "spoil", month.period), "unknown_grade")
    done = pl.col("progress").is_in(["已竣工", "已验收"])
    built = pl.col("built")
    grade = pl.when(pl.col("row") % 5 == 0).then("grade").otherwise(pl.col("grade") + "级")
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("village_group").alias("组"),
        pl.col("name").alias("户主\n姓名"),
        pl.col("id_number").alias(_NUMBER),
        pl.col("class_").replace(_CLASSES).alias("户类型"),
        ("F9999" + (pl.col("row").abs() + 10_000).cast(pl.String)).alias("房屋编号"),
        (built % 60 + 52).alias("建筑面积\n（平方米）"),
        built.alias("建造年份"),
        spoilt("unknown_grade", pl.lit("二级危房"), grade).alias("房屋安全等级"),
        pl.lit(f"{month.period.year}.{month.period.month}.15").alias("鉴定日期"),
        pl.col("lived_in").alias("是否居住"),
        pl.col("renovated_before").alias("是否享受过危房改造"),
        pl.when(done).then(pl.lit("修缮加固")).alias("改造方式"),
        pl.col("progress").alias("改造进度"),
        pl.when(done).then(pl.lit(f"{month.period.year}-06-30")).alias("竣工日期"),
        pl.when(done).then(1.5).alias("补助资金\n（万元）"),
    )  # fmt: skip
    sheet = Sheet(
        name="鉴定台账",
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{COUNTY}农村房屋安全鉴定和危房改造台账", f"截至{month.label}"),
        footers=(
            ("合计", *[None] * 16, float(cells[cells.columns[-1]].sum() or 0)),
            ("制表人：丙某某",),
        ),
        typed_column=_NUMBER,
    )
    path = f"{month.period}/住建/农村住房安全鉴定台账{month.digits}.xlsx"
    return Delivery(path, "housing", "assessment", "xlsx", (sheet,))


def _rows(county: County, month: Month) -> pl.DataFrame:
    ordinary = _named(_targets(county))
    lines = county.effects("house").filter(pl.col("offset") == month.offset)
    chosen = ordinary
    if not lines.is_empty():
        given = lines.select("row", "grade", "lived_in", "progress", "built", "renovated_before")
        planted = county.people.with_columns(class_=_class()).join(
            given, on="row", how="inner", maintain_order="left"
        )
        chosen = pl.concat([ordinary, planted], how="diagonal_relaxed")
    grown = county.outsiders.filter(pl.col("age") > 25)
    guests = some(grown, stream(county.seed, "guests", "housing"), _GUESTS).with_columns(
        grade=pl.lit("A"), lived_in=pl.lit("是"), progress=pl.lit(None, dtype=pl.String),
        built=pl.lit(2012), renovated_before=pl.lit("否"), class_=pl.lit("other"),
    )  # fmt: skip
    return roll(county, "housing", chosen, outside=guests)


def _class() -> pl.Expr:
    return (
        pl.when(pl.col("tekun_kind").is_not_null()).then(pl.lit("tekun"))
        .when(pl.col("monitor_type").is_not_null()).then(pl.lit("monitor"))
        .when(pl.col("dibao_grade").is_not_null()).then(pl.lit("dibao"))
        .when(pl.col("household_type") == "脱贫户").then(pl.lit("lifted"))
        .when(pl.col("edge")).then(pl.lit("edge"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip


def _targets(county: County) -> pl.DataFrame:
    """Families of the six groups and a few others, with what the assessor found."""
    rng = stream(county.seed, "houses")
    families = county.people["family"].n_unique()
    homes = pl.DataFrame(
        {
            "family": range(families),
            "other_": rng.random(families) < _ORDINARY,
            "worse": choose(rng, {"": 97, "C": 2, "D": 1}, families).tolist(),
            "empty_": rng.random(families) < 0.3,
            "member_": rng.random(families) < _OTHER_MEMBER,
        }
    )
    joined = county.ordinary.join(homes, on="family", how="left", maintain_order="left")
    target = (_class() != "other").any().over("family")
    bad = pl.col("worse") != ""
    homes_ = joined.with_columns(class_=_class().min().over("family"))
    renovated = bad & ~pl.col("empty_")
    return homes_.filter(target | pl.col("other_")).with_columns(
        grade=pl.when(bad).then("worse").otherwise("house_grade"),
        lived_in=pl.when(bad & pl.col("empty_")).then(pl.lit("否")).otherwise(pl.lit("是")),
        progress=pl.when(renovated).then(pl.lit("已竣工")),
        built=pl.col("house_built"),
        renovated_before=pl.when(renovated).then(pl.lit("是")).otherwise(pl.lit("否")),
    )  # fmt: skip


def _named(members: pl.DataFrame) -> pl.DataFrame:
    """One member a house: the head, or in some houses the oldest other adult."""
    head = pl.col("relation") == "户主"
    other = (pl.col("age") >= 25) & ~head
    has_other = other.any().over("family") & pl.col("member_")
    oldest = pl.col("birth_date") == pl.col("birth_date").filter(other).min().over("family")
    chosen = members.filter(pl.when(has_other).then(other & oldest).otherwise(head))
    return chosen.unique("family", keep="first", maintain_order=True).drop(
        "other_", "worse", "empty_", "member_"
    )
