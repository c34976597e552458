"""Class B: a valid number of the roster under another name. Whose row is it?

The bearer under a damaged name, a household mate for whom the number was borrowed (a guardian's on
a child's row), or somebody else on whose row the number slipped. Or a relative whom the roster does
not hold: he borrows the number as a mate does, lives where the bearer lives, and is called as
members of one household are. How often each happens is estimated list by list on the rows
themselves, by expectation and maximisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fpm.match.levels import MATE, OWN, OWNER_SHARED, STRANGER
from fpm.match.softmax import shares

Floats = NDArray[np.float64]

_ROUNDS: Final = 8
_MATES: Final = 0.01
_SLIPS: Final = 0.001
_RELATIVES: Final = 0.0001
_RENAMED: Final = 0.004
_WEIGHT: Final = 50.0
"""Start rates, and the rows they are worth against those of the list."""


@dataclass(frozen=True, slots=True)
class OwnerRates:
    """Shares of owned rows by list.

    A mate's number for an adult and a child, a slipped number, the number of a member on the row of
    a relative outside the roster, the bearer under another given name.
    """

    mates: Floats  # (lists, 2)
    slips: Floats  # (lists,)
    relatives: Floats  # (lists,)
    renamed: Floats  # (lists,)


@dataclass(frozen=True, slots=True)
class OwnedPairs:
    """Pairs of class B.

    Attributes:
        level: owner level of each pair; ``mates``: other members of that household; ``renamed``:
            the bearer, if his given name is another.
        child: 0/1; ``number``: list; ``group``: query, from 0; ``score``: other evidence.
        lists: list of each query; ``settled``: (lists,) rows of class A.
        relative: (queries,) what speaks for a relative outside the roster.
        size: log of the number of people; ``odds``: (lists,) log-odds of outsiders.
    """

    level: NDArray[np.uint8]
    mates: Floats
    renamed: NDArray[np.bool_]
    child: NDArray[np.intp]
    number: NDArray[np.intp]
    group: NDArray[np.intp]
    score: Floats
    lists: NDArray[np.intp]
    settled: Floats
    relative: Floats
    size: float
    odds: Floats


def prior(pairs: OwnedPairs, rates: OwnerRates) -> tuple[Floats, Floats, Floats]:
    """Log prior of each pair, and of two who are nobody of the roster, query by query.

    An outsider on whose row the number slipped, and a relative outside the roster.
    """
    mate = np.log(rates.mates[pairs.number, pairs.child]) - np.log(np.maximum(pairs.mates, 1))
    value = np.select(
        [pairs.level == OWN, pairs.level == OWNER_SHARED, pairs.level == MATE],
        [pairs.size, pairs.size - np.log(2), pairs.size + mate],
        default=np.log(rates.slips[pairs.number]),
    )
    value = value + pairs.renamed * np.log(rates.renamed / _RENAMED)[pairs.number]
    slipped = pairs.size + pairs.odds[pairs.lists] + np.log(rates.slips[pairs.lists])
    relative = pairs.size + np.log(rates.relatives[pairs.lists]) + pairs.relative
    return value, slipped, relative


def estimate_rates(pairs: OwnedPairs) -> OwnerRates:
    """Rates that make the rows of each list most likely, drawn towards the start rates."""
    lists = len(pairs.odds)
    rates = OwnerRates(
        np.full((lists, 2), _MATES),
        np.full(lists, _SLIPS),
        np.full(lists, _RELATIVES),
        np.full(lists, _RENAMED),
    )
    cell = pairs.number * 2 + pairs.child
    owned = np.bincount(pairs.group, minlength=len(pairs.lists)) > 0
    rows = pairs.settled + np.bincount(pairs.lists, weights=owned, minlength=lists)
    for _ in range(_ROUNDS):
        base, slipped, relative = prior(pairs, rates)
        nobody = np.logaddexp(slipped, relative)
        chance, alone = shares(pairs.score + base, pairs.group, nobody)
        mates, about = (
            np.bincount(cell, weights=weight, minlength=2 * lists).reshape(lists, 2)
            for weight in (np.where(pairs.level == MATE, chance, 0.0), chance)
        )
        # Class A rows are shared out between adults and children as the decided rows are.
        split = (about + 1) / (about + 1).sum(axis=1, keepdims=True)
        others, renamed = (
            np.bincount(pairs.number, weights=np.where(which, chance, 0.0), minlength=lists)
            for which in (pairs.level == STRANGER, pairs.renamed)
        )
        slips, relatives = (
            np.bincount(pairs.lists, weights=owned * alone * np.exp(part - nobody), minlength=lists)
            for part in (slipped, relative)
        )
        rates = OwnerRates(
            (mates + _MATES * _WEIGHT) / (rows[:, None] * split + _WEIGHT),
            (others + slips + _SLIPS * _WEIGHT) / (rows + _WEIGHT),
            (relatives + _RELATIVES * _WEIGHT) / (rows + _WEIGHT),
            (renamed + _RENAMED * _WEIGHT) / (rows + _WEIGHT),
        )
    return rates
