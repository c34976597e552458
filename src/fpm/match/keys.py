"""Roster and records as numbers: names, ID numbers, places and dates read once per distinct text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.identity.id_number import SURE, read_id_numbers
from fpm.identity.names import NameTable, name_table, normal_forms
from fpm.identity.places import UNKNOWN, Gazetteer, learn_gazetteer, locate
from fpm.match.contract import ROLE_SCHEMA

NO_NAME: Final = -1
"""Number of a name that is not given."""

_SEX: Final = {"男": 1, "女": 2, "M": 1, "F": 2, "MALE": 1, "FEMALE": 2, "1": 1, "2": 2}


@dataclass(frozen=True, slots=True)
class Keyed:
    """Roster and queries as numbers.

    Attributes:
        people: one row a roster person in the roster's order, ``ra`` (UInt32, row number),
            ``k`` (UInt64, packed valid ID), ``open`` (Boolean: own ID absent, damaged, shared or in
            conflict with the own birth date or sex), ``u``/``former`` (Int64 name numbers),
            ``birth``, ``sex`` (UInt8: 1 man, 2 woman, 0 unknown), ``hh`` (UInt32), ``t``, ``v``,
            ``head``, ``phone``, ``pattern``, ``known``, ``quality``, ``opaque``.
        queries: one row a distinct identity, ``q`` and the same columns.
        names: all names of both.
        gazetteer: places of the roster.
    """

    people: pl.DataFrame
    queries: pl.DataFrame
    names: NameTable
    gazetteer: Gazetteer


def with_roles(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with every role column, null where it has none, blank texts as null."""
    columns = []
    for name, dtype in ROLE_SCHEMA.items():
        if name not in frame.columns:
            columns.append(pl.lit(None, dtype).alias(name))
        elif dtype == pl.String:
            text = pl.col(name).cast(pl.String)
            columns.append(pl.when(text.str.strip_chars() != "").then(text).alias(name))
        else:
            columns.append(pl.col(name).cast(dtype, strict=False).alias(name))
    return frame.with_columns(columns)


def _read_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """ID columns of persons: valid packed number, pattern, what the number says of birth and sex."""
    reading = read_id_numbers(frame["id_number"])
    sure = pl.col("quality").is_in(SURE)
    text = pl.col("id_number").str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    return frame.hstack(
        reading.select(
            "quality",
            "pattern",
            "known",
            k=pl.when(sure).then(pl.when(pl.col("valid_id").is_not_null()).then("k")),
            id_birth="birth_date",
            id_sex="sex",
        )
    ).with_columns(
        opaque=pl.when(pl.col("quality").is_in(["other", "part"]) & (text != "")).then(text)
    )


def _sex_code(text: pl.Expr) -> pl.Expr:
    return (
        text.str.strip_chars()
        .str.to_uppercase()
        .replace_strict(_SEX, default=0, return_dtype=pl.UInt8)
        .fill_null(0)
    )


def _phone(text: pl.Expr) -> pl.Expr:
    digits = text.str.replace_all(r"\D", "")
    return pl.when(digits.str.len_bytes() >= 7).then(
        digits.str.tail(11).cast(pl.UInt64, strict=False)
    )


def _place_numbers(frame: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    places = frame.select("township", "village").unique().sort("township", "village")
    located = locate(places, gazetteer)
    return frame.join(
        located, on=["township", "village"], how="left", nulls_equal=True, maintain_order="left"
    )


def _number_names(frame: pl.DataFrame, forms: pl.DataFrame, names: NameTable) -> pl.DataFrame:
    numbers = forms.join(names.names.select("name", "u"), on="name").select(
        "text", u=pl.col("u").cast(pl.Int64)
    )
    for column, alias in (("name", "u"), ("former_name", "former"), ("head_name", "head_u")):
        if frame[column].null_count() == frame.height:
            frame = frame.with_columns(pl.lit(NO_NAME, pl.Int64).alias(alias))
        else:
            frame = frame.join(
                numbers.rename({"text": column, "u": alias}),
                on=column,
                how="left",
                maintain_order="left",
            ).with_columns(pl.col(alias).fill_null(NO_NAME))
    return frame


def _all_forms(*frames: pl.DataFrame) -> pl.DataFrame:
    columns = [frame[name] for frame in frames for name in ("name", "former_name", "head_name")]
    filled = [column.alias("text") for column in columns if column.null_count() < len(column)]
    texts = pl.concat(filled) if filled else pl.Series("text", [], pl.String)
    return normal_forms(texts)


def key_frames(roster: pl.DataFrame, queries: pl.DataFrame) -> Keyed:
    """Read roster and distinct records.

    Args:
        roster: roster frame with all role columns (``with_roles``).
        queries: distinct identities with all role columns.
    """
    gazetteer = learn_gazetteer(
        roster.group_by("township", "village").agg(people=pl.len()).sort("township", "village")
    )
    forms = _all_forms(roster, queries)
    names = name_table(forms["name"])
    people = _common(roster.with_row_index("ra"), gazetteer, forms, names)
    people = _judge_roster_ids(people)
    asked = _common(queries.with_row_index("q"), gazetteer, forms, names)
    return Keyed(people, asked, names, gazetteer)


def _common(
    frame: pl.DataFrame, gazetteer: Gazetteer, forms: pl.DataFrame, names: NameTable
) -> pl.DataFrame:
    frame = _read_ids(_number_names(_place_numbers(frame, gazetteer), forms, names))
    head_k = read_id_numbers(frame["head_id_number"])
    sure = head_k["quality"].is_in(SURE)
    frame = frame.with_columns(
        head_k=pl.select(pl.when(sure).then(head_k["k"])).to_series(),
        sex=_sex_code(pl.col("sex")),
        id_sex=_sex_code(pl.col("id_sex")),
        phone=_phone(pl.col("phone")),
        t=pl.col("t").fill_null(UNKNOWN),
        v=pl.col("v").fill_null(UNKNOWN),
    )
    return frame


def _judge_roster_ids(people: pl.DataFrame) -> pl.DataFrame:
    """Mark people whose own ID does not settle who they are, and number households.

    A person with such an ID takes birth date and sex from the columns, not from the number.
    """
    shared = pl.col("k").is_not_null() & (pl.len().over("k") > 1)
    conflict = (
        (pl.col("birth_date") != pl.col("id_birth"))
        | ((pl.col("sex") != pl.col("id_sex")) & (pl.col("sex") > 0) & (pl.col("id_sex") > 0))
    ).fill_null(value=False)
    # A roster without household numbers is read as one household a person.
    household = pl.coalesce(
        "household_id", pl.concat_str(pl.lit("\x00"), pl.col("ra").cast(pl.String))
    )
    people = people.with_columns(open=pl.col("k").is_null() | shared | conflict, shared=shared)
    return people.with_columns(
        birth=pl.when("open")
        .then(pl.coalesce("birth_date", "id_birth"))
        .otherwise(pl.coalesce("id_birth", "birth_date")),
        sex=pl.when(pl.col("open") | (pl.col("id_sex") == 0)).then("sex").otherwise("id_sex"),
        hh=household.rank("dense").cast(pl.UInt32),
        is_head=(pl.col("relation") == "户主").fill_null(value=False),
    )
