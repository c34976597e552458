"""How the processes that work on foreign bytes are started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SOURCE_ROOT = Path(__file__).resolve().parents[3]


def command(*words: str) -> list[str]:
    """The command line of such a process; ``words`` say what it does (see ``__main__``)."""
    # -P: nothing is imported from the folder the command was started in
    return [sys.executable, "-P", "-X", "utf8", "-m", "fpm.ingest.containers", *words]


def environment() -> dict[str, str]:
    """Its environment: this process's own, with the way to this package."""
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, (str(_SOURCE_ROOT), inherited)))
    return {**os.environ, "PYTHONPATH": path}
