"""What a run learns of itself before it decides: chance, weights, claims, rates.

Everything learned is a small table that any part of the records can be scored with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_relation import SHOWN_DIFFER, UNLIKE
from fpm.identity.name_levels import SURNAME
from fpm.match import model
from fpm.match.borrowed import relatives_names
from fpm.match.chance import Chance, count_chances
from fpm.match.classes import OUTSIDE
from fpm.match.context import Claims, Own, count_claims, told_by_lists
from fpm.match.keys import Keyed
from fpm.match.levels import BEARER_BESIDE, MATE_BESIDE
from fpm.match.namesakes import count_namesakes
from fpm.match.opaque import wrong_numbers
from fpm.match.outsiders import hidden_outsiders
from fpm.match.place_evidence import places_of
from fpm.match.returning import returning_outsiders
from fpm.match.shown import shown_digits
from fpm.match.softmax import Training, fit_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_OUTSIDERS: Final = 0.1
_OUTSIDERS_WEIGHT: Final = 10.0
"""Share of people outside the roster before anything is seen, and the rows it is worth."""

_ENOUGH: Final = 30
"""Training rows below this leave the start weights as they are."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Tables of the run.

    Attributes:
        chance: counts of the roster.
        weights: (lists, SIZE) of the model.
        claims: claims and context of the lists.
        namesakes: (lists, 9, 2) share of outsiders who are namesakes beyond chance.
        bound: what namesakes allow.
        odds: (lists,) log-odds that a query means nobody of the roster.
        own: what of ``claims`` is each query's own.
        hidden: (queries,) ``hidden_outsiders``.
        relatives: (name levels,) ``relatives_names``.
    """

    chance: Chance
    weights: Floats
    claims: Claims
    namesakes: Floats
    bound: model.Bound
    odds: Floats
    own: Own
    hidden: Floats
    relatives: Floats


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from.

    Attributes:
        asked: real queries, then training queries.
        sure: real queries as good as labelled, ``q``, ``x``, ``ra``, those of known outsiders
            among them.
        labels: training queries, ``q``, ``x``, ``ra`` (null: nobody), ``style``.
        about: whom each list is said to be about.
        usual: (lists, 2) share of sure rows that have their own name, and a mate, beside them.
    """

    asked: pl.DataFrame
    sure: pl.DataFrame
    labels: pl.DataFrame
    about: tuple[str, ...]
    usual: Floats


def learn(compared: pl.DataFrame, lessons: Lessons, keyed: Keyed) -> Learned:
    """Count, then fit the weights on the training pairs.

    Args:
        compared: pairs of real and training queries.
        lessons: what there is to learn from.
        keyed: roster and names.
    """
    asked, sure, labels = lessons.asked, lessons.sure, lessons.labels
    lists = len(lessons.about)
    own = np.full(asked.height, -1, dtype=np.int64)
    for frame in (sure, labels.drop_nulls("ra")):
        own[frame["q"].to_numpy()] = frame["ra"].to_numpy()
    real = asked.height - labels.height
    # A damaged copy of one of several like records leaves the others to claim the person.
    records = asked["rows"].to_numpy().astype(np.int64)
    records[real:] = 1
    chance = count_chances(keyed)
    seen = compared.filter(pl.col("q") < real) if keyed.opaque else compared.clear()
    right = places_of(sure, asked, keyed.people, lists)
    wrong = wrong_numbers(seen, right)
    odds = _number_odds(asked[:real], lists, opaque=keyed.opaque)
    shown = shown_digits(compared.filter(pl.col("q") < real), asked[:real], odds, right)
    learned = Learned(
        chance=chance,
        weights=np.tile(model.start_weights(), (lists, 1)),
        claims=_claims(sure, lessons, keyed.people, chance.people),
        namesakes=count_namesakes(asked[:real], keyed, chance, wrong.namesakes + shown.namesakes),
        bound=model.Bound(model.place_shares(right), np.zeros(lists)),
        odds=odds,
        own=Own(own, records),
        hidden=hidden_outsiders(asked[:real]).to_numpy(),
        relatives=relatives_names(keyed.people, keyed.names),
    )
    training = compared.filter(pl.col("q") >= real)
    weights = _all_weights(training, labels, learned)
    for place, level in enumerate((BEARER_BESIDE, MATE_BESIDE)):
        weights[:, model.place_of("beside", level)] = np.log(lessons.usual[:, place])
    if keyed.opaque:
        weights[:, model.place_of("id", UNLIKE)] = np.log(wrong.share)
    differ = model.place_of("id", SHOWN_DIFFER)
    weights[:, differ] = np.maximum(weights[:, differ], np.log(shown.wrong))
    bias = np.where(weights[:, -1] == model.NOBODY, 0.0, weights[:, -1])
    return replace(learned, weights=weights, bound=replace(learned.bound, bias=bias))


def _claims(sure: pl.DataFrame, lessons: Lessons, everybody: pl.DataFrame, people: int) -> Claims:
    asked = lessons.asked[: lessons.asked.height - lessons.labels.height]
    counted = sure.with_columns(rows=asked["rows"].gather(sure["q"]))
    returning = returning_outsiders(asked, len(lessons.about), people)
    return count_claims(counted, everybody, lessons.about).with_returning(returning)


def _all_weights(training: pl.DataFrame, labels: pl.DataFrame, learned: Learned) -> Floats:
    """Weights of the lists that teach, in common; of each that is imitated, by itself.

    An imitated list has no tables of its own yet, so its weights are fitted without any.
    """
    weights = learned.weights.copy()
    own = labels.filter(pl.col("style").is_null())
    weights[:] = _fit(training, own, learned)
    silent = replace(learned, claims=learned.claims.silenced())
    for (number,), imitated in labels.drop_nulls("style").group_by("style"):
        weights[number] = _fit(training, imitated, silent)
    return weights


def log_odds(outside: Floats, inside: Floats) -> Floats:
    """Log-odds of "outside the roster" from counts, drawn towards the share assumed at first."""
    share = (outside + _OUTSIDERS * _OUTSIDERS_WEIGHT) / (inside + outside + _OUTSIDERS_WEIGHT)
    odds: Floats = np.log(share) - np.log1p(-share)
    return odds


def _number_odds(asked: pl.DataFrame, lists: int, *, opaque: bool) -> Floats:
    """Odds by list from its valid numbers: those somebody bears and those nobody does.

    An unknown number that is no resident ID may be a slip of a known one: it tells as much.
    """
    cls = asked["cls"]
    known, unknown = cls.is_in(["A", "B"]), cls.is_in(OUTSIDE)
    if opaque:
        unknown |= (cls == "D") & asked["opaque"].is_not_null()
    inside, outside = (
        np.bincount(asked["x"].filter(rows).to_numpy(), minlength=lists).astype(np.float64)
        for rows in (known, unknown)
    )
    return log_odds(outside, inside)


def _fit(training: pl.DataFrame, labels: pl.DataFrame, learned: Learned) -> Floats:
    start = model.start_weights()
    training = training.join(labels.select("q"), on="q", how="semi").sort("q", "ra")
    queries, first, group = np.unique(
        training["q"].to_numpy(), return_index=True, return_inverse=True
    )
    if len(queries) < _ENOUGH:
        return start
    told = told_by_lists(training, learned.claims, learned.own.of(training["q"].to_numpy()))
    read = model.features(training, learned.chance, learned.namesakes)
    pairs = model.design(model.with_lists(read, *told))
    nobody = np.zeros((len(queries), model.SIZE))
    nobody[:, -1] = 1.0
    np.maximum.at(nobody[:, model.LEVELS], group, read.over)
    base = np.log(learned.chance.people) + learned.odds[training["x"].to_numpy()[first]]
    # Each query's alternatives side by side: its pairs, then nobody.
    everyone = np.concatenate([group, np.arange(len(queries))])
    order = np.argsort(everyone, kind="stable")
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    data = Training(
        matrix=np.concatenate([pairs, nobody])[order],
        group=everyone[order],
        target=place[_target(training, labels, queries)],
        offset=np.concatenate([np.zeros(len(pairs)), base])[order],
    )
    # Where no row is known to mean nobody, nothing is learned of nobody.
    met = labels["ra"].null_count() > 0
    return fit_weights(data, start, _precision(nobody=met))


def _target(training: pl.DataFrame, labels: pl.DataFrame, queries: NDArray[np.uint32]) -> Ints:
    """Row of the true alternative; where no key proposed it, that is "nobody"."""
    rows = training.select("q", "ra").with_row_index("row")
    hit = (
        pl.DataFrame({"q": queries})
        .join(labels.select("q", "ra"), on="q", how="left", maintain_order="left")
        .join(rows, on=["q", "ra"], how="left", maintain_order="left")
    )
    nobody = training.height + pl.int_range(pl.len())
    return (
        hit.select(pl.coalesce(pl.col("row").cast(pl.Int64), nobody))
        .to_series()
        .to_numpy()
        .astype(np.intp)
    )


def _precision(*, nobody: bool) -> Floats:
    """Levels may move by a unit or two, amounts by a fifth, the bias of nobody freely.

    Not the level of a name of which only the surname agrees: no row is sure under one, so only
    strangers show it.
    """
    levels = np.full(model.LEVELS, 0.5)
    levels[model.place_of("name", SURNAME)] = 50.0
    return np.concatenate(
        [levels, np.full(len(model.AMOUNTS), 20.0), np.full(1, 0.1 if nobody else 50.0)]
    )
