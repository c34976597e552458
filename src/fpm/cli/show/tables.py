"""One way to build a table, so that all of them look alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from fpm.masking import mask_written


def plain_table(
    title: str, columns: Sequence[str], *, numbers: Sequence[str] = (), whole: Sequence[str] = ()
) -> Table:
    """An empty table; ``numbers`` stand to the right, what is in ``whole`` is never folded."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        number = column in numbers
        table.add_column(
            column,
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=number or column in whole,
        )
    return table


def add_row(table: Table, cells: Iterable[Any], *, style: str = "") -> None:
    """Add a row; every cell is shown as it is (no markup), integers with thousands separators."""
    table.add_row(*(Text(mask_written(_shown(cell))) for cell in cells), style=style)


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
