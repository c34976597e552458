"""The kernel's contract: however the records are cut into parts, the links are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import polars as pl
import pytest

from fpm.match import MatchRequest, match_many
from fpm.match.stack import Extract
from fpm.model import RECORD_KEY

Split = Callable[[pl.DataFrame], Sequence[pl.DataFrame]]


@pytest.fixture(scope="module")
def roster(county: pl.DataFrame) -> pl.DataFrame:
    """A county with numbers missing and wrong, and a namesake in every tenth household."""
    place = pl.int_range(pl.len())
    shifted = county["name"].shift(4).fill_null(county["name"])
    return county.with_columns(
        id_number=pl.when(place % 13 == 3)
        .then(None)
        .when(place % 17 == 4)
        .then(pl.col("id_number").str.slice(0, 16) + "00")
        .otherwise("id_number"),
        name=pl.when(place % 40 == 9).then(shifted).otherwise("name"),
    )


@pytest.fixture(scope="module")
def extracts(county: pl.DataFrame, build) -> list[Extract]:
    """Two lists: numbers cut, swapped between mates, missing; names a character short; outsiders."""
    place = pl.int_range(pl.len())
    number, mates = pl.col("id_number"), pl.col("id_number").shift(1)
    other_end = pl.concat_str(number.str.slice(0, 14), pl.lit("9"), number.str.slice(15))
    said = county.select(
        name=pl.when(place % 11 == 5).then(pl.col("name").str.slice(0, 2)).otherwise("name"),
        id_number=pl.when(place % 9 == 1)
        .then(number.str.slice(0, 17))
        .when(place % 7 == 2)
        .then(mates)
        .when(place % 8 == 3)
        .then(pl.lit("无"))
        .when(place % 19 == 4)
        .then(other_end)
        .otherwise(number),
        township="township",
        village=pl.when(place % 15 == 6).then(None).otherwise("village"),
    )
    heads = said.filter(pl.int_range(pl.len()) % 4 == 0).drop("id_number")
    return [
        (build(said.to_dicts()), MatchRequest()),
        (build(heads.to_dicts(), "heads"), MatchRequest(about="heads")),
    ]


def digest(roster: pl.DataFrame, extracts: Sequence[Extract], split: Split | None) -> str:
    """Of every link, its probability to the last digit shown, its reason and its candidates."""
    results = match_many(roster, extracts, split)
    sha = hashlib.sha256()
    for result in results:
        sha.update(result.matches.sort(RECORD_KEY).write_csv().encode())
        sha.update(result.candidates.write_csv().encode())
        sha.update(str(sorted(result.stats.items())).encode())
    return sha.hexdigest()


SPLITS: dict[str, Split] = {
    "by township": lambda queries: queries.partition_by("t"),
    "by ranges of numbers": lambda queries: queries.with_columns(
        part=pl.col("k").fill_null(0) // (1 << 56)
    ).partition_by("part", include_key=False),
    "by list": lambda queries: queries.partition_by("x"),
    "into handfuls, shuffled": lambda queries: [
        part.sample(fraction=1.0, shuffle=True, seed=1)
        for part in queries.sample(fraction=1.0, shuffle=True, seed=2).iter_slices(50)
    ],
}


@pytest.mark.parametrize("name", SPLITS)
def test_parts_give_the_links_of_the_whole(roster, extracts, name) -> None:
    parts: list[int] = []

    def counted(queries: pl.DataFrame) -> Sequence[pl.DataFrame]:
        cut = SPLITS[name](queries)
        parts.extend(part.height for part in cut)
        return cut

    assert digest(roster, extracts, counted) == digest(roster, extracts, None)
    assert len(parts) > 1


def test_shuffled_rows_give_the_same_links(roster, extracts) -> None:
    shuffled = [
        (records.sample(fraction=1.0, shuffle=True, seed=5), request)
        for records, request in extracts
    ]
    people = roster.sample(fraction=1.0, shuffle=True, seed=3)
    assert digest(people, shuffled, None) == digest(roster, extracts, None)


def test_the_case_has_something_to_decide(roster, extracts) -> None:
    """Else the digests above would compare rows that numbers alone settle."""
    first, heads = (result.matches for result in match_many(roster, extracts))
    methods = set(first["method"]) | set(heads["method"])
    assert {"id_name", "follow_name", "repaired_id", "name_place"} <= methods
    assert {"confirmed", "review"} <= set(first["status"]) | set(heads["status"])
