"""A rules folder becomes one frozen rule book; everything in it can be looked up."""

import pytest
from pydantic import ValidationError

from fpm.errors import RefusedError, RulebookError
from fpm.model import Period
from fpm.rulebook import open_rulebook
from fpm.rulebook.describe import (
    parameter_table,
    rule_names,
    rule_table,
    used_values,
    value_history,
)

LINE = "parameters/illness_line.toml"
RULE = "policies/illness/high_cost.toml"
OCTOBER = Period(2026, 10)

CERTIFICATES = """
department = "disability"
kind = "certificates"
title = "残疾人证名单"
coverage = "complete"

[recognise]
file_words = ["残疾"]
fields = ["grade"]

[fields.name]
title = "姓名"
type = "person_name"
headers = ["姓名"]

[fields.id_number]
title = "残疾证号"
type = "id_number"
headers = ["残疾证号"]

[fields.grade]
title = "残疾等级"
type = "category"
headers = ["残疾等级"]
spellings."一级" = ["壹级", "1级"]
spellings."二级" = ["贰级", "2级"]
spellings."三级" = ["叁级", "3级"]

[facts.grade]
title = "残疾等级"
sql = "LAST(grade)"
"""

SEVERE = """
id = "newly_severe"
title = "新增重度残疾"
kind = "alert"
scope = "person"
risk = "因残"
level = "orange"
when = "disability_grade IN ('一级', '二级') AND previous_disability_present IS FALSE"
evidence = "{name}新办残疾人证，等级{disability_grade}。"
source = [{ document = "漯河市防返贫预警规则", confidence = "weak" }]
case = [
  { name = "新办一级", expect = "hit", person = { disability_grade = "一级", previous_disability_present = false } },
  { name = "三级", expect = "clear", person = { disability_grade = "三级", previous_disability_present = false } },
  { name = "没有残联数据", expect = "unknown", person = { previous_disability_present = false } },
]
"""


def test_layouts_rules_and_parameters_are_found_by_name(rules):
    book = rules.load()
    assert book.roster_layout.title == "农户花名册"
    assert book.layout("medical_insurance", "settlement").title == "医保结算明细"
    assert book.rule("high_cost").risk == "因病"
    assert set(book.parameters) == {"illness_line"}
    assert book.files == {"high_cost": RULE}
    assert book.matching.accept == 0.9
    assert book.department_title("medical_insurance") == "医保"


def test_who_judges_nobody_opens_the_same_book_without_its_conditions(rules):
    opened = open_rulebook(rules.root)
    assert opened == rules.load()
    assert opened.columns == rules.load().columns
    rules.change(RULE, "> illness_line", "> ilness_line")
    assert open_rulebook(rules.root).rule("high_cost").title == opened.rule("high_cost").title
    assert rules.faults()
    rules.change(RULE, 'level = "orange"', 'level = "purple"')
    with pytest.raises(RulebookError, match="purple"):
        open_rulebook(rules.root)


def test_what_is_not_there_is_refused_with_the_nearest_name(rules):
    book = rules.load()
    with pytest.raises(RefusedError, match="是不是“high_cost”"):
        book.rule("high_cots")
    with pytest.raises(RefusedError, match="education/enrolment"):
        book.layout("education", "enrolment")


def test_a_rule_book_cannot_be_changed(rules):
    book = rules.load()
    with pytest.raises(AttributeError):
        book.rules = ()
    with pytest.raises(ValidationError):
        book.rules[0].level = "red"


def test_the_digest_follows_content_and_names_only(rules, tmp_path):
    first = rules.load().digest
    (rules.root / "README.md").write_text("说明", encoding="utf-8")
    assert rules.load().digest == first
    moved = rules.root.rename(tmp_path / "elsewhere")
    assert type(rules)(moved).load().digest == first
    type(rules)(moved).change(LINE, "value = 5000", "value = 5001")
    assert type(rules)(moved).load().digest != first


def test_conditions_may_name_roster_derived_facts_presence_last_month_and_values(rules):
    book = rules.load()
    names = set(book.names(book.rule("high_cost")))
    assert {
        "labour",
        "age",
        "valid_id",
        "medical_insurance_self_paid_year",
        "previous_medical_insurance_self_paid_year",
        "medical_insurance_present",
        "medical_insurance_settlement_present",
        "previous_medical_insurance_present",
        "illness_line",
        "period_start",
        "period_end",
    } <= names
    assert "self_paid" not in names  # a column of the extract, not of a person


def test_a_new_department_needs_toml_alone(rules):
    rules.write("layouts/disability/certificates.toml", CERTIFICATES)
    rules.write("policies/disability/newly_severe.toml", SEVERE)
    rules.add(
        "measures.toml",
        '\n[[measure]]\nrisk = "因残"\nable = ["就业帮扶"]\nunable = ["残疾人补贴"]\n',
    )
    book = rules.load()
    assert book.layout("disability", "certificates").fields["grade"].spellings["一级"] == (
        "壹级",
        "1级",
    )
    assert book.rule("newly_severe").risk == "因残"
    assert book.department_title("disability") == "残联"


def test_a_department_nobody_foresaw_brings_its_own_title(rules):
    text = CERTIFICATES.replace('"disability"', '"red_cross"')
    rules.write("layouts/red_cross/certificates.toml", text)
    fault = rules.only_fault()
    assert "department_title" in fault.message
    rules.write("layouts/red_cross/certificates.toml", 'department_title = "红十字会"\n' + text)
    assert rules.load().department_title("red_cross") == "红十字会"


def test_a_threshold_changes_by_one_dated_entry(rules):
    rules.add(LINE, '\n[[dated]]\nfrom = "2027-01"\nvalue = 6000\ndocument = "某县新方案"\n')
    book = rules.load()
    values = {
        str(period): book.values(period, "999901").in_force["illness_line"].value
        for period in (Period(2026, 12), Period(2027, 1))
    }
    assert values == {"2026-12": 5000, "2027-01": 6000}


def test_the_rule_table_says_what_is_stopped_and_what_is_a_reference_value(rules):
    running = rule_table(rules.load(), OCTOBER, "999901").row(0, named=True)
    assert (running["rule_id"], running["stopped_by"], running["reference"]) == (
        "high_cost",
        None,
        None,
    )
    assert (running["document"], running["file"]) == ("某县方案", RULE)
    rules.change(LINE, "value = 5000", "value = 5000\nadopted = false")
    assert rule_table(rules.load(), OCTOBER, "999901")["reference"].item() == "自付预警线"
    rules.change(LINE, "value = 5000", 'value = 5000\nuntil = "2026-09"')
    assert rule_table(rules.load(), OCTOBER, "999901")["stopped_by"].item() == "自付预警线"


def test_a_rule_uses_what_its_conditions_and_its_evidence_name(rules):
    book = rules.load()
    rule = book.rule("high_cost")
    assert rule_names(book, rule) == {
        "labour",
        "name",
        "medical_insurance_self_paid_year",
        "illness_line",
    }
    assert used_values(book, rule) == ("illness_line",)


def test_the_history_of_a_value_marks_the_entry_in_force(rules):
    rules.add(LINE, '\n[[dated]]\nfrom = "2026-01"\nvalue = 6000.5\ndocument = "某县新方案"\n')
    rules.add(
        LINE, '\n[[dated]]\nfrom = "2026-01"\ndivision = "22"\nvalue = 7000\ndocument = "省文件"\n'
    )
    book = rules.load()
    table = value_history(book, book.rule("high_cost"), OCTOBER, "999901")
    assert table.select("value", "from", "until", "division", "in_force").rows() == [
        ("5000", "2021-01", "2025-12", "", False),
        ("6000.5", "2026-01", None, "", True),
        ("7000", "2026-01", None, "22", False),
    ]


def test_the_parameter_table_names_the_rules_an_unset_value_stops(rules):
    rules.write("parameters/unused.toml", 'name = "unused"\ntitle = "没有用到"\n')
    text = (rules.root / LINE).read_text(encoding="utf-8")
    rules.write(LINE, text[: text.index("[[dated]]")])
    table = parameter_table(rules.load(), OCTOBER, "999901")
    assert table.select("name", "value", "used_by").rows() == [
        ("illness_line", None, ["high_cost"]),
        ("unused", None, []),
    ]


def test_the_title_of_an_earlier_presence_does_not_name_this_period(rules):
    rules.write("layouts/disability/certificates.toml", CERTIFICATES)
    columns = rules.load().columns
    assert columns["disability_certificates_present"].title == "在本期残疾人证名单中"
    assert columns["previous_disability_certificates_present"].title == "上期在残疾人证名单中"
    assert columns["last_year_disability_present"].title == "上年同期在该部门数据中"
