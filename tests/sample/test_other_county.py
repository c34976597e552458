"""The benchmark's second county states a truth that its own lists bear out."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.linkage.other_county.clerk import DIRTY, FIELD
from benchmarks.linkage.other_county.lists import KINDS, make_lists

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WHOLE = r"^999901[0-9]{11}[0-9X]$"

Made = tuple[pl.DataFrame, dict[str, pl.DataFrame]]


@pytest.fixture(scope="module")
def made() -> Made:
    return make_lists(7, 1_500, FIELD)


def is_sound(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return number[17] == "10X98765432"[total % 11]


def test_roster_numbers_are_sound_but_for_the_damaged_few(made: Made) -> None:
    numbers = made[0]["id_number"].str.slice(0, 18)
    whole = numbers.filter(numbers.str.contains(WHOLE))
    sound = pl.Series([is_sound(number) for number in whole])
    assert (sound.sum() / made[0].height) > 0.98
    assert sound.sum() < made[0].height


def test_the_truth_is_somebody_of_the_roster_or_a_named_outsider(made: Made) -> None:
    roster, lists = made
    for rows in lists.values():
        inside = pl.col("truth").is_not_null()
        assert rows.filter(inside)["truth"].is_in(roster["person_id"].implode()).all()
        assert rows.filter(inside & (pl.col("outsider") != "")).is_empty()
        assert rows.filter(~inside & (pl.col("outsider") == "")).is_empty()


def test_clean_rows_bear_name_and_number_of_whom_they_are_about(made: Made) -> None:
    roster, lists = made
    own = roster.select(truth="person_id", own_name="name", own_number="id_number")
    for rows in lists.values():
        clean = rows.filter(pl.col("label") == "clean").join(own, on="truth")
        assert (clean["name"] == clean["own_name"]).all()
        right = clean["id_number"] == clean["own_number"].str.slice(0, 18)
        assert right.mean() > 0.97  # the roster's own mistakes are no mistake of the row


def test_a_clean_outsider_bears_a_sound_number_that_nobody_of_the_roster_has(made: Made) -> None:
    roster, lists = made
    for rows in lists.values():
        outside = rows.filter(pl.col("truth").is_null() & (pl.col("label") == "clean"))
        assert outside.height > 0
        assert all(is_sound(number) for number in outside["id_number"])
        assert not outside["id_number"].is_in(roster["id_number"].implode()).any()


@pytest.mark.parametrize(("level", "least", "most"), [(FIELD, 0.13, 0.21), (DIRTY, 0.41, 0.51)])
def test_damage_is_as_much_as_the_level_says(level: object, least: float, most: float) -> None:
    _, lists = make_lists(8, 1_500, level)
    rows = pl.concat([rows.select("truth", "label") for rows in lists.values()])
    inside = rows.drop_nulls("truth")
    assert least < (inside["label"] != "clean").mean() < most


def test_a_third_of_a_list_may_be_of_the_roster(made: Made) -> None:
    _, lists = make_lists(7, 1_500, FIELD, overlap=0.3)
    for kind, rows in lists.items():
        people = rows["truth"].is_not_null().mean()
        assert 0.2 < people < 0.4, kind
    assert set(lists) == set(made[1]) == set(KINDS)


def test_slipped_rows_bear_the_number_of_the_row_above(made: Made) -> None:
    _, slipped = make_lists(7, 1_500, FIELD, hide="block@housing")
    rows, plain = slipped["housing"], made[1]["housing"]
    moved = rows["label"] == "slipped"
    assert 10 < moved.sum() <= 40
    assert (rows["id_number"] == plain["id_number"].shift(1)).filter(moved).all()
    assert slipped["payments"].equals(made[1]["payments"])


def test_the_same_seed_makes_the_same_county(made: Made) -> None:
    again = make_lists(7, 1_500, FIELD)
    assert again[0].equals(made[0])
    assert all(rows.equals(made[1][kind]) for kind, rows in again[1].items())
