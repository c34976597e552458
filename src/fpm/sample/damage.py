"""What goes wrong with identity numbers and names on the way into a department's file.

Every kind is an expression over the columns ``id_number name mate_id_number former_name`` and
``dice`` (a random integer a row); which rows suffer is drawn beforehand. The kinds are what public
tools and pages report of such files (Excel, wrappers, other members' numbers, misspelt names).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from fpm.sample import glyphs
from fpm.sample.dice import choose, series

_ID: Final = pl.col("id_number")
_NAME: Final = pl.col("name")
_DICE: Final = pl.col("dice")
_FULL_WIDTH: Final = dict(zip("0123456789X", "０１２３４５６７８９Ｘ", strict=True))

ID_SHARES: Final[Mapping[str, float]] = {
    "id_blank": 14, "id_none_word": 3, "id_mate": 14, "id_one_digit": 10, "id_swapped": 6,
    "id_short": 5, "id_check": 4, "id_masked": 8, "id_number_cell": 8, "id_scientific": 3,
    "id_15_digits": 5, "id_spaces": 6, "id_full_width": 3, "id_apostrophe": 4, "id_lower_x": 4,
    "id_lost_x": 3,
}  # fmt: skip
NAME_SHARES: Final[Mapping[str, float]] = {
    "name_homophone": 26, "name_look_alike": 12, "name_traditional": 8, "name_space": 12,
    "name_note": 12, "name_question": 7, "name_other_character": 8, "name_one_missing": 6,
    "name_former": 5, "name_dot": 4,
}  # fmt: skip


def apply(rows: pl.DataFrame, rng: np.random.Generator, dirt: float, seats: int) -> pl.DataFrame:
    """Damage about ``dirt`` of the people.

    Args:
        rows: columns ``id_number name mate_id_number former_name birth_date spared`` (Boolean:
            never damaged) and ``seat`` (Int64): rows of one seat are damaged alike.
        rng: random stream.
        dirt: share of people with a damaged number or name, 0 to 1.
        seats: how many seats there are.

    Returns:
        ``rows`` with ``id_number`` and ``name`` as delivered, ``damage`` (kinds joined by ``+``,
        empty for none) and ``typed`` (the number is a number cell).
    """
    share = _part(dirt)
    fates = pl.DataFrame(
        {
            "id_damage": _draw(rng, seats, ID_SHARES, 0.65 * share),
            "name_damage": _draw(rng, seats, NAME_SHARES, 0.40 * share),
            "dice": pl.Series(rng.integers(0, 2**31, seats), dtype=pl.Int64),
        }
    )
    return inflict(pl.concat([rows, fates[rows["seat"].to_numpy()]], how="horizontal"))


def inflict(rows: pl.DataFrame) -> pl.DataFrame:
    """Apply the kinds named in ``id_damage`` and ``name_damage`` where they can happen."""
    fitting = rows.with_columns(
        id_damage=_fitting("id_damage", _id_conditions(), "id_one_digit"),
        name_damage=_fitting("name_damage", _name_conditions(), "name_homophone"),
    ).with_columns(pl.when(pl.col("spared")).then(pl.lit("")).otherwise(pl.col(c)).alias(c)
                   for c in ("id_damage", "name_damage"))  # fmt: skip
    done = fitting.with_columns(
        id_number=_switch("id_damage", _id_forms(), _ID),
        name=_switch("name_damage", _name_forms(), _NAME),
    )
    unchanged = pl.when(done["name"] == rows["name"]).then(pl.lit("")).otherwise("name_damage")
    return (
        done.with_columns(name_damage=unchanged)
        .with_columns(
            damage=pl.concat_str("id_damage", "name_damage", separator="+").str.strip_chars("+"),
            typed=pl.col("id_damage") == "id_number_cell",
        )
        .drop("id_damage", "name_damage", "dice")
    )


def _part(dirt: float) -> float:
    """X with 1 − (1 − .65x)(1 − .40x) = dirt: both damages are drawn independently."""
    return float((1.05 - np.sqrt(1.05**2 - 4 * 0.26 * dirt)) / (2 * 0.26))


def _draw(
    rng: np.random.Generator, count: int, shares: Mapping[str, float], part: float
) -> pl.Series:
    kinds = choose(rng, shares, count)
    kinds[rng.random(count) >= part] = ""
    return series(kinds)


def _fitting(column: str, conditions: Mapping[str, pl.Expr], instead: str) -> pl.Expr:
    """Replace a kind that cannot happen on its row."""
    result = pl.col(column)
    for kind, possible in conditions.items():
        cannot = (pl.col(column) == kind) & ~possible.fill_null(value=False)
        result = pl.when(cannot).then(pl.lit(instead)).otherwise(result)
    return result


def _switch(column: str, forms: Mapping[str, pl.Expr], plain: pl.Expr) -> pl.Expr:
    result = plain
    for kind, form in forms.items():
        result = pl.when(pl.col(column) == kind).then(form).otherwise(result)
    return result


def _id_conditions() -> dict[str, pl.Expr]:
    ends_in_x = _ID.str.ends_with("X")
    return {
        "id_mate": pl.col("mate_id_number").is_not_null(),
        "id_number_cell": ~ends_in_x,
        "id_scientific": ~ends_in_x,
        "id_15_digits": pl.col("birth_date").dt.year() < 2000,
        "id_lower_x": ends_in_x,
        "id_lost_x": ends_in_x,
    }


def _id_forms() -> dict[str, pl.Expr]:
    place = (_DICE % 17).cast(pl.UInt32)
    digit = _ID.str.slice(place, 1).cast(pl.Int64, strict=False)
    other = ((digit + 1 + _DICE // 17 % 9) % 10).cast(pl.String)
    swap = (_DICE % 11 + 5).cast(pl.UInt32)
    check = _ID.str.slice(17, 1).replace("X", "10").cast(pl.Int64)
    return {
        "id_blank": pl.lit(None, dtype=pl.String),
        "id_none_word": pl.lit("无"),
        "id_mate": pl.col("mate_id_number"),
        "id_one_digit": _ID.str.slice(0, place) + other + _ID.str.slice(place + 1),
        "id_swapped": _ID.str.slice(0, swap) + _ID.str.slice(swap + 1, 1)
        + _ID.str.slice(swap, 1) + _ID.str.slice(swap + 2),
        "id_short": _ID.str.slice(0, place) + _ID.str.slice(place + 1),
        "id_check": _ID.str.slice(0, 17) + ((check + 1 + _DICE % 8) % 10).cast(pl.String),
        "id_masked": pl.when(_DICE % 3 == 0)
        .then(_ID.str.slice(0, 14) + "****")
        .otherwise(_ID.str.slice(0, 6) + "********" + _ID.str.slice(14)),
        "id_number_cell": _ID.str.slice(0, 15) + "000",
        "id_scientific": _ID.str.slice(0, 1) + "." + _ID.str.slice(1, 14) + "E+17",
        "id_15_digits": _ID.str.slice(0, 6) + _ID.str.slice(8, 9),
        "id_spaces": _ID.str.slice(0, 6) + " " + _ID.str.slice(6, 8) + " " + _ID.str.slice(14),
        "id_full_width": _ID.str.replace_many(_FULL_WIDTH),
        "id_apostrophe": "'" + _ID,
        "id_lower_x": _ID.str.replace("X", "x", literal=True),
        "id_lost_x": _ID.str.slice(0, 17),
    }  # fmt: skip


def _name_conditions() -> dict[str, pl.Expr]:
    characters = _NAME.str.len_chars()
    return {
        "name_look_alike": _NAME.str.contains_any(list(glyphs.look_alikes())),
        "name_traditional": _NAME.str.contains_any(list(glyphs.traditional())),
        "name_one_missing": characters > 2,
        "name_former": pl.col("former_name").is_not_null(),
        "name_dot": _NAME.str.contains("·", literal=True),
    }


def _name_forms() -> dict[str, pl.Expr]:
    last, front = _NAME.str.tail(1), _NAME.str.head(_NAME.str.len_chars() - 1)
    first, second = glyphs.homophones()
    sounds = pl.when(_DICE % 2 == 0).then(last.replace(first)).otherwise(last.replace(second))
    note = pl.lit("（户主）", dtype=pl.String)
    notes = _pick(["（已核）", "(外出)", "（女）", "*", "（兜底）"])
    return {
        "name_homophone": front + sounds,
        "name_look_alike": pl.when(last.is_in(list(glyphs.look_alikes())))
        .then(front + last.replace(glyphs.look_alikes()))
        .otherwise(front.str.replace_many(glyphs.look_alikes()) + last),
        "name_traditional": _NAME.str.replace_many(glyphs.traditional()),
        "name_space": _NAME.str.head(1)
        + pl.when(_DICE % 3 == 0).then(pl.lit("　")).otherwise(pl.lit(" "))
        + _NAME.str.slice(1),
        "name_note": _NAME + pl.when(_DICE % 4 == 0).then(note).otherwise(notes),
        "name_question": front + pl.when(_DICE % 2 == 0).then(pl.lit("?")).otherwise(pl.lit("？")),
        "name_other_character": front + _pick(list("民松霖倩博妍彬莲鑫蕾洋芹瑜莎坤")),
        "name_one_missing": _NAME.str.head(1) + _NAME.str.slice(2),
        "name_former": pl.col("former_name"),
        "name_dot": pl.when(_DICE % 3 == 0)
        .then(_NAME.str.replace("·", "•", literal=True))
        .when(_DICE % 3 == 1)
        .then(_NAME.str.replace("·", "", literal=True))
        .otherwise(_NAME.str.replace("·", ".", literal=True)),
    }


def _pick(words: list[str]) -> pl.Expr:
    result: pl.Expr = pl.lit(words[0])
    for place, word in enumerate(words[1:], start=1):
        result = pl.when(_DICE % len(words) == place).then(pl.lit(word)).otherwise(result)
    return result
