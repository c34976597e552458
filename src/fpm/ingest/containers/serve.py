"""The parsing process: file after file, each in a copy of the process that ends with it.

A copy is made before a file is known and takes its limits from the request, so that neither what
a file left in memory nor what it broke can reach the next one. A signal to end, sent to both, ends
the copy, which the process sees to its grave. Where a process cannot be copied (Windows), it reads
one file and ends.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
from pathlib import Path

from fpm.ingest.containers.memory import limit_memory
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.protected import serve_unlock
from fpm.ingest.containers.sniff import ProtectedError, UnreadableError
from fpm.ingest.containers.wire import READY, Ending, write_ending, write_sheet
from fpm.ingest.limits import Limits

_DONE = 0
_NOTHING_MORE = 5


def serve() -> int:
    """Read files from stdin and write their sheets to stdout until there are no more."""
    import python_calamine  # noqa: F401, PLC0415 - only here, and once for all copies

    gc.disable()  # millions of cells and no cycles; a copy ends with its file
    if not hasattr(os, "fork"):
        return _parse()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while _in_a_copy() == _DONE:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
    return _NOTHING_MORE


def _in_a_copy() -> int:
    """The exit code of a copy that has read one file; negative when a signal ended it."""
    copy = os.fork()
    if not copy:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os._exit(_parse())
    with contextlib.suppress(AttributeError, OSError):  # only some systems know such descriptors
        _end_with_asker(copy)
    return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])


def _end_with_asker(copy: int) -> None:
    """Wait for the end of a copy, and bring it about when nobody is there any more who asked."""
    ending = os.pidfd_open(copy)
    watch = select.poll()
    watch.register(ending, select.POLLIN)
    watch.register(sys.stdin, 0)  # only that its other end was closed
    if all(descriptor != ending for descriptor, _ in watch.poll()):
        os.kill(copy, signal.SIGKILL)
    os.close(ending)


def _parse() -> int:
    """Read one file under its limits: a line of JSON, then as many bytes as it says.

    It may also say where the file lies instead.
    """
    line = sys.stdin.buffer.readline()
    if not line:
        return _NOTHING_MORE
    request = json.loads(line)
    path = request["path"]
    file = Path(path) if path else sys.stdin.buffer.read(request["size"])
    limits = Limits(**request["limits"])
    limit_memory(limits.memory_bytes)
    ending = Ending()
    sheets = read_container(file, limits)
    del file
    try:
        for sheet in sheets:
            write_sheet(sys.stdout.buffer, sheet)
    except UnreadableError as error:
        ending = Ending(str(error), is_protected=isinstance(error, ProtectedError))
    write_ending(sys.stdout.buffer, ending)
    sys.stdout.buffer.flush()
    return _DONE


def unlock() -> int:
    """Do the decrypting process's part: passwords and limits as JSON, then the workbook."""
    told = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    limit_memory(Limits(**told["limits"]).memory_bytes)
    return serve_unlock(data, told["passwords"])
