"""A workbook with a sheet and its copy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from fpm.errors import FileRefusedError
from fpm.ingest.packed import unpacked
from fpm.ingest.sheets import SheetOutcome

_COPY: Final = re.compile(r"\s*(?:[(（]\d+[)）]|[-—]?\s*副本)+$")
"""What Excel and people add to the name of a sheet that they copy."""


def refuse_copies(name: str, outcomes: Sequence[SheetOutcome]) -> None:
    """Refuse a file with a sheet and its copy: every amount in it would count twice.

    Raises:
        FileRefusedError: Two sheets hold the same records, and are called 名单 and 名单 (2).
    """
    seen: dict[str, SheetOutcome] = {}
    for outcome in outcomes:
        sheet = outcome.reading.sheet
        same = _COPY.sub("", sheet)
        other = seen.setdefault(same, outcome)
        if other is not outcome and _has_same_records(outcome, other):
            raise FileRefusedError(name, f"工作表“{sheet}”与“{same}”内容完全相同，请删去一张再发")


def _has_same_records(one: SheetOutcome, other: SheetOutcome) -> bool:
    """Whether a table of one sheet holds just the records of that in the same place."""
    pairs = zip(one.tables, other.tables, strict=False)
    return any(
        table.height
        and table.height == second.height
        and unpacked(table.records).drop("sheet").equals(unpacked(second.records).drop("sheet"))
        for table, second in pairs
    )
