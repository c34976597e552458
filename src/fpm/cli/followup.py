"""``feedback``: lists out, answers back, where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fpm.cli.console import open_workspace, people, print_json, today
from fpm.cli.monthly import NEEDS_A_PERSON
from fpm.cli.options import AsOfOption, JsonOption, PeriodOption, StrictOption, WorkspaceOption

feedback = typer.Typer(
    help="乡镇核实反馈：导入交回的表、再次导出清单、查看办理进度。", no_args_is_help=True
)

Returned = Annotated[
    list[Path],
    typer.Argument(metavar="文件…", exists=True, dir_okay=False, help="乡镇交回的表，可以多份。"),
]
SupersedeOption = Annotated[
    bool, typer.Option("--supersede", help="与台账已有的答案不同时，以这次的为准（原答案仍留痕）。")
]
TownshipOption = Annotated[
    str | None, typer.Option("--township", metavar="乡镇", help="只看这个乡镇。")
]
RiskOption = Annotated[str | None, typer.Option("--risk", metavar="风险", help="只看这种风险。")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(feedback, name="feedback")


@feedback.command("import")
def import_feedback(
    files: Returned,
    supersede: SupersedeOption = False,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """把乡镇交回的清单读进台账。

    按每行隐藏的标识对应，文件改名、行次打乱、删行、加列、几个人分填都可以；
    互相矛盾、标识被改、日期不对的行逐条列出，一律不采用。同一份表导入几次结果不变。

    示例：fpm feedback import 交回/*.xlsx
    """
    from fpm.cli.show.followup import show_imported
    from fpm.pipeline.followup import import_feedback as run_import
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    with opened.locked():
        rulebook = open_rulebook(opened.rules)
        imported = run_import(opened, rulebook, files, today(as_of), supersede=supersede)
    if as_json:
        print_json(imported.document())
    else:
        show_imported(people(), imported)
    if strict and imported.answers.problems.height:
        raise typer.Exit(NEEDS_A_PERSON)


@feedback.command("status")
def feedback_status(
    township: TownshipOption = None,
    risk: RiskOption = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未反馈的线索。")] = False,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """各乡镇发了多少、反馈了多少、逾期多少；加筛选项时逐条列出。

    示例：fpm feedback status

    示例：fpm feedback status --township 青石镇 --overdue
    """
    from fpm.cli.show.followup import show_alerts, show_standing
    from fpm.followup import chosen_alerts
    from fpm.pipeline.followup import feedback_standing, held_back, standing_document
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    rulebook = open_rulebook(opened.rules)
    chosen, alerts = feedback_standing(opened, rulebook, period, today(as_of))
    wanted = chosen_alerts(alerts, township=township, risk=risk, overdue=overdue)
    held = held_back(opened, chosen, township)
    if as_json:
        print_json(standing_document(chosen, wanted, held))
    else:
        show_standing(people(), chosen, wanted)
        if held:
            people().print(f"另有 {held:,} 户超出乡镇每期上限，暂缓下发，见“县级汇总.xlsx”。")
        if township or risk or overdue:
            show_alerts(people(), wanted)
    if strict and wanted["overdue"].any():
        raise typer.Exit(NEEDS_A_PERSON)


@feedback.command("export")
def export_feedback(
    out: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹。")],
    township: TownshipOption = None,
    risk: RiskOption = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未反馈的线索。")] = False,
    unanswered: Annotated[
        bool, typer.Option("--unanswered", help="只列还没有反馈（或待核实）的线索。")
    ] = False,
    departments: Annotated[
        bool,
        typer.Option(
            "--departments", help="改为导出各部门的核实结果：确认纳入监测的名单退回部门。"
        ),
    ] = False,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """再次导出清单（行标识与原表相同，可以照样交回），或导出退回部门的核实结果。

    示例：fpm feedback export --township 青石镇 --unanswered -o 催办

    示例：fpm feedback export --overdue -o 催办

    示例：fpm feedback export --departments -o 退回部门
    """
    from fpm.cli.show.followup import show_written
    from fpm.pipeline.export import Wanted, export_confirmed, export_lists
    from fpm.rulebook import open_rulebook

    if departments and (township or risk or overdue or unanswered):
        raise typer.BadParameter("--departments 导出全部确认名单，不与筛选项同用")
    opened = open_workspace(workspace)
    rulebook = open_rulebook(opened.rules)
    wanted = Wanted(period, today(as_of), township, unanswered, risk, overdue)
    export = export_confirmed if departments else export_lists
    written = export(opened, rulebook, out, wanted)
    if as_json:
        print_json([{"path": str(out / file.path), "rows": file.rows} for file in written])
        return
    show_written(people(), out, written, "没有要导出的内容。")
