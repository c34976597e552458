"""``rules explain``: what fpm judges by, and why it said what it said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fpm.cli.console import (
    chosen_month,
    chosen_period,
    open_workspace,
    people,
    print_json,
    workspace_here,
)
from fpm.cli.options import JsonOption, PeriodOption, WorkspaceOption

rules = typer.Typer(help="规则表：列出、查看、检查、试算。", no_args_is_help=True)

AskedArgument = Annotated[
    str,
    typer.Argument(metavar="规则", help="规则编号（rule_id），或它回答的检查编号，如 5_18_009。"),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(rules, name="rules")
    app.command("explain")(explain)


@rules.command("list")
def list_rules(
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="类别", help="alert、correction 或 hint。")
    ] = None,
    risk: Annotated[str | None, typer.Option("--risk", metavar="风险", help="如 因病。")] = None,
    workspace: WorkspaceOption = None,
    period: PeriodOption = None,
    as_json: JsonOption = False,
) -> None:
    """规则一览：编号、名称、风险、级别、来源，哪些停用、为什么。

    示例：fpm rules list --risk 因病
    """
    from fpm.cli.show.rules import show_rules
    from fpm.pipeline.rules import table

    opened = workspace_here(workspace)
    rows = table(opened, chosen_month(opened, period), kind, risk)
    if as_json:
        print_json(rows.to_dicts())
        return
    show_rules(people(), rows)


@rules.command("show")
def show_rule(
    rule: AskedArgument,
    workspace: WorkspaceOption = None,
    period: PeriodOption = None,
    as_json: JsonOption = False,
) -> None:
    """一条规则的全部内容：条件和其中名称的意思、参数及其文件依据、本期命中、示例。

    示例：fpm rules show school_age_not_enrolled
    """
    from fpm.cli.show.rules import show_one_rule
    from fpm.pipeline.rules import document

    opened = workspace_here(workspace)
    told = document(opened, chosen_month(opened, period), rule)
    if as_json:
        print_json(told)
        return
    show_one_rule(people(), told)


@rules.command("check")
def check_rules(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """检查规则库：写法、名称、参数、示例是否齐全；一次列出全部错误。

    示例：fpm rules check
    """
    from fpm.pipeline.rules import faults

    found, count = faults(workspace_here(workspace))
    if as_json:
        print_json([{"file": f.file, "key": f.key, "message": f.message} for f in found])
    elif found:
        for fault in found:
            typer.echo(str(fault), err=True)
        typer.echo(f"规则库有 {len(found)} 处错误。", err=True)
    else:
        people().print(f"规则库没有错误：{count} 条规则。")
    if found:
        raise typer.Exit(1)


@rules.command("test")
def try_cases(
    rule: Annotated[
        str | None,
        typer.Argument(metavar="[规则]", help="只试一条；不写时试全部。", show_default=False),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """用每条规则自带的示例试算，结果与示例不符即失败。

    示例：fpm rules test
    """
    from fpm.cli.show.rules import show_case_failures
    from fpm.pipeline.rules import case_results

    results = case_results(workspace_here(workspace), rule)
    failed = [result for result in results if not result["passed"]]
    if as_json:
        print_json(results)
    else:
        show_case_failures(people(), failed, len(results))
    if failed:
        raise typer.Exit(1)


@rules.command("coverage")
def cover_rules(
    everything: Annotated[
        bool, typer.Option("--all", help="每一列、每个文件条款都列出，不只是没有规则用到的。")
    ] = False,
    workspace: WorkspaceOption = None,
    period: PeriodOption = None,
    as_json: JsonOption = False,
) -> None:
    """规则管到了什么：哪些部门数据、风险、参数、列有规则用，哪些没有；哪些规则本期没有数据。

    示例：fpm rules coverage
    """
    from fpm.cli.show.coverage import show_coverage
    from fpm.pipeline.rules import covered

    opened = workspace_here(workspace)
    told = covered(opened, chosen_month(opened, period))
    if as_json:
        print_json(told)
        return
    show_coverage(people(), told, everything=everything)


@rules.command("simulate")
def simulate_rules(
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="参数=值", help="试用的参数值，可重复。"),
    ] = None,
    other: Annotated[
        Path | None,
        typer.Option(
            "--rules", metavar="文件夹", file_okay=False, exists=True, help="试用另一套规则库。"
        ),
    ] = None,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """采用之前先试算：改一个参数或换一套规则，各乡镇的命中和入户数怎样变。

    示例：fpm rules simulate --set inpatient_line_other=15000
    """
    from fpm.cli.show.simulate import show_change
    from fpm.pipeline.simulate import Trial, change_document, known_of_dropped, simulate

    if not settings and other is None:
        raise typer.BadParameter("请用 --set 参数=值 或 --rules 文件夹 说明试什么")
    opened = open_workspace(workspace)
    trial = Trial(tuple(settings or ()), other)
    month = chosen_period(opened, period)
    change = simulate(opened, month, trial)
    known = known_of_dropped(opened, month, change)
    if as_json:
        print_json(change_document(change, known))
        return
    show_change(people(), change, known)


def explain(
    target: Annotated[
        str,
        typer.Argument(
            metavar="线索",
            help="线索编号、户编号、人编号，或“乡镇/村”；也可以是“文件:行号”或“文件:工作表:行号”。",
        ),
    ],
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """从线索一直追到规则、文件依据、指标、匹配理由和原始数据的文件与行。

    示例：fpm explain 999901-2026-00012
    """
    from fpm.cli.show.explanation import show_explanation
    from fpm.pipeline.explain import explain_target

    opened = open_workspace(workspace)
    explanation = explain_target(opened, chosen_period(opened, period), target)
    if as_json:
        print_json(explanation)
        return
    show_explanation(people(), explanation)
