"""Tables of typed columns (parquet), as the text that every other table is read from.

By pyarrow: what is damaged it says, where polars would end the process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import csv, parquet

from fpm.errors import FileRefusedError
from fpm.storage import disk_errors

_PARQUET: Final = b"PAR1"


@contextmanager
def as_text(path: Path, name: str) -> Iterator[Path]:
    """``path``, or for a parquet file a private csv of the same rows that lives as long as this.

    Dates become 1980-01-31, nulls empty cells; the column names stand in row 1. Columns of lists,
    structs or bytes are left out: no cell can hold them.

    Raises:
        FileRefusedError: a parquet file is damaged, or has no column a cell can hold.
    """
    if not _is_parquet(path):
        yield path
        return
    table = _read(path, name)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "table.csv"
        with disk_errors(name):
            csv.write_csv(table, text)
        del table
        yield text


def _is_parquet(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_PARQUET)) == _PARQUET


def _read(path: Path, name: str) -> pa.Table:
    try:
        table = parquet.read_table(path)
        table.validate(full=True)
        flat = [field.name for field in table.schema if _fits_a_cell(field.type)]
        texts = pa.schema([(column, pa.string()) for column in flat])
        table = table.select(flat).cast(texts)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FileRefusedError(name, "是损坏的 parquet 文件，请重新导出") from error
    if not flat:
        raise FileRefusedError(name, "没有表格装得下的列，请另存为 xlsx 或 csv 再试")
    return table


def _fits_a_cell(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_null(kind))
