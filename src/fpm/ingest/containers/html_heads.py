"""Tables of a page whose header is a table of its own, so that it stays while one scrolls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from fpm.ingest.containers.joined_rows import JoinedRows

_LINES: Final = 3
"""Rows of such a header, at most."""
_COLUMNS: Final = 3
"""Columns of one, at least."""
_DIGITS: Final = re.compile(r"\d{4}")


class PageTable(Protocol):
    """A table of a page."""

    rows: JoinedRows
    width: int
    merges: list[tuple[int, int, int]]


_Table = TypeVar("_Table", bound=PageTable)


def with_heads(tables: Sequence[_Table]) -> list[_Table]:
    """The tables; one of few rows that name the columns of the next, longer one is part of that."""
    found: list[_Table] = []
    for table in tables:
        if found and _is_head(found[-1], table):
            _put_above(found.pop(), table)
        found.append(table)
    return found


def _is_head(head: PageTable, table: PageTable) -> bool:
    lines = head.rows.joined
    return (
        _COLUMNS <= head.width == table.width
        and len(lines) <= _LINES
        and len(lines) < len(table.rows)
        and all(cell.strip() for cell in head.rows[0])
        and not any(map(_DIGITS.search, lines))
    )


def _put_above(head: PageTable, table: PageTable) -> None:
    table.rows.joined[:0] = head.rows.joined
    table.rows.widths = head.rows.widths + table.rows.widths
    down = len(head.rows)
    table.merges = [
        *head.merges,
        *((first + down, last + down, column) for first, last, column in table.merges),
    ]
