"""A table too long to be held as text: read page by page, each under the same heading.

Cells merged over several rows stay on one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

import polars as pl

from fpm.ingest.ahead import ahead
from fpm.ingest.containers.blocks import WholeNeededError
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.grid import Grid, Piece, ragged_rows
from fpm.ingest.header import HeaderIndex
from fpm.ingest.reading import ColumnReading
from fpm.ingest.rows import label_rows
from fpm.ingest.stated import stated_below
from fpm.ingest.table import FIRST_BAD, Table, TableReading, read_table
from fpm.ingest.values.date import keeps_zeros, may_lack_zeros

STARTS: Final = ("new_header", "other_header")
"""Labels of rows with which another table begins."""

PAGE_CELLS: Final = 1_000_000
"""Cells of a page, about: every page costs some work of its own, and every cell memory."""
_MOST_TROUBLES: Final = 1_000_000
"""Rows set aside and cells left blank that one list can hold: a sheet has hardly more rows."""


def read_pages(first: Table, index: HeaderIndex, indexes: Sequence[HeaderIndex]) -> TableReading:
    """Read a table whose rows come as a stream.

    Args:
        first: Its first rows; ``grid.more`` gives the others.
        index: The headers of its layout.
        indexes: Headers of all layouts, of which a table may follow below.

    Returns:
        What ``read_table`` would give for all rows at once.

    Raises:
        UnreadableError: There are more troubles than anybody can be told of.
        WholeNeededError: Another table begins below, there are columns further right, or how a
            column is to be read depends on cells of several pages or on a note below the table.
    """
    pages = _of_one_kind(_pages(first, index, indexes))
    return _joined(list(_of_few_troubles(map(read_table, ahead(pages)))), first)


def _of_few_troubles(pages: Iterable[TableReading]) -> Iterator[TableReading]:
    """The pages, as long as their troubles can be listed."""
    count = 0
    for page in pages:
        count += page.quarantine.height + page.blanked.height
        if count > _MOST_TROUBLES:
            raise UnreadableError(
                f"有 {_MOST_TROUBLES:,} 个以上的格或行不能采用，请核对表头与各列内容是否对应后重报"
            )
        yield page


def _of_one_kind(pages: Iterable[Table]) -> Iterator[Table]:
    """The pages, as long as their month columns are all to be read alike."""
    months: set[tuple[str, bool]] = set()
    for page in pages:
        months |= _months(page)
        if any((name, not keeps) in months for name, keeps in months):
            raise WholeNeededError
        yield page


def _pages(first: Table, index: HeaderIndex, indexes: Sequence[HeaderIndex]) -> Iterator[Table]:
    """The table in pieces, each under the lines down to the header."""
    grid = first.grid
    heading = grid.cells.head(first.header.last + 1)
    pages = _uncut(grid, heading.height)
    top = next(pages)
    yield replace(first, grid=top, labels=first.labels.head(top.height))
    for page in pages:
        if page.cells.width > heading.width:
            raise WholeNeededError
        whole = pl.concat([heading, page.cells], how="diagonal")
        labels = label_rows(whole, first.header, index, indexes)
        if labels.is_in(STARTS).any():
            raise WholeNeededError
        if first.stated.also(stated_below(whole, labels)) != first.stated:
            raise WholeNeededError  # what the last line says of the first has been read
        under = replace(page, cells=whole, above=page.above - heading.height)
        yield replace(first, grid=under, labels=labels)


def _uncut(grid: Grid, heading: int) -> Iterator[Grid]:
    """The rows of a sheet, some at a time; no cell merged below the heading is cut."""
    merges = sorted(merge for merge in grid.head.merges if merge[0] >= grid.above + heading)
    above, rest, mixed = grid.above, grid.cells.clear(), grid.mixed
    for some in chain([[Piece(grid.cells)]], _by_pages(grid.more)):
        mixed = mixed.union(*(piece.mixed for piece in some))
        ragged = (*grid.head.ragged, *ragged_rows(some, above + rest.height))
        cells = pl.concat([rest, *(piece.cells for piece in some)], how="diagonal")
        height = _border(merges, above + cells.height) - above
        if height > 0:
            head = replace(grid.head, merges=_between(merges, above, height), ragged=ragged)
            yield replace(grid, head=head, cells=cells.head(height), above=above, mixed=mixed)
        above, rest = above + max(height, 0), cells.slice(max(height, 0))
    if rest.height:
        head = replace(grid.head, merges=_between(merges, above, rest.height))
        yield replace(grid, head=head, cells=rest, above=above, mixed=mixed)


def _border(merges: Sequence[tuple[int, int, int]], end: int) -> int:
    """The last row not below ``end`` above which no merged cell goes on."""
    for first, last, _ in reversed(merges):
        if first < end <= last:
            end = first
    return end


def _between(
    merges: Sequence[tuple[int, int, int]], above: int, height: int
) -> tuple[tuple[int, int, int], ...]:
    return tuple(merge for merge in merges if above <= merge[0] < above + height)


def _by_pages(pieces: Iterator[Piece] | None) -> Iterator[list[Piece]]:
    """The pieces below, as many at a time as a page holds."""
    while some := list(_some(pieces or iter(()))):
        yield some


def _some(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The next pieces, as many as a page holds."""
    count = 0
    while count < PAGE_CELLS and (piece := next(pieces, None)):
        count += piece.weight
        yield piece


def _months(page: Table) -> set[tuple[str, bool]]:
    """What the month columns show of lost zeros: kept on this page (True), or in doubt (False).

    A column that keeps them on one page has no doubts on any.
    """
    found: set[tuple[str, bool]] = set()
    for number, name in page.header.fields.items():
        if page.layout.fields[name].type != "month":
            continue
        texts = page.grid.cells[f"c{number}"].filter(page.labels.is_null()).unique()
        shown = keeps_zeros(texts, typed=True)
        sure = number not in page.grid.mixed and keeps_zeros(texts, typed=page.grid.head.typed)
        if sure:
            found.add((name, True))
        elif shown or may_lack_zeros(texts):
            found.add((name, False))
    return found


def _joined(pages: Sequence[TableReading], first: Table) -> TableReading:
    """All pages as one table."""
    heading = first.header.last + 1
    return TableReading(
        records=tuple(part for page in pages for part in page.records),
        quarantine=pl.concat([page.quarantine for page in pages]),
        blanked=pl.concat([page.blanked for page in pages]),
        quarantined=sum(page.quarantined for page in pages),
        rows=sum(page.rows for page in pages) - heading * (len(pages) - 1),
        columns={
            number: _joined_column([page.columns[number] for page in pages])
            for number in pages[0].columns
        },
    )


def _joined_column(pages: Sequence[ColumnReading]) -> ColumnReading:
    return replace(
        pages[0],
        parsed=sum(page.parsed for page in pages),
        blank=sum(page.blank for page in pages),
        bad=sum(page.bad for page in pages),
        first_bad=tuple(cell for page in pages for cell in page.first_bad)[:FIRST_BAD],
    )
