"""What ``fpm match`` with files made of them: how each was understood, where each row went."""

from __future__ import annotations

import polars as pl
from rich.console import Console

from fpm.cli.show.run import show_false_links, show_reconciliation
from fpm.pipeline.tables import TableMatch
from fpm.pipeline.tables.layout import FIELD_TITLES
from fpm.pipeline.tables.reading import Table

_MOST_HEADERS = 12


def show_table_match(console: Console, report: TableMatch) -> None:
    """Show how every table was understood, the account of rows, and where the result is."""
    for table in report.tables:
        console.print(_understood(table), markup=False, soft_wrap=True)
    show_reconciliation(console, report.reconciliation)
    for row in _set_aside(report.quarantine).to_dicts():
        where = f"第一处在第 {row['first']} 行"
        console.print(
            f"  {row['file']} 隔离 {row['rows']:,} 行：{row['reason']}（{where}）", markup=False
        )
    show_false_links(console, report.reconciliation)
    console.print(f"结果已写入 {report.out}", markup=False, soft_wrap=True)


def _understood(table: Table) -> str:
    found = "，".join(
        f"{FIELD_TITLES[field]}＝{'＋'.join(headers)}" for field, headers in table.used().items()
    )
    unused = table.unused()
    rest = "、".join(unused[:_MOST_HEADERS]) + ("…" if len(unused) > _MOST_HEADERS else "")
    parts = [f"{table.reading.name}（{table.layout.title}）：{found}"]
    if rest:
        parts.append(f"没有用到：{rest}")
    if table.undated:
        parts.append(f"{table.undated:,} 行的出生日期看不懂，没有采用")
    return "；".join(parts)


def _set_aside(quarantine: pl.DataFrame) -> pl.DataFrame:
    return (
        quarantine.group_by("file", "reason")
        .agg(rows=pl.col("row").n_unique(), first=pl.col("row").min())
        .sort("file", "first", "reason")
    )
