"""Parse a file in a process of its own, so that no crafted file can take fpm with it.

python-calamine aborts the process on some crafted files (a shared-string count of billions, a
blank cell in the last corner of a sheet): the parent sees a dead child and refuses the file.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, BinaryIO, cast

from fpm.ingest.containers.memory import limit_memory
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.protected import serve_unlock
from fpm.ingest.containers.sniff import ProtectedError, UnreadableError, unpacked_bytes
from fpm.ingest.containers.wire import RawSheet, read_sheets, write_sheet
from fpm.ingest.limits import MIB, Limits

_REFUSED = 3
_PROTECTED = 4
_SOURCE_ROOT = Path(__file__).resolve().parents[3]


def read_in_child(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read a file as ``read_container`` does, in a child under limits.

    The sheets come as a stream, so that this process works on the first rows while the child
    still writes the last.

    Raises:
        UnreadableError: Also when the child dies or runs out of time or memory.
    """
    seconds = round(limits.seconds + limits.seconds_per_mib * unpacked_bytes(data) / MIB, 3)
    child = _start(limits)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    timer = threading.Timer(seconds, child.kill)
    feeder = threading.Thread(target=_feed, args=(child.stdin, data), daemon=True)
    started = time.monotonic()
    timer.start()
    feeder.start()
    try:
        yield from read_sheets(cast("BinaryIO", child.stdout))
        said = child.stderr.read().decode("utf-8", "replace").strip()
        code = child.wait()
    finally:
        timer.cancel()
        child.kill()
        child.wait()
        feeder.join()
        child.stdout.close()
        child.stderr.close()
    if code == _PROTECTED:
        raise ProtectedError(said)
    if code == _REFUSED:
        raise UnreadableError(said)
    if code != 0 and time.monotonic() - started >= seconds:
        raise UnreadableError(f"解析超过 {seconds:g} 秒，已停止；请另存为 xlsx 再发")
    if code != 0:
        raise UnreadableError(
            "解析时出错或超出内存上限，文件可能已损坏；请用原软件打开后另存为 xlsx 再发"
        )


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, (str(_SOURCE_ROOT), inherited)))
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        # -P: nothing is imported from the folder the command was started in
        [sys.executable, "-P", "-X", "utf8", "-m", "fpm.ingest.containers", _as_json(limits)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _as_json(limits: Limits) -> str:
    return json.dumps(asdict(limits))


def _feed(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError):  # a child that died early reads no further
        stream.write(data)
    with contextlib.suppress(OSError):
        stream.close()


def serve(settings: str) -> int:
    """Do the child's part: limits from JSON, workbook from stdin, sheets to stdout."""
    gc.disable()  # millions of cells and no cycles; the process ends anyway
    limits = Limits(**json.loads(settings))
    data = sys.stdin.buffer.read()
    _limit_memory(limits, unpacked_bytes(data))
    try:
        for sheet in read_container(data, limits):
            write_sheet(sys.stdout.buffer, sheet)
    except UnreadableError as error:
        sys.stderr.write(str(error))
        return _PROTECTED if isinstance(error, ProtectedError) else _REFUSED
    sys.stdout.buffer.flush()
    return 0


def unlock() -> int:
    """Do the decrypting child's part: passwords and limits as a line of JSON, then the workbook."""
    told = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    _limit_memory(Limits(**told["limits"]), len(data))
    return serve_unlock(data, told["passwords"])


def _limit_memory(limits: Limits, size: int) -> None:
    limit_memory(limits.memory_bytes + limits.memory_per_byte * size)
