"""Making the next items of a stream in another thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from fpm.ingest.ahead import ahead


def test_the_items_come_in_their_order_and_end() -> None:
    assert list(ahead(range(5), 3)) == [0, 1, 2, 3, 4]
    assert list(ahead([])) == []


def test_a_failure_is_raised_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("read error")

    stream = ahead(items(), 2)
    assert next(stream) == 1
    with pytest.raises(OSError, match="read error"):
        next(stream)


def test_items_that_are_given_up_leave_no_thread_behind() -> None:
    before = threading.active_count()
    stream = ahead(range(9), 2)
    next(stream)
    del stream
    assert threading.active_count() == before


@pytest.mark.parametrize("levels", [1, 2])
def test_garbage_may_be_collected_by_the_thread_that_makes_the_items(levels: int) -> None:
    """That thread closes what nobody asks any more; it must not wait for its own end."""
    may_go_on, ended = threading.Event(), threading.Event()
    close: list[Callable[[], None]] = []
    raised: list[RuntimeError] = []

    def items() -> Iterator[int]:
        yield 1
        may_go_on.wait()
        time.sleep(0.1)  # until whoever stands above waits for this item
        try:
            close[0]()
        except RuntimeError as error:
            raised.append(error)
        ended.set()

    inner = items() if levels == 1 else ahead(items())
    stream = ahead(inner)
    close.append(stream.close)  # type: ignore[attr-defined]
    next(stream)
    may_go_on.set()
    assert ended.wait(10)
    assert not raised
