"""The whole fictitious county: people, outsiders, planted families, before a file is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from fpm.model import Period
from fpm.sample import damage, story
from fpm.sample.dice import series, stream
from fpm.sample.living import make_living
from fpm.sample.outsiders import make_outsiders
from fpm.sample.people import make_people
from fpm.sample.places import Places, make_places

_OUTSIDE_SHARE: Final = 0.10
_BASE: Final = (
    "row", "person_id", "township", "village", "village_group", "relation", "sex", "birth_date",
    "name", "id_number", "former_name", "phone", "mate_name", "mate_id_number", "mate_phone",
    "head_name", "head_id_number", "ethnicity", "age", "planted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """One period of the county; ``offset`` 0 is the last, -1 the one before."""

    period: Period
    offset: int

    @property
    def label(self) -> str:
        """``2026年10月``."""
        return f"{self.period.year}年{self.period.month}月"

    @property
    def digits(self) -> str:
        """``202610``."""
        return f"{self.period.year}{self.period.month:02d}"


@dataclass(frozen=True)
class County:
    """``people`` and ``later`` (the roster of the last period) have the same rows in one order."""

    seed: int
    dirt: float
    months: tuple[Month, ...]
    places: Places
    people: pl.DataFrame
    later: pl.DataFrame
    outsiders: pl.DataFrame
    roles: pl.DataFrame

    def effects(self, name: str) -> pl.DataFrame:
        """Lines of the planted families called ``name`` (see ``story.effects``)."""
        return story.effects(self.people, self.roles, name)

    @cached_property
    def ordinary(self) -> pl.DataFrame:
        """People who are nobody's planted family."""
        return self.people.filter(~pl.col("planted"))


def make_county(seed: int, persons: int, periods: Sequence[Period], dirt: float) -> County:
    """A county of about ``persons`` people for consecutive ``periods``."""
    last = len(periods) - 1
    months = tuple(Month(period, place - last) for place, period in enumerate(periods))
    today = periods[-1].last_day
    places = make_places(seed, persons)
    people = (
        make_people(seed, persons, places.villages, today)
        .pipe(make_living, seed, today)
        .with_columns(school_age=school_age(periods[-1]))
    )
    roles = story.cast(people, seed).cast({"row": pl.Int64})
    numbered = people.with_row_index("row").cast({"row": pl.Int64})
    played = story.play(numbered, roles, periods[-1])
    count = max(40, round(persons * _OUTSIDE_SHARE))
    return County(
        seed=seed,
        dirt=dirt,
        months=months,
        places=places,
        people=played,
        later=story.play_later(played, roles, periods[-1]),
        outsiders=make_outsiders(people, count, seed, today).with_columns(
            outsider=-1 - pl.int_range(pl.len(), dtype=pl.Int64)
        ),
        roles=roles,
    )


def school_age(period: Period) -> pl.Expr:
    """Full years on 31 August before the school year that runs in ``period``."""
    born = pl.col("birth_date")
    start = period.year - (period.month < 9)
    return (start - born.dt.year() - (born.dt.month() >= 9).cast(pl.Int32)).cast(pl.Int64)


def roll(
    county: County, topic: str, chosen: pl.DataFrame, *, outside: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The rows of one list: chosen people and outsiders, damaged, in the order of a clerk.

    Args:
        county: the county.
        topic: name of the random stream; within one topic a person has one place and one
            damage, in every row and month, as in a department's own register.
        chosen: rows of ``county.people``, repeats allowed, with any further columns.
        outside: outsiders to add; they get null in the further columns.

    Returns:
        ``chosen`` and ``outside`` with ``name`` and ``id_number`` as delivered, ``damage`` (of an
        outsider ``outsider_<kind>`` first), ``typed``. Planted families are undamaged, and so are
        outsiders who look like somebody in the roster: with a wrong number too, nobody could tell
        them apart. Sorted by township and village.
    """
    rng = stream(county.seed, "roll", topic)
    extra = [name for name in chosen.columns if name not in _BASE]
    rows = chosen.select(*_BASE, *extra)
    if outside is not None:
        guests = outside.rename({"outsider": "row"})
        known = [name for name in (*_BASE, *extra, "outside") if name in guests.columns]
        rows = pl.concat([rows, guests.select(known)], how="diagonal_relaxed")
    if "outside" not in rows.columns:
        rows = rows.with_columns(outside=pl.lit(None, dtype=pl.String))
    spared = pl.col("planted") | (pl.col("outside") != "stranger").fill_null(value=False)
    people, seats = county.people.height, county.people.height + county.outsiders.height
    seat = pl.when(pl.col("row") < 0).then(people - 1 - pl.col("row")).otherwise("row")
    seated = rows.with_columns(spared=spared, seat=seat)
    damaged = damage.apply(seated, rng, county.dirt, seats)
    turn = rng.random(seats)
    outsider = ("outsider_" + pl.col("outside")).fill_null("")
    damaged = damaged.with_columns(
        damage=pl.concat_str(outsider, "damage", separator="+").str.strip_chars("+")
    )
    order = {name: place for place, name in enumerate(county.places.townships)}
    return (
        damaged.with_columns(
            town_=pl.col("township").replace_strict(order, return_dtype=pl.Int64),
            turn_=pl.Series(turn[damaged["seat"].to_numpy()]),
        )
        .sort("town_", "village", "turn_", maintain_order=True)
        .drop("town_", "turn_", "spared", "seat")
    )


def spoil(rows: pl.DataFrame, rng: np.random.Generator, *kinds: str) -> pl.DataFrame:
    """Pick one row in 400, at least one, for each of ``kinds``, among rows otherwise in order.

    Returns:
        ``rows`` with ``spoilt`` (a kind or empty), also added to ``damage``.
    """
    clean = (pl.col("damage") == "") & ~pl.col("planted") & (pl.col("person_id") != "")
    free = rows.select(pl.arg_where(clean)).to_series().to_numpy()
    each = max(1, rows.height // 400)
    picked = rng.permutation(free)[: each * len(kinds)]
    spoilt = np.full(rows.height, "", dtype=object)
    spoilt[picked] = [kinds[place % len(kinds)] for place in range(len(picked))]
    return rows.with_columns(spoilt=series(spoilt)).with_columns(
        damage=pl.concat_str("damage", "spoilt", separator="+").str.strip_chars("+")
    )


def spoilt(kind: str, wrong: pl.Expr, right: pl.Expr) -> pl.Expr:
    """``wrong`` on the rows spoilt in this way, ``right`` on the others."""
    return pl.when(pl.col("spoilt") == kind).then(wrong).otherwise(right)


def some(frame: pl.DataFrame, rng: np.random.Generator, share: float) -> pl.DataFrame:
    """Each row with probability ``share``."""
    return frame.filter(pl.Series(rng.random(frame.height) < share))


def truth_of(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a roll that go into the truth files."""
    return rows.select("person_id", "damage", "typed")
