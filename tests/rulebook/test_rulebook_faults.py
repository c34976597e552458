"""Every mistake in a rules folder is one Chinese line with file, line and key."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fpm.errors import RulebookError
from fpm.rulebook import load_rulebook

ROSTER = "layouts/roster/persons.toml"
EXTRACT = "layouts/medical_insurance/settlement.toml"
LINE = "parameters/illness_line.toml"
RULE = "policies/illness/high_cost.toml"


def test_a_folder_without_mistakes_has_no_faults(rules):
    assert rules.faults() == []


# (file, what stands there, what it is changed to, key of the fault, words of the message)
CHANGES = {
    "unknown key, near a known one": (
        RULE,
        'title = "医疗自付较高"',
        'titel = "医疗自付较高"',
        "titel",
        "是不是“title”",
    ),
    "unknown key in a nested table": (
        ROSTER,
        'headers = ["姓名"]',
        'headers = ["姓名"]\nrequird = true',
        "fields.name.requird",
        "是不是“required”",
    ),
    "unknown key in a list of tables": (
        LINE,
        'document = "某县方案"',
        'document = "某县方案"\nadoptd = true',
        "dated[1].adoptd",
        "是不是“adopted”",
    ),
    "an alias is offered under its own name": (
        LINE,
        'from = "2021-01"',
        'from = "2021-01"\nfrm = "2021-01"',
        "dated[1].frm",
        "是不是“from”",
    ),
    "text where a truth value belongs": (
        ROSTER,
        "multiple = true",
        'multiple = "true"',
        "fields.risks.multiple",
        "true 或 false",
    ),
    "number where text belongs": (
        RULE,
        'title = "医疗自付较高"',
        "title = 3",
        "title",
        "应是文字",
    ),
    "text where a list belongs": (
        ROSTER,
        'headers = ["户编号"]',
        'headers = "户编号"',
        "fields.household_id.headers",
        "清单",
    ),
    "an empty list of headers": (
        ROSTER,
        'headers = ["户编号"]',
        "headers = []",
        "fields.household_id.headers",
        "至少要有 1 项",
    ),
    "a field type nobody knows": (
        ROSTER,
        'type = "money"',
        'type = "mony"',
        "fields.income.type",
        "是不是“money”",
    ),
    "a level nobody knows": (
        RULE,
        'level = "orange"',
        'level = "orang"',
        "level",
        "只能是 red、orange、yellow；是不是“orange”",
    ),
    "a month that is not one": (
        LINE,
        'from = "2021-01"',
        'from = "2021-13"',
        "dated[1].from",
        "年-月",
    ),
    "a value of no possible type": (
        LINE,
        "value = 5000",
        "value = { a = 1 }",
        "dated[1].value",
        "应是数、文字、日期",
    ),
    "a value below its bound": (
        RULE,
        'level = "orange"',
        'level = "orange"\nsilence = -1',
        "silence",
        "不小于 0",
    ),
    "a folder that is not the department": (
        EXTRACT,
        'department = "medical_insurance"',
        'department = "education"',
        "department",
        "却放在",
    ),
    "a department nobody knows": (
        EXTRACT,
        'department = "medical_insurance"',
        'department = "medical_insuranc"',
        "department",
        "却放在",
    ),
    "a file name that is not the kind": (
        EXTRACT,
        'kind = "settlement"',
        'kind = "bills"',
        "kind",
        "文件名却是 settlement.toml",
    ),
    "a file name that is not the id": (RULE, 'id = "high_cost"', 'id = "high"', "id", "文件名却是"),
    "a correction among the policies": (
        RULE,
        'kind = "alert"',
        'kind = "correction"',
        "kind",
        "quality/",
    ),
    "a header that names two fields": (
        EXTRACT,
        'headers = ["个人自付", "自付"]',
        'headers = ["个人自付", "结算日期"]',
        "fields.self_paid.headers",
        "已经是 settled_on 的表头",
    ),
    "a header that is another field's title": (
        EXTRACT,
        'headers = ["结算日期"]',
        'headers = ["个人 自付"]',
        "fields.self_paid.headers",
        "已经是 settled_on 的表头",
    ),
    "a header that is read and ignored": (
        EXTRACT,
        'order_by = "settled_on"',
        'order_by = "settled_on"\nignored = ["自付"]',
        "ignored",
        "不能又不读",
    ),
    "a spelling of two values": (
        ROSTER,
        'spellings."无劳动力" = []',
        'spellings."无劳动力" = ["有劳动力"]',
        "fields.labour.spellings.无劳动力",
        "已经归到“普通劳动力”",
    ),
    "a blank word that is a value": (
        ROSTER,
        'spellings."无劳动力" = []',
        'spellings."无劳动力" = []\nblank_words = ["无劳动力"]',
        "fields.labour.blank_words",
        "不能又当作空白",
    ),
    "spellings of a number": (
        EXTRACT,
        'headers = ["个人自付", "自付"]',
        'headers = ["自付"]\nspellings."零" = ["0"]',
        "fields.self_paid.spellings",
        "只有 category 和 yes_no",
    ),
    "a text column with several values": (
        ROSTER,
        'headers = ["户编号"]',
        'headers = ["户编号"]\nmultiple = true',
        "fields.household_id.multiple",
        "一格多值",
    ),
    "a unit on a text column": (
        ROSTER,
        'headers = ["户编号"]',
        'headers = ["户编号"]\nunit = "户"',
        "fields.household_id.unit",
        "才有单位",
    ),
    "a third value of yes and no": (
        EXTRACT,
        "[facts.self_paid_year]",
        '[fields.aid]\ntitle = "救助"\ntype = "yes_no"\nheaders = ["救助"]\nspellings."不详" = ["?"]\n\n[facts.self_paid_year]',
        "fields.aid.spellings",
        "没有“不详”",
    ),
    "two columns in one role": (
        EXTRACT,
        'type = "date"',
        'type = "person_name"\nrole = "name"',
        "fields.settled_on.role",
        "已经由 name 担任",
    ),
    "a role of the wrong type": (
        EXTRACT,
        'type = "person_name"',
        'type = "text"',
        "fields.name.type",
        "应是 person_name",
    ),
    "a role nobody knows": (
        EXTRACT,
        'type = "person_name"',
        'type = "person_name"\nrole = "nmae"',
        "fields.name.role",
        "是不是“name”",
    ),
    "a fingerprint of a field that is not there": (
        EXTRACT,
        'fields = ["self_paid"]',
        'fields = ["self_payd"]',
        "recognise.fields",
        "是不是“self_paid”",
    ),
    "a block known by a field that is not there": (
        EXTRACT,
        "[recognise]",
        '[[blocks]]\nprefix = "复核后"\nmarks = ["settled"]\n\n[recognise]',
        "blocks[1].marks",
        "没有“settled”",
    ),
    "an order by a field that is not there": (
        EXTRACT,
        'order_by = "settled_on"',
        'order_by = "settled"',
        "order_by",
        "没有“settled”",
    ),
    "an order by an amount": (
        EXTRACT,
        'order_by = "settled_on"',
        'order_by = "self_paid"',
        "order_by",
        "应是日期",
    ),
    "a bare amount of money": (
        EXTRACT,
        'headers = ["个人自付", "自付"]',
        'headers = ["个人自付", "自付"]\nbare = true',
        "fields.self_paid.bare",
        "只有 number",
    ),
    "a value of a roster column that is not there": (
        EXTRACT,
        'headers = ["个人自付", "自付"]',
        'headers = ["个人自付", "自付"]\nfrom_roster = "incom"',
        "fields.self_paid.from_roster",
        "是不是“income”",
    ),
    "a value of a roster column of another type": (
        EXTRACT,
        'headers = ["个人自付", "自付"]',
        'headers = ["个人自付", "自付"]\nfrom_roster = "labour"',
        "fields.self_paid.from_roster",
        "那里是 category",
    ),
    "the roster's own value from the roster": (
        ROSTER,
        'headers = ["人均纯收入"]',
        'headers = ["人均纯收入"]\nfrom_roster = "income"',
        "fields.income.from_roster",
        "只有按人、按户比对",
    ),
    "facts of the roster": (
        ROSTER,
        "[derived.age]",
        '[facts.n]\ntitle = "n"\nsql = "COUNT(*)"\n\n[derived.age]',
        "facts",
        "花名册没有指标",
    ),
    "a derived column outside the roster": (
        EXTRACT,
        "[facts.self_paid_year]",
        '[derived.x]\ntitle = "x"\nsql = "1"\n\n[facts.self_paid_year]',
        "derived",
        "只有花名册",
    ),
    "a fact over a column that is not there": (
        EXTRACT,
        "SUM(self_paid)",
        "SUM(self_payd)",
        "facts.self_paid_year.sql",
        "是不是“self_paid”",
    ),
    "a fact that is no aggregate": (
        EXTRACT,
        "SUM(self_paid)",
        "self_paid",
        "facts.self_paid_year.sql",
        "self_paid",
    ),
    "a derived column over a name that is not there": (
        ROSTER,
        "AGE(birth_date, period_end)",
        "AGE(birth_dat, period_end)",
        "derived.age.sql",
        "是不是“birth_date”",
    ),
    "a derived column named like a roster column": (
        ROSTER,
        "[derived.age]",
        "[derived.income]",
        "derived.income",
        "同名",
    ),
    "a village list without village": (
        EXTRACT,
        'coverage = "events"',
        'coverage = "events"\nmatch_on = "village"',
        "match_on",
        "乡镇和村",
    ),
    "a parameter in a file of another name": (
        LINE,
        'name = "illness_line"',
        'name = "illnes_line"',
        "name",
        "文件名却是",
    ),
    "a parameter named like a column": (
        RULE,
        "[[source]]",
        '[values.age]\ntitle = "年龄"\n\n[[source]]',
        "values.age",
        "已经是列名",
    ),
    "a condition with a mistyped column": (
        RULE,
        'applies_to = "labour',
        'applies_to = "labor',
        "applies_to",
        "是不是“labour”",
    ),
    "a condition with a mistyped category": (
        RULE,
        "labour = '无劳动力'\"",
        "labour = '无劳力'\"",
        "applies_to",
        "没有“无劳力”这个取值",
    ),
    "a condition with a full-width sign": (
        RULE,
        'self_paid_year > illness_line"',
        'self_paid_year ＞ illness_line"',
        "when",
        "全角",
    ),
    "a condition that is an amount": (
        RULE,
        'medical_insurance_self_paid_year > illness_line"',
        'illness_line"',
        "when",
        "是/否",
    ),
    "an evidence place that is no column": (
        RULE,
        "{name}自付",
        "{nam}自付",
        "evidence",
        "是不是“name”",
    ),
    "an evidence brace left open": (
        RULE,
        "{name}自付",
        "{name自付",
        "evidence",
        "花括号没有配对",
    ),
    "an unknown risk": (RULE, 'risk = "因病"', 'risk = "生病"', "risk", "没有“生病”这种风险"),
    "an alert without risk": (RULE, 'risk = "因病"', 'risk = ""', "risk", "要写明风险类型"),
    "a worsening of a text column": (
        RULE,
        'level = "orange"',
        'level = "orange"\nworsens = { fact = "labour", by = 1.0 }',
        "worsens.fact",
        "数值列",
    ),
    "an example with a mistyped column": (
        RULE,
        "self_paid_year = 5000 }",
        "self_payd_year = 5000 }",
        "case[2].person.medical_insurance_self_payd_year",
        "是不是“medical_insurance_self_paid_year”",
    ),
    "an example with a text for an amount": (
        RULE,
        "self_paid_year = 5000 }",
        'self_paid_year = "5000" }',
        "case[2].person.medical_insurance_self_paid_year",
        "应是数值",
    ),
    "an example with a category nobody knows": (
        RULE,
        'person = { labour = "无劳动力" }',
        'person = { labour = "无劳力" }',
        "case[3].person.labour",
        "没有“无劳力”这个取值",
    ),
    "an example that sets no parameter": (
        RULE,
        'name = "正好"',
        'name = "正好"\nvalues = { illnes_line = 1 }',
        "case[2].values.illnes_line",
        "是不是“illness_line”",
    ),
    "members in a rule about one person": (
        RULE,
        'person = { labour = "无劳动力" }',
        'members = [{ labour = "无劳动力" }]',
        "case[3].members",
        "用 person",
    ),
    "no example that hits": (RULE, 'expect = "hit"', 'expect = "not_applicable"', "case", "命中"),
    "no example that is clear": (RULE, 'expect = "clear"', 'expect = "hit"', "case", "不命中"),
    "no example that cannot be decided": (
        RULE,
        'expect = "unknown"',
        'expect = "clear"',
        "case",
        "无法判断",
    ),
    "no source": (
        RULE,
        '[[source]]\ndocument = "某县方案"\nconfidence = "practice"',
        "",
        "source",
        "缺少这一项",
    ),
    "a measure for a risk nobody knows": (
        "measures.toml",
        'risk = "因病"\nable',
        'risk = "生病"\nable',
        "measure[1].risk",
        "没有“生病”",
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_mistake_is_named_with_file_key_and_remedy(rules, change):
    file, old, new, key, words = change
    rules.change(file, old, new)
    faults = rules.faults()
    found = [fault for fault in faults if fault.file == file and fault.key == key]
    assert found, [str(fault) for fault in faults]
    assert words in found[0].message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "自付预警线"', 'title "自付预警线"', "缺少等号"),
        ('title = "自付预警线"', 'title = "自付预警线', "引号没有配对"),
        ('title = "自付预警线"', "title = 自付预警线", "加半角双引号"),
        ('title = "自付预警线"', 'title ＝ "自付预警线"', "全角符号“＝”"),
        ('title = "自付预警线"', "title = “自付预警线”", "全角符号““”"),
        ('title = "自付预警线"', 'title = "甲"\ntitle = "乙"', "写了两次"),
        ("[[dated]]", "[[dated", "方括号没有配对"),
        ("[[dated]]", "甲 = 1\n[[dated]]", "中文键名要加半角双引号"),
        ("[[dated]]", "[spellings.甲]\n[[dated]]", "中文键名要加半角双引号"),
        ("value = 5000", "value = [5000, 1", "方括号没有配对"),
        ("value = 5000", "value = 5000 6000", "一行只能写一项"),
        ("[[dated]]", "[name]\n[[dated]]", "写了两次"),
    ],
)
def test_a_syntax_error_is_said_in_chinese_with_its_line(rules, old, new, words):
    rules.change(LINE, old, new)
    fault = next(fault for fault in rules.faults() if fault.file == LINE)
    assert words in fault.message
    assert fault.line > 0
    assert not any(
        "A" <= letter <= "Z" for letter in fault.message.split("（")[0].replace("UTF", "")
    )


def test_a_file_in_another_encoding_is_refused(rules):
    (rules.root / LINE).write_bytes('title = "自付预警线"'.encode("gb18030"))
    fault = next(fault for fault in rules.faults() if fault.file == LINE)
    assert "UTF-8" in fault.message


def test_a_pipe_a_device_and_a_folder_are_no_rule_files(rules):
    (rules.root / "policies" / "folder.toml").mkdir(parents=True)
    os.mkfifo(rules.root / "policies" / "pipe.toml")
    (rules.root / "policies" / "device.toml").symlink_to("/dev/zero")
    faults = {fault.file: fault.message for fault in rules.faults()}
    assert set(faults) == {f"policies/{name}.toml" for name in ("folder", "pipe", "device")}
    assert all("不是普通的文件" in message for message in faults.values())


def test_a_file_of_many_megabytes_is_not_read(rules):
    with (rules.root / LINE).open("wb") as stream:
        stream.truncate(100 << 20)
    fault = next(fault for fault in rules.faults() if fault.file == LINE)
    assert "大于 4 MB" in fault.message


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(rules):
    path = rules.root / LINE
    text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(text.encode("utf-8-sig"))
    assert rules.faults() == []


def test_the_line_of_a_fault_is_the_line_of_its_key(rules):
    rules.change(RULE, 'name = "正好"', 'name = "正好"\nexpct = "clear"')
    fault = next(fault for fault in rules.faults() if fault.key == "case[2].expct")
    text = (rules.root / RULE).read_text(encoding="utf-8").splitlines()
    assert text[fault.line - 1] == 'expct = "clear"'
    assert str(fault).startswith(f"{RULE} 第 {fault.line} 行：case[2].expct：")


def test_a_missing_key_is_placed_on_the_table_it_belongs_to(rules):
    rules.change(LINE, "value = 5000\n", "")
    fault = rules.only_fault()
    assert (fault.key, fault.message) == ("dated[1].value", "缺少这一项")
    assert (rules.root / LINE).read_text(encoding="utf-8").splitlines()[
        fault.line - 1
    ] == "[[dated]]"


def test_all_faults_of_all_files_come_at_once_sorted_by_file_and_line(rules):
    rules.change(RULE, 'level = "orange"', 'level = "purple"')
    rules.change(LINE, 'name = "illness_line"', 'nmae = "illness_line"')
    rules.change(ROSTER, 'type = "money"', 'type = "mony"')
    rules.write("notes.toml", "a = 1")
    with pytest.raises(RulebookError) as raised:
        load_rulebook(rules.root)
    files = [fault.file for fault in raised.value.faults]
    assert {"notes.toml", RULE, LINE, ROSTER} == set(files)
    assert files == sorted(files)
    assert "规则库有" in str(raised.value)


def test_a_broken_layout_does_not_drown_its_message_in_missing_columns(rules):
    rules.change(EXTRACT, 'type = "money"', 'type = "mony"')
    assert rules.only_fault().key == "fields.self_paid.type"


def test_a_missing_setting_is_a_fault_and_missing_matching_is_not(rules):
    (rules.root / "workflow.toml").unlink()
    fault = rules.only_fault()
    assert fault.file == "workflow.toml"
    assert "缺少这个设置文件" in fault.message


def test_a_misplaced_file_is_told_where_files_go(rules):
    rules.write("policies/illness/deep/high_cost.toml", "a = 1")
    rules.write("matchin.toml", "accept = 0.9")
    messages = {fault.file: fault.message for fault in rules.faults()}
    assert "是不是“matching.toml”" in messages["matchin.toml"]
    assert "policies/<风险>/<编号>.toml" in messages["policies/illness/deep/high_cost.toml"]


def test_hidden_files_and_editors_locks_are_not_rules(rules):
    rules.write(".git/config.toml", "x")
    rules.write("policies/illness/~$high_cost.toml", "x")
    assert rules.faults() == []


def test_two_rules_with_one_id_are_refused(rules):
    text = (rules.root / RULE).read_text(encoding="utf-8")
    rules.write("policies/other/high_cost.toml", text)
    fault = rules.only_fault()
    assert fault.key == "id"
    assert RULE in fault.message


def test_two_rosters_are_refused_and_so_is_none(rules):
    text = (rules.root / ROSTER).read_text(encoding="utf-8")
    rules.write("layouts/roster/other.toml", text.replace('"persons"', '"other"'))
    assert any("只能有一个" in fault.message for fault in rules.faults())
    (rules.root / "layouts/roster/other.toml").unlink()
    (rules.root / ROSTER).unlink()
    assert any("缺少农户花名册的版式" in fault.message for fault in rules.faults())


def test_two_facts_of_a_department_may_not_share_a_name(rules):
    text = (rules.root / EXTRACT).read_text(encoding="utf-8")
    rules.write(
        "layouts/medical_insurance/outpatient.toml", text.replace('"settlement"', '"outpatient"')
    )
    fault = rules.only_fault()
    assert fault.key == "facts.self_paid_year"
    assert "medical_insurance_self_paid_year" in fault.message


def test_an_alert_risk_without_measures_is_a_fault(rules):
    rules.change(RULE, 'risk = "因病"', 'risk = "因残"')
    fault = rules.only_fault()
    assert fault.file == "measures.toml"
    assert "因残" in fault.message


def test_a_rule_that_can_always_be_decided_needs_no_undecided_example(rules):
    rules.change(
        RULE, 'when = "medical_insurance_self_paid_year > illness_line"', 'when = "income IS NULL"'
    )
    rules.change(RULE, "applies_to = \"labour = '无劳动力'\"", 'applies_to = "labour IS NOT NULL"')
    rules.change(RULE, 'expect = "unknown"', 'expect = "clear"')
    assert rules.faults() == []


def test_a_folder_that_is_not_there_is_one_fault(tmp_path):
    with pytest.raises(RulebookError, match="没有这个规则文件夹"):
        load_rulebook(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", "2026-10-01T08:00:00", "08:00:00", "[[1]]"]
)
def test_a_value_that_no_condition_could_use_is_refused(rules, value):
    rules.change(LINE, "value = 5000", f"value = {value}")
    assert rules.only_fault().key == "dated[1].value"


def test_brackets_too_deep_to_read_are_one_fault(rules):
    rules.change(LINE, "value = 5000", f"value = {'[' * 20000}")
    fault = next(fault for fault in rules.faults() if fault.file == LINE)
    assert "套得太深" in fault.message


SLIPS = st.sampled_from(
    ["", "3", '"x"', "true", "[]", "{}", "{ a = 1 }", '[1, "甲"]', "nan", "-1", '""', "= =", "“甲”"]
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_slip_of_the_pen_gets_past_as_anything_but_faults(rules, data):
    """Whatever one line becomes, loading says what is wrong or loads; it never breaks off."""
    name = data.draw(st.sampled_from([ROSTER, EXTRACT, LINE, RULE, "workflow.toml"]))
    text = (rules.root / name).read_text(encoding="utf-8")
    lines = text.split("\n")
    number = data.draw(st.integers(0, len(lines) - 1))
    key, equals, _ = lines[number].partition("=")
    lines[number] = f"{key}{equals}{data.draw(SLIPS)}"
    try:
        rules.write(name, "\n".join(lines))
        for fault in rules.faults():
            assert "Input" not in fault.message
            assert fault.message
    finally:
        rules.write(name, text)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("9" * 5000, "太大"),
        ("9" * 400, "太大"),
        ("1000000000000001", "太大"),
        ("-1000000000000001", "太大"),
        ("1e999", "应是数"),
    ],
    ids=lambda text: text[:20],
)
def test_a_number_that_no_amount_is_is_one_fault(rules, value, told):
    rules.change(LINE, "value = 5000", f"value = {value}")
    (fault,) = rules.faults()
    assert told in fault.message


def test_the_largest_number_is_admitted(rules):
    rules.change(LINE, "value = 5000", "value = 1000000000000000")
    assert rules.faults() == []


def test_a_dotted_key_too_deep_to_read_is_one_fault(rules):
    rules.add(RULE, ".".join(["a"] * 3000) + " = 1")
    (fault,) = rules.faults()
    assert "套得太深" in fault.message


def test_a_family_of_thousands_is_one_fault(rules):
    rules.add(RULE, "\n".join(f'[[variant]]\nid = "v{n}"\nfill = {{}}' for n in range(301)))
    (fault,) = rules.faults()
    assert "最多 300 条" in fault.message
