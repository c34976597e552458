"""Medical settlements of a month: ordinary illness, planted bills, refunds."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import polars as pl

from fpm.sample.county import County, Month
from fpm.sample.dice import choose, days, series, stream

_ILL: Final = 0.055
"""Share of people with a settlement in a month."""
_REFUNDED: Final = 0.02
_VISITS: Final = {"普通住院": 20, "外伤住院": 3, "门诊慢性病": 32, "双通道购药": 5, "普通门诊": 40}
_TYPICAL: Final = {
    "普通住院": 5200,
    "外伤住院": 6100,
    "门诊慢性病": 310,
    "双通道购药": 700,
    "普通门诊": 160,
}
_DISEASES: Final = {
    "高血压": 20, "2型糖尿病": 14, "冠心病": 10, "脑梗死": 9, "肺炎": 8, "腰椎间盘突出": 6,
    "骨折": 5, "慢性支气管炎": 9, "白内障": 4, "胃炎": 7, "恶性肿瘤放化疗": 2,
}  # fmt: skip
_HOSPITALS: Final = {
    "样例县人民医院": 45,
    "样例县中医院": 20,
    "中心卫生院": 25,
    "省外定点医院": 3,
    "市中心医院": 12,
}
AMOUNTS: Final = ("total", "in_scope", "basic", "serious", "aid_due", "aid", "self_paid", "own")


def month_bills(county: County, month: Month) -> pl.DataFrame:
    """Settlements of the month, one row each.

    Returns:
        ``row`` (of ``county.people``), ``visit disease hospital settled_on`` and amounts in yuan:
        ``total`` = ``in_scope`` + ``own``; ``in_scope`` = ``basic`` + ``serious`` + ``aid`` +
        ``self_paid``; ``event`` is ``refund`` for the negative row of a pair, ``refunded`` for the
        other, empty otherwise.
    """
    rng = stream(county.seed, "bills", month.period)
    both = pl.concat([_ordinary(county, month, rng), _planted(county, month)], how="vertical")
    dated = both.with_columns(
        hospital=series(choose(rng, _HOSPITALS, both.height)),
        settled_on=_some_day(rng, month, both.height),
    )
    back = dated.filter(pl.col("event") == "refunded").with_columns(
        *(-pl.col(name) for name in AMOUNTS), event=pl.lit("refund")
    )
    return pl.concat([dated, back], how="vertical")


def guest_bills(county: County, month: Month, guests: pl.DataFrame) -> pl.DataFrame:
    """One settlement for each of ``guests`` (outsiders), same columns."""
    rng = stream(county.seed, "guest_bills", month.period)
    bills = _amounts(rng, guests.height, np.zeros(guests.height, dtype=bool))
    return pl.concat([guests, bills], how="horizontal").with_columns(
        hospital=series(choose(rng, _HOSPITALS, guests.height)),
        settled_on=_some_day(rng, month, guests.height),
        event=pl.lit(""),
    )


def _ordinary(county: County, month: Month, rng: np.random.Generator) -> pl.DataFrame:
    alive = pl.col("died_on").is_null() | (pl.col("died_on") > month.period.last_day)
    born = pl.col("birth_date") < month.period.first_day
    people = county.ordinary.filter(alive & born & (pl.col("resident_medical") == "是"))
    weight = np.interp(people["age"].to_numpy(), [0, 30, 60, 90], [0.5, 0.5, 1.6, 2.2])
    ill = people.filter(pl.Series(rng.random(people.height) < _ILL * weight))
    times = rng.choice([1, 2, 3], size=ill.height, p=[0.8, 0.16, 0.04])
    rows = ill.select("row", aided=pl.col("dibao_grade").is_not_null())[
        np.repeat(np.arange(ill.height), times)
    ]
    amounts = _amounts(rng, rows.height, rows["aided"].to_numpy())
    refunded = rng.random(rows.height) < _REFUNDED
    return pl.concat([rows.select("row"), amounts], how="horizontal").with_columns(
        event=series(np.where(refunded, "refunded", "").astype(object))
    )


def _amounts(rng: np.random.Generator, count: int, aided: np.ndarray) -> pl.DataFrame:
    visit = choose(rng, _VISITS, count)
    typical = np.array([_TYPICAL[name] for name in visit], dtype=np.float64).reshape(count)
    total = np.round(typical * np.exp(rng.normal(0, 0.55, count)), 2)
    in_scope = np.round(total * rng.uniform(0.82, 0.97, count), 2)
    basic = np.round(in_scope * rng.uniform(0.58, 0.78, count), 2)
    serious = np.round(np.maximum(0, in_scope - basic - 7000) * 0.6, 2)
    due = np.where(aided, np.round(in_scope - basic - serious, 2), 0)
    aid = np.round(due * 0.7, 2)
    return pl.DataFrame(
        {
            "visit": series(visit),
            "disease": series(choose(rng, _DISEASES, count)),
            "total": total,
            "in_scope": in_scope,
            "basic": basic,
            "serious": serious,
            "aid_due": due.astype(np.float64),
            "aid": aid,
            "self_paid": np.round(in_scope - basic - serious - aid, 2),
            "own": np.round(total - in_scope, 2),
        }
    )


def _some_day(rng: np.random.Generator, month: Month, count: int) -> pl.Series:
    first = (month.period.first_day - dt.date(1970, 1, 1)).days
    return days(first + rng.integers(2, 27, count))


def _planted(county: County, month: Month) -> pl.DataFrame:
    lines = county.effects("bill").filter(pl.col("offset") == month.offset)
    shape = {"row": pl.Int64, "visit": pl.String, "disease": pl.String}
    if lines.is_empty():
        return pl.DataFrame(
            schema={**shape, **dict.fromkeys(AMOUNTS, pl.Float64), "event": pl.String}
        )
    in_scope = pl.col("total") - pl.col("own")
    money = pl.col("total", "self_paid", "own", "aid_due", "aid").cast(pl.Float64)
    return lines.with_columns(money).with_columns(in_scope=in_scope).select(
        pl.col("row").cast(pl.Int64), "visit", "disease", "total", "in_scope",
        basic=pl.col("in_scope") - pl.col("aid") - pl.col("self_paid"),
        serious=pl.lit(0.0),
        aid_due="aid_due", aid="aid", self_paid="self_paid", own="own",
        event=pl.when("refunded").then(pl.lit("refunded")).otherwise(pl.lit("")),
    )  # fmt: skip
