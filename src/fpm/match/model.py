"""The log-linear model: one weight a level of evidence, a few scaled amounts, start values.

In the tradition of Fellegi and Sunter each weight is the log ratio of how often a level is seen
between two records of one person and between strangers. The start values are round numbers for a
county nobody has seen yet; ``fit`` moves them to what the run's own sure records show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity import id_relation, name_levels
from fpm.identity.id_digits import BIRTH_PLACES
from fpm.match.chance import Chance, digits_worth, name_rarity
from fpm.match.levels import (
    BEARER_BESIDE,
    MATE,
    MATE_BESIDE,
    NO_BIRTH,
    OWN,
    OWNER_SHARED,
    SAME_BIRTH,
    SAME_PLACE,
)
from fpm.match.namesakes import BIRTHS, Agreement, home_worth, namesake_worth, place_worth

Floats = NDArray[np.float64]

START: Final[dict[str, dict[str, float]]] = {
    "name": {
        "equal": 0.0,
        "sound": 2.2,
        "shape": 1.0,
        "unreadable": 1.5,
        "order": 1.0,
        "one_missing": 0.5,
        "one_other": 2.0,
        "part": 2.0,
        "hidden": 1.5,
        "empty": -1.0,
        "surname": -2.5,
        "different": -5.5,
    },
    "id": {
        "none": 0.0,
        "exact": 16.0,
        "check_only": 14.0,
        "one_digit": 12.0,
        "swap": 12.0,
        "x_lost": 14.0,
        "lost_digit": 11.0,
        "rounded": -0.5,
        "masked": -0.5,
        "prefix10": -0.5,
        "prefix5": -0.5,
        "prefix": -0.5,
        "near": 6.0,
        "incompatible": -5.5,
        "shown_near": -2.0,
        "shown_differ": -7.0,
        "mates": 6.0,
        "unlike": -7.0,
        "near_sound": 3.0,
    },
    "birth": {"none": 0.0, "same": 10.0, "near": 2.0, "same_year": -0.5, "other": -5.0},
    "place": {
        "village": 0.0,
        "village_only": 0.0,
        "village_elsewhere": -3.0,
        "town": 0.0,
        "other_village": -3.0,
        "village_differs": -3.0,
        "other_town": -4.0,
        "none": 0.0,
        "not_here": -2.0,
    },
    "sex": {"none": 0.0, "same": 0.65, "other": -4.0},
    "head": {"none": 0.0, "same": 6.0, "near": 4.0, "other": -2.0, "guardian_elsewhere": -3.0},
    "phone": {"none": 0.0, "same": 6.0, "other": -0.5},
    "house": {"none": 0.0, "same": 9.0, "other": -3.0},
    "person": {"none": 0.0, "same": 14.0, "other": -4.0},
    "kin": {"none": 0.0, "like_name": -1.0, "other_name": -8.0},
    "beside": {"none": 0.0, "bearer": -7.0, "mate": -7.0, "number": 7.0, "other": -9.0},
}
"""Log weight of each level of each kind of evidence, in the order of the level's number; what the
amounts below say is added to it."""

AMOUNTS: Final[dict[str, float]] = {
    "rarity_equal": 1.0,
    "rarity_close": 0.35,
    "place_worth": 1.0,
    "digits": 0.9,
    "context": 1.0,
    "claims": 1.0,
}
"""Coefficients of scaled evidence: what chance agreement, context and claims say."""

NOBODY: Final = 0.5
"""Start bias of "nobody": without sure rows of its own a run had better be shy."""

_CLOSE: Final = (name_levels.SOUND, name_levels.ORDER)
_KINDS: Final = tuple(START)
_FIRST: Final = dict(
    zip(_KINDS, np.cumsum([0, *(len(START[kind]) for kind in _KINDS)])[:-1].tolist(), strict=True)
)
_AGREEING: Final = [_KINDS.index(kind) for kind in ("name", "birth", "place", "kin")]
_BIRTH: Final = _KINDS.index("birth")
_SILENT: Final = [first for kind, first in _FIRST.items() if _KINDS.index(kind) not in _AGREEING]
_WORTH: Final = 3
"""Kinds and first amounts of what namesakes share; the weights of all other kinds where nothing is
said."""
_DIGITS: Final = list(AMOUNTS).index("digits")
_PLACE_ROWS: Final = 20.0
LEVELS: Final = sum(len(levels) for levels in START.values())
SIZE: Final = LEVELS + len(AMOUNTS) + 1
"""Number of weights: levels, amounts, and the bias of "nobody"."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the model reads of pairs.

    Attributes:
        levels: (n, kinds) weight numbers.
        amounts: (n, 6).
        most: (n,) what agreement in name, place and birth date can be worth at most.
        over: (n,) how much more the equal name would be worth than that leaves to it.
        shown: (n,) what digits of the birth date that a damaged number shows are worth.
    """

    levels: NDArray[np.intp]
    amounts: Floats
    most: Floats
    over: Floats
    shown: Floats


def place_of(kind: str, level: int) -> int:
    """Where the weight of a level stands in the vector."""
    return int(_FIRST[kind]) + level


def start_weights() -> Floats:
    """The start values in one vector of ``SIZE``."""
    levels = [weight for kind in _KINDS for weight in START[kind].values()]
    return np.array([*levels, *AMOUNTS.values(), NOBODY])


def features(pairs: pl.DataFrame, chance: Chance, namesakes: Floats) -> Features:
    """Weights that apply to each pair, and the amounts of its scaled evidence (lists apart).

    Args:
        pairs: with a level per kind, ``known_places``, ``cu``, ``ct``, ``cv``.
        chance: counts of the roster.
        namesakes: (lists, 9, 2) share of outsiders who are namesakes beyond chance.
    """
    levels = np.column_stack(
        [pairs[kind].to_numpy().astype(np.intp) + _FIRST[kind] for kind in _KINDS]
    )
    name, place, number = (pairs[kind].to_numpy() for kind in ("name", "place", "id"))
    rarity, at_home = name_rarity(pairs, chance), place_worth(place, pairs, chance)
    # Rows of one village stand together: whose number slipped from beside agrees in place.
    slipped = np.isin(pairs["beside"].to_numpy(), (BEARER_BESIDE, MATE_BESIDE))
    at_home = np.where(slipped, 0.0, at_home)
    part = np.isin(number, id_relation.PARTLY_ALIKE)
    day = np.where(part, digits_worth(pairs, chance, BIRTH_PLACES), 0.0)
    digits = np.where(part, digits_worth(pairs, chance, range(18)), 0.0)
    birth = pairs["birth"].to_numpy()
    beside = at_home + day + np.where(birth == SAME_BIRTH, BIRTHS, 0.0)
    agreed = Agreement(place, birth, day)
    share = namesakes[pairs["x"].to_numpy()]
    most = namesake_worth(agreed, share, chance.people)
    # A namesake from elsewhere does not carry the number of this household.
    carried = np.isin(pairs["owner"].to_numpy(), (OWN, OWNER_SHARED, MATE))
    most = np.where(carried, np.inf, most)
    equal = name == name_levels.EQUAL
    amounts = np.column_stack(
        [
            np.where(equal, rarity, 0.0),
            np.where((name >= _CLOSE[0]) & (name <= _CLOSE[1] + 1), rarity, 0.0),
            home_worth(pairs, at_home, share),
            digits,
            np.zeros(pairs.height),
            np.zeros(pairs.height),
        ]
    )
    # A stranger is here by chance, or as somebody's namesake: the likelier way counts.
    over = np.where(equal, np.logaddexp(0.0, rarity + beside - most), 0.0)
    return Features(levels, amounts, most, over, day)


def with_lists(read: Features, context: Floats, claims: Floats) -> Features:
    """The same features with what the lists tell: the last two amounts."""
    amounts = read.amounts.copy()
    amounts[:, -2], amounts[:, -1] = context, claims
    return replace(read, amounts=amounts)


def evaluate(read: Features, weights: Floats, number: NDArray[np.integer]) -> Floats:
    """Score of each pair: the sum of its weights (no matrix product: those start threads).

    Args:
        read: of the pairs.
        weights: (lists, SIZE).
        number: list of each pair.
    """
    rows = number.astype(np.intp)
    score: Floats = weights[rows[:, None], read.levels].sum(axis=1)
    for column in range(len(AMOUNTS)):
        score = score + weights[rows, LEVELS + column] * read.amounts[:, column]
    return score


def place_shares(right: Floats) -> Floats:
    """Share of the rows of a list that show each level of place, where they show another than it.

    Args:
        right: (lists, 9) levels of sure rows.
    """
    usual = np.exp(np.array(list(START["place"].values())))
    agree = right[:, SAME_PLACE].sum(axis=1, keepdims=True)
    share: Floats = (right + usual * _PLACE_ROWS) / (right + agree + _PLACE_ROWS)
    return np.where(usual < 1, share, 1.0)


@dataclass(frozen=True, slots=True)
class Bound:
    """What is counted of lists, to bound scores by.

    Attributes:
        places: (lists, 9) ``place_shares``.
        bias: (lists,) of "nobody", where it was learned, else 0. It belongs to the weights learned
            with it; a bias assumed is shyness, and stays.
    """

    places: Floats
    bias: Floats


def namesakes_share(
    read: Features, weights: Floats, bound: Bound, number: NDArray[np.integer]
) -> Floats:
    """What a namesake outside the roster explains of each pair better than a stranger, as a log.

    Name, place and birth date are worth no more than namesakes allow. Whoever is a namesake may be
    written as badly as the person himself: this holds for every name that is alike. It speaks for
    "nobody", not for another candidate: of two mates the one of the equal name stays likelier.

    Args:
        read: of the pairs.
        weights: (lists, SIZE).
        bound: of the lists.
        number: list of each pair.
    """
    rows = number.astype(np.intp)
    held = weights[rows, LEVELS] * read.over
    told = weights[rows[:, None], read.levels[:, _AGREEING]].sum(axis=1) - held
    # What is the same for every pair was learned together with the rest.
    told = told + weights[:, _SILENT].sum(axis=1)[rows]
    birth = weights[rows, read.levels[:, _BIRTH]]
    shared = np.isin(read.levels[:, _BIRTH] - _FIRST["birth"], (NO_BIRTH, SAME_BIRTH))
    told = told - np.where(shared, 0.0, birth)  # to a namesake of another day it is chance
    for column in range(_WORTH):
        told = told + weights[rows, LEVELS + column] * read.amounts[:, column]
    told = told + weights[rows, LEVELS + _DIGITS] * read.shown
    name, place = (read.levels[:, _KINDS.index(kind)] - _FIRST[kind] for kind in ("name", "place"))
    most = read.most + np.log(bound.places[rows, place]) + bound.bias[rows]
    alike = name <= name_levels.ONE_OTHER
    result: Floats = held + np.where(alike, np.maximum(told - most, 0.0), 0.0)
    return result


def with_told(
    score: Floats, told: tuple[Floats, Floats], weights: Floats, number: NDArray[np.integer]
) -> Floats:
    """Scores with what the lists tell of each pair, context and claims: the last two amounts."""
    context, claims = told
    result: Floats = score + weights[number, -3] * context + weights[number, -2] * claims
    return result


def design(read: Features) -> Floats:
    """Dense matrix (n, SIZE) of the same sum; the last column, of "nobody", is zero."""
    rows = np.arange(len(read.levels))
    matrix = np.zeros((len(rows), SIZE))
    for column in range(read.levels.shape[1]):
        matrix[rows, read.levels[:, column]] = 1.0
    matrix[:, LEVELS : LEVELS + len(AMOUNTS)] = read.amounts
    return matrix
