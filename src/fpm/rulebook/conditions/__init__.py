"""SQL conditions; ``parse_condition`` is the only door (see ``parse``)."""

from fpm.rulebook.conditions.kinds import ColumnType
from fpm.rulebook.conditions.parse import (
    AT_LEAST,
    IS_BLANK,
    IS_UNREADABLE,
    Condition,
    Form,
    Over,
    parse_condition,
)
from fpm.rulebook.conditions.text import ConditionError

__all__ = [
    "AT_LEAST",
    "IS_BLANK",
    "IS_UNREADABLE",
    "ColumnType",
    "Condition",
    "ConditionError",
    "Form",
    "Over",
    "parse_condition",
]
