"""rules/**.toml as frozen, validated specs.

``load_rulebook`` is the door, ``open_rulebook`` the quick one for those who judge nobody.
"""

from fpm.rulebook.book import Rulebook
from fpm.rulebook.load import load_rulebook, open_rulebook, rulebook_faults
from fpm.rulebook.values import ValueInForce, Values

__all__ = [
    "Rulebook",
    "ValueInForce",
    "Values",
    "load_rulebook",
    "open_rulebook",
    "rulebook_faults",
]
