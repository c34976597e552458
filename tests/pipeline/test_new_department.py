"""A department that fpm never heard of costs two TOML files and no Python."""

from __future__ import annotations

import json

from county import PEOPLE, PERIOD, id_number, make_county, run_month, write_xlsx

LAYOUT = """
department = "disability"
kind = "certificates"
title = "残疾人证名单"
match_on = "person"
coverage = "complete"

[recognise]
file_words = ["残疾", "残联"]
fields = ["grade"]

[fields.name]
title = "姓名"
type = "person_name"
headers = ["姓名"]
required = true

[fields.id_number]
title = "残疾证号"
type = "id_number"
headers = ["残疾证号", "残疾人证号"]
required = true

[fields.grade]
title = "残疾等级"
type = "category"
headers = ["残疾等级"]
[fields.grade.spellings]
"一级" = ["1级", "壹级"]
"二级" = ["2级", "贰级"]
"三级" = ["3级", "叁级"]
"四级" = ["4级", "肆级"]

[facts.grade]
title = "残疾等级"
sql = "LAST(grade)"
"""

RULE = """
id = "severe_disability_certified"
title = "持有一二级残疾人证"
kind = "alert"
scope = "person"
risk = "因残"
level = "orange"
when = "disability_grade IN ('一级', '二级')"
evidence = "残联名单显示残疾等级为{disability_grade}"

[[source]]
document = "测试"
confidence = "proposal"

[[case]]
name = "一级"
expect = "hit"
person = { disability_grade = "一级" }
[[case]]
name = "三级"
expect = "clear"
person = { disability_grade = "三级" }
[[case]]
name = "等级不详"
expect = "unknown"
person = {}
"""


def test_a_department_of_its_own_is_read_matched_and_judged_by_toml_alone(tmp_path):
    county = make_county(tmp_path / "county")
    layout = county.rules / "layouts/disability/certificates.toml"
    layout.parent.mkdir(exist_ok=True)
    layout.write_text(LAYOUT, "utf-8")
    rule = county.rules / "policies/因残/severe_disability_certified.toml"
    rule.parent.mkdir(exist_ok=True)
    rule.write_text(RULE, "utf-8")
    certificate = id_number(PEOPLE[1][5]) + "42"  # 18 digits, category 4, grade 2
    rows = [("残疾人证名单",), ("姓名", "残疾证号", "残疾等级"), ("钱秀英", certificate, "贰级")]
    write_xlsx(county.inbox(PERIOD) / "残联10月.xlsx", rows)

    report = run_month(county)

    hit = report.hits.filter(report.hits["rule_id"] == "severe_disability_certified").to_dicts()
    assert [row["person_id"] for row in hit] == ["P002"]
    assert hit[0]["evidence"] == "残联名单显示残疾等级为二级"
    sources = json.loads(hit[0]["sources"])
    assert [(source["department"], source["file"], source["row"]) for source in sources] == [
        ("roster", "（自定义）人员信息_20261008.xlsx", 5),
        ("disability", "残联10月.xlsx", 3),
    ]
    assert report.reconciles
