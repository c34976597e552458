"""``inspect load``: single files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fpm.cli.allocator import give_memory_back
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
    WorkspaceOption,
)
from fpm.errors import FileRefusedError, HalfGivenError, RefusedError

if TYPE_CHECKING:
    from fpm.rulebook import Rulebook

_HELP = "一个或多个文件。"
Files = Annotated[
    list[Path], typer.Argument(metavar="文件…", exists=True, dir_okay=False, help=_HELP)
]


def _some_are_files(paths: list[Path]) -> list[Path]:
    """A call of which no path is a file is wrong; of several, those that are can be looked at."""
    if not any(path.exists() and not path.is_dir() for path in paths):
        what = "is a directory" if paths[0].is_dir() else "does not exist"
        raise typer.BadParameter(f"file '{paths[0]}' {what}.")
    return paths


SomeFiles = Annotated[
    list[Path],
    typer.Argument(metavar="文件…", callback=_some_are_files, readable=False, help=_HELP),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("inspect")(inspect)
    app.command("load")(load)


def inspect(
    files: SomeFiles,
    department: Annotated[
        str | None,
        typer.Option(
            "--department", metavar="部门", help="只按这个部门的版式识别，如 civil-affairs。"
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    password_file: PasswordFileOption = None,
    ask_password: AskPasswordOption = False,
    as_json: JsonOption = False,
) -> None:
    """看文件会怎样读：工作表、表头、版式、各列、证件号码质量、问题。

    示例：fpm inspect 医保结算.csv
    """
    give_memory_back()
    from fpm.cli.show.file import show_reading, show_unknown
    from fpm.ingest.containers.child import ParserPool
    from fpm.ingest.limits import DEFAULT_LIMITS
    from fpm.ingest.opening import Opening
    from fpm.pipeline.inspect import inspect_file, reading_document
    from fpm.rulebook import open_rulebook
    from fpm.workspace import rules_folder

    here = workspace_here(workspace)
    rulebook = open_rulebook(rules_folder(here))
    only = _known_department(rulebook, department) if department else None
    limits = here.limits if here else DEFAULT_LIMITS
    passwords = given_passwords(password_file, ask_password)
    console = people()
    documents, refused = [], []
    with ParserPool() as parsers:
        opening = Opening(limits, passwords, parsers.read, parsers.start)
        for path in files:  # one after the other: a large file and the next are not held at once
            try:
                reading = inspect_file(rulebook, path, only, opening)
            except FileRefusedError as error:
                refused.append(error)
                if not as_json:
                    show_unknown(console, error)
                continue
            if as_json:
                documents.append(reading_document(reading))
            else:
                show_reading(console, reading)
            del reading
    if as_json:
        print_json([*documents, *(error.document() for error in refused)])
        raise typer.Exit(FileRefusedError.exit_code if refused else 0)
    if len(refused) > 1:
        lines = "\n".join(f"  {error}" for error in refused)
        raise RefusedError(f"有 {len(refused)} 个文件不能使用：\n{lines}")
    if refused:
        raise refused[0]


def load(
    department: Annotated[
        str,
        typer.Argument(
            metavar="部门",
            help="civil-affairs、medical-insurance、education、housing、water…或 roster。",
        ),
    ],
    files: Files,
    period: PeriodOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    password_file: PasswordFileOption = None,
    ask_password: AskPasswordOption = False,
) -> None:
    """把一个部门的数据读入工作区。

    示例：fpm load medical-insurance 结算10月.csv --period 2026-10
    """
    give_memory_back()
    from fpm.cli.show.run import show_loaded
    from fpm.pipeline.load import account_of, files_added, load_period
    from fpm.rulebook import open_rulebook

    opened = open_workspace(workspace)
    opened = replace(opened, passwords=given_passwords(password_file, ask_password))
    chosen = chosen_period(opened, period)
    rulebook = open_rulebook(opened.rules)
    accepted = accepted_checks(accept, reason, today(as_of))
    name = _known_department(rulebook, department)
    with (
        opened.locked(),
        progress_bar() as progress,
        files_added(opened, rulebook, name, files, chosen) as readings,
    ):
        account = account_of(readings)
        readings.clear()  # all of it is read again, from the cache
        try:
            loaded = load_period(opened, rulebook, chosen, progress, accepted)
        except HalfGivenError as missing:
            show_loaded(people(), account, rulebook.department_titles)
            people().print(f"已收下，还不能比对：{missing}", markup=False)
            return
    show_loaded(people(), loaded.files, loaded.departments, loaded.guards)


def _known_department(rulebook: Rulebook, text: str) -> str:
    """The department that ``text`` names, in English (with ``-`` or ``_``) or Chinese."""
    titles = rulebook.department_titles
    by_title = {title: department for department, title in titles.items()}
    name = by_title.get(text, text.replace("-", "_"))
    if name not in titles:
        known = "、".join(f"{name.replace('_', '-')}（{title}）" for name, title in titles.items())
        raise typer.BadParameter(f"不认识部门“{text}”，可以用：{known}")
    return name
