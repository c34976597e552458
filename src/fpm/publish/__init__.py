"""What is handed on: township lists, county summary, returns to departments, undecided matches."""

from __future__ import annotations

from fpm.publish.check import require_usable
from fpm.publish.county import HELD_LIST
from fpm.publish.period import publish_period
from fpm.publish.publication import (
    CORRECTION_SCHEMA,
    IDENTITY_SCHEMA,
    PERSON_SCHEMA,
    PUBLISHED_ALERT_SCHEMA,
    PUBLISHED_HIT_SCHEMA,
    RECORD_SCHEMA,
    TALLY_SCHEMA,
    VALUE_SCHEMA,
    Forms,
    Heading,
    Publication,
)
from fpm.publish.review import LATER, NOBODY, candidate_choice
from fpm.publish.storage import Written

__all__ = [
    "CORRECTION_SCHEMA",
    "HELD_LIST",
    "IDENTITY_SCHEMA",
    "LATER",
    "NOBODY",
    "PERSON_SCHEMA",
    "PUBLISHED_ALERT_SCHEMA",
    "PUBLISHED_HIT_SCHEMA",
    "RECORD_SCHEMA",
    "TALLY_SCHEMA",
    "VALUE_SCHEMA",
    "Forms",
    "Heading",
    "Publication",
    "Written",
    "candidate_choice",
    "publish_period",
    "require_usable",
]
