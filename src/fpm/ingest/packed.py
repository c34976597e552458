"""Records put away as parquet in memory until somebody asks for them: a fifth of their size.

A table of a million rows is read page by page, and most who read it ask for some of its columns
or for its first rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import polars as pl

from fpm.model import LACKING, RECORD_KEY_SCHEMA

RecordKind = tuple[str, str]
"""(department, kind)."""

_OF_TABLE: Final = frozenset({*RECORD_KEY_SCHEMA, LACKING} - {"row"})
"""Columns that are the same in all records of a table."""


@dataclass(frozen=True, slots=True)
class PackedRecords:
    """Records of one table, or of one page of it."""

    schema: Mapping[str, pl.DataType]
    height: int
    same: Mapping[str, str | None]
    """The value of each column that has the same in all rows, or none at all."""
    others: bytes
    """The other columns, as parquet."""


def packed(records: pl.DataFrame) -> PackedRecords:
    """Put records of one table away."""
    nulls = records.null_count().row(0, named=True)
    same = [
        name
        for name in records.columns
        if name in _OF_TABLE or (name != "row" and nulls[name] == records.height)
    ]
    others = io.BytesIO()
    records.drop(same).write_parquet(others, compression="lz4", statistics=False)
    first = records.select(same).head(1).rows(named=True)
    values = first[0] if first else dict.fromkeys(same)
    return PackedRecords(dict(records.schema), records.height, values, others.getvalue())


def unpacked(tables: Sequence[PackedRecords], names: Sequence[str] | None = None) -> pl.DataFrame:
    """The records of several tables of one layout in one frame, one below the other.

    Args:
        tables: At least one.
        names: The columns wanted; None for all.

    Returns:
        A column of which no table fills a cell, or all have the same value, is one value, not one
        a row.
    """
    filled = [table for table in tables if table.height] or tables[:1]
    names = list(filled[0].schema if names is None else names)
    shared = [name for name in names if _is_shared(name, filled)]
    others = [name for name in names if name not in {"row", *shared}]
    frame = pl.concat([_rows(table, ["row", *others]) for table in filled])
    return frame.with_columns(_value(filled[0], name) for name in shared).select(names)


def parquet_of(tables: Sequence[PackedRecords]) -> bytes:
    """The parquet file of what ``unpacked`` gives, written without holding all of it at once."""
    filled = [table for table in tables if table.height] or tables[:1]
    rows = [_lazy_rows(table, list(filled[0].schema)) for table in filled]
    whole = io.BytesIO()
    pl.concat(rows).sink_parquet(whole)
    return whole.getvalue()


def _lazy_rows(table: PackedRecords, names: Sequence[str]) -> pl.LazyFrame:
    same = (_value(table, name) for name in names if name in table.same)
    return pl.scan_parquet(io.BytesIO(table.others)).with_columns(same).select(names)


def _is_shared(name: str, tables: Sequence[PackedRecords]) -> bool:
    """Whether a column has one value in all tables."""
    if not all(name in table.same for table in tables):
        return False
    return len({table.same[name] for table in tables}) == 1


def _rows(table: PackedRecords, names: Sequence[str]) -> pl.DataFrame:
    """Columns of one table, ``row`` among them."""
    same = [name for name in names if name in table.same]
    own = [name for name in names if name not in same]
    rows = pl.read_parquet(io.BytesIO(table.others), columns=own)
    return rows.with_columns(_value(table, name) for name in same).select(names)


def _value(table: PackedRecords, name: str) -> pl.Expr:
    """The one value of a column of a table."""
    return pl.lit(table.same[name], dtype=table.schema[name]).alias(name)


class Records(Mapping[RecordKind, pl.DataFrame]):
    """The records of a file by (department, kind), each unpacked when it is asked for."""

    def __init__(self, tables: Mapping[RecordKind, Sequence[PackedRecords]]) -> None:
        """Hold at least one table of each kind."""
        self.tables = tables
        self._unpacked: dict[RecordKind, pl.DataFrame] = {}

    def __getitem__(self, kind: RecordKind) -> pl.DataFrame:
        """All records of a kind; they stay unpacked from then on."""
        if kind not in self._unpacked:
            self._unpacked[kind] = unpacked(self.tables[kind])
        return self._unpacked[kind]

    def __contains__(self, kind: object) -> bool:
        """Whether there are records of a kind; a ``Mapping`` would unpack them to see."""
        return kind in self.tables

    def __iter__(self) -> Iterator[RecordKind]:
        """The kinds, in a fixed order."""
        return iter(self.tables)

    def __len__(self) -> int:
        """How many kinds there are."""
        return len(self.tables)

    def names(self, kind: RecordKind) -> list[str]:
        """The columns of the records of a kind."""
        return list(self.tables[kind][0].schema)

    def columns(self, kind: RecordKind, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of all records of a kind."""
        return unpacked(self.tables[kind], names)

    def head(self, kind: RecordKind, count: int) -> pl.DataFrame:
        """The first records of a kind."""
        heights = accumulate(table.height for table in self.tables[kind])
        needed = sum(1 for height in heights if height < count) + 1
        return unpacked(self.tables[kind][:needed]).head(count)
