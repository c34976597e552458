"""A small generated county, and the committed one as the real stages see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fpm.model import Period
from fpm.sample import write_county
from fpm.shipped import shipped_sample
from sample.stages import Run, run_county

SMALL: dict[str, Any] = {
    "persons": 900,
    "periods": (Period(2026, 9), Period(2026, 10)),
    "seed": 5,
}


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, **SMALL)
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    return shipped_sample()


@pytest.fixture(scope="session")
def runs(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    return run_county(sample, tmp_path_factory.mktemp("workspace"))
