"""What an office changes in TOML takes effect without any Python."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from rich.console import Console

from county import (
    HEADER_OF_BILLS,
    PERIOD,
    deliver_bill,
    id_number,
    make_county,
    run_month,
    write_csv,
)
from fpm.cli.show.run import show_run
from fpm.model import Period
from fpm.pipeline.explain import explain_target
from fpm.pipeline.followup import list_layout
from fpm.rulebook import load_rulebook

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


OWN_LAYOUT = """
department = "forestry"
department_title = "林草"
kind = "rangers"
title = "生态护林员名单"
match_on = "person"
coverage = "complete"

[recognise]
file_words = ["护林员"]
fields = ["stopped_on"]

[fields.name]
title = "姓名"
type = "person_name"
headers = ["姓名"]
required = true

[fields.id_number]
title = "身份证号"
type = "id_number"
headers = ["身份证号"]

[fields.stopped_on]
title = "停发时间"
type = "date"
headers = ["停发时间"]

[facts.ranger_stopped]
title = "停发护林员补助"
sql = "ANY(stopped_on <= period_end)"
absent = false
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


def test_lists_say_which_lines_the_county_has_not_adopted_until_it_does(tmp_path):
    def told() -> str:
        report = run_month(county)
        (name,) = [name for name in report.published if name.startswith("乡镇/")]
        book = load_workbook(county.out(PERIOD) / name)
        cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
        (evidence,) = [text for text in cells if "的预警线" in text]
        return next(line for line in evidence.split("\n") if "住院报销" in line)

    county = make_county(tmp_path / "county")
    deliver_bill(county.inbox(PERIOD), HEADER_OF_BILLS, "29000")
    assert told().endswith("达到20,000元的预警线（参考值）。")
    path = county.rules / "parameters/inpatient_line_other.toml"
    path.write_text(path.read_text("utf-8") + OWN_VALUE, "utf-8")
    assert told().endswith("达到8,000元的预警线。")


def test_a_line_of_one_rule_is_counted_among_those_not_adopted(tmp_path):
    county = make_county(tmp_path / "county")
    deliver_bill(county.inbox(PERIOD), HEADER_OF_BILLS, "100")
    assert "burden_share_other" in run_month(county).reference_values


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


def test_a_department_of_the_county_has_its_own_name_everywhere(tmp_path):
    county = make_county(tmp_path / "county")
    path = county.rules / "layouts/forestry/rangers.toml"
    path.parent.mkdir()
    path.write_text(OWN_LAYOUT, "utf-8")
    number = id_number("99990119650910003")
    rows = [
        ("姓名", "身份证号", "停发时间"),
        ("孙有才", number, "2026-10-05"),
        ("孙有才", number, "x"),
    ]
    write_csv(county.inbox(PERIOD) / "护林员.csv", rows)
    report = run_month(county)
    console = Console(file=io.StringIO(), width=80)
    show_run(console, county, report, brief=False)
    assert "林草｜护林员.csv" in console.file.getvalue()
    assert "部门反馈/林草.xlsx" in report.published
    row = explain_target(county, PERIOD, "护林员.csv:2")["row"]["matches"][0]
    assert (row["department_title"], row["person_id"]) == ("林草", "P003")


LAST_TERM, NEW_TERM = "监测对象", "防止返贫致贫对象"


def test_lists_speak_in_the_words_of_their_month(tmp_path):
    county = make_county(tmp_path / "county")
    rule = OWN_RULE.replace('kind = "hint"', 'kind = "alert"\nrisk = "其他"')
    rule = rule.replace('"{name}是户主"', '"{name}不是监测对象"').replace(
        "户主外出务工", "监测对象外出"
    )
    (county.rules / "policies/hints/long_way_from_home.toml").write_text(rule, "utf-8")
    forms = county.rules / "workbooks.toml"
    form = forms.read_text("utf-8").replace('title = "拟采取措施"', 'title = "监测对象拟采取措施"')
    forms.write_text(form.replace('sheet = "预警线索"', 'sheet = "监测对象线索"'), "utf-8")
    book = load_rulebook(county.rules)
    assert {LAST_TERM, NEW_TERM} <= {str(entry.value) for entry in book.terms.term[0].dated}

    for period, words, others in (
        (Period(2025, 11), LAST_TERM, NEW_TERM),
        (PERIOD, NEW_TERM, LAST_TERM),
    ):
        bill = ("孙有才", "", "门诊", f"{period}-12", "300", "100")
        write_csv(county.inbox(period) / "医保结算.csv", [HEADER_OF_BILLS, bill])
        report = run_month(county, period, period.last_day)
        mine = report.hits.filter(report.hits["rule_id"] == "long_way_from_home")
        assert mine["evidence"].to_list() == [f"赵大山不是{words}"]
        path = next((county.out(period) / "乡镇").glob("青石镇*.xlsx"))
        sheet = load_workbook(path).worksheets[0]
        cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        assert sheet.title == f"{words}线索"
        assert f"{words}拟采取措施" in cells
        assert not any(others in cell for cell in cells)

    # a list may come back when its words have changed
    assert list_layout(book, "township").fields["proposed"].headers == (
        f"{LAST_TERM}拟采取措施",
        f"{NEW_TERM}拟采取措施",
    )
