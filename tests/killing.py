"""Run ``fpm`` in processes of its own that are killed, or run out of disk, in the middle of their work.

As a script it loads fpm once, then reads orders, one JSON object a line, and forks a child for
each. ``at``: kill the child just before its n-th change to a file of the workspace. ``after``: kill
it after so many seconds. ``limit``: no file may grow beyond so many bytes. ``words``: the call, a
run of the month unless told. It answers each order with the signal or exit code of the child, the
number of changes it made, and what it said.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import fpm.cli.show.run
import fpm.pipeline.run  # noqa: F401  (loaded once, before any thread is started)
from fpm.cli.app import run

CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect"}
RUN = ["run", "--period", "2026-10", "--as-of", "2026-11-08"]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def watch(folder: str, at: int | None, told: int) -> None:
    """Count the changes to files below ``folder``; die at the ``at``-th, else tell their number."""
    made = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal made
        if event not in CHANGES or folder not in str(args[0]):
            return
        if event == "open" and not int(args[2]) & WRITING:
            return
        made += 1
        os.pwrite(told, made.to_bytes(4), 0)
        if made == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def child(order: dict[str, object], told: int, said: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(said, 2)
    watch(str(order["workspace"]), order["at"], told)
    if order["limit"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
    sys.argv = ["fpm", *order["words"], "-w", str(order["workspace"])]
    try:
        run()
    except SystemExit as stop:
        os._exit(int(stop.code or 0))
    os._exit(0)


def obey(order: dict[str, object]) -> dict[str, object]:
    told, said = os.memfd_create("changes"), os.memfd_create("said")
    pid = os.fork()
    if pid == 0:
        child(order, told, said)
    if order["after"] is not None:
        time.sleep(order["after"])
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    answer = {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "changes": int.from_bytes(os.pread(told, 4, 0)),
        "said": os.pread(said, 10_000, 0).decode(),
    }
    os.close(told)
    os.close(said)
    return answer


class Killer:
    """Orders runs from the script, in which fpm is loaded and no thread was ever started."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(
        self,
        workspace: Path,
        *,
        at: int | None = None,
        after: float | None = None,
        limit: int | None = None,
        words: Sequence[str] = RUN,
    ) -> dict[str, object]:
        order = {"workspace": str(workspace), "at": at, "after": after, "limit": limit}
        order["words"] = list(words)
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
