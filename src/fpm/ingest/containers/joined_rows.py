"""Rows of text that are held until the last of them is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fpm.ingest.containers.wire import CELL


class JoinedRows:
    """Rows of cells, each row kept as one text: a tenth of the memory that cells would take.

    No cell may hold ``CELL``.
    """

    def __init__(self, rows: Iterable[Sequence[str]] = ()) -> None:
        self._kept = [_joined(row) for row in rows]

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[list[str]]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> list[str]:
        kept = self._kept[number]
        return [] if kept is None else kept.split(CELL)

    def append(self, row: Sequence[str]) -> None:
        """Keep one more row."""
        self._kept.append(_joined(row))


def _joined(row: Sequence[str]) -> str | None:
    return CELL.join(row) if row else None
