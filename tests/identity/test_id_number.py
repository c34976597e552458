"""What is read from the text of an ID column."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpm.identity.id_digits import check_of, pack, unpack
from fpm.identity.id_number import QUALITY_TITLES, READING_SCHEMA, read_id_numbers

MAN = "11010519491231002X"  # the example of GB 11643-1999


def number(body: str) -> str:
    """Eighteen characters of seventeen digits."""
    check = pl.select(check_of(pl.lit(int(body), dtype=pl.UInt64))).item()
    return body + ("X" if check == 10 else str(check))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Valid numbers that no spreadsheet could have rounded."""
    region = draw(st.integers(110000, 659999))
    day = draw(st.dates(dt.date(1900, 1, 1), dt.date(2025, 12, 31)))
    made = number(f"{region}{day:%Y%m%d}{draw(st.integers(1, 999)):03d}")
    return made if not made.endswith("000") else MAN


def read(text: str | None) -> dict[str, object]:
    return read_id_numbers(pl.Series([text], dtype=pl.String)).row(0, named=True)


@pytest.mark.parametrize(
    ("text", "quality", "valid"),
    [
        (MAN, "valid", MAN),
        (MAN.lower(), "valid", MAN),
        ("１１０１０５１９４９１２３１００２Ｘ", "valid", MAN),
        # The wide form must not pass for digits already read.
        ("１１０１０１２００００１０１０００５", "check", None),
        ("0" * 18, "missing", None),
        ("111111111111111111", "missing", None),
        ("11010519491231OO2X", "masked", None),
        ('="11010519491231002X"', "valid", MAN),
        ("'11010519491231002X", "valid", MAN),
        (" 110105 19491231 002X\u00a0", "valid", MAN),
        ("110105-19491231-002X", "valid", MAN),
        ("\u200b11010519491231002Х", "valid", MAN),  # a Cyrillic Х
        ("身份证号：11010519491231002X", "valid", MAN),
        ("11010519491231002X（已注销）", "valid", MAN),
        ("11010519491231002X42", "disability", MAN),
        ("11010519491231002X42B1".replace("B", "1"), "disability", MAN),
        ("110105491231002", "old15", MAN),
        ("110105194912310021", "check", None),
        (number("11010519490231002"), "date", None),
        ("110105194912310000", "rounded", None),
        ("11010519491231002", "x_lost", None),
        ("1010519491231002X", "digit_lost", None),
        ("110105194912310022X", "digit_extra", None),
        ("1.10105194912310E+17", "scientific", None),
        ("1.00E+18", "scientific", None),
        ("1.10105194912310E+19", "scientific", None),
        ("1.10105194912310E+21", "scientific", None),
        ("110105********002X", "masked", None),
        ("110105XXXXXXXX0021", "masked", None),
        ("110105194912", "part", None),
        ("G12345678", "other", None),
        ("无", "missing", None),
        ("不详", "missing", None),
        ("待补", "missing", None),
        ("", "missing", None),
        (None, "missing", None),
    ],
)
def test_every_form_has_its_quality(text: str | None, quality: str, valid: str | None) -> None:
    reading = read(text)
    assert (reading["quality"], reading["valid_id"]) == (quality, valid)


def test_qualities_have_chinese_titles() -> None:
    texts = pl.Series([MAN, "1", "无", "*1234", "x", "110105194912310021"])
    assert set(read_id_numbers(texts)["quality"]) <= set(QUALITY_TITLES)


def test_a_certificate_tells_category_and_grade() -> None:
    reading = read("11010519491231002X42")
    assert (reading["category"], reading["grade"]) == ("4", "2")


def test_birth_date_and_sex_come_from_a_proven_number_only() -> None:
    sound, wrong = read(MAN), read("110105194912310021")
    assert (sound["birth_date"], sound["sex"]) == (dt.date(1949, 12, 31), "女")
    assert (wrong["birth_date"], wrong["sex"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("1.10105194912310E+17", "110105194912310???"),
        ("1.10105E+17", "110105????????????"),
        ("1.10105194912310E+19", "110105194912310???"),
        ("1.10105194912E+21", "110105194912??????"),
        ("110105********002X", "110105????????002X"),
        ("110105****002X", "110105????????002X"),
        ("110105194912310000", "110105194912310???"),
        ("110105********1000", "110105????????1???"),
        ("11010519491231000042", "110105194912310???"),  # a certificate a spreadsheet cut
        ("110105********002X42", "110105????????002X"),  # one masked in part
        ("11010519491231****42", "11010519491231????"),
        ("110105**********0042", "110105????????0042"),  # no certificate: a mask drawn too long
        ("11010519491231002", "11010519491231002"),
        ("110105194912310", "110105194912310???"),
        ("1101051949123100", "1101051949123100??"),
        ("无", None),
    ],
)
def test_what_is_open_is_a_question_mark(text: str, pattern: str | None) -> None:
    assert read(text)["pattern"] == pattern


def test_rows_stay_in_order_and_have_the_schema() -> None:
    texts = pl.Series(["无", MAN, "110105491231002", None, MAN])
    reading = read_id_numbers(texts)
    assert reading.schema == pl.Schema(READING_SCHEMA)
    assert reading["valid_id"].to_list() == [None, MAN, MAN, None, MAN]


def test_an_empty_column_is_read() -> None:
    assert read_id_numbers(pl.Series([], dtype=pl.String)).shape == (0, len(READING_SCHEMA))


many = st.lists(numbers(), min_size=1, max_size=30)


@given(many)
def test_packing_loses_nothing(texts: list[str]) -> None:
    frame = pl.DataFrame({"id": texts})
    assert frame.select(unpack(pack(pl.col("id")))).to_series().to_list() == texts


@given(numbers())
def test_every_single_wrong_digit_is_caught(text: str) -> None:
    wrong = [
        text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
        for place in range(17)
        for shift in range(1, 10)
    ]
    assert read_id_numbers(pl.Series(wrong))["valid_id"].null_count() == len(wrong)


@given(numbers())
def test_every_swap_of_neighbours_is_caught(text: str) -> None:
    swapped = [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in range(16)]
    wrong = [made for made in swapped if made != text]
    assert read_id_numbers(pl.Series(wrong))["valid_id"].null_count() == len(wrong)


@given(many)
def test_fifteen_digits_become_the_eighteen_they_were(texts: list[str]) -> None:
    old = [text for text in texts if text[6:8] == "19" and text[8:10] not in {"19", "20"}]
    short = pl.Series([text[:6] + text[8:17] for text in old], dtype=pl.String)
    assert read_id_numbers(short)["valid_id"].to_list() == old


@given(many)
def test_fifteen_digits_of_a_spreadsheet_stay_known(texts: list[str]) -> None:
    rounded = pl.Series([f"{text[0]}.{text[1:15]}E+17" for text in texts])
    assert read_id_numbers(rounded)["pattern"].to_list() == [text[:15] + "???" for text in texts]


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = read(text)
    assert reading["quality"] in QUALITY_TITLES
    assert (reading["valid_id"] is None) == (reading["birth_date"] is None)


def test_places_stay_known_where_the_end_is_missing_or_letters_were_misread() -> None:
    assert read("110105194912")["pattern"] == "110105194912??????"
    assert read("11010519491231OO2X")["pattern"] == "11010519491231??2X"
    assert read("1101051949")["pattern"] == "1101051949????????"
    assert read("999901200303311")["pattern"] == "999901200303311???"  # hardly born in 1920
    assert read("194912310021")["pattern"] == "194912310021"  # no region: nothing says which places
