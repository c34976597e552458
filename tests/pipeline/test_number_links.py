"""人编号 and 户编号 of the roster link without matching, unless a name speaks against it."""

import polars as pl
import pytest

from fpm.model import RECORD_KEY
from fpm.pipeline.number_links import split_by_number
from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules

ROSTER = pl.DataFrame(
    {
        "person_id": ["P1", "P2", "P3"],
        "household_id": ["H1", "H1", "H2"],
        "township": ["青石镇"] * 3,
        "village": ["上河村"] * 3,
        "name": ["赵小山", "赵大山", "钱一"],
        "relation": ["之子", "户主", "户主"],
    }
)


@pytest.fixture(scope="module")
def book():
    return load_rulebook(shipped_rules())


def split(layout, *rows):
    key = {"department": layout.department, "kind": layout.kind, "file": "f", "sheet": "s"}
    names = ("person_id", "household_id", "name", "head_name", "township", "village")
    claims = pl.DataFrame(
        [{**key, "row": n, **dict.fromkeys(names), **row} for n, row in enumerate(rows)],
        schema={
            **dict.fromkeys(key, pl.String),
            "row": pl.UInt32,
            **dict.fromkeys(names, pl.String),
        },
    )
    links, rest = split_by_number(ROSTER, claims, layout)
    assert links.height + rest.height == claims.height
    assert links.select(RECORD_KEY).is_unique().all()
    return links.sort("row").select("row", "person_id", "household_id").rows(), rest[
        "row"
    ].to_list()


def test_a_person_is_known_by_number(book):
    links, rest = split(
        book.layout("national", "work"),
        {"person_id": "P1", "name": "赵小山"},
        {"person_id": "P1"},
        {"person_id": "P1", "name": "钱一"},
        {"person_id": "P9", "name": "钱一"},
        {"name": "钱一"},
    )
    assert links == [(0, "P1", "H1"), (1, "P1", "H1")]
    assert rest == [2, 3, 4]


def test_a_household_is_known_by_number_and_any_member(book):
    links, rest = split(
        book.layout("national", "household"),
        {"household_id": "H1", "head_name": "赵小山"},
        {"household_id": "H2", "head_name": "赵大山"},
        {"household_id": "H2"},
    )
    assert links == [(0, "P2", "H1"), (2, "P3", "H2")]
    assert rest == [1]


@pytest.mark.parametrize(
    "place",
    [
        {"township": "青石镇", "village": "上河村"},
        {"township": "青石", "village": "上河村民委员会"},
        {"township": "青石镇"},
        {"village": "下河村"},
    ],
)
def test_villages_of_the_roster_and_unnamed_ones_are_left_to_matching(book, place):
    links, rest = split(book.layout("national", "village"), place)
    assert (links, rest) == ([], [0])


def test_a_village_without_people_stands_for_itself(book):
    layout = book.layout("national", "village")
    links, rest = split(layout, {"township": "青石镇", "village": "下河村"})
    assert (links, rest) == ([(0, None, None)], [])


def test_only_lists_that_name_villages_as_the_roster_does_have_villages_of_their_own(book):
    layout = book.layout("water", "village_supply")
    links, rest = split(layout, {"township": "青石镇", "village": "下河村"})
    assert (links, rest) == ([], [0])
