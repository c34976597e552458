"""What was probably meant by a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, or None when none is near."""
    enough = 50 if len(word) <= 3 else 60  # one of two Chinese characters wrong is still near
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=enough)
    return None if found is None else found[0]
