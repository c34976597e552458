"""Repairing damaged numbers, and how two numbers are related."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpm.identity.id_digits import check_of, pack
from fpm.identity.id_number import read_id_numbers
from fpm.identity.id_relation import RELATION_TITLES, RELATIONS, id_relations, two_slips_apart
from fpm.identity.repair import repairs

MAN = "11010519491231002X"


def number(body: int) -> str:
    check = pl.select(check_of(pl.lit(body, dtype=pl.UInt64))).item()
    return f"{body:017d}" + ("X" if check == 10 else str(check))


def packed(text: str) -> int:
    return int(pl.select(pack(pl.lit(text))).item())


bodies = st.integers(110000_19000101_000, 659999_20251231_999)


@given(bodies, st.integers(0, 17), st.integers(1, 10))
def test_one_wrong_character_is_mended(body: int, place: int, shift: int) -> None:
    text = number(body)
    base = 11 if place == 17 else 10
    digit = (int(text[place].replace("X", "10")) + shift) % base
    wrong = text[:place] + ("X" if digit == 10 else str(digit)) + text[place + 1 :]
    found = repairs(pl.Series([wrong]))["k"]
    assert wrong == text or packed(text) in found


@given(bodies, st.integers(0, 15))
def test_swapped_neighbours_are_mended(body: int, place: int) -> None:
    text = number(body)
    wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert wrong == text or packed(text) in repairs(pl.Series([wrong]))["k"]


@given(bodies, st.integers(0, 17))
def test_a_lost_character_is_put_back(body: int, place: int) -> None:
    text = number(body)
    assert packed(text) in repairs(pl.Series([text[:place] + text[place + 1 :]]))["k"]


@given(bodies, st.integers(0, 17), st.integers(0, 9))
def test_a_character_too_many_is_taken_out(body: int, place: int, digit: int) -> None:
    text = number(body)
    longer = text[:place] + str(digit) + text[place:]
    assert packed(text) in repairs(pl.Series([longer]))["k"]


def test_proposals_are_few_and_valid() -> None:
    found = repairs(pl.Series(["110105194912310021"] * 3))
    assert found.group_by("n").len()["len"].max() <= 36
    numbers = found["k"].to_list()
    assert all(int(number(k // 16)[-1].replace("X", "10")) == k % 16 for k in numbers)


def relation(left: str, right: str) -> str:
    reading = read_id_numbers(pl.Series([left, right]))
    sides = [reading[n : n + 1] for n in (0, 1)]
    level, _ = id_relations(
        sides[0]["pattern"], sides[1]["pattern"], sides[0]["known"], sides[1]["known"]
    )
    return RELATIONS[int(level[0])]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (MAN, "exact"),
        ("110105491231002", "exact"),
        ("110105194912310021", "check_only"),
        ("11010519481231002X", "one_digit"),
        ("11010519941231002X", "swap"),
        ("11010519491231002", "x_lost"),
        ("1010519491231002X", "lost_digit"),
        ("110105194912310022X", "lost_digit"),
        ("1.10105194912310E+17", "rounded"),
        ("110105194912310000", "rounded"),
        ("110105********002X", "masked"),
        ("1.1010519E+17", "prefix5"),
        ("1.101051949E+17", "prefix10"),
        ("11010519481231003X", "near"),
        ("110105********003X", "shown_near"),
        ("110015********002X", "shown_near"),
        ("110105********1331", "shown_differ"),
        ("220105198012310029", "incompatible"),
        ("无", "none"),
    ],
)
def test_relations_of_damaged_numbers(left: str, expected: str) -> None:
    assert relation(left, MAN) == expected
    assert relation(MAN, left) == expected


def test_a_rounded_prefix_is_compared_after_rounding() -> None:
    # 999901202602181493 shown with six digits ends in a rounded-up 2.
    assert relation("9.99901202602182E+17", "999901202602181893") == "rounded"
    assert relation("9.99901202602182E+17", "999901202602181193") != "rounded"


@pytest.mark.parametrize("year", ["1985", "1991"])
def test_rounded_up_says_as_much_as_rounded_down(year: str) -> None:
    """Both years become 9.99901199E+17: neither is the likelier for it."""
    shown, whole = read_id_numbers(
        pl.Series(["9.99901199E+17", f"999901{year}06023613"])
    ).partition_by("known", include_key=True)
    level, agree = id_relations(shown["pattern"], whole["pattern"], shown["known"], whole["known"])
    assert RELATIONS[int(level[0])] == "prefix5"
    assert agree[0].tolist() == [1] * 9 + [0] * 9


def test_a_number_that_lost_a_digit_agrees_with_its_rounded_beginning() -> None:
    assert relation("9.99901E+17", "99990119970222128") == "prefix5"
    assert relation("9.99902E+17", "99990119970222128") == "incompatible"


def test_the_image_of_floating_point_is_recognised() -> None:
    number_ = "999901199001011236"
    image = str(int(float(number_)))
    assert image != number_
    assert relation(image, number_) in {"rounded", "one_digit", "swap", "check_only"}


def test_every_relation_has_a_title() -> None:
    assert len(RELATIONS) == len(RELATION_TITLES)


def test_no_pairs_is_no_failure() -> None:
    nothing = pl.Series([], dtype=pl.String)
    known = pl.Series([], dtype=pl.UInt8)
    level, agree = id_relations(nothing, nothing, known, known)
    assert level.shape == (0,)
    assert agree.shape == (0, 18)
    assert level.dtype == np.uint8


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("1101051", "prefix5"),
        ("11010519491", "prefix10"),
        ("31002X", "masked"),
        ("002X", "masked"),
        ("310021", "incompatible"),
        ("02X", "incompatible"),
    ],
)
def test_a_piece_of_a_number_agrees_with_its_beginning_or_end(piece: str, expected: str) -> None:
    nothing = pl.Series([None], dtype=pl.UInt8)
    relation, agree = id_relations(pl.Series([piece]), pl.Series([MAN]), nothing, nothing)
    assert RELATIONS[relation[0]] == expected
    assert agree.sum() == (0 if expected == "incompatible" else len(piece))


def test_two_slips_are_told_from_two_people_of_one_birth_date() -> None:
    here = 999901_19900101_475
    others = {
        here + 10: False,  # sequence and check: twins, namesakes of one day
        here + 6 * 10**11: False,  # county and check: namesakes of one day
        here - 6 * 10**15: True,  # province and check
        here + 2 * 10**5: True,  # month and check
        here + 514_000: False,  # another day
    }
    left = np.full(len(others), packed(number(here)), np.uint64)
    right = np.array([packed(number(other)) for other in others], np.uint64)
    assert two_slips_apart(left, right).tolist() == list(others.values())


@pytest.mark.parametrize(
    ("places", "expected"),
    [((), "rounded"), ((9,), "near"), ((14,), "incompatible"), ((3, 9), "incompatible")],
)
def test_a_slip_shows_through_a_spreadsheets_rounding(
    places: tuple[int, ...], expected: str
) -> None:
    own = number(999901_19620317_445)
    typed = "".join("8" if place in places else digit for place, digit in enumerate(own))
    image = str(int(float(int(typed))))
    nothing = pl.Series([None], dtype=pl.UInt8)
    relation, _ = id_relations(pl.Series([image]), pl.Series([own]), nothing, nothing)
    assert RELATIONS[relation[0]] == expected
