"""The hash chain over events: canonical bytes of an event, and the hash that binds it to the last.

The construction is the usual one of a tamper-evident log: ``hash = SHA-256(previous, content)``.
A changed, removed, inserted or swapped event changes every hash after it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = "0" * 64
"""``previous`` of the first event."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event before it is bound to the chain; ``body`` is canonical JSON."""

    kind: str
    period: str
    recorded_on: str
    body: str


def canonical(body: Mapping[str, Any] | Sequence[Any]) -> str:
    """JSON with sorted keys and no spaces: the same content always gives the same text.

    Raises:
        ValueError: the content holds NaN or an infinite number, which JSON cannot say.
    """
    return json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(text: str) -> str:
    """SHA-256 of UTF-8 text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def event_hash(seq: int, event: Event, previous: str) -> str:
    """The hash of ``event`` at place ``seq`` after the event whose hash is ``previous``."""
    parts = [previous, str(seq), event.kind, event.period, event.recorded_on, event.body]
    # A list in JSON keeps the parts apart: no two different events give the same text.
    return digest(json.dumps(parts, ensure_ascii=False, separators=(",", ":")))
