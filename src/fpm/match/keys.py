"""Roster and queries as numbers: names, ID numbers, places and dates, each text read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.identity.id_number import SURE, read_id_keys
from fpm.identity.names import NameTable, name_table, normal_forms
from fpm.identity.places import UNKNOWN, Gazetteer, learn_gazetteer, locate

NO_NAME: Final = -1
"""Number of a name that is not given."""

HEAD: Final = "户主"
"""Relation of a head of household to himself."""

_SEX: Final = {"男": 1, "女": 2, "M": 1, "F": 2, "MALE": 1, "FEMALE": 2, "1": 1, "2": 2}
_NAME_COLUMNS: Final = {
    "name": "u",
    "former_name": "former",
    "head_name": "head_u",
    "guardian_name": "guardian_u",
}


@dataclass(frozen=True, slots=True)
class Keyed:
    """Roster and queries as numbers.

    Attributes:
        people: one row a roster person in the roster's order: ``ra`` (UInt32, place here),
            ``person_id``, ``household_id``, ``name``, ``township``, ``village`` as delivered;
            ``k`` (UInt64, number of a valid ID), ``open`` (Boolean: own ID absent, damaged, shared,
            or in conflict with the own birth date or sex), ``shared``, ``u``/``former`` (Int64,
            names), ``birth`` (Date), ``sex`` (UInt8: 1 man, 2 woman, 0 unknown), ``hh`` (UInt32,
            household, numbered from 0), ``t``/``v`` (Int32, place), ``is_head``, ``phone``,
            ``pattern``, ``known``, ``quality``, ``opaque``, ``inside`` (Boolean: of the roster),
            ``twice`` (Boolean: the roster has the person in another row, too, which is left out).
        queries: one row a distinct identity: ``q``, ``x`` and the same kinds of columns.
        names: all names of both.
        gazetteer: places of the roster.
        opaque: numbers are no resident IDs; ``k`` is a hash of the text.
    """

    people: pl.DataFrame
    queries: pl.DataFrame
    names: NameTable
    gazetteer: Gazetteer
    opaque: bool


def key_frames(roster: pl.DataFrame, queries: pl.DataFrame) -> Keyed:
    """Read roster and distinct records.

    Args:
        roster: roster frame with all role columns.
        queries: distinct identities with ``q``, ``x`` and all role columns.
    """
    gazetteer = learn_gazetteer(
        roster.group_by("township", "village").agg(people=pl.len()).sort("township", "village")
    )
    forms = _all_forms(roster, queries)
    names = name_table(forms["name"])
    numbers = forms.join(names.names.select("name", "u"), on="name").select(
        "text", u=pl.col("u").cast(pl.Int64)
    )
    people = _common(roster.with_row_index("ra"), gazetteer, numbers)
    asked = _common(queries, gazetteer, numbers)
    opaque = _is_opaque(people)
    if opaque:
        people, asked = _opaque_keys(people), _opaque_keys(asked)
    return Keyed(_judge_own_numbers(_once(people)), asked, names, gazetteer, opaque)


def _all_forms(*frames: pl.DataFrame) -> pl.DataFrame:
    columns = [frame[name] for frame in frames for name in _NAME_COLUMNS]
    filled = [column.alias("text") for column in columns if _is_given(column)]
    texts = pl.concat(filled) if filled else pl.Series("text", [], pl.String)
    return normal_forms(texts)


def _is_given(column: pl.Series) -> bool:
    return column.null_count() < len(column)


def _common(frame: pl.DataFrame, gazetteer: Gazetteer, numbers: pl.DataFrame) -> pl.DataFrame:
    """Number names and places and read ID columns of persons or queries."""
    frame = _read_ids(_number_names(_place_numbers(frame, gazetteer), numbers))
    return frame.with_columns(
        _number(frame["head_id_number"], "head_k"),
        _number(frame["guardian_id_number"], "guardian_k"),
        sex=_sex_code(frame["sex"]),
        phone=_phone(pl.col("phone")),
    )


def _number_names(frame: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    for column, alias in _NAME_COLUMNS.items():
        if _is_given(frame[column]):
            texts = frame.select(text=column)
            found = texts.join(numbers, on="text", how="left", maintain_order="left")["u"]
            frame = frame.with_columns(found.fill_null(NO_NAME).alias(alias))
        else:
            frame = frame.with_columns(pl.lit(NO_NAME, pl.Int64).alias(alias))
    return frame


def _place_numbers(frame: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    places = frame.select("township", "village")
    located = locate(places.unique().sort("township", "village"), gazetteer)
    found = places.join(
        located, on=["township", "village"], how="left", nulls_equal=True, maintain_order="left"
    )
    return frame.hstack(found.select(pl.col("t", "v").fill_null(UNKNOWN)))


def _read_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Number, pattern and quality of each ID, and what it says of birth date and sex."""
    reading = read_id_keys(frame["id_number"])
    man = pl.col("k") // 16 % 2
    sure = pl.col("quality").is_in(SURE)
    rows = reading["quality"].is_in(["other", "part"])
    texts = frame["id_number"].filter(rows).str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    opaque = pl.repeat(None, frame.height, dtype=pl.String, eager=True).alias("opaque")
    if len(texts):
        opaque = opaque.scatter(rows.arg_true(), texts.set(texts == "", None))
    return frame.hstack(
        reading.select(
            "quality",
            "pattern",
            "known",
            pl.when(sure).then("k").alias("k"),
            opaque,
            id_birth="birth_date",
            id_sex=pl.when(sure).then(2 - man).otherwise(0).cast(pl.UInt8),
        )
    )


def _number(texts: pl.Series, name: str) -> pl.Series:
    """Packed valid numbers of a relative's column, null elsewhere."""
    if not _is_given(texts):
        return pl.repeat(None, len(texts), dtype=pl.UInt64, eager=True).alias(name)
    reading = read_id_keys(texts)
    return reading.select(pl.when(pl.col("quality").is_in(SURE)).then("k").alias(name)).to_series()


def _sex_code(column: pl.Series) -> pl.Expr:
    texts = column.unique().drop_nulls()
    plain = texts.str.strip_chars().str.to_uppercase()
    codes = plain.replace_strict(_SEX, default=0, return_dtype=pl.UInt8)
    return pl.col(column.name).replace_strict(texts, codes, default=0, return_dtype=pl.UInt8)


def _phone(text: pl.Expr) -> pl.Expr:
    digits = text.str.replace_all(r"\D", "")
    return pl.when(digits.str.len_bytes() >= 7).then(
        digits.str.tail(11).cast(pl.UInt64, strict=False)
    )


def _is_opaque(people: pl.DataFrame) -> bool:
    """Are the roster's numbers, by and large, no resident IDs?"""
    given = people.filter(pl.col("quality") != "missing")
    return 2 * (given.height - given["opaque"].null_count()) > given.height


def _opaque_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Any number by the hash of its letters and digits; nothing is read out of it.

    Leading zeros count for nothing: a spreadsheet drops them.
    """
    text = pl.col("id_number").str.to_uppercase().str.replace_all(r"[^0-9A-Z]|^[^1-9A-Z]+", "")
    given = text.is_not_null() & (text != "")
    return frame.with_columns(
        opaque=pl.when(given).then(text),
        k=pl.when(given).then(text.hash(seed=0)),
        pattern=pl.lit(None, pl.String),
        known=pl.lit(None, pl.UInt8),
        id_birth=pl.lit(None, pl.Date),
        id_sex=pl.lit(0, pl.UInt8),
        quality=pl.when(given).then(pl.lit("other")).otherwise(pl.lit("missing")),
    )


def _once(people: pl.DataFrame) -> pl.DataFrame:
    """People who stand in several rows, by number and name, in one: as head if they are one.

    Of two such rows nothing a record says could mean one and not the other.
    """
    named = pl.col("k").is_not_null() & pl.col("k").is_duplicated() & (pl.col("u") != NO_NAME)
    rows = people.filter(named).select("ra", "k", "u", "person_id", "relation")
    rows = rows.filter(pl.struct("k", "u").is_duplicated())
    head = (pl.col("relation") == HEAD).fill_null(value=False)
    rows = rows.sort(~head, "person_id").with_columns(first=pl.struct("k", "u").is_first_distinct())
    stays = rows["ra"].filter(rows["first"])
    left_out = rows["ra"].filter(~rows["first"])
    people = people.with_columns(twice=pl.col("ra").is_in(stays.implode()))
    if left_out.is_empty():
        return people
    people = people.filter(~pl.col("ra").is_in(left_out.implode()))
    return people.with_columns(ra=pl.int_range(pl.len(), dtype=pl.UInt32))


def _judge_own_numbers(people: pl.DataFrame) -> pl.DataFrame:
    """Mark people whose own ID does not settle who they are, and number households.

    A person with such an ID takes birth date and sex from the columns, not from the number. A birth
    date one part off is a slip of the column: the number proves itself by its check character.
    """
    shared = pl.col("k").is_not_null() & pl.col("k").is_duplicated()
    written, proven = pl.col("birth_date").dt, pl.col("id_birth").dt
    parts = [
        getattr(written, part)() == getattr(proven, part)() for part in ("year", "month", "day")
    ]
    conflict = (
        (pl.sum_horizontal(parts) < 2)
        & pl.col("birth_date").is_not_null()
        & pl.col("id_birth").is_not_null()
        | ((pl.col("sex") != pl.col("id_sex")) & (pl.col("sex") > 0) & (pl.col("id_sex") > 0))
    ).fill_null(value=False)
    people = people.with_columns(open=pl.col("k").is_null() | shared | conflict, shared=shared)
    return people.with_columns(
        birth=pl.when("open")
        .then(pl.coalesce("birth_date", "id_birth"))
        .otherwise(pl.coalesce("id_birth", "birth_date")),
        sex=pl.when(pl.col("open") | (pl.col("id_sex") == 0)).then("sex").otherwise("id_sex"),
        hh=_household_numbers(people),
        is_head=(pl.col("relation") == HEAD).fill_null(value=False),
        inside=pl.lit(value=True),
    )


def _household_numbers(people: pl.DataFrame) -> pl.Series:
    """Households numbered from 0; without a household number each person lives alone."""
    known = people.select("household_id").unique().drop_nulls().with_row_index("hh")
    joined = people.select("ra", "household_id").join(
        known, on="household_id", how="left", maintain_order="left"
    )
    alone = pl.col("hh").is_null()
    return joined.select(
        pl.when(alone)
        .then(alone.cum_sum() + (known.height - 1))
        .otherwise("hh")
        .cast(pl.UInt32)
        .alias("hh")
    ).to_series()
