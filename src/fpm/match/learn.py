"""What a run learns of itself before it decides: chance, weights, claims, rates.

Everything learned is a small table that any part of the records can be scored with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.match import model
from fpm.match.chance import Chance, count_chances
from fpm.match.context import FEW, Claims, count_claims, with_context
from fpm.match.keys import Keyed
from fpm.match.owners import OwnedPairs, OwnerRates, estimate_rates, prior
from fpm.match.softmax import fit_weights, shares

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_OUTSIDERS: Final = 0.1
_OUTSIDERS_WEIGHT: Final = 10.0
"""Share of people outside the roster before anything is seen, and the rows it is worth."""

_ENOUGH: Final = 30
"""Training rows below this leave the start weights as they are."""

_ROUNDS: Final = 3
_CONFIDENT: Final = 0.9


@dataclass(frozen=True, slots=True)
class Learned:
    """Tables of the run: ``weights`` of the model, ``odds`` of outsiders by list, and the rest."""

    chance: Chance
    weights: Floats
    claims: Claims
    odds: Floats
    own: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scored:
    """Real pairs with ``p`` (Float64), and the probability of nobody of each query with pairs."""

    pairs: pl.DataFrame
    rates: OwnerRates
    learned: Learned


def learn(
    compared: pl.DataFrame,
    asked: pl.DataFrame,
    sure: pl.DataFrame,
    labels: pl.DataFrame,
    keyed: Keyed,
) -> Learned:
    """Count, then fit the weights on the training pairs.

    Args:
        compared: pairs of real and training queries.
        asked: real and training queries.
        sure: real queries as good as labelled, ``q``, ``x``, ``ra``.
        labels: training queries, ``q``, ``x``, ``ra`` (null: nobody), ``source``.
        keyed: roster and names.
    """
    lists = int(asked["x"].max() or 0) + 1 if asked.height else 1
    chance = count_chances(keyed)
    claims = count_claims(sure, keyed.people, lists)
    own = np.full(asked.height, -1, dtype=np.int64)
    counted = labels.filter(pl.col("ra").is_not_null())
    for frame in (sure, counted):
        own[frame["q"].to_numpy()] = frame["ra"].to_numpy()
    odds = outsider_odds(asked.join(labels, on="q", how="anti"), lists)
    training = compared.join(labels.select("q"), on="q", how="semi", maintain_order="left")
    learned = Learned(chance, model.start_weights(), claims, odds, own)
    return replace(learned, weights=_fit(training, labels, learned))


def outsider_odds(real: pl.DataFrame, lists: int) -> Floats:
    """Log-odds by list that a query means nobody of the roster, from the valid numbers it holds."""
    number = real["x"].to_numpy()
    cls = real["cls"]
    inside = np.bincount(number[cls.is_in(["A", "B"]).to_numpy()], minlength=lists)
    outside = np.bincount(number[(cls == "C").to_numpy()], minlength=lists)
    share = (outside + _OUTSIDERS * _OUTSIDERS_WEIGHT) / (inside + outside + _OUTSIDERS_WEIGHT)
    odds: Floats = np.log(share) - np.log1p(-share)
    return odds


def _fit(training: pl.DataFrame, labels: pl.DataFrame, learned: Learned) -> Floats:
    start = model.start_weights()
    if training["q"].n_unique() < _ENOUGH:
        return start
    training = training.sort("q", "ra")
    training = with_context(training, learned.claims, learned.own[training["q"].to_numpy()])
    matrix = model.design(model.features(training, learned.chance))
    queries, first, group = np.unique(
        training["q"].to_numpy(), return_index=True, return_inverse=True
    )
    lists = training["x"].to_numpy()[first]
    nobody = np.zeros((len(queries), model.SIZE))
    nobody[:, -1] = 1.0
    truth = labels.select("q", "ra").join(pl.DataFrame({"q": queries}), on="q", how="right")
    rows = pl.DataFrame(
        {"q": training["q"], "ra": training["ra"], "row": np.arange(training.height)}
    )
    hit = truth.join(rows, on=["q", "ra"], how="left", maintain_order="left")["row"]
    count = training.height
    target = np.where(hit.is_null(), count + np.arange(len(queries)), hit.fill_null(0).to_numpy())
    order = np.argsort(np.concatenate([group, np.arange(len(queries))]), kind="stable")
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    base = np.log(learned.chance.people) + learned.odds[lists]
    offset = np.concatenate([np.zeros(count), base])
    return fit_weights(
        matrix=np.concatenate([matrix, nobody])[order],
        group=np.concatenate([group, np.arange(len(queries))])[order],
        target=place[target.astype(np.intp)],
        offset=offset[order],
        start=start,
        precision=_precision(),
    )


def _precision() -> Floats:
    """Levels may move by a unit or two, amounts by a fifth, the bias freely."""
    return np.concatenate(
        [np.full(model.LEVELS, 0.5), np.full(len(model.AMOUNTS), 20.0), np.full(1, 0.1)]
    )


def score(real: pl.DataFrame, asked: pl.DataFrame, keyed: Keyed, learned: Learned) -> pl.DataFrame:
    """Real pairs with ``p``, the probability among the query's candidates and nobody.

    Undecided queries of one list compete for a person: three rounds in which each knows how much
    the others expect to claim him. A list without sure rows takes its tables from the first round.
    """
    if not real.height:
        return real.with_columns(p=pl.Series([], dtype=pl.Float64))
    lists = len(learned.odds)
    poor = (
        np.bincount(asked["x"].to_numpy()[(asked["cls"] == "A").to_numpy()], minlength=lists) < FEW
    )
    busy: Floats | None = None
    chance = np.zeros(real.height)
    for _ in range(_ROUNDS):
        chance, nobody, queries = _once(real, asked, keyed, learned, busy)
        busy = _expected_claims(real, chance)
        if poor.any():
            learned = _relearn(real, chance, nobody, queries, asked, keyed, learned, poor)
    return real.with_columns(p=pl.Series(chance))


def _once(
    real: pl.DataFrame, asked: pl.DataFrame, keyed: Keyed, learned: Learned, busy: Floats | None
) -> tuple[Floats, Floats, NDArray[np.uint32]]:
    number = real["q"].to_numpy()
    placed = with_context(real, learned.claims, learned.own[number], busy)
    value = model.evaluate(model.features(placed, learned.chance), learned.weights)
    queries, group = np.unique(number, return_inverse=True)
    lists = asked["x"].to_numpy()[queries]
    size = float(np.log(learned.chance.people))
    nobody = size + learned.odds[lists]
    owned = (asked["cls"] == "B").to_numpy()[queries]
    rows = owned[group]
    if rows.any():
        base, alone = _owned_priors(
            real.filter(rows), group[rows], value[rows], lists, asked, keyed, learned
        )
        value[rows] += base
        nobody[owned] = alone[owned]
    chance, alone = shares(value, group, nobody + learned.weights[-1])
    return chance, alone, queries


def _owned_priors(
    pairs: pl.DataFrame,
    group: Ints,
    value: Floats,
    lists: Ints,
    asked: pl.DataFrame,
    keyed: Keyed,
    learned: Learned,
) -> tuple[Floats, Floats]:
    sizes = np.bincount(keyed.people["hh"].to_numpy())
    settled = np.bincount(
        asked["x"].to_numpy()[(asked["cls"] == "A").to_numpy()], minlength=len(learned.odds)
    ).astype(np.float64)
    owned = OwnedPairs(
        level=pairs["owner"].to_numpy(),
        mates=(sizes[pairs["hh"].to_numpy()] - 1).astype(np.float64),
        child=learned.claims.child(pairs["ra"].to_numpy()),
        number=pairs["x"].to_numpy().astype(np.intp),
        group=group,
        score=value,
        lists=lists.astype(np.intp),
        settled=settled,
        size=float(np.log(learned.chance.people)),
        odds=learned.odds + learned.weights[-1],
    )
    base, nobody = prior(owned, estimate_rates(owned))
    return base, nobody - learned.weights[-1]


def _expected_claims(real: pl.DataFrame, chance: Floats) -> Floats:
    """For each pair, how many other undecided queries of the list are expected to mean the person."""
    frame = real.select("x", "ra").with_columns(p=pl.Series(chance))
    total = frame.select(pl.col("p").sum().over("x", "ra")).to_series().to_numpy()
    return np.maximum(total - chance, 0.0)


def _relearn(
    real: pl.DataFrame,
    chance: Floats,
    nobody: Floats,
    queries: NDArray[np.uint32],
    asked: pl.DataFrame,
    keyed: Keyed,
    learned: Learned,
    poor: NDArray[np.bool_],
) -> Learned:
    """Tables of lists without sure rows, from what is decided so far."""
    number = real["x"].to_numpy()
    sure = real.filter((chance >= _CONFIDENT) & poor[number]).select("q", "x", "ra")
    tables = count_claims(sure, keyed.people, len(poor))
    own = learned.own.copy()
    mine = poor[asked["x"].to_numpy()[queries]]
    own[queries[mine]] = -1
    own[sure["q"].to_numpy()] = sure["ra"].to_numpy()
    lists = asked["x"].to_numpy()
    open_rows = np.bincount(lists[(asked["cls"] == "D").to_numpy()], minlength=len(poor))
    found = np.bincount(number, weights=chance, minlength=len(poor))
    share = (np.maximum(open_rows - found, 0) + _OUTSIDERS * _OUTSIDERS_WEIGHT) / (
        np.maximum(open_rows, found) + _OUTSIDERS_WEIGHT
    )
    odds = np.where(poor & (open_rows > 0), np.log(share) - np.log1p(-share), learned.odds)
    return replace(learned, claims=learned.claims.replaced(tables, poor), own=own, odds=odds)
