"""Any delivered file → typed records, rows set aside with a reason, and an account of every row.

The names below load on first use: the child process that parses foreign files imports this
package too, and must start in milliseconds, without polars.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fpm.ingest.names import delivered_name
    from fpm.ingest.read import read_file
    from fpm.ingest.reading import (
        ColumnReading,
        FileReading,
        SheetReading,
        doubtful_ids,
        id_forms,
        sample_rows,
    )
    from fpm.ingest.roster import build_roster
    from fpm.ingest.roster_files import unused_cells

__all__ = [
    "ColumnReading",
    "FileReading",
    "SheetReading",
    "build_roster",
    "delivered_name",
    "doubtful_ids",
    "id_forms",
    "read_file",
    "sample_rows",
    "unused_cells",
]

_HOMES = {
    "delivered_name": "names",
    "read_file": "read",
    "build_roster": "roster",
    "unused_cells": "roster_files",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'reading')}"), name)
