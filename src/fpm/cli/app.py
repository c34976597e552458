"""The ``fpm`` command: verbs by topic, and the one place where failures become exit codes."""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from pathlib import Path
from typing import Final

import typer

from fpm import __version__
from fpm.cli import cases, files, followup, intake, judging, monthly, places, review, trust
from fpm.cli.chinese import call
from fpm.cli.console import print_json
from fpm.errors import FpmError, StorageError, system_reason
from fpm.masking import mask_digits

FAULT: Final = 70
FAULT_REPORT: Final = "fpm-fault.txt"

app = typer.Typer(
    name="fpm",
    help=(
        "防贫监测：把各部门数据与农户花名册比对，按规则生成各乡镇的预警线索。\n\n"
        "第一次使用：fpm demo 用样例县走一遍全过程；fpm init 建立自己的工作区。\n\n"
        "每月使用：把部门数据放进 inbox/2026-10/，运行 fpm run --period 2026-10，"
        "打开 out/2026-10/ 里的表。"
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"fpm {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="显示版本号。"
    ),
) -> None:
    """Options of ``fpm`` itself."""


places.register(app)
files.register(app)
monthly.register(app)
judging.register(app)
trust.register(app)
followup.register(app)
review.register(app)
cases.register(app)
intake.register(app)


def run() -> None:
    """Run the command line and exit with the code of the contract."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            # A console that cannot show a character shows "?" instead of ending the run.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        sys.exit(call(app))
    except FpmError as error:
        if "--json" in sys.argv:
            print_json(error.document())
        typer.echo(f"错误：{error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        # No one said more exactly what was read or written.
        reason = system_reason(error)
        typer.echo(f"错误：磁盘或文件出错（{reason}），没有丢失数据，请检查后重新运行", err=True)
        sys.exit(StorageError.exit_code)
    except Exception as error:  # noqa: BLE001  (the one boundary: a fault becomes a line and a report)
        kept = "详情无处可写"
        with contextlib.suppress(OSError):
            kept = f"详情已写入 {_write_fault_report(error)}"
        typer.echo(f"fpm 内部故障（{type(error).__name__}），{kept}，请反馈给维护人员。", err=True)
        sys.exit(FAULT)


def _stop(number: int, _frame: object) -> None:
    """End with 128 + signal number (130 or 143); what was not finished is done by the next run."""
    typer.echo("已中止，没有丢失任何数据，可以重新运行。", err=True)
    sys.exit(128 + number)


def _write_fault_report(error: Exception) -> Path:
    """Write where the fault happened, without messages or values: they may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"fpm {__version__}", f"Python {sys.version.split()[0]} {sys.platform}"]
    lines += [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    lines.append(type(error).__name__)
    path = Path.cwd() / FAULT_REPORT
    path.write_text(mask_digits("\n".join(lines)) + "\n", "utf-8")
    return path
