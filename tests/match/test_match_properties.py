"""What holds for any roster and records."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpm.match import ROLE_SCHEMA, MatchRequest, MatchResult, match_many, match_records
from fpm.model import RECORD_KEY

TEXTS = {
    "name": ["张伟", "張偉", "李小明", "李晓明", "欧阳靖蕾", "张?", "John Smith", "无", "", None],
    "id_number": [
        "11010519491231002X",
        "110105194912310021",
        "11010519491231002",
        "1.10105194912310E+17",
        "110105********002X",
        "110105491231002",
        "G1234567",
        "无",
        None,
    ],
    "township": ["石门镇", "石门", "青山乡", None],
    "village": ["大河村", "大河", "小河村委会", "石门镇大河村", None],
    "sex": ["男", "女", "1", None],
    "head_name": ["张伟", "李明", None],
    "household_id": ["A", "B", "C", None],
    "phone": ["13800000001", "0000", None],
}


def rows(least: int) -> st.SearchStrategy[list[dict[str, str | None]]]:
    cells = {column: st.sampled_from(texts) for column, texts in TEXTS.items()}
    return st.lists(st.fixed_dictionaries(cells), min_size=least, max_size=25)


def frame(found: list[dict[str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=dict.fromkeys(TEXTS, pl.String))


def records(found: list[dict[str, str | None]]) -> pl.DataFrame:
    return frame(found).with_columns(
        department=pl.lit("civil_affairs"),
        kind=pl.lit("dibao"),
        file=pl.lit("名单.xlsx"),
        sheet=pl.lit("1"),
        row=pl.int_range(2, len(found) + 2, dtype=pl.UInt32),
    )


def digest(*results: MatchResult) -> str:
    """Of who is linked, how and how surely, in the order of the record key."""
    links = pl.concat([result.matches for result in results]).sort(RECORD_KEY)
    shown = links.select(
        *RECORD_KEY, "person_id", "status", "method", "reason", pl.col("probability").round(6)
    )
    return hashlib.sha256(shown.write_csv().encode()).hexdigest()


@given(rows(0), rows(0), st.sampled_from(["person", "household", "village"]))
def test_every_record_has_exactly_one_match(people, found, match_on) -> None:
    asked = records(found)
    result = match_records(frame(people), asked, MatchRequest(match_on=match_on))
    assert result.matches.select(RECORD_KEY).equals(asked.select(RECORD_KEY).sort(RECORD_KEY))
    assert result.matches["probability"].is_between(0, 1).all()
    assert set(result.matches["status"]) <= {"confirmed", "review", "unmatched"}
    assert result.matches["reason"].null_count() == 0
    unmatched = result.matches.filter(pl.col("status") == "unmatched")
    assert unmatched["person_id"].null_count() == unmatched.height
    waiting = result.matches.filter(pl.col("status") == "review")
    if match_on != "village":
        offered = result.candidates.select(RECORD_KEY).unique().sort(RECORD_KEY)
        assert offered.equals(waiting.select(RECORD_KEY))


@given(rows(1), rows(1), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(people, found, random) -> None:
    roster = frame(people).with_columns(person_id=pl.format("P{}", pl.int_range(pl.len())))
    asked = records(found)
    shuffled = [random.sample(range(side.height), side.height) for side in (roster, asked)]
    first = match_records(roster, asked, MatchRequest())
    second = match_records(roster[shuffled[0]], asked[shuffled[1]], MatchRequest())
    assert digest(first) == digest(second)
    for column in ("rank", "person_id", "probability"):
        assert first.candidates[column].equals(second.candidates[column])


@pytest.fixture(scope="module")
def damaged(county: pl.DataFrame) -> pl.DataFrame:
    """The county's list with every ninth number damaged and every eleventh name respelt."""
    place = pl.int_range(pl.len())
    cut = pl.concat_str(pl.col("id_number").str.slice(0, 11), pl.col("id_number").str.slice(12))
    wrong = pl.concat_str(pl.col("name").str.slice(0, 1), pl.col("name").str.slice(2))
    return records(
        county.select(
            name=pl.when(place % 11 == 5).then(wrong).otherwise("name"),
            id_number=pl.when(place % 9 == 1)
            .then(cut)
            .when(place % 17 == 2)
            .then(pl.lit("无"))
            .otherwise("id_number"),
            township="township",
            village="village",
            sex=pl.lit(None, pl.String),
            head_name=pl.lit(None, pl.String),
            household_id=pl.lit(None, pl.String),
            phone=pl.lit(None, pl.String),
        ).to_dicts()
    )


def test_one_digest_whole_again_and_shuffled(county, damaged) -> None:
    whole = digest(match_records(county, damaged, MatchRequest()))
    assert digest(match_records(county, damaged, MatchRequest())) == whole
    for seed in (1, 2):
        roster = county.sample(fraction=1.0, shuffle=True, seed=seed)
        asked = damaged.sample(fraction=1.0, shuffle=True, seed=seed + 7)
        assert digest(match_records(roster, asked, MatchRequest())) == whole


def test_most_of_a_damaged_list_is_linked_and_nobody_wrongly(county, damaged) -> None:
    found = match_records(county, damaged, MatchRequest()).matches
    right = found["person_id"].to_numpy() == county["person_id"].to_numpy()
    confirmed = (found["status"] == "confirmed").to_numpy()
    assert right[confirmed].all()
    assert confirmed.mean() > 0.97


def test_records_repeated_are_decided_alike(county, damaged) -> None:
    again = damaged.with_columns(pl.col("row") + 10_000)
    found = match_records(county, pl.concat([damaged, again]), MatchRequest()).matches
    first, second = found.head(damaged.height), found.tail(damaged.height)
    assert first["person_id"].equals(second["person_id"], null_equal=True)
    assert first["probability"].equals(second["probability"])


def empty_of(columns: list[str], height: int) -> pl.DataFrame:
    return pl.DataFrame({c: pl.Series([None] * height, dtype=ROLE_SCHEMA[c]) for c in columns})


@pytest.mark.parametrize("match_on", ["person", "household", "village"])
def test_bare_frames_do_not_fail(county, damaged, match_on) -> None:
    request = MatchRequest(match_on=match_on)
    keys = damaged.select(RECORD_KEY)
    nothing_said = keys.hstack(empty_of(list(ROLE_SCHEMA), keys.height))
    for roster in (county, county.head(0), county.head(1), county.select("name")):
        for asked in (damaged, damaged.head(0), damaged.head(1), keys, nothing_said):
            assert match_records(roster, asked, request).matches.height == asked.height
    assert match_many(county, []) == []


def test_a_roster_without_anything_links_nobody(damaged) -> None:
    bare = empty_of(list(ROLE_SCHEMA), 5)
    assert set(match_records(bare, damaged, MatchRequest()).matches["status"]) == {"unmatched"}


def test_a_number_of_two_people_goes_by_name(county, build) -> None:
    first, second = county.row(0, named=True), county.row(5, named=True)
    shared = county.with_columns(
        id_number=pl.when(pl.col("person_id") == second["person_id"])
        .then(pl.lit(first["id_number"]))
        .otherwise("id_number")
    )
    asked = build(
        [
            {k: person[k] for k in ("name", "township", "village")}
            | {"id_number": first["id_number"]}
            for person in (first, second)
        ]
    )
    found = match_records(shared, asked, MatchRequest()).matches
    assert found["person_id"].to_list() == [first["person_id"], second["person_id"]]
    assert found["status"].to_list() == ["confirmed"] * 2


def test_tables_in_another_script_are_linked(build) -> None:
    first = ["ANNA", "JOHN", "MARY", "PETER", "SUSAN", "WILLIAM", "EMILY", "GEORGE"]
    last = ["SMITH", "JONES", "BROWN", "WILSON", "TAYLOR", "WALKER", "HALL", "YOUNG", "KING"]
    people = [
        {
            "person_id": f"{a}-{b}",
            "name": f"{a.title()} {b.title()}",
            "id_number": f"{(i * 71 + j) * 7919 % 9_000_000 + 1_000_000}",
            "birth_date": f"{1950 + (i * 9 + j) % 50}-{1 + (i + j) % 12:02d}-{1 + (i * 5 + j) % 28:02d}",
            "township": ["Richlands", "Winston Hills", "Camden"][(i + j) % 3],
        }
        for i, a in enumerate(first)
        for j, b in enumerate(last)
    ]
    roster = pl.DataFrame(people).with_columns(pl.col("birth_date").str.to_date())
    said = [dict(person) for person in people]
    for n, person in enumerate(said):
        family, given = person["name"].split()[1], person["name"].split()[0]
        number = person["id_number"]
        if n % 5 == 1:
            person["name"] = f"{family}, {given}"
        if n % 5 == 2:
            person["id_number"] = number[:3] + number[4] + number[3] + number[5:]
        if n % 5 == 3:
            person["id_number"] = ""
        if n % 5 == 4:
            person["name"] = f"{given[:-1]} {family}"
    asked = build(said).with_columns(pl.col("birth_date").str.to_date()).drop("person_id")
    found = match_records(roster, asked, MatchRequest()).matches
    assert found["person_id"].to_list() == roster["person_id"].to_list()


def test_a_masked_list_learns_from_a_sound_one(county, damaged) -> None:
    masked = records(
        county.select(
            name="name",
            id_number=pl.concat_str(
                pl.col("id_number").str.slice(0, 6),
                pl.lit("********"),
                pl.col("id_number").str.slice(14),
            ),
            township=pl.lit(None, pl.String),
            village="village",
            **dict.fromkeys(("sex", "head_name", "household_id", "phone"), pl.lit(None, pl.String)),
        ).to_dicts()
    ).with_columns(county["birth_date"], kind=pl.lit("masked"))
    results = match_many(county, [(damaged, MatchRequest()), (masked, MatchRequest())])
    found = results[1].matches
    confirmed = found["status"] == "confirmed"
    assert confirmed.mean() > 0.97
    assert (found["person_id"] == county["person_id"]).filter(confirmed).all()
