"""Lists about households and villages: any member may be named as head; villages by their names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from county import PERIOD, id_number, make_county, write_xlsx
from fpm.pipeline.explain import explain_target
from fpm.pipeline.link import link_period
from fpm.pipeline.load import load_period
from fpm.rulebook import load_rulebook
from fpm.workspace import Workspace

TOWNS = ("石门镇", "青山乡")
VILLAGES = ("大河村", "小河村", "王家坝村", "双桥村")
FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "国建军华明志文德福贵生光荣永成长水海山林"
HOUSES = ("乡镇", "行政村", "户主姓名", "户主身份证号", "鉴定等级", "鉴定时间", "建筑面积", "地址")
WATER = ("乡镇", "行政村", "供水工程名称", "供水人口", "水量", "水质", "供水保证率")


def people() -> list[dict[str, Any]]:
    """Two hundred households of head, spouse and child, in four villages of two townships."""
    rows = []
    for number in range(200):
        town, village = TOWNS[number % 2], VILLAGES[number // 2 % 4]
        surname = FAMILIES[number % 20]
        middle, last = GIVEN[number // 20], GIVEN[(number * 7 + 3) % 20]
        for turn, relation in enumerate(("户主", "配偶", "之子")):
            family = FAMILIES[(number + 5) % 20] if relation == "配偶" else surname
            born = dt.date(1960 + number % 25 + 24 * (turn == 2), 1 + number % 12, 1 + number % 27)
            name = f"{family}{middle}{GIVEN[(GIVEN.index(last) + turn) % 20]}"
            rows.append(
                {
                    "township": town,
                    "village": village,
                    "household_id": f"H{number:03d}",
                    "person_id": f"P{number:03d}{turn}",
                    "name": name,
                    "number": id_number(f"999901{born:%Y%m%d}{number % 400 * 2 + 1 + turn:03d}"),
                    "relation": relation,
                }
            )
    return rows


PEOPLE = people()


def member(household: int, turn: int) -> dict[str, Any]:
    return PEOPLE[household * 3 + turn]


def house(who: dict[str, Any], number: object, address: str = "") -> tuple[object, ...]:
    place = ("", "") if address else (who["township"], who["village"])
    return (*place, who["name"], number, "C级", "2026-09-02", 90, address)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, pl.DataFrame]:
    workspace = make_county(tmp_path_factory.mktemp("lists") / "county")
    for path in workspace.roster_files():
        path.unlink()
    roster = [
        ("人员信息",),
        ("县", "乡(镇)", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系"),
        *(("样例县", *row.values()) for row in PEOPLE),
    ]
    inbox = workspace.inbox(PERIOD)
    write_xlsx(inbox / "（自定义）人员信息_20261008.xlsx", roster)
    usual = [house(member(number, 0), member(number, 0)["number"]) for number in range(60)]
    odd = [
        house(member(61, 1), member(61, 1)["number"]),  # the wife is named as head
        house(member(62, 2), member(62, 2)["number"]),  # the son
        house(member(63, 0), member(63, 1)["number"]),  # the head with his wife's number
        house(member(64, 1), None),  # the wife by name and village only
        house({**member(65, 0), "name": "欧阳靖蕾"}, id_number("99990119770707077")),  # a stranger
        house(member(66, 0), None, "样例县石门镇小河村3组"),  # where he lives, in one text
    ]
    write_xlsx(inbox / "农房安全鉴定台账202610.xlsx", [HOUSES, *usual, *odd])
    supplies = [
        ("石门镇", "大河村"),
        ("青山乡", "大河村委会"),
        ("石门镇", "大何村"),
        ("青山乡", "东大河村"),
        ("河西镇", "双桥村"),
        ("石门镇", "古城村"),
    ]
    lines = [(*place, "集中供水工程", 300, "达标", "达标", "达标") for place in supplies]
    write_xlsx(inbox / "行政村供水情况202610.xlsx", [WATER, *lines])
    rulebook = load_rulebook(workspace.rules)
    with workspace.locked():
        loaded = load_period(workspace, rulebook, PERIOD, lambda *_: None)
        found = link_period(workspace, rulebook, loaded, None, lambda *_: None)
    return workspace, found.matches.sort("file", "row")


def test_any_member_may_be_named_as_head(linked: tuple[Workspace, pl.DataFrame]) -> None:
    houses = linked[1].filter(pl.col("kind") == "assessment")
    assert houses["household_id"].to_list()[:60] == [f"H{number:03d}" for number in range(60)]
    assert houses["household_id"].to_list()[60:] == ["H061", "H062", "H063", "H064", None, "H066"]
    assert houses["status"].to_list()[60:] == [*["confirmed"] * 4, "unmatched", "confirmed"]


def test_an_address_stands_for_the_place_no_column_names(
    linked: tuple[Workspace, pl.DataFrame],
) -> None:
    row = linked[1].filter(pl.col("kind") == "assessment").row(65, named=True)
    assert "村一致" in row["reason"]


def test_village_rows_name_one_village_or_ask(linked: tuple[Workspace, pl.DataFrame]) -> None:
    villages = linked[1].filter(pl.col("kind") == "village_supply")
    expected = ["confirmed", "confirmed", "confirmed", "review", "review", "unmatched"]
    assert villages["status"].to_list() == expected
    told = [
        "石门镇大河村",
        "青山乡大河村",
        "同音",
        "相近的只有青山乡大河村",
        "河西镇",
        "没有此乡镇和村",
    ]
    for reason, words in zip(villages["reason"], told, strict=True):
        assert words in reason


@pytest.mark.parametrize(
    ("target", "status", "said", "meant"),
    [
        ("农房安全鉴定台账202610.xlsx:2", "confirmed", member(0, 0), member(0, 0)),
        ("农房安全鉴定台账202610.xlsx:64", "confirmed", member(63, 0), member(63, 0)),
        ("农房安全鉴定台账202610.xlsx:66", "unmatched", {"name": "欧阳靖蕾"}, None),
        ("行政村供水情况202610.xlsx:5", "review", {"village": "东大河村"}, None),
    ],
)
def test_every_row_is_explained_by_whom_it_names_and_who_is_meant(
    linked: tuple[Workspace, pl.DataFrame],
    target: str,
    status: str,
    said: dict[str, Any],
    meant: dict[str, Any] | None,
) -> None:
    row = explain_target(linked[0], PERIOD, target)["row"]
    (match,), (claim,) = row["matches"], row["claims"]
    assert match["status"] == status
    assert match["reason"]
    named = {name: said[name] for name in ("name", "village") if name in said}
    assert {name: claim[name] for name in named} == named
    assert [one["name"] for one in row["people"].values()] == ([meant["name"]] if meant else [])
    numbers = [one["id_number"] for one in (claim, *row["people"].values()) if "id_number" in one]
    assert all("*" in number for number in numbers)
