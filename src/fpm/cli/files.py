"""``inspect load``: single files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fpm.cli.console import chosen_period, open_workspace, people, print_json, progress_bar
from fpm.cli.options import JsonOption, PeriodOption, WorkspaceOption

Files = Annotated[
    list[Path],
    typer.Argument(metavar="文件…", exists=True, dir_okay=False, help="一个或多个文件。"),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("inspect")(inspect)
    app.command("load")(load)


def inspect(
    files: Files,
    department: Annotated[
        str | None,
        typer.Option("--department", metavar="部门", help="只按这个部门的版式识别，如 civil-affairs。"),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """看一个文件会被怎样读：工作表、表头行、版式、各列、证件号码质量、最先出现的问题。

    示例：fpm inspect 医保结算.csv
    """
    from fpm.cli.show.file import show_reading
    from fpm.pipeline.inspect import inspect_file, reading_document, rulebook_at

    rulebook = rulebook_at(workspace)
    readings = [inspect_file(rulebook, path, _department(department)) for path in files]
    if as_json:
        print_json([reading_document(reading) for reading in readings])
        return
    console = people()
    for reading in readings:
        show_reading(console, reading)


def load(
    department: Annotated[
        str,
        typer.Argument(metavar="部门", help="civil-affairs、medical-insurance、education、housing、water…或 roster。"),
    ],
    files: Files,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """把一个部门的数据读入工作区。

    示例：fpm load medical-insurance 结算10月.csv --period 2026-10
    """
    from fpm.cli.show.run import show_loaded
    from fpm.pipeline.load import add_files, load_period
    from fpm.rulebook import load_rulebook

    opened = open_workspace(workspace)
    chosen = chosen_period(opened, period)
    rulebook = load_rulebook(opened.rules)
    with opened.locked(), progress_bar() as progress:
        add_files(opened, rulebook, _known_department(department), files, chosen)
        loaded = load_period(opened, rulebook, chosen, progress)
    show_loaded(people(), loaded.files)


def _department(text: str | None) -> str | None:
    return None if text is None else _known_department(text)


def _known_department(text: str) -> str:
    from fpm.model import DEPARTMENT_TITLES

    name = text.replace("-", "_")
    by_title = {title: department for department, title in DEPARTMENT_TITLES.items()}
    name = by_title.get(name, name)
    if name not in DEPARTMENT_TITLES:
        known = "、".join(
            f"{department.replace('_', '-')}（{title}）"
            for department, title in DEPARTMENT_TITLES.items()
        )
        raise typer.BadParameter(f"不认识部门“{text}”，可以用：{known}")
    return name
