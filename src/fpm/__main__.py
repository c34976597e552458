"""``python -m fpm`` and the ``fpm`` command."""

from __future__ import annotations

import atexit
import gc
import os
from typing import Final

NEW_OBJECTS: Final = 300_000
"""So many before garbage is searched for: more than the program and a rule book are made of."""
_LARGE_BLOCK: Final = 8 * 1024 * 1024
"""Bytes: more than most blocks that a file is read through."""


def settle() -> None:
    """Set Python up for a command, before anything large is loaded.

    A command keeps most of what it loads and reads: garbage is searched for seldom, and not at the
    end. To search as often as Python does by itself takes a thirtieth of a month's work, and to
    take a rule book apart at the end of the process nearly as long as to load it. Nothing here
    multiplies large matrices: the threads that numpy would start for them only wait, busily.
    The C library of Linux takes blocks of a hundred kB from the system and gives them back one by
    one, an eighth of the time of reading workbooks, until it has seen that larger ones come and go.
    """
    bytes(_LARGE_BLOCK)  # comes and goes, and is never filled
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    atexit.register(gc.freeze)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run the command line."""
    settle()
    from fpm.cli.app import run  # noqa: PLC0415  (the console is loaded only when it is used)

    run()


if __name__ == "__main__":
    main()
