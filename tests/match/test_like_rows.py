"""Lists without numbers: what looks like somebody may be his namesake from outside."""

from __future__ import annotations

import polars as pl
import pytest

from fpm.match import MatchRequest, match_many, match_records

HEADS = MatchRequest(about="heads")


def heads_of(county: pl.DataFrame) -> list[dict[str, str]]:
    """The heads by name and place, as a list without numbers gives them."""
    heads = county.filter(pl.col("relation") == "户主")
    return heads.select("name", "township", "village").to_dicts()


def strangers(county: pl.DataFrame) -> list[dict[str, str]]:
    """Thirty people of the same villages whom the roster does not know."""
    names = set(county["name"])
    others = [
        family + given
        for family in "钱孙李周吴"
        for given in ("彤彤", "一鸣", "子墨", "欣怡", "浩宇", "诗涵")
    ]
    places = county.select("township", "village").unique(maintain_order=True).to_dicts()
    return [
        {"name": name} | places[number % len(places)]
        for number, name in enumerate(others)
        if name not in names
    ]


def status_of(rows: list[dict[str, str]], county: pl.DataFrame, build) -> pl.DataFrame:
    return match_records(county, build(rows), HEADS).matches.sort("row")


@pytest.mark.parametrize("note", ["", " ", "（代领）"])
def test_two_like_rows_of_a_list_that_names_people_once_go_to_a_person(county, build, note) -> None:
    """One of them may be a namesake from outside, however the other is spelled."""
    rows = heads_of(county) + strangers(county)
    again = rows[0] | {"name": rows[0]["name"] + note}
    matches = status_of([*rows, again], county, build)
    assert matches["status"][0] != "confirmed"
    assert matches["status"][-1] != "confirmed"
    assert (matches["status"][1:80] == "confirmed").mean() > 0.9


def test_a_namesake_of_whom_only_the_township_is_known_may_live_in_the_village(
    county, whole_list, build, make_id
) -> None:
    """He makes a row that names the village more doubtful than one who lives elsewhere does."""
    head = next(
        row for row in county.to_dicts() if row["relation"] == "户主" and row["village"] == "大河村"
    )
    said = {name: head[name] for name in ("name", "township", "village")}
    number = make_id(head["birth_date"].replace(year=1990), 333)
    chances = []
    for village in (None, "小河村"):
        namesake = said | {"id_number": number, "village": village}
        lists = [(whole_list, MatchRequest()), (build([namesake], "other"), MatchRequest())]
        asked = (build(heads_of(county), "bare"), HEADS)
        links = match_many(county, [*lists, asked])[2].matches
        chances.append(links.filter(person_id=head["person_id"])["probability"].item())
    assert 1 - chances[0] > 7 * (1 - chances[1])
