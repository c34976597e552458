"""Clues from elsewhere: self-reports, findings of village officers, petitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.sample.county import County, Month, roll, truth_of
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Delivery, Sheet


@dataclass(frozen=True, slots=True)
class _Form:
    """One kind of list: its title and the headers of name, day, source and text."""

    title: str
    name: str
    day: str
    source: str
    said_by: str
    text: str


_FORMS: Final = {
    "self_report": _Form(
        "农户自主申报登记表", "申报人", "申报日期", "申报渠道", "12317电话", "困难情况",
    ),
    "inspection": _Form(
        "基层干部排查登记表", "户主姓名", "排查日期", "排查人", "网格员", "发现情况",
    ),
    "petition": _Form(
        "信访转办线索", "涉及农户", "反映日期", "线索来源", "来信", "反映内容",
    ),
}  # fmt: skip


def intake(county: County, month: Month) -> list[Delivery]:
    """One list of each kind, planted families only."""
    lines = county.effects("intake").filter(pl.col("offset") == month.offset)
    if lines.is_empty():
        return []
    return [_list(county, month, kind, lines.filter(pl.col("source") == kind)) for kind in _FORMS]


def _list(county: County, month: Month, kind: str, lines: pl.DataFrame) -> Delivery:
    form = _FORMS[kind]
    given = lines.select("row", "text")
    rows = roll(county, kind, county.people.join(given, on="row", maintain_order="left"))
    cells = rows.select(
        pl.int_range(1, pl.len() + 1).alias("序号"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("name").alias(form.name),
        pl.col("id_number").alias("身份证号"),
        pl.col("phone").alias("联系电话"),
        pl.lit(f"{month.label}12日").alias(form.day),
        pl.lit(form.said_by).alias(form.source),
        pl.col("text").alias(form.text),
    )
    sheet = Sheet(
        name="登记",
        cells=cells,
        truth=truth_of(rows),
        titles=(f"{COUNTY}{form.title}（{month.label}）",),
        typed_column="身份证号",
    )
    path = f"{month.period}/申报排查信访/{form.title}{month.digits}.xlsx"
    return Delivery(path, "intake", kind, "xlsx", (sheet,))
