"""A number column that slipped by a row against the names gives nobody's bill to a stranger."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from fpm.match import MatchRequest, match_records

FIRST, LAST = 40, 60
"""The rows of the list whose numbers are the next row's."""


@pytest.fixture(scope="module")
def rows(county: pl.DataFrame) -> pl.DataFrame:
    """Everybody twice removed from his household, as a list by date of entry has them."""
    mixed = county.with_row_index("n").sort(pl.col("n") * 77 % county.height)
    return mixed.select("person_id", "name", "id_number", "township", "village")


def slipped(rows: pl.DataFrame, step: int = -1) -> pl.DataFrame:
    inside = pl.int_range(pl.len()).is_between(FIRST, LAST, closed="left")
    moved = pl.col("id_number").shift(step)
    return rows.with_columns(id_number=pl.when(inside).then(moved).otherwise("id_number"))


def linked(county: pl.DataFrame, records: pl.DataFrame, truth: pl.Series) -> pl.DataFrame:
    matches = match_records(county, records, MatchRequest()).matches.sort("row")
    found = matches.with_columns(truth=truth)[FIRST:LAST]
    assert found.height == LAST - FIRST
    return found


@pytest.mark.parametrize("step", [-1, 1])
def test_rows_of_a_slip_go_to_those_whose_number_stands_beside(county, build, rows, step) -> None:
    records = build(slipped(rows, step).drop("person_id").to_dicts())
    found = linked(county, records, rows["person_id"])
    sure = found.filter(pl.col("status") == "confirmed")
    assert (sure["person_id"] == sure["truth"]).all()
    assert sure.height >= LAST - FIRST - 1
    assert sure["reason"].str.contains("此人的证件号在相邻行（疑似错行）").sum() >= sure.height - 1


def test_a_slipped_number_on_an_outsiders_row_is_said_to_be_the_neighbours(
    county, build, rows
) -> None:
    strangers = slipped(rows).with_columns(
        name=pl.when(pl.int_range(pl.len()) == FIRST + 5).then(pl.lit("欧阳靖蕾")).otherwise("name")
    )
    found = linked(county, build(strangers.drop("person_id").to_dicts()), rows["person_id"])
    row = found.row(5, named=True)
    assert row["status"] == "unmatched"
    assert row["reason"].startswith("证件号属相邻行的人，疑似证件号错行")


def test_a_number_of_somebody_who_stands_elsewhere_is_not_called_slipped(
    county, build, rows
) -> None:
    records = rows.with_columns(
        name=pl.when(pl.int_range(pl.len()) == FIRST).then(pl.lit("欧阳靖蕾")).otherwise("name")
    )
    found = linked(county, build(records.drop("person_id").to_dicts()), rows["person_id"])
    assert "错行" not in "".join(found["reason"])


def test_a_guardians_number_is_followed_though_the_guardian_stands_beside(county, build) -> None:
    """In a list by households a mate's name beside the row is what one expects."""
    place = pl.int_range(pl.len())
    said = county.select(
        "name",
        "township",
        "village",
        id_number=pl.when(place % 40 == 2)
        .then(pl.col("id_number").shift(1))
        .otherwise("id_number"),
    )
    matches = match_records(county, build(said.to_dicts()), MatchRequest()).matches.sort("row")
    children = matches.with_columns(truth=county["person_id"]).filter(place % 40 == 2)
    assert (children["person_id"] == children["truth"]).all()
    assert children["method"].unique().to_list() == ["follow_name"]


def test_a_number_under_a_misheard_name_is_no_number_of_the_next_row(
    county, build, rows, make_id
) -> None:
    """An outsider of the name stands beside a person whose own row spells it otherwise."""
    person = rows.filter(pl.col("name").str.contains("志")).row(0, named=True)
    misheard = person | {"name": person["name"].replace("志", "智")}
    stranger = person | {"id_number": make_id(dt.date(1939, 4, 4), 718)}
    others = rows.filter(pl.col("person_id") != person["person_id"])
    records = pl.DataFrame([*others.to_dicts(), misheard, stranger]).drop("person_id")
    own, next_to_it = (
        match_records(county, build(records.to_dicts()), MatchRequest())
        .matches.sort("row")
        .tail(2)
        .rows(named=True)
    )
    assert own["person_id"] == person["person_id"]
    assert next_to_it["status"] == "unmatched"


def test_a_misspelt_name_in_a_slip_is_not_a_mate_of_the_neighbour(county, build) -> None:
    """In a list by households the neighbour's family stands beside, whoever is meant."""
    said = county.select("name", "id_number", "township", "village")
    misspelt = pl.int_range(pl.len()).is_between(FIRST, LAST, closed="left")
    records = slipped(said, 1).with_columns(
        name=pl.when(misspelt).then(pl.col("name").str.head(2) + "囍").otherwise("name")
    )
    found = linked(county, build(records.to_dicts()), county["person_id"])
    sure = found.filter(pl.col("status") == "confirmed")
    assert (sure["person_id"] == sure["truth"]).all()
