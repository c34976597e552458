"""What single pieces of evidence do to a link."""

from __future__ import annotations

import datetime as dt
from itertools import product

import polars as pl

from fpm.match import MatchRequest, match_many, match_records

DAY = dt.date(1957, 3, 8)
PLACE = {"township": "石门镇", "village": "大河村"}


def other(number: str, place: int, digit: int) -> str:
    return number[:place] + str(digit) + number[place + 1 :]


def last(result) -> dict[str, object]:
    found: dict[str, object] = result.matches.row(-1, named=True)
    return found


def test_two_slips_in_date_and_sequence_are_seen_through_within_the_township(
    county, whole_list, build, make_id
) -> None:
    """Neither the birth date nor the last four places are left whole."""
    head = county.row(28, named=True)
    number, day = head["id_number"], head["birth_date"]
    slipped = (
        make_id(day.replace(month=month), sequence)
        for month, sequence in product(range(1, 10), range(1, 1000, 10))
    )
    misread = next(
        one
        for one in slipped
        if sum(a != b for a, b in zip(one, number, strict=True)) == 2
        and one[10:12] != number[10:12]
    )
    asked = build([{"name": head["name"], "id_number": misread, "township": head["township"]}])
    records = pl.concat(
        [whole_list, asked.with_columns(pl.lit(9999, pl.UInt32).alias("row"))], how="diagonal"
    )
    found = last(match_records(county, records, MatchRequest()))
    assert (found["person_id"], found["status"]) == (head["person_id"], "confirmed")


def test_whom_a_list_names_again_and_again_is_meant_the_oftener(county, build, make_id) -> None:
    """Two namesakes of one village, of whom the list has one record and five."""
    home = county.row(0, named=True)
    namesakes = [
        home
        | {
            "person_id": str(times),
            "household_id": str(times),
            "name": "欧阳靖",
            "id_number": make_id(DAY.replace(year=1950 + times), 11),
        }
        for times in (1, 5)
    ]
    roster = pl.concat([county, pl.DataFrame(namesakes, schema=county.schema)])
    columns = ["name", "id_number", "township", "village"]
    usual = (0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 8)
    rows = [
        row
        for number, row in enumerate(county.select(columns).to_dicts())
        for _ in range(usual[number % len(usual)])
    ]
    rows += [
        {name: one[name] for name in columns}
        for one in namesakes
        for _ in range(int(one["person_id"]))
    ]
    rows.append({"name": "欧阳靖", "township": home["township"], "village": home["village"]})
    result = match_records(roster, build(rows), MatchRequest())
    assert (last(result)["person_id"], last(result)["status"]) == ("5", "confirmed")


def test_a_borrowed_number_says_nothing_of_birth_date_and_sex(county, whole_list, build) -> None:
    """A mother's number on her son's row, where the roster has the mother's with a slip."""
    mother, son = county.row(29, named=True), county.row(30, named=True)
    wrong = other(mother["id_number"], 4, 7)
    mine = pl.col("person_id") == mother["person_id"]
    roster = county.with_columns(id_number=pl.when(mine).then(pl.lit(wrong)).otherwise("id_number"))
    asked = {name: son[name] for name in ("name", "township", "village")}
    asked = build([asked | {"id_number": mother["id_number"]}])
    records = pl.concat(
        [whole_list, asked.with_columns(pl.lit(9999, pl.UInt32).alias("row"))], how="diagonal"
    )
    found = last(match_records(roster, records, MatchRequest()))
    assert found["person_id"] == son["person_id"]


def test_a_sound_number_that_could_be_a_rounded_one_stays_another_persons(
    county, whole_list, build, make_id
) -> None:
    """An outsider, and a namesake of his birth date whose number differs in two places."""
    numbers = [make_id(DAY, sequence) for sequence in range(1, 1000, 2)]
    exact = [one for one in numbers if one.isdigit() and int(float(one)) == int(one)]
    outsider, own = next(
        (one, two)
        for one, two in product(exact, numbers)
        if sum(a != b for a, b in zip(one, two, strict=True)) == 2
    )
    home = county.row(0, named=True)
    namesake = home | {
        "person_id": "N",
        "household_id": "N",
        "name": "欧阳靖",
        "id_number": own,
        "birth_date": DAY,
    }
    roster = pl.concat([county, pl.DataFrame([namesake], schema=county.schema)])
    asked = build([{"name": "欧阳靖", "id_number": outsider, "township": home["township"]}])
    records = pl.concat(
        [whole_list, asked.with_columns(pl.lit(9999, pl.UInt32).alias("row"))], how="diagonal"
    )
    assert last(match_records(roster, records, MatchRequest()))["status"] == "unmatched"


def test_the_end_of_a_number_finds_a_misspelt_name_in_its_township(
    county, whole_list, build
) -> None:
    head = county.row(28, named=True) | {"name": "赵清"}
    roster = pl.concat([county[:28], pl.DataFrame([head], schema=county.schema), county[29:]])
    masked = head["id_number"][:3] + "*" * 11 + head["id_number"][14:]
    asked = {"name": "赵磊", "id_number": masked, "township": head["township"]}
    records = pl.concat(
        [whole_list, build([asked]).with_columns(pl.lit(9999, pl.UInt32).alias("row"))],
        how="diagonal",
    )
    assert last(match_records(roster, records, MatchRequest()))["person_id"] == head["person_id"]


def test_a_doubtful_number_of_the_roster_does_not_hide_that_the_birth_date_differs(
    county, whole_list, build, make_id
) -> None:
    """Two people of the roster bear one number: it says nothing of the birth date of the second."""
    first, second = county.row(0, named=True), county.row(100, named=True)
    doubled = county.with_columns(
        id_number=pl.when(pl.col("person_id") == second["person_id"])
        .then(pl.lit(first["id_number"]))
        .otherwise("id_number")
    )
    born = dt.date(first["birth_date"].year + 1, *first["birth_date"].timetuple()[1:3])
    row = {name: second[name] for name in ("name", "township")}
    stranger = build([row | {"id_number": make_id(born, 555), "birth_date": born}], "other")
    links = match_many(doubled, [(whole_list, MatchRequest()), (stranger, MatchRequest())])[1]
    assert links.matches["status"][0] != "confirmed"
