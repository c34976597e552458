"""Lists whose numbers are no resident IDs, and lists without any: who is confirmed, who is not."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import polars as pl
import pytest

from fpm.match import MatchRequest, match_records

FIRST = (
    "Anna",
    "Ben",
    "Carl",
    "Dora",
    "Eve",
    "Frank",
    "Gina",
    "Hugo",
    "Ida",
    "Jack",
    "Kate",
    "Leo",
)
LAST = (
    "Abbott",
    "Brown",
    "Carter",
    "Davies",
    "Evans",
    "Foster",
    "Green",
    "Harris",
    "Jones",
    "King",
)
TOWNS = ("Fitzroy", "Carlton", "Coburg", "Preston", "Kew", "Hawthorn")


class People:
    """People of few names, drawn with one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def one(self, name: str | None = None) -> dict[str, object]:
        return {
            "name": name or f"{self.dice.choice(FIRST)} {self.dice.choice(LAST)}",
            "birth_date": dt.date(1940, 1, 1) + dt.timedelta(days=self.dice.randrange(25_000)),
            "township": self.dice.choice(TOWNS),
            "id_number": f"{self.dice.randrange(10**9):09d}",
        }

    def told(self, person: dict[str, object], *, numbers: bool) -> dict[str, object]:
        """A row about a person: two in five without number, some with a slip or a blank."""
        row = dict(person)
        name, born, draw = str(row["name"]), row["birth_date"], self.dice.random()
        if draw < 0.08:
            row["name"] = name[:-3] + name[-2] + name[-3] + name[-1]
        elif draw < 0.16:
            row["township"] = self.dice.choice(TOWNS)
        elif draw < 0.24:
            row["birth_date"] = None
        elif draw < 0.28 and isinstance(born, dt.date):
            row["birth_date"] = born.replace(day=1 + born.day % 28)
        if not numbers or self.dice.random() < 0.4:
            row["id_number"] = None
        return row


def listed(seed: int, *, numbers: bool = True) -> Iterator[pl.DataFrame]:
    """A roster, then a list of it with ``truth``; a quarter of the list is somebody else."""
    people = People(seed)
    roster = [people.one() for _ in range(1_500)]
    rows = []
    for _ in range(900):
        place = people.dice.randrange(len(roster))
        outside = people.dice.random() < 0.25
        row = people.told(people.one() if outside else roster[place], numbers=numbers)
        rows.append({**row, "truth": None if outside else str(place + 1)})
    yield pl.DataFrame(roster)
    yield pl.DataFrame(rows).with_columns(
        department=pl.lit("x"),
        kind=pl.lit("y"),
        file=pl.lit("list.csv"),
        sheet=pl.lit(""),
        row=pl.int_range(2, pl.len() + 2, dtype=pl.UInt32),
    )


def judged(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    matches = match_records(roster, records.drop("truth"), MatchRequest()).matches
    return matches.join(records.select("row", "truth", "id_number", "birth_date"), on="row")


@pytest.mark.parametrize("numbers", [True, False])
def test_as_many_links_are_wrong_as_are_expected_to_be(numbers) -> None:
    found = pl.concat(judged(*listed(seed, numbers=numbers)) for seed in (1, 2, 3))
    confirmed = found.filter(pl.col("status") == "confirmed")
    wrong = confirmed.filter(~pl.col("person_id").eq_missing(pl.col("truth")))
    expected = float((1 - confirmed["probability"]).sum())
    assert confirmed.height > (0.9 if numbers else 0.5) * found["truth"].is_not_null().sum()
    assert wrong.height <= 2 * expected + 2


def test_a_strangers_number_makes_namesakes_of_other_rows_doubtful() -> None:
    """Name and township are no proof where strangers bear them too."""
    found = pl.concat(judged(*listed(seed)) for seed in (4, 5))
    bare = found.filter(pl.col("id_number").is_null() & pl.col("birth_date").is_null())
    strangers = bare.filter(pl.col("truth").is_null())
    assert strangers.height > 8
    assert "confirmed" not in strangers["status"].to_list()


def test_less_agreement_is_never_more_probable() -> None:
    """A namesake's name may be misspelt as well as a person's own."""
    roster, records = listed(6, numbers=False)
    person = roster.row(700, named=True)
    name, born = str(person["name"]), person["birth_date"]
    assert isinstance(born, dt.date)
    forms = [
        {},
        {"name": name[:-3] + name[-2] + name[-3] + name[-1]},
        {"birth_date": born.replace(day=1 + born.day % 28)},
        {"township": None},
        {"township": next(town for town in TOWNS if town != person["township"])},
        {"birth_date": None},
    ]
    rows = pl.DataFrame([{**person, "id_number": None, **form} for form in forms])
    key = records.select("department", "kind", "file", "sheet").head(len(forms))
    rows = rows.hstack(key).with_columns(row=pl.int_range(5_000, 5_006, dtype=pl.UInt32))
    asked = pl.concat([records.drop("truth"), rows], how="diagonal_relaxed")
    matches = match_records(roster, asked, MatchRequest()).matches
    whole, *less = matches.filter(pl.col("row") >= 5_000).sort("row")["probability"].to_list()
    assert whole > 0.99
    rivals = 0.001  # people of just his name, born another day
    assert all(chance <= whole + rivals for chance in less)


def test_a_number_that_lost_its_leading_zeros_is_the_same_number() -> None:
    roster, records = listed(7)
    lost = pl.col("id_number").str.strip_chars_start("0")
    sums = [
        judged(roster, rows)["probability"].sum()
        for rows in (records, records.with_columns(id_number=lost))
    ]
    assert sums[0] == pytest.approx(sums[1])


def test_an_initial_or_a_word_left_out_is_still_the_person() -> None:
    """Though the township is another, or nothing but the township agrees."""
    roster, records = listed(8)
    person = {**roster.row(300, named=True), "name": "Xenia Maria Quill"}
    roster = pl.concat([roster, pl.DataFrame([person])])
    elsewhere = next(town for town in TOWNS if town != person["township"])
    rows = pl.DataFrame(
        [
            {**person, "id_number": None, "name": "X. Quill", "township": elsewhere},
            {**person, "id_number": None, "name": "Xenia Quill", "birth_date": None},
        ],
        schema_overrides={"birth_date": pl.Date},
    )
    key = records.select("department", "kind", "file", "sheet").head(2)
    rows = rows.hstack(key).with_columns(row=pl.Series([5_000, 5_001], dtype=pl.UInt32))
    asked = pl.concat([records.drop("truth"), rows], how="diagonal_relaxed")
    matches = match_records(roster, asked, MatchRequest()).matches
    found = matches.filter(pl.col("row") >= 5_000)
    assert found["person_id"].to_list() == ["1501", "1501"]
