"""Reasons an analyst can read: what was wrong with the number, whom else it could have been."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from fpm.match import MatchRequest, match_records
from fpm.rulebook.settings import MatchingSpec

ABSENT = "按姓名、住址、出生日期也没有找到相符的人"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "未填身份证号"),
        ("E12345678", "所填不是居民身份证号，花名册中没有这个号码"),
        ("99990119****1234", "证件号部分数字被遮盖"),
        ("999901", "证件号位数不对，只能部分比对"),
        ("9.99901E+17", "证件号成了科学计数法，仅保留前几位"),
        ("999901197001010000", "证件号尾数被表格软件改写，仅前15位可信"),
    ],
)
def test_nobody_found_says_what_the_number_was_good_for(county, build, number, said) -> None:
    record = {"name": "欧阳靖蕾", "id_number": number, "township": "青山乡"}
    found = match_records(county, build([record]), MatchRequest()).matches
    assert found["status"].item() == "unmatched"
    assert found["reason"].item() == f"{said}；{ABSENT}"


def test_somebody_who_shares_nothing_but_a_birthday_is_not_called_the_closest(
    county, build
) -> None:
    born = county["birth_date"][0]
    record = {"name": "欧阳靖蕾", "birth_date": born, "township": "青山乡", "village": "松林村"}
    reason = match_records(county, build([record]), MatchRequest()).matches["reason"].item()
    assert reason == f"未填身份证号；{ABSENT}"


def test_who_was_preferred_is_never_said_to_be_undistinguishable(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")]).with_columns(
        relation=pl.Series(["户主", "之子"])
    )
    record = {"name": "张伟", "township": "石门镇", "village": "大河村"}
    open_ = match_records(roster, build([record]), MatchRequest()).matches
    heads = match_records(roster, build([record]), MatchRequest(about="heads")).matches
    assert (open_["status"].item(), heads["status"].item()) == ("review", "confirmed")
    assert "证据相同，无法区分" in open_["reason"].item()
    assert heads["reason"].item().endswith("从年龄、是否户主、是否已列入看不像本名单的人")


def test_the_rival_of_a_household_is_another_household(build, roster_of) -> None:
    roster = roster_of(
        [
            ("张伟", "A", 11, "石门镇"),
            ("李秀英", "A", 22, "石门镇"),
            ("张伟", "B", 13, "石门镇"),
            ("王桂兰", "B", 24, "石门镇"),
        ]
    )
    record = {"name": "张伟", "township": "石门镇"}
    result = match_records(roster, build([record]), MatchRequest(match_on="household"))
    assert result.matches["status"].item() == "review"
    assert result.candidates["household_id"].to_list() == ["A", "B"]
    assert "另有张伟（大河村），证据相同，无法区分" in result.matches["reason"].item()


def test_a_row_held_back_by_its_list_says_so(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("张伟", "B", 13, "石门镇")]).with_columns(
        relation=pl.Series(["户主", "之子"])
    )
    record = {"name": "张伟", "township": "石门镇", "village": "大河村"}
    strict = MatchingSpec(wrong_share=0.0001)
    asked = MatchRequest(about="heads", settings=strict)
    found = match_records(roster, build([record] * 30), asked).matches
    assert (found["probability"] >= strict.accept).all()
    assert found["status"].unique().to_list() == ["review"]
    assert found["reason"].str.contains("都采用预计误配会超限").all()


def test_a_former_name_is_called_one(build, roster_of) -> None:
    roster = roster_of([("张伟", "A", 11, "石门镇"), ("李明", "B", 13, "石门镇")]).with_columns(
        former_name=pl.Series(["欧阳靖蕾", None])
    )
    record = {"name": "欧阳靖蕾", "township": "石门镇", "village": "大河村"}
    found = match_records(roster, build([record]), MatchRequest()).matches
    assert found["person_id"].item() == "A-张伟"
    assert "曾用名相同" in found["reason"].item()
    assert "姓名相同" not in found["reason"].item()


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [("roster's", "review", "；也可能是花名册外的"), ("another", "unmatched", "；更像花名册外的")],
)
def test_an_outsider_who_may_be_meant_is_named(county, build, make_id, name, status, says) -> None:
    """A list that names people as often as chance has it, and an outsider five times."""
    person = county.row(3, named=True)
    place = {column: person[column] for column in ("name", "township", "village")}
    place["name"] = {"roster's": person["name"], "another": "欧阳靖蕾"}[name]
    people = county.filter(pl.col("person_id") != person["person_id"])
    people = people.select("name", "id_number", "township", "village").to_dicts()
    times = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3)
    rows = [row for number, row in enumerate(people) for _ in range(times[number % len(times)])]
    rows += [place | {"id_number": make_id(dt.date(1939, 4, 4), 718, "999907")}] * 5
    found = match_records(county, build([*rows, place]), MatchRequest()).matches.row(-1, named=True)
    assert found["status"] == status
    assert f"{says}{place['name']}（他行写有其证件号，花名册中没有）" in found["reason"]
