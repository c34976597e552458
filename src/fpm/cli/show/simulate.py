"""What a trial would change: hits by rule and township, visits, examples."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.judge import Change
from fpm.model import LEVEL_TITLES

EXAMPLES = 5
_VISITS = {"现行": "before", "试算": "after", "新增的户": "gained", "不再有的户": "lost"}


def show_change(console: Console, change: Change, known: dict[str, Any]) -> None:
    """Show the difference between the rule book in force and the trial.

    ``known``: what was answered about the households that would no longer be visited.
    """
    moved = change.by_place.filter((pl.col("gained") > 0) | (pl.col("lost") > 0))
    if moved.is_empty():
        console.print("试算结果与现行规则完全相同。")
        return
    numbers = ("现行", "试算", "增加", "减少")
    table = plain_table(
        "命中的变化",
        ["名称、编号", "乡镇", "级别", *numbers],
        numbers=numbers,
        whole=("乡镇", "级别"),
    )
    above = None
    for row in moved.to_dicts():
        rule = row["rule_id"]
        called = "" if rule == above else f"{change.titles[rule]}\n{rule}"
        above = rule
        place = [called, row["township"], LEVEL_TITLES[row["level"]]]
        add_row(table, [*place, *(row[name] for name in ("before", "after", "gained", "lost"))])
    console.print(table)
    visits = plain_table("预计入户（有预警的户）", ["乡镇", *_VISITS], numbers=tuple(_VISITS))
    for row in change.visits.to_dicts():
        add_row(visits, [row["township"], *(row[name] for name in _VISITS.values())])
    totals = [int(change.visits[name].sum()) for name in _VISITS.values()]
    add_row(visits, ["合计", *totals])
    console.print(visits)
    console.print("按规则命中计：因这项风险已在监测、已答复而静默的户也在内，所以比下发的清单多。")
    if known["households"]:
        missed = "、".join(known["confirmed_alerts"])
        console.print(
            f"试算后不再入户的 {known['households']:,} 户中，已有反馈 {known['answered']:,} 户，"
            f"其中查实 {known['confirmed']:,} 户{'：' if missed else '。'}{missed}"
        )
    _show_examples(console, "增加的例子", change.gained)
    _show_examples(console, "减少的例子", change.lost)


def _show_examples(console: Console, title: str, hits: pl.DataFrame) -> None:
    if hits.is_empty():
        return
    table = plain_table(
        f"{title}（共 {hits.height:,}）", ["村", "户编号", "级别", "依据"], whole=("级别",)
    )
    for row in hits.head(EXAMPLES).to_dicts():
        place = f"{row['township']}{row['village'] or ''}"
        add_row(table, [place, row["household_id"], LEVEL_TITLES[row["level"]], row["evidence"]])
    console.print(table)
