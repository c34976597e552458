"""The lists five departments send about a county, with the truth of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from numpy.random import Generator, default_rng

from .clerk import Clerk, Level, Row, age
from .people import Person, settle

TRUTH = ("truth", "label", "outsider")
"""Of a row: the ``person_id`` it is about, null outside the roster; what was done to it (``mate``:
another member's number); why the roster lacks the person."""

SCHEMA = {
    **dict.fromkeys(
        ("id_number", "name", "sex", "township", "village", "relation", "phone", *TRUTH), pl.String
    ),
    "birth_date": pl.Date,
}


@dataclass(frozen=True)
class Kind:
    """What one department's list is like.

    Attributes:
        who: whom it may hold; ``share``: of the people of the roster it may.
        columns: beside number and name.
        outside: share of its people who are not in the roster.
        again: chance of one more row of the same person.
    """

    who: Callable[[Person], bool]
    share: float
    columns: tuple[str, ...]
    outside: float
    again: float = 0.0


KINDS = {
    "civil_affairs": Kind(lambda _: True, 0.36, ("township", "village", "relation", "phone"), 0.12),
    "medical": Kind(lambda _: True, 0.25, ("sex", "birth_date", "township"), 0.2, 0.45),
    "education": Kind(
        lambda person: 5 < age(person) < 20,
        0.9,
        ("sex", "birth_date", "township", "village"),
        0.15,
    ),
    "housing": Kind(lambda person: person.relation == "户主", 0.9, ("township", "village"), 0.1),
    "payments": Kind(lambda person: age(person) > 15, 0.42, ("township",), 0.15, 0.05),
}


def hidden(rows: pl.DataFrame, way: str, dice: Generator) -> pl.DataFrame:
    """The list as a worse office would send it.

    Args:
        rows: of one list.
        way: ``id`` leaves out number and birth date, ``mask`` puts whole numbers behind stars,
            ``slip`` gives single rows, 1 % of them, the number of the row above, ``block`` runs of
            forty, 2 %.
        dice: of the random choices.
    """
    if way == "id":
        return rows.drop("id_number", "birth_date", strict=False)
    if way == "mask":
        stars = pl.col("id_number").str.replace(
            r"^([0-9]{6})[0-9]{8}([0-9]{3}[0-9X])$", "${1}********${2}"
        )
        return rows.with_columns(stars)
    share, block = {"slip": (0.01, 1), "block": (0.02, 40)}[way]
    above = rows["id_number"].shift(1)
    starts = dice.choice(
        rows.height - block - 1, max(1, int(rows.height * share / block)), replace=False
    )
    moved = pl.int_range(rows.height, eager=True).is_in(
        [int(start) + 1 + step for start in starts for step in range(block)]
    )
    another = (rows["truth"] != rows["truth"].shift(1)).fill_null(value=True)
    return rows.with_columns(
        id_number=pl.when(moved).then(above).otherwise("id_number"),
        label=pl.when(moved & another).then(pl.lit("slipped")).otherwise("label"),
    )


def make_lists(
    seed: int, people: int, level: Level, overlap: float | None = None, hide: str = ""
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """A roster and the five lists about its county, by kind; see ``hidden``.

    Args:
        seed: of the random choices.
        people: of the roster.
        level: of dirt.
        overlap: share of each list's people who are in the roster, when other than usual.
        hide: a way of ``hidden`` for all lists, or for one: ``id@housing``.
    """
    county = settle(default_rng(seed), people)
    clerk = Clerk(county, level)
    roster = clerk.roster()
    lists = {name: _write(clerk, name, overlap) for name in KINDS}
    way, _, only = hide.partition("@")
    dice = default_rng(seed + 1)
    return roster, {
        name: hidden(rows, way, dice) if way and only in {"", name} else rows
        for name, rows in lists.items()
    }


def _write(clerk: Clerk, name: str, overlap: float | None) -> pl.DataFrame:
    """One list in a random order, some people more than once."""
    kind, dice = KINDS[name], clerk.dice
    inside = [person for person in clerk.county.roster if kind.who(person)]
    outside = [person for person in clerk.county.outside if kind.who(person)]
    share = kind.outside if overlap is None else 1 - overlap
    most = len(outside) * (1 - share) / share
    inside = _some(inside, min(len(inside) * kind.share, most), dice)
    people = inside + _some(outside, len(inside) * share / (1 - share), dice)
    rows: list[Row] = []
    for person in people:
        rows.append(clerk.row(person, kind.columns, pupil=name == "education"))
        while dice.random() < kind.again:
            anew = dice.random() < 0.3
            rows.append(clerk.row(person, kind.columns, pupil=False) if anew else rows[-1])
    written = pl.DataFrame(rows, schema=SCHEMA).select("id_number", "name", *kind.columns, *TRUTH)
    return written[dice.permutation(len(rows))]


def _some(people: list[Person], many: float, dice: Generator) -> list[Person]:
    chosen = dice.choice(len(people), min(int(many), len(people)), replace=False)
    return [people[int(number)] for number in chosen]
