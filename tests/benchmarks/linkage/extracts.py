"""Five extracts of a county, damaged to a stated degree, with the truth of every row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from damage import damage_number, respell, rewrite_place

from county import County

RNG = np.random.Generator


@dataclass(frozen=True)
class Dirt:
    """Shares of rows: a damaged number, a damaged name, an oddly written place, a wrong date."""

    number: float
    name: float
    place: float
    date: float
    mate: float
    guardian: float


FIELD = Dirt(number=0.12, name=0.045, place=0.12, date=0.01, mate=0.008, guardian=0.03)
DIRTY = Dirt(number=0.34, name=0.14, place=0.3, date=0.04, mate=0.025, guardian=0.06)


@dataclass(frozen=True)
class Extract:
    """Records of one kind, the true ``person_id`` (null: outside) and the damage done, by row."""

    kind: str
    records: pl.DataFrame
    truth: pl.DataFrame
    about: str = "everyone"
    roles: tuple[str, ...] = field(default=())


SPECS = {
    # kind: share of people, ages, heads only, repeats, outsiders, columns, about
    "enrolment": (
        0.85,
        (0, 120),
        False,
        1,
        0.1,
        ("id_number", "name", "sex", "township", "village"),
        "everyone",
    ),
    "settlement": (
        0.2,
        (0, 120),
        False,
        4,
        0.15,
        ("id_number", "name", "birth_date", "township"),
        "everyone",
    ),
    "school": (
        0.95,
        (6, 18),
        False,
        1,
        0.15,
        ("id_number", "name", "sex", "birth_date", "township", "village"),
        "children",
    ),
    "dibao": (0.3, (0, 120), True, 1, 0.25, ("id_number", "name", "township", "village"), "heads"),
    "housing": (
        0.7,
        (0, 120),
        True,
        1,
        0.12,
        ("id_number", "name", "township", "village"),
        "heads",
    ),
}


def make_extracts(
    county: County, dirt: Dirt, seed: int, *, overlap: float | None = None, hide: str = ""
) -> list[Extract]:
    """The five extracts.

    Args:
        county: people and roster.
        dirt: shares of damage.
        seed: of the random choices.
        overlap: share of each list's people who are in the roster, when other than usual.
        hide: ``id`` leaves out the number and birth date columns; ``mask`` masks every number;
            ``slip`` moves the number column of 1 % of the rows to the next row's. ``id@dibao``
            does so in that list only.
    """
    rng = np.random.default_rng(seed + 7919)
    way, _, only = hide.partition("@")
    return [
        _extract(rng, county, dirt, kind, overlap, way if only in {"", kind} else "")
        for kind in SPECS
    ]


def _chosen(rng: RNG, county: County, kind: str, overlap: float | None) -> np.ndarray:
    share, (youngest, oldest), heads, repeats, outsiders, _, _ = SPECS[kind]
    people = county.people
    age = 2026 - people["birth_date"].dt.year().to_numpy()
    fits = (age >= youngest) & (age <= oldest)
    if heads:
        fits &= ((people["relation"] == "户主") | ~people["inside"]).to_numpy()
    inside = np.flatnonzero(
        fits & people["inside"].to_numpy() & (rng.random(people.height) < share)
    )
    pool = np.flatnonzero(fits & ~people["inside"].to_numpy())
    if overlap is not None:
        outsiders = 1 - overlap
        inside = rng.choice(
            inside, min(len(inside), int(len(pool) * overlap / outsiders)), replace=False
        )
    wanted = int(len(inside) * outsiders / (1 - outsiders))
    outside = rng.choice(pool, min(wanted, len(pool)), replace=False)
    rows = np.concatenate([inside, outside])
    rows = np.repeat(rows, rng.integers(1, repeats + 1, len(rows)))
    return rng.permutation(rows)


def _extract(
    rng: RNG, county: County, dirt: Dirt, kind: str, overlap: float | None, hide: str
) -> Extract:
    columns, about = SPECS[kind][5], SPECS[kind][6]
    rows = _chosen(rng, county, kind, overlap)
    person = county.people[rows.tolist()]
    label = np.full(len(rows), "clean", dtype=object)
    ids, names = person["id_number"].to_list(), person["name"].to_list()
    towns, villages = person["township"].to_list(), person["village"].to_list()
    births = person["birth_date"].to_list()
    _borrow(rng, county, dirt, kind, rows, ids, label)
    for i in np.flatnonzero((rng.random(len(rows)) < dirt.number) & (label == "clean")).tolist():
        ids[i] = damage_number(rng, ids[i])
        label[i] = "number"
    for i in np.flatnonzero(rng.random(len(rows)) < dirt.name).tolist():
        names[i] = respell(rng, names[i])
        label[i] = "name" if label[i] == "clean" else f"{label[i]}+name"
    for i in np.flatnonzero(rng.random(len(rows)) < dirt.place).tolist():
        towns[i], villages[i] = rewrite_place(rng, towns[i], villages[i])
    moved = np.flatnonzero(rng.random(len(rows)) < dirt.place / 10)
    for i, j in zip(moved.tolist(), rng.integers(0, len(rows), len(moved)).tolist(), strict=True):
        towns[i], villages[i] = person["township"][j], person["village"][j]
    for i in np.flatnonzero(rng.random(len(rows)) < dirt.date).tolist():
        births[i] = (
            births[i].replace(day=1 + (births[i].day + 4) % 28) if rng.random() < 0.7 else None
        )
    if hide == "mask":
        ids = [x[:6] + "********" + x[-4:] if len(x) >= 15 else x for x in ids]
    if hide == "slip":
        for i in np.flatnonzero(rng.random(len(rows) - 1) < 0.01).tolist():
            ids[i] = person["id_number"][i + 1]
            label[i] = "slipped"
    frame = pl.DataFrame(
        {
            "row": np.arange(2, len(rows) + 2, dtype=np.uint32),
            "id_number": ids,
            "name": names,
            "sex": person["sex"],
            "birth_date": births,
            "township": towns,
            "village": villages,
        }
    ).with_columns(
        department=pl.lit("bench"), kind=pl.lit(kind), file=pl.lit(f"{kind}.csv"), sheet=pl.lit("")
    )
    dropped = {"id_number", "birth_date"} if hide == "id" else set()
    roles = tuple(column for column in columns if column not in dropped)
    truth = pl.DataFrame(
        {
            "row": frame["row"],
            "truth": [
                p if inside else None
                for p, inside in zip(person["person_id"], person["inside"], strict=True)
            ],
            "label": label.astype(str),
            "outsider": person["kind"],
        }
    )
    return Extract(
        kind,
        frame.select("department", "kind", "file", "sheet", "row", *roles),
        truth,
        about,
        roles,
    )


def _borrow(
    rng: RNG,
    county: County,
    dirt: Dirt,
    kind: str,
    rows: np.ndarray,
    ids: list[str],
    label: np.ndarray,
) -> None:
    """Another member's number on the row; for children mostly the head's."""
    people = county.people
    first = (
        people.filter("inside")
        .group_by("household_id")
        .agg(members=pl.col("n"), head=pl.col("n").first())
    )
    members = dict(zip(first["household_id"], first["members"].to_list(), strict=True))
    share = dirt.mate + (dirt.guardian if kind == "school" else 0.0)
    homes = people["household_id"]
    for i in np.flatnonzero(rng.random(len(rows)) < share).tolist():
        mates = [m for m in members.get(homes[int(rows[i])], []) if m != rows[i]]
        if mates:
            ids[i] = people["id_number"][int(mates[0] if kind == "school" else rng.choice(mates))]
            label[i] = "mate"
