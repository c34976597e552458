"""``python -m fpm`` and the ``fpm`` command."""

from __future__ import annotations

import atexit
import gc
from typing import Final

NEW_OBJECTS: Final = 300_000
"""So many before garbage is searched for: more than the program and a rule book are made of."""


def search_garbage_seldom() -> None:
    """Search for garbage seldom, and not at the end.

    A command keeps most of what it loads and reads. To search as often as Python does by itself
    takes a thirtieth of a month's work, and to take a rule book apart at the end of the process
    nearly as long as to load it.
    """
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    atexit.register(gc.freeze)


def main() -> None:
    """Run the command line."""
    search_garbage_seldom()
    from fpm.cli.app import run  # noqa: PLC0415  (the console is loaded only when it is used)

    run()


if __name__ == "__main__":
    main()
