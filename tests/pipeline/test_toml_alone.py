"""What an office changes in TOML takes effect without any Python."""

from __future__ import annotations

from county import HEADER_OF_BILLS, PERIOD, deliver_bill, make_county, run_month

OWN_VALUE = """
[[dated]]
from = "2026-10"
division = "999901"
value = 8000
document = "样例县防返贫办〔2026〕1号（虚构）"
"""
OWN_RULE = """
id = "long_way_from_home"
title = "户主外出务工"
kind = "hint"
scope = "person"
level = "yellow"
when = "relation = '户主' AND household_id = 'H001'"
evidence = "{name}是户主"

[[source]]
document = "测试"
confidence = "proposal"

[[case]]
name = "户主"
expect = "hit"
person = { name = "张三", relation = "户主", household_id = "H001" }
[[case]]
name = "配偶"
expect = "clear"
person = { relation = "配偶", household_id = "H001" }
[[case]]
name = "关系不详"
expect = "unknown"
person = { household_id = "H001" }
"""


def rules_hit(report) -> set[str]:
    return set(report.hits.filter(report.hits["person_id"] == "P003")["rule_id"])


def test_a_threshold_of_the_county_replaces_the_one_from_elsewhere(tmp_path):
    county = make_county(tmp_path / "county")
    deliver_bill(county.inbox(PERIOD), HEADER_OF_BILLS, "9000")
    assert "inpatient_self_paid_other_household" not in rules_hit(run_month(county))

    path = county.rules / "parameters/inpatient_line_other.toml"
    path.write_text(path.read_text("utf-8") + OWN_VALUE, "utf-8")
    report = run_month(county)
    assert "inpatient_self_paid_other_household" in rules_hit(report)
    assert "inpatient_line_other" not in report.reference_values


def test_a_header_nobody_knew_is_read_once_the_layout_names_it(tmp_path):
    county = make_county(tmp_path / "county")
    deliver_bill(county.inbox(PERIOD), (*HEADER_OF_BILLS[:-1], "自己掏的钱"), "29000")
    assert "inpatient_self_paid_other_household" not in rules_hit(run_month(county))

    path = county.rules / "layouts/medical_insurance/settlement.toml"
    known = path.read_text("utf-8")
    path.write_text(known.replace('"个人自付费用"]', '"个人自付费用", "自己掏的钱"]'), "utf-8")
    assert "inpatient_self_paid_other_household" in rules_hit(run_month(county))


def test_a_rule_of_the_county_is_judged(tmp_path):
    county = make_county(tmp_path / "county")
    deliver_bill(county.inbox(PERIOD), HEADER_OF_BILLS, "100")
    path = county.rules / "policies/hints/long_way_from_home.toml"
    path.write_text(OWN_RULE, "utf-8")
    hits = run_month(county).hits
    told = hits.filter(hits["rule_id"] == "long_way_from_home")
    assert told["person_id"].to_list() == ["P001"]
    assert told["evidence"].to_list() == ["赵大山是户主"]
