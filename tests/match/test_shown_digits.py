"""Other digits shown under the right name and birth date: a wrong number, or a namesake?"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fpm.identity.id_relation import MASKED, SHOWN_DIFFER
from fpm.identity.name_levels import EQUAL
from fpm.match.levels import NO_BIRTH, OTHER_TOWN, PLACES, SAME_BIRTH, SAME_TOWN
from fpm.match.shown import shown_digits

RIGHT, SHARE = 900, -2.0
"""Rows whose digits agree; log-odds of being an outsider."""


def shown(here: int, away: int):
    """Of a masked list: so many rows show other digits in the person's township and in another."""
    kinds = [(MASKED, SAME_TOWN)] * RIGHT
    kinds += [(SHOWN_DIFFER, SAME_TOWN)] * here + [(SHOWN_DIFFER, OTHER_TOWN)] * away
    pairs = pl.DataFrame(kinds, schema=["id", "place"], orient="row").with_columns(
        q=pl.int_range(pl.len(), dtype=pl.UInt32),
        x=pl.lit(0, pl.UInt32),
        name=pl.lit(EQUAL),
        birth=pl.when(pl.col("id") == MASKED).then(NO_BIRTH).otherwise(SAME_BIRTH),
        cls=pl.lit("D"),
    )
    asked = pairs.select("q", "x", "cls", rows=pl.lit(1, pl.UInt32))
    settled = np.zeros((1, PLACES))
    settled[0, SAME_TOWN], settled[0, OTHER_TOWN] = 98, 2
    return shown_digits(pairs, asked, np.array([SHARE]), settled)


def test_who_shows_other_digits_at_home_only_has_a_wrong_number() -> None:
    found = shown(here=60, away=1)
    assert found.namesakes.sum() == 0
    assert found.wrong[0] == pytest.approx(60 / 960, rel=0.2)


def test_namesakes_show_other_digits_wherever_they_live() -> None:
    found = shown(here=30, away=30)
    assert found.namesakes[0, SAME_TOWN] > 0.9 * found.namesakes[0, OTHER_TOWN] > 0
    assert found.wrong[0] < 0.001


def test_one_row_proves_nothing() -> None:
    found = shown(here=0, away=1)
    assert found.namesakes.sum() == 0
    assert found.wrong[0] < 0.001
