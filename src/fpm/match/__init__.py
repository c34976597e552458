"""Records to people, households and villages: candidates, evidence, probability, explanation."""

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
