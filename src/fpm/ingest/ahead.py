"""Work on the next items of a stream while the present one is used."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar, cast

Item = TypeVar("Item")

_END: Final = object()
_THREADS: Final = "fpm-ahead"
"""How the names of the other threads begin."""


def ahead(items: Iterable[Item], count: int = 1) -> Iterator[Item]:
    """The same items, of which another thread makes up to ``count`` before they are asked for.

    What making one raises is raised when its turn has come. Where the items are given up, the one
    being made is still finished, and thrown away.
    """
    stream = iter(items)
    beside = ThreadPoolExecutor(1, _THREADS)
    try:
        made = deque([beside.submit(next, stream, _END)])
        while (item := made.popleft().result()) is not _END:
            # most streams are short: with every item twice as many are begun
            more = min(len(made) + 2, count - len(made))
            made.extend(beside.submit(next, stream, _END) for _ in range(more))
            yield cast("Item", item)
    finally:
        # Garbage is collected by whichever thread allocates. One of these may be the maker of the
        # items itself, or a thread it waits for: there, waiting for its end could never end.
        is_maker = threading.current_thread().name.startswith(_THREADS)
        beside.shutdown(wait=not is_maker, cancel_futures=True)
