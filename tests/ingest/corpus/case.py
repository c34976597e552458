"""One case of the corpus: a file, and everything a careful reader may expect of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fpm.model import CELL_STATES, RECORD_KEY

ID_A = "99990119880208371X"
ID_B = "999901200003150028"

Record = Mapping[str, Any]
Cell = tuple[int, str, str]
"""Row, address (or ``""`` for the whole row), code of the reason."""


@dataclass(frozen=True)
class Case:
    """A delivered file with its outcome: records, rows set aside, cells blanked; or a refusal."""

    name: str
    build: Callable[[], bytes]
    file: str = "低保名单.xlsx"
    records: Sequence[Record] | None = None
    """Every record as its filled fields and its ``row``; ``sheet`` and ``kind`` where given."""
    aside: Sequence[Cell] = ()
    blanked: Sequence[Cell] = ()
    refused: Sequence[str] | None = ()
    """Words that the refusal must hold; when given, nothing else is expected. None: any sound
    outcome will do (a refusal in one sentence, or a reading whose rows add up)."""
    notes: Sequence[str] = ()
    """Words that must stand in the notes of some sheet."""
    child: bool = False
    """Parse in the child process although the file is meant well."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    department: str | None = None


def plain(record: Mapping[str, Any], wanted: Record) -> dict[str, Any]:
    """A record as its filled fields, amounts and days as text, with the keys ``wanted`` names."""
    keys = {"row", *wanted} & set(RECORD_KEY)
    kept = {
        name: value
        for name, value in record.items()
        if value is not None and (name in keys or name not in {*RECORD_KEY, *CELL_STATES})
    }
    return {
        name: str(value) if isinstance(value, Decimal | dt.date) else value
        for name, value in kept.items()
    }


def cells(frame: Any) -> list[Cell]:
    """The cells of a quarantine frame."""
    return sorted(frame.select("row", "cell", "code").rows())
