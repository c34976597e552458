"""What was found out about a header, kept: tables below each other have the same ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

LONGEST: Final = 200
"""Characters of a header; a longer text is none."""
_T = TypeVar("_T")


def remembered(most: int) -> Callable[[Callable[[str], _T]], Callable[[str | None], _T]]:
    """Keep what a function makes of ``most`` texts, of those that are no longer than a header.

    A sheet may hold thousands of texts of megabytes, and nobody asks for one of them again.
    """

    def decorated(function: Callable[[str], _T]) -> Callable[[str | None], _T]:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def of(text: str | None) -> _T:
            text = text or ""
            return known(text) if len(text) <= LONGEST else function(text)

        return of

    return decorated
