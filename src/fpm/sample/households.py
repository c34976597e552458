"""Families: who lives together, with which relation to the head, and how old they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl

from fpm.sample.dice import Flags, Floats, Ints, Texts, choose, series, stream, texts

Sex = Literal["any", "opposite"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a family: relation by sex, age below ``base`` (negative: older), chance."""

    male: str
    female: str
    younger: tuple[float, float]
    base: int = 0
    """Index of the slot whose age counts; 0 is the head."""
    chance: float = 1.0
    sex: Sex = "any"
    bloodline: bool = True
    """Bears the family's surname."""


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of family: its share of all, ages of the head, the other members."""

    share: float
    ages: tuple[float, float]
    slots: tuple[Slot, ...]
    male_head: float = 0.85


_SPOUSE: Final = Slot("配偶", "配偶", (-4, 5), sex="opposite", bloodline=False)
_CHILD: Final = Slot("之子", "之女", (22, 31))
_FATHER: Final = Slot("之父", "之父", (-32, -22), chance=0.5, sex="any")
_MOTHER: Final = Slot("之母", "之母", (-30, -21), chance=0.75, sex="any", bloodline=False)

TEMPLATES: Final[dict[str, Template]] = {
    "elder_alone": Template(0.11, (62, 90), (), 0.5),
    "adult_alone": Template(0.04, (28, 60), (), 0.9),
    "elder_couple": Template(0.18, (58, 82), (_SPOUSE,)),
    "couple": Template(0.07, (32, 58), (_SPOUSE,)),
    "one_child": Template(0.18, (27, 52), (_SPOUSE, _CHILD)),
    "two_children": Template(
        0.14, (30, 50), (_SPOUSE, _CHILD, Slot("之子", "之女", (1, 7), base=2))
    ),
    "three_children": Template(
        0.02,
        (34, 52),
        (
            _SPOUSE,
            _CHILD,
            Slot("之子", "之女", (1, 5), base=2),
            Slot("之子", "之女", (1, 5), base=3),
        ),
    ),
    "with_parents": Template(
        0.09,
        (33, 52),
        (_SPOUSE, _CHILD, Slot("之子", "之女", (1, 6), base=2, chance=0.4), _FATHER, _MOTHER),
        0.97,
    ),
    "with_sons_family": Template(
        0.10,
        (55, 78),
        (
            _SPOUSE,
            Slot("之子", "之子", (22, 29)),
            Slot("之儿媳", "之儿媳", (-2, 4), base=2, bloodline=False),
            Slot("之孙子", "之孙女", (22, 30), base=2),
            Slot("之孙子", "之孙女", (1, 6), base=4, chance=0.4),
        ),
        0.97,
    ),
    "grandchild_only": Template(
        0.03, (56, 76), (_SPOUSE, Slot("之孙子", "之孙女", (46, 58))), 0.97
    ),
    "single_parent": Template(0.04, (30, 55), (_CHILD,), 0.5),
}
_FEMALE_ONLY: Final = frozenset({"之母", "之儿媳"})
_MALE_ONLY: Final = frozenset({"之父"})
_TWINS: Final = 0.02
_MEAN_SIZE: Final = 2.6


def make_households(seed: int, persons: int, villages: pl.DataFrame) -> pl.DataFrame:
    """Members of families, about ``persons`` in all, ordered by family.

    Returns:
        One row a person: ``family`` (Int64), ``place`` (row of ``villages``), ``template``,
        ``relation``, ``sex``, ``age`` (Float64, years at the last day), ``bloodline``.
    """
    rng = stream(seed, "households")
    count = int(persons / _MEAN_SIZE) + 30
    kinds = choose(rng, {name: spec.share for name, spec in TEMPLATES.items()}, count)
    weight = villages["weight"].to_numpy()
    place = np.sort(rng.choice(len(weight), size=count, p=weight / weight.sum()))
    parts = [
        _members(rng, name, np.flatnonzero(kinds == name), spec) for name, spec in TEMPLATES.items()
    ]
    people = pl.concat(parts).sort("family", "slot", maintain_order=True)
    order = pl.DataFrame({"family": rng.permutation(count), "turn": np.arange(count)})
    kept = (
        people.group_by("family", maintain_order=True)
        .len()
        .join(order, on="family")
        .sort("turn")
        .filter(pl.col("len").cum_sum() <= persons)
    )
    homes = pl.DataFrame({"family": np.arange(count), "place": place})
    return (
        people.join(kept.select("family"), on="family", how="semi", maintain_order="left")
        .join(homes, on="family", how="left", maintain_order="left")
        .with_columns(family=pl.col("family").rank("dense").cast(pl.Int64) - 1)
        .drop("slot")
    )


def _members(rng: np.random.Generator, name: str, family: Ints, spec: Template) -> pl.DataFrame:
    count = len(family)
    head_male = rng.random(count) < spec.male_head
    ages: list[Floats] = [rng.uniform(*spec.ages, count)]
    present: list[Flags] = [np.ones(count, dtype=bool)]
    parts = [_slot_rows(family, 0, texts(["户主"] * count), head_male, ages[0])]
    for index, slot in enumerate(spec.slots, start=1):
        male = _is_male(rng, slot, head_male)
        gap = rng.uniform(*slot.younger, count)
        twin = (slot.base > 0) & (slot.younger == (1, 6)) & (rng.random(count) < _TWINS * 4)
        twin |= (slot.younger in {(1, 7), (1, 5)}) & (rng.random(count) < _TWINS)
        ages.append(np.where(twin, ages[slot.base], ages[slot.base] - gap))
        here = (rng.random(count) < slot.chance) & present[slot.base]
        present.append(here & (ages[-1] > 0) & (ages[-1] < 99))
        relation = np.where(male, slot.male, slot.female).astype(object)
        part = _slot_rows(family, index, relation, male, ages[-1])
        parts.append(
            part.with_columns(bloodline=pl.lit(slot.bloodline)).filter(pl.Series(present[-1]))
        )
    return pl.concat(parts).with_columns(template=pl.lit(name))


def _is_male(rng: np.random.Generator, slot: Slot, head_male: Flags) -> Flags:
    if slot.sex == "opposite":
        return ~head_male
    if slot.male in _MALE_ONLY or (slot.male == slot.female == "之子"):
        return np.ones(len(head_male), dtype=bool)
    if slot.female in _FEMALE_ONLY:
        return np.zeros(len(head_male), dtype=bool)
    return rng.random(len(head_male)) < 0.52


def _slot_rows(family: Ints, slot: int, relation: Texts, male: Flags, age: Floats) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "family": family.astype(np.int64),
            "slot": np.full(len(family), slot, dtype=np.int64),
            "relation": series(relation),
            "sex": series(np.where(male, "男", "女")),
            "age": age,
            "bloodline": np.ones(len(family), dtype=bool),
        }
    )
