"""Time of reading against the best peers on the same files, in one run.

Run ``python tests/benchmarks/ingest_speed.py [ROWS] [CSV_MB]``; it builds its files in a temporary
folder and prints ratios: a 15-column xlsx against python-calamine's own row iterator, and a GB18030
csv against decoding it and reading the UTF-8 with polars.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from python_calamine import CalamineWorkbook

from fpm.ingest import read_file
from fpm.rulebook.layout import Fingerprint, LayoutField, LayoutSpec

COLUMNS = (
    ("乡镇", "township", "place"),
    ("行政村", "village", "place"),
    ("姓名", "name", "person_name"),
    ("身份证号", "id_number", "id_number"),
    ("性别", "sex", "category"),
    ("就诊医院", "hospital", "text"),
    ("就诊类别", "visit", "category"),
    ("入院日期", "admitted_on", "date"),
    ("出院日期", "left_on", "date"),
    ("总费用", "total", "money"),
    ("统筹支付", "pool_paid", "money"),
    ("个人自付", "self_paid", "money"),
    ("清算期", "period", "month"),
    ("异地就医", "elsewhere", "yes_no"),
    ("联系电话", "phone", "phone"),
)
LAYOUT = LayoutSpec(
    department="medical_insurance",
    kind="settlement",
    title="结算明细",
    coverage="events",
    recognise=Fingerprint(file_words=("结算",)),
    fields={
        name: LayoutField(title=title, type=kind, headers=(title,)) for title, name, kind in COLUMNS
    },
)


def row(number: int) -> tuple[Any, ...]:
    """One settlement; money and dates differ from row to row as they do in real files."""
    birth = f"{1940 + number % 70}{1 + number % 12:02d}{1 + number % 28:02d}"
    total = round(137.31 + number * 7.77 % 90_000, 2)
    return (
        f"第{number % 17}乡",
        f"第{number % 230}村",
        "张王李赵刘陈杨黄"[number % 8]
        + "伟芳娜敏静丽强磊军洋"[number % 10]
        + chr(0x4E00 + number % 5000),
        f"999901{birth}{number % 1000:03d}X",
        "男女"[number % 2],
        f"样例县第{number % 40}医院",
        ("普通住院", "门诊慢性病", "门诊")[number % 3],
        f"2026-{1 + number % 9:02d}-{1 + number % 28:02d}",
        f"2026/{1 + number % 9}/{1 + number % 28}",
        total,
        round(total * 0.6, 2),
        round(total * 0.25, 2),
        f"2026{1 + number % 9:02d}",
        ("是", "否", "")[number % 3],
        f"139{number % 100_000_000:08d}",
    )


def write_xlsx(path: Path, rows: int) -> None:
    """Write the workbook with shared strings, as Excel does."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("结算")
    sheet.write_row(0, 0, [title for title, _, _ in COLUMNS])
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, row(number))
    book.close()


def write_csv(path: Path, megabytes: int) -> None:
    """Write a GB18030 csv of about ``megabytes`` MB."""
    lines = [",".join(str(cell) for cell in row(number)) for number in range(1, 20_001)]
    block = ("\r\n".join(lines) + "\r\n").encode("gb18030")
    with path.open("wb") as stream:
        stream.write((",".join(title for title, _, _ in COLUMNS) + "\r\n").encode("gb18030"))
        for _ in range(max(1, megabytes * 1024 * 1024 // len(block))):
            stream.write(block)


def best_times(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Wall-clock and processor seconds (child processes included), the best of several runs."""
    walls, cpus = [], []
    for _ in range(times):
        before, start = os.times(), time.perf_counter()
        work()
        walls.append(time.perf_counter() - start)
        cpus.append(sum(os.times()[:4]) - sum(before[:4]))
    return min(walls), min(cpus)


def compare(title: str, peer: Callable[[], object], ours: Callable[[], object]) -> None:
    """Print both times and their ratios; on a busy machine the processor time tells more."""
    (peer_wall, peer_cpu), (wall, cpu) = best_times(peer), best_times(ours)
    print(  # noqa: T201 - a script whose output is its purpose
        f"{title}: peer {peer_wall:.2f} s (cpu {peer_cpu:.2f}), fpm {wall:.2f} s (cpu {cpu:.2f}), "
        f"ratio {wall / peer_wall:.2f} (cpu {cpu / peer_cpu:.2f})"
    )


def iterate(path: Path) -> int:
    """The peer: python-calamine's row iterator over the first sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    return sum(len(line) for line in book.get_sheet_by_index(0).iter_rows())


def decode_and_read(path: Path) -> pl.DataFrame:
    """The peer: decode in Python, read UTF-8 text columns with polars."""
    text = path.read_bytes().decode("gb18030")
    return pl.read_csv(text.encode(), infer_schema=False)


def main(rows: int, megabytes: int) -> None:
    """Print the two ratios."""
    with tempfile.TemporaryDirectory() as folder:
        xlsx = Path(folder) / "结算.xlsx"
        write_xlsx(xlsx, rows)
        read_file(xlsx, xlsx.name, [LAYOUT])
        compare(
            f"xlsx {rows} x 15",
            lambda: iterate(xlsx),
            lambda: read_file(xlsx, xlsx.name, [LAYOUT]),
        )
        table = Path(folder) / "结算.csv"
        write_csv(table, megabytes)
        compare(
            f"csv {table.stat().st_size / 2**20:.0f} MB",
            lambda: decode_and_read(table),
            lambda: read_file(table, table.name, [LAYOUT]),
        )


if __name__ == "__main__":
    main(*(int(text) for text in [*sys.argv[1:], "200000", "256"][:2]))
