"""Counts known as a range, fractions of what is known from below, and the dust of arithmetic."""

import pytest

T, F, N = True, False, None
ONE_OPEN = [{"a": 5.0}, {"a": 0.0}, {}]
"""One member over 1, one not, one unknown: COUNT_IF(a > 1) is 1 or 2."""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("COUNT_IF(a > 1) IS NULL", T),
        ("COUNT_IF(a > 1) >= 1", T),
        ("COUNT_IF(a > 1) <= 2", T),
        ("COUNT_IF(a > 1) > 2", F),
        ("COUNT_IF(a > 1) < 1", F),
        ("COUNT_IF(a > 1) = 1", N),
        ("1 = COUNT_IF(a > 1)", N),
        ("2 = COUNT_IF(a > 1)", N),
        ("3 = COUNT_IF(a > 1)", F),
        ("0 = COUNT_IF(a > 1)", F),
        ("COUNT_IF(a > 1) <> 3", T),
        ("COUNT_IF(a > 1) / 2 < 1.5", T),
        ("COUNT_IF(a > 1) / 2 <= 1", T),
        ("COUNT_IF(a > 1) / 2 >= 0.5", T),
        ("COUNT_IF(a > 1) / 2 > 0.5", N),
        ("COUNT_IF(a > 1) * 0.5 < 0.9", N),
        ("COUNT_IF(a > 1) * 0.5 <= 1", T),
        ("COUNT_IF(a > 1) * -1 >= -2", T),
        ("COUNT_IF(a > 1) * -1 > -1", F),
        ("COUNT_IF(a > 1) IN (1, 2)", N),
        ("COUNT_IF(a > 1) IN (3, 4)", F),
        ("COUNT_IF(a > 1) BETWEEN 1 AND 2", T),
        ("COUNT_IF(a > 1) BETWEEN 2 AND 3", N),
    ],
)
def test_a_count_with_one_open_member_is_a_range(group, sql, expected):
    assert group(sql, ONE_OPEN) is expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SUM(a) * 0.5 >= 2.5", T),
        ("SUM(a) * 0.5 < 100", N),
        ("SUM(a) * 0.5 > 100", N),
        ("SUM(a) * 1.5 < 100", N),
        ("SUM(a) / 0.5 < 100", N),
        ("SUM(a) / 0.5 >= 10", T),
    ],
)
def test_a_fraction_of_what_is_known_from_below_is_open_above(group, sql, expected):
    assert group(sql, ONE_OPEN) is expected


@pytest.mark.parametrize(
    ("sql", "cells", "expected"),
    [
        ("a / b >= 3", {"a": 0.3, "b": 0.1}, T),
        ("a + b = 0.3", {"a": 0.1, "b": 0.2}, T),
        ("a - b = 0.1", {"a": 0.3, "b": 0.2}, T),
        ("a * b = 0.3", {"a": 0.1, "b": 3.0}, T),
        ("a % b = 1.1", {"a": 5.5, "b": 2.2}, T),
        ("a + b IN (0.3, 5)", {"a": 0.1, "b": 0.2}, T),
        ("a % b = 0", {"a": 7.0, "b": 1.0}, T),
        ("a % b = 3", {"a": 3.0, "b": 5.0}, T),
        ("a % b = 4", {"a": 4.0, "b": 5.0}, T),
        ("a % b = -3", {"a": -3.0, "b": 5.0}, T),
        ("a % b = 0", {"a": 0.0, "b": 5.0}, T),
        ("a % b IS NULL", {"a": 7.0, "b": 0.0}, T),
    ],
)
def test_computed_amounts_are_compared_without_dust(row, sql, cells, expected):
    assert row(sql, **cells) is expected


def test_what_was_not_computed_is_compared_as_it_is(row):
    assert row("a = b", a=0.12345678, b=0.12345679) is F
    assert row("a + 0 = b", a=0.12345678, b=0.12345679) is T


def test_a_sum_known_from_below_has_no_dust_either(group):
    assert group("SUM(a) + 0.2 > 0.3", [{"a": 0.1}, {}]) is N
    assert group("SUM(a) + 0.2 >= 0.3", [{"a": 0.1}, {}]) is T
