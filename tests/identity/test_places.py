"""Places read by a gazetteer learned from the roster."""

from __future__ import annotations

import polars as pl
import pytest

from fpm.identity.places import UNKNOWN, learn_gazetteer, locate

ROSTER = pl.DataFrame(
    {
        "township": ["石门镇", "石门镇", "青山乡", "青山乡", "城关街道"],
        "village": ["大河村", "小河村", "大河村", "王家坝村", "东门社区"],
        "people": [120, 90, 80, 60, 50],
    }
)


@pytest.fixture(scope="module")
def gazetteer():
    return learn_gazetteer(ROSTER)


def place(gazetteer, township: str | None, village: str | None) -> tuple[str | None, str | None]:
    frame = pl.DataFrame(
        {"township": [township], "village": [village]},
        schema={"township": pl.String, "village": pl.String},
    )
    t, v = locate(frame, gazetteer).select("t", "v").row(0)
    towns = dict(gazetteer.towns.select("t", "town").iter_rows())
    stems = dict(gazetteer.villages.select("v", "village_stem").iter_rows())
    return towns.get(t), stems.get(v)


@pytest.mark.parametrize(
    ("township", "village", "expected"),
    [
        ("石门镇", "大河村", ("石门镇", "大河")),
        ("石门", "大河", ("石门镇", "大河")),
        ("石门镇人民政府", "大河村民委员会", ("石门镇", "大河")),
        ("石门镇", "大河村3组", ("石门镇", "大河")),
        ("石门镇", "大河村第三村民小组", ("石门镇", "大河")),
        (None, "样例县石门镇小河村二组", ("石门镇", "小河")),
        ("样例县青山乡", "青山乡王家坝村", ("青山乡", "王家坝")),
        ("青山乡", "王家垻村", ("青山乡", "王家坝")),
        (None, "大河村", (None, "大河")),
        ("城关街道", "东门", ("城关街道", "东门")),
        ("青山乡", None, ("青山乡", None)),
        ("外地乡", "无此村", (None, None)),
        (None, None, (None, None)),
    ],
)
def test_places_are_read(gazetteer, township, village, expected) -> None:
    assert place(gazetteer, township, village) == expected


def test_a_slip_of_the_roster_itself_is_no_village() -> None:
    places = pl.concat(
        [ROSTER, pl.DataFrame({"township": ["石门镇"], "village": ["大诃村"], "people": [1]})]
    )
    learned = learn_gazetteer(places)
    assert "大诃" not in learned.villages["village_stem"]


def test_a_roster_without_places_locates_nothing() -> None:
    nothing = pl.DataFrame({"township": [None], "village": [None], "people": [9]}).cast(
        {"township": pl.String, "village": pl.String}
    )
    found = locate(ROSTER.select("township", "village"), learn_gazetteer(nothing))
    assert found["t"].to_list() == [UNKNOWN] * ROSTER.height
