"""What speaks for and against each candidate: one level of agreement a kind of evidence."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from fpm.identity.id_relation import (
    EXACT,
    INCOMPATIBLE,
    MASKED,
    MATES,
    NEAR,
    NONE,
    ONE_DIGIT,
    PREFIX,
    ROUNDED,
    UNLIKE,
    id_relations,
)
from fpm.identity.name_levels import EMPTY, EQUAL, ONE_MISSING, name_levels
from fpm.identity.places import UNKNOWN
from fpm.match.keys import Keyed
from fpm.match.relatives import RELATIVES, relative_levels

OWN, OWNER_SHARED, MATE, STRANGER = 1, 2, 3, 4
"""Whose valid number the query carries, seen from the candidate; 0 = nobody's."""

PLACE_TITLES: Final = (
    "村一致",
    "村名一致（未填乡镇）",
    "村同名但属另一乡镇",
    "乡镇一致（未填村）",
    "同乡镇不同村",
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
HEAD_TITLES: Final = ("", "户主（监护人）一致", "户主姓名相近", "户主不同")
PHONE_TITLES: Final = ("", "电话一致", "电话不同")
HOUSE_TITLES: Final = ("", "户编号一致", "户编号不同")
PERSON_TITLES: Final = ("", "人编号一致", "人编号不同")
OWNER_TITLES: Final = ("", "证件号一致", "证件号为多人共用", "证件号属同户成员", "证件号属另一人")

NO_KIN, LIKE_NAME, OTHER_NAME = range(3)

KINDS: Final = ("name", "id", "birth", "place", "sex", "head", "phone", "house", "person", "kin")
"""Kinds of evidence, each a UInt8 column of a pair."""

_SIDES: Final = (
    "u",
    "former",
    "k",
    "pattern",
    "known",
    "opaque",
    "t",
    "v",
    "phone",
    "household_id",
    "person_id",
)


def compare(pairs: pl.DataFrame, asked: pl.DataFrame, keyed: Keyed) -> pl.DataFrame:
    """Pairs with one level (UInt8) for each of ``KINDS`` and what the scores need beside them.

    Args:
        pairs: ``q``, ``ra``: a query's number and the row number of the roster.
        asked: queries with class and owner, sorted by ``q``.
        keyed: roster and names.

    Returns:
        ``pairs`` with ``KINDS``, ``owner`` (whose valid number the query carries), ``x``, ``cls``,
        ``hh``, ``known_places`` (UInt32 bit mask of ID places that agree), ``by_former`` (it is a
        former name that agrees) and the candidate's name and place numbers ``cu``, ``ct``, ``cv``.
    """
    left = asked.select("x", "cls", "owner", "owner_hh", "born", *RELATIVES, *_SIDES, sex="man")[
        np.searchsorted(asked["q"].to_numpy(), pairs["q"].to_numpy())
    ]
    right = keyed.people.select(*_SIDES, "birth", "hh", "sex", "open")[pairs["ra"]]
    both = left.hstack(right.rename(lambda name: f"{name}_c")).hstack(pairs.select("ra"))
    # In class B the owner tells what the number means; the digits say nothing more.
    digits = both.select(pl.when(pl.col("cls") != "B").then("pattern")).to_series()
    relation, agree = id_relations(digits, both["pattern_c"], both["known"], both["known_c"])
    # A slip breaks the check character: two sound numbers that are close are two people's.
    two_sound = ((both["cls"] == "C") & both["k_c"].is_not_null()).to_numpy()
    relation = np.where(two_sound & (relation == NEAR), np.uint8(INCOMPATIBLE), relation)
    owner = _owner_level(both, keyed.people)
    # A number the roster itself contradicts, or gives to two people, speaks against nobody.
    doubtful = (both["open_c"] & both["k_c"].is_not_null()).to_numpy()
    silent = (owner > 0) | (doubtful & (relation >= INCOMPATIBLE))
    relation = np.where(silent, NONE, relation).astype(np.uint8)
    if both["opaque"].null_count() < both.height:
        relation = _opaque_relation(both, relation, owner)
    relation = _mates_number(pairs["q"], both["hh_c"], relation)
    name, by_former = _best_name(both, keyed)
    birth = _birth_level(both, agree, relation)
    levels = {
        "name": name,
        "id": relation,
        "owner": owner,
        "birth": birth,
        "kin": _kin_level(name, birth, agree, relation),
        "place": place_levels(both),
        "head": relative_levels(both, keyed),
    }
    places = (agree.astype(np.uint32) << np.arange(18, dtype=np.uint32)).sum(axis=1)
    return pairs.with_columns(
        both["x"],
        both["cls"],
        both["hh_c"].alias("hh"),
        both["u_c"].alias("cu"),
        both["t_c"].alias("ct"),
        both["v_c"].alias("cv"),
        pl.Series("known_places", places, dtype=pl.UInt32),
        pl.Series("by_former", by_former),
        *(pl.Series(kind, level, dtype=pl.UInt8) for kind, level in levels.items()),
        _equality(both, "sex", missing=0).alias("sex"),
        _equality(both, "phone").alias("phone"),
        _equality(both, "household_id").alias("house"),
        _equality(both, "person_id").alias("person"),
    )


def _equality(both: pl.DataFrame, column: str, missing: int | None = None) -> pl.Series:
    """0 not comparable, 1 equal, 2 different."""
    left, right = pl.col(column), pl.col(f"{column}_c")
    given = left.is_not_null() & right.is_not_null()
    if missing is not None:
        given = given & (left != missing) & (right != missing)
    return both.select(
        pl.when(~given).then(0).when(left == right).then(1).otherwise(2).cast(pl.UInt8)
    ).to_series()


def _best_name(both: pl.DataFrame, keyed: Keyed) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The stronger of name and former name, on either side, and whether it is the former one."""
    now = name_levels(keyed.names, both["u"].to_numpy(), both["u_c"].to_numpy())
    by_former = np.zeros(both.height, dtype=bool)
    for left, right in (("u", "former_c"), ("former", "u_c")):
        rows = np.flatnonzero(((both[left] >= 0) & (both[right] >= 0)).to_numpy())
        if len(rows):
            before = name_levels(
                keyed.names, both[left].to_numpy()[rows], both[right].to_numpy()[rows]
            )
            by_former[rows] |= before < now[rows]
            now[rows] = np.minimum(now[rows], before)
    return now, by_former


def _owner_level(both: pl.DataFrame, people: pl.DataFrame) -> NDArray[np.uint8]:
    """Whose valid number a query of class B carries; a shared one has several bearers."""
    shared = people.filter("shared").select("k", hh_c="hh").unique()
    both = both.select("cls", "owner", "owner_hh", "k", "k_c", "hh_c").join(
        shared.with_columns(at_home=pl.lit(value=True)),
        on=["k", "hh_c"],
        how="left",
        maintain_order="left",
    )
    bears = (pl.col("k") == pl.col("k_c")).fill_null(value=False)
    mate = (pl.col("owner_hh") == pl.col("hh_c")).fill_null(value=False) | (
        pl.col("at_home").is_not_null()
    )
    level = (
        pl.when(pl.col("cls") != "B")
        .then(0)
        .when(bears & pl.col("owner").is_null())
        .then(OWNER_SHARED)
        .when(bears)
        .then(OWN)
        .when(mate)
        .then(MATE)
        .otherwise(STRANGER)
    )
    return both.select(level.cast(pl.UInt8)).to_series().to_numpy()


def _opaque_relation(
    both: pl.DataFrame, relation: NDArray[np.uint8], owner: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Numbers that are no resident IDs: equal, one slip apart, two, or different."""
    given = both["opaque"].is_not_null() & both["opaque_c"].is_not_null()
    rows = np.flatnonzero(given.to_numpy() & (owner == 0))
    left, right = both["opaque"].gather(rows), both["opaque_c"].gather(rows)
    slips = cpdist(left.to_list(), right.to_list(), scorer=OSA.distance, dtype=np.uint8)
    levels = np.array([EXACT, ONE_DIGIT, NEAR, UNLIKE], dtype=np.uint8)
    result = relation.copy()
    result[rows] = levels[np.minimum(slips, 3)]
    return result


def _mates_number(
    query: pl.Series, home: pl.Series, relation: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """A number that is not the candidate's but close to that of a mate of his."""
    close = (relation >= EXACT) & (relation <= MASKED)
    pairs = pl.DataFrame({"q": query, "hh": home})
    mates = pairs.filter(close).unique().with_columns(of_mate=pl.lit(value=True))
    found = pairs.join(mates, on=["q", "hh"], how="left", maintain_order="left")["of_mate"]
    of_mate = found.fill_null(value=False).to_numpy()
    return np.where(of_mate & (relation >= NEAR), np.uint8(MATES), relation).astype(np.uint8)


def _birth_level(
    both: pl.DataFrame, agree: NDArray[np.uint8], relation: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The birth date column, unless the number already shows the date: they are one evidence."""
    left, right = pl.col("born"), pl.col("birth_c")
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
    shown = (agree[:, 6:14].sum(axis=1) >= 6) & (relation < INCOMPATIBLE)
    return np.where(shown | (relation == EXACT), np.uint8(NO_BIRTH), level).astype(np.uint8)


def _kin_level(
    name: NDArray[np.uint8],
    birth: NDArray[np.uint8],
    agree: NDArray[np.uint8],
    relation: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """One birth date and two names: twins share date, home and surname, and most of the number."""
    shown = (agree[:, 6:14].sum(axis=1) == 8) & (relation >= ROUNDED) & (relation <= PREFIX)
    same_day = (birth == SAME_BIRTH) | shown
    level = np.select([name == EQUAL, name < ONE_MISSING], [NO_KIN, LIKE_NAME], OTHER_NAME)
    return np.where(same_day & (name != EMPTY), level, NO_KIN).astype(np.uint8)


def place_levels(both: pl.DataFrame) -> NDArray[np.uint8]:
    """Agreement in place of pairs with ``t``, ``v`` and the candidate's ``t_c``, ``v_c``."""
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
