"""Water: supply of each village (with a hidden sheet) and the survey of single households."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from fpm.sample.county import County, Month, roll, truth_of
from fpm.sample.dice import stream
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Delivery, Sheet

_NUMBER: Final = "身份证号码"
_SURVEYED: Final = 0.05
_INDICATORS: Final = {
    "quantity": "水量", "quality": "水质", "convenience": "用水方便程度",
    "reliability": "供水保证率",
}  # fmt: skip
_SURVEY: Final = {
    "quantity": "水量是否达标", "quality": "水质是否达标", "convenience": "取水方便程度",
    "reliability": "供水保证率",
}  # fmt: skip


def water(county: County, month: Month) -> list[Delivery]:
    """The report of villages and the survey of households."""
    return [_villages(county, month), _households(county, month)]


def _villages(county: County, month: Month) -> Delivery:
    """Places are written as clerks write them: without 村, or with the township in front."""
    rows = _village_rows(county, month)
    place = pl.int_range(pl.len())
    name = pl.col("village")
    written = (
        pl.when(place % 5 == 1).then(name.str.strip_suffix("村"))
        .when(place % 5 == 3).then(pl.col("township") + name)
        .otherwise(name)
    )  # fmt: skip
    town = pl.col("township")
    short = pl.when(place % 3 == 2).then(town.str.replace("(镇|街道)$", "")).otherwise(town)
    cells = rows.select(
        (place + 1).alias("序号"),
        short.alias("乡（镇）"),
        written.alias("行政村"),
        (name + "供水工程").alias("工程名称"),
        pl.col("people").alias("供水人口\n（人）"),
        *(pl.col(column).alias(header) for column, header in _INDICATORS.items()),
        pl.col("short_days").alias("年缺水天数\n（天）"),
        pl.col("stoppage_days").alias("本月停水天数\n（天）"),
        pl.col("problem").alias("存在问题"),
        pl.lit(f"{month.period.year}-{month.period.month:02d}-20").alias("调查日期"),
    )  # fmt: skip
    truth = rows.select(
        "township", "village", person_id=pl.lit(""), damage=pl.lit(""), typed=pl.lit(value=False)
    )
    main = Sheet(
        name="村级供水",
        cells=cells,
        truth=truth,
        titles=(f"{COUNTY}行政村供水情况月报表（{month.label}）",),
        footers=(
            ("合计", None, None, None, int(cells.to_series(4).sum())),
            ("单位负责人：丁某某",),
        ),
    )
    last = Sheet(
        name="说明（隐藏）",
        cells=pl.DataFrame({"填报要求": ["一、按村填报", "二、停水天数只填本月"]}),
        truth=pl.DataFrame(schema=dict(truth.schema)),
        hidden=True,
    )
    path = f"{month.period}/水利/行政村供水情况表{month.digits}.xlsx"
    return Delivery(path, "water", "village_supply", "xlsx", (main, last))


def _village_rows(county: County, month: Month) -> pl.DataFrame:
    rng = stream(county.seed, "supply", month.period)
    villages = county.places.villages.with_row_index("place").cast({"place": pl.Int64})
    size = county.people.group_by("place").len("people")
    rows = villages.join(size, on="place", how="left", maintain_order="left").with_columns(
        *(pl.lit("达标").alias(name) for name in _INDICATORS),
        people=pl.col("people").fill_null(0),
        short_days=pl.Series(rng.integers(0, 9, villages.height)),
        stoppage_days=pl.Series(np.where(rng.random(villages.height) < 0.15, 1, 0)),
        problem=pl.lit(None, dtype=pl.String),
    )
    lines = county.effects("village_water").filter(pl.col("offset") == month.offset)
    for line in lines.iter_rows(named=True):
        home = county.people["place"][line["row"]]
        rows = rows.with_columns(
            pl.when(pl.col("place") == home)
            .then(pl.lit(line[name]))
            .otherwise(pl.col(name))
            .alias(name)
            for name in (*_INDICATORS, "short_days", "stoppage_days", "problem")
        )
    return rows


def _households(county: County, month: Month) -> Delivery:
    rng = stream(county.seed, "survey", month.period)
    heads = county.ordinary.filter(pl.col("relation") == "户主")
    visited = heads.filter(pl.Series(rng.random(heads.height) < _SURVEYED)).with_columns(
        *(pl.lit("达标").alias(name) for name in _INDICATORS), problem=pl.lit(None, dtype=pl.String)
    )
    lines = county.effects("water").filter(pl.col("offset") == month.offset)
    if not lines.is_empty():
        given = lines.select("row", *_INDICATORS, "problem")
        planted = county.people.join(given, on="row", how="inner", maintain_order="left")
        visited = pl.concat([visited, planted], how="diagonal_relaxed")
    rows = roll(county, f"survey {month.period}", visited)
    cells = rows.select(
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("行政村"),
        pl.col("village_group").alias("自然屯"),
        pl.col("name").alias("户主姓名"),
        pl.col("id_number").alias(_NUMBER),
        *(pl.col(column).alias(header) for column, header in _SURVEY.items()),
        pl.col("problem").alias("存在问题"),
        pl.lit(f"{month.period.year}/{month.period.month}/18").alias("排查日期"),
    )  # fmt: skip
    sheet = Sheet("排查", cells, truth_of(rows), typed_column=_NUMBER)
    path = f"{month.period}/水利/农户饮水安全排查_{month.digits}.csv"
    return Delivery(path, "water", "household_supply", "csv", (sheet,), encoding="utf-16")
