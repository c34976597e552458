"""``run match warn``: the month's work, whole or stage by stage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fpm.cli.allocator import keep_memory
from fpm.cli.console import (
    accepted_checks,
    chosen_period,
    given_passwords,
    open_workspace,
    people,
    print_json,
    progress_bar,
    today,
    workspace_here,
)
from fpm.cli.options import (
    AcceptOption,
    AskPasswordOption,
    AsOfOption,
    JsonOption,
    PasswordFileOption,
    PeriodOption,
    ReasonOption,
    StrictOption,
    WorkspaceOption,
)

if TYPE_CHECKING:
    from fpm.pipeline.report import RunReport
    from fpm.workspace import Workspace

NEEDS_A_PERSON = 3


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("run")(run)
    app.command("match")(match)
    app.command("warn")(warn)


def run(
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    password_file: PasswordFileOption = None,
    ask_password: AskPasswordOption = False,
    as_json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """一条命令做完一期：读入、比对、研判、出表（定时任务也用它）。

    示例：fpm run --period 2026-10

    示例：fpm run --accept 缩减:低保名单.xls --reason "本月清退，已与民政核对"
    """
    from fpm.pipeline.run import run_period

    opened = open_workspace(workspace)
    opened = replace(opened, passwords=given_passwords(password_file, ask_password))
    chosen = chosen_period(opened, period)
    day = today(as_of)
    accepted = accepted_checks(accept, reason, day)
    with opened.locked(), progress_bar() as progress:
        report = run_period(opened, chosen, day, progress, accepted)
    _finish(opened, report, as_json=as_json, strict=strict)


def warn(
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """按规则研判已比对的数据，更新线索，生成各乡镇线索表。

    示例：fpm warn --period 2026-10
    """
    from fpm.pipeline.run import warn_period

    opened = open_workspace(workspace)
    chosen = chosen_period(opened, period)
    with opened.locked(), progress_bar() as progress:
        report = warn_period(opened, chosen, today(as_of), progress)
    _finish(opened, report, as_json=as_json, strict=strict)


def match(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[花名册 部门数据…]",
            exists=True,
            dir_okay=False,
            help="不写时比对工作区里已读入的数据；写出时，第一个是花名册，其余是要比对的表。",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="文件", help="结果文件：.parquet、.csv 或 .xlsx。"),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="字段=表头",
            help="版式不认识的表：哪个表头是哪个字段（id_number name birth_date sex township "
            "village household_id head_name phone），可重复。",
        ),
    ] = None,
    department: Annotated[
        str | None,
        typer.Option("--department", metavar="种类", help="按这种版式读，如 civil_affairs.dibao。"),
    ] = None,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """把部门数据比对到花名册上的人。

    示例：fpm match --period 2026-10

    示例：fpm match 花名册.xlsx 名单.xlsx -o 结果.xlsx --map id_number=身份证 --map name=姓名
    """
    if files:
        keep_memory()
        _match_tables(files, out, columns or [], department, as_json=as_json)
        return
    from fpm.cli.show.run import show_false_links, show_reconciliation
    from fpm.pipeline.report import match_document, reconcile
    from fpm.pipeline.run import match_period

    opened = open_workspace(workspace)
    chosen = chosen_period(opened, period)
    with opened.locked(), progress_bar() as progress:
        loaded, linked = match_period(opened, chosen, progress)
    if as_json:
        print_json(match_document(loaded, linked))
        return
    table = reconcile(loaded.files, linked.matches)
    show_reconciliation(people(), table, loaded.departments)
    show_false_links(people(), table)


def _match_tables(
    files: list[Path],
    out: Path | None,
    columns: list[str],
    department: str | None,
    *,
    as_json: bool,
) -> None:
    from fpm.cli.show.table_match import show_table_match
    from fpm.pipeline.tables import TableRequest, match_tables
    from fpm.rulebook import open_rulebook
    from fpm.workspace import rules_folder

    if len(files) < 2 or out is None:
        raise typer.BadParameter(
            "比对工作区以外的表时，要写花名册、至少一个待比对的表和 -o 结果文件"
        )
    rulebook = open_rulebook(rules_folder(workspace_here(None)))
    request = TableRequest(files[0], tuple(files[1:]), out, tuple(columns), department)
    report = match_tables(rulebook, request)
    if as_json:
        print_json(report.document())
        return
    show_table_match(people(), report)


def _finish(workspace: Workspace, report: RunReport, *, as_json: bool, strict: bool) -> None:
    if as_json:
        print_json(report.document())
    else:
        from fpm.cli.show.run import show_run

        show_run(people(), workspace, report, brief=False)
    if strict and report.waiting:
        raise typer.Exit(NEEDS_A_PERSON)
