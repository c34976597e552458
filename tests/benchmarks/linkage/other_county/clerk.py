"""Writes rows about people as clerks do: with the mistakes of a level of dirt."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from . import dirt, numbers
from .people import TODAY, County, Person
from .words import any_of

Row = dict[str, object]


@dataclass(frozen=True)
class Level:
    """Shares of rows that suffer."""

    form: float
    number: float
    name: float
    member: float  # another member's number
    guardian: float  # the same for pupils
    place: float
    birth: float
    roster: float  # roster people whose own number is damaged


FIELD = Level(
    form=0.038,
    number=0.073,
    name=0.06,
    member=0.006,
    guardian=0.045,
    place=0.02,
    birth=0.01,
    roster=0.006,
)
DIRTY = Level(
    form=0.09,
    number=0.25,
    name=0.21,
    member=0.02,
    guardian=0.08,
    place=0.06,
    birth=0.03,
    roster=0.02,
)


def age(person: Person) -> int:
    """Years by the end of this year."""
    return TODAY.year - person.born.year


class Clerk:
    """Writes about the people of a county."""

    def __init__(self, county: County, level: Level) -> None:
        self.county, self.level, self.dice = county, level, county.dice
        self.homes: dict[str, list[Person]] = defaultdict(list)
        for person in county.roster:
            self.homes[person.home].append(person)

    def row(self, person: Person, columns: tuple[str, ...], *, pupil: bool) -> Row:
        """One row about the person; a pupil's may bear a guardian's number."""
        number, done = self._number(person, pupil)
        name, mishap = self._name(person)
        told: Row = {column: getattr(person, column, None) for column in columns}
        if "birth_date" in columns:
            told["birth_date"] = person.born
            if self.dice.random() < self.level.birth:
                told["birth_date"] = person.born + dt.timedelta(
                    days=any_of(self.dice, (-365, -31, -1, 1, 10, 30))
                )
        if "village" in columns and self.dice.random() < self.level.place:
            other = any_of(self.dice, self.county.roster)
            told["village"] = "" if self.dice.random() < 0.6 else other.village
        if "phone" in columns and self.dice.random() < 0.4:
            told["phone"] = ""
        return told | {
            "id_number": number,
            "name": name,
            "truth": None if person.outside else person.key,
            "label": "+".join(filter(None, (done, mishap))) or "clean",
            "outsider": person.outside,
        }

    def _number(self, person: Person, pupil: bool) -> tuple[str, str]:
        dice, level = self.dice, self.level
        others = [other for other in self.homes.get(person.home, ()) if other is not person]
        if pupil:
            others = [other for other in others if age(other) - age(person) > 17]
        if others and dice.random() < (level.guardian if pupil else level.member):
            return any_of(dice, others).number, "mate"
        if dice.random() < level.number:
            mishap = dirt.draw(numbers.NUMBERS, dice)
            if mishap == "x lost" and person.number[-1] != "X" and dice.random() < 0.8:
                mishap = "edited"
            number = numbers.NUMBERS[mishap][1](person.number, dice)
            if number != person.number and not (mishap == "15 digits" and person.born.year > 1999):
                return number, f"number {mishap}"
        if dice.random() < level.form:
            return any_of(dice, numbers.FORMS)(person.number), "number form"
        return person.number, ""

    def _name(self, person: Person) -> tuple[str, str]:
        if self.dice.random() >= self.level.name:
            return person.name, ""
        mishap = dirt.draw(dirt.NAMES, self.dice)
        if mishap == "former name" and not person.former and self.dice.random() < 0.7:
            mishap = "homophone"
        name = dirt.NAMES[mishap][1](person, self.dice)
        return name, f"name {mishap}" if name != person.name else ""

    def roster(self) -> pl.DataFrame:
        """The roster: its numbers are not all right either."""
        rows = []
        for person in self.county.roster:
            said = ("name", "sex", "relation", "township", "village", "phone")
            rows.append(
                {
                    "person_id": person.key,
                    "household_id": person.home,
                    "id_number": self._roster_number(person),
                    "birth_date": person.born,
                    "former_name": person.former if self.dice.random() < 0.5 else "",
                }
                | {column: getattr(person, column) for column in said}
            )
        return pl.DataFrame(rows)

    def _roster_number(self, person: Person) -> str:
        dice, fate = self.dice, self.dice.random() / self.level.roster
        if fate < 0.4:
            return ""
        if fate < 0.8:
            slip = any_of(dice, ("edited", "transposed", "float", "digit lost"))
            return numbers.NUMBERS[slip][1](person.number, dice)
        if fate < 1:
            return any_of(dice, self.homes[person.home]).number
        if dice.random() < 0.01:  # of a disability card
            return f"{person.number}{dice.integers(1, 8)}{dice.integers(1, 5)}"
        return person.number
