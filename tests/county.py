"""A hand-made county of a few households, written as departments write files."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from fpm.model import Period
from fpm.pipeline.report import RunReport
from fpm.pipeline.run import run_period
from fpm.workspace import Workspace

PERIOD = Period(2026, 10)
AS_OF = dt.date(2026, 11, 8)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(body: str) -> str:
    """The 18-character number whose first 17 digits are ``body`` (GB 11643 check digit)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def write_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    book.close()


def write_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str = "gb18030") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(rows)


ROSTER_HEADER = (
    "县", "乡(镇)", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "民族",
    "健康状况", "劳动技能", "户类型", "监测对象类别", "风险是否消除", "人均纯收入",
)  # fmt: skip

PEOPLE = (
    # township, village, household, person, name, body of the ID, relation, health, labour, type, income
    ("青石镇", "上河村", "H001", "P001", "赵大山", "99990119700101001", "户主", "健康", "普通劳动力", "脱贫户", 12000),
    ("青石镇", "上河村", "H001", "P002", "钱秀英", "99990119720305002", "配偶", "残疾", "丧失劳动力", "脱贫户", 12000),
    ("青石镇", "下河村", "H002", "P003", "孙有才", "99990119650910003", "户主", "健康", "普通劳动力", "一般农户", 20000),
    ("白杨乡", "上河村", "H003", "P004", "李春梅", "99990119800808004", "户主", "健康", "普通劳动力", "一般农户", 20000),
)  # fmt: skip


def make_county(root: Path) -> Workspace:
    """A workspace at ``root`` with the hand-made roster and no extracts."""
    workspace = Workspace.create(root, "样例县", "999901")
    rows: list[Sequence[object]] = [("人员信息",), ("导出时间：2026-10-08",), ROSTER_HEADER]
    for (
        township,
        village,
        household,
        person,
        name,
        body,
        relation,
        health,
        labour,
        kind,
        income,
    ) in PEOPLE:
        rows.append(
            ("样例县", township, village, household, person, name, id_number(body), relation, "汉族",
             health, labour, kind, "", "", income)
        )  # fmt: skip
    write_xlsx(workspace.root / "inbox/roster/（自定义）人员信息_20261008.xlsx", rows)
    return workspace


def run_month(workspace: Workspace, period: Period = PERIOD, as_of: dt.date = AS_OF) -> RunReport:
    """Run one month as the command line does."""
    with workspace.locked():
        return run_period(workspace, period, as_of, lambda _title, _done, _total: None)


HEADER_OF_BILLS = ("姓名", "身份证号", "医疗类别", "结算日期", "医疗总费用", "个人自付")


def deliver_bill(inbox: Path, header: Sequence[str], self_paid: str) -> None:
    """One inpatient bill of P003, who lives in an ordinary household."""
    person = PEOPLE[2]
    bill = (person[4], id_number(person[5]), "住院", "2026-10-12", "30000", self_paid)
    write_csv(inbox / "医保结算10月.csv", [header, bill])
