"""What somebody new to the rule book writes first, and what the check tells them to write."""

import pytest

LINE = "parameters/illness_line.toml"
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
    "income > 2万": "10000",
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


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (RULE, 'level = "orange"', 'level = "黄"', "是不是“yellow”"),
        (RULE, 'kind = "alert"', 'kind = "预警"', "是不是“alert”"),
        (RULE, 'scope = "person"', 'scope = "户"', "是不是“household”"),
        (RULE, 'expect = "hit"', 'expect = "命中"', "是不是“hit”"),
        (RULE, 'expect = "hit"', "expect = true", "没有“true”这个写法"),
        (RULE, 'confidence = "practice"', 'confidence = "做法"', "是不是“practice”"),
        (RULE, "[[source]]", "[source]", "两层方括号"),
        (RULE, "'无劳动力'\"", '"无劳动力""', "条件里的文本用半角单引号"),
        (RULE, f'"{WHEN}"', f'"{WHEN} AND labour IS 1"', "问是否相等请写 ="),
        (RULE, f'"{WHEN}"', f'"{WHEN} AND age > 50%"', "50% 写 0.5"),
        (RULE, f'"{WHEN}"', f'"{WHEN} AND age > 1万 AND TRUE"', "1万写 10000"),
        (RULE, f'"{WHEN}"', f'"{WHEN} AND age => 1"', "是不是“>=”"),
        (RULE, f'"{WHEN}"', f'"{WHEN} AND medical_insurance_present = 1"', "直接写列名"),
        (RULE, "evidence = ", "evidence = '", "引号没有配对"),
        (RULE, 'evidence = "', 'evidence = """', "引号没有配对"),
        (LINE, "value = 5000", "value = 5000元", "单位写在 unit 里"),
        (LINE, "value = 5000", "value = 50%", "50% 写 0.5"),
        (LINE, "value = 5000", "value = 5,000", "千位分隔"),
        (LINE, "value = 5000", 'value = "5000"', "应是数，不加引号"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_to_write_instead(rules, file, old, new, told):
    rules.change(file, old, new)
    faults = [fault for fault in rules.faults() if fault.file == file and told in fault.message]
    assert faults, [str(fault) for fault in rules.faults()]
    assert faults[0].line > 0


def test_a_quote_never_closed_is_told_at_the_line_where_it_opens(rules):
    rules.change(RULE, 'evidence = "', 'evidence = """')
    (fault,) = [fault for fault in rules.faults() if fault.file == RULE]
    text = (rules.root / RULE).read_text(encoding="utf-8")
    assert text.splitlines()[fault.line - 1].startswith("evidence")


def test_a_key_of_the_rule_after_its_tables_is_told_where_it_belongs(rules):
    rules.add(RULE, "\nsilence = 3\n")
    (fault,) = rules.faults()
    assert "要写在第一个 [表头] 之前" in fault.message


def test_a_value_that_no_condition_names_is_a_slip(rules):
    rules.add(
        RULE,
        '\n[values.age_line]\ntitle = "年龄"\n[[values.age_line.dated]]\n'
        'from = "2021-01"\nvalue = 60\ndocument = "某县方案"\n',
    )
    (fault,) = rules.faults()
    assert (fault.key, fault.message) == (
        "values.age_line",
        "取值“age_line”没有用到：条件和依据里都没有它",
    )


def test_a_value_is_no_column_of_an_example(rules):
    rules.change(RULE, "5000.01 }", "5000.01, illness_line = 3 }")
    (fault,) = rules.faults()
    assert "写在示例的 values 里" in fault.message
