"""Probabilities of all undecided queries: they compete for people, list by list.

An extract that names people once has, for each of them, room for one row. A few rounds, in which
each query knows how much the others expect to claim its candidates, settle who gets whom. A list
without sure rows takes its tables from what the rounds decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.name_levels import SURNAME
from fpm.match import model
from fpm.match.borrowed import for_relatives, of_household, unlike_names
from fpm.match.context import FEW, count_claims, told_by_lists
from fpm.match.keys import Keyed
from fpm.match.learn import Learned, log_odds
from fpm.match.levels import OWN, OWNER_SHARED
from fpm.match.owners import OwnedPairs, estimate_rates, prior
from fpm.match.repeated import Repeats, count_repeats, one_of_several
from fpm.match.softmax import shares

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_ROUNDS: Final = 2
_POOR_ROUNDS: Final = 4
_CONFIDENT: Final = 0.5
_NEARLY: Final = 0.98
"""A share left of a probability that is worth a word."""


@dataclass(frozen=True, slots=True)
class _Board:
    """The undecided queries laid out once for all rounds.

    Attributes:
        pairs: real pairs, and ``alone`` the score of each before claims and context tell of it.
        namesakes: (queries,) what a namesake outside the roster explains (``namesakes_share``).
        relative: (queries,) what speaks for a relative outside the roster (class B).
        number: query number of each pair, ``group`` the place of that query in ``queries``,
            ``claim`` the number of its list and person.
        queries: query numbers; ``lists`` their lists; ``owned`` which are of class B.
        list_of: list of every query of the run.
        settled: (lists,) queries of class A; ``open_rows``: (lists,) of class D.
        home_sizes: (households,) members.
        repeats: rows that say the same.
    """

    pairs: pl.DataFrame
    alone: Floats
    namesakes: Floats
    relative: Floats
    number: NDArray[np.uint32]
    group: Ints
    claim: Ints
    queries: NDArray[np.uint32]
    lists: Ints
    list_of: Ints
    owned: Bools
    settled: Floats
    open_rows: Floats
    home_sizes: Ints
    people: pl.DataFrame
    repeats: Repeats

    @property
    def poor(self) -> Bools:
        """Lists without enough sure rows of their own."""
        return self.settled < FEW


def score(real: pl.DataFrame, asked: pl.DataFrame, keyed: Keyed, learned: Learned) -> pl.DataFrame:
    """Pairs with ``p`` (Float64), the probability among the query's candidates and nobody.

    And ``like_rows`` (Int64): rows that say the same as the query, where they leave less of ``p``.

    Args:
        real: compared pairs of real queries, ``with_homes_beside``.
        asked: real queries with class.
        keyed: roster and names.
        learned: tables of the run.
    """
    if real.is_empty():
        return real.with_columns(p=pl.lit(None, pl.Float64), like_rows=pl.lit(None, pl.Int64))
    board = _lay_out(real, asked, keyed, learned)
    learned = _like_rows_once(board, learned)
    chance = held = _chances(board, learned, None)
    for _ in range(_POOR_ROUNDS if board.poor.any() else _ROUNDS):
        if board.poor.any():
            learned = _relearn(board, held, learned)
        chance = _chances(board, learned, _expected_claims(board, learned, held))
        # Two rows that fit one person equally well would drop him and take him back in turns.
        held = (held + chance) / 2
    kept = _among_like_rows(board, learned, chance)
    like = np.where(kept < _NEARLY, board.pairs["rows"].to_numpy(), 1)
    return real.with_columns(p=pl.Series(chance * kept), like_rows=pl.Series(like, dtype=pl.Int64))


def _lay_out(real: pl.DataFrame, asked: pl.DataFrame, keyed: Keyed, learned: Learned) -> _Board:
    lists = len(learned.odds)
    number = real["q"].to_numpy()
    queries, group = np.unique(number, return_inverse=True)
    claim = real["x"].cast(pl.UInt64) * keyed.people.height + real["ra"]
    list_of, cls = asked["x"].to_numpy().astype(np.intp), asked["cls"]
    alone, namesakes, relative = _alone(real, group, learned)
    return _Board(
        pairs=real.with_columns(asked["rows"].gather(real["q"])),
        alone=alone,
        namesakes=namesakes,
        relative=relative,
        number=number,
        group=group,
        claim=np.unique(claim.to_numpy(), return_inverse=True)[1],
        queries=queries,
        lists=list_of[queries],
        list_of=list_of,
        owned=(cls == "B").to_numpy()[queries],
        settled=np.bincount(list_of[(cls == "A").to_numpy()], minlength=lists).astype(float),
        open_rows=np.bincount(list_of[(cls == "D").to_numpy()], minlength=lists).astype(float),
        home_sizes=np.bincount(keyed.people["hh"].to_numpy()),
        people=keyed.people,
        repeats=count_repeats(asked, lists),
    )


def _like_rows_once(board: _Board, learned: Learned) -> Learned:
    """In poor lists rows that say the same are one claim: whose they are is left open."""
    records = learned.own.records.copy()
    records[: len(board.list_of)][board.poor[board.list_of]] = 1
    return replace(learned, own=replace(learned.own, records=records))


def _alone(real: pl.DataFrame, group: Ints, learned: Learned) -> tuple[Floats, Floats, Floats]:
    """Score of each pair by itself, and what explains a query's pairs otherwise.

    A namesake outside the roster, and a relative outside it.
    """
    read = model.features(real, learned.chance, learned.namesakes)
    number, told = real["x"].to_numpy(), real["told_beside"].to_numpy()
    over = model.namesakes_share(read, learned.weights, learned.bound, number)
    namesakes = np.zeros(int(group.max()) + 1)
    np.maximum.at(namesakes, group, over)
    shift, moved = unlike_names(read, learned.weights)
    alone = model.evaluate(read, learned.weights, number) + told
    carried = (real["owner"] > 0).to_numpy()
    alone += carried * moved[number, real["name"].to_numpy()]
    at_home = of_household(read, learned.weights, number) + told + shift[number]
    return alone, namesakes, for_relatives(real, at_home, group, learned.relatives)


def _chances(board: _Board, learned: Learned, busy: Floats | None) -> Floats:
    told = told_by_lists(board.pairs, learned.claims, learned.own.of(board.number), busy)
    value = model.with_told(board.alone, told, learned.weights, board.pairs["x"].to_numpy())
    nobody = _nobody(board, learned)
    rows = board.owned[board.group]
    if rows.any():
        owned = _owned(board, learned, rows, value[rows])
        base, slipped, relative = prior(owned, estimate_rates(owned))
        value[rows] += base
        nobody = np.where(board.owned, np.logaddexp(slipped, relative), nobody)
    return shares(value, board.group, nobody + board.namesakes)[0]


def _nobody(board: _Board, learned: Learned) -> Floats:
    """Log weight of "nobody" in each query, namesakes apart."""
    odds = learned.odds + learned.weights[:, -1]
    nobody: Floats = np.log(learned.chance.people) + odds[board.lists]
    return nobody + learned.hidden[board.queries]


def _owned(board: _Board, learned: Learned, rows: Bools, value: Floats) -> OwnedPairs:
    pairs = board.pairs.filter(rows)
    return OwnedPairs(
        level=pairs["owner"].to_numpy(),
        renamed=pairs.select(
            pl.col("owner").is_in([OWN, OWNER_SHARED]) & (pl.col("name") == SURNAME)
        )
        .to_series()
        .to_numpy(),
        mates=(board.home_sizes[pairs["hh"].to_numpy()] - 1).astype(np.float64),
        child=learned.claims.child(pairs["ra"].to_numpy()),
        number=pairs["x"].to_numpy().astype(np.intp),
        group=board.group[rows],
        score=value,
        lists=board.lists,
        settled=board.settled,
        relative=board.relative,
        size=float(np.log(learned.chance.people)),
        odds=learned.odds + learned.weights[:, -1],
    )


def _expected_claims(board: _Board, learned: Learned, chance: Floats) -> Floats:
    """How many other queries of the list are expected to mean each pair's person.

    But for those already counted for him.
    """
    counted = learned.own.person[board.number] == board.pairs["ra"].to_numpy()
    expected = np.where(counted, 0.0, chance)
    total = np.bincount(board.claim, weights=expected)[board.claim]
    return np.maximum(total - expected, 0.0)


def _among_like_rows(board: _Board, learned: Learned, chance: Floats) -> Floats:
    """(pairs,) share left of each, where several rows say the same and not all mean one person.

    A namesake is as often a head, or new to the list, as the person himself: what tells people from
    each other by context and claims tells nothing of the two.
    """
    best = np.zeros(len(board.queries))
    np.maximum.at(best, board.group, chance)
    alike = np.full(len(board.queries), -np.inf)
    np.maximum.at(alike, board.group, board.alone)
    another = np.exp(np.minimum(_nobody(board, learned) + board.namesakes - alike, 0.0))
    odds = np.maximum((1 - best) / np.maximum(best, 1e-9), another)
    rows = board.repeats.rows[board.queries]
    left = np.minimum(one_of_several(board.repeats, rows, board.lists, odds), best)
    share: Floats = (left + 1e-12) / (best + 1e-12)
    return share[board.group]


def _relearn(board: _Board, chance: Floats, learned: Learned) -> Learned:
    """Claims, context and odds of poor lists, from what is decided so far."""
    number, poor = board.pairs["x"].to_numpy(), board.poor
    sure = board.pairs.filter((chance >= _CONFIDENT) & poor[number]).select("q", "x", "ra")
    sure = sure.with_columns(rows=pl.lit(1, pl.UInt32))
    tables = count_claims(sure, board.people, learned.claims.about)
    own = learned.own.person.copy()
    own[board.queries[poor[board.lists]]] = -1
    own[sure["q"].to_numpy()] = sure["ra"].to_numpy()
    here = board.people["inside"].to_numpy()[board.pairs["ra"].to_numpy()]
    found = np.bincount(number, weights=chance * here, minlength=len(poor)).astype(np.float64)
    # Whom other lists make known takes part himself: he is not among those of whom nobody tells.
    known = np.bincount(number, weights=chance * ~here, minlength=len(poor))
    outside = np.maximum(board.open_rows - found - known, 0.0)
    odds = np.where(poor & (board.open_rows > 0), log_odds(outside, found), learned.odds)
    return replace(
        learned,
        claims=learned.claims.replaced(tables, poor),
        own=replace(learned.own, person=own),
        odds=odds,
    )
