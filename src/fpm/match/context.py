"""What a list is about and whom it already holds, learned from its sure rows.

Context: how much more often the people of a list are heads of household, or of an age, than the
people of the roster. Claims: how often a person who is meant has another sure row in the list, or
mates who have, against anybody of the roster. A list that names people once, one head a household
or three times each is learned, not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BANDS: Final = (6, 12, 18, 35, 60)
"""Upper ages of the bands in which lists differ: small children, pupils, youths, adults, old."""

_ADULT: Final = 3
"""Bands of people under eighteen."""

_AS_SAID: Final = 0.95
"""Share of the rows of a list that are about whom it is said to be about."""

_PRIOR: Final = 20.0
"""Rows of "like the roster" mixed into each table, so that a few sure rows prove little."""

_SHY: Final = 0.5
"""Weight of claims that a list without sure rows made by its own decisions: those agree with each
other more than the truth would."""

FEW: Final = 40
"""With fewer sure rows a list says nothing of itself."""

_CELLS: Final = 2 * (len(_BANDS) + 2)

_STEPS: Final = (1, 2, 3, 5, 9, 17)
"""Least other records of a person in the list, step by step: whom a list of payments names again
and again is meant the oftener, the more records it has of him."""

_MISSED: Final = 0.05
"""Of the people a list names again and again, at least this share have one record that no number
settles: few people with one record less than all others prove little."""

_MATES: Final = 2
"""More records of his mates count as so many."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Sure rows of each list by person and by household, and what they tell.

    Attributes:
        persons: uint8 (lists, people), records of the list that surely are the person's (at most
            255).
        homes: uint8 (lists, households).
        table: (lists, steps, 3) log ratio by records of the person and of his mates.
        context: (lists, cells) log ratio by kind of person, the last an outsider of whom the list
            has no record: together with ``table`` it says ``returning_outsiders``.
        cells: uint8 (people,) kind of person.
        home: household of each person.
        about: whom each list is said to be about.
    """

    persons: NDArray[np.uint8]
    homes: NDArray[np.uint8]
    table: Floats
    context: Floats
    cells: NDArray[np.uint8]
    home: NDArray[np.uint32]
    about: tuple[str, ...]

    def child(self, person: NDArray[np.integer]) -> NDArray[np.intp]:
        """1 for people under eighteen, else 0."""
        young: NDArray[np.intp] = (self.cells[person] < 2 * _ADULT).astype(np.intp)
        return young

    def silenced(self) -> Claims:
        """These tables, telling nothing."""
        return replace(self, table=np.zeros_like(self.table), context=np.zeros_like(self.context))

    def replaced(self, other: Claims, lists: NDArray[np.bool_]) -> Claims:
        """These tables, with the marked lists' taken from ``other``."""
        return replace(
            self,
            persons=np.where(lists[:, None], other.persons, self.persons),
            homes=np.where(lists[:, None], other.homes, self.homes),
            table=np.where(
                lists[:, None, None], np.minimum(other.table, _SHY * other.table), self.table
            ),
            context=np.where(lists[:, None], other.context, self.context),
        ).with_returning(self.context[:, _CELLS] + self.table[:, 0, 0])

    def with_returning(self, share: Floats) -> Claims:
        """These tables, with how much oftener each list names outsiders known from another."""
        context = self.context.copy()
        context[:, _CELLS] = share - self.table[:, 0, 0]
        return replace(self, context=context)


@dataclass(frozen=True, slots=True)
class Own:
    """What of the claims is a query's own.

    Attributes:
        person: (n,) Int64, whom the query is already counted for, -1 where it is not counted.
        records: (n,) for how many records.
    """

    person: NDArray[np.int64]
    records: NDArray[np.int64]

    def of(self, queries: NDArray[np.integer]) -> Own:
        """Those of some queries."""
        return Own(self.person[queries], self.records[queries])


def person_cells(people: pl.DataFrame) -> NDArray[np.uint8]:
    """Kind of each person: head or not, by age band; ages count from the youngest of the roster.

    Of an outsider it is not known whether he is a head: one kind more.
    """
    youngest = people["birth"].max()
    year = pl.col("birth").dt.year()
    age = pl.lit(getattr(youngest, "year", 0)) - year
    band = pl.sum_horizontal([(age > limit).cast(pl.UInt8) for limit in _BANDS]).fill_null(
        len(_BANDS) + 1
    )
    kind = (band * 2 + pl.col("is_head").cast(pl.UInt8)).cast(pl.UInt8)
    return (
        people.select(pl.when("inside").then(kind).otherwise(pl.lit(_CELLS, pl.UInt8)))
        .to_series()
        .to_numpy()
    )


def count_claims(sure: pl.DataFrame, people: pl.DataFrame, about: tuple[str, ...]) -> Claims:
    """Tables of every list.

    Args:
        sure: ``x`` (list), ``ra`` and ``rows`` (how many records) of each sure query.
        people: roster and known outsiders with ``hh``, ``birth``, ``is_head``, ``inside``.
        about: whom each list is about, where its sure rows do not say.
    """
    lists = len(about)
    home = people["hh"].to_numpy()
    cells = person_cells(people)
    homes_in_all = int(home.max(initial=0)) + 1
    here = people["inside"].to_numpy()
    persons = np.zeros((lists, people.height), dtype=np.uint8)
    homes = np.zeros((lists, homes_in_all), dtype=np.uint8)
    table = np.zeros((lists, len(_STEPS) + 1, _MATES + 1))
    context = np.zeros((lists, _CELLS + 1))
    number, claimed, rows = (sure[column].to_numpy() for column in ("x", "ra", "rows"))
    for one in range(lists):
        mine, times = claimed[number == one], rows[number == one]
        count = np.bincount(mine, weights=times, minlength=people.height).astype(np.intp)
        at_home = np.bincount(home[mine], weights=times, minlength=homes_in_all).astype(np.intp)
        persons[one], homes[one] = np.minimum(count, 255), np.minimum(at_home, 255)
        inside = here[mine]
        own = _Mine(mine[inside], times[inside])
        if len(own.person) >= FEW:
            context[one, :_CELLS] = _context_ratio(cells[here], cells[own.person])
            table[one] = _claim_ratio(count, at_home, own, home[here])
        else:
            context[one, :_CELLS] = _expected_context(cells[here], about[one])
    return Claims(persons, homes, table, context, cells, home, about)


@dataclass(frozen=True, slots=True)
class _Mine:
    """Sure queries of one list: the person, and how many records say the same."""

    person: NDArray[np.uint32]
    rows: NDArray[np.uint32]


def _claim_ratio(
    count: NDArray[np.intp],
    at_home: NDArray[np.intp],
    mine: _Mine,
    home: NDArray[np.uint32],
) -> Floats:
    """Claims on people who are meant (this one record left out) against claims on anybody."""
    count = count[: len(home)]
    mates = np.minimum(at_home[home] - count, _MATES)
    meant = _step(count[mine.person] - 1) * (_MATES + 1) + mates[mine.person]
    anybody = _step(count) * (_MATES + 1) + mates
    cells = (len(_STEPS) + 1) * (_MATES + 1)
    seen = np.bincount(meant, weights=mine.rows, minlength=cells)
    usual = np.bincount(anybody, minlength=cells).astype(np.float64)
    usual[_MATES + 1 :] += _MISSED * seen[_MATES + 1 :]
    return _log_ratio(seen, usual).reshape(len(_STEPS) + 1, _MATES + 1)


def _step(records: NDArray[np.integer]) -> NDArray[np.intp]:
    return np.searchsorted(np.array(_STEPS), records, side="right")


def _context_ratio(cells: NDArray[np.uint8], mine: NDArray[np.uint8]) -> Floats:
    seen, usual = (np.bincount(kinds, minlength=_CELLS) for kinds in (mine, cells))
    return _log_ratio(seen, usual)


def _expected_context(cells: NDArray[np.uint8], about: str) -> Floats:
    """Log ratio by kind of person of a list said to hold heads, or children."""
    kinds = np.arange(_CELLS)
    expected = {"heads": kinds % 2 == 1, "children": kinds < 2 * _ADULT}.get(about)
    if expected is None or not len(cells):
        return np.zeros(_CELLS)
    usual = float(np.clip(expected[cells].mean(), 0.01, 0.99))
    ratio: Floats = np.where(expected, _AS_SAID / usual, (1 - _AS_SAID) / (1 - usual))
    return np.log(ratio)


def _log_ratio(meant: NDArray[np.number], anybody: NDArray[np.number]) -> Floats:
    usual = anybody + 0.5
    usual = usual / usual.sum()
    seen = meant + _PRIOR * usual / 2 + 0.02
    ratio: Floats = np.log(seen / seen.sum()) - np.log(usual)
    return ratio


def told_by_lists(
    pairs: pl.DataFrame, claims: Claims, own: Own, busy: Floats | None = None
) -> tuple[Floats, Floats]:
    """What context and claims say of each pair: two log ratios.

    Args:
        pairs: with ``x`` and ``ra``.
        claims: tables of the lists.
        own: of the pairs' queries.
        busy: expected claims of other undecided queries on the person, or None.
    """
    number, person = pairs["x"].to_numpy(), pairs["ra"].to_numpy()
    home = claims.home[person]
    self_counted = own.person == person
    at_home = claims.home[np.maximum(own.person, 0)] == home
    mate_counted = (own.person >= 0) & ~self_counted & at_home
    count = claims.persons[number, person].astype(np.int64)
    mates = claims.homes[number, home].astype(np.int64) - count - mate_counted * own.records
    count = np.maximum(count - self_counted * own.records, 0)
    mates = np.clip(mates, 0, _MATES)

    def told(others: NDArray[np.int64]) -> Floats:
        # Of a query's like records one is his, or all are, from the first to the last.
        first, last = (
            claims.table[number, _step(records), mates]
            for records in (others, others + own.records - 1)
        )
        likelier: Floats = np.maximum(first, (first + last) / 2)
        return likelier

    value = told(count)
    if busy is not None:
        taken = np.clip(busy, 0.0, 1.0)
        value = np.log((1 - taken) * np.exp(value) + taken * np.exp(told(count + 1)))
    cells = claims.cells[person]
    context: Floats = np.where((cells == _CELLS) & (count > 0), 0.0, claims.context[number, cells])
    return context, value
