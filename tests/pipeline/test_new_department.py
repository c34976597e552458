"""A department that fpm never heard of costs two TOML files and no Python."""

from __future__ import annotations

import json

from openpyxl import load_workbook

from county import PEOPLE, PERIOD, id_number, make_county, run_month, write_xlsx

LAYOUT = """
department = "banking"
department_title = "农商行"
kind = "credit"
title = "农户授信名单"
match_on = "person"
coverage = "complete"

[recognise]
file_words = ["授信"]
fields = ["credit_grade"]

[fields.name]
title = "姓名"
type = "person_name"
headers = ["借款人", "姓名"]
required = true

[fields.id_number]
title = "证件号码"
type = "id_number"
headers = ["证件号码"]
required = true

[fields.credit_grade]
title = "授信等级"
type = "category"
headers = ["授信等级"]
[fields.credit_grade.spellings]
"A" = ["A级", "优"]
"D" = ["D级", "差"]

[fields.overdue]
title = "逾期金额"
type = "money"
unit = "元"
headers = ["逾期金额"]

[facts.overdue]
title = "贷款逾期金额"
sql = "SUM(overdue)"
unit = "元"
absent = 0
"""

RULE = """
id = "loan_overdue"
title = "贷款逾期"
kind = "alert"
scope = "person"
risk = "其他"
level = "orange"
when = "banking_overdue > overdue_line"
evidence = "{name}贷款逾期{banking_overdue:元}"

[values.overdue_line]
title = "贷款逾期预警线"
unit = "元"
[[values.overdue_line.dated]]
from = "2026-01"
value = 1000
document = "测试"

[[source]]
document = "测试"
confidence = "proposal"

[[case]]
name = "超过"
expect = "hit"
person = { name = "张三", banking_overdue = 1000.01 }
[[case]]
name = "正好"
expect = "clear"
person = { banking_overdue = 1000.0 }
[[case]]
name = "不详"
expect = "unknown"
person = {}
"""


def test_a_department_of_its_own_is_read_matched_judged_and_answered_by_toml_alone(tmp_path):
    county = make_county(tmp_path / "county")
    layout = county.rules / "layouts/banking/credit.toml"
    layout.parent.mkdir()
    layout.write_text(LAYOUT, "utf-8")
    rule = county.rules / "policies/several/loan_overdue.toml"
    rule.write_text(RULE, "utf-8")
    rows = [
        ("样例县农户授信名单",),
        ("借款人", "证件号码", "授信等级", "逾期金额（万元）"),
        ("钱秀英", id_number(PEOPLE[1][5]), "差", "1.25"),
        ("周不在", "99990119900101999X", "优", ""),
    ]
    write_xlsx(county.inbox(PERIOD) / "农商行授信10月.xlsx", rows)

    report = run_month(county)

    hits = report.hits.filter(report.hits["rule_id"] == "loan_overdue").to_dicts()
    assert [hit["person_id"] for hit in hits] == ["P002"]
    assert hits[0]["evidence"] == "钱秀英贷款逾期12,500元"
    sources = json.loads(hits[0]["sources"])
    assert [(source["department"], source["file"], source["row"]) for source in sources] == [
        ("roster", "（自定义）人员信息_20261008.xlsx", 5),
        ("banking", "农商行授信10月.xlsx", 3),
    ]
    assert report.reconciles
    book = load_workbook(county.out(PERIOD) / "部门反馈/农商行.xlsx")
    told = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    book.close()
    assert "农商行授信10月.xlsx" in told  # the row of somebody who is not in the roster
