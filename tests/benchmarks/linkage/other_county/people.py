"""Households of the roster, their neighbours outside it, and people easily taken for another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator

from . import words
from .words import any_of, one_of

AREA = "999901"  # no division bears this code
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TODAY = dt.date(2026, 10, 1)


def check_digit(body: str) -> str:
    """The 18th character for 17 digits (GB 11643)."""
    return "10X98765432"[
        sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    ]


@dataclass(slots=True)
class Person:
    """Who somebody really is; ``number`` is the true ID number."""

    key: str
    home: str
    name: str
    sex: str
    born: dt.date
    number: str
    relation: str
    township: str
    village: str
    phone: str
    former: str = ""
    outside: str = ""  # why the roster lacks this person; empty for people of the roster


@dataclass(frozen=True)
class Village:
    """A village, the surnames most of its people bear, and what men of one age share."""

    township: str
    name: str
    clans: list[str]
    generations: dict[tuple[str, int], str]


@dataclass
class County:
    """Everybody, and what hands out numbers."""

    dice: Generator
    roster: list[Person] = field(default_factory=list)
    outside: list[Person] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def number(self, born: dt.date, sex: str, near: int | None = None) -> str:
        """An unused number; with ``near``, the next free one after that sequence number."""
        order = int(self.dice.integers(1, 500)) if near is None else near // 2
        while True:
            order = (order + 1) % 500
            body = f"{AREA}{born:%Y%m%d}{order * 2 + (sex == '男'):03d}"
            if body not in self.taken:
                self.taken.add(body)
                return body + check_digit(body)

    def day(self, year: float) -> dt.date:
        """A day in that year of birth, or the last possible one."""
        day = dt.date(int(year), 1, 1) + dt.timedelta(days=int(self.dice.integers(365)))
        return min(day, TODAY - dt.timedelta(days=30))


class _House:
    """Puts one household together: a couple, its children, a son's family, the old parents."""

    def __init__(self, county: County, home: str, village: Village) -> None:
        self.county, self.dice, self.home, self.village = county, county.dice, home, village
        self.phone = f"1{self.dice.integers(3, 10)}{self.dice.integers(10**8, 10**9)}"
        self.people: list[Person] = []

    def settle(self) -> list[Person]:
        """Its people, the head first."""
        dice, years = self.dice, float(np.clip(self.dice.normal(54, 14), 22, 88))
        clan = any_of(dice, self.village.clans) if dice.random() < 0.65 else ""
        man = dice.random() < 0.84
        head = self._join("男" if man else "女", TODAY.year - years, clan, "户主")
        if dice.random() < (0.85 if 26 < years < 76 else 0.4):
            born = head.born.year + dice.normal(1.5, 3)
            spouse = self._join("女" if man else "男", born, "", "配偶")
            father, mother = (head, spouse) if man else (spouse, head)
            many = int(dice.choice(4, p=[0.15, 0.4, 0.35, 0.1]))
            self._stay_or_leave(self._children(father, mother, many, ("之子", "之女")))
        if years < 62 and dice.random() < 0.25:
            born = head.born.year - dice.integers(20, 32)
            if dice.random() < 0.6:
                self._join("男", born, _surname(head) if man else "", "之父")
            self._join("女", born, "", "之母")
        for number, person in enumerate(self.people, 1):
            person.key = f"{self.home}-{number:02d}"
        return self.people

    def _join(self, sex: str, year: float, family: str, relation: str) -> Person:
        """Somebody of this surname; without one, married in from anywhere."""
        dice, born = self.dice, self.county.day(year)
        if not family and dice.random() < 0.01:
            name = f"{one_of(dice, words.DOTTED_FIRST)}·{one_of(dice, words.DOTTED_LAST)}"
        else:
            family = family or words.surname(dice)
            shared = self.village.generations.get((family, born.year // 25), "")
            shared = shared if sex == "男" and dice.random() < 0.3 else ""
            name = family + words.given(dice, sex, born.year, shared)
        return self._add(name, sex, born, relation, self.county.number(born, sex))

    def _add(self, name: str, sex: str, born: dt.date, relation: str, number: str) -> Person:
        place = (self.village.township, self.village.name)
        person = Person("", self.home, name, sex, born, number, relation, *place, self.phone)
        if self.dice.random() < 0.01:
            person.former = name[0] + words.given(self.dice, sex, born.year)
        self.people.append(person)
        return person

    def _children(
        self, father: Person, mother: Person, many: int, relations: tuple[str, str]
    ) -> list[Person]:
        """Children with names alike as parents give them; some are twins."""
        dice, children = self.dice, list[Person]()
        family = words.surname(dice) if "·" in father.name else _surname(father)
        shared = one_of(dice, words.FASHION[any_of(dice, "男女"), 2 + (mother.born.year > 1975)])
        year = mother.born.year + 20 + dice.integers(0, 8)
        for _ in range(many):
            if year >= TODAY.year:
                break
            sex = "男" if dice.random() < 0.53 else "女"
            child = self._join(sex, year, family, relations[sex == "女"])
            if dice.random() < 0.3:
                child.name = family + shared + child.name[-1]
            elif sex == "男" and dice.random() < 0.05 and "·" not in father.name:
                child.name = father.name[:-1] + one_of(dice, words.FASHION["男", 2])
            children.append(child)
            if dice.random() < 0.02:
                second = words.given(dice, sex, child.born.year, child.name[1:-1])
                number = self.county.number(child.born, sex, int(child.number[14:17]))
                children.append(self._add(family + second, sex, child.born, child.relation, number))
            year += dice.integers(1, 6)
        return children

    def _stay_or_leave(self, children: list[Person]) -> None:
        """Grown children mostly live elsewhere, outside the roster; a son who stays may marry."""
        dice, married = self.dice, False
        for child in children:
            years = TODAY.year - child.born.year
            if years > 23 and dice.random() > (0.45 if child.sex == "男" else 0.12):
                self.people.remove(child)
                child.key = f"out-{self.home}-{child.number[-4:]}"
                self.county.outside.append(replace(child, home="", outside="sibling"))
            elif years > 24 and child.sex == "男" and not married and dice.random() < 0.6:
                married = True
                wife = self._join("女", child.born.year + 1, "", "之儿媳")
                self._children(child, wife, int(dice.integers(0, 3)), ("之孙子", "之孙女"))


def _surname(person: Person) -> str:
    return person.name[:2] if person.name[:2] in words.SCARCE else person.name[0]


def _look_alikes(county: County, many: int) -> None:
    """People outside the roster whom a number or a name points to somebody of the roster for."""
    dice = county.dice
    for number in range(many):
        like = any_of(dice, county.roster)
        kind = ("twin", "near_id", "same_name_birth", "namesake", "namesake", "near_id")[number % 6]
        other = replace(
            like,
            key=f"out-{kind}-{number}",
            home="",
            outside=kind,
            former="",
            phone=f"139{dice.integers(10**7, 10**8)}",
        )
        if kind == "twin":
            other.name = like.name[:-1] + words.given(dice, like.sex, like.born.year)[-1]
            other.number = county.number(like.born, like.sex, int(like.number[14:17]))
        elif kind == "same_name_birth":
            other.number = county.number(like.born, like.sex)
        elif kind == "namesake":
            other.born = county.day(like.born.year + int(dice.integers(-12, 13)))
            other.number = county.number(other.born, like.sex)
        else:
            other.name = words.surname(dice) + words.given(dice, like.sex, like.born.year)
            other.born = like.born + dt.timedelta(days=any_of(dice, (-10, -1, 0, 0, 1, 10)))
            other.number = county.number(other.born, like.sex, int(like.number[14:17]))
        if kind != "namesake" and dice.random() < 0.5:
            away = any_of(dice, county.roster)
            other.township, other.village = away.township, away.village
        if other.name == like.name and kind == "twin":
            continue
        county.outside.append(other)


def settle(dice: Generator, people: int) -> County:
    """A county whose roster holds about so many people, and half as many outside it."""
    county = County(dice)
    villages = [_village(dice, *place) for place in words.villages(dice, max(24, people // 170))]
    homes = 0
    while len(county.roster) < people:
        homes += 1
        village = villages[int(dice.beta(1.3, 1.6) * len(villages))]
        members = _House(county, f"{homes:06d}", village).settle()
        if dice.random() < 0.8:
            county.roster += members
            continue
        kind = "neighbour" if dice.random() < 0.75 else "migrant"
        for member in members:
            member.outside, member.key = kind, f"out-{member.key}"
        county.outside += members
    _look_alikes(county, people // 10)
    return county


def _village(dice: Generator, township: str, name: str) -> Village:
    clans = sorted((words.surname(dice) for _ in range(3)), key=words.SURNAMES.find)
    clans = [clans[0], clans[0], *clans]  # one of the clans is as large as the others together
    shared = {
        (clan, quarter): one_of(dice, words.FASHION["男", 1])
        for clan in clans
        for quarter in range(75, 82)
    }
    return Village(township, name, clans, shared)
