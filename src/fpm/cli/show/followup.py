"""What came back from the townships, and where their lists stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.followup import by_township
from fpm.model import LEVEL_TITLES, STATUS_TITLES, Period

if TYPE_CHECKING:  # a command that shows one of them does not wait for the others
    from fpm.pipeline.followup import Imported
    from fpm.pipeline.intake import TakenIn
    from fpm.pipeline.review import Decided
    from fpm.publish import Written

_MOST_SHOWN: Final = 30
_MOST_ALIKE: Final = 5
"""Rows of a file that are shown with the same problem."""
RUN_AGAIN = "重新运行本期（fpm run）后，认定即生效。"
STANDING_TITLES = {"answered": "已反馈", "pending": "待核实", "unanswered": "未反馈"}


def show_imported(console: Console, imported: Imported) -> None:
    """Show the account of all rows and, in one table, every row that was not taken."""
    answers = imported.answers
    console.print(
        f"共 {answers.rows:,} 行：新记入台账 {imported.recorded:,} 条，"
        f"与台账或其他份相同 {answers.known:,} 行，未填 {answers.blank:,} 行，"
        f"有问题 {answers.problems.height:,} 处。"
    )
    show_problems(console, answers.problems)


def show_problems(console: Console, problems: pl.DataFrame) -> None:
    """The rows that were not taken, a few of each kind and file, and what to do about each kind."""
    if problems.is_empty():
        return
    table = plain_table("没有采用的行", ["文件", "行", "编号", "问题"], numbers=("行", "编号"))
    for (file, _), rows in problems.group_by("file", "problem", maintain_order=True):
        for row in rows.head(_MOST_ALIKE).to_dicts():
            add_row(table, [row["file"], row["row"], row["about"], row["reason"]])
        if (more := rows.height - _MOST_ALIKE) > 0:
            add_row(table, [file, None, None, f"……还有 {more:,} 行同样的问题"], style="dim")
    console.print(table)
    for advice in problems["advice"].unique(maintain_order=True):
        console.print(f"  {advice}", markup=False)
    if problems.height > table.row_count:
        console.print("  逐行列出的加 --json 查看。", markup=False)


def show_standing(console: Console, period: Period, alerts: pl.DataFrame) -> None:
    """One line a township."""
    numbers = ("已发", "已反馈", "待核实", "未反馈", "逾期")
    table = plain_table(f"{period} 期清单办理进度（户）", ["乡镇", *numbers], numbers=numbers)
    rows = by_township(alerts)
    for row in rows.to_dicts():
        add_row(table, row.values())
    add_row(table, ["合计", *(int(rows[name].sum()) for name in rows.columns[1:])], style="bold")
    console.print(table)


def show_alerts(console: Console, alerts: pl.DataFrame) -> None:
    """One line an alert."""
    if alerts.is_empty():
        console.print("没有符合条件的线索。")
        return
    table = plain_table(
        "线索",
        ["线索编号", "乡镇和村", "级别", "风险", "期限", "进度"],
        numbers=("线索编号", "级别", "期限"),
    )
    for row in alerts.to_dicts():
        add_row(
            table,
            [
                row["alert_no"],
                f"{row['township'] or ''} {row['village'] or ''}",
                LEVEL_TITLES[row["level"]],
                row["risks"],
                f"{row['due_date']}{'逾期' if row['overdue'] else ''}",
                row["result"] or STANDING_TITLES[row["standing"]],
            ],
            style="red" if row["overdue"] else "",
        )
    console.print(table)


def show_written(console: Console, folder: Path, written: Sequence[Written], nothing: str) -> None:
    """One line a list: where it is, how many rows."""
    if not written:
        console.print(nothing)
    for file in written:
        console.print(f"{folder / file.path}  {file.rows:,} 行", soft_wrap=True, markup=False)


def show_decided(console: Console, decided: Decided) -> None:
    """Show how many decisions were remembered, and every row that was not taken."""
    choices = decided.choices
    console.print(
        f"新记住 {decided.recorded:,} 条认定，台账已有 {choices.known:,} 条，"
        f"未定 {choices.undecided:,} 条，有问题 {choices.problems.height:,} 处。"
    )
    show_problems(console, choices.problems)
    if decided.recorded:
        console.print(RUN_AGAIN)


def show_undecided(console: Console, waiting: list[dict[str, Any]]) -> None:
    """A record above its candidates."""
    if not waiting:
        console.print("没有待核的身份。")
        return
    _show_records(console, waiting[:_MOST_SHOWN], f"身份待核（{len(waiting)} 条）")
    if len(waiting) > _MOST_SHOWN:
        console.print(f"只列前 {_MOST_SHOWN} 条，全部见“身份待核.xlsx”（fpm review export）。")


def show_one_undecided(console: Console, record: dict[str, Any], number: str) -> None:
    """One record above its candidates; ``number`` such as 3/12."""
    _show_records(console, [record], f"身份待核 {number}")


def _show_records(console: Console, records: list[dict[str, Any]], title: str) -> None:
    table = plain_table(
        title,
        ["", "姓名、证件号码", "住址", "可能性", "说明"],
        numbers=("可能性",),
    )
    for number, record in enumerate(records, start=1):
        said = [_person(record), record["place"], "", record["source"]]
        add_row(table, [f"{number}.", *said], style="bold")
        for row in record["candidates"]:
            share = f"{row['probability']:.0%}"
            about = [_person(row), row["place"], share, row["reason"]]
            add_row(table, [f"第{row['rank']}候选", *about])
    console.print(table)


def _person(said: dict[str, Any]) -> str:
    return "\n".join(part for part in (said["name"], said["id_number"], said["about"]) if part)


def show_taken_in(console: Console, taken: TakenIn) -> None:
    """Show how many rows were taken in, and those that name nobody of the roster for certain."""
    counts = taken.rows.group_by("title").len().sort("title").iter_rows()
    kinds = "，".join(f"{title} {count:,} 行" for title, count in counts)
    console.print(
        f"{taken.period} 期收到：{kinds or '0 行'}；读不出 {taken.quarantined:,} 行。"
        f"已比对 {taken.count('confirmed'):,}，待核 {taken.count('review'):,}，"
        f"花名册中没有 {taken.count('unmatched'):,}。"
    )
    doubtful = taken.rows.filter(pl.col("status") != "confirmed")
    if doubtful.height:
        table = plain_table("没有认到人的行", ["文件", "行", "比对", "说明"], numbers=("行",))
        for row in doubtful.to_dicts():
            status = STATUS_TITLES[row["status"]]
            add_row(table, [row["file"], row["row"], status, row["reason"]])
        console.print(table)
    console.print(f"运行 fpm run --period {taken.period} 后并入本期清单。")
