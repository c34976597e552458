"""A member's number on the row of a relative outside the roster makes nobody that member."""

from __future__ import annotations

import polars as pl
import pytest

from fpm.match import MatchRequest, match_records


@pytest.fixture(scope="module")
def said(county: pl.DataFrame) -> pl.DataFrame:
    """Half of the roster, as one list names it, each under his own number."""
    half = county.filter(pl.int_range(pl.len()) % 2 == 0)
    return half.select("person_id", "name", "id_number", "township", "village")


def linked(county: pl.DataFrame, records: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    return match_records(county, records, MatchRequest()).matches.sort("row").filter(rows)


def with_relatives(county: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """``said`` and relatives of 40 whom it does not name, one in two of the bearer's surname."""
    bearers = county.filter(pl.int_range(pl.len()) % 2 == 1).gather_every(4)
    related = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.col("name").str.head(1))
    relatives = bearers.select(
        pl.lit(None, pl.String).alias("person_id"),
        related.otherwise(pl.lit("欧")).alias("name") + "靖蕾",
        "id_number",
        "township",
        "village",
    )
    return pl.concat([said, relatives])


def test_relatives_outside_the_roster_are_not_taken_for_the_bearer(county, build, said) -> None:
    rows = with_relatives(county, said)
    found = linked(county, build(rows.drop("person_id").to_dicts()), rows["person_id"].is_null())
    assert found.height == 40
    assert (found["probability"] < 0.5).all()


def test_one_bearer_under_another_given_name_is_still_found(county, build, said) -> None:
    """Where nobody borrows numbers, the place and the surname speak for the bearer."""
    renamed = pl.int_range(pl.len()) == 7
    rows = said.with_columns(
        name=pl.when(renamed).then(pl.col("name").str.head(1) + "靖蕾").otherwise("name")
    )
    asked = rows.select(renamed).to_series()
    found = linked(county, build(rows.drop("person_id").to_dicts()), asked)
    assert found["status"].to_list() == ["confirmed"]
    assert found["person_id"].to_list() == rows.filter(asked)["person_id"].to_list()
