"""People in department files who are not in the roster, many easily taken for one who is."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import polars as pl

from fpm.sample import names
from fpm.sample.dice import Texts, choose, days, series, stream, texts
from fpm.sample.id_cards import ELSEWHERE, HOME, id_numbers, near_numbers, phones
from fpm.sample.people import full_years

_KINDS: Final = {
    "stranger": 70, "twin": 9, "near_number": 6, "namesake": 8, "same_name_and_birthday": 7,
}  # fmt: skip
_SECOND: Final = "杰敏宁倩涛琳浩雯磊莹"


def make_outsiders(people: pl.DataFrame, count: int, seed: int, today: dt.date) -> pl.DataFrame:
    """``count`` people outside the roster.

    Args:
        people: of the roster, from ``make_people``.
        count: how many.
        seed: of the county.
        today: day at which ages are counted.

    Returns:
        The columns of ``people`` that department files use, ``person_id`` empty, and ``outside``
        (``stranger twin near_number namesake same_name_and_birthday``). Their numbers are valid
        and belong to nobody in the roster.
    """
    rng = stream(seed, "outsiders")
    models = people[rng.integers(0, people.height, count)]
    kind = choose(rng, _KINDS, count)
    new = _strangers(rng, count, today)
    like = {name: kind == name for name in _KINDS}
    same_day = like["twin"] | like["same_name_and_birthday"]
    born = np.where(
        same_day | like["near_number"],
        models["birth_date"].cast(pl.Int32).to_numpy(),
        new["birth_date"].cast(pl.Int32).to_numpy(),
    )
    same_sex = same_day | like["near_number"] | like["namesake"]
    near_home = pl.Series(like["twin"] | like["near_number"] | like["namesake"])
    homes = people[rng.integers(0, people.height, count)]
    frame = models.select("relation", "ethnicity", *_homes(near_home, models, homes)).with_columns(
        birth_date=days(born),
        sex=series(np.where(same_sex, models["sex"].to_numpy(), new["sex"].to_numpy())),
        prefix=new["prefix"],
        name=series(_likeness(rng, models, new, like)),
        outside=series(kind),
    )
    number = np.where(
        like["twin"] | like["near_number"],
        near_numbers(rng, models["id_number"].to_numpy()),
        id_numbers(rng, frame),
    )
    return _complete(frame.with_columns(id_number=series(number)), rng, people, today)


def _homes(near_home: pl.Series, models: pl.DataFrame, others: pl.DataFrame) -> list[pl.Series]:
    """Twins, near numbers and namesakes live in the village of their model, the rest anywhere."""
    return [
        models[name].zip_with(near_home, others[name])
        for name in ("township", "village", "village_group")
    ]


def _strangers(rng: np.random.Generator, count: int, today: dt.date) -> pl.DataFrame:
    age = rng.uniform(1, 85, count)
    female = rng.random(count) < 0.49
    epoch = (today - dt.date(1970, 1, 1)).days
    full = names.surnames(rng, count) + names.given_names(rng, female, age)
    prefixes = np.array([HOME, HOME, HOME, *ELSEWHERE])
    return pl.DataFrame(
        {
            "name": series(full),
            "sex": series(np.where(female, "女", "男")),
            "birth_date": days(epoch - np.floor(age * 365.2425).astype(np.int64)),
            "prefix": prefixes[rng.integers(0, len(prefixes), count)].astype(np.int64),
        }
    )


def _likeness(
    rng: np.random.Generator, models: pl.DataFrame, new: pl.DataFrame, like: dict[str, np.ndarray]
) -> Texts:
    """Namesakes take the whole name, twins all but the last character."""
    name = models["name"].to_numpy().astype(object)
    sibling = models["name"].str.head(2).to_numpy().astype(object)
    sibling = sibling + texts(list(_SECOND))[rng.integers(0, len(_SECOND), len(name))]
    same = like["namesake"] | like["same_name_and_birthday"]
    chosen = np.where(like["twin"], sibling, np.where(same, name, new["name"].to_numpy()))
    return np.asarray(chosen, dtype=object)


def _complete(
    frame: pl.DataFrame, rng: np.random.Generator, people: pl.DataFrame, today: dt.date
) -> pl.DataFrame:
    """Drop who fell on a number of the roster or of another outsider; add the remaining columns."""
    return (
        frame.with_columns(phone=series(phones(rng, frame.height)))
        .join(people.select("id_number"), on="id_number", how="anti", maintain_order="left")
        .unique("id_number", keep="first", maintain_order=True)
        .drop("prefix")
        .with_columns(
            person_id=pl.lit(""),
            mate_name=pl.lit(None, dtype=pl.String),
            mate_id_number=pl.lit(None, dtype=pl.String),
            mate_phone=pl.lit(None, dtype=pl.String),
            former_name=pl.lit(None, dtype=pl.String),
            head_name=pl.col("name"),
            head_id_number=pl.col("id_number"),
            planted=pl.lit(value=False),
            age=full_years("birth_date", today),
        )
    )
