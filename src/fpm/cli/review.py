"""``review``: people decide what matching could not."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Final

import typer

from fpm.cli.console import chosen_period, open_workspace, people, print_json, today
from fpm.cli.followup import Returned, SupersedeOption
from fpm.cli.monthly import NEEDS_A_PERSON
from fpm.cli.options import AsOfOption, JsonOption, PeriodOption, StrictOption, WorkspaceOption

review = typer.Typer(invoke_without_command=True)

ByOption = Annotated[
    str | None, typer.Option("--by", metavar="姓名", help="谁作的认定，记入台账。")
]
_STOP: Final = "q"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(review, name="review")


@review.callback()
def list_undecided(
    context: typer.Context,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """身份待核：列出、当场认定，或导出、导入人工认定。

    不带子命令时，在屏幕上列出拿不准的记录和候选人（证件号码遮盖）。

    示例：fpm review

    示例：fpm review decide --by 李分析员

    示例：fpm review export -o 待核

    示例：fpm review import 待核/身份待核.xlsx --by 李分析员
    """
    if context.invoked_subcommand is not None:
        return
    from fpm.cli.show.followup import show_undecided
    from fpm.pipeline.review import undecided
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    waiting = undecided(opened, open_rulebook(opened.rules), chosen_period(opened, period))
    if as_json:
        print_json(waiting)
        return
    show_undecided(people(), waiting)


@review.command("decide")
def decide_review(
    by: ByOption = None,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """在屏幕上逐条认定，适合条数不多的时候；随时可以停，认定过的都算数。

    示例：fpm review decide --by 李分析员
    """
    from fpm.cli.show.followup import (
        RUN_AGAIN,
        show_one_undecided,
        show_problems,
        show_undecided,
    )
    from fpm.pipeline.review import decide, undecided
    from fpm.rulebook import open_rulebook

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.BadParameter("逐条认定要在终端里进行；不在终端时请用 fpm review export、import")
    opened = open_workspace(workspace)
    console = people()
    waiting = undecided(opened, open_rulebook(opened.rules), chosen_period(opened, period))
    if not waiting:
        show_undecided(console, waiting)
        return
    recorded = 0
    for number, record in enumerate(waiting, start=1):
        show_one_undecided(console, record, f"{number}/{len(waiting)}")
        persons = {str(row["rank"]): row["person_id"] for row in record["candidates"]}
        answer = _asked(persons)
        if answer == _STOP:
            break
        if answer:
            with opened.locked():
                chosen = {record["identity"]: persons.get(answer)}
                done = decide(opened, chosen, (by, today(as_of)))
            recorded += done.recorded
            show_problems(console, done.choices.problems)
    console.print(f"新记住 {recorded:,} 条认定，其余 {len(waiting) - recorded:,} 条仍待核。")
    if recorded:
        console.print(RUN_AGAIN)


def _asked(candidates: Collection[str]) -> str:
    """A candidate's number, 0 for nobody, nothing for later, or the word that stops."""
    known = {"", "0", _STOP, *candidates}
    while True:
        answer: str = typer.prompt(
            "第几候选（0 都不是，回车 暂不能定，q 结束）", default="", show_default=False
        )
        plain = unicodedata.normalize("NFKC", answer).strip().lower()
        if plain in known:
            return plain
        typer.echo(f"请输入 0、{'、'.join(candidates)}，或直接回车，或 q")


@review.command("export")
def export_review(
    out: Annotated[Path, typer.Option("-o", "--output", metavar="文件", help="写到哪里。")],
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出身份待核清单，供人工认定。

    示例：fpm review export -o 待核
    """
    from fpm.pipeline.review import export_review as export

    opened = open_workspace(workspace)
    path = export(opened, chosen_period(opened, period), out)
    if as_json:
        print_json({"path": str(path)})
        return
    people().print(
        f"已写入 {path}，填好后用 fpm review import 导入。", soft_wrap=True, markup=False
    )


@review.command("import")
def import_review(
    files: Returned,
    by: ByOption = None,
    supersede: SupersedeOption = False,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """导入身份待核清单中的认定；同一身份以后各月不再问。

    示例：fpm review import 身份待核.xlsx --by 李分析员
    """
    from fpm.cli.show.followup import show_decided
    from fpm.pipeline.review import import_decisions
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    with opened.locked():
        rulebook = open_rulebook(opened.rules)
        decided = import_decisions(opened, rulebook, files, (by, today(as_of)), supersede=supersede)
    if as_json:
        print_json(decided.document())
    else:
        show_decided(people(), decided)
    if strict and decided.choices.problems.height:
        raise typer.Exit(NEEDS_A_PERSON)
