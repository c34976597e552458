"""Why a file is refused of which no sheet follows a known layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from fpm.errors import FileRefusedError
from fpm.ingest.grid import NOT_READ, Grid
from fpm.ingest.header import HEAD_ROWS, HeaderIndex, head_rows
from fpm.ingest.recognise import ENOUGH, lacking_columns, rank_layouts

_HEADERS_SHOWN, _HEADER_SHOWN = 30, 20
"""Headers named at most, and characters of each."""


def refuse_unread(name: str, grids: Sequence[Grid], indexes: Sequence[HeaderIndex]) -> NoReturn:
    """Say what the sheets lack, or that none is a known table.

    Args:
        name: The file.
        grids: The first rows of its sheets.
        indexes: Headers of the layouts it could have followed.

    Raises:
        FileRefusedError: Always.
    """
    _refuse_lacking(name, grids, indexes)
    raise FileRefusedError(name, _nothing(grids, indexes))


def _refuse_lacking(name: str, grids: Sequence[Grid], indexes: Sequence[HeaderIndex]) -> None:
    """Refuse a table that lacks required columns, if the name of the file or sheet speaks of one.

    Raises:
        FileRefusedError: With the headers that may be the ones lacking.
    """
    ranked = [
        candidate
        for grid in grids
        for candidate in rank_layouts(
            head_rows(grid.cells), indexes, grid.member or name, grid.head.name
        )
        if (candidate.named or candidate.score >= ENOUGH) and candidate.missing_required
    ]
    if not ranked:
        return
    best = max(ranked, key=lambda one: one.score)
    raise lacking_columns(best, name, longest=_HEADER_SHOWN)


def _nothing(grids: Sequence[Grid], indexes: Sequence[HeaderIndex]) -> str:
    """Say that no sheet is a known table, with the fullest row as its likely header."""
    if any(_is_turned(grid, indexes) for grid in grids):
        return "表头在第一列，像是横竖颠倒的表，请转成一人一行、表头在上再发"
    likely: list[str] = []
    for grid in grids:
        for row in head_rows(grid.cells):
            texts = [cell for cell in row if cell and not cell[:1].isdigit()]
            likely = texts if len(texts) > len(likely) else likely
    if not likely:
        return _no_content(grids)
    shown = "、".join(" ".join(text.split())[:_HEADER_SHOWN] for text in likely[:_HEADERS_SHOWN])
    return f"没有一张工作表与已知版式相符；最像表头的一行是：{shown}"


def _no_content(grids: Sequence[Grid]) -> str:
    """What a zip holds that is no table, or that a file is blank."""
    for grid in grids:
        for note in grid.head.notes:
            if grid.member and note.startswith(NOT_READ):
                return f"压缩包里没有表格，“{grid.member}”{note.removeprefix(NOT_READ)}"
    return "没有内容，请重新导出"


def _is_turned(grid: Grid, indexes: Sequence[HeaderIndex]) -> bool:
    """The first column holds what should be a header row."""
    if not grid.cells.width:
        return False
    first = grid.cells["c0"].head(HEAD_ROWS).to_list()
    return any(len({index.field(text) for text in first} - {None}) >= 4 for index in indexes)
