"""Facts of every person, and what the rules say of them.

``build_facts`` turns matched records into one row a person; ``evaluate`` judges all rules over
them; ``run_cases`` and ``case_gaps`` judge the examples inside a rule.
"""

from fpm.judge.cases import CaseResult, run_cases
from fpm.judge.evaluate import TALLY_SCHEMA, Judgement, evaluate
from fpm.judge.extracts import MatchedExtract
from fpm.judge.facts import build_facts
from fpm.judge.thresholds import case_gaps

__all__ = [
    "TALLY_SCHEMA",
    "CaseResult",
    "Judgement",
    "MatchedExtract",
    "build_facts",
    "case_gaps",
    "evaluate",
    "run_cases",
]
