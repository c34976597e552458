"""How the processes that work on foreign bytes are started."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import BinaryIO, Final

_SOURCE_ROOT = Path(__file__).resolve().parents[3]
_PIPE_BYTES: Final = 1 << 20


def command(*words: str) -> list[str]:
    """The command line of such a process; ``words`` say what it does (see ``__main__``)."""
    # -P: nothing is imported from the folder the command was started in
    return [sys.executable, "-P", "-X", "utf8", "-m", "fpm.ingest.containers", *words]


def environment() -> dict[str, str]:
    """Its environment: this process's own, with the way to this package."""
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, (str(_SOURCE_ROOT), inherited)))
    return {**os.environ, "PYTHONPATH": path}


def widen(answer: BinaryIO) -> None:
    """Let such a process write further ahead of this one, where the system allows that."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - absent on Windows

        fcntl.fcntl(answer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
