"""The generated county: same seed same bytes, plausible people, valid fictitious numbers."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from fpm.identity.id_number import read_id_numbers
from fpm.model import Period
from fpm.sample import write_county
from fpm.sample.__main__ import main
from fpm.sample.county import County, make_county
from fpm.sample.id_cards import near_numbers, with_check

OCTOBER = Period(2026, 10)


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(seed=11, persons=6000, periods=[OCTOBER], dirt=0.18)


def test_the_documented_command_gives_the_committed_sample_byte_for_byte(
    sample: Path, tmp_path: Path
) -> None:
    assert main([str(tmp_path)]) == 0
    made, committed = (
        sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        for folder in (tmp_path, sample)
    )
    assert made == committed
    for path in made:
        assert (tmp_path / path).read_bytes() == (sample / path).read_bytes(), path


def test_the_command_wants_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "用法" in capsys.readouterr().err


def test_another_seed_gives_other_people() -> None:
    names = [
        make_county(seed=seed, persons=300, periods=[OCTOBER], dirt=0).people["name"].to_list()
        for seed in (1, 2)
    ]
    assert names[0] != names[1]


def test_periods_must_follow_each_other(tmp_path: Path) -> None:
    for periods in ([], [Period(2026, 8), Period(2026, 10)]):
        with pytest.raises(ValueError, match="连续"):
            write_county(tmp_path, persons=100, periods=periods, seed=1)


def test_a_county_of_one_month_has_one_roster(tmp_path: Path) -> None:
    summary = write_county(tmp_path, persons=400, periods=[OCTOBER], seed=3)
    rosters = list(tmp_path.rglob("*农户信息*"))
    assert [path.parent.name for path in rosters] == ["roster"]
    assert summary.files == len([p for p in (tmp_path / "inbox").rglob("*") if p.is_file()])


def test_number_of_people_is_about_what_was_asked_for(county: County) -> None:
    assert county.people.height == pytest.approx(6000, rel=0.01)


def test_every_number_is_valid_and_of_no_existing_division(county: County) -> None:
    everyone = pl.concat([county.people.select("id_number"), county.outsiders.select("id_number")])[
        "id_number"
    ]
    assert everyone.n_unique() == len(everyone)
    assert everyone.str.contains(r"^99990[1-6]\d{11}[\dX]$").all()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
    for number in everyone.to_list()[::37]:
        digits = [10 if c == "X" else int(c) for c in number]
        assert sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 == 1


def test_numbers_tell_birthday_and_sex(county: County) -> None:
    people = county.people
    assert (people["id_number"].str.slice(6, 8) == people["birth_date"].dt.strftime("%Y%m%d")).all()
    odd = people["id_number"].str.slice(16, 1).cast(pl.Int64) % 2 == 1
    assert (odd == (people["sex"] == "男")).all()


def test_check_character_is_that_of_the_worked_example_of_the_standard() -> None:
    # GB 11643-1999 annex: 11010519491231002 has the check character X
    assert with_check(np.array([11010519491231002])).tolist() == ["11010519491231002X"]


def test_near_numbers_are_valid_and_different() -> None:
    own = with_check(np.array([99990119900307001, 99990120140105998]))
    near = near_numbers(np.random.default_rng(0), own)
    assert all(a != b and a[:14] == b[:14] for a, b in zip(own, near, strict=True))
    assert near.tolist() == with_check(np.array([int(number[:17]) for number in near])).tolist()


def test_each_household_but_a_planted_one_has_one_head(county: County) -> None:
    ordinary = county.people.filter(~pl.col("planted"))
    heads = ordinary.group_by("household_id").agg((pl.col("relation") == "户主").sum())
    assert (heads["relation"] == 1).all()


def test_parents_are_older_than_their_children(county: County) -> None:
    children = county.people.filter(pl.col("relation").is_in(["之子", "之女"]))
    heads = county.people.filter(pl.col("relation") == "户主").select(
        "household_id", head_born="birth_date"
    )
    both = children.join(heads, on="household_id")
    gap = (both["birth_date"] - both["head_born"]).dt.total_days() / 365.25
    assert gap.min() > 14


def test_there_are_twins_namesakes_dots_and_rare_characters(county: County) -> None:
    people = county.people
    siblings = people.filter(pl.col("relation").is_in(["之子", "之女", "之孙子", "之孙女"]))
    assert siblings.select("household_id", "birth_date").is_duplicated().any()
    assert people.select("village", "name").is_duplicated().any()
    assert people["name"].str.contains("·", literal=True).any()
    assert people["name"].str.contains("[㐀-䶿\U00020000-\U0002ffff]").any()


def test_village_names_repeat_between_townships_but_not_within(county: County) -> None:
    villages = county.places.villages
    assert villages["village"].n_unique() < villages.height
    assert villages.select("township", "village").n_unique() == villages.height


def test_outsiders_are_of_every_confusing_kind(county: County) -> None:
    kinds = set(county.outsiders["outside"])
    assert kinds == {"stranger", "twin", "near_number", "namesake", "same_name_and_birthday"}
    assert not set(county.outsiders["id_number"]) & set(county.people["id_number"])


@pytest.mark.parametrize("dirt", [0.18, 0.46])
def test_dirt_is_the_share_of_damaged_rows(tmp_path: Path, dirt: float) -> None:
    write_county(tmp_path, persons=2500, periods=[OCTOBER], seed=2, dirt=dirt)
    truth = pl.read_csv(
        tmp_path / "truth/2026-10/medical_insurance.enrolment.csv", infer_schema=False
    ).fill_null("")
    planted = pl.read_csv(tmp_path / "truth/planted.csv", infer_schema=False)["household_id"]
    ordinary = truth.filter(~pl.col("person_id").str.head(12).is_in(planted.to_list()))
    damaged = ordinary["damage"].str.contains(r"(?:^|\+)(?:id|name)_").mean()
    assert damaged == pytest.approx(dirt, abs=0.03)


def test_workbooks_carry_no_date_of_making(small_county: Path) -> None:
    for path in small_county.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
            assert b"2026-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_roster_of_the_last_month_differs_by_births_deaths_and_moves(small_county: Path) -> None:
    first, last = (
        _roster_ids(path) for path in sorted(small_county.rglob("*农户信息*"), key=lambda p: p.name)
    )
    assert first - last
    assert last - first


def _roster_ids(path: Path) -> set[str]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Sheet1").to_python()
    column = rows[2].index("人编号")
    return {row[column] for row in rows[3:]}


def test_no_number_in_any_file_belongs_to_an_existing_division(small_county: Path) -> None:
    # province codes of GB/T 2260 run from 11 to 82; damage may change one digit of 9999…
    province = re.compile(
        r"(?<!\d)(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{15}[\dX](?!\d)"
    )
    for path in (small_county / "inbox").rglob("*.csv"):
        raw = path.read_bytes()
        encoding = {b"\xff\xfe": "utf-16", b"\xef\xbb": "utf-8-sig"}.get(raw[:2], "gb18030")
        text = raw.decode(encoding)
        assert "9999" in text
        assert province.findall(text) == [], path


def test_birth_dates_lie_before_the_last_day(county: County) -> None:
    assert county.people["birth_date"].max() <= dt.date(2026, 10, 31)


def test_the_reader_of_numbers_takes_every_one_as_valid(county: County) -> None:
    # a number that ends in 000 is taken for one that lost its last digits, even if it fits
    numbers = county.people.filter(~pl.col("id_number").str.ends_with("000"))["id_number"]
    assert read_id_numbers(numbers)["valid_id"].to_list() == numbers.to_list()
