"""Work on the next items of a stream while the present one is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_ahead(
    work: Callable[[Item], Result], items: Iterable[Item], *, waiting: int
) -> Iterator[Result]:
    """Like ``map``, in two other threads, never more than ``waiting`` results ahead.

    What ``work`` or ``items`` raises is raised when its turn has come.
    """
    results: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(2) as beside:
        for item in items:
            results.append(beside.submit(work, item))
            if len(results) > waiting:
                yield results.popleft().result()
        while results:
            yield results.popleft().result()
