"""A county of 120 people and the files two departments send it, for tests of what is delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from county import ROSTER_HEADER, id_number, write_csv, write_xlsx
from fpm.model import Period
from fpm.pipeline.load import Loaded, load_period
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace

SEPTEMBER, OCTOBER = Period(2026, 9), Period(2026, 10)
TOWNS = ("青石镇", "白杨乡")
DIBAO_HEADER = (
    "乡镇",
    "行政村",
    "户主姓名",
    "姓名",
    "身份证号",
    "与户主关系",
    "低保证号",
    "低保类别",
    "月保障金额",
)
BILL_HEADER = (
    "姓名", "身份证号", "就诊医疗机构名称", "医疗类别", "结算日期", "医疗总费用", "统筹基金支付", "个人自付", "清算期",
)  # fmt: skip
Row = Sequence[object]


def numbers(count: int, division: str = "999901") -> list[str]:
    """ID numbers of as many different people."""
    first = dt.date(1950, 1, 1)
    days = [first + dt.timedelta(days=150 * n) for n in range(count)]
    return [id_number(f"{division}{day:%Y%m%d}{n % 900 + 50:03d}") for n, day in enumerate(days)]


def roster(count: int = 120, division: str = "999901", towns: Sequence[str] = TOWNS) -> list[Row]:
    return [
        ROSTER_HEADER,
        *(
            ("样例县", towns[n % len(towns)], "上河村", f"H{n:03d}", f"P{n:03d}", f"赵{n:03d}", number,
             "户主", "汉族", "健康", "普通劳动力", "一般农户", "", "", 20000)
            for n, number in enumerate(numbers(count, division))
        ),
    ]  # fmt: skip


def dibao(
    count: int, division: str = "999901", towns: Sequence[str] = TOWNS, amount: int = 300
) -> list[Row]:
    return [
        DIBAO_HEADER,
        *(
            (towns[n % len(towns)], "上河村", f"赵{n:03d}", f"赵{n:03d}", number, "户主", f"DB{n:03d}", "B类", amount)
            for n, number in enumerate(numbers(count, division))
        ),
    ]  # fmt: skip


def bills(months: Sequence[str], paid: int = 300) -> list[Row]:
    """One settlement a month given (``202610``), of which the patient ``paid`` so much himself."""
    return [
        BILL_HEADER,
        *(
            (f"赵{n:03d}", number, "县医院", "普通住院", f"{month[:4]}-{month[4:]}-15", paid + 700 + n, 700 + n, paid, month)
            for n, (number, month) in enumerate(zip(numbers(len(months)), months, strict=True))
        ),
    ]  # fmt: skip


def text(rows: Sequence[Row]) -> list[Row]:
    """Rows for a csv file: ID numbers guarded against becoming numbers."""
    return [
        [f"\t{cell}" if isinstance(cell, str) and len(cell) == 18 else cell for cell in row]
        for row in rows
    ]


def county(root: Path) -> Workspace:
    """A workspace with a roster that holds until it is replaced."""
    workspace = Workspace.create(root, "样例县", "999901")
    write(root / "inbox/roster/人员信息.csv", roster())
    return workspace


def write(path: Path, rows: Sequence[Row]) -> Path:
    if path.suffix == ".csv":
        write_csv(path, text(rows))
    else:
        write_xlsx(path, rows)
    return path


def deliver(workspace: Workspace, period: Period, name: str, rows: Sequence[Row]) -> Path:
    return write(workspace.inbox(period) / name, rows)


def loader(workspace: Workspace, rulebook: Rulebook) -> Callable[..., Loaded]:
    """Load a period of ``workspace`` as ``fpm load`` and ``fpm run`` do."""

    def load(period: Period, *accepted: object) -> Loaded:
        return load_period(
            workspace, rulebook, period, lambda _title, _done, _total: None, accepted
        )

    return load
