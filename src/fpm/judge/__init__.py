"""Facts of every person, and what the rules say of them.

``build_facts`` turns matched records into one row a person; ``evaluate`` judges all rules over
them; ``run_cases`` and ``case_gaps`` judge the examples inside a rule.
"""

from fpm.judge.cases import CaseResult, run_cases
from fpm.judge.earlier import earlier_asked
from fpm.judge.evaluate import TALLY_SCHEMA, Judgement, evaluate, judge_rules
from fpm.judge.extracts import MatchedExtract
from fpm.judge.facts import build_facts
from fpm.judge.numbers import NUMBER_SCHEMA, hits_by_number
from fpm.judge.plan import Setting
from fpm.judge.simulate import CHANGE_SCHEMA, Change, compare
from fpm.judge.thresholds import case_gaps

__all__ = [
    "CHANGE_SCHEMA",
    "NUMBER_SCHEMA",
    "TALLY_SCHEMA",
    "CaseResult",
    "Change",
    "Judgement",
    "MatchedExtract",
    "Setting",
    "build_facts",
    "case_gaps",
    "compare",
    "earlier_asked",
    "evaluate",
    "hits_by_number",
    "judge_rules",
    "run_cases",
]
