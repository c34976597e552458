"""Ways to run one condition on a few rows."""

import pytest

from fpm.rulebook import load_rulebook
from judge.builders import over_group, over_rows
from judge.county import LAYOUTS, SETTINGS


@pytest.fixture
def row():
    """Run a row expression on one row given as keywords."""
    return lambda sql, **cells: over_rows(sql, [cells])[0]


@pytest.fixture
def group():
    """Run an aggregate expression on rows given as dicts."""
    return over_group


@pytest.fixture(scope="session")
def make_rulebook(tmp_path_factory):
    """A rule book of the small county with the given rules (id → TOML) and other files."""

    def make(rules=None, others=None, **parameters):
        root = tmp_path_factory.mktemp("rules")
        files = LAYOUTS | (others or {})
        files |= {f"policies/any/{name}.toml": text for name, text in (rules or {}).items()}
        files |= {f"parameters/{name}.toml": text for name, text in parameters.items()}
        files |= SETTINGS
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_rulebook(root)

    return make


@pytest.fixture(scope="session")
def small(make_rulebook):
    """The small county's rule book without rules."""
    return make_rulebook()
