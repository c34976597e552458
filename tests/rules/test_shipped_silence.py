"""How long the shipped rules stay silent after an answer."""

from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules

MOST = {"red": 1, "orange": 12, "yellow": 12}
"""Months; a household that falls into need after a visit is seen in the next but one list at the
latest where the matter is grave."""


def test_grave_alerts_speak_again_after_a_month_at_most():
    rules = [rule for rule in load_rulebook(shipped_rules()).rules if rule.kind == "alert"]
    assert {rule.level for rule in rules} == MOST.keys()
    assert [rule.id for rule in rules if rule.silence > MOST[rule.level]] == []
