"""Every failure fpm reports on purpose, with the exit code the command line gives it.

::

    FpmError
    ├── RefusedError            1   an input, the rules or the workspace cannot be used
    │   ├── FileRefusedError        one delivered file
    │   ├── RulebookError           rules/: all faults at once
    │   └── WorkspaceError          fpm.toml, folders, a period that is not loaded
    │       └── HalfGivenError      a period with its roster or its extracts, not yet both
    ├── BusyError               4   another run holds the workspace
    ├── LedgerDamagedError      5   the ledger is damaged or was tampered with
    └── StorageError            6   the disk or a file failed in the middle; nothing lost

A message is one Chinese sentence: what is wrong, where, what to do. It never holds an unmasked
ID number. Anything that is not an ``FpmError`` is a fault in fpm (exit code 70).
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from fpm.masking import mask_digits, mask_written

_SYSTEM_REASONS: Final = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EIO: "磁盘读写出错",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "是文件夹而不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名的文件已经存在",
    errno.EMFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ENOMEM: "内存不足",
    errno.EPIPE: "读取输出的程序已经结束",
    errno.ESTALE: "网络磁盘断开了",
}


def system_reason(error: OSError) -> str:
    """Why the system refused, in Chinese where it is one of the usual reasons."""
    said = error.strerror or type(error).__name__
    return _SYSTEM_REASONS.get(error.errno or 0, said)


class FpmError(Exception):
    """Base of every failure reported to a person; ``details`` say the same to a program."""

    exit_code = 1

    def __init__(self, message: str, **details: object) -> None:
        """Keep the sentence and what a program may want to know apart."""
        super().__init__(mask_written(message))
        self.details = details

    def document(self) -> dict[str, object]:
        """The failure as one JSON document."""
        return {"error": str(self), "exit_code": self.exit_code, **self.details}


class RefusedError(FpmError):
    """An input, the rules or the workspace cannot be used; nothing was published."""


class FileRefusedError(RefusedError):
    """One delivered file cannot be trusted: ``file`` names it, ``reason`` says why."""

    def __init__(self, file: str, reason: str, **details: object) -> None:
        """Build the sentence ``文件“file”：reason``; ID numbers in both are masked."""
        reason = mask_digits(reason)
        super().__init__(f"文件“{file}”：{reason}", file=file, reason=reason, **details)
        self.file = file
        self.reason = reason


class WorkspaceError(RefusedError):
    """The workspace cannot be used as it is."""


class HalfGivenError(WorkspaceError):
    """A period has its roster or its extracts, not yet both."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a rule book: ``file`` relative to the rules folder, dotted ``key``.

    ``message`` is Chinese; ``line`` is the line in that file, 0 where it is not known.
    """

    file: str
    key: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        """One line for a person."""
        place = f"{self.file} 第 {self.line} 行" if self.line else self.file
        where = f"{place}：{self.key}" if self.key else place
        return f"{where}：{self.message}"


class RulebookError(RefusedError):
    """The rule book has faults; ``faults`` holds all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Build a message that lists every fault on its own line."""
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(
            f"规则库有 {len(self.faults)} 处错误，请逐条改正后再运行：\n{lines}",
            faults=[asdict(fault) for fault in self.faults],
        )


class BusyError(FpmError):
    """Another run holds the workspace."""

    exit_code = 4


class LedgerDamagedError(FpmError):
    """The ledger is damaged or was tampered with."""

    exit_code = 5


class StorageError(FpmError):
    """The disk or a file failed in the middle; nothing is lost and the run can be repeated."""

    exit_code = 6
