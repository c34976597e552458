"""``fpm match`` on tables that name more than one person a row, and on tables of typed columns."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from county import id_number
from fpm.errors import FileRefusedError
from fpm.ingest import pages, read_file
from fpm.pipeline.tables import TableMatch, TableRequest, columnar, match_tables
from fpm.pipeline.tables.columnar import read_parquet
from fpm.pipeline.tables.layout import made_layout
from fpm.rulebook import Rulebook

FATHER, MOTHER, SON = (
    id_number(body) for body in ("99990119800101001", "99990119820202002", "99990120100303003")
)
HEADER = ("户编号", "姓名", "证件号码", "与户主关系", "出生日期", "乡镇", "村")
FAMILY = (
    ("H1", "张三", FATHER, "户主", "1980-01-01", "青石镇", "河东村"),
    ("H1", "李四妹", MOTHER, "配偶", "1982-02-02", "青石镇", "河东村"),
    ("H1", "张小五", SON, "之子", "2010-03-03", "青石镇", "河东村"),
)
ROW_OF = {"张三": 2, "李四妹": 3, "张小五": 4}


def write(path: Path, *rows: tuple[Any, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def match(rulebook: Rulebook, folder: Path, *rows: tuple[Any, ...]) -> TableMatch:
    roster = write(folder / "roster.csv", HEADER, *FAMILY)
    listed = write(folder / "list.csv", *rows)
    return match_tables(rulebook, TableRequest(roster, (listed,), folder / "out.csv"))


@pytest.mark.parametrize("turned", [False, True])
def test_beside_a_name_the_head_is_only_whose_household_it_is(rulebook, tmp_path, turned):
    header, row = ("姓名", "身份证号", "户主姓名", "户主身份证号"), ("张小五", SON, "张三", FATHER)
    if turned:
        header, row = header[2:] + header[:2], row[2:] + row[:2]
    found = match(rulebook, tmp_path, (*header, "班级"), (*row, "3"))
    assert found.matches["roster_row"].to_list() == [ROW_OF["张小五"]]
    assert found.tables[1].used()["head_id_number"] == ["户主身份证号"]


@pytest.mark.parametrize(
    "header", [("户主姓名", "户主证件号"), ("申请人姓名", "申请人身份证号"), ("户主", "身份证号")]
)
def test_a_list_that_names_heads_alone_is_about_them(rulebook, tmp_path, header):
    found = match(rulebook, tmp_path, (*header, "已领金额"), ("张三", FATHER, "300"))
    assert found.matches.select("roster_row", "method").rows() == [(ROW_OF["张三"], "id_name")]


def test_a_guardian_says_in_which_household_a_child_lives(rulebook, tmp_path):
    found = match(
        rulebook,
        tmp_path,
        ("学生姓名", "身份证号", "家长姓名", "家长身份证号", "班级"),
        ("张小五", "", "李四妹", MOTHER, "3"),
    )
    row = found.matches.row(0, named=True)
    assert (row["roster_row"], row["status"]) == (ROW_OF["张小五"], "confirmed")
    assert "监护人" in row["reason"]


def test_a_former_name_is_a_name(rulebook, tmp_path):
    rows = (("姓名", "曾用名", "出生日期", "乡镇"), ("张新名", "张小五", "2010-03-03", "青石镇"))
    assert match(rulebook, tmp_path, *rows).matches["roster_row"].to_list() == [ROW_OF["张小五"]]


def test_people_below_a_head_are_one_household_where_nothing_numbers_it(rulebook, tmp_path):
    roster = write(tmp_path / "roster.csv", HEADER[1:], *(row[1:] for row in FAMILY))
    listed = write(
        tmp_path / "list.csv", ("姓名", "证件号码"), ("李四妹", MOTHER), ("张三", FATHER)
    )
    found = match_tables(rulebook, TableRequest(roster, (listed,), tmp_path / "out.csv"))
    assert found.matches["household_id"].n_unique() == 1


def typed(path: Path, **columns: Any) -> Path:
    pl.DataFrame(columns).write_parquet(path)
    return path


def test_tables_of_typed_columns_are_read_like_any_other(rulebook, tmp_path):
    roster = typed(
        tmp_path / "roster.parquet",
        person_id=["p1", "p2"],
        name=["张三", "张小五"],
        id_number=[FATHER, SON],
        birth_date=[dt.date(1980, 1, 1), dt.date(2010, 3, 3)],
        seen=[["a"], ["b"]],
    )
    listed = typed(
        tmp_path / "list.parquet",
        name=["张小五", "张三"],
        id_number=pl.Series([None, FATHER], dtype=pl.Categorical),
        birth_date=[dt.date(2010, 3, 3), None],
    )
    found = match_tables(rulebook, TableRequest(roster, (listed,), tmp_path / "out.parquet"))
    assert found.matches.select("row", "person_id", "roster_row").rows() == [
        (2, "p2", 3),
        (3, "p1", 2),
    ]
    assert pl.read_parquet(found.out).equals(found.matches)


@pytest.mark.parametrize("middle", [("张三", FATHER), ("姓名", "证件号码"), ("合计", None)])
def test_a_long_table_of_typed_columns_gives_what_the_same_text_gives(
    rulebook, tmp_path, monkeypatch, middle
):
    monkeypatch.setattr(columnar, "_ROWS", 128)
    monkeypatch.setattr(pages, "PAGE_CELLS", 600)
    people = [(f" 张{number}", str(int(FATHER) + number)) for number in range(500)]
    rows = [*people, middle, *people]
    text = write(tmp_path / "list.csv", ("姓名", "证件号码"), *rows)
    names, numbers = zip(*rows, strict=True)
    typed = tmp_path / "list.parquet"
    pl.DataFrame({"姓名": names, "证件号码": numbers}).write_parquet(typed, row_group_size=37)
    layouts = [made_layout(rulebook, {}, roster=False)]
    found, expected = (
        read(path, "list", layouts) for read, path in ((read_parquet, typed), (read_file, text))
    )
    assert found.records.keys() == expected.records.keys()
    for kind, records in found.records.items():
        assert records.equals(expected.records[kind])
    same = ["rows", "records", "quarantined", "non_data"]
    assert found.files.select(same).equals(expected.files.select(same))
    assert found.quarantine.equals(expected.quarantine)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda whole: whole[:200], "损坏"),
        (lambda whole: whole[:8] + bytes(40) + whole[48:], "损坏"),
        (lambda _: b"PAR1", "损坏"),
    ],
)
def test_a_damaged_table_of_typed_columns_is_one_sentence(rulebook, tmp_path, damage, said):
    roster = typed(tmp_path / "roster.parquet", name=["张三"] * 50, id_number=[FATHER] * 50)
    roster.write_bytes(damage(roster.read_bytes()))
    listed = write(tmp_path / "list.csv", ("姓名", "证件号码"), ("张三", FATHER))
    with pytest.raises(FileRefusedError, match=said):
        match_tables(rulebook, TableRequest(roster, (listed,), tmp_path / "out.csv"))


def test_lists_in_cells_are_nothing_to_match(rulebook, tmp_path):
    roster = typed(tmp_path / "roster.parquet", people=[["张三"]])
    with pytest.raises(FileRefusedError, match="没有表格装得下的列"):
        match_tables(rulebook, TableRequest(roster, (roster,), tmp_path / "out.csv"))


def test_column_names_of_a_database_are_known(rulebook, tmp_path):
    found = match(rulebook, tmp_path, ("XM", "SFZH", "CSRQ"), ("张小五", SON, "20100303"))
    assert found.tables[1].used() == {
        "name": ["XM"],
        "id_number": ["SFZH"],
        "birth_date": ["CSRQ"],
    }
    assert found.matches["roster_row"].to_list() == [ROW_OF["张小五"]]


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (("家庭住址",), ("甲省乙县青石镇河东村3组12号",)),
        (("乡镇", "村", "住址"), ("", "", "青石镇河东村")),
        (("村", "住址"), ("河东村", "乙县白水镇")),
    ],
)
def test_an_address_tells_township_and_village_where_no_column_does(
    rulebook, tmp_path, header, place
):
    """Of two people of one name the one who lives there is meant."""
    roster = write(
        tmp_path / "roster.csv",
        HEADER,
        *FAMILY,
        ("H2", "张三", "", "户主", "1980-01-01", "白水镇", "河西村"),
    )
    listed = write(tmp_path / "list.csv", ("姓名", *header), ("张三", *place))
    found = match_tables(rulebook, TableRequest(roster, (listed,), tmp_path / "out.csv"))
    row = found.matches.row(0, named=True)
    assert row["roster_row"] == ROW_OF["张三"]
    assert "村" in row["reason"].split("；")[0]
    assert "address" in found.tables[1].used()
