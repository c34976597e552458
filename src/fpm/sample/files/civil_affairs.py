"""Civil affairs: allowance (BIFF8 xls), extremely poor (xlsx), marginal families (HTML)."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.sample.county import County, Month, roll, some, spoil, spoilt, truth_of
from fpm.sample.dice import stream
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Container, Delivery, Line, Sheet

_XLS_LINES: Final = 60_000
"""BIFF8 has 65,536 lines; a longer list is sent as xlsx."""
_NUMBER: Final = "身份证号"
_AMOUNT: Final = pl.coalesce("amount", pl.col("dibao_amount").cast(pl.Float64), pl.lit(395.0))


def civil_affairs(county: County, month: Month) -> list[Delivery]:
    """The four lists of the month."""
    return [
        _dibao(county, month),
        _dibao_pay(county, month),
        _tekun(county, month),
        _edge(county, month),
    ]


def listed(county: County, month: Month, name: str, held: pl.Expr) -> pl.DataFrame:
    """Ordinary people with ``held``, and planted ones on the list ``name`` in this month.

    Returns:
        Rows of ``county.people`` with the scene's ``grade amount kind state`` (null for others).
    """
    lines = county.effects(name).filter(pl.col("offset") == month.offset)
    if lines.is_empty():
        return county.ordinary.filter(held)
    given = lines.filter(~pl.col("absent")).select(
        "row", "grade", "amount", "kind", "state", "head"
    )
    planted = county.people.join(given, on="row", how="inner", maintain_order="left")
    return pl.concat([county.ordinary.filter(held), planted], how="diagonal_relaxed")


def _guests(county: County, topic: str, share: float) -> pl.DataFrame:
    return some(county.outsiders, stream(county.seed, "guests", topic), share)


def _alive(month: Month) -> pl.Expr:
    return pl.col("died_on").is_null() | (pl.col("died_on") >= month.period.first_day)


def _or(name: str, otherwise: pl.Expr) -> pl.Expr:
    """The scene's value where there is one."""
    return pl.coalesce(pl.when(pl.col(name) != "").then(pl.col(name)), otherwise)


def _dibao(county: County, month: Month) -> Delivery:
    """One township writes 一类 二类 三类, the others A类 B类 C类."""
    outside = _guests(county, "dibao", 0.02)
    rows = roll(county, "dibao", _on_dibao(county, month), outside=outside)
    rows = spoil(rows, stream(county.seed, "dibao", month.period), "unknown_category")
    grade = _or("grade", pl.coalesce("dibao_grade", pl.lit("B")))
    word = {"A": "一类", "B": "二类", "C": "三类"}
    first_town = pl.col("township") == county.places.townships[0]
    classes = pl.when(first_town).then(grade.replace(word)).otherwise(grade + "类")
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        ("99990" + (pl.col("row") + 10_000).cast(pl.String)).alias("低保证号"),
        _or("head", pl.col("head_name")).alias("户主姓名"),
        pl.col("name").alias("姓名"),
        pl.col("id_number").alias(_NUMBER),
        pl.col("relation").alias("与低保户主关系"),
        _or("kind", pl.lit("农村低保")).alias("低保类型"),
        spoilt("unknown_category", pl.lit("特殊"), classes).alias("低保类别"),
        _AMOUNT.alias("月保障金（元）"),
        (pl.col("age") * 7 % 400 + 300).cast(pl.Float64).alias("家庭月收入(元)"),
        _or("state", pl.lit(None, dtype=pl.String)).alias("保障状态"),
        pl.lit(None, dtype=pl.String).alias("备注"),
    )
    total: Line = ("合计", *[None] * 9, float(cells["月保障金（元）"].sum()), None, None, None)
    sheet = Sheet(
        name=month.label,
        cells=cells,
        truth=truth_of(rows),
        titles=(
            f"{COUNTY}{month.label}农村居民最低生活保障对象花名册",
            f"填报单位：{COUNTY}民政局        单位：元",
        ),
        between=_subtotals(cells, "乡镇", "月保障金（元）"),
        footers=(total, ("制表人：甲某某", *[None] * 5, "审核人：乙某某")),
        typed_column=_NUMBER,
    )  # fmt: skip
    suffix: Container = "xls" if cells.height < _XLS_LINES else "xlsx"
    path = f"{month.period}/民政/{COUNTY}农村低保对象名单{month.digits}.{suffix}"
    return Delivery(path, "civil_affairs", "dibao", suffix, (sheet,))


def _on_dibao(county: County, month: Month) -> pl.DataFrame:
    chosen = listed(county, month, "dibao", pl.col("dibao_grade").is_not_null() & _alive(month))
    return _filled(chosen, "grade", "amount", "kind", "state", "head")


def _dibao_pay(county: County, month: Month) -> Delivery:
    """One row a household, under its head: how many are supported, how much is paid."""
    supported = _on_dibao(county, month).filter(pl.col("state").ne_missing("停保"))
    sums = supported.group_by("family", maintain_order=True).agg(
        persons=pl.len(), pay=_AMOUNT.sum()
    )
    heads = county.people.filter(pl.col("relation") == "户主")
    rows = roll(county, "dibao_pay", heads.join(sums, on="family", maintain_order="left"))
    aged = pl.when(pl.col("age") >= 80).then(50.0).otherwise(0.0)
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("name").alias("户主姓名"),
        pl.col("id_number").alias(_NUMBER),
        pl.col("persons").alias("保障人数"),
        pl.col("pay").alias("保障金(元)"),
        aged.alias("分类施保金"),
        (pl.col("pay") + aged).alias("发放合计"),
        pl.col("head_name").alias("账户名称"),
    )
    sheet = Sheet(
        name="发放表",
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{COUNTY}{month.label}农村低保资金发放表",),
        footers=(("合计", *[None] * 7, float(cells["发放合计"].sum()), None),),
        typed_column=_NUMBER,
    )
    path = f"{month.period}/民政/低保金发放表{month.digits}.xlsx"
    return Delivery(path, "civil_affairs", "dibao_pay", "xlsx", (sheet,))


def _subtotals(cells: pl.DataFrame, place: str, money: str) -> dict[int, Line]:
    """A 小计 line after the rows of each township but the last, which the total follows."""
    sums = cells.group_by(place, maintain_order=True).agg(pl.len(), pl.col(money).sum())
    column = cells.columns.index(money)
    ends = sums["len"].cum_sum().to_list()
    return {
        end: ("小计", *[None] * (column - 1), float(amount), *[None] * (cells.width - column - 1))
        for end, amount in zip(ends[:-1], sums[money], strict=False)
    }


def _tekun(county: County, month: Month) -> Delivery:
    chosen = listed(county, month, "tekun", pl.col("tekun_kind").is_not_null() & _alive(month))
    outside = _guests(county, "tekun", 0.005)
    rows = roll(county, "tekun", _filled(chosen, "kind", "grade"), outside=outside)
    care = pl.when(pl.col("age") >= 80).then(pl.lit("半护理")).otherwise(pl.lit("全自理"))
    mode = _or("kind", pl.coalesce("tekun_kind", pl.lit("分散供养")))
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").str.strip_suffix("镇").alias("乡镇"),
        pl.col("village").str.strip_suffix("村").alias("村"),
        pl.col("name").alias("特困人员姓名"),
        pl.col("id_number").alias(_NUMBER),
        mode.alias("供养方式"),
        care.alias("护理等级"),
        pl.when(pl.col("grade") == "旧标准").then(805.99).otherwise(812.0).alias("月供养金"),
        pl.col("phone").alias("联系电话"),
    )  # fmt: skip
    sheet = Sheet(
        name="特困",
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{COUNTY}特困人员救助供养名册（{month.label}）",),
        groups=(None, "住址", None, "对象", None, "供养情况", None, None, None),
        footers=(("注：护理等级按生活自理能力评估结果填写",),),
        typed_column=_NUMBER,
    )
    path = f"{month.period}/民政/特困供养人员名册.xlsx"
    return Delivery(path, "civil_affairs", "tekun", "xlsx", (sheet,))


def _edge(county: County, month: Month) -> Delivery:
    chosen = listed(county, month, "edge", pl.col("edge") & _alive(month))
    outside = _guests(county, "edge", 0.01)
    rows = roll(county, "edge", _filled(chosen, "kind"), outside=outside)
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("所属乡镇"),
        pl.col("village").alias("所属村"),
        pl.col("head_name").alias("申请人姓名"),
        pl.col("name").alias("家庭成员姓名"),
        pl.col("id_number").alias(_NUMBER),
        pl.col("relation").alias("与申请人关系"),
        _or("kind", pl.lit("低边")).alias("认定类型"),
        (pl.col("age") * 11 % 200 + 620).alias("家庭人均月收入"),
        pl.lit(f"{month.period.year}年3月15日").alias("认定时间"),
    )
    sheet = Sheet(
        name="低保边缘",
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{COUNTY}低保边缘家庭名单（{month.label}）",),
        typed_column=_NUMBER,
    )
    path = f"{month.period}/民政/低保边缘家庭名单_{month.digits}.xls"
    return Delivery(path, "civil_affairs", "dibao_edge", "html", (sheet,), encoding="utf-8")


def _filled(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Add the scene columns that no scene of the month brought."""
    kinds = {"amount": pl.Float64}
    missing = [
        pl.lit(None, dtype=kinds.get(n, pl.String)).alias(n)
        for n in names
        if n not in frame.columns
    ]
    return frame.with_columns(missing)
