"""Tables of typed columns (parquet), as the text that every other table is read from.

By pyarrow: what is damaged it says, where polars would end the process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import parquet

from fpm.errors import FileRefusedError
from fpm.ingest.containers.wire import SheetHead
from fpm.ingest.grid import Grid, Piece, column_names
from fpm.ingest.read import read_open_table
from fpm.ingest.reading import FileReading
from fpm.ingest.trimming import trimmed
from fpm.rulebook.layout import LayoutSpec

_ROWS: Final = 65_536
"""Rows of a piece, about: more than any header is looked for in."""


def read_parquet(path: Path, name: str, layouts: Sequence[LayoutSpec]) -> FileReading:
    """Read a parquet file as a csv of the same rows would be read.

    Dates become 1980-01-31, nulls empty cells; the column names stand in row 1. Columns of lists,
    structs or bytes are left out: no cell can hold them.

    Raises:
        FileRefusedError: It is damaged, has no column a cell can hold, or is no table.
    """
    return read_open_table(path, name, partial(_grid, path, name), layouts)


def _grid(path: Path, name: str) -> Grid:
    """The first rows as a grid, the others as its stream."""
    with _damage(name):
        file = parquet.ParquetFile(path)
        kinds = file.schema_arrow
    flat = [number for number, field in enumerate(kinds) if _fits_a_cell(field.type)]
    if not flat:
        raise FileRefusedError(name, "没有表格装得下的列，请另存为 xlsx 或 csv 再试")
    names = column_names(len(flat))
    header = pl.DataFrame(
        [[kinds[number].name or None] for number in flat], schema=dict.fromkeys(names, pl.String)
    )
    pieces = _gathered(_cells(name, file, flat))
    cells = pl.concat([header, next(pieces, header.clear())])
    return Grid(SheetHead("", len(flat), typed=False), cells, more=map(Piece, pieces))


def _cells(name: str, file: parquet.ParquetFile, flat: Sequence[int]) -> Iterator[pl.DataFrame]:
    """The rows as text, some at a time."""
    names = column_names(len(flat))
    with _damage(name):
        for batch in file.iter_batches(_ROWS):
            texts = [batch.column(number).cast(pa.string()) for number in flat]
            for text in texts:
                text.validate(full=True)
            frame = pl.DataFrame(list(map(pl.Series, names, texts)))
            sourced = [([column], _bytes(text)) for column, text in zip(names, texts, strict=True)]
            yield trimmed(frame, sourced)


@contextmanager
def _damage(name: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FileRefusedError(name, "是损坏的 parquet 文件，请重新导出") from error


def _gathered(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in frames that are not small: a file may have been written a few at a time."""
    some: list[pl.DataFrame] = []
    for frame in frames:
        some.append(frame)
        if sum(part.height for part in some) >= _ROWS // 2:
            yield pl.concat(some)
            some = []
    if some:
        yield pl.concat(some)


def _bytes(text: pa.StringArray) -> bytes:
    """All characters of a column, in UTF-8."""
    _, offsets, characters = text.buffers()
    if characters is None:
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)
    first, last = int(ends[text.offset]), int(ends[text.offset + len(text)])
    return bytes(characters[first:last])


def _fits_a_cell(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_null(kind))
