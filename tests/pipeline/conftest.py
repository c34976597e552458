"""What tests of the pipeline share."""

from __future__ import annotations

import pytest

from deliveries import county, loader
from fpm.rulebook import Rulebook, load_rulebook
from fpm.shipped import shipped_rules


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook(shipped_rules())


@pytest.fixture
def place(tmp_path):
    """The workspace of a county of 120 people."""
    return county(tmp_path / "county")


@pytest.fixture
def load(place, rulebook):
    """Load a period there."""
    return loader(place, rulebook)
