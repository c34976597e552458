"""Who a query may mean: equality joins on several narrow keys, never all against all.

Keys are tried in waves. The second, fuzzier one is asked only by queries without a strong hit
(same name and village or birth date, a repaired number) from the first; the last only by queries
that nothing proposed anybody for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.identity.id_relation import two_slips_apart
from fpm.identity.names import NameTable
from fpm.identity.places import UNKNOWN
from fpm.identity.words import word_keys
from fpm.match.beside import NEIGHBOURS
from fpm.match.deletions import name_deletions, number_deletions
from fpm.match.keys import NO_NAME, Keyed
from fpm.match.number_keys import birth_inside, by_mask, by_prefix, repaired
from fpm.match.search import FEW, PAIR, Search

_TAIL: Final = pl.col("k") % 16_000
"""Sequence and check character of a packed number."""


_SAID: Final = (
    *("u", "former", "t", "v", "k", "pattern", "opaque"),
    *("phone", "household_id", "person_id"),
)
_QUERY: Final = (
    *("q", "cls", "born", "beside", "head_u", "head_k", "guardian_u", "guardian_k"),
    *("owner_u", *NEIGHBOURS),
)
_PERSON: Final = ("ra", "hh", "birth", "open", "inside")
"""Columns that keys are made of: of both sides, of queries and of people."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs ``q``, ``ra`` (UInt32), sorted, and what was cut (``Search.not_proposed``)."""

    pairs: pl.DataFrame
    cut: pl.DataFrame


def find_candidates(asked: pl.DataFrame, keyed: Keyed, cap: int) -> Candidates:
    """Pairs to compare for the queries of all classes but A.

    Args:
        asked: queries with ``cls``, ``owner``, ``owner_hh``.
        keyed: roster and names.
        cap: largest number of roster people a key may propose.
    """
    search = Search(cap)
    people = _with_keys(keyed.people.select(*_PERSON, *_SAID), keyed.names)
    asked = asked.select(*_QUERY, *_SAID).filter(pl.col("cls") != "A")
    asked = _with_keys(asked, keyed.names).with_columns(inner=birth_inside(pl.col("pattern")))
    beside = asked.select("q", ra="beside").drop_nulls()
    search.found.append(beside.select(PAIR))
    _owner_and_mates(asked.filter(pl.col("cls") == "B"), people, keyed.names, search)
    _two_slips(asked.filter(pl.col("cls") == "C"), people, search)
    for cls, among in (("C", "open"), ("D", None), ("E", "inside")):
        mine = asked.filter(pl.col("cls") == cls)
        if mine.height:
            meant = people.filter(among) if among else people
            _by_joins(_Asked(mine, meant, people, keyed.names), search)
    return Candidates(search.pairs(), search.not_proposed())


def _with_keys(frame: pl.DataFrame, names: NameTable) -> pl.DataFrame:
    """Unknown names and places as null, the sound of the name, the day to join on."""
    known = frame["u"] != NO_NAME
    number = frame["u"].clip(0)
    sound = names.names["sound"].gather(number) if names.names.height else None
    first = pl.Series(names.chars[number, 0]) if names.names.height else None
    born = "birth" if "birth" in frame.columns else "born"
    names_of = [name for name in ("u", "former", "head_u", "guardian_u") if name in frame.columns]
    return frame.with_columns(
        *(pl.when(pl.col(name) != NO_NAME).then(name).alias(name) for name in names_of),
        *(pl.when(pl.col(name) > UNKNOWN).then(name).alias(name) for name in ("t", "v")),
        pl.when(known).then(pl.lit(sound, pl.UInt64)).alias("sound"),
        pl.when(known).then(pl.lit(first, pl.UInt16)).alias("surname"),
        day=pl.col(born),
    )


def _owner_and_mates(
    asked: pl.DataFrame, people: pl.DataFrame, names: NameTable, search: Search
) -> None:
    """The bearer, his household, and people of that name where the record says.

    The last because the number may have slipped from another row, unless a mate bears the name;
    where the bearer is named beside the row, people of about that name, too.
    """
    if asked.is_empty():
        return
    bearers = people.select("k", "hh", "ra").filter(pl.col("k").is_not_null())
    homes = asked.select("q", "k").join(bearers, on="k")
    search.found.append(homes.select(PAIR))
    homes = homes.select("q", "hh").unique().join(people.select("ra", "hh", bears="u"), on="hh")
    search.found.append(homes.select(PAIR))
    at_home = homes.join(asked.select("q", "u"), on="q").filter(pl.col("u") == pl.col("bears"))
    asked = asked.join(at_home, on="q", how="anti")
    for key, on in (
        ("name+village", ["u", "t", "v"]),
        ("name+town", ["u", "t"]),
        ("name+birth", ["u", "day"]),
        ("name+phone", ["u", "phone"]),
    ):
        search.join(key, asked.select("q", *on), people)
    named = asked.filter(pl.col("owner_u") != NO_NAME)
    slipped = named.filter(pl.any_horizontal(pl.col(NEIGHBOURS) == pl.col("owner_u")))
    if slipped.is_empty():
        return
    search.join("sound+village", slipped.select("q", "sound", "v"), people)
    less = name_deletions(slipped["u"], names)
    spelt = people.select("ra", "u", "v").join(
        name_deletions(people["u"], names, less["less"]), "u"
    )
    search.join("deletion+village", slipped.select("q", "u", "v").join(less, "u"), spelt)


def _two_slips(asked: pl.DataFrame, people: pl.DataFrame, search: Search) -> None:
    """Bearers of the name and of a number that two slips explain, though both are valid.

    Two slips leave the birth date or the last four places whole, four times in five; else the
    township must be the same.
    """
    bearers = people.filter(pl.col("k").is_not_null())
    named = Search(search.cap, cut=search.cut)
    for key, end in (("name+date part", pl.col("k") // 16_000 % 10**8), ("name+tail", _TAIL)):
        named.join(key, asked.select("q", "u", end=end), bearers.select("ra", "u", end=end))
    named.join("name+town", asked.select("q", "u", "t"), bearers.select("ra", "u", "t"))
    both = (
        named.pairs()
        .join(asked.select("q", "k"), on="q", how="left", maintain_order="left")
        .join(bearers.select("ra", k_c="k"), on="ra", how="left", maintain_order="left")
    )
    apart = two_slips_apart(both["k"].to_numpy(), both["k_c"].to_numpy())
    search.found.append(both.filter(pl.Series(apart, dtype=pl.Boolean)).select(PAIR))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Queries of one class, the people they can mean, everybody of the roster, and the names."""

    queries: pl.DataFrame
    people: pl.DataFrame
    everybody: pl.DataFrame
    names: NameTable


def _by_joins(work: _Asked, search: Search) -> None:
    asked, people = work.queries, work.people
    if people.is_empty():
        return
    dated = search.join("name+inner birth", asked.select("q", "u", day="inner"), people)
    bearers = people.filter(pl.col("k").is_not_null())
    by_mask(asked, bearers, search)
    by_prefix(search.unanswered(asked, [dated]), bearers, search)
    strong = [dated, _by_number(work, search).select(PAIR), *_by_name(asked, people, search)]
    unsure = search.unanswered(asked, strong)
    search.join("name", unsure.select("q", "u"), people)
    weak = _fuzzy(unsure, people, work.names, search)
    search.join("birth", search.unanswered(unsure, weak).select("q", "day"), people)


def _by_number(work: _Asked, search: Search) -> pl.DataFrame:
    """Joins on what is left of the number.

    A repaired number proves nothing by itself: only with an equal name it is a strong hit.
    """
    asked, people, everybody = work.queries, work.people, work.everybody
    complete = ~pl.col("pattern").str.contains("?", literal=True)
    whole = asked.filter((pl.col("cls") == "D") & complete)
    close = [
        search.join("repair", repaired(whole, "q"), people),
        search.join("number", asked.select("q", "k"), people),
        search.join("opaque", asked.select("q", "opaque"), people),
    ]
    # The other direction: a sound number of the record, a damaged one of the roster.
    broken = people.filter(pl.col("k").is_null() & pl.col("pattern").is_not_null())
    if broken.height:
        close.append(search.join("repair", asked.select("q", "k"), repaired(broken, "ra")))
        close.append(search.join("number", asked.select("q", "pattern"), broken, FEW))
    if asked["opaque"].null_count() < asked.height:
        left, right = number_deletions(asked, "q"), number_deletions(people, "ra")
        close.append(search.join("opaque repair", left, right))
    named = pl.concat(close).join(asked.select("q", "u"), on="q")
    named = named.join(everybody.select("ra", "hh", bears="u"), on="ra")
    same = pl.col("u").eq_missing(pl.col("bears"))
    # Of somebody of another name it may be a mate's number.
    homes = named.filter(~same).select("q", "hh").unique()
    search.found.append(homes.join(everybody.select("ra", "hh"), on="hh").select(PAIR))
    return named.filter(same)


def _by_name(asked: pl.DataFrame, people: pl.DataFrame, search: Search) -> list[pl.DataFrame]:
    """Joins on the equal name, alone and with place, birth date, household or phone."""
    former = people.filter(pl.col("former").is_not_null())
    village = search.join("name+village", asked.select("q", "u", "t", "v"), people)
    strong = [
        _of_that_day(village, asked, people),
        search.join("name+birth", asked.select("q", "u", "day"), people),
        search.join("former+village", asked.select("q", "u", "v"), former.with_columns(u="former")),
        search.join("former+village", asked.select("q", "v", u="former"), people),
    ]
    for key in ("household_id", "person_id", "phone"):
        search.join(key, asked.select("q", key), people)
    _by_relative(asked, people, search)
    search.join("name+town", asked.select("q", "u", "t"), people)
    search.join("name+village name", asked.select("q", "u", "v"), people)
    return strong


def _of_that_day(hits: pl.DataFrame, asked: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Hits, but those born on another day: whoever is meant may be spelt otherwise."""
    said = asked.select("q", said=pl.coalesce("day", "inner"))
    dated = hits.join(said, on="q").join(people.select("ra", "day"), on="ra")
    same = (pl.col("said") == pl.col("day")).fill_null(value=True)
    return dated.filter(same).select(PAIR)


def _by_relative(asked: pl.DataFrame, people: pl.DataFrame, search: Search) -> None:
    """Members of the household of the head or guardian whom the record names."""
    for number, name in (("head_k", "head_u"), ("guardian_k", "guardian_u")):
        named = asked.filter(pl.col(name).is_not_null() | pl.col(number).is_not_null())
        if named.is_empty():
            continue
        homes = people.select("hh", k="k", bears="u")
        homes = homes.join(named.select(k=number).unique(), on="k", how="semi").vstack(
            homes.join(named.select(bears=name).unique(), on="bears", how="semi")
        )
        members = people.select("ra", "u", "hh").join(homes.unique(), on="hh")
        search.join(f"{number} household", named.select("q", k=number), members)
        search.join(f"name+{name}", named.select("q", "u", bears=name), members)


def _fuzzy(
    asked: pl.DataFrame, people: pl.DataFrame, names: NameTable, search: Search
) -> list[pl.DataFrame]:
    """Joins without the exact name, for queries that nothing stronger answered."""
    dated = asked.with_columns(day=pl.coalesce("day", "inner"))
    pattern = pl.col("pattern")
    cut = asked.filter(pl.col("inner").is_null() & pattern.str.contains(r"^[0-9]{12}"))
    early = asked.filter(pl.col("inner").is_null() & pattern.str.contains(r"^[0-9]{10}"))
    less = name_deletions(asked["u"], names)
    bearers = name_deletions(people["u"], names, less["less"])
    spelt = people.select("ra", "u", "t", "v").join(bearers, on="u")
    placed = asked.select("q", "u", "t", "v").join(less, on="u")
    townsmen = placed.filter(pl.col("v").is_null())
    worded, wording = (one.join(word_keys(one["u"], names), on="u") for one in (dated, people))
    return [
        search.join("sound", dated.select("q", "sound"), people, FEW),
        search.join("sound+village", dated.select("q", "sound", "v"), people),
        search.join("sound+town", dated.select("q", "sound", "t"), people),
        search.join("sound+birth", dated.select("q", "sound", "day"), people),
        search.join("village+birth", dated.select("q", "v", "day"), people),
        search.join("town+birth", dated.select("q", "t", "day"), people),
        search.join(
            "surname+prefix",
            cut.select("q", "surname", prefix=_start(12)),
            people.select("ra", "surname", prefix=pl.col("k") // 1_600_000),
        ),
        search.join(
            "surname+year+town",
            early.select("q", "surname", "t", prefix=_start(10)),
            people.select("ra", "surname", "t", prefix=pl.col("k") // 160_000_000),
        ),
        search.join("deletion+village", placed.select("q", "v", "less"), spelt),
        search.join("deletion+town", townsmen.select("q", "t", "less"), spelt, FEW),
        search.join("word+birth", worded.select("q", "word", "day").unique(), wording),
        search.join("word+letter+town", worded.select("q", "spelt", "t"), wording),
    ]


def _start(places: int) -> pl.Expr:
    """The first digits of a pattern."""
    return pl.col("pattern").str.slice(0, places).cast(pl.UInt64)
