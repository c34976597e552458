"""Rows of text that are held until the last of them is known."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

from fpm.ingest.containers.wire import CELL


class JoinedRows:
    """Rows of cells, each row kept as one text: a tenth of the memory that cells would take.

    No cell may hold ``CELL``.
    """

    def __init__(self, rows: Iterable[Sequence[str]] = ()) -> None:
        self.joined: list[str] = []
        """The texts; none for a row without cells."""
        self.widths = array("I")
        """How many cells each row has."""
        for row in rows:
            self.append(row)

    def __len__(self) -> int:
        return len(self.joined)

    def __iter__(self) -> Iterator[list[str]]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> list[str]:
        return self.joined[number].split(CELL) if self.widths[number] else []

    def append(self, row: Sequence[str]) -> None:
        """Keep one more row."""
        self.joined.append(CELL.join(row))
        self.widths.append(len(row))
