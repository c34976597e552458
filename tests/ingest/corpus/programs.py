"""What programs other than a clerk's Excel write into the files that departments hand on."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ingest.corpus import forge
from ingest.corpus.case import Case
from ingest.corpus.containers import PEOPLE, ROWS

XLS = "低保名单.xls"


def cases() -> Iterator[Case]:
    """All programs."""
    yield from _workbooks()


def _workbooks() -> Iterator[Case]:
    marks = '<ignoredErrors><ignoredError numberStoredAsText="1" sqref="A1:F3"/></ignoredErrors>'
    yield Case(
        "a sheet that remembers which warnings were dismissed",
        lambda: forge.zipped(forge.raw_parts(forge.sheet_data(ROWS) + marks)),
        records=PEOPLE,
    )
    yield Case(
        "xls that states a western code page for its wide texts",
        lambda: forge.xls(ROWS).replace(_code_page(1200), _code_page(1252), 1),
        XLS,
        PEOPLE,
    )
    yield Case(
        "days that count from nobody knows when",
        lambda: forge.zipped(
            forge.raw_parts(forge.sheet_data(ROWS), settings='<workbookPr date1904="on"/>')
        ),
        refused=["1904"],
    )


def _code_page(number: int) -> bytes:
    """The record that states it."""
    return struct.pack("<HHH", 0x42, 2, number)
