"""The shipped rules as a library: what they cover, what they rest on, what is left to the county."""

import datetime as dt
import re
import shutil

import polars as pl
import pytest

from fpm.judge import build_facts, case_gaps, evaluate
from fpm.model import CANDIDATE_SCHEMA, Period
from fpm.rulebook import rulebook_faults
from fpm.rulebook.evidence import evidence_places
from fpm.shipped import shipped_rules

from .conftest import PERIOD, extract_of, roster_of

SAMPLE_COUNTY = "999901"
NOWHERE = "110101"
DEPARTMENTS = (
    "civil_affairs", "medical_insurance", "education", "housing", "water", "human_resources",
    "disability", "emergency", "agriculture",
)  # fmt: skip
FEWER = {"health": 1, "public_security": 2}
"""Their lists are events of one kind; deaths go to the corrections, vehicles to the hints."""
FINANCE_HINTS = 6


def of_kind(book, kind):
    return [rule for rule in book.rules if rule.kind == kind]


def columns_used(book, rule):
    text = f"{rule.applies_to} {rule.among} {rule.counts} {rule.when}"
    return {name for name in re.findall(r"[a-z_]+", text) if name in book.columns}


def raising(book, department, kind):
    return [
        rule.id
        for rule in of_kind(book, kind)
        if any(name.startswith(f"{department}_") for name in columns_used(book, rule))
    ]


def test_there_are_enough_rules_of_each_kind(book):
    assert len(of_kind(book, "alert")) >= 60
    assert len(of_kind(book, "correction")) >= 16
    assert len(of_kind(book, "hint")) >= 12


def test_risks_of_whole_villages_and_townships_are_watched(book):
    places = [rule for rule in of_kind(book, "alert") if rule.scope in ("village", "township")]
    assert len(places) >= 8
    assert sum(bool(rule.counts) for rule in places) >= 4


@pytest.mark.parametrize(("department", "least"), FEWER.items())
def test_smaller_departments_raise_alerts_too(book, department, least):
    assert len(raising(book, department, "alert")) >= least


def test_register_checks_are_hints_and_never_alerts(book):
    assert len(raising(book, "finance", "hint")) >= FINANCE_HINTS
    assert raising(book, "finance", "alert") == []


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_department_raises_alerts(book, department):
    assert len(raising(book, department, "alert")) >= 3


def test_every_alert_tells_the_visitor_what_to_find_out(book):
    silent = [rule.id for rule in book.rules if rule.kind != "correction" and not rule.advice]
    assert silent == []


def test_every_risk_of_an_alert_has_measures_for_the_able_and_the_unable(book):
    risks = {rule.risk for rule in of_kind(book, "alert")}
    proposed = {measure.risk: measure for measure in book.measures.measure}
    assert risks <= set(proposed)
    assert all(measure.able and measure.unable for measure in proposed.values())


def test_a_value_known_only_from_elsewhere_says_from_where(book):
    parameters = [*book.parameters.values(), *(v for r in book.rules for v in r.values.values())]
    for parameter in parameters:
        for entry in parameter.dated:
            assert entry.adopted or entry.place or "建议" in entry.document, parameter.title


def test_no_rule_hides_a_threshold_in_its_condition(book):
    """Amounts, ages and shares are dated values; what stays are codes, ranks and counts of one."""
    for rule in book.rules:
        numbers = re.findall(r"(?<![\w.'])\d+(?:\.\d+)?", re.sub(r"'[^']*'", "''", rule.when))
        large = [number for number in numbers if float(number) > 2]
        assert large == [] or rule.id in {"id_length", "id_check_digit", "disability_id_check",
                                          "disability_id_class", "disability_id_type"}, (rule.id, large)  # fmt: skip


def test_the_examples_leave_no_threshold_untried(book):
    assert {rule.id: case_gaps(rule, book) for rule in book.rules if case_gaps(rule, book)} == {}


def test_evidence_of_a_person_names_the_person(book):
    for rule in book.rules:
        if rule.scope == "person":
            assert any(place.sql == "name" for place in evidence_places(rule.evidence)), rule.id


def test_unverified_lines_stop_their_rules_outside_the_sample_county(book):
    elsewhere = book.values(PERIOD, NOWHERE)
    at_home = book.values(PERIOD, SAMPLE_COUNTY)
    assert set(elsewhere.unset) == {
        "city_income_per_person",
        "dibao_standard_last_year",
        "local_income_per_person",
        "monitoring_line",
        "provincial_rural_income",
    }
    assert not at_home.unset
    roster = roster_of(book, [{"person_id": "P1", "name": "赵大山", "relation": "户主"}])
    facts = build_facts(roster, [], book, PERIOD, None)
    tally = evaluate(facts, [], book, PERIOD, NOWHERE).tally
    stopped = tally.filter(pl.col("stopped").is_not_null())
    assert set(stopped["rule_id"]) == {
        "annual_burden_lifted",
        "burden_aided",
        "burden_insured",
        "annual_burden_other",
        "income_after_medical_below_line",
        "income_below_line_cleared",
        "income_below_line_lifted",
        "income_below_line_other",
        "tekun_below_standard",
        "tilted_aid_due",
    }
    named = stopped["stopped"].str.contains("监测线|人均可支配收入|低保标准")
    assert named.all()
    assert evaluate(facts, [], book, PERIOD, SAMPLE_COUNTY).tally["stopped"].null_count() == len(book.rules)  # fmt: skip


@pytest.mark.parametrize(
    ("division", "period", "line"),
    [
        ("220281", "2020-12", 5000),
        ("220281", "2021-01", 6000),
        ("220281", "2021-12", 6000),
        ("220281", "2022-01", None),
        ("420902", "2021-05", 6154.5),
        ("530102", "2022-05", None),
        ("350121", "2023-05", 10560),
        ("360703", "2024-05", 8500),
        ("350526", "2024-05", 19560),
        ("530102", "2025-06", 8700),
        ("530102", "2026-01", None),
        (SAMPLE_COUNTY, "2026-01", 9000),
    ],
)
def test_the_monitoring_line_by_place_and_month(book, division, period, line):
    found = book.values(Period.parse(period), division).in_force.get("monitoring_line")
    assert (found.value if found else None) == line


class TestAbsence:
    """Nobody is absent while the list is not whole or an undecided row may be theirs."""

    RULE = "not_insured"

    def outcome(self, book, rows, *, candidates=(), delivered=("2026-10",)):
        roster = roster_of(
            book,
            [{"person_id": "P1", "name": "赵大山", "birth_date": dt.date(1970, 5, 1)}],
        )
        layout = book.layout("medical_insurance", "enrolment")
        extract = extract_of(layout, rows, delivered)
        if candidates:
            schema = {"period": pl.String, **CANDIDATE_SCHEMA}
            found = pl.DataFrame(list(candidates), schema=schema)
            extract = type(extract)(layout, extract.records, found, extract.delivered)
        facts = build_facts(roster, [extract], book, PERIOD, None)
        tally = evaluate(facts, [extract], book, PERIOD, SAMPLE_COUNTY).tally
        counts = tally.filter(pl.col("rule_id") == self.RULE).row(0, named=True)
        return next(name for name in ("hit", "clear", "unknown", "not_applicable") if counts[name])

    def test_not_on_a_whole_list(self, book):
        assert self.outcome(book, []) == "hit"

    def test_on_the_list(self, book):
        assert self.outcome(book, [{"insured_status": "已参保"}]) == "clear"

    def test_no_list_this_month(self, book):
        assert self.outcome(book, [], delivered=()) == "unknown"

    def test_an_undecided_row_may_be_this_person(self, book):
        maybe = {"period": "2026-10", "person_id": "P1", "household_id": "H1", "rank": 1}
        assert self.outcome(book, [], candidates=[maybe]) == "unknown"


def test_a_layout_may_not_take_the_name_of_a_match_column(tmp_path):
    """Matching puts ``status`` beside every record; a field of that name would be lost."""
    rules = tmp_path / "rules"
    shutil.copytree(shipped_rules(), rules)
    dibao = rules / "layouts" / "civil_affairs" / "dibao.toml"
    dibao.write_text(dibao.read_text("utf-8").replace("payment_state", "status"), "utf-8")
    assert any("“status”是比对结果自己的列名" in str(fault) for fault in rulebook_faults(rules))
