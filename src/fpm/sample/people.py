"""Turn family members into people: names, birthdays, identity numbers, household and person IDs."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import polars as pl

from fpm.sample import names
from fpm.sample.dice import Flags, Ints, Texts, choose, days, only, series, stream
from fpm.sample.households import make_households
from fpm.sample.id_cards import ELSEWHERE, HOME, id_numbers, phones

_CLAN: Final = 0.38
_DOTTED: Final = 0.004
_FORMER: Final = 0.006


def make_people(seed: int, persons: int, villages: pl.DataFrame, today: dt.date) -> pl.DataFrame:
    """The people of the county at ``today``, ordered by village, household and member.

    Returns:
        One row a person, with the true values of: ``person_id household_id township village
        village_group template relation sex birth_date name former_name id_number ethnicity phone
        household_phone head_name head_id_number mate_name mate_id_number`` (the mate is the
        guardian of a child and the next member for others), ``age`` (full years).
    """
    members = make_households(seed, persons, villages)
    people = (
        members.with_columns(birth_date=_birthdays(members, today))
        .pipe(_with_places, seed, villages)
        .pipe(_with_names, seed)
        .pipe(_with_numbers, seed)
    )
    return people.pipe(_with_relatives).with_columns(age=full_years("birth_date", today))


def full_years(column: str, day: dt.date) -> pl.Expr:
    """Full years of age on ``day``."""
    born = pl.col(column)
    not_yet = (born.dt.month() * 100 + born.dt.day()) > day.month * 100 + day.day
    return (day.year - born.dt.year() - not_yet.cast(pl.Int32)).cast(pl.Int64)


def _birthdays(members: pl.DataFrame, today: dt.date) -> pl.Series:
    """Equal ages within a family are twins and share the day."""
    epoch = (today - dt.date(1970, 1, 1)).days
    born: Ints = epoch - np.floor(members["age"].to_numpy() * 365.2425).astype(np.int64)
    return days(born)


def _with_places(people: pl.DataFrame, seed: int, villages: pl.DataFrame) -> pl.DataFrame:
    rng = stream(seed, "groups")
    families = people["family"].n_unique()
    homes = pl.DataFrame(
        {
            "family": np.arange(families),
            "village_group": [f"{number}组" for number in rng.integers(1, 7, families)],
        }
    )
    place = villages.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    return (
        people.join(homes, on="family", how="left", maintain_order="left")
        .join(
            place.select("place", "township", "village", "korean"),
            on="place",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            household_id="9999" + (pl.col("family") + 10_000_001).cast(pl.String),
            member=pl.int_range(1, pl.len() + 1).over("family"),
        )
        .with_columns(
            person_id=pl.col("household_id") + pl.col("member").cast(pl.String).str.zfill(2)
        )
    )


def _with_names(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "names")
    female: Flags = (people["sex"] == "女").to_numpy()
    own, family = _surnames(rng, people)
    bearer = _bears_family_name(people)
    given = names.given_names(rng, female, people["age"].to_numpy())
    given = _shared_first_character(rng, people, given)
    plain = np.where(bearer, family, own) + given
    dotted_homes = rng.random(people["family"].n_unique()) < _DOTTED
    dotted = dotted_homes[people["family"].to_numpy()]
    full = np.where(dotted, names.dotted_names(rng, female), plain)
    korean = people["korean"].to_numpy() & (rng.random(len(full)) < 0.8)
    others = choose(rng, {"汉族": 92, "满族": 6, "回族": 1.2, "蒙古族": 0.8}, len(full))
    ethnicity = np.where(dotted, "维吾尔族", np.where(korean, "朝鲜族", others))
    changed = rng.random(len(full)) < _FORMER
    earlier = names.given_names(rng, female, people["age"].to_numpy())
    return people.with_columns(
        name=series(full),
        ethnicity=series(ethnicity),
        former_name=only(changed & ~dotted, np.where(bearer, family, own) + earlier),
    )


def _surnames(rng: np.random.Generator, people: pl.DataFrame) -> tuple[Texts, Texts]:
    """A surname for each person alone, one for each family; many of a village share two clans."""
    count, families = people.height, people["family"].n_unique()
    own = names.surnames(rng, count)
    own_korean = names.surnames(rng, count, korean=True)
    korean = people["korean"].to_numpy()
    own = np.where(korean & (rng.random(count) < 0.6), own_korean, own)
    place = people.group_by("family", maintain_order=True).agg(
        pl.col("place").first(), pl.col("korean").first()
    )
    villages = int(people["place"].to_numpy().max()) + 1
    clans = names.surnames(rng, villages * 2).reshape(villages, 2)
    kin = clans[place["place"].to_numpy(), rng.integers(0, 2, families)]
    home = np.where(
        place["korean"].to_numpy() & (rng.random(families) < 0.8),
        names.surnames(rng, families, korean=True),
        names.surnames(rng, families),
    )
    family = np.where(rng.random(families) < _CLAN, kin, home)
    return own, family[people["family"].to_numpy()]


def _bears_family_name(people: pl.DataFrame) -> Flags:
    """The bloodline; in a family with a female head and a husband, the husband instead of her."""
    roles = people.select(
        "bloodline",
        head=pl.col("relation") == "户主",
        spouse=pl.col("relation") == "配偶",
        female_head=((pl.col("relation") == "户主") & (pl.col("sex") == "女")).any().over("family"),
        married=(pl.col("relation") == "配偶").any().over("family"),
    )
    swapped = pl.col("female_head") & pl.col("married")
    bears = (
        pl.when(swapped & pl.col("head")).then(False)
        .when(swapped & pl.col("spouse")).then(True)
        .otherwise(pl.col("bloodline"))
    )  # fmt: skip
    return roles.select(bears).to_series().to_numpy()


def _shared_first_character(rng: np.random.Generator, people: pl.DataFrame, given: Texts) -> Texts:
    """Brothers and sisters share the first character of the given name in a quarter of families."""
    children = pl.col("relation").is_in(["之子", "之女", "之孙子", "之孙女"])
    twins = pl.len().over("family", "birth_date") > 1
    frame = people.select("family", "relation", "birth_date", given=series(given)).with_columns(
        shares=pl.Series(rng.random(people.height) < 0.25),
        child=children,
        twin=twins,
    )
    shares = pl.col("shares").first().over("family")
    lead = pl.col("given").str.head(1).first().over("family", "child")
    joined = (
        pl.when(pl.col("child") & (shares | pl.col("twin")) & (pl.col("given").str.len_chars() > 1))
        .then(lead + pl.col("given").str.tail(1))
        .otherwise("given")
    )  # fmt: skip
    return frame.select(joined).to_series().to_numpy().astype(object)


def _with_numbers(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "numbers")
    moved = rng.random(people.height) < np.where(people["bloodline"].to_numpy(), 0.03, 0.25)
    away = np.array(ELSEWHERE)[rng.integers(0, len(ELSEWHERE), people.height)]
    prefix = np.where(moved, away, HOME).astype(np.int64)
    number = id_numbers(rng, people.with_columns(prefix=pl.Series(prefix)))
    phone = phones(rng, people.height)
    grown = people["age"].to_numpy() >= 16
    return people.with_columns(
        id_number=series(number),
        phone=only(grown & (rng.random(len(grown)) < 0.8), phone),
    ).with_columns(household_phone=pl.col("phone").drop_nulls().first().over("family"))


def _with_relatives(people: pl.DataFrame) -> pl.DataFrame:
    """Head, and the mate whose number is most likely to be written on this person's row."""
    adult = pl.col("age") >= 20
    next_member = (pl.col("member") % pl.len().over("family")).cast(pl.UInt32)
    guardian = pl.col("member").filter(adult).max().over("family")
    mate = pl.when(adult).then(next_member.cast(pl.Int64) + 1).otherwise(guardian)
    keyed = people.with_columns(mate=pl.when(mate != pl.col("member")).then(mate))
    named = people.select(
        "family", mate="member", mate_name="name", mate_id_number="id_number", mate_phone="phone"
    )
    heads = people.filter(pl.col("relation") == "户主").select(
        "family", head_name="name", head_id_number="id_number"
    )
    return keyed.join(named, on=["family", "mate"], how="left", maintain_order="left").join(
        heads, on="family", how="left", maintain_order="left"
    )
