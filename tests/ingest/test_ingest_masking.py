"""What quarantine and messages show of a cell: never a whole ID number."""

from __future__ import annotations

import pytest

from fpm.masking import mask_digits


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("张三999901194803022037", "张三999901********2037"),
        ("999901��450110***201X", "999901***********201X"),
        ("999901 19480302 2037", "999901**********2037"),
        ("999901-19480302203x", "999901*********203x"),
        ("99990119 48030220 37", "999901**********0 37"),
        ("9 9 9 9 0 1 1 9 4 8 0 3 0 2 2 0 3 7", "9 9 9 ************************* 3 7"),
        ("9.99901E+17", "9.99901E+17"),
        ("300 310 4000 5000 6000", "300 310 4000 5000 6000"),
        ("2026-10-03 2026-11-03", "2026-10-03 2026-11-03"),
        ("139 3000 0001", "139 3000 0001"),
    ],
)
def test_a_number_is_masked_however_it_is_written(cell, shown):
    assert mask_digits(cell) == shown
