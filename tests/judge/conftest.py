"""Ways to run one condition on a few rows."""

import pytest
from judge.builders import over_group, over_rows


@pytest.fixture
def row():
    """Run a row expression on one row given as keywords."""
    return lambda sql, **cells: over_rows(sql, [cells])[0]


@pytest.fixture
def group():
    """Run an aggregate expression on rows given as dicts."""
    return over_group
