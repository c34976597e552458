"""``case``: monitored households through the procedure to the removal of their risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fpm.cli.console import open_workspace, people, print_json, today
from fpm.cli.followup import RiskOption, TownshipOption
from fpm.cli.options import AsOfOption, JsonOption, WorkspaceOption, parse_day

if TYPE_CHECKING:
    from fpm.pipeline.case_acts import Act
    from fpm.rulebook import Rulebook
    from fpm.workspace import Workspace

case = typer.Typer(
    help="监测档案：从确认有风险，经评议、复核、确定、帮扶，到风险消除。", no_args_is_help=True
)

Number = Annotated[str, typer.Argument(metavar="档案", help="档案编号，如 999901-J2026-00001。")]
OnOption = Annotated[
    dt.date | None,
    typer.Option("--on", parser=parse_day, metavar="日期", help="办理的日子；不写时为今天。"),
]
OfficerOption = Annotated[str | None, typer.Option("--officer", metavar="姓名", help="经办人。")]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="说明", help="要记下的话。")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(case, name="case")


@case.command("list")
def list_cases(
    township: TownshipOption = None,
    risk: RiskOption = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列超过时限的。")] = False,
    lacking: Annotated[
        bool, typer.Option("--lacking", help="只列还有风险没有帮扶措施的，并写明是哪些风险。")
    ] = False,
    ended: Annotated[bool, typer.Option("--all", help="风险已消除和不再办理的也列出。")] = False,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """监测档案一览：走到哪一步、谁办、什么时候到期。

    示例：fpm case list --overdue
    """
    from fpm.cli.show.cases import show_cases
    from fpm.followup import chosen_alerts
    from fpm.pipeline.cases import listed_cases
    from fpm.pipeline.measures import lacking_measures
    from fpm.rulebook import load_rulebook

    opened = open_workspace(workspace)
    rulebook = load_rulebook(opened.rules)
    rows = listed_cases(opened, rulebook, today(as_of), ended=ended)
    wanted = chosen_alerts(rows, township=township, risk=risk, overdue=overdue)
    if lacking:
        wanted = lacking_measures(opened, rulebook, wanted)
    if as_json:
        print_json(wanted.to_dicts())
        return
    show_cases(people(), wanted)


@case.command("show")
def show_case(
    number: Number,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """一份档案的全部经过，以及离风险消除还差什么。

    示例：fpm case show 999901-J2026-00001
    """
    from fpm.cli.show.cases import show_one_case
    from fpm.pipeline.cases import case_document
    from fpm.rulebook import load_rulebook

    opened = open_workspace(workspace)
    told = case_document(opened, load_rulebook(opened.rules), number, today(as_of))
    if as_json:
        print_json(told)
        return
    show_one_case(people(), told)


@case.command("advance")
def advance_case(
    number: Number,
    on: OnOption = None,
    officer: OfficerOption = None,
    note: NoteOption = None,
    kind: Annotated[
        str | None,
        typer.Option("--type", metavar="类别", help="县级确定的监测对象类别，如 突发严重困难户。"),
    ] = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """记下“当前这一步已办完”，转入下一步。

    示例：fpm case advance 999901-J2026-00001 --on 2026-11-12 --officer 王干事
    """
    from fpm.pipeline.case_acts import advance

    _do(advance, number, _Told(workspace, as_of, on, officer, note, kind), as_json=as_json)


@case.command("visit")
def visit_case(
    number: Number,
    on: OnOption = None,
    officer: OfficerOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """记一次走访；风险消除以前每月至少一次。

    示例：fpm case visit 999901-J2026-00001 --officer 王干事 --note 已领到救助金
    """
    from fpm.pipeline.case_acts import visit

    _do(visit, number, _Told(workspace, as_of, on, officer, note, None), as_json=as_json)


@case.command("assign")
def assign_case(
    number: Number,
    contact: Annotated[
        str, typer.Option("--contact", metavar="姓名", help="监测帮扶联系人（乡镇或驻村干部）。")
    ],
    on: OnOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """定监测帮扶联系人，或换一位；一户一名，每月至少走访一次。

    示例：fpm case assign 999901-J2026-00001 --contact 王干事
    """
    from fpm.pipeline.case_acts import assign

    _do(assign, number, _Told(workspace, as_of, on, contact, note, None), as_json=as_json)


@case.command("clear")
def clear_case(
    number: Number,
    on: OnOption = None,
    officer: OfficerOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """记下“消除程序的这一步已办完”，最后一步办完即标注风险消除。

    步骤和条件写在 workflow.toml；有一个条件不成立或缺数据，就说明原因、不予办理。

    示例：fpm case clear 999901-J2026-00001 --officer 李主任
    """
    from fpm.pipeline.case_acts import clear

    _do(clear, number, _Told(workspace, as_of, on, officer, note, None), as_json=as_json)


@case.command("notice")
def notice(
    out: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪里。")],
    step: Annotated[
        str | None,
        typer.Option("--step", metavar="步骤", help="只列正走到这一步的，如 village（村级公示）。"),
    ] = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """公示名单，一个乡镇一份：没有证件号码、电话、账号、风险和健康状况。

    示例：fpm case notice --step village -o 公示
    """
    from fpm.cli.show.followup import show_written
    from fpm.pipeline.export import export_notices
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    written = export_notices(opened, open_rulebook(opened.rules), out, (step, today(as_of)))
    if as_json:
        print_json([{"path": str(out / file.path), "rows": file.rows} for file in written])
        return
    show_written(people(), out, written, "没有要公示的户。")


@dataclass(frozen=True, slots=True)
class _Told:
    """What the command line says: where, today, and what was done when, by whom."""

    workspace: Path | None
    as_of: dt.date | None
    on: dt.date | None
    officer: str | None
    note: str | None
    kind: str | None


_Verb = Callable[["Workspace", "Rulebook", str, "Act", dt.date], dict[str, Any]]


def _do(verb: _Verb, number: str, told: _Told, *, as_json: bool) -> None:
    from fpm.cli.show.cases import show_one_case
    from fpm.pipeline.case_acts import Act
    from fpm.rulebook import load_rulebook

    opened = open_workspace(told.workspace)
    day = today(told.as_of)
    act = Act(told.on or day, told.officer, told.note, told.kind)
    with opened.locked():
        done = verb(opened, load_rulebook(opened.rules), number, act, day)
    if as_json:
        print_json(done)
        return
    show_one_case(people(), done)
