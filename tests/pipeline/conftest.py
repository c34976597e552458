"""What tests of the pipeline share."""

from __future__ import annotations

import pytest

from fpm.rulebook import Rulebook, load_rulebook
from fpm.shipped import shipped_rules


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook(shipped_rules())
