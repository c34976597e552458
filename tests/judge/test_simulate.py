"""A changed value is tried on last month's facts before it is adopted."""

import pytest

from fpm.judge import Setting, build_facts, compare, evaluate, judge_rules
from judge.county import DIVISION, PERIOD, extract, roster
from judge.small_rules import LINE, RULES, UNSET


@pytest.fixture(scope="module")
def tried(make_rulebook):
    """Judgements before and after the line falls from 1,000 to 500 and the unset one is set."""
    rulebook = make_rulebook(RULES, line=LINE, unset_line=UNSET)
    bills = [
        {"person": "P1", "paid": 1200},
        {"person": "P2", "paid": 600},
        {"person": "P5", "paid": 700},
    ]
    extracts = [extract(rulebook, "clinic/bills", bills)]
    facts = build_facts(roster(), extracts, rulebook, PERIOD, None)
    before = evaluate(facts, extracts, rulebook, PERIOD, DIVISION)
    trial = Setting(PERIOD, DIVISION, overrides={"line": 500, "unset_line": 1200})
    return before, judge_rules(facts, extracts, rulebook, trial)


def test_hits_gained_and_lost_are_counted_by_rule_township_and_level(tried):
    change = compare(*tried)
    rows = {(r["rule_id"], r["township"]): r for r in change.by_place.iter_rows(named=True)}
    assert rows["person_costs", "东乡"] == {
        "rule_id": "person_costs", "township": "东乡", "level": "orange",
        "before": 1, "after": 2, "gained": 1, "lost": 0,
    }  # fmt: skip
    assert rows["person_costs", "西乡"]["gained"] == 1
    assert rows["needs_value", "东乡"]["after"] == 1
    back = compare(*tried[::-1]).by_place
    assert back.filter(rule_id="person_costs")["lost"].to_list() == [1, 1]


def test_rules_are_told_by_name(tried):
    titles = compare(*tried).titles
    assert set(titles) == {*tried[0].tally["rule_id"], *tried[1].tally["rule_id"]}
    assert titles["person_costs"] == tried[1].tally.filter(rule_id="person_costs")["title"].item()


def test_the_families_concerned_are_shown(tried):
    change = compare(*tried)
    gained = change.gained.filter(rule_id="person_costs")
    assert gained["person_id"].to_list() == ["P2", "P5"]
    assert change.lost.height == 0


def test_the_change_in_visits_counts_families_once(tried):
    visits = compare(*tried).visits
    assert visits.rows() == [("东乡", 2, 2, 0, 0), ("西乡", 0, 1, 1, 0)]


def test_nothing_changes_without_a_change(tried):
    change = compare(tried[0], tried[0])
    assert (change.gained.height, change.lost.height) == (0, 0)
    assert change.by_place["before"].equals(change.by_place["after"].rename("before"))
