"""A county of six people in two villages, four small layouts, and matched records by hand."""

import datetime as dt
from decimal import Decimal

import polars as pl

from fpm.judge import MatchedExtract
from fpm.model import CANDIDATE_SCHEMA, MONEY, RECORD_KEY_SCHEMA, Period

PERIOD = Period(2026, 10)
DIVISION = "999901"


def _fields(**kinds):
    lines = []
    for name, kind in kinds.items():
        extra = ""
        if kind == "category":
            extra = 'spellings."甲" = []\nspellings."乙" = []\n'
        title = {"name": "姓名", "township": "乡镇", "village": "行政村"}.get(name, f"列{name}")
        lines.append(
            f'[fields.{name}]\ntitle = "{title}"\ntype = "{kind}"\nheaders = ["{name}"]\n{extra}'
        )
    return "\n".join(lines)


ROSTER = (
    'department = "roster"\nkind = "persons"\ntitle = "农户花名册"\ncoverage = "complete"\n\n'
    + _fields(
        township="place",
        village="place",
        household_id="text",
        name="person_name",
        relation="text",
        labour="category",
        income="money",
        sick="yes_no",
    )
    + """
[fields.risks]
title = "风险"
type = "category"
headers = ["风险"]
multiple = true
spellings."因病" = []
spellings."因残" = []
spellings."因安全饮水" = []

[derived.age]
title = "年龄"
sql = "AGE(birth_date, period_end)"
unit = "岁"

[derived.grown_up]
title = "成年"
sql = "age >= 18"
"""
)

BILLS = (
    'department = "clinic"\ndepartment_title = "卫生院"\nkind = "bills"\ntitle = "看病明细"\n'
    'coverage = "events"\norder_by = "day"\n\n'
    + _fields(name="person_name", day="date", paid="money", ward="text")
    + """
[facts.paid_year]
title = "全年自付"
sql = "SUM(paid)"
unit = "元"
window = "year"
absent = 0

[facts.paid_month]
title = "本月自付"
sql = "SUM(paid)"
unit = "元"
absent = 0

[facts.dearest]
title = "最贵一笔"
sql = "MAX(paid + 0.1)"
unit = "元"

[facts.last_ward]
title = "最近病区"
sql = "LAST(ward)"
window = "year"
"""
)

LISTED = (
    (
        'department = "clinic"\ndepartment_title = "卫生院"\nkind = "listed"\ntitle = "慢病名单"\n'
        'coverage = "complete"\n\n'
        + _fields(name="person_name", grade="category")
        + """
[facts.grade]
title = "分级"
sql = "LAST(grade)"

[facts.listed]
title = "在册"
sql = "COUNT(*) > 0"
absent = false
"""
    ).replace('coverage = "complete"\n', 'coverage = "complete"\norder_by = "since"\n')
    + """
[fields.since]
title = "登记日期"
type = "date"
headers = ["since"]
"""
)

HOUSES = (
    'department = "buildings"\ndepartment_title = "房管所"\nkind = "houses"\ntitle = "房屋台账"\n'
    'match_on = "household"\ncoverage = "complete"\n\n'
    + _fields(name="person_name", unsafe="yes_no")
    + """
[facts.unsafe]
title = "危房"
sql = "ANY(unsafe)"
absent = false
"""
)

PIPES = (
    'department = "pipes"\ndepartment_title = "水站"\nkind = "villages"\ntitle = "供水表"\n'
    'match_on = "village"\ncoverage = "complete"\n\n'
    + _fields(township="place", village="place", dry_days="number")
    + """
[facts.dry_days]
title = "缺水天数"
sql = "MAX(dry_days)"
unit = "天"
absent = 0
"""
)

LAYOUTS = {
    "layouts/roster/persons.toml": ROSTER,
    "layouts/clinic/bills.toml": BILLS,
    "layouts/clinic/listed.toml": LISTED,
    "layouts/buildings/houses.toml": HOUSES,
    "layouts/pipes/villages.toml": PIPES,
}

SETTINGS = {
    "measures.toml": '[[measure]]\nrisk = "因病"\nable = ["救治"]\nunable = ["救助"]\n',
    "workflow.toml": "[due_days]\nred = 5\norange = 10\nyellow = 15\n\n"
    '[[results]]\ntitle = "不实"\neffect = "no_risk"\n',
    "workbooks.toml": '[workbook.alerts]\nsheet = "预警"\ntitle = "预警"\n'
    'columns = [{ field = "alert_no", title = "编号", width = 12 }]\n',
}

PEOPLE = [
    # person, household, township, village, name, relation, born, labour, income, sick
    ("P1", "H1", "东乡", "甲村", "张三", "户主", dt.date(1966, 10, 31), "甲", 9000, True),
    ("P2", "H1", "东乡", "甲村", "李四", "配偶", dt.date(1968, 1, 1), "乙", 9000, False),
    ("P3", "H1", "东乡", "甲村", "张小", "之子", dt.date(2014, 5, 1), None, 9000, None),
    ("P4", "H2", "东乡", "甲村", "王五", "户主", dt.date(1950, 1, 1), "乙", 4000, False),
    ("P5", "H3", "西乡", "乙村", "赵六", "户主", dt.date(1990, 1, 1), "甲", None, None),
    ("P6", "H3", "西乡", "乙村", "赵七", "之子", None, "甲", None, False),
]


def roster():
    """The six people as ``ingest.build_roster`` hands them over."""
    columns = (
        "person_id",
        "household_id",
        "township",
        "village",
        "name",
        "relation",
        "birth_date",
        "labour",
        "income",
        "sick",
    )
    frame = pl.DataFrame(PEOPLE, schema=list(columns), orient="row")
    return frame.with_columns(
        pl.col("income").cast(MONEY),
        file=pl.lit("花名册.xlsx"),
        sheet=pl.lit("东乡"),
        row=pl.int_range(2, 8).cast(pl.UInt32),
        valid_id=pl.lit(None, dtype=pl.String),
        sex=pl.lit("男"),
        risks=pl.lit(None, dtype=pl.String),
    )


_HOME = {person[0]: person[1:4] for person in PEOPLE}
_DTYPES = {
    "day": pl.Date,
    "since": pl.Date,
    "paid": MONEY,
    "dry_days": pl.Float64,
    "unsafe": pl.Boolean,
}


def extract(rulebook, key, rows, *, candidates=(), delivered=(str(PERIOD),)):
    """Matched records of one kind; a row names ``person`` (or township and village) and fields.

    ``file``, ``period`` and ``status`` default to ``a.xlsx``, the period and ``confirmed``; a row
    under review may name the likeliest person all the same.
    """
    layout = rulebook.layout(*key.split("/"))
    records = []
    for number, given in enumerate(rows, start=2):
        row = dict(given)
        person = row.pop("person", None)
        home = _HOME.get(person, (None, row.get("township"), row.get("village")))
        base = {
            "period": str(PERIOD),
            "department": layout.department,
            "kind": layout.kind,
            "file": "a.xlsx",
            "sheet": "Sheet1",
            "row": number,
            "status": "confirmed",
            "person_id": person,
            "household_id": home[0],
            "township": home[1],
            "village": home[2],
        }
        record = {**dict.fromkeys(layout.fields), **base, **row}
        if record.get("paid") is not None:
            record["paid"] = Decimal(str(record["paid"]))
        records.append(record)
    schema = {"period": pl.String, **RECORD_KEY_SCHEMA, "status": pl.String}
    schema |= dict.fromkeys(("person_id", "household_id", "township", "village"), pl.String)
    schema |= {name: _DTYPES.get(name, pl.String) for name in layout.fields}
    return MatchedExtract(
        layout=layout,
        records=pl.DataFrame(records, schema=schema),
        candidates=_candidates(layout, candidates),
        delivered=frozenset(delivered),
    )


def _candidates(layout, people):
    rows = [
        {
            "period": str(PERIOD),
            "department": layout.department,
            "kind": layout.kind,
            "file": "a.xlsx",
            "sheet": "Sheet1",
            "row": 99,
            "rank": 1,
            "person_id": person,
            "household_id": _HOME[person][0],
            "probability": 0.5,
            "reason": "",
        }
        for person in people
    ]
    return pl.DataFrame(rows, schema={"period": pl.String, **CANDIDATE_SCHEMA})
