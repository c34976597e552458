"""What people read follows the words of the month; what data carry stays."""

from dataclasses import replace

import pytest

from fpm.model import Period
from fpm.rulebook import load_rulebook
from fpm.rulebook.describe import parameter_table
from fpm.rulebook.terms import in_terms, wordings
from fpm.shipped import shipped_rules

TERMS = """
[[term]]
word = "因病"
[[term.dated]]
from = "2021-01"
value = "因病"
document = "某文件"
[[term.dated]]
from = "2026-01"
value = "患病致困"
document = "某文件"
"""
RULE = "policies/illness/high_cost.toml"


@pytest.fixture
def book(rules):
    rules.write("terms.toml", TERMS)
    rules.change(RULE, 'title = "医疗自付较高"', 'title = "因病自付较高"')
    return rules.load()


def test_titles_and_measures_change_with_the_month(book):
    before, after = (in_terms(book, Period(year, 6), "999901") for year in (2025, 2026))
    assert before is book
    assert after.rule("high_cost").title == "患病致困自付较高"
    assert after.digest == book.digest


def test_names_that_data_carry_and_conditions_stay(book):
    after = in_terms(book, Period(2026, 6), "999901")
    rule = after.rule("high_cost")
    assert rule.risk == "因病"
    assert (rule.when, rule.source) == (book.rule("high_cost").when, book.rule("high_cost").source)
    assert [measure.risk for measure in after.measures.measure] == [
        measure.risk for measure in book.measures.measure
    ]
    assert after.workflow.results == book.workflow.results


def test_what_stands_in_braces_stays(book):
    (rule,) = book.rules
    told = rule.model_copy(update={"evidence": "因病{IF(HAS(risks, '因病'), 1, 2)}因病"})
    after = in_terms(replace(book, rules=(told,)), Period(2026, 6), "999901")
    assert after.rules[0].evidence == "患病致困{IF(HAS(risks, '因病'), 1, 2)}患病致困"


def test_a_heading_is_known_in_the_words_of_every_month(book):
    assert wordings(book, "因病措施") == ("因病措施", "患病致困措施")
    assert wordings(book, "措施") == ("措施",)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('value = "患病致困"', "value = 3", "文字"),
        ('from = "2026-01"', 'from = "2021-01"', "同时有效"),
        ('word = "因病"', 'wrd = "因病"', "word"),
    ],
)
def test_slips_are_named(rules, before, after, told):
    rules.write("terms.toml", TERMS.replace(before, after))
    assert any(told in fault.message for fault in rules.faults())


def test_the_shipped_terms_change_after_2025():
    book = load_rulebook(shipped_rules())
    after = in_terms(book, Period(2026, 10), "999901")
    assert "监测对象" in book.rule("single_stay_monitored").title
    assert "防止返贫致贫对象" in after.rule("single_stay_monitored").title


def test_a_term_the_county_has_not_adopted_is_listed_as_a_reference_value(rules):
    last = 'value = "患病致困"\ndocument = "某文件"'
    rules.write("terms.toml", TERMS.replace(last, f"{last}\nadopted = false"))
    values = {
        year: parameter_table(rules.load(), Period(year, 6), "999901").row(-1, named=True)
        for year in (2025, 2026)
    }
    assert values[2026]["title"] == "“因病”的说法"
    told = [(values[year]["value"], values[year]["adopted"]) for year in (2025, 2026)]
    assert told == [("因病", True), ("患病致困", False)]
