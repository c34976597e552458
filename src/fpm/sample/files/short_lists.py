"""The later departments: many short lists, each a few ordinary people and the planted ones."""

from __future__ import annotations

import polars as pl

from fpm.model import Period
from fpm.sample import story
from fpm.sample.county import County, Month, roll, some, truth_of
from fpm.sample.dice import stream
from fpm.sample.files.short_list_table import LISTS, WORKER, ShortList
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Delivery, Sheet


def short_lists(county: County, month: Month) -> list[Delivery]:
    """All lists of the later departments in this month; those without a line are left out."""
    made = [_delivery(county, month, one) for one in LISTS if month.offset in one.offsets]
    return [*made, _projects(county, month)]


def _delivery(county: County, month: Month, one: ShortList) -> Delivery:
    rows = _rows(county, month, one)
    long = pl.col("id_number").str.len_chars() == 18
    shown = rows.with_columns(number=pl.col("id_number"))
    if "digits" in rows.columns:
        digits = pl.when(long).then(pl.col("digits")).fill_null("")
        shown = shown.with_columns(long_number=pl.col("id_number") + digits)
    cells = shown.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        *(pl.col(name).alias(header) for header, name in one.headers.items()),
    )
    number = next((h for h, name in one.headers.items() if name == "number"), None)
    sheet = Sheet(
        name="名单",
        cells=cells,
        truth=truth_of(rows),
        titles=(*one.titles, f"截至{month.label}") if one.container == "xlsx" else (),
        footers=one.footers,
        typed_column=number,
    )
    path = f"{month.period}/{one.file.format(month=month.digits)}"
    return Delivery(path, one.of, one.kind, one.container, (sheet,), encoding=one.encoding)


def _rows(county: County, month: Month, one: ShortList) -> pl.DataFrame:
    """Ordinary and planted people on the list, and a few from outside, with their cells."""
    aided = [county.effects(name)["row"] for name in ("dibao", "tekun")]
    everyone = county.people.with_columns(
        listed_worker=WORKER & (pl.col("age") < 60),
        aided=pl.col("row").is_in(pl.concat(aided).implode()),
    )
    planted = story.entries(everyone, county.roles, one.kind, _when(county, month))
    lives = pl.col("died_on").is_null() | (pl.col("died_on") >= month.period.first_day)
    usual = one.ordinary(month) & lives & ~pl.col("row").is_in(planted["row"].to_list())
    given = {
        name: value if isinstance(value, pl.Expr) else pl.lit(value)
        for name, value in one.cells(month).items()
    }
    chosen = pl.concat(
        [
            everyone.filter(usual),
            everyone.join(
                planted.filter(~pl.col("absent")).drop("absent").select("row"), on="row", how="semi"
            ),
        ]
    ).with_columns(**given)
    told = _overwritten(chosen, planted)
    outside = some(county.outsiders, stream(county.seed, one.kind, month.period), one.guests)
    literal = {n: v for n, v in one.cells(month).items() if not isinstance(v, pl.Expr)}
    guests = outside.with_columns(**{n: pl.lit(v) for n, v in literal.items()})
    return roll(county, f"{one.of}.{one.kind}", told, outside=guests)


def _when(county: County, month: Month) -> tuple[int, Period]:
    return month.offset, county.months[-1].period


def _overwritten(chosen: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """What the scenes say instead; an empty text in a scene means that the cell is blank."""
    names = [name for name in planted.columns if name not in ("row", "absent")]
    if not names:
        return chosen
    said = planted.filter(~pl.col("absent")).rename({name: f"{name}_said" for name in names})
    joined = chosen.join(said.drop("absent"), on="row", how="left", maintain_order="left")
    columns = []
    for name in names:
        text = pl.col(f"{name}_said")
        value = pl.when(text.is_not_null()).then(text).otherwise(name)
        if joined[f"{name}_said"].dtype == pl.String:
            value = pl.when(text == "").then(None).otherwise(value)
        columns.append(value.alias(name))
    return joined.with_columns(columns).drop(f"{name}_said" for name in names)


def _projects(county: County, month: Month) -> Delivery:
    """The industry of every third village, and of the planted ones; no person is named."""
    villages = county.places.villages.with_row_index("place").cast({"place": pl.Int64})
    everyone = county.people.with_columns(listed_worker=pl.lit(value=False))
    planted = story.entries(everyone, county.roles, "industry_projects", _when(county, month))
    homes = planted.drop("absent").with_columns(
        place=pl.Series([county.people["place"][row] for row in planted["row"]], dtype=pl.Int64)
    )
    usual = villages.filter(
        (pl.col("place") % 3 == 0) & ~pl.col("place").is_in(homes["place"].to_list())
    )
    rows = pl.concat(
        [
            usual.with_columns(state=pl.lit("正常"), price=pl.lit(2.0), linked=pl.lit(25)),
            villages.join(homes.drop("row").cast({"price": pl.Float64}, strict=False), on="place")
            if "price" in homes.columns
            else villages.clear(),
        ],
        how="diagonal_relaxed",
    ).sort("place")
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("行政村"),
        (pl.col("village") + "木耳基地").alias("项目名称"),
        pl.col("linked").alias("带动户数"),
        pl.col("state").alias("运行状态"),
        pl.col("price").alias("收购价同比（%）"),
    )
    truth = rows.select(
        "township", "village", person_id=pl.lit(""), damage=pl.lit(""), typed=pl.lit(value=False)
    )
    sheet = Sheet("产业项目", cells, truth, titles=(f"{COUNTY}产业项目月报（{month.label}）",))
    path = f"{month.period}/农业农村/产业项目月报{month.digits}.xlsx"
    return Delivery(path, "agriculture", "industry_projects", "xlsx", (sheet,))
