"""What comes back: answers of townships, decisions of analysts, cases from confirmed to cleared."""

from __future__ import annotations

from fpm.followup.answers import (
    RETURNED_SCHEMA,
    AnswerRequest,
    Answers,
    keys_in,
    read_answers,
)
from fpm.followup.merging import ANSWER_FIELDS
from fpm.followup.problems import PROBLEM_SCHEMA, problem_rows
from fpm.followup.standing import STANDING_SCHEMA, by_township, chosen_alerts, standing

__all__ = [
    "ANSWER_FIELDS",
    "PROBLEM_SCHEMA",
    "RETURNED_SCHEMA",
    "STANDING_SCHEMA",
    "AnswerRequest",
    "Answers",
    "by_township",
    "chosen_alerts",
    "keys_in",
    "problem_rows",
    "read_answers",
    "standing",
]
