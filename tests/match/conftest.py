"""Small rosters and records, built inline; steady property tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import settings

from fpm.identity.id_digits import check_of

settings.register_profile("steady", deadline=None, max_examples=8)
settings.load_profile("steady")

GIVEN = (
    "国建军华明志文德福贵生光荣永成长水海山林平清春玉忠义祥兴才元庆宝仁家正学振云龙秀英兰珍梅桂芳"
)
FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"


def id_of(birth: dt.date, sequence: int, region: str = "999901") -> str:
    """A valid, fictitious number."""
    body = int(f"{region}{birth:%Y%m%d}{sequence:03d}")
    check = pl.select(check_of(pl.lit(body, dtype=pl.UInt64))).item()
    return f"{body}" + ("X" if check == 10 else str(check))


def person(
    name: str, household: str, birth: dt.date, sequence: int, **other: Any
) -> dict[str, Any]:
    """One roster row."""
    row = {
        "person_id": f"{household}-{name}",
        "household_id": household,
        "name": name,
        "id_number": id_of(birth, sequence),
        "birth_date": birth,
        "sex": "男" if sequence % 2 else "女",
        "relation": "其他",
        "township": "石门镇",
        "village": "大河村",
    }
    return row | other


def make_family(number: int) -> list[dict[str, Any]]:
    """Head, spouse, a son and a daughter; every family in one of six villages."""
    family, spouse = FAMILIES[number % 20], FAMILIES[(number * 7 + 3) % 20]
    first, second = GIVEN[number * 3 % 46], GIVEN[(number * 5 + 1) % 46]
    place = {
        "township": "石门镇" if number % 6 < 3 else "青山乡",
        "village": ("大河村", "小河村", "王家坝村", "双桥村", "柳树沟村", "松林村")[number % 6],
    }
    home, year = f"H{number:04d}", 1955 + number % 30
    day = dt.date(year, 1 + number % 12, 1 + number * 5 % 28)
    later = day.replace(year=year + 26)
    return [
        person(family + first + second, home, day, 11, relation="户主", **place),
        person(
            spouse + second + "英", home, day.replace(year=year + 2), 22, relation="配偶", **place
        ),
        person(family + "小" + first, home, later, 33, relation="之子", **place),
        person(
            family + "小" + second + "",
            home,
            later.replace(year=year + 29),
            44,
            relation="之女",
            **place,
        ),
    ]


def frame_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Roster frame of rows."""
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.fixture(scope="session")
def county() -> pl.DataFrame:
    """Three hundred and twenty people in eighty households."""
    return frame_of([row for number in range(80) for row in make_family(number)])


def records_of(rows: list[Mapping[str, Any]], kind: str = "list") -> pl.DataFrame:
    """Records with a key, row 2 first."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(
        pl.lit("civil_affairs").alias("department"),
        pl.lit(kind).alias("kind"),
        pl.lit("名单.xlsx").alias("file"),
        pl.lit("Sheet1").alias("sheet"),
        pl.int_range(2, len(rows) + 2, dtype=pl.UInt32).alias("row"),
    )


@pytest.fixture(scope="session")
def whole_list(county: pl.DataFrame) -> pl.DataFrame:
    """Three quarters of the county with their own numbers: the sure rows of a list."""
    rows = county.filter(pl.int_range(pl.len()) % 4 != 3)
    return records_of(rows.select("name", "id_number", "township", "village").to_dicts())


@pytest.fixture(scope="session")
def build() -> Callable[[list[Mapping[str, Any]]], pl.DataFrame]:
    """``records_of`` for test modules."""
    return records_of


@pytest.fixture(scope="session")
def make_id() -> Callable[..., str]:
    """``id_of`` for test modules."""
    return id_of


@pytest.fixture(scope="session")
def roster_of() -> Callable[[list[tuple[str, str, int, str]]], pl.DataFrame]:
    """A roster of (name, household, sequence number, township), all of 大河村, born one day."""

    def build_roster(rows: list[tuple[str, str, int, str]]) -> pl.DataFrame:
        day = dt.date(1970, 3, 5)
        return frame_of(
            [person(name, home, day, number, township=town) for name, home, number, town in rows]
        )

    return build_roster
