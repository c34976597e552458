"""What the commands share at the edge: the console, progress, JSON, the workspace, today."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fpm.masking import mask_written

if TYPE_CHECKING:
    from rich.console import Console

    from fpm.model import Period
    from fpm.pipeline.guards import Acceptance
    from fpm.pipeline.load import Progress
    from fpm.workspace import Workspace


def people() -> Console:
    """The console for people: standard output on a terminal, else standard error."""
    from rich.console import Console
    from rich.text import Text

    class Masked(Console):
        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(mask_written(text), **options)

    return Masked(stderr=not sys.stdout.isatty(), highlight=False, soft_wrap=False)


def print_json(document: Any) -> None:
    """Print one JSON document on standard output and nothing else; ID numbers are masked."""
    sys.stdout.write(json.dumps(_masked(document), ensure_ascii=False, indent=2) + "\n")


def _masked(part: Any) -> Any:
    match part:
        case dict():
            return {mask_written(str(key)): _masked(value) for key, value in part.items()}
        case list() | tuple():
            return [_masked(one) for one in part]
        case None | bool() | int() | float():
            return part
    return mask_written(str(part))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield a progress callback; bars appear only when standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _title, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(title: str, done: int, total: int) -> None:
            if title not in tasks:
                tasks[title] = bars.add_task(mask_written(title), total=total)
            bars.update(tasks[title], completed=done, total=total)

        yield show


def open_workspace(folder: Path | None) -> Workspace:
    """The workspace that was named, or the nearest one."""
    from fpm.workspace import Workspace

    return Workspace.open(folder.resolve()) if folder else Workspace.find(Path.cwd())


def workspace_here(folder: Path | None) -> Workspace | None:
    """The workspace that was named, or the nearest one if there is any."""
    from fpm.errors import WorkspaceError

    try:
        return open_workspace(folder)
    except WorkspaceError:
        if folder is not None:
            raise
        return None


def given_passwords(file: Path | None, ask: bool) -> tuple[str, ...]:
    """Passwords of delivered workbooks, typed, from a private file or the environment.

    Raises:
        RefusedError: the file cannot be read, or others can read it.
    """
    import os

    import typer

    passwords = [typer.prompt("加密表格的密码", hide_input=True, err=True)] if ask else []
    if file is not None:
        passwords += _private_lines(file)
    if told := os.environ.get("FPM_PASSWORD"):
        passwords.append(told)
    return tuple(passwords)


def _private_lines(file: Path) -> list[str]:
    import os

    from fpm.errors import RefusedError

    try:
        mode = file.stat().st_mode
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"密码文件“{file}”不能读取，请检查路径和编码（UTF-8）") from error
    if os.name == "posix" and mode & 0o077:
        raise RefusedError(f"密码文件“{file}”别人也能读，请先运行 chmod 600 再用")
    return [line for line in lines if line]


def chosen_period(workspace: Workspace, period: Period | None) -> Period:
    """The period that was named, or the latest in the workspace."""
    from fpm.errors import WorkspaceError

    if period is not None:
        return period
    periods = workspace.periods()
    if not periods:
        raise WorkspaceError(
            "inbox 中还没有任何期次，请建立如 inbox/2026-10 的文件夹并放入部门数据"
        )
    return periods[-1]


def chosen_month(workspace: Workspace | None, period: Period | None) -> Period:
    """The period that was named, else the latest of the workspace, else this month."""
    from fpm.period import Period as Month

    if period is not None:
        return period
    if workspace is not None and (periods := workspace.periods()):
        return periods[-1]
    day = today(None)
    return Month(day.year, day.month)


def accepted_checks(
    accept: list[str] | None, reason: str | None, day: dt.date
) -> tuple[Acceptance, ...]:
    """What ``--accept`` and ``--reason`` say, in the name of whoever runs the command."""
    import getpass

    import typer

    from fpm.pipeline.guards import Acceptance

    if not accept:
        return ()
    if not (reason and reason.strip()):
        raise typer.BadParameter("--accept 要同时写 --reason 说明原因")
    try:
        by = getpass.getuser()
    except (KeyError, OSError):
        by = "未知用户"  # a container may run under a number without a name
    try:
        return tuple(Acceptance.parse(text, reason.strip(), by, day) for text in accept)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def today(as_of: dt.date | None) -> dt.date:
    """The day that was named, or the day it is; below the command line nobody reads the clock."""
    return as_of or dt.datetime.now().astimezone().date()
