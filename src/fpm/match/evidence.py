"""What speaks for and against each candidate: one level of agreement a kind of evidence."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_relation import (
    CHECK_ONLY,
    EXACT,
    INCOMPATIBLE,
    MASKED,
    MATES,
    NEAR,
    NEAR_SOUND,
    NONE,
    PARTLY_ALIKE,
    SHOWN_NEAR,
    id_relations,
    two_slips_apart,
)
from fpm.identity.name_levels import EMPTY, EQUAL, HIDDEN, ONE_MISSING, name_levels
from fpm.match.beside import NEIGHBOURS, named_beside
from fpm.match.birth import birth_levels
from fpm.match.keys import Keyed
from fpm.match.levels import (
    BEARER_BESIDE,
    LIKE_NAME,
    MATE,
    MATE_BESIDE,
    NO_BIRTH,
    NO_KIN,
    NOTHING,
    NUMBER_BESIDE,
    OTHER_BESIDE,
    OTHER_NAME,
    OWN,
    OWNER_SHARED,
    SAME_BIRTH,
    STRANGER,
)
from fpm.match.opaque import opaque_relations
from fpm.match.place_evidence import place_levels
from fpm.match.relatives import RELATIVES, relative_levels

_ASKED: Final = (
    "x",
    "cls",
    "quality",
    "owner",
    "owner_hh",
    "born",
    "birth_date",
    "beside",
    "moved",
)
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
    left = asked.select(*_ASKED, *RELATIVES, *NEIGHBOURS, *_SIDES, written="sex", sex="man")[
        np.searchsorted(asked["q"].to_numpy(), pairs["q"].to_numpy())
    ]
    right = keyed.people.select(*_SIDES, "birth", "hh", "sex", "open")[pairs["ra"]]
    both = left.hstack(right.rename(lambda name: f"{name}_c")).hstack(pairs.select("ra"))
    # In class B the owner tells what the number means; the digits say nothing more.
    digits = both.select(pl.when(pl.col("cls") != "B").then("pattern")).to_series()
    relation, agree = id_relations(digits, both["pattern_c"], both["known"], both["known_c"])
    relation = _two_sound(both, relation)
    owner = _owner_level(both, keyed.people)
    # A number the roster itself contradicts, or gives to two people, speaks against nobody.
    doubtful = (both["open_c"] & both["k_c"].is_not_null()).to_numpy()
    silent = (owner > 0) | (doubtful & (relation >= INCOMPATIBLE))
    relation = np.where(silent, NONE, relation).astype(np.uint8)
    if both["opaque"].null_count() < both.height:
        relation = opaque_relations(both, relation, owner)
    name, by_former = _best_name(both, keyed)
    relation = _mates_number(pairs["q"], both["hh_c"], relation, name)
    beside = _beside_level(pairs["q"], both, relation, owner, keyed)
    relation = np.where((beside == NUMBER_BESIDE) & (relation > NEAR), NONE, relation)
    both = _as_written(both, relation == MATES)
    birth = _birth_level(both, agree, relation)
    levels = {
        "name": name,
        "id": relation,
        "owner": owner,
        "birth": birth,
        "kin": _kin_level(name, birth, agree, relation),
        "beside": beside,
        "place": place_levels(both),
        "head": relative_levels(both, keyed),
    }
    places = (agree.astype(np.uint32) << np.arange(18, dtype=np.uint32)).sum(axis=1)
    compared = pairs.with_columns(
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
    return compared.filter(~_two_people(both, relation))


def _two_people(both: pl.DataFrame, relation: NDArray[np.uint8]) -> pl.Series:
    """Two valid numbers that differ, though one is a number that rounding can leave.

    Fifteen digits prove nothing: they have no check character.
    """
    sound = pl.col("k").is_not_null() & (pl.col("quality") != "old15") & pl.col("opaque").is_null()
    two = sound & (pl.col("cls") == "D") & pl.col("k_c").is_not_null() & ~pl.col("open_c")
    return both.select(two & pl.Series(relation == INCOMPATIBLE)).to_series()


def _two_sound(both: pl.DataFrame, relation: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Close numbers that are both valid: a slip breaks the check character, two seldom keep it."""
    sound = both["k"].is_not_null() & both["k_c"].is_not_null()
    rows = np.flatnonzero(sound.to_numpy() & (relation == NEAR))
    left, right = (both[side].gather(rows).to_numpy() for side in ("k", "k_c"))
    result = relation.copy()
    result[rows] = np.where(two_slips_apart(left, right), NEAR_SOUND, INCOMPATIBLE)
    return result


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


def _mates_number(
    query: pl.Series, home: pl.Series, relation: NDArray[np.uint8], name: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """A number that is not the candidate's but close to that of a mate whose name fits worse."""
    pairs = pl.DataFrame({"q": query, "hh": home, "name": name})
    close = (relation >= EXACT) & (relation <= MASKED)
    mates = pairs.filter(close).group_by("q", "hh").agg(fits=pl.col("name").min())
    fits = pairs.join(mates, on=["q", "hh"], how="left", maintain_order="left")["fits"]
    worse = (fits > pairs["name"]).fill_null(value=False).to_numpy()
    return np.where(worse & (relation >= NEAR), np.uint8(MATES), relation).astype(np.uint8)


def _as_written(both: pl.DataFrame, borrowed: NDArray[np.bool_]) -> pl.DataFrame:
    """Pairs in which a borrowed number says nothing of birth date and sex: those are a mate's."""
    mates = pl.Series(borrowed)
    said = {"born": "birth_date", "sex": "written"}
    return both.with_columns(
        pl.when(mates).then(written).otherwise(name).alias(name) for name, written in said.items()
    )


def _at_home(query: pl.Series, home: pl.Series, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pairs of whose query some pair with the same household is marked, that pair among them."""
    pairs = pl.DataFrame({"q": query, "hh": home})
    homes = pairs.filter(marked).unique().with_columns(at_home=pl.lit(value=True))
    found = pairs.join(homes, on=["q", "hh"], how="left", maintain_order="left")["at_home"]
    return found.fill_null(value=False).to_numpy()


def _beside_level(
    query: pl.Series,
    both: pl.DataFrame,
    relation: NDArray[np.uint8],
    owner: NDArray[np.uint8],
    keyed: Keyed,
) -> NDArray[np.uint8]:
    """Is the bearer of the number on the row named beside it, or is a number beside his?"""
    carried = np.isin(owner, (OWN, OWNER_SHARED)) | ((relation >= EXACT) & (relation <= MASKED))
    neighbours = both.select(NEIGHBOURS)
    bearer = named_beside(keyed.names, both["u_c"], both["u"], neighbours, carried)
    mate = _at_home(query, both["hh_c"], bearer)
    number = (both["beside"] == both["ra"]).fill_null(value=False)
    moved = (both["moved"] != both["k_c"]).fill_null(value=False) & ~both["open_c"]
    return np.select(
        [number.to_numpy(), bearer, mate, moved.to_numpy()],
        [NUMBER_BESIDE, BEARER_BESIDE, MATE_BESIDE, OTHER_BESIDE],
        default=NOTHING,
    ).astype(np.uint8)


def _birth_level(
    both: pl.DataFrame, agree: NDArray[np.uint8], relation: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The birth date column, unless the number already shows the date: they are one evidence."""
    level = birth_levels(both["born"], both["birth_c"])
    read = ((relation > NONE) & (relation < INCOMPATIBLE)) | (relation == SHOWN_NEAR)
    shown = (agree[:, 6:14].sum(axis=1) >= 6) & read
    return np.where(shown | (relation == EXACT), np.uint8(NO_BIRTH), level).astype(np.uint8)


def _kin_level(
    name: NDArray[np.uint8],
    birth: NDArray[np.uint8],
    agree: NDArray[np.uint8],
    relation: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """One birth date and two names: twins share date, home and surname, and most of the number."""
    shown = (agree[:, 6:14].sum(axis=1) == 8) & np.isin(relation, PARTLY_ALIKE)
    # A slip before the sequence number makes no twin of anybody.
    shown |= (agree[:, :14].sum(axis=1) == 14) & (relation >= CHECK_ONLY) & (relation <= NEAR)
    same_day = (birth == SAME_BIRTH) | shown
    level = np.select([name == EQUAL, name < ONE_MISSING], [NO_KIN, LIKE_NAME], OTHER_NAME)
    return np.where(same_day & (name != EMPTY) & (name != HIDDEN), level, NO_KIN).astype(np.uint8)
