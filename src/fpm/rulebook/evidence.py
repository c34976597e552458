"""Evidence sentences: fixed text with places ``{expression}`` or ``{expression:unit}``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_UNIT: Final = re.compile(r"^(?P<sql>.*?)(?::(?P<unit>[^:'\"()]*))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a sentence: the expression to show and the unit to show it in."""

    sql: str
    unit: str


def evidence_places(text: str) -> tuple[Place, ...]:
    """The places of ``text`` in order; their expressions are not checked here."""
    found = []
    for inside in _PLACE.findall(text):
        parts = _UNIT.match(inside)
        sql, unit = (parts["sql"], parts["unit"]) if parts else (inside, "")
        found.append(Place(sql.strip(), (unit or "").strip()))
    return tuple(found)


def fixed_texts(text: str) -> tuple[str, ...]:
    """What stands around the places: one piece more than there are places."""
    return tuple(_PLACE.split(text)[::2])
