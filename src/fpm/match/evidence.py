"""What speaks for and against each candidate: levels of agreement, one number a kind of evidence."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_relation import (
    EXACT,
    INCOMPATIBLE,
    NONE,
    PREFIX5,
    id_relations,
)
from fpm.identity.name_levels import name_levels
from fpm.identity.places import UNKNOWN
from fpm.match.keys import Keyed

OWN, OWNER_SHARED, MATE, STRANGER = 1, 2, 3, 4
"""Whose valid number the query carries, seen from the candidate; 0 = nobody's."""

PLACE_TITLES: Final = (
    "村一致",
    "村名一致（未填乡镇）",
    "村名一致而乡镇不同",
    "乡镇一致（未填村）",
    "乡镇一致而村不同",
    "村不同",
    "乡镇不同",
    "",
)
(
    SAME_VILLAGE,
    VILLAGE_ONLY,
    VILLAGE_ELSEWHERE,
    SAME_TOWN,
    OTHER_VILLAGE,
    VILLAGE_DIFFERS,
    OTHER_TOWN,
    NO_PLACE,
) = range(8)

BIRTH_TITLES: Final = (
    "",
    "出生日期一致",
    "出生月日颠倒或一处不同",
    "出生年份一致而月日不同",
    "出生日期不同",
)
NO_BIRTH, SAME_BIRTH, NEAR_BIRTH, SAME_YEAR, OTHER_BIRTH = range(5)

SEX_TITLES: Final = ("", "", "性别不同")
HEAD_TITLES: Final = ("", "户主一致", "户主姓名相近", "户主不同")
PHONE_TITLES: Final = ("", "电话一致", "电话不同")
HOUSE_TITLES: Final = ("", "户编号一致", "户编号不同")
PERSON_TITLES: Final = ("", "人编号一致", "人编号不同")
OWNER_TITLES: Final = ("", "", "证件号为多人共用", "证件号属同户成员", "证件号属另一人")

KINDS: Final = ("name", "id", "owner", "birth", "place", "sex", "head", "phone", "house", "person")
"""Kinds of evidence, each a UInt8 column of a pair."""

_SIDES: Final = (
    "u",
    "former",
    "k",
    "pattern",
    "known",
    "opaque",
    "sex",
    "t",
    "v",
    "phone",
    "household_id",
    "person_id",
)


def compare(pairs: pl.DataFrame, classed: pl.DataFrame, keyed: Keyed) -> pl.DataFrame:
    """Pairs with one level (UInt8) for each of ``KINDS`` and what the scores need beside them.

    Args:
        pairs: ``q``, ``ra``.
        classed: queries with class and owner.
        keyed: roster and names.

    Returns:
        ``pairs`` with ``KINDS``, ``cls``, ``hh``, ``known_places`` (UInt32 bit mask of ID places
        that agree) and the candidate's ``u``, ``t``, ``v`` as ``cu``, ``ct``, ``cv``.
    """
    heads = (
        keyed.people.filter("is_head")
        .select("hh", home_head_u="u", home_head_k="k")
        .unique("hh", keep="first", maintain_order=True)
    )
    right = keyed.people.select("ra", *_SIDES, "birth", "hh").join(
        heads, on="hh", how="left", maintain_order="left"
    )
    both = pairs.join(
        classed.select("q", "cls", "owner", "owner_hh", "birth_date", "head_u", "head_k", *_SIDES),
        on="q",
        how="left",
        maintain_order="left",
    ).join(right, on="ra", how="left", suffix="_c", maintain_order="left")
    relation, agree = id_relations(
        both["pattern"], both["pattern_c"], both["known"], both["known_c"]
    )
    owner = _owner_level(both)
    levels = {
        "name": _best_name(both, keyed),
        "id": _opaque_relation(both, _settle(relation, owner)),
        "owner": owner,
        "birth": _birth_level(both, agree, relation),
        "place": _place_level(both),
        "head": _head_level(both, keyed),
    }
    return pairs.with_columns(
        both["cls"],
        both["hh"],
        both["u_c"].alias("cu"),
        both["t_c"].alias("ct"),
        both["v_c"].alias("cv"),
        pl.Series(
            "known_places",
            (agree.astype(np.uint32) << np.arange(18, dtype=np.uint32)).sum(axis=1),
            dtype=pl.UInt32,
        ),
        *(pl.Series(kind, level, dtype=pl.UInt8) for kind, level in levels.items()),
        _equality(both, "sex", "sex_c", missing=0).alias("sex"),
        _equality(both, "phone", "phone_c").alias("phone"),
        _equality(both, "household_id", "household_id_c").alias("house"),
        _equality(both, "person_id", "person_id_c").alias("person"),
    )


def _equality(both: pl.DataFrame, left: str, right: str, missing: int | None = None) -> pl.Series:
    """0 not comparable, 1 equal, 2 different."""
    given = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    if missing is not None:
        given = given & (pl.col(left) != missing) & (pl.col(right) != missing)
    return both.select(
        pl.when(~given)
        .then(0)
        .when(pl.col(left) == pl.col(right))
        .then(1)
        .otherwise(2)
        .cast(pl.UInt8)
    ).to_series()


def _best_name(both: pl.DataFrame, keyed: Keyed) -> NDArray[np.uint8]:
    """The stronger of name and former name, on either side."""
    now = name_levels(keyed.names, both["u"].to_numpy(), both["u_c"].to_numpy())
    for left, right in (("u", "former_c"), ("former", "u_c")):
        rows = np.flatnonzero(((both[left] >= 0) & (both[right] >= 0)).to_numpy())
        if len(rows):
            before = name_levels(
                keyed.names, both[left].to_numpy()[rows], both[right].to_numpy()[rows]
            )
            now[rows] = np.minimum(now[rows], before)
    return now


def _owner_level(both: pl.DataFrame) -> NDArray[np.uint8]:
    own = (pl.col("k") == pl.col("k_c")).fill_null(value=False)
    mate = (pl.col("owner_hh") == pl.col("hh")).fill_null(value=False)
    return (
        both.select(
            pl.when((pl.col("cls") == "B") & own)
            .then(pl.when(pl.col("owner").is_null()).then(OWNER_SHARED).otherwise(OWN))
            .when((pl.col("cls") == "B") & mate)
            .then(MATE)
            .when(pl.col("cls") == "B")
            .then(STRANGER)
            .otherwise(0)
            .cast(pl.UInt8)
        )
        .to_series()
        .to_numpy()
    )


def _settle(relation: NDArray[np.uint8], owner: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """In class B the owner column says what the number means; the digits say nothing more."""
    return np.where(owner == 0, relation, np.where(owner <= OWNER_SHARED, EXACT, NONE)).astype(
        np.uint8
    )


def _opaque_relation(both: pl.DataFrame, relation: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Numbers that are no resident IDs: equal or not."""
    same = (both["opaque"] == both["opaque_c"]).fill_null(value=False).to_numpy()
    return np.where(same, np.uint8(EXACT), relation).astype(np.uint8)


def _birth_level(
    both: pl.DataFrame, agree: NDArray[np.uint8], relation: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The birth date column, unless the number already shows the date: they are one evidence."""
    left, right = pl.col("birth_date"), pl.col("birth")
    parts = [
        getattr(left.dt, part)() == getattr(right.dt, part)() for part in ("year", "month", "day")
    ]
    swapped = (left.dt.month() == right.dt.day()) & (left.dt.day() == right.dt.month()) & parts[0]
    level = (
        both.select(
            pl.when(left.is_null() | right.is_null())
            .then(NO_BIRTH)
            .when(left == right)
            .then(SAME_BIRTH)
            .when(swapped | (pl.sum_horizontal(parts) == 2))
            .then(NEAR_BIRTH)
            .when(parts[0])
            .then(SAME_YEAR)
            .otherwise(OTHER_BIRTH)
            .cast(pl.UInt8)
        )
        .to_series()
        .to_numpy()
    )
    shown = (agree[:, 6:14].sum(axis=1) >= 6) & (relation != INCOMPATIBLE)
    return np.where(shown | (relation == EXACT), np.uint8(NO_BIRTH), level).astype(np.uint8)


def _place_level(both: pl.DataFrame) -> NDArray[np.uint8]:
    town, other_town = pl.col("t"), pl.col("t_c")
    village, other_village = pl.col("v"), pl.col("v_c")
    no_town = (town == UNKNOWN) | (other_town == UNKNOWN)
    no_village = (village == UNKNOWN) | (other_village == UNKNOWN)
    same_village = village == other_village
    return (
        both.select(
            pl.when(no_town & no_village)
            .then(NO_PLACE)
            .when(no_town)
            .then(pl.when(same_village).then(VILLAGE_ONLY).otherwise(VILLAGE_DIFFERS))
            .when(town != other_town)
            .then(pl.when(~no_village & same_village).then(VILLAGE_ELSEWHERE).otherwise(OTHER_TOWN))
            .when(no_village)
            .then(SAME_TOWN)
            .when(same_village)
            .then(SAME_VILLAGE)
            .otherwise(OTHER_VILLAGE)
            .cast(pl.UInt8)
        )
        .to_series()
        .to_numpy()
    )


def _head_level(both: pl.DataFrame, keyed: Keyed) -> NDArray[np.uint8]:
    """The head named in the record against the head of the candidate's household."""
    left = both["head_u"].to_numpy()
    right = both["home_head_u"].fill_null(-1).to_numpy()
    level = np.zeros(len(left), dtype=np.uint8)
    given = (left >= 0) & (right >= 0)
    names = name_levels(keyed.names, left[given], right[given])
    level[given] = np.where(names == 0, 1, np.where(names <= PREFIX5 - 3, 2, 3))
    same_number = (both["head_k"] == both["home_head_k"]).fill_null(value=False).to_numpy()
    level[same_number] = 1
    return level
