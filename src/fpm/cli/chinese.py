"""The words that typer itself says, in Chinese."""

from __future__ import annotations

from typing import Any

from typer import rich_utils

_OPTIONS = "[选项]"
_COMMANDS = "命令 …"
_HELP = "显示用法。"


def speak_chinese() -> None:
    """Set the titles and hints of help and usage errors."""
    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "用法错误"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.ENVVAR_STRING = "[环境变量：{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    rich_utils.ABORTED_TEXT = "已中止。"
    rich_utils.RICH_HELP = "用 [blue]{command_path} {help_option}[/] 查看用法。"


def in_chinese(command: Any) -> Any:
    """Translate what the parser writes for ``command`` and all commands below it."""
    command.options_metavar = _OPTIONS
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = _COMMANDS
    option = command.get_help_option(
        command.context_class(command, help_option_names=["-h", "--help"])
    )
    option.help = _HELP
    for parameter in [*command.params, option]:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = " "
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)
    return command
