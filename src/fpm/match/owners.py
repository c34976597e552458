"""Class B: a valid number of the roster under another name. Whose row is it?

The bearer under a damaged name, a household mate for whom the number was borrowed (a guardian's on
a child's row), or somebody else on whose row the number slipped. How often each happens is
estimated list by list on the rows themselves, by expectation and maximisation.
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
_WEIGHT: Final = 50.0
"""Start rates, and the rows they are worth against those of the list."""


@dataclass(frozen=True, slots=True)
class OwnerRates:
    """Shares of owned rows by list: a mate's number for an adult and a child, a slipped number."""

    mates: Floats  # (lists, 2)
    slips: Floats  # (lists,)


@dataclass(frozen=True, slots=True)
class OwnedPairs:
    """Pairs of class B.

    Attributes:
        level: owner level of each pair; ``mates``: other members of that household.
        child: 0/1; ``number``: list; ``group``: query, from 0; ``score``: other evidence.
        lists: list of each query; ``settled``: (lists,) rows of class A.
        size: log of the number of people; ``odds``: (lists,) log-odds of outsiders.
    """

    level: NDArray[np.uint8]
    mates: Floats
    child: NDArray[np.intp]
    number: NDArray[np.intp]
    group: NDArray[np.intp]
    score: Floats
    lists: NDArray[np.intp]
    settled: Floats
    size: float
    odds: Floats


def prior(pairs: OwnedPairs, rates: OwnerRates) -> tuple[Floats, Floats]:
    """Log prior of each pair, and of "an outsider on whose row the number slipped" a query."""
    mate = np.log(rates.mates[pairs.number, pairs.child]) - np.log(np.maximum(pairs.mates, 1))
    value = np.select(
        [pairs.level == OWN, pairs.level == OWNER_SHARED, pairs.level == MATE],
        [pairs.size, pairs.size - np.log(2), pairs.size + mate],
        default=np.log(rates.slips[pairs.number]),
    )
    nobody = pairs.size + pairs.odds[pairs.lists] + np.log(rates.slips[pairs.lists])
    return value, nobody


def estimate_rates(pairs: OwnedPairs) -> OwnerRates:
    """Rates that make the rows of each list most likely, drawn towards the start rates."""
    lists = len(pairs.odds)
    rates = OwnerRates(np.full((lists, 2), _MATES), np.full(lists, _SLIPS))
    cell = pairs.number * 2 + pairs.child
    for _ in range(_ROUNDS):
        base, nobody = prior(pairs, rates)
        chance, alone = shares(pairs.score + base, pairs.group, nobody)
        rows = pairs.settled + np.bincount(pairs.lists, minlength=lists)
        mates, about = (
            np.bincount(cell, weights=weight, minlength=2 * lists).reshape(lists, 2)
            for weight in (np.where(pairs.level == MATE, chance, 0.0), chance)
        )
        # Class A rows are shared out between adults and children as the decided rows are.
        split = (about + 1) / (about + 1).sum(axis=1, keepdims=True)
        slips = np.bincount(
            pairs.number, weights=np.where(pairs.level == STRANGER, chance, 0.0), minlength=lists
        ) + np.bincount(pairs.lists, weights=alone, minlength=lists)
        rates = OwnerRates(
            (mates + _MATES * _WEIGHT) / (rows[:, None] * split + _WEIGHT),
            (slips + _SLIPS * _WEIGHT) / (rows + _WEIGHT),
        )
    return rates
