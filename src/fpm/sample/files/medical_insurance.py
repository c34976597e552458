"""Medical insurance: the insured (xlsx, csv when large) and settlements (GBK csv with ``="…"``)."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.sample.bills import AMOUNTS, guest_bills, month_bills
from fpm.sample.county import County, Month, roll, some, spoil, spoilt, truth_of
from fpm.sample.dice import stream
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Delivery, Sheet

_NUMBER: Final = "身份证号"
_XLSX_LINES: Final = 50_000
_UNINSURED: Final = 0.003
_NEWBORN_DAYS: Final = 40
_REPEATED: Final = 0.02
_TEN_THOUSAND: Final = 10_000
_AID: Final = 360
"""What is paid for people with a fixed subsidy, of a premium of 400 yuan."""


def medical_insurance(county: County, month: Month) -> list[Delivery]:
    """The list of the insured and the settlements, those of other places apart and in 万元."""
    bills = _billed(county, month)
    away = (pl.col("hospital") == "省外定点医院") & (pl.col("event") == "")
    usual, late = _late(county, month, bills.filter(~away))
    name = f"医保结算明细{month.digits}"
    return [
        _insured(county, month),
        _settlements(month, usual, name, "gb18030"),
        _settlements(month, late, f"{name}（补报）", "utf-8-sig"),
        _settlements_away(month, bills.filter(away)),
    ]


def _insured(county: County, month: Month) -> Delivery:
    rows = _insured_rows(county, month)
    status = pl.coalesce(
        pl.when(pl.col("state") != "").then(pl.col("state")), "insurance", pl.lit("本地居民")
    )
    unpaid = pl.col("status").is_in(["自愿放弃", "未参保", "死亡", "参军", "服刑"])
    fixed = pl.col("dibao_grade").is_not_null() | (pl.col("risk_cleared") == "否")
    fixed = (fixed | pl.col("certificate").str.contains("[12]$")).fill_null(value=False)
    given = (
        pl.when(pl.col("tekun_kind").is_not_null()).then(400)
        .when(fixed | pl.col("planted")).then(_AID).otherwise(0)
    )  # fmt: skip
    # in a scene about the premium, ``grade`` says how much of it was paid for
    aid = pl.coalesce(pl.col("grade").cast(pl.Int64, strict=False), given)
    cells = rows.with_columns(status=status).select(
        pl.col("name").alias("姓名"),
        pl.col("id_number").alias(_NUMBER),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("status").alias("参保状态"),
        pl.when(unpaid).then(0).otherwise(400 - aid).alias("个人缴费金额（元）"),
        pl.when(unpaid).then(0).otherwise(aid).alias("资助参保金额（元）"),
        pl.when(~unpaid).then(pl.lit(f"{month.period.year - 1}/12/05")).alias("缴费日期"),
        pl.col("phone").alias("手机号"),
        pl.lit(None, dtype=pl.String).alias("备注"),
    )  # fmt: skip
    sheet = Sheet("参保", cells, truth_of(rows), typed_column=_NUMBER)
    small = cells.height < _XLSX_LINES
    path = f"{month.period}/医保/居民参保名单{month.digits}.{'xlsx' if small else 'csv'}"
    container = "xlsx" if small else "csv"
    return Delivery(path, "medical_insurance", "enrolment", container, (sheet,))  # type: ignore[arg-type]


def _insured_rows(county: County, month: Month) -> pl.DataFrame:
    rng = stream(county.seed, "insured")
    dodgers = some(county.ordinary, rng, _UNINSURED)["row"]
    born = (pl.lit(month.period.last_day) - pl.col("birth_date")).dt.total_days() > _NEWBORN_DAYS
    here = pl.col("died_on").is_null() | (pl.col("died_on") >= month.period.first_day)
    ordinary = county.ordinary.filter(born & here & ~pl.col("row").is_in(dodgers.to_list()))
    lines = county.effects("insured").filter(pl.col("offset") == month.offset)
    others = county.people.filter(pl.col("planted") & born)
    if not lines.is_empty():
        others = others.join(
            lines.select("row", "absent", "state", "grade"),
            on="row",
            how="left",
            maintain_order="left",
        )
        others = others.filter(pl.col("absent").ne_missing(True)).drop("absent")
    chosen = pl.concat([ordinary, others], how="diagonal_relaxed")
    missing = [name for name in ("state", "grade") if name not in chosen.columns]
    chosen = chosen.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    guests = some(county.outsiders, stream(county.seed, "guests", "insured"), 0.6)
    return roll(county, "insured", chosen, outside=guests)


def _billed(county: County, month: Month) -> pl.DataFrame:
    """Rows of the settlement list, people joined to their bills and a few outsiders."""
    bills = month_bills(county, month)
    chosen = bills.join(county.people, on="row", how="left", maintain_order="left")
    guests = some(county.outsiders, stream(county.seed, "guests", month.period), 0.07)
    rows = roll(county, f"bills {month.period}", chosen, outside=guest_bills(county, month, guests))
    kinds = pl.concat_str("damage", pl.col("event").replace({"refunded": ""}), separator="+")
    return rows.with_columns(damage=kinds.str.strip_chars("+"))


def _late(county: County, month: Month, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off bills that come in a second file, which also repeats some of the first."""
    rng = stream(county.seed, "late", month.period)
    plain = (pl.col("damage") == "") & ~pl.col("planted") & (pl.col("person_id") != "")
    dice = pl.Series("dice_", rng.random(rows.height))
    marked = rows.with_columns(dice)
    repeated = marked.filter(plain & (pl.col("dice_") < _REPEATED))
    late = marked.filter(plain & pl.col("dice_").is_between(_REPEATED, 2 * _REPEATED))
    usual = marked.join(late.select("dice_"), on="dice_", how="anti", maintain_order="left")
    second = repeated.with_columns(damage=pl.lit("delivered_twice"))
    usual = spoil(usual.drop("dice_"), rng, "impossible_date", "unknown_visit", "amount_in_words")
    late = pl.concat([late, second]).drop("dice_").with_columns(spoilt=pl.lit(""))
    return usual, late


def _settlements(month: Month, rows: pl.DataFrame, name: str, encoding: str) -> Delivery:
    cells = _cells(rows, 1.0, "%Y-%m-%d").with_columns(
        pl.lit(month.digits).alias("清算期"),
    )
    sheet = Sheet("结算", cells, truth_of(rows), typed_column=_NUMBER)
    path = f"{month.period}/医保/{name}.csv"
    return Delivery(
        path,
        "medical_insurance",
        "settlement",
        "csv",
        (sheet,),
        encoding=encoding,
        quoted_ids=True,
    )


def _settlements_away(month: Month, rows: pl.DataFrame) -> Delivery:
    """Amounts in 万元, said in the header, which also has line breaks."""
    cells = _cells(rows.with_columns(spoilt=pl.lit("")), _TEN_THOUSAND, "%Y年%-m月%-d日")
    units = {name: f"{name}\n（万元）" for name in cells.columns if name in _MONEY}
    sheet = Sheet(
        name="异地就医",
        cells=cells.rename(units),
        truth=truth_of(rows),
        titles=(f"{COUNTY}异地就医结算情况（{month.label}）",),
        typed_column=_NUMBER,
    )
    path = f"{month.period}/医保/异地就医报销_{month.digits}.xlsx"
    return Delivery(path, "medical_insurance", "settlement", "xlsx", (sheet,))


_MONEY: Final = dict(
    zip(
        (
            "医疗总费用", "医保政策范围内费用", "统筹基金支付", "大病保险支付",
            "进入医疗救助金额", "医疗救助支付", "个人自付", "个人自费",
        ),
        AMOUNTS,
        strict=True,
    )
)  # fmt: skip


def _cells(rows: pl.DataFrame, unit: float, day: str) -> pl.DataFrame:
    stay = pl.when(pl.col("visit").str.contains("住院")).then(6).otherwise(0)
    settled = pl.col("settled_on")
    admitted = settled - pl.duration(days=stay)
    cells = rows.select(
        pl.col("name").alias("姓名"),
        pl.col("id_number").alias(_NUMBER),
        pl.col("township").alias("乡镇"),
        pl.lit(COUNTY).alias("参保地"),
        pl.col("hospital").alias("就诊医疗机构名称"),
        spoilt("unknown_visit", pl.lit("家庭病床"), pl.col("visit")).alias("医疗类别"),
        pl.col("disease").alias("病种名称"),
        admitted.dt.strftime(day).alias("入院日期"),
        pl.when(stay > 0).then(settled).dt.strftime(day).alias("出院日期"),
        spoilt("impossible_date", settled.dt.strftime("%Y-02-30"), settled.dt.strftime(day)).alias(
            "结算日期"
        ),
        *(((pl.col(name) / unit).round(6)).alias(header) for header, name in _MONEY.items()),
    )
    if unit != 1:
        return cells
    total = pl.col("医疗总费用").cast(pl.String)
    words = pl.Series(rows["spoilt"]) == "amount_in_words"
    return cells.with_columns(
        pl.when(words).then(pl.lit("壹仟余元")).otherwise(total).alias("医疗总费用")
    )
