"""The roster frame: unique people, known households, birth date and sex from the ID."""

from __future__ import annotations

import datetime as dt

import polars as pl

from fpm.ingest import build_roster, unused_cells
from fpm.model import RECORD_KEY_SCHEMA


def records(*people):
    schema = {
        **RECORD_KEY_SCHEMA,
        "township": pl.String,
        "village": pl.String,
        "household_id": pl.String,
        "person_id": pl.String,
        "name": pl.String,
        "id_number": pl.String,
        "relation": pl.String,
        "head_name": pl.String,
        "sex": pl.String,
        "birth_date": pl.Date,
        "phone": pl.String,
        "lacking": pl.String,
    }
    key = {"department": "roster", "kind": "persons", "file": "f", "sheet": "s"}
    rows = [
        {**key, "row": number, "township": "东山乡", "village": "王家村", **person}
        for number, person in enumerate(people, 2)
    ]
    return pl.DataFrame(rows, schema=schema)


def test_birth_date_and_sex_come_from_a_valid_id_where_blank():
    roster = build_roster(
        records(
            {
                "household_id": "H1",
                "person_id": "P1",
                "name": "张三",
                "id_number": "11010519491231002X",
            },
            {
                "household_id": "H1",
                "person_id": "P2",
                "name": "李四",
                "id_number": "110105194912310021",
            },
        )
    )
    assert roster["valid_id"].to_list() == ["11010519491231002X", None]
    assert roster["birth_date"].to_list() == [dt.date(1949, 12, 31), None]
    assert roster["sex"].to_list() == ["女", None]


def test_person_ids_are_unique_even_when_delivered_twice():
    roster = build_roster(
        records(
            {"household_id": "H1", "person_id": "P1", "name": "张三"},
            {"household_id": "H1", "person_id": "P1", "name": "张三"},
            {"household_id": "H1", "name": "李四"},
        )
    )
    assert roster["person_id"].to_list() == ["P1", "P1#2", "H1-李四"]


def test_a_person_in_two_exports_is_one_person():
    lifted = {"file": "脱贫户.xlsx", "household_id": "H1", "person_id": "P1", "name": "张三"}
    roster = build_roster(
        records(
            {**lifted, "phone": None, "lacking": "phone,relation"},
            {**lifted, "file": "监测户.xlsx", "phone": "13800000000", "lacking": "relation"},
            {**lifted, "household_id": "H2", "person_id": "P2", "lacking": "phone"},
        )
    )
    assert roster["person_id"].to_list() == ["P1", "P2"]
    assert roster["file"].to_list() == ["监测户.xlsx", "脱贫户.xlsx"]
    assert roster["phone"].to_list() == ["13800000000", None]
    assert roster["lacking"].to_list() == ["relation", "phone"]


def test_a_person_on_two_sheets_is_one_person():
    person = {"household_id": "H1", "person_id": "P1", "name": "张三"}
    both = records({**person, "sheet": "脱贫户"}, {**person, "sheet": "监测户", "phone": "1"})
    roster = build_roster(both)
    assert roster.select("person_id", "sheet", "phone").rows() == [("P1", "监测户", "1")]


def test_nobody_can_tell_the_check_character_of_a_number_cut_off():
    numbers = [
        "11010519491231002X",
        "110105194912310021",
        "1.10105194912310E+17",
        "护照ABCDEFGHIJKLMNOP",
    ]
    roster = build_roster(records(*({"name": "张三", "id_number": number} for number in numbers)))
    assert roster["id_checks"].to_list() == [True, False, None, False]


def test_households_without_number_are_told_apart_by_their_head():
    roster = build_roster(
        records(
            {"name": "张三", "relation": "户主"},
            {"name": "李四", "relation": "配偶"},
            {"name": "王五", "relation": "户主"},
        )
    )
    first, second, third = roster["household_id"].to_list()
    assert first == second != third
    assert roster["person_id"].n_unique() == 3


def test_what_a_later_file_says_otherwise_is_listed_and_not_used():
    person = {"household_id": "H1", "person_id": "P1", "name": "张三"}
    alone = {"household_id": "H2", "person_id": "P2", "name": "李四", "phone": "1"}
    one = records(person | {"phone": "13900000001"}, alone)
    two = records(person | {"phone": "13900000002", "sex": "女"}, alone)
    other = two.with_columns(file=pl.lit("g"))
    both = pl.concat([other, one])
    titles = {"name": "姓名", "phone": "联系电话", "sex": "性别", "person_id": "人编号"}
    listed = unused_cells(both, titles)
    assert listed.select("file", "row", "column", "code").rows() == [
        ("g", 2, "联系电话", "roster_differs")
    ]
    assert build_roster(both)["phone"].to_list() == ["13900000001", "1"]
    assert unused_cells(one, titles).is_empty()
