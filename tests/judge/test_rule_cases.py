"""The examples inside rules are judged, and must cover the rule; those shipped do."""

import datetime as dt
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from fpm.judge import case_gaps, run_cases
from fpm.rulebook import load_rulebook
from fpm.rulebook.rule import RuleSpec
from fpm.shipped import shipped_rules

SHIPPED = load_rulebook(shipped_rules())
README = Path(__file__).parents[2] / "rules" / "README.md"


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_every_shipped_rule_passes_its_own_examples(rule):
    for result in run_cases(rule, SHIPPED):
        assert result.passed, f"{result.case.name}：{result.got} {result.stopped}"


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_the_examples_of_every_shipped_rule_cover_it(rule):
    assert case_gaps(rule, SHIPPED) == ()


def test_the_rule_of_the_language_page_works_as_printed():
    text = README.read_text(encoding="utf-8")
    blocks = map(tomllib.loads, re.findall(r"```toml\n(.*?)```", text, re.DOTALL))
    (printed,) = [block for block in blocks if "when" in block]
    rule = RuleSpec.model_validate(printed)
    book = replace(SHIPPED, rules=(rule,))
    hit, *others = run_cases(rule, book)
    assert hit.evidence == "这户有2人未满16岁，能劳动的只有张三。"
    assert all(result.passed for result in (hit, *others))
    assert case_gaps(rule, book) == ()


def _rule(**changes):
    given = {
        "id": "costs",
        "title": "花费",
        "kind": "alert",
        "scope": "person",
        "risk": "因病",
        "level": "red",
        "when": "medical_insurance_self_paid_year >= costs_line",
        "evidence": "{name}花了{medical_insurance_self_paid_year:元}。",
        "values": {
            "costs_line": {
                "title": "线",
                "dated": ({"from": "2026-01", "value": 100, "document": "某文件"},),
            }
        },
        "source": ({"document": "某文件", "confidence": "policy"},),
        "case": (),
    }
    return RuleSpec.model_validate({**given, **changes})


def _case(expect, paid, **extra):
    person = {} if paid is None else {"medical_insurance_self_paid_year": paid}
    return {"name": expect, "expect": expect, "person": person, **extra}


def test_an_example_that_comes_out_otherwise_is_reported_with_what_it_was():
    (wrong,) = run_cases(_rule(case=(_case("hit", 99),)), SHIPPED)
    assert (wrong.passed, wrong.got) == (False, "clear")


def test_an_example_may_set_values_and_lives_in_its_period():
    set_here = _case("hit", 99, values={"costs_line": 50})
    too_early = _case("hit", 99, period="2025-12")
    first, second = run_cases(_rule(case=(set_here, too_early)), SHIPPED)
    assert (first.passed, first.evidence) == (True, "（未填）花了99元。")
    assert second.got is None
    assert "costs_line" in second.stopped


def test_an_example_may_be_known_from_below_only():
    person = {"medical_insurance_self_paid_year__at_least": 150}
    case = {"name": "至少", "expect": "hit", "person": person}
    (found,) = run_cases(_rule(case=(case,)), SHIPPED)
    assert (found.passed, found.evidence) == (True, "（未填）花了至少150元。")


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ([_case("hit", 100), _case("clear", 99)], []),
        ([_case("hit", 101), _case("clear", 99)], ["正好等于"]),
        ([_case("hit", 100), _case("hit", 150)], ["不命中", "小于"]),
        ([_case("clear", 99), _case("unknown", None)], ["命中", "正好等于"]),
    ],
)
def test_what_examples_leave_untried_is_named(cases, told):
    gaps = case_gaps(_rule(case=tuple(cases)), SHIPPED)
    assert len(gaps) == len(told)
    for gap, word in zip(gaps, told, strict=True):
        assert word in gap


def test_a_threshold_between_two_sides_counts_wherever_it_stands():
    rule = _rule(
        scope="household",
        when="costs_line < SUM(medical_insurance_self_paid_year) OR ANY(age BETWEEN 1 AND costs_line)",
        evidence="有情况。",
        case=(
            {
                "name": "hit",
                "expect": "hit",
                "members": ({"medical_insurance_self_paid_year": 101, "age": 1},),
            },
            {
                "name": "clear",
                "expect": "clear",
                "members": (
                    {"medical_insurance_self_paid_year": 60, "age": 0},
                    {"medical_insurance_self_paid_year": 40, "age": 120},
                ),
            },
        ),
    )
    (gap,) = case_gaps(rule, SHIPPED)
    assert "age <= costs_line" in gap
    assert "正好等于" in gap


def test_values_compared_with_each_other_are_no_threshold_of_anybody():
    cases = (_case("hit", 100), _case("clear", 99))
    when = "medical_insurance_self_paid_year >= costs_line AND costs_line > 50"
    assert case_gaps(_rule(when=when, case=cases), SHIPPED) == ()


@pytest.mark.parametrize(
    ("when", "on_it", "beside"),
    [
        ("age > 60", {"age": 60}, {"age": 61}),
        ("age <= 60", {"age": 60}, {"age": 61}),
        ("60 <= age", {"age": 60}, {"age": 59}),
        ("age + 1 > YEAR(period_end) - 2000", {"age": 25}, {"age": 26}),
        ("identified_on < DATE '2024-01-01'", {"identified_on": "2024-01-01"}, {"identified_on": "2023-12-31"}),
        ("identified_on >= period_end - INTERVAL '1' MONTH", {"identified_on": "2026-09-30"}, {"identified_on": "2026-09-29"}),
        ("MONTHS_BETWEEN(identified_on, period_end) >= 6", {"identified_on": "2026-04-30"}, {"identified_on": "2026-05-01"}),
    ],
)  # fmt: skip
def test_written_numbers_and_days_are_limits_too(when, on_it, beside):
    def gaps(*rows):
        cases = [{"name": "hit", "expect": "hit", "person": {}}, _case("clear", 1)]
        for row in rows:
            person = {
                name: dt.date.fromisoformat(cell) if isinstance(cell, str) else cell
                for name, cell in row.items()
            }
            cases.append({"name": "x", "expect": "hit", "person": person})
        return case_gaps(_rule(when=when, values={}, case=tuple(cases)), SHIPPED)

    assert gaps(on_it, beside) == ()
    (without,) = gaps(beside)
    assert "正好等于" in without
    (only,) = gaps(on_it)
    assert "小于" in only or "大于" in only


def test_what_is_equal_or_not_has_no_two_sides():
    when = "disability_grade = 1 OR housing_assessment_present OR civil_affairs_present"
    cases = ({"name": "a", "expect": "hit", "person": {}}, _case("clear", 1))
    assert case_gaps(_rule(when=when, values={}, case=cases), SHIPPED) == ()


def test_a_value_that_changes_wants_an_example_in_the_months_around():
    dated = (
        {"from": "2026-01", "value": 100, "document": "某文件"},
        {"from": "2026-07", "value": 120, "document": "某文件"},
    )
    values = {"costs_line": {"title": "线", "dated": dated}}
    after = [_case("hit", 120, period="2026-07"), _case("clear", 119)]
    (gap,) = case_gaps(_rule(values=values, case=tuple(after)), SHIPPED)
    assert "costs_line 从 2026-07 起改变，缺少 2026-06 的示例" in gap
    both = (*after, _case("hit", 100, period="2026-06"))
    assert case_gaps(_rule(values=values, case=both), SHIPPED) == ()
