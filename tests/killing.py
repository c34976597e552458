"""Run ``fpm`` in processes of its own that are killed in the middle of their work.

A script: it loads fpm once, then reads orders, one JSON object a line, and forks a child for each.
``at``: kill the child just before its n-th change to a file of the workspace. ``after``: kill it
after so many seconds. It answers each order with the signal or exit code of the child and the
number of changes it made.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import fpm.cli.show.run
import fpm.pipeline  # noqa: F401  (loaded once, before any thread is started)
from fpm.cli.app import run

CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect"}
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


def child(order: dict[str, object], told: int) -> None:
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    watch(str(order["workspace"]), order["at"], told)
    sys.argv = ["fpm", *order["command"], "-w", str(order["workspace"])]
    try:
        run()
    except SystemExit as stop:
        os._exit(int(stop.code or 0))
    os._exit(0)


def obey(order: dict[str, object]) -> dict[str, int]:
    told = os.memfd_create("changes")
    pid = os.fork()
    if pid == 0:
        child(order, told)
    if order["after"] is not None:
        time.sleep(order["after"])
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    made = int.from_bytes(os.pread(told, 4, 0))
    os.close(told)
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status), "changes": made}
    return {"exit": os.WEXITSTATUS(status), "changes": made}


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
