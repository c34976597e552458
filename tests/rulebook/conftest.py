"""A small rules folder that loads without fault, to be changed one file at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fpm.errors import Fault
from fpm.rulebook import Rulebook, load_rulebook, rulebook_faults

ROSTER = """
department = "roster"
kind = "persons"
title = "农户花名册"
coverage = "complete"

[recognise]
fields = ["household_id"]

[fields.township]
title = "乡镇"
type = "place"
headers = ["乡镇", "乡"]

[fields.village]
title = "行政村"
type = "place"
headers = ["行政村", "村"]

[fields.household_id]
title = "户编号"
type = "text"
headers = ["户编号"]

[fields.name]
title = "姓名"
type = "person_name"
headers = ["姓名"]

[fields.labour]
title = "劳动技能"
type = "category"
headers = ["劳动技能"]
spellings."普通劳动力" = ["有劳动力"]
spellings."无劳动力" = []

[fields.risks]
title = "风险"
type = "category"
headers = ["风险"]
multiple = true
spellings."因病" = []
spellings."因残" = []

[fields.income]
title = "人均纯收入"
type = "money"
unit = "元"
headers = ["人均纯收入"]

[derived.age]
title = "年龄"
sql = "AGE(birth_date, period_end)"
unit = "岁"
"""

SETTLEMENT = """
department = "medical_insurance"
kind = "settlement"
title = "医保结算明细"
coverage = "events"
order_by = "settled_on"

[recognise]
fields = ["self_paid"]

[fields.name]
title = "姓名"
type = "person_name"
headers = ["姓名"]

[fields.settled_on]
title = "结算日期"
type = "date"
headers = ["结算日期"]

[fields.self_paid]
title = "个人自付"
type = "money"
unit = "元"
headers = ["个人自付", "自付"]

[facts.self_paid_year]
title = "本年自付"
sql = "SUM(self_paid)"
unit = "元"
window = "year"
"""

LINE = """
name = "illness_line"
title = "自付预警线"
unit = "元"

[[dated]]
from = "2021-01"
value = 5000
document = "某县方案"
"""

RULE = """
id = "high_cost"
title = "医疗自付较高"
kind = "alert"
scope = "person"
risk = "因病"
level = "orange"
applies_to = "labour = '无劳动力'"
when = "medical_insurance_self_paid_year > illness_line"
evidence = "{name}自付{medical_insurance_self_paid_year:元}，超过{illness_line:元}。"

[[source]]
document = "某县方案"
confidence = "practice"

[[case]]
name = "超过"
expect = "hit"
person = { labour = "无劳动力", medical_insurance_self_paid_year = 5000.01 }

[[case]]
name = "正好"
expect = "clear"
person = { labour = "无劳动力", medical_insurance_self_paid_year = 5000 }

[[case]]
name = "没有结算数据"
expect = "unknown"
person = { labour = "无劳动力" }
"""

WORKFLOW = """
[due_days]
red = 5
orange = 10
yellow = 15

[[results]]
title = "已核实-不实"
effect = "no_risk"
"""

MEASURES = """
[[measure]]
risk = "因病"
able = ["大病救治"]
unable = ["医疗救助"]
"""

WORKBOOKS = """
[workbook.alerts]
sheet = "预警线索"
title = "{township}"
columns = [{ field = "alert_no", title = "编号", width = 12 }]
"""

FILES = {
    "layouts/roster/persons.toml": ROSTER,
    "layouts/medical_insurance/settlement.toml": SETTLEMENT,
    "parameters/illness_line.toml": LINE,
    "policies/illness/high_cost.toml": RULE,
    "workflow.toml": WORKFLOW,
    "measures.toml": MEASURES,
    "workbooks.toml": WORKBOOKS,
}


@dataclass(frozen=True)
class RulesFolder:
    """A rules folder under a temporary path."""

    root: Path

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def add(self, name: str, text: str) -> None:
        self.write(name, (self.root / name).read_text(encoding="utf-8") + text)

    def faults(self) -> list[Fault]:
        return list(rulebook_faults(self.root))

    def only_fault(self) -> Fault:
        faults = self.faults()
        assert len(faults) == 1, [str(fault) for fault in faults]
        return faults[0]

    def load(self) -> Rulebook:
        return load_rulebook(self.root)


@pytest.fixture
def rules(tmp_path: Path) -> RulesFolder:
    folder = RulesFolder(tmp_path / "rules")
    for name, text in FILES.items():
        folder.write(name, text)
    return folder


ROSTER_FILE = "layouts/roster/persons.toml"
EXTRACT_FILE = "layouts/medical_insurance/settlement.toml"
LINE_FILE = "parameters/illness_line.toml"
RULE_FILE = "policies/illness/high_cost.toml"

Change = Callable[[RulesFolder], None]
