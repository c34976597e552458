"""What the shipped rules look at, and what none of them does."""

import pytest

from fpm.rulebook import load_rulebook
from fpm.rulebook.coverage import coverage
from fpm.shipped import shipped_rules


@pytest.fixture(scope="module")
def book():
    return load_rulebook(shipped_rules())


@pytest.fixture(scope="module")
def told(book):
    return coverage(book)


def users(table, column, value):
    (row,) = [row for row in table.to_dicts() if row[column] == value]
    return row["rules"]


def test_a_fact_is_used_by_the_rules_that_name_it_or_last_months(told):
    found = users(told["columns"], "column", "civil_affairs_dibao_receiving")
    assert {"dibao_stopped", "no_labour_no_allowance"} <= set(found)
    assert "dibao_reduced" in users(told["columns"], "column", "civil_affairs_dibao_pay_month")


def test_what_stands_behind_a_derived_column_is_used_too(told):
    assert "no_labour_no_allowance" in users(told["columns"], "column", "labour")
    assert "measures.toml" in users(told["columns"], "column", "agriculture_measure_health")


def test_every_extract_and_every_risk_is_listed_with_its_rules(told, book):
    kinds = {(layout.department, layout.kind) for layout in book.layouts}
    listed = {(row["department"], row["kind"]) for row in told["extracts"].to_dicts()}
    assert listed == {key for key in kinds if key[0] != "roster"}
    assert all(told["extracts"]["rules"].list.len() > 0)
    assert users(told["risks"], "risk", "因婚") == []
    assert "suspected_dropout" in users(told["risks"], "risk", "因学")


def test_values_and_documents_name_the_rules_that_rest_on_them(told, book):
    rule = book.rule("tekun_below_standard")
    assert rule.id in users(told["values"], "name", "dibao_standard_last_year")
    cited = {
        (row["document"], row["article"]): row["rules"] for row in told["documents"].to_dicts()
    }
    assert all(rule.id in cited[source.document, source.article] for source in rule.source)
