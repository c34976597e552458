"""Several extracts as one table of distinct identities: the same person asked about once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from fpm.match.contract import ROLE_SCHEMA, MatchRequest
from fpm.model import RECORD_KEY, RECORD_KEY_SCHEMA

Extract = tuple[pl.DataFrame, MatchRequest]

_ROWS: Final = 1 << 40
"""More than a sheet has rows: places of different lists lie apart."""


@dataclass(frozen=True, slots=True)
class Stacked:
    """Records and the distinct identities among them.

    Attributes:
        rows: ``x`` (UInt32, number of the extract), ``q`` (UInt32), ``place`` (UInt64, that of the
            next row of the file is one more, modulo 2^64), ``before`` and ``after`` (UInt32, the
            queries of the rows beside it, or null), the record key; one a record.
        queries: ``q``, ``x``, ``rows`` (how many records), role columns; one a distinct identity
            within one extract.
    """

    rows: pl.DataFrame
    queries: pl.DataFrame


def with_roles(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with every role column, null where it has none, blank texts as null."""
    columns: list[pl.Expr | pl.Series] = []
    for name, dtype in ROLE_SCHEMA.items():
        if name not in frame.columns or frame[name].null_count() == frame.height:
            columns.append(pl.lit(None, dtype).alias(name))
        elif dtype == pl.String:
            text = frame[name].cast(pl.String)
            blank = text == ""
            columns.append(text.set(blank, None) if blank.any() else text)
        else:
            columns.append(pl.col(name).cast(dtype, strict=False).alias(name))
    return frame.with_columns(columns)


def stack(extracts: Sequence[Extract]) -> Stacked:
    """Number the distinct identities of all person- and household-keyed extracts.

    Args:
        extracts: records with all role columns, and request of each.
    """
    columns = [*RECORD_KEY, *ROLE_SCHEMA]
    frames = [
        records.select(pl.lit(number, pl.UInt32).alias("x"), *columns)
        for number, (records, _) in enumerate(extracts)
    ]
    empty = pl.DataFrame(schema={"x": pl.UInt32, **RECORD_KEY_SCHEMA, **ROLE_SCHEMA})
    rows = pl.concat([empty, *(frame.cast(empty.schema) for frame in frames)])
    used = [role for role in ROLE_SCHEMA if rows[role].null_count() < rows.height]
    # Equal hashes of all given columns stand for equal identities: 64 bits, one run.
    hashes = [pl.col(name).hash(seed) for seed, name in enumerate(["x", *used])]
    same = rows.select(same=pl.sum_horizontal(hashes)).to_series()
    first = same.is_first_distinct()
    numbers = _numbers(same, first)
    counts = pl.Series("rows", np.bincount(numbers.to_numpy()), dtype=pl.UInt32)
    queries = (
        rows.select("x", *used)
        .filter(first)
        .with_row_index("q")
        .insert_column(1, counts)
        .with_columns(
            pl.lit(None, ROLE_SCHEMA[role]).alias(role) for role in ROLE_SCHEMA if role not in used
        )
    )
    records = rows.select("x", numbers, _place(), *RECORD_KEY)
    return Stacked(records.with_columns(_beside(records["place"], numbers)), queries)


def _numbers(same: pl.Series, first: pl.Series) -> pl.Series:
    """``q`` of each row: distinct values are numbered as they come; few come again."""
    number = (first.cast(pl.UInt32).cum_sum() - 1).alias("q")
    rows = pl.DataFrame({"same": same, "q": number})
    again = rows.select("same").filter(~first)
    known = rows.filter(first).join(again, on="same", how="semi")
    found = again.join(known, on="same", how="left", maintain_order="left")
    return number.scatter((~first).arg_true(), found["q"])


def _place() -> pl.Expr:
    """Where a record stands: the hash of its file and sheet in its list, plus its row."""
    sheet = pl.col("file").hash(seed=1) + pl.col("sheet").hash(seed=2)
    return (sheet + pl.col("x").cast(pl.UInt64) * _ROWS + pl.col("row")).alias("place")


def _beside(place: pl.Series, numbers: pl.Series) -> list[pl.Series]:
    """``before`` and ``after``: the query of the record one place before, and one place after."""
    places = place.to_numpy()
    order = np.argsort(places, kind="stable")
    following = np.roll(order, -1)
    next_to = places[following] == places[order] + np.uint64(1)
    order, following = order[next_to], following[next_to]
    sides = []
    for name, here, there in (("before", following, order), ("after", order, following)):
        found = np.zeros(len(places), dtype=np.uint32)
        met = np.zeros(len(places), dtype=bool)
        found[here], met[here] = numbers.to_numpy()[there], True
        sides.append(pl.select(pl.when(pl.Series(met)).then(pl.Series(name, found))).to_series())
    return sides
