"""Roster records → the roster frame that matching and facts stand on."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.identity.id_digits import check_of
from fpm.identity.id_number import read_id_numbers
from fpm.model import LACKING, RECORD_KEY, UNREADABLE

_HEAD: Final = "户主"
_LATER: Final = "_later_"


def build_roster(records: pl.DataFrame) -> pl.DataFrame:
    """Build the roster frame.

    Args:
        records: Typed records of the roster layout (RECORD_KEY + fields), of one or more files.

    Returns:
        The layout's fields with ``file``, ``sheet``, ``row`` and

        * ``person_id`` (String, unique): as delivered; without one household and name;
        * ``household_id`` (String): as delivered; without one a number derived from township,
          village and head, or from the head's row that precedes;
        * ``birth_date``, ``sex``: as delivered, else from a valid ID number;
        * ``valid_id`` (String): the canonical 18-character number, else null;
        * ``id_checks`` (Boolean): whether the first 18 characters of a number of 18, 20 or 22
          carry the right check character, whatever else is wrong with them; else null.

        Sorted by file, sheet, row. A person of the same number and household in several files or
        sheets (the export of one group of households and that of another) is one person.
    """
    place = records.select(pl.struct("file", "sheet", "row")).to_series()
    in_order = records if place.is_sorted() else records.sort("file", "sheet", "row")
    roster = in_order.drop("department", "kind")
    roster = _one_row_a_person(_with_known_columns(roster))
    readings = read_id_numbers(roster["id_number"])
    roster = roster.with_columns(readings["valid_id"], id_checks=_check_holds(readings))
    roster = roster.with_columns(
        birth_date=pl.coalesce("birth_date", readings["birth_date"]),
        sex=pl.coalesce("sex", readings["sex"]),
        household_id=pl.coalesce("household_id", _derived_household()),
    )
    return roster.with_columns(person_id=_unique_person_id())


def _check_holds(readings: pl.DataFrame) -> pl.Expr:
    """Text of the right length that is no number at all has no right check character either.

    Of a number that a spreadsheet cut off (9.99E+17) nobody can tell.
    """
    of_length = pl.col("id_number").str.len_chars().is_in([18, 20, 22])
    k = pl.col("k")
    right = readings.select(
        pl.when(pl.col("quality") != "scientific").then(
            (k % 16 == check_of(k // 16)).fill_null(value=False)
        )
    )
    return pl.when(of_length).then(right.to_series())


def _with_known_columns(roster: pl.DataFrame) -> pl.DataFrame:
    """Add the columns relied on here where a layout leaves them out."""
    needed = {
        "township": pl.String,
        "village": pl.String,
        "household_id": pl.String,
        "person_id": pl.String,
        "name": pl.String,
        "id_number": pl.String,
        "sex": pl.String,
        "birth_date": pl.Date,
        "relation": pl.String,
        "head_name": pl.String,
    }
    return roster.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in needed.items()
        if name not in roster.columns
    )


def _one_row_a_person(roster: pl.DataFrame) -> pl.DataFrame:
    """The row of the first table, with what only later ones have a column for or a value."""
    if roster.select(pl.struct("file", "sheet").n_unique()).item() < 2:
        return roster
    key = ["person_id", "household_id"]
    known = pl.all_horizontal(pl.col(key).is_not_null())
    table = pl.struct("file", "sheet")
    again = roster.select(known & (table != table.first().over(key))).to_series()
    if not again.any():
        return roster
    fields = [name for name in roster.columns if name not in (*key, *RECORD_KEY, UNREADABLE)]
    later = roster.filter(again).unique(key, keep="first", maintain_order=True)
    beside = later.select(*key, pl.col("file", *fields).name.prefix(_LATER))
    rows = roster.filter(~again).join(beside, on=key, how="left", maintain_order="left")
    filled = {name: pl.coalesce(name, _LATER + name) for name in fields}
    if LACKING in fields:
        both = [pl.col(name).str.split(",") for name in (LACKING, _LATER + LACKING)]
        shared = both[0].list.set_intersection(both[1]).list.join(",")
        alone = pl.col(_LATER + "file").is_null()
        filled[LACKING] = pl.when(alone).then(LACKING).otherwise(shared.replace("", None))
    return rows.with_columns(**filled).select(roster.columns)


def _derived_household() -> pl.Expr:
    """Without 户编号: place and head's name, or the nearest 户主 above in the same sheet."""
    place = [pl.col(name).fill_null("") for name in ("township", "village")]
    by_head = pl.concat_str(*place, "head_name", separator="/")
    head_row = pl.when(pl.col("relation") == _HEAD).then(pl.col("row"))
    above = head_row.forward_fill().over("file", "sheet")
    by_order = pl.concat_str(*place, above.cast(pl.String), separator="/")
    alone = pl.concat_str(*place, pl.lit("行"), pl.col("row").cast(pl.String), separator="/")
    return pl.coalesce(by_head, by_order, alone)


def _unique_person_id() -> pl.Expr:
    """The delivered number, or household and name; the second bearer of one gets ``#2``."""
    given = pl.coalesce(
        "person_id", pl.concat_str("household_id", pl.col("name").fill_null(""), separator="-")
    )
    turn = pl.int_range(1, pl.len() + 1).over(given)
    return pl.when(turn == 1).then(given).otherwise(pl.format("{}#{}", given, turn))
