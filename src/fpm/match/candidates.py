"""Who a query may mean: equality joins on several narrow keys, never all against all.

Keys are tried in two waves. The second, fuzzier one is asked only by queries without a strong hit
(same name and village, birth date or repaired number) from the first. A key shared by more roster
people than the cap proposes nobody; what was cut is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.identity.id_number import may_be_rounded
from fpm.identity.names import NameTable
from fpm.identity.places import UNKNOWN
from fpm.identity.repair import repairs
from fpm.match.deletions import deletion_keys
from fpm.match.keys import NO_NAME, Keyed

_PAIR: Final = ("q", "ra")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs ``q``, ``ra`` (UInt32), sorted, and the number of pairs cut by key."""

    pairs: pl.DataFrame
    cut: dict[str, int]


@dataclass(slots=True)
class _Search:
    """One wave of joins; collects pairs and counts cut buckets."""

    cap: int
    found: list[pl.DataFrame]
    cut: dict[str, int]

    def join(self, key: str, asked: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
        """Pairs of two frames of (``q``, key columns) and (``ra``, key columns)."""
        on = [column for column in asked.columns if column != "q"]
        wanted = people.join(asked.select(on).unique(), on=on, how="semi")
        sized = wanted.with_columns(bucket=pl.len().over(on))
        small = sized.filter(pl.col("bucket") <= self.cap).drop("bucket")
        large = sized.filter(pl.col("bucket") > self.cap).select(*on, "bucket").unique()
        if large.height:
            lost = int(asked.join(large, on=on)["bucket"].sum())
            self.cut[key] = self.cut.get(key, 0) + lost
        pairs = asked.join(small, on=on).select(_PAIR)
        self.found.append(pairs)
        return pairs


def find_candidates(classed: pl.DataFrame, keyed: Keyed, cap: int) -> Candidates:
    """Pairs to compare for the queries of classes B, C and D.

    Args:
        classed: queries with ``cls``, ``owner``, ``owner_hh``.
        keyed: roster and names.
        cap: largest number of roster people a key may propose.
    """
    search = _Search(cap, [], {})
    asked_b = classed.filter(pl.col("cls") == "B")
    if asked_b.height:
        _owner_and_mates(asked_b, keyed.people, search)
        _named_here(asked_b, keyed.people, search)
    _by_joins(
        classed.filter(pl.col("cls") == "C"), keyed.people.filter("open"), keyed.names, search
    )
    _by_joins(classed.filter(pl.col("cls") == "D"), keyed.people, keyed.names, search)
    pairs = pl.concat([pl.DataFrame(schema={"q": pl.UInt32, "ra": pl.UInt32}), *search.found])
    return Candidates(pairs.unique().sort(_PAIR), search.cut)


def _owner_and_mates(asked: pl.DataFrame, people: pl.DataFrame, search: _Search) -> None:
    bearers = people.filter(pl.col("k").is_not_null()).select("k", "hh")
    homes = asked.select("q", "k").join(bearers, on="k").select("q", "hh").unique()
    search.found.append(homes.join(people.select("ra", "hh"), on="hh").select(_PAIR))
    shared = people.filter("shared").select("ra", "k")
    search.found.append(asked.select("q", "k").join(shared, on="k").select(_PAIR))


def _named_here(asked: pl.DataFrame, people: pl.DataFrame, search: _Search) -> None:
    """People of that name where the record says: the number may have slipped from another row."""
    named = asked.filter(pl.col("u") != NO_NAME)
    bearers = people.filter(pl.col("u") != NO_NAME)
    for key, on, given in (
        ("name+village", ["u", "t", "v"], pl.col("v") != UNKNOWN),
        ("name+birth", ["u", "born"], pl.col("born").is_not_null()),
        ("name+phone", ["u", "phone"], pl.col("phone").is_not_null()),
    ):
        right = bearers.with_columns(born=pl.col("birth")) if "born" in on else bearers
        search.join(
            key, named.filter(given).select("q", *on), right.filter(given).select("ra", *on)
        )


def _by_joins(asked: pl.DataFrame, people: pl.DataFrame, names: NameTable, search: _Search) -> None:
    if not asked.height or not people.height:
        return
    asked = asked.with_columns(inner_birth=_birth_inside(pl.col("pattern")))
    strong = [*_by_number(asked, people, search), *_by_name(asked, people, search)]
    settled = pl.concat(strong).select("q").unique()
    _fuzzy(asked.join(settled, on="q", how="anti"), people, names, search)


def _birth_inside(pattern: pl.Expr) -> pl.Expr:
    """The birth date that stands, complete, inside a damaged number."""
    digits = pattern.str.slice(6, 8)
    return pl.when(digits.str.contains(r"^(?:19|20)\d{6}$")).then(
        digits.str.to_date("%Y%m%d", strict=False)
    )


def _by_number(asked: pl.DataFrame, people: pl.DataFrame, search: _Search) -> list[pl.DataFrame]:
    """Joins on what is left of the number; repaired and equal numbers count as strong hits."""
    strong = []
    bearers = people.filter(pl.col("k").is_not_null())
    numbers = asked.filter(
        pl.col("pattern").is_not_null() & (pl.col("pattern").str.contains("?", literal=True).not_())
    )
    mended = repairs(numbers["pattern"].fill_null(""))
    mended = mended.join(numbers.select("q").with_row_index("n"), on="n").select("q", "k")
    strong.append(search.join("repair", mended, bearers.select("ra", "k")))
    strong.append(
        search.join(
            "number",
            asked.filter(pl.col("k").is_not_null()).select("q", "k"),
            bearers.select("ra", "k"),
        )
    )
    # The other direction: a sound number of the record, a damaged one of the roster.
    broken = people.filter(pl.col("k").is_null() & pl.col("pattern").is_not_null())
    if broken.height:
        back = (
            repairs(broken["pattern"])
            .join(broken.select("ra").with_row_index("n"), on="n")
            .select("ra", "k")
        )
        strong.append(
            search.join("repair", asked.filter(pl.col("k").is_not_null()).select("q", "k"), back)
        )
        strong.append(
            search.join(
                "number",
                asked.filter(pl.col("pattern").is_not_null()).select("q", "pattern"),
                broken.select("ra", "pattern"),
            )
        )
    strong.append(
        search.join(
            "opaque",
            asked.filter(pl.col("opaque").is_not_null()).select("q", "opaque"),
            people.filter(pl.col("opaque").is_not_null()).select("ra", "opaque"),
        )
    )
    _by_prefix(asked, bearers, search)
    return strong


def _by_prefix(asked: pl.DataFrame, bearers: pl.DataFrame, search: _Search) -> None:
    """First fourteen digits of rounded numbers; first six and last four of masked ones."""
    body = pl.col("k") // 16
    rounded = asked.filter(
        pl.col("pattern").str.contains(r"^\d{14,17}\?{1,4}$") | may_be_rounded(pl.col("pattern"))
    )
    search.join(
        "prefix",
        rounded.select("q", prefix=pl.col("pattern").str.slice(0, 14).cast(pl.UInt64)),
        bearers.select("ra", prefix=body // 1000),
    )
    masked = asked.filter(pl.col("pattern").str.contains(r"^\d{6}.*\?.*\d{3}[\dX]$"))
    search.join(
        "mask",
        masked.select(
            "q",
            head=pl.col("pattern").str.slice(0, 6).cast(pl.UInt64),
            tail=pl.col("pattern").str.slice(14, 3).cast(pl.UInt64),
            last=pl.col("pattern").str.slice(17, 1).replace("X", "10").cast(pl.UInt64),
        ),
        bearers.select("ra", head=body // 10**11, tail=body % 1000, last=pl.col("k") % 16),
    )


def _by_name(asked: pl.DataFrame, people: pl.DataFrame, search: _Search) -> list[pl.DataFrame]:
    """Joins on the equal name, alone and with place, birth date, household or phone."""
    named = asked.filter(pl.col("u") != NO_NAME)
    bearers = people.filter(pl.col("u") != NO_NAME)
    village, birth = pl.col("v") != UNKNOWN, pl.col("born").is_not_null()
    dated = bearers.with_columns(born="birth", inner_birth="birth")
    former = people.filter(pl.col("former") != NO_NAME).with_columns(u="former")
    strong = [
        search.join(
            "name+village",
            named.filter(village).select("q", "u", "t", "v"),
            bearers.filter(village).select("ra", "u", "t", "v"),
        ),
        search.join(
            "former+village",
            named.filter(village).select("q", "u", "v"),
            former.filter(village).select("ra", "u", "v"),
        ),
        search.join(
            "name+birth",
            named.filter(birth).select("q", "u", "born"),
            dated.filter(birth).select("ra", "u", "born"),
        ),
        search.join(
            "name+inner birth",
            named.filter(pl.col("inner_birth").is_not_null()).select("q", "u", "inner_birth"),
            dated.filter(birth).select("ra", "u", "inner_birth"),
        ),
    ]
    for key in ("household_id", "person_id", "phone"):
        given = pl.col(key).is_not_null()
        search.join(
            key, asked.filter(given).select("q", key), people.filter(given).select("ra", key)
        )
    heads = people.filter("is_head").select("hh", head_u="u", head_k="k")
    at_home = bearers.select("ra", "u", "hh").join(heads, on="hh")
    search.join(
        "name+head",
        named.filter(pl.col("head_u") != NO_NAME).select("q", "u", "head_u"),
        at_home.filter(pl.col("head_u") != NO_NAME).select("ra", "u", "head_u"),
    )
    search.join(
        "head number",
        asked.filter(pl.col("head_k").is_not_null()).select("q", "head_k"),
        people.select("ra", "hh")
        .join(heads, on="hh")
        .filter(pl.col("head_k").is_not_null())
        .select("ra", "head_k"),
    )
    town = pl.col("t") != UNKNOWN
    search.join(
        "name+town",
        named.filter(town).select("q", "u", "t"),
        bearers.filter(town).select("ra", "u", "t"),
    )
    search.join(
        "name+village text",
        named.filter(village).select("q", "u", "v"),
        bearers.filter(village).select("ra", "u", "v"),
    )
    search.join("name", named.select("q", "u"), bearers.select("ra", "u"))
    return strong


def _fuzzy(asked: pl.DataFrame, people: pl.DataFrame, names: NameTable, search: _Search) -> None:
    """Joins without the exact name, for queries that nothing stronger answered."""
    if not asked.height:
        return
    sounds = names.names.select(u=pl.col("u").cast(pl.Int64), sound="sound")
    heard = asked.join(sounds, on="u")
    bearers = people.join(sounds, on="u")
    village, town = pl.col("v") != UNKNOWN, pl.col("t") != UNKNOWN
    dated = pl.col("when").is_not_null()
    heard_dated = heard.with_columns(when=pl.coalesce("born", "inner_birth")).filter(dated)
    asked_dated = asked.with_columns(when=pl.coalesce("born", "inner_birth")).filter(dated)
    people_dated = bearers.with_columns(when="birth").filter(dated)
    all_dated = people.with_columns(when="birth").filter(dated)
    search.join(
        "sound+village",
        heard.filter(village).select("q", "sound", "v"),
        bearers.filter(village).select("ra", "sound", "v"),
    )
    search.join(
        "sound+town",
        heard.filter(town).select("q", "sound", "t"),
        bearers.filter(town).select("ra", "sound", "t"),
    )
    search.join(
        "sound+birth",
        heard_dated.select("q", "sound", "when"),
        people_dated.select("ra", "sound", "when"),
    )
    search.join(
        "village+birth",
        asked_dated.filter(village).select("q", "v", "when"),
        all_dated.filter(village).select("ra", "v", "when"),
    )
    search.join(
        "town+birth",
        asked_dated.filter(town).select("q", "t", "when"),
        all_dated.filter(town).select("ra", "t", "when"),
    )
    left = deletion_keys(asked.filter(village).select("q", "u", "v"), names, "q")
    right = deletion_keys(
        people.filter(village)
        .join(asked.select("v").unique(), on="v", how="semi")
        .select("ra", "u", "v"),
        names,
        "ra",
    )
    search.join("deletion+village", left, right)
