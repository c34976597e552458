"""Cells merged over several rows: which of them hold for every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from fpm.ingest.grid import Grid
from fpm.ingest.header import Header
from fpm.ingest.whole_rows import role_of
from fpm.rulebook.layout import LayoutSpec

_JOINT: Final = frozenset({"money", "number"})
"""An amount merged over the members of a household is theirs together, not everybody's."""
_WHO: Final = frozenset({"name", "id_number"})
_OF_ONE: Final = _WHO | {"birth_date", "sex"}
"""Roles of what is one person's: it holds for the row of another one by mistake only."""


def filled_down(grid: Grid, header: Header, layout: LayoutSpec) -> pl.DataFrame:
    """The cells of a table, in which merged ones hold for each of their rows.

    Amounts and numbers are left to the first row, and so is what is one person's, where another
    name or ID number stands in the rows below.
    """
    cells, above = grid.cells, grid.above
    specs = {column: (name, layout.fields[name]) for column, name in header.fields.items()}
    roles = {column: role_of(*spec) for column, spec in specs.items()}
    who = [cells[f"c{column}"] for column, role in roles.items() if role in _WHO]
    filled: dict[int, dict[int, str]] = {}
    for first, last, column in grid.head.merges:
        if column not in specs or specs[column][1].type in _JOINT:
            continue
        start, end = first - above, min(last - above + 1, cells.height)
        if not header.last < start < cells.height:
            continue
        text = cells[f"c{column}"][start]
        if text is None:
            continue
        rows = range(start, end)
        others = [one for one in who if one.name != f"c{column}"]
        if roles[column] in _OF_ONE and any(
            _differs(one.slice(start, len(rows))) for one in others
        ):
            continue
        filled.setdefault(column, {}).update(dict.fromkeys(rows, text))
    return cells.with_columns(_scattered(cells, filled))


def _differs(cells: pl.Series) -> bool:
    """Whether filled cells below the first are not the same as it."""
    return bool((cells.slice(1).drop_nulls() != (cells[0] or "")).any())


def _scattered(cells: pl.DataFrame, filled: Mapping[int, Mapping[int, str]]) -> list[pl.Series]:
    return [
        cells[f"c{column}"].scatter(list(rows), pl.Series(list(rows.values())))
        for column, rows in filled.items()
    ]
