"""Outsiders whom another list makes known: how often a list names them, too."""

from __future__ import annotations

import polars as pl

from fpm.match import MatchRequest, match_many
from fpm.match.returning import returning_outsiders

PLACE = ["name", "township", "village"]


def asked(numbers: list[int], number: int, cls: str = "C") -> pl.DataFrame:
    """Queries of one list, by their numbers."""
    schema = {"k": pl.UInt64, "x": pl.UInt32, "cls": pl.String, "rows": pl.UInt32}
    rows = {"k": numbers, "x": number, "cls": cls, "rows": 1}
    return pl.DataFrame({"k": numbers}, schema={"k": pl.UInt64}).with_columns(
        pl.lit(rows[name], dtype).alias(name) for name, dtype in schema.items() if name != "k"
    )


def test_lists_with_outsiders_of_their_own_hardly_name_those_of_others() -> None:
    people = asked(list(range(500)), 0, "A")
    everyone = pl.concat([people, people.with_columns(x=pl.lit(1, pl.UInt32))])
    own = [asked(list(range(1000 * n, 1000 * n + 200)), n - 1) for n in (1, 2)]
    both = [asked(list(range(1000, 1100)), n) for n in (0, 1)]
    apart = returning_outsiders(pl.concat([everyone, *own]), 2, 1000)
    shared = returning_outsiders(pl.concat([everyone, *own, *both]), 2, 1000)
    assert (apart < -2).all()
    assert (shared > apart + 1).all()


def test_one_list_alone_says_nothing_of_returning() -> None:
    people = asked(list(range(500)), 0, "A")
    alone = returning_outsiders(pl.concat([people, asked(list(range(900, 1000)), 0)]), 1, 1000)
    assert alone.tolist() == [0.0]


def test_an_outsider_of_another_list_keeps_a_row_where_outsiders_return(
    county, build, make_id
) -> None:
    """His namesake of the roster stands in no list; other outsiders stand in both, or in one."""
    person = county.row(41, named=True)
    people = county.filter(pl.col("person_id") != person["person_id"])
    people = people.select(*PLACE, "id_number").to_dicts()
    place = {name: person[name] for name in PLACE}
    day = person["birth_date"].replace(year=person["birth_date"].year - 9)
    strangers = [
        {"name": f"欧{given}", "id_number": make_id(day, 101 + 2 * number)}
        for number, given in enumerate("阳国建军华明志文德福贵生光荣永成长水海山")
    ]
    first = build([*people, place | {"id_number": make_id(day, 718)}, *strangers])
    doubt = []
    for again in ([], strangers):
        second = build([*people, *again, place | {"id_number": "无"}])
        linked = match_many(county, [(one, MatchRequest()) for one in (first, second)])
        doubt.append(1 - linked[1].matches.row(-1, named=True)["probability"])
    assert doubt[1] > 2 * doubt[0]
