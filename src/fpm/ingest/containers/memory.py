"""A cap on the memory of the parsing process, by the system where it can, else by a watch."""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import time
from collections.abc import Callable
from typing import Final

OUT_OF_MEMORY: Final = 9
"""Exit code of a process that its own watch has ended."""
_PAUSE: Final = 0.05
_COUNTERS: Final = struct.Struct("@II8N")
"""PROCESS_MEMORY_COUNTERS of psapi.h."""
_COMMITTED: Final = 8
"""Place of PagefileUsage in it."""
_THIS_PROCESS: Final = -1
"""What GetCurrentProcess gives."""


def limit_memory(cap: int) -> None:
    """Keep this process under ``cap`` bytes: it gets no more, or it ends.

    Linux and macOS cap the address space. Windows knows no such limit: there a thread looks at
    what the process holds and ends it beyond the cap.
    """
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        start_watch(cap, _held_on_windows)
        return
    with contextlib.suppress(ValueError, OSError):  # a system that does not let itself be capped
        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))


def start_watch(cap: int, held: Callable[[], int]) -> None:
    """End the process at once when it holds more than ``cap`` bytes.

    Args:
        cap: Bytes.
        held: Tells the bytes that the process holds now.
    """

    def watch() -> None:
        while held() <= cap:
            time.sleep(_PAUSE)
        os._exit(OUT_OF_MEMORY)

    threading.Thread(target=watch, daemon=True).start()


def _held_on_windows() -> int:  # pragma: no cover - there is a limit everywhere else
    """Committed bytes of this process; 0 where the system does not tell."""
    import ctypes  # noqa: PLC0415 - only here

    counters = ctypes.create_string_buffer(_COUNTERS.size)
    struct.pack_into("I", counters, 0, _COUNTERS.size)
    kernel = vars(ctypes)["windll"].kernel32
    told = kernel.K32GetProcessMemoryInfo(ctypes.c_void_p(_THIS_PROCESS), counters, _COUNTERS.size)
    return int(_COUNTERS.unpack(counters.raw)[_COMMITTED]) if told else 0
