"""Every number is exact on the exports of the national system: nothing missed, nothing too much.

A county is written to the five workbooks with violations and near misses of every number; the
public functions read, link and judge it, and each number must find what was planted for it, what
other plants break by their own meaning, and nobody else.
"""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest

from fpm.ingest import build_roster, read_file
from fpm.judge import Setting, build_facts, evaluate
from fpm.judge.numbers import hits_by_number
from rules.exports import house, write_exports
from rules.numbered import DIVISION, PERIOD, linked
from rules.plants import PLANTS
from rules.test_quality_numbers import NUMBERS as LISTED


def county():
    """Every plant in a household of its own, clean households between, and who must be found."""
    houses, planted, near, also = [], defaultdict(set), defaultdict(set), defaultdict(set)
    for plant in PLANTS:
        for change, wrong in [(c, True) for c in plant.violations] + [
            (c, False) for c in plant.misses
        ]:
            home = house(plant.kind, len(houses) + 1)
            houses.append(home)
            change(home)
            (planted if wrong else near)[plant.number].update(subjects(home, plant))
            for other in plant.also:
                also[other].add(home.number)
    for kind in ("lifted", "open", "gone", "lifted_open", "lifted_gone"):
        for _ in range(3):
            houses.append(house(kind, len(houses) + 1))
    return houses, planted, near, also


def subjects(home, plant):
    if plant.village:
        return {f"第{home.number}村"}
    if plant.who is None:
        return {home.household_id}
    who = plant.who if isinstance(plant.who, tuple) else (plant.who,)
    return {home.person_id(member) for member in who}


def judged(folder, houses, book):
    """Read the workbooks as the monthly run does, and judge."""
    readings = [
        read_file(path, path.name, book.layouts) for path in write_exports(folder, houses).values()
    ]
    records = {key: frame for reading in readings for key, frame in reading.records.items()}
    assert len(records) == 5, sorted(records)
    roster = build_roster(records.pop(("roster", "persons")))
    extracts = [linked(book.layout(*key), frame, roster) for key, frame in records.items()]
    facts = build_facts(roster, extracts, book, PERIOD, None)
    hits = evaluate(facts, extracts, book, PERIOD, DIVISION).hits
    return hits_by_number(hits, facts, book, Setting(PERIOD, DIVISION))


@pytest.fixture(scope="module")
def found(tmp_path_factory, book):
    houses, planted, near, also = county()
    hits = judged(tmp_path_factory.mktemp("exports"), houses, book)
    who = pl.coalesce("person_id", "household_id", "village")
    by_number = defaultdict(set)
    for number, subject in hits.select("number", who).iter_rows():
        by_number[number].add(subject)
    return by_number, planted, near, also


NUMBERS = sorted({plant.number for plant in PLANTS})


def home_of(who):
    return int(who[1:7]) if who.startswith("H") else int(who.strip("第村"))


@pytest.mark.parametrize("number", NUMBERS)
def test_number_finds_what_was_planted_and_nothing_else(found, number):
    by_number, planted, near, also = found
    assert planted[number] - by_number[number] == set(), "missed"
    assert near[number] & by_number[number] == set(), "near misses taken"
    others = {
        who for who in by_number[number] - planted[number] if home_of(who) not in also[number]
    }
    assert others == set(), "too much"


def test_every_number_is_planted():
    assert set(LISTED.read_text(encoding="utf-8").split()) == set(NUMBERS)
