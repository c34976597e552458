"""The time one file may take, from its opening to its last record, whatever takes it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from fpm.ingest.containers.sniff import TooSlowError

Item = TypeVar("Item")


class Deadline:
    """Seconds that run from now on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left; never below 0."""
        return max(self._end - time.monotonic(), 0.0)

    def watched(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items, as long as there is time for them.

        Raises:
            TooSlowError: The time is over.
        """
        for item in items:
            if not self.left():
                raise TooSlowError
            yield item
            del item  # not to be held while the next is made
