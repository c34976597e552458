"""Records to people, households and villages: candidates, evidence, probability, explanation.

The names below load on first use: what only reads links made before needs none of the matching.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fpm.match.contract import (
        DECISION_SCHEMA,
        METHOD_TITLES,
        RESULT_SCHEMA,
        ROLE_SCHEMA,
        MatchRequest,
        MatchResult,
    )
    from fpm.match.decisions import CONTRADICTED
    from fpm.match.kernel import match_many, match_records

__all__ = [
    "CONTRADICTED",
    "DECISION_SCHEMA",
    "METHOD_TITLES",
    "RESULT_SCHEMA",
    "ROLE_SCHEMA",
    "MatchRequest",
    "MatchResult",
    "match_many",
    "match_records",
]

_HOMES = {"CONTRADICTED": "decisions", "match_many": "kernel", "match_records": "kernel"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'contract')}"), name)
