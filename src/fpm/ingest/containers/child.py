"""Parse files in processes of their own, so that no crafted file can take fpm with it.

python-calamine aborts the process on some crafted files (a shared-string count of billions, a
blank cell in the last corner of a sheet): the parent sees a dead process and refuses the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, Final, Self, cast

from fpm.ingest.containers.process import command, environment, widen
from fpm.ingest.containers.sniff import ProtectedError, TooSlowError, UnreadableError
from fpm.ingest.containers.wire import READY, Ending, RawSheet, read_sheets
from fpm.ingest.limits import Limits

_PATIENCE: Final = 1.0
"""Seconds for a process to end in."""


def read_in_child(file: bytes | Path, limits: Limits) -> Iterator[RawSheet]:
    """Read one file as ``ParserPool.read`` does, in a process started for it alone."""
    with ParserPool() as pool:
        sheets = pool.read(file, limits)
        del file
        yield from sheets


class ParserPool:
    """Parsing processes, started when they are needed and asked again when they are free.

    A process makes a copy of itself for each file (see ``serve``), so that nothing is left of one
    when the next is read. One whose copy died or was stopped is not asked again. Threads may read
    at the same time, each by a process of its own.
    """

    def __init__(self) -> None:
        self._free: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._free:
            _end(self._free.pop())

    def start(self) -> None:
        """Have a process ready.

        While one is started it counts as a copy of this one, which may have become large when it
        is needed.
        """
        if not self._free:
            self._free.append(_started())

    def read(self, file: bytes | Path, limits: Limits) -> Iterator[RawSheet]:
        """Read a file as ``read_container`` does, under limits.

        The sheets come as a stream, so that this process works on the first rows while the other
        still writes the last.

        Raises:
            UnreadableError: Also when the process dies or runs out of time or memory.
        """
        process = self._any_free()
        answer = cast("BinaryIO", process.stdout)
        late = threading.Event()
        timer = threading.Timer(limits.seconds, _stop, (process, late))
        timer.daemon = True  # whoever gives the sheets up need not wait for it
        is_ready = False
        timer.start()
        try:
            _ask(process, file, limits)
            del file  # reading the sheets takes memory enough
            ending = yield from read_sheets(answer)
            is_ready = ending is not None and answer.read(len(READY)) == READY
        finally:
            timer.cancel()
            timer.join()
            if is_ready and not late.is_set():
                self._free.append(process)
            else:
                _end(process)
        _refuse(ending, is_late=late.is_set())

    def _any_free(self) -> subprocess.Popen[bytes]:
        try:
            return self._free.pop()
        except IndexError:
            return _started()


def _started() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,  # a group of its own: its copies are stopped with it
    )
    widen(cast("BinaryIO", process.stdout))
    return process


def _ask(process: subprocess.Popen[bytes], file: bytes | Path, limits: Limits) -> None:
    """Write a request; it is read to its end before the first sheet is written."""
    data, path = (file, "") if isinstance(file, bytes) else (b"", str(file.absolute()))
    request = json.dumps({"path": path, "size": len(data), "limits": asdict(limits)})
    stream = cast("BinaryIO", process.stdin)
    with contextlib.suppress(OSError):  # a process that died early reads no further
        stream.write(request.encode() + b"\n")
        stream.write(data)
        stream.flush()


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the copy of a process, and with it the process; by force where that takes long."""
    if not hasattr(os, "killpg"):
        process.kill()
        process.wait()
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing is left of them
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # what it did not read any more
            cast("BinaryIO", stream).close()


def _refuse(ending: Ending | None, *, is_late: bool) -> None:
    """Raise the reason why a file could not be read, if there is one."""
    if is_late:
        raise TooSlowError
    if ending is None:
        raise UnreadableError(
            "解析时出错或超出内存上限，文件可能已损坏或太大；请用原软件打开后另存为 xlsx 再发，"
            "确实很大的请拆分，或在 fpm.toml 的 [limits] 中调大 memory_mb"
        )
    if ending.refused is not None:
        raise (ProtectedError if ending.is_protected else UnreadableError)(ending.refused)
