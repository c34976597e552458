"""Households whose number changed between two rosters: split, merged, numbered anew.

Ledger and lists know households and people by the roster's numbers. When the next roster carries
other numbers, the people in it, known by their ID numbers, tell which household is which:

* a household whose number is gone goes on as the one its head is in now (else most of its members);
* what was known of a person goes with the person;
* of two households that became one, the alert with the older number goes on.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

MOVE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "was": pl.String,  # the household's number before
    "household_id": pl.String,
    "person_was": pl.String,  # null: the household as a whole
    "person_id": pl.String,
}

DATED_MOVE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {"period": pl.String, **MOVE_SCHEMA}

ROSTER_COLUMNS: Final = ("household_id", "person_id", "name", "valid_id", "relation")
_HEAD: Final = "户主"


def household_moves(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Compare two rosters (ROSTER_COLUMNS).

    Returns:
        MOVE_SCHEMA, sorted: people whose household or number changed, and the households whose
        number is gone or belongs to other people now.
    """
    followed = _followed(before.select(ROSTER_COLUMNS), now.select(ROSTER_COLUMNS))
    changed = (pl.col("was") != pl.col("household_id")) | (
        pl.col("person_was") != pl.col("person_id")
    )
    people = followed.filter(changed).select(MOVE_SCHEMA.keys())
    concerned = followed.join(people.select("was").unique(), on="was", how="semi")
    households = _successors(concerned).filter(pl.col("was") != pl.col("household_id"))
    whole = households.with_columns(
        person_was=pl.lit(None, pl.String), person_id=pl.lit(None, pl.String)
    )
    return pl.concat([whole.select(MOVE_SCHEMA.keys()), people]).sort(MOVE_SCHEMA.keys())


def _followed(old: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """People of ``old`` in ``now``: by ID number, else by person number and name."""
    by_number = _once(old, "valid_id").join(
        _once(now, "valid_id").select("valid_id", *_now("household_id", "person_id")),
        on="valid_id",
    )
    rest = old.join(by_number, on="person_id", how="anti")
    by_name = rest.join(
        now.select(*_now("household_id", "person_id"), "person_id", "name", new_id="valid_id"),
        on=["person_id", "name"],
    ).filter(pl.col("valid_id").is_null() | pl.col("new_id").is_null())
    columns = ["household_id", "person_id", "relation", "now_household_id", "now_person_id"]
    return pl.concat([by_number.select(columns), by_name.select(columns)]).select(
        was="household_id",
        person_was="person_id",
        is_head=pl.col("relation") == _HEAD,
        household_id="now_household_id",
        person_id="now_person_id",
    )


def _successors(followed: pl.DataFrame) -> pl.DataFrame:
    """``was household_id``: itself while one of its people is there, else its head's household."""
    return (
        followed.group_by("was", "household_id")
        .agg(
            stays=(pl.col("was") == pl.col("household_id")).any(),
            has_head=pl.col("is_head").fill_null(value=False).any(),
            members=pl.len(),
        )
        .sort(
            "was", "stays", "has_head", "members", "household_id",
            descending=[False, True, True, True, False],
        )
        .unique("was", keep="first", maintain_order=True)
        .select("was", "household_id")
    )  # fmt: skip


def _once(people: pl.DataFrame, column: str) -> pl.DataFrame:
    """Rows whose value of ``column`` no other row shares."""
    return people.filter(pl.col(column).is_not_null() & pl.col(column).is_unique())


def _now(*names: str) -> list[pl.Expr]:
    return [pl.col(name).alias(f"now_{name}") for name in names]


def follow_moves(rows: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with the numbers that households and people have after ``moves``.

    Args:
        rows: ``household_id``; ``person_id`` and ``period`` if it has them: a row of a period
            follows the moves of later ones only.
        moves: DATED_MOVE_SCHEMA.
    """
    for dated in moves.sort("period").partition_by("period", maintain_order=True):
        rows = _follow(rows, dated, dated["period"][0])
    return rows


def _follow(rows: pl.DataFrame, moves: pl.DataFrame, period: str) -> pl.DataFrame:
    later = pl.col("period") < period if "period" in rows.columns else pl.lit(value=True)
    whole = moves.filter(pl.col("person_was").is_null()).select("was", _whole="household_id")
    found = rows.join(
        whole, left_on="household_id", right_on="was", how="left", maintain_order="left"
    )
    household = pl.coalesce("_whole", "household_id")
    updated = {"household_id": household}
    if "person_id" in rows.columns:
        people = moves.drop_nulls("person_was").select(
            "was", "person_was", _household="household_id", _person="person_id"
        )
        found = found.join(
            people,
            left_on=["household_id", "person_id"],
            right_on=["was", "person_was"],
            how="left",
            maintain_order="left",
        )
        updated = {
            "household_id": pl.coalesce("_household", household),
            "person_id": pl.coalesce("_person", "person_id"),
        }
    kept = {
        name: pl.when(later).then(value).otherwise(pl.col(name)) for name, value in updated.items()
    }
    return found.with_columns(**kept).select(rows.columns)


def move_bodies(moves: pl.DataFrame) -> list[dict[str, Any]]:
    """The bodies of the events, one a row."""
    return moves.select(MOVE_SCHEMA.keys()).to_dicts()
