"""What somebody new to the rule book writes first, and what the check tells them to write."""

import pytest

RULE = "policies/illness/high_cost.toml"
WHEN = "medical_insurance_self_paid_year > illness_line"

CONDITIONS = {
    "age = NULL": "IS NULL",
    "NULL <> age": "IS NULL",
    "labour = 普通劳动力": "'普通劳动力'",
    "age > 16 且 age < 60": "“AND”",
    "age > 16 && age < 60": "“AND”",
    "age < 16 或者 age > 60": "“OR”",
    "年龄 > 16": "“age”",
    "16 <= age < 60": "拆成两个",
    "age BETWEEN 16, 60": "用 AND 连接",
    "income > 20,000": "千位",
    "income > 2万": "运算符",
    "name LIKE '王*'": "%",
    "risks = '因病'": "HAS(risks",
    "age ＞ 16": "半角“>”",
    "age > '16'": "数值不加引号",
    "birth_date > '2010-01-01'": "DATE '2026-10-03'",
    "birth_date > period_end - 365": "INTERVAL",
    "AGE(birth_date, TODAY()) > 16": "TODAY",
    "COUNTIF(age > 16) > 1": "COUNT_IF",
    "SUM(income) > 100": "户级",
    "labour = '弱劳力'": "没有“弱劳力”这个取值",
    "ag > 16": "“age”",
    "age > 16;": "分号",
    "age": "应是是/否",
    "medical_insurance_self_paid > 1": "“medical_insurance_self_paid_year”",
}


@pytest.mark.parametrize(("when", "told"), CONDITIONS.items(), ids=CONDITIONS)
def test_the_condition_is_put_right(rules, when, told):
    rules.change(RULE, f'when = "{WHEN}"', f'when = "{when}"')
    faults = [fault for fault in rules.faults() if fault.key == "when"]
    assert faults
    assert all(fault.line == 9 for fault in faults)
    assert told in faults[0].message


def test_counting_a_yes_or_no_is_put_right(rules):
    rules.change(RULE, 'scope = "person"', 'scope = "household"')
    rules.change(RULE, f'when = "{WHEN}"', 'when = "COUNT(age > 16) > 1"')
    faults = [fault.message for fault in rules.faults() if fault.key == "when"]
    assert faults == ["COUNT 数的是有值的行；数成立的行请写 COUNT_IF"]


FILES = {
    ("[[source]]", "[source]"): "两层方括号",
    ('confidence = "practice"', 'confidence = "高"'): "只能是 policy",
    ('level = "orange"', 'level = "橙色"'): "red、orange、yellow",
    ("{illness_line:元}", "｛illness_line:元｝"): "半角",
    ("{illness_line:元}", "{illness_lin:元}"): "illness_line",
    ('id = "high_cost"', 'id = "high_costs"'): "文件名",
    ('title = "医疗自付较高"', "title = “医疗自付较高”"): "半角",
    ('risk = "因病"', ""): "风险",
    ("medical_insurance_self_paid_year = 5000.01", 'medical_insurance_self_paid_year = "5000.01"'): "应是数值",
    ("[[source]]", 'silence = "6个月"\n[[source]]'): "整数",
}  # fmt: skip


@pytest.mark.parametrize(("change", "told"), FILES.items(), ids=[new for _, new in FILES])
def test_the_file_is_put_right_in_one_line(rules, change, told):
    rules.change(RULE, *change)
    fault = rules.only_fault()
    assert fault.file == RULE
    assert told in str(fault)
