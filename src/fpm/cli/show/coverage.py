"""What the rules look at and what they leave out."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table

Rows = list[dict[str, Any]]

_ALWAYS: Final = {
    "extracts": ("部门数据", {"部门": "department_title", "名称": "title"}),
    "risks": ("风险（预警和提示）", {"风险": "risk"}),
}
_GAPS: Final = {
    "values": ("共用参数", {"参数": "name", "名称": "title"}),
    "documents": ("文件条款", {"文件": "document", "条款": "article"}),
    "columns": ("列和指标", {"列": "column", "名称": "title", "来自": "extract"}),
}

_TYPED: Final = ("列", "参数")
"""Names that are typed into conditions."""


def show_coverage(console: Console, told: dict[str, Rows], *, everything: bool) -> None:
    """Extracts and risks; of the rest what no rule uses. ``everything``: all, with their rules."""
    for key, (title, columns) in _ALWAYS.items():
        _show(console, title, columns, told[key], named=everything)
    for key, (title, columns) in _GAPS.items():
        rows = told[key] if everything else [row for row in told[key] if not row["rules"]]
        scope = f"共 {len(told[key]):,}，没有规则用到的 {_unused(told[key]):,}"
        if rows:
            _show(console, f"{title}（{scope}）", columns, rows, named=everything)
        else:
            console.print(f"{title}：{scope}。", markup=False)
    _show_without_data(console, told["without_data"])


def _unused(rows: Rows) -> int:
    return sum(not row["rules"] for row in rows)


def _show(
    console: Console, title: str, columns: dict[str, str], rows: Rows, *, named: bool
) -> None:
    heads = [*columns, "规则数", *(["规则"] if named else [])]
    table = plain_table(title, heads, numbers=("规则数",), whole=_TYPED)
    for row in rows:
        cells = [*(row[name] for name in columns.values()), len(row["rules"])]
        rules = ["、".join(row["rules"])] if named else []
        add_row(table, [*cells, *rules], style="" if row["rules"] else "yellow")
    console.print(table)


def _show_without_data(console: Console, rows: Rows) -> None:
    if not rows:
        return
    table = plain_table(
        f"本期没有数据、对谁都没有结论的规则（{len(rows):,} 条）", ["规则", "缺什么"]
    )
    for row in rows:
        add_row(table, [row["rule_id"], row["reason"]])
    console.print(table)
