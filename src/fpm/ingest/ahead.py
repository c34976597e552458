"""Work on the next items of a stream while the present one is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar, cast

Item = TypeVar("Item")

_END: Final = object()


def ahead(items: Iterable[Item], count: int = 1) -> Iterator[Item]:
    """The same items, of which another thread makes up to ``count`` before they are asked for.

    What making one raises is raised when its turn has come.
    """
    stream = iter(items)
    beside = ThreadPoolExecutor(1)
    try:
        made = deque(beside.submit(next, stream, _END) for _ in range(count))
        while (item := made.popleft().result()) is not _END:
            made.append(beside.submit(next, stream, _END))
            yield cast("Item", item)
    finally:
        beside.shutdown(cancel_futures=True)
