"""The parsing process: file after file, each in a copy of the process that ends with it.

A copy is made before a file is known and takes its limits from the request, so that neither what
a file left in memory nor what it broke can reach the next one. Where a process cannot be copied
(Windows), it reads one file and ends.
"""

from __future__ import annotations

import gc
import json
import os
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
    while _in_a_copy() == _DONE:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
    return _NOTHING_MORE


def _in_a_copy() -> int:
    """The exit code of a copy that has read one file; negative when a signal ended it."""
    copy = os.fork()
    if not copy:
        os._exit(_parse())
    return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])


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
