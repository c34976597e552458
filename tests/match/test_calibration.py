"""How sure a link may be: what namesakes, known outsiders and whole lists say against it."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from fpm.match import MatchRequest, match_records
from fpm.match.classes import classify
from fpm.match.decide import least_chance
from fpm.match.keys import Keyed, key_frames
from fpm.match.outsiders import hidden_outsiders, sure_outsiders, with_outsiders
from fpm.match.stack import stack, with_roles
from fpm.rulebook.settings import MatchingSpec


def queries(rows: list[int], cls: str = "B") -> pl.DataFrame:
    """Undecided queries, each standing for so many records."""
    frame = pl.DataFrame({"rows": rows}, schema={"rows": pl.UInt32}).with_row_index("q")
    return frame.with_columns(cls=pl.lit(cls))


def best(chances: list[float]) -> pl.DataFrame:
    """The best candidate of each query."""
    frame = pl.DataFrame({"chance": chances}, schema={"chance": pl.Float64}).with_row_index("q")
    return frame.with_columns(rank=pl.lit(1, pl.UInt32))


def test_a_list_that_holds_the_promise_is_confirmed_from_accept_on() -> None:
    chances = [0.9999] * 990 + [0.95] * 10
    assert least_chance(queries([1] * 1000), best(chances), MatchRequest()) == 0.95


def test_the_least_sure_links_of_a_doubtful_list_go_to_review() -> None:
    chances = [0.9999] * 500 + [0.99] * 500
    assert least_chance(queries([1] * 1000), best(chances), MatchRequest()) == 0.9999


def test_a_list_that_cannot_tell_anybody_apart_confirms_nobody_but_by_number() -> None:
    assert least_chance(queries([1] * 1000), best([0.98] * 1000), MatchRequest()) == 1.0


def test_a_short_list_may_hold_the_doubt_of_one_link_at_accept() -> None:
    assert least_chance(queries([1] * 10), best([0.99] * 10), MatchRequest()) == 0.99
    assert least_chance(queries([1] * 10), best([0.95] * 10), MatchRequest()) == 1.0


def test_records_count_not_queries() -> None:
    """One doubtful query of a hundred records is a hundred doubtful records."""
    asked = queries([1] * 1000 + [100])
    assert least_chance(asked, best([0.9999] * 1000 + [0.98]), MatchRequest()) == 0.9999


def test_a_list_without_whole_numbers_may_hold_twice_the_doubt_if_most_would_go_to_review() -> None:
    chances = best([0.9985] * 1000)
    assert least_chance(queries([1] * 1000, "D"), chances, MatchRequest()) == 0.9985
    assert least_chance(queries([1] * 1000, "B"), chances, MatchRequest()) == 1.0
    chances = best([0.9999] * 600 + [0.996] * 400)
    assert least_chance(queries([1] * 1000, "D"), chances, MatchRequest()) == 0.9999


def test_the_share_is_a_setting() -> None:
    lenient = MatchRequest(settings=MatchingSpec(wrong_share=0.05))
    assert least_chance(queries([1] * 1000), best([0.98] * 1000), lenient) == 0.98


@pytest.mark.parametrize("times", [0, 3])
def test_a_known_outsider_of_the_name_keeps_his_rows(county, build, make_id, times) -> None:
    """A list names people several times; one of them lives elsewhere and is here by name only."""
    person = county.row(41, named=True)
    place = {column: person[column] for column in ("name", "township", "village")}
    stranger = make_id(person["birth_date"].replace(year=person["birth_date"].year - 9), 718)
    rows = county.filter(pl.col("person_id") != person["person_id"])
    rows = rows.select("name", "id_number", "township", "village").to_dicts()
    rows = [row | {"village": village} for row in rows for village in (row["village"], None)]
    known = [place | {"id_number": stranger, "village": v} for v in (None, "", place["village"])]
    asked = build([*rows, *known[:times], place | {"id_number": "无"}])
    last = match_records(county, asked, MatchRequest()).matches.row(-1, named=True)
    assert (last["status"] == "confirmed") == (times == 0)


def keyed_of(county: pl.DataFrame, records: pl.DataFrame) -> tuple[Keyed, pl.DataFrame]:
    """Roster and list as numbers, and the queries with their classes."""
    stacked = stack([(with_roles(records), MatchRequest())])
    keyed = key_frames(with_roles(county), stacked.queries)
    return keyed, classify(keyed)


@pytest.mark.parametrize("number", ["none", "another's"])
@pytest.mark.parametrize(("name", "known"), [("欧阳志强", 1), ("欧阳智强", 1), ("欧阳国强", 0)])
def test_an_outsider_is_known_to_rows_whose_name_sounds_like_his(
    county, build, make_id, name, known, number
) -> None:
    stranger = {"name": "欧阳志强", "id_number": make_id(dt.date(1990, 1, 1), 900)}
    carried = {"none": None, "another's": county["id_number"][41]}[number]
    records = build([stranger, {"name": name, "id_number": carried}])
    everybody, told = with_outsiders(*keyed_of(county, records))
    assert everybody.people.filter(~pl.col("inside")).height == told.height == known


def test_an_outsider_is_known_by_the_row_that_says_where_he_lives(county, build, make_id) -> None:
    stranger = {"name": "欧阳志强", "id_number": make_id(dt.date(1990, 1, 1), 900)}
    home = {"township": "青山乡", "village": "松林村"}
    rows = [stranger, stranger | home, {"name": "欧阳志强"}]
    everybody, _ = with_outsiders(*keyed_of(county, build(rows)))
    assert (everybody.people.row(-1, named=True)["v"]) >= 0


@pytest.mark.parametrize(
    ("own", "sure"), [("whole", True), ("absent", False), ("one digit off", True)]
)
def test_a_number_is_an_outsiders_if_no_namesake_can_have_it(
    county, build, make_id, own, sure
) -> None:
    person = county.row(41, named=True)
    number = person["id_number"]
    given = {"whole": number, "absent": None, "one digit off": number[:16] + "9" + number[17:]}[own]
    mine = pl.col("person_id") == person["person_id"]
    changed = pl.when(mine).then(pl.lit(given)).otherwise("id_number")
    stranger = make_id(person["birth_date"].replace(year=person["birth_date"].year - 9), 718)
    records = build([{"name": person["name"], "id_number": stranger}])
    keyed, classed = keyed_of(county.with_columns(id_number=changed), records)
    assert (sure_outsiders(classed, keyed.people).height == 1) == sure


@pytest.mark.parametrize(
    ("damaged", "known"),
    [
        (lambda number: number[:3] + "7" + number[4:], True),
        (lambda number: number[:6] + "********" + number[14:], True),
        (lambda number: number[:6] + "*" * 12, False),
    ],
)
def test_a_damaged_number_that_is_nobodys_keeps_a_row_without_one(
    county, build, make_id, damaged, known
) -> None:
    """A person of the roster, and an outsider of the name and village whose number is damaged.

    The list names people as often as chance has it: who stands in it already is none the likelier.
    """
    person = county.row(41, named=True)
    place = {column: person[column] for column in ("name", "township", "village")}
    stranger = make_id(dt.date(1939, 4, 4), 718, "999907")
    people = county.filter(pl.col("person_id") != person["person_id"])
    people = people.select("name", "id_number", "township", "village").to_dicts()
    times = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3)
    rows = [row for number, row in enumerate(people) for _ in range(times[number % len(times)])]
    chances = []
    for name in ("欧阳靖蕾", person["name"]):
        told = place | {"name": name, "id_number": damaged(stranger)}
        asked = build([*rows, told, place | {"id_number": "无"}])
        found = match_records(county, asked, MatchRequest()).matches.row(-1, named=True)
        chances.append(found["probability"])
    doubt = [1 - chance for chance in chances]
    assert (doubt[1] > 2 * doubt[0]) == known


def test_a_row_counted_for_a_person_under_a_misheard_name_claims_him_once(county, build) -> None:
    """Everybody is named twice, four of them once without a number."""
    columns = ["name", "id_number", "township", "village"]
    four = county.filter(pl.col("name").str.contains("志")).head(4)
    twice = county.join(four, on="person_id", how="anti").select(columns).to_dicts() * 2
    plain = four.select(columns).to_dicts()
    misheard = [row | {"name": row["name"].replace("志", "智")} for row in plain]
    doubts = []
    for counted in (plain, misheard):
        asked = build([*twice, *counted, *(row | {"id_number": "无"} for row in plain)])
        linked = match_records(county, asked, MatchRequest()).matches.tail(4)
        assert linked["person_id"].to_list() == four["person_id"].to_list()
        doubts.append(1 - linked["probability"].min())
    assert doubts[1] < 3 * doubts[0]


def test_the_more_outsiders_are_namesakes_the_less_an_equal_name_says(
    county, build, make_id
) -> None:
    """Twenty outsiders of the same villages: once with names of their own, once with names here."""
    people = county.select("name", "id_number", "township", "village").to_dicts()
    sure = [person for n, person in enumerate(people) if n % 4 != 3]
    free, asked = people[3:83:4], people[303]
    chances = []
    for names in (["欧阳靖蕾"] * 20, [person["name"] for person in free]):
        outsiders = [
            person | {"name": name, "id_number": make_id(dt.date(1990, 1, 1 + n), 900 + n)}
            for n, (person, name) in enumerate(zip(free, names, strict=True))
        ]
        records = build([*sure, *outsiders, asked | {"id_number": "无"}])
        found = match_records(county, records, MatchRequest()).matches.row(-1, named=True)
        assert found["person_id"] == county["person_id"][303]
        chances.append(found["probability"])
    assert chances[1] < chances[0] - 0.02


@pytest.mark.parametrize(("records", "least", "most"), [(3, 0.5, 1.0), (1, 0.0, 0.1)])
def test_a_township_of_damaged_numbers_hides_outsiders_whom_several_records_name(
    records, least, most
) -> None:
    """One township whole, one damaged; in the first three hundred people and forty outsiders."""
    asked = pl.concat(
        pl.DataFrame(
            {"cls": cls, "t": town, "k": range(first, first + people), "rows": times}
        ).select("cls", "t", pl.col("k").cast(pl.UInt64), pl.col("rows").cast(pl.UInt32))
        for cls, town, first, people, times in (
            ("A", 1, 0, 300, 1),
            ("C", 1, 300, 40, records),
            ("D", 2, 400, 300, 1),
        )
    ).with_columns(x=pl.lit(0, pl.UInt32))
    hidden = hidden_outsiders(asked).to_list()
    assert hidden[0] <= 0
    assert least <= hidden[-1] <= most
