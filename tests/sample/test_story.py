"""Scenes say when by months before the last period, so that any county of three months has them."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from fpm.model import Period
from fpm.sample.story import dated


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{0}", "202601"),
        ("{-7}", "202506"),
        ("{1.1}", "2026-02-01"),
        ("{-1.12}", "2025-12-12"),
        ("{-11.end}", "2025-02-28"),
        ("因病", "因病"),
        (3.5, 3.5),
    ],
)
def test_months_are_counted_from_the_last_period(text: str | float, told: str | float) -> None:
    assert dated(text, Period(2026, 1)) == told


@pytest.mark.parametrize("name", ["scenes.toml", "scenes_departments.toml"])
def test_no_scene_names_a_year(name: str) -> None:
    text = resources.files("fpm.sample").joinpath(name).read_text("utf-8")
    assert re.findall(r'"20[0-9]{2}[-年01]', text) == []
