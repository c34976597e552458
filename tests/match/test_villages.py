"""Village-keyed rows: the same village however it is written, and no other one."""

from __future__ import annotations

import polars as pl
import pytest

from fpm.match import MatchRequest, match_records
from fpm.rulebook.settings import MatchingSpec

HOMES = (
    ("石门镇", "大河村"),
    ("石门镇", "小河村"),
    ("石门镇", "王家坝村"),
    ("石门镇", "上塘村"),
    ("青山乡", "大河村"),
    ("青山乡", "双桥村"),
    ("白杨街道", "向阳社区"),
    ("槐荫朝鲜族乡", "松林村"),
)


@pytest.fixture
def locate(build):
    """One village row against a roster of forty people a village."""
    people = [
        {"township": town, "village": village, "name": f"张{number}"}
        for town, village in HOMES
        for number in range(40)
    ]
    roster = pl.DataFrame(people)

    def one(township, village):
        record = {"township": township, "village": village, "name": None}
        request = MatchRequest(match_on="village")
        found = match_records(roster, build([record]), request).matches
        return found.select("status", "township", "village", "reason").row(0)

    return one


@pytest.mark.parametrize(
    ("township", "village", "home"),
    [
        ("石门镇", "大河村", ("石门镇", "大河村")),
        ("青山乡", "大河村", ("青山乡", "大河村")),
        ("石门", "大河村委会", ("石门镇", "大河村")),
        ("石门镇", "大 河", ("石门镇", "大河村")),
        ("石門鎮", "大河村3组", ("石门镇", "大河村")),
        ("样例县石门镇", "石门镇大河村村民委员会", ("石门镇", "大河村")),
        (None, "石门镇大河村", ("石门镇", "大河村")),
        (None, "王家坝村", ("石门镇", "王家坝村")),
        (None, "向阳社区居民委员会", ("白杨街道", "向阳社区")),
        ("槐荫乡", "松林村", ("槐荫朝鲜族乡", "松林村")),
        ("石门镇", "大何村", ("石门镇", "大河村")),  # sounds the same
        ("石门镇", "王家垻村", ("石门镇", "王家坝村")),
    ],
)
def test_one_village_in_many_spellings(locate, township, village, home):
    status, *found, reason = locate(township, village)
    assert (status, tuple(found)) == ("confirmed", home)
    assert "".join(home) in reason


@pytest.mark.parametrize(
    ("township", "village", "why"),
    [
        (None, "大河村", "未写明乡镇，石门镇、青山乡都有此村"),
        ("河西镇", "大河村", "花名册中没有乡镇“河西镇”，石门镇、青山乡都有此村"),
        ("河西镇", "王家坝村", "花名册中没有乡镇“河西镇”，叫此名的村只有石门镇王家坝村"),
        ("石门镇", "西大河村", "名单写“石门镇西大河村”，相近的只有石门镇大河村"),
        ("石门镇", "下塘村", "名单写“石门镇下塘村”，相近的只有石门镇上塘村"),
        ("石门镇", "大河村、小河村", "名单写“石门镇大河村、小河村”，相近的只有石门镇"),
    ],
)
def test_a_village_that_may_be_another_is_left_to_people(locate, township, village, why):
    status, *found, reason = locate(township, village)
    assert (status, found) == ("review", [None, None])
    assert reason.startswith(f"需人工核对：{why}")


@pytest.mark.parametrize(
    ("township", "village"), [("青山乡", "王家坝村"), ("石门镇", "古城村"), ("石门镇", None)]
)
def test_a_village_of_nowhere_is_nobody(locate, township, village):
    assert locate(township, village)[0] == "unmatched"


def test_a_former_name_stands_for_the_place_it_became(build):
    roster = pl.DataFrame(
        [{"township": town, "village": village, "name": "张三"} for town, village in HOMES]
    )
    request = MatchRequest(
        match_on="village",
        settings=MatchingSpec(
            former_places={"红旗乡": "石门镇", "石门镇/东风大队": "青山乡/双桥村"}
        ),
    )
    written = [
        ("红旗", "小河"),
        ("红旗乡", "东风大队"),
        ("石门镇", "东风大队"),
        ("青山乡", "东风大队"),
    ]
    records = build(
        [{"township": town, "village": village, "name": None} for town, village in written]
    )
    found = match_records(roster, records, request).matches.sort("row")
    assert found.select("township", "village").rows() == [
        ("石门镇", "小河村"),
        ("青山乡", "双桥村"),
        ("青山乡", "双桥村"),
        (None, None),
    ]
