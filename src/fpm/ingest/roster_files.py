"""Several roster files about one person: whose words were not used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from fpm.ingest.quarantine import Column, Place, gather, troubles
from fpm.model import QUARANTINE_SCHEMA, RECORD_KEY

_PERSON: Final = ("person_id", "household_id")
_FIRST: Final = "_first_"
_CODE: Final = "roster_differs"


def unused_cells(records: pl.DataFrame, titles: Mapping[str, str]) -> pl.DataFrame:
    """Cells in which a later file or sheet says something else of a person than the first one.

    Args:
        records: Typed records of the roster layout (RECORD_KEY + fields), of one or more files.
        titles: Field → what people call it.

    Returns:
        QUARANTINE_SCHEMA; ``build_roster`` uses what the first file by name says.
    """
    if not set(_PERSON) <= set(records.columns):
        return pl.DataFrame(schema=QUARANTINE_SCHEMA)
    known = records.filter(pl.all_horizontal(pl.col(_PERSON).is_not_null()))
    known = known.sort("file", "sheet", "row")
    table = pl.struct("file", "sheet")
    later = known.filter(table != table.first().over(_PERSON))
    if later.is_empty():
        return gather([])
    fields = [name for name in titles if name in records.columns and name not in _PERSON]
    first = known.unique(_PERSON, keep="first", maintain_order=True)
    first = first.select(*_PERSON, pl.col(fields).name.prefix(_FIRST))
    both = later.join(first, on=_PERSON, how="left", maintain_order="left")
    return gather([_differing(both, name, titles[name]) for name in fields])


def _differing(both: pl.DataFrame, name: str, title: str) -> pl.DataFrame:
    rows = both.filter(pl.col(name) != pl.col(_FIRST + name))
    return gather(
        [
            troubles(
                one.select("row", value=pl.col(name).cast(pl.String), code=pl.lit(_CODE)),
                Column(title),
                Place(*one.select(*RECORD_KEY).row(0)[:4]),
            )
            for one in rows.partition_by("file", "sheet")
        ]
    )
