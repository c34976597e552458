"""Options that several commands share, and how they become values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from fpm.period import Period


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def parse_day(text: str) -> dt.date:
    """A day such as 2026-11-08."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}”不是“2026-11-08”这样的日期") from error


WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="FPM_WORKSPACE",
        metavar="文件夹",
        help="工作区；不写时取当前文件夹或最近的上级工作区。",
        show_default=False,
    ),
]
PeriodOption = Annotated[
    Period | None,
    typer.Option(
        "--period",
        "-p",
        parser=_period,
        metavar="期次",
        help="期次，如 2026-10；不写时取 inbox 中最新一期。",
        show_default=False,
    ),
]
AsOfOption = Annotated[
    dt.date | None,
    typer.Option(
        "--as-of",
        parser=parse_day,
        metavar="日期",
        help="以这一天为“今天”；不写时取当天。",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="标准输出只打印一份 JSON。")]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="检查名[:文件]",
        help="把关停下而数据无误时放行：缩减、增长、重复、期次、地区；可重复，须写 --reason。",
        show_default=False,
    ),
]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="原因", help="放行的原因，会记录在案。", show_default=False),
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="文件",
        help="加密表格的密码，一行一个，逐个试；文件只能本人可读（0600）。"
        "也可放在环境变量 FPM_PASSWORD 中。",
        show_default=False,
    ),
]
AskPasswordOption = Annotated[
    bool, typer.Option("--ask-password", help="在终端里输入加密表格的密码（不显示）。")
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="有需要人工处理的事项时以代码 3 退出。")
]
