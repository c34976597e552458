"""``fpm match`` on any two tables: what is understood, what is asked back, what comes out."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook

from fpm.errors import RefusedError
from fpm.model import MATCH_SCHEMA
from fpm.pipeline.tables import TableMatch, TableRequest, match_tables
from fpm.pipeline.tables.days import read_days
from fpm.rulebook import Rulebook

FIRST = [
    "James",
    "Mary",
    "Robert",
    "Patricia",
    "John",
    "Jennifer",
    "Michael",
    "Linda",
    "David",
    "Elizabeth",
]
LAST = [
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Garcia",
    "Miller",
    "Davis",
    "Wilson",
    "Nguyen",
    "Li",
    "O'Brien",
]
SUBURBS = ("Belconnen", "Dickson", "Kambah", "Turner")
HEADER = ("id", "first_name", "surname", "dob", "ssn", "suburb", "postcode")


def write(path: Path, *rows: tuple[Any, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def english_people(count: int) -> list[tuple[str, ...]]:
    dice = random.Random(7)
    return [
        (
            str(1000 + number),
            dice.choice(FIRST),
            dice.choice(LAST),
            (dt.date(1940, 1, 1) + dt.timedelta(days=dice.randrange(25_000))).isoformat(),
            f"{dice.randrange(100, 999)}-{dice.randrange(10, 99)}-{dice.randrange(1000, 9999)}",
            dice.choice(SUBURBS),
            "2600",
        )
        for number in range(count)
    ]


def match(rulebook: Rulebook, folder: Path, *tables: Path, **asked: Any) -> TableMatch:
    out = asked.pop("out", folder / "out.csv")
    return match_tables(rulebook, TableRequest(tables[0], tables[1:], out, **asked))


def statuses(found: TableMatch) -> list[str]:
    return found.matches["status"].to_list()


def test_english_lists_need_no_mapping(rulebook, tmp_path):
    people = english_people(300)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    rows = [
        (
            row[1],
            row[2],
            f"{row[3][8:]}/{row[3][5:7]}/{row[3][:4]}",
            "" if n % 3 else row[4],
            row[5],
        )
        for n, row in enumerate(people[:150])
    ]
    strangers = [
        ("Zbigniew", "Brzezinski", f"{day}/03/1961", "", "Turner") for day in range(10, 29)
    ]
    header = ("first_name", "surname", "dob", "ssn", "suburb")
    visits = write(tmp_path / "visits.csv", header, *rows, *strangers)

    found = match(rulebook, tmp_path, roster, visits)

    asked, extract = found.tables
    assert asked.used()["name"] == ["first_name", "surname"]
    assert asked.used()["person_id"] == ["id"]
    assert asked.unused() == ["postcode"]
    assert extract.undated == 0
    linked = found.matches["person_id"].to_list()
    assert linked[:150] == [row[0] for row in people[:150]]
    assert set(linked[150:]) == {None}
    assert found.matches["household_id"].null_count() == len(linked)


def test_a_namesake_born_on_another_day_is_not_confirmed(rulebook, tmp_path):
    """A number that nobody has may be a slip of a known one, but many of them are outsiders'."""
    people = english_people(300)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    rows = [(row[1], row[2], row[3], row[4], row[5]) for row in people[:150]]
    namesakes = [
        (row[1], row[2], f"{1930 + n}-07-{10 + n}", "", row[5])
        for n, row in enumerate(people[150:168])
    ]
    header = ("Forename", "Surname", "D.O.B.", "NHS No", "Town")
    strangers = [
        ("Olga", f"Novak{n}", f"1950-01-{10 + n}", f"5{n}-77-99{n}", "") for n in range(18)
    ]
    visits = write(tmp_path / "visits.csv", header, *rows, *namesakes, *strangers)

    found = match(rulebook, tmp_path, roster, visits)

    assert found.tables[1].unused() == []
    assert set(statuses(found)[:150]) == {"confirmed"}
    assert "confirmed" not in statuses(found)[150:]


def test_a_running_number_of_either_table_is_no_id_number(rulebook, tmp_path):
    people = english_people(40)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    others = [(row[0], *english_people(80)[40 + n][1:]) for n, row in enumerate(people)]
    visits = write(tmp_path / "visits.csv", HEADER, *others)
    assert "confirmed" not in statuses(match(rulebook, tmp_path, roster, visits))


def test_chinese_names_in_two_columns_are_put_together(rulebook, tmp_path):
    roster = write(tmp_path / "甲.csv", ("姓名", "出生日期", "乡镇"), *(
        (name, f"19{70 + n}-03-05", "石门镇") for n, name in enumerate(["王小明", "欧阳静", "李芳"])
    ))  # fmt: skip
    extract = write(tmp_path / "乙.csv", ("姓", "名", "出生日期"), ("欧阳", "静", "1971-03-05"))
    found = match(rulebook, tmp_path, roster, extract)
    assert found.tables[1].used()["name"] == ["姓", "名"]
    assert found.matches["roster_row"].to_list() == [3]


def test_a_mapping_of_one_field_leaves_the_others_to_their_usual_headers(rulebook, tmp_path):
    people = english_people(60)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    header = ("client", "dob", "suburb")
    rows = [(f"{row[2]}, {row[1]}", row[3], row[5]) for row in people[:30]]
    visits = write(tmp_path / "visits.csv", header, *rows)
    found = match(rulebook, tmp_path, roster, visits, columns=("name=client",))
    assert found.tables[0].used()["name"] == ["first_name", "surname"]
    assert found.tables[1].used() == {
        "name": ["client"],
        "birth_date": ["dob"],
        "township": ["suburb"],
    }
    assert found.matches["person_id"].to_list() == [row[0] for row in people[:30]]


def test_a_mapped_header_that_is_nowhere_is_refused_with_the_one_meant(rulebook, tmp_path):
    roster = write(tmp_path / "people.csv", HEADER, *english_people(5))
    visits = write(tmp_path / "visits.csv", HEADER, *english_people(5))
    with pytest.raises(RefusedError, match="是不是“surname”"):
        match(rulebook, tmp_path, roster, visits, columns=("name=sername",))


def test_a_table_without_anybody_in_it_is_refused_with_its_headers(rulebook, tmp_path):
    roster = write(tmp_path / "people.csv", HEADER, *english_people(5))
    visits = write(
        tmp_path / "visits.csv", ("suburb", "dob", "client"), ("Turner", "1980-01-02", "x")
    )
    with pytest.raises(RefusedError, match="没有认出姓名或证件号码列；表头是：suburb、dob、client"):
        match(rulebook, tmp_path, roster, visits)


def test_every_table_is_a_list_of_its_own(rulebook, tmp_path):
    people = english_people(80)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    one = write(tmp_path / "one.csv", HEADER, *people[:40])
    two = write(tmp_path / "two.csv", HEADER, *people[20:70])
    found = match(rulebook, tmp_path, roster, one, two)
    assert found.linkage["kind"].to_list() == ["one.csv", "two.csv"]
    assert found.linkage["records"].to_list() == [40, 50]
    assert found.document()["expected_false_links"] == pytest.approx(
        sum(row["expected_false_links"] for row in found.document()["reconciliation"][1:])
    )


def test_files_of_one_name_stay_apart_and_one_file_twice_is_refused(rulebook, tmp_path):
    people = english_people(30)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    for town in ("east", "west"):
        (tmp_path / town).mkdir()
    east = write(tmp_path / "east" / "list.csv", HEADER, *people[:10])
    west = write(tmp_path / "west" / "list.csv", HEADER, *people[10:15])
    found = match(rulebook, tmp_path, roster, east, west)
    assert found.matches.height == 15
    assert found.matches.select("file", "row").is_duplicated().sum() == 0
    assert found.reconciliation["difference"].to_list() == [0, 0, 0]
    with pytest.raises(RefusedError, match="不止一次"):
        match(rulebook, tmp_path, roster, east, east)


def test_an_empty_list_gives_an_empty_result_and_an_empty_roster_is_refused(rulebook, tmp_path):
    people = write(tmp_path / "people.csv", HEADER, *english_people(5))
    nobody = write(tmp_path / "nobody.csv", HEADER)
    assert match(rulebook, tmp_path, people, nobody).matches.height == 0
    with pytest.raises(RefusedError, match="没有可用的行"):
        match(rulebook, tmp_path, nobody, people)


def test_the_result_never_covers_what_was_compared(rulebook, tmp_path):
    people = write(tmp_path / "people.csv", HEADER, *english_people(5))
    other = write(tmp_path / "other.csv", HEADER, *english_people(5))
    with pytest.raises(RefusedError, match="会盖掉"):
        match(rulebook, tmp_path, people, other, out=other)


def test_a_workbook_holds_the_same_rows_privately_and_no_formula(rulebook, tmp_path):
    people = [("@SUM(1)", *row[1:]) for row in english_people(1)] + english_people(20)[1:]
    roster = write(tmp_path / "people.csv", HEADER, *people)
    book = Workbook()
    book.active.append(list(HEADER))
    for row in people[:5]:
        book.active.append([*row[:3], dt.date.fromisoformat(row[3]), *row[4:]])
    book.save(tmp_path / "visits.xlsx")
    out = tmp_path / "results" / "out.xlsx"
    found = match(rulebook, tmp_path, roster, tmp_path / "visits.xlsx", out=out)
    assert statuses(found) == ["confirmed"] * 5
    assert out.stat().st_mode & 0o077 == 0
    written = load_workbook(out)
    header, first, *_ = written.active.iter_rows(values_only=True)
    assert header == (*MATCH_SCHEMA, "roster_row")
    assert first[header.index("person_id")] == people[0][0]
    assert all(cell.data_type != "f" for row in written.active for cell in row)
    written.close()


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["31/12/1980", "03/04/1980"], ["1980-12-31", "1980-04-03"]),
        (["12/31/1980", "03/04/1980"], ["1980-12-31", "1980-03-04"]),
        (["03/04/1980", "05/05/1980"], [None, "1980-05-05"]),
        (["31/12/1980", "12/30/1980", "03/04/1980"], ["1980-12-31", "1980-12-30", None]),
        (["3 Mar 1980", "March 3, 1980", "3-Mar-1980"], ["1980-03-03"] * 3),
        (["19800303", "1980-03-03 00:00:00", "1980年3月3日"], ["1980-03-03"] * 3),
        (["30/02/1980", "31.12.1980", "x", None], [None, "1980-12-31", None, None]),
        (["31/12/80", "03/04/05", "3-Mar-29"], ["1980-12-31", "2005-04-03", "2029-03-03"]),
        (["98-05-21", "12-05-31"], [None, None]),
    ],
)  # fmt: skip
def test_the_column_says_whether_the_day_comes_first(texts, days):
    assert read_days(pl.Series("d", texts)).cast(pl.String).to_list() == days


def test_whose_number_a_column_holds_may_stand_before_it(rulebook, tmp_path):
    """Where 患者姓名 is a name, 患者证件号码 is a number: no list of words holds every pair."""
    people = [("张伟", "99990119700305011X", "青石镇"), ("李秀英", "999901197203050025", "白杨乡")]
    roster = write(tmp_path / "a.csv", ("姓名", "证件号码", "乡镇"), *people)
    visits = write(tmp_path / "b.csv", ("患者姓名", "患者证件号码", "就诊乡镇"), *people)
    table = match(rulebook, tmp_path, roster, visits).tables[1]
    assert table.used()["id_number"] == ["患者证件号码"]
    assert table.unused() == ["就诊乡镇"]


def test_which_place_a_column_holds_may_stand_before_it(rulebook, tmp_path):
    people = [("张伟", "青石镇", "河东村"), ("李秀英", "白杨乡", "柳树村")]
    roster = write(tmp_path / "a.csv", ("姓名", "乡镇", "村"), *people)
    visits = write(tmp_path / "b.csv", ("姓名", "住址乡镇", "现居住行政村"), *people)
    used = match(rulebook, tmp_path, roster, visits).tables[1].used()
    assert (used["township"], used["village"]) == (["住址乡镇"], ["现居住行政村"])


def test_whose_name_a_column_holds_may_stand_before_it_in_english(rulebook, tmp_path):
    people = english_people(40)
    roster = write(tmp_path / "a.csv", HEADER, *people)
    rows = [(f"{row[1]} {row[2]}", row[3], row[4], row[5]) for row in people]
    header = ("Client Name", "patient_dob", "ID No.", "Locality")
    table = match(rulebook, tmp_path, roster, write(tmp_path / "b.csv", header, *rows)).tables[1]
    assert table.used() == {
        "name": ["Client Name"],
        "birth_date": ["patient_dob"],
        "id_number": ["ID No."],
        "township": ["Locality"],
    }


def test_a_list_may_write_family_names_first(rulebook, tmp_path):
    people = english_people(300)
    roster = write(tmp_path / "people.csv", HEADER, *people)
    results = []
    for form in ("{1} {2}", "{2}, {1}", "{2} {1}"):
        rows = [
            (form.format(*row), row[3], "" if n % 3 else row[4]) for n, row in enumerate(people)
        ]
        namesakes = [
            (form.format(*row), f"{1930 + n}-07-{10 + n}", "") for n, row in enumerate(people[:18])
        ]
        visits = write(tmp_path / "visits.csv", ("name", "dob", "ssn"), *rows, *namesakes)
        results.append(match(rulebook, tmp_path, roster, visits).matches)
    straight, comma, turned = results
    assert straight["person_id"].to_list()[:300] == [row[0] for row in people]
    assert straight.equals(comma)
    assert straight.equals(turned)


def test_totals_and_notes_below_a_table_are_nobody(rulebook, tmp_path):
    people = [("1", "张伟", "青石镇"), ("2", "李秀英", "白杨乡"), ("合计", "2", "")]
    roster = write(tmp_path / "a.csv", ("序号", "姓名", "乡镇"), *people, ("制表人：王五", "", ""))
    visits = write(tmp_path / "b.csv", ("序号", "姓名", "乡镇"), *people)
    account = match(rulebook, tmp_path, roster, visits).reconciliation
    assert account.select("quarantined", "non_data").rows() == [(0, 3), (0, 2)]
