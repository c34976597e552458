"""One TOML file of a rule book: its content, syntax errors in Chinese, and the line of a key."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli

from fpm.errors import Fault, system_reason

Path_ = Sequence[str | int]
"""Keys from the top of a file down: ``("dated", 0, "value")``."""

_SYNTAX: Final = (
    ("Expected '='", "键的后面缺少等号；中文键名要加引号"),
    ("Invalid value|Invalid date", "值的写法不对：文字要加半角双引号，是/否写 true/false"),
    ("Unclosed array", "方括号没有配对，或清单各项之间缺少半角逗号"),
    ("Unclosed inline table", "花括号没有配对，或各项之间缺少半角逗号"),
    (
        "overwrite|Duplicate|Cannot declare|redefine|mutate",
        "这个键或表写了两次；几个并列的表头都要写两层方括号",
    ),
    (
        "Unterminated|Illegal character|Expected \"'|Expected '\"",
        "引号没有配对，或有看不见的控制字符",
    ),
    ("Found invalid character", "有看不见的控制字符"),
    (r"Expected '\]", "表头的方括号没有配对"),
    ("Expected newline", '一行只能写一项；值里面的引号写作 \\"，条件里的文本用半角单引号'),
    ("Unescaped|Invalid hex|Escaped character", "反斜杠要写成两个 \\\\"),
    ("Invalid initial character|Invalid statement", "这一行读不懂：应是“键 = 值”或“[表头]”"),
)
"""What tomli says, and what to tell the office."""

_FULL_WIDTH: Final = re.compile(r"[＝“”‘’［］｛｝，＂＇]")
_CHINESE_KEY: Final = re.compile(r"^\s*(\[+[^\]\"']*)?[^\x00-\x7f]")
_WITH_UNIT: Final = re.compile(r"=\s*(-?\d[\d.]*\s*[^\x00-\x7f%]|-?\d[\d.]*\s*%)")
_THOUSANDS: Final = re.compile(r"=\s*-?\d{1,3}(,\d{3})+")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*$")
_PLACE: Final = re.compile(r"\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")


MAX_BYTES: Final = 4 << 20
"""A hundred times the longest shipped file."""
MAX_DEPTH: Final = 12
MAX_NUMBER: Final = 10**15
"""Beyond it a Float64 no longer holds every cent."""
_INFINITE: Final = (math.inf, -math.inf)
"""Refused with the key they stand at, as every other value that is no number."""
_TABLES: Final = frozenset({dict, list})
_NUMBERS: Final = frozenset({int, float})
_TOO_DEEP: Final = "括号或带点的键套得太深，读不下去"
_TOO_LARGE: Final = "有一个数太大，最多 15 位"


@dataclass(frozen=True, slots=True)
class TomlFile:
    """One file: ``name`` relative to the rules folder with ``/``, its text and its table."""

    name: str
    text: str
    table: dict[str, Any]

    def fault(self, path: Path_, message: str) -> Fault:
        """A fault at the key ``path`` of this file."""
        return Fault(self.name, dotted(path), message, line_of(self.text, path))


def read_toml(path: Path, name: str) -> TomlFile | Fault:
    """Read one file, or say in Chinese why it is not TOML."""
    try:
        text = _text(path)
    except _NoTextError as error:
        return Fault(name, "", str(error))
    try:
        file = TomlFile(name, text, tomli.loads(text.replace("\r\n", "\n")))
    except tomli.TOMLDecodeError as error:
        return _syntax_fault(name, text, str(error))
    except RecursionError:
        return Fault(name, "", _TOO_DEEP)
    except ValueError:  # Python converts no integer of more than 4300 digits
        return Fault(name, "", _TOO_LARGE)
    return _size_fault(file) or file


class _NoTextError(Exception):
    """A file that cannot be read as text; the message says why in Chinese."""


def _text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would never end
            raise _NoTextError("不是普通的文件，规则要写在文本文件里")
        if path.stat().st_size > MAX_BYTES:
            raise _NoTextError(f"大于 {MAX_BYTES >> 20} MB，不像规则文件")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _NoTextError("不是 UTF-8 编码，请在编辑器里另存为 UTF-8") from error
    except OSError as error:
        message = f"读不出来（{system_reason(error)}），请检查文件权限和磁盘"
        raise _NoTextError(message) from error


def _size_fault(file: TomlFile) -> Fault | None:
    """The first key that is nested too deeply or holds a number that no amount is."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), file.table)]
    while waiting:
        path, table = waiting.pop()
        if table and len(path) == MAX_DEPTH:
            return Fault(file.name, "", _TOO_DEEP)
        for key, value in table.items() if isinstance(table, dict) else enumerate(table):
            kind = type(value)
            if kind in _TABLES:
                waiting.append(((*path, key), value))
            elif kind in _NUMBERS and abs(value) > MAX_NUMBER and value not in _INFINITE:
                return file.fault((*path, key), _TOO_LARGE)
    return None


def _syntax_fault(name: str, text: str, message: str) -> Fault:
    place = _PLACE.search(message)
    lines = text.splitlines()
    at_end = place is None or place["line"] is None
    line = _opened_at(lines) if at_end or place is None else int(place["line"])
    meaning = next(
        (chinese for pattern, chinese in _SYNTAX if re.search(pattern, message)),
        "不合 TOML 写法",
    )
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    if sign := _FULL_WIDTH.search(_QUOTED.sub("", shown)):
        meaning = f"有全角符号“{sign[0]}”，请改用半角"
    elif _CHINESE_KEY.match(shown):
        meaning = "中文键名要加半角双引号"
    elif _WITH_UNIT.search(shown):
        meaning = "数后面不写单位和百分号：单位写在 unit 里，50% 写 0.5"
    elif _THOUSANDS.search(shown):
        meaning = "数里不写千位分隔"
    return Fault(name, "", f"{meaning}（{shown.strip()[:60]}）" if shown.strip() else meaning, line)


def _opened_at(lines: Sequence[str]) -> int:
    """The line with the quote that is never closed, else the last one."""
    for number, line in reversed(list(enumerate(lines, start=1))):
        if '"""' in line or "'''" in line:
            return number
    single = (n for n, line in enumerate(lines, start=1) if re.search(r"=\s*'[^']*$", line))
    return next(single, len(lines))


def dotted(path: Path_) -> str:
    """``("dated", 0, "value")`` → ``dated[1].value``: people count from one."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


_KEY: Final = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_DOTTED: Final = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER: Final = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ENTRY: Final = re.compile(rf"^\s*({_DOTTED})\s*=")


def line_of(text: str, path: Path_) -> int:
    """Line (from 1) on which the longest known beginning of ``path`` stands, 0 when none does."""
    best_line, best_depth = 0, 0
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _opened(_parts(header[2]), counts, repeated=header[1] == "[[")
            here = table
        elif entry := _ENTRY.match(line):
            here = (*table, *_parts(entry[1]))
        else:
            continue
        shared = min(len(here), len(path))
        if shared > best_depth and here[:shared] == tuple(path[:shared]):
            best_line, best_depth = number, shared
    return best_line


def _opened(
    keys: tuple[str, ...], counts: dict[tuple[str | int, ...], int], *, repeated: bool
) -> tuple[str | int, ...]:
    """The full path of a table header: keys of ``[[…]]`` tables carry the index they are at."""
    path: tuple[str | int, ...] = ()
    for position, key in enumerate(keys):
        path = (*path, key)
        last = position == len(keys) - 1
        if last and repeated:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted_key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted_key))
