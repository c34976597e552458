"""Figures in evidence sentences, in the form the people who read them use."""

import polars as pl
import pytest

from fpm.judge.evidence import amount_text


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        (0.0, "元", "0元"),
        (5600.0, "元", "5,600元"),
        (1234567.891, "元", "1,234,567.89元"),
        (999.999, "元", "1,000元"),
        (100000.0, "元", "100,000元"),
        (4999.5, "元", "4,999.50元"),
        (-812.4, "元", "-812.40元"),
        (-0.001, "元", "0元"),
        (1998.0, "", "1998"),
        (1998.0, "年", "1998年"),
        (0.5, "天", "0.5天"),
        (36.0, "天", "36天"),
        (2.345, "亩", "2.35亩"),
        (0.412, "%", "41.2%"),
        (0.5, "%", "50%"),
        (1.0, "%", "100%"),
        (None, "元", None),
        (1e30, "元", None),  # no amount: a product of two that are large
    ],
)
def test_a_number_with_its_unit(number, unit, expected):
    frame = pl.DataFrame({"x": [number]}, schema={"x": pl.Float64})
    assert frame.select(amount_text(pl.col("x"), unit)).item() == expected
