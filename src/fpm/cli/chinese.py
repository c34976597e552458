"""The words that typer itself says, in Chinese."""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType
from typing import Any, Final

from typer import Abort, Typer, TyperException
from typer.core import TyperGroup
from typer.main import get_command

from fpm.masking import mask_digits

_OPTIONS = "[选项]"
_COMMANDS = "命令 …"
_HELP = "显示用法。"
_USAGE = "用法："

#: What the parser says of a wrong call, piece by piece, as regular expression → Chinese.
_USAGE_ERRORS: Final = (
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"\(Possible options: (.+)\)", r"（相近的：\1）"),
    (r"No such command '(.*?)'\.?", r"没有命令“\1”"),
    (r" ?Did you mean (.+)\?", r"，是不是 \1"),
    (r"Missing command\.", "后面还要写一个命令"),
    (r"Missing (?:argument|option|parameter) (.+?)\.", r"缺少 \1"),
    (r"Option '(.+?)' requires (?:an|\d+) arguments?\.", r"选项 \1 后面要写一个值"),
    (r"Option '(.+?)' does not take a value\.", r"选项 \1 后面不写值"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多写了：\1"),
    (r"Invalid value for (.+?): ", r"\1："),
    (r"Invalid value: ", ""),
    (r"(?:file|dir|directory|path) '(.*)' does not exist\.", r"找不到“\1”"),
    (r"(?:file|path) '(.*)' is a directory\.", r"“\1”是文件夹，这里要写文件"),
    (r"(?:dir|directory|path) '(.*)' is a file\.", r"“\1”是文件，这里要写文件夹"),
    (r"(?:file|dir|directory|path) '(.*)' is not (?:readable|writable)\.", r"没有读写“\1”的权限"),
    (r"(?:Value error, )?'(.*)' is not one of (.+)\.", r"“\1”不在可写的值之内：\2"),
    (r"Input should be a valid (?:integer|number).*", "要写一个数"),
    (r"Input should be greater than or equal to (\S+)", r"不能小于 \1"),
    (r"Input should be greater than (\S+)", r"要大于 \1"),
    (r"Input should be less than or equal to (\S+)", r"不能大于 \1"),
)


def call(app: Typer) -> int:
    """Run the command line, and return its exit code; what the parser says of it is Chinese."""
    command: Any = _in_chinese(get_command(app))
    try:
        return command(standalone_mode=False) or 0
    except Abort:
        _shown_in_chinese().rich_abort_error()
        return 1
    except TyperException as error:
        said = usage_error(error.format_message())
        error.format_message = lambda: said  # type: ignore[method-assign]
        _shown_in_chinese().rich_format_error(error)
        return error.exit_code


@cache
def _shown_in_chinese() -> ModuleType:
    """What shows help and usage errors, its titles and hints set.

    It is loaded when there are any, because that takes as long as many a command.
    """
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "用法错误"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.ENVVAR_STRING = "[环境变量：{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    rich_utils.ABORTED_TEXT = "已中止。"
    rich_utils.RICH_HELP = "用 [blue]{command_path} {help_option}[/] 查看用法。"
    formatter: Any = TyperGroup.context_class.formatter_class
    write_usage = formatter.write_usage

    def write_usage_in_chinese(self: Any, prog: str, args: str = "") -> None:
        write_usage(self, prog, args, _USAGE)

    formatter.write_usage = write_usage_in_chinese
    return rich_utils


def usage_error(message: str) -> str:
    """The parser's ``message`` in Chinese, ID numbers in what was typed masked."""
    for pattern, words in _USAGE_ERRORS:
        message = re.sub(pattern, words, message)
    return mask_digits(message)


def _in_chinese(command: Any) -> Any:
    """Translate what the parser writes for ``command`` and all commands below it."""
    show = command.format_help

    def show_in_chinese(*words: Any) -> None:
        _shown_in_chinese()
        show(*words)

    command.format_help = show_in_chinese
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
        _in_chinese(below)
    return command
