"""Log-odds of each candidate and of "nobody", and the probabilities of a query's alternatives.

In the tradition of Fellegi and Sunter: each kind of evidence adds the log ratio of how often it is
seen between records of one person and between strangers. How often strangers agree by chance
(name, village, birth date, digits) is counted in the roster itself; how often one person's records
disagree comes from the start weights below.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.names import NameTable
from fpm.identity.repair import digit_matrix
from fpm.match.evidence import KINDS
from fpm.match.keys import NO_NAME, Keyed

START: Final[dict[str, tuple[float, ...]]] = {
    # equal sound shape unreadable order one_missing one_other part empty surname different
    "name": (0.0, 4.5, 4.0, 5.0, 4.0, 3.0, 1.5, 2.0, -1.0, -2.5, -5.5),
    # none exact check one_digit swap x_lost lost_digit rounded masked prefix10 prefix5 prefix near incompatible
    "id": (0.0, 16.0, 14.0, 12.0, 12.0, 14.0, 11.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0, -5.5),
    # nobody's, owner, one of several owners, mate's number, a stranger's number
    "owner": (0.0, 0.0, 0.0, 5.0, -6.0),
    # none same near same_year other
    "birth": (0.0, 9.5, 3.5, -0.5, -5.0),
    # village, village only, village elsewhere, town, other village, village differs, other town, none
    "place": (0.0, 0.0, 0.0, 0.0, -1.5, -3.0, -4.0, 0.0),
    "sex": (0.0, 0.65, -4.0),
    "head": (0.0, 6.0, 4.0, -2.0),
    "phone": (0.0, 6.0, -0.5),
    "house": (0.0, 9.0, -3.0),
    "person": (0.0, 14.0, -4.0),
}
"""Log weight of each level; what the roster itself tells about chance is added to it."""

_RAREST = 1e-7
_OUTSIDERS = 0.1
_SLIPPED = -6.0


def score_pairs(pairs: pl.DataFrame, keyed: Keyed) -> pl.DataFrame:
    """Pairs with ``score`` (Float64 log-odds, the roster's size and the outsiders not yet in)."""
    score = np.zeros(pairs.height)
    for kind in KINDS:
        score += np.array(START[kind])[pairs[kind].to_numpy()]
    score += _name_rarity(pairs, keyed)
    score += _place_rarity(pairs, keyed)
    score += _digits_shown(pairs, keyed)
    return pairs.with_columns(score=pl.Series(score))


def _name_rarity(pairs: pl.DataFrame, keyed: Keyed) -> NDArray[np.float64]:
    """Minus the log of how often a stranger of that township bears the candidate's name."""
    bearers = keyed.people.filter(pl.col("u") != NO_NAME)
    total = max(bearers.height, 1)
    county = bearers.group_by(cu="u").agg(in_county=pl.len())
    town = bearers.group_by(cu="u", ct="t").agg(in_town=pl.len())
    size = bearers.group_by(ct="t").agg(town_size=pl.len())
    counts = (
        pairs.select("cu", "ct", "name")
        .join(county, on="cu", how="left", maintain_order="left")
        .join(town, on=["cu", "ct"], how="left", maintain_order="left")
        .join(size, on="ct", how="left", maintain_order="left")
        .fill_null(1)
    )
    # The candidate himself is not a stranger.
    county_share = (counts["in_county"].to_numpy() - 1) / total
    town_share = (counts["in_town"].to_numpy() - 1) / np.maximum(counts["town_size"].to_numpy(), 1)
    share = (
        0.5 * county_share
        + 0.3 * town_share
        + 0.2 * name_model(keyed)[np.maximum(counts["cu"].to_numpy(), 0)]
    )
    rarity = -np.log(np.maximum(share, _RAREST))
    return np.where(counts["name"].to_numpy() == 0, rarity, 0.0)


def name_model(keyed: Keyed) -> NDArray[np.float64]:
    """Probability of each name as surname times given characters, counted in the roster."""
    names: NameTable = keyed.names
    counts = keyed.people.filter(pl.col("u") != NO_NAME).group_by("u").agg(pl.len()).sort("u")
    weight = np.zeros(len(names.chars))
    weight[counts["u"].to_numpy()] = counts["len"].to_numpy()
    if not len(weight):
        return weight
    size = int(names.chars.max(initial=0)) + 1
    first = np.bincount(names.chars[:, 0], weights=weight, minlength=size) + 0.5
    given = np.zeros(size) + 0.5
    for place in range(1, names.chars.shape[1]):
        given += np.bincount(names.chars[:, place], weights=weight, minlength=size)
    given[0] = 0.5
    log_first, log_given = np.log(first / first.sum()), np.log(given / given.sum())
    total = log_first[names.chars[:, 0]]
    for place in range(1, names.chars.shape[1]):
        code = names.chars[:, place]
        total = total + np.where(code > 0, log_given[code], 0.0)
    # Half of all names have two given characters.
    return np.exp(total + np.log(0.5))


def _place_rarity(pairs: pl.DataFrame, keyed: Keyed) -> NDArray[np.float64]:
    """Minus the log of the share of people who live in the village, or township, that agrees."""
    total = max(keyed.people.height, 1)
    village = keyed.people.group_by(ct="t", cv="v").agg(in_village=pl.len())
    town = keyed.people.group_by(ct="t").agg(in_town=pl.len())
    counts = (
        pairs.select("ct", "cv", "place")
        .join(village, on=["ct", "cv"], how="left", maintain_order="left")
        .join(town, on="ct", how="left", maintain_order="left")
        .fill_null(1)
    )
    level = counts["place"].to_numpy()
    village_bits = -np.log(counts["in_village"].to_numpy() / total)
    town_bits = -np.log(counts["in_town"].to_numpy() / total)
    return np.select(
        [level <= 1, level == 2, level == 3, level == 4],
        [village_bits, village_bits - 3.0, town_bits, town_bits],
        default=0.0,
    )


def _digits_shown(pairs: pl.DataFrame, keyed: Keyed) -> NDArray[np.float64]:
    """What equal places of a partly known number tell, from how often strangers share them."""
    worth = place_worth(keyed)
    places = pairs["known_places"].to_numpy()
    total = np.zeros(pairs.height)
    for place in range(18):
        total += np.where((places >> place) & 1, worth[place], 0.0)
    part = pairs["id"].is_between(7, 11).to_numpy()
    return np.where(part, total - 0.5, 0.0)


def place_worth(keyed: Keyed) -> NDArray[np.float64]:
    """For each place of a number, minus the log of the chance that two people agree there."""
    patterns = keyed.people.filter(pl.col("k").is_not_null())["pattern"].head(20_000)
    if not len(patterns):
        return np.full(18, 0.5)
    digits = digit_matrix(patterns, 18)
    worth = np.zeros(18)
    for place in range(18):
        share = np.bincount(digits[:, place], minlength=11)[:11] / len(digits)
        worth[place] = -np.log((share**2).sum())
    return worth


def outsider_odds(classed: pl.DataFrame) -> float:
    """Log-odds that a query is about nobody of the roster, from the valid numbers it carries."""
    inside = classed["cls"].is_in(["A", "B"]).sum()
    outside = (classed["cls"] == "C").sum()
    share = (outside + 10 * _OUTSIDERS) / (inside + outside + 10)
    return float(np.log(share / (1 - share)))


def probabilities(scored: pl.DataFrame, classed: pl.DataFrame, people: int) -> pl.DataFrame:
    """Pairs with ``p`` (Float64), the probability among the query's candidates and nobody."""
    nobody = float(np.log(max(people, 1))) + outsider_odds(classed)
    slipped = pl.when(pl.col("cls") == "B").then(_SLIPPED).otherwise(0.0)
    base = pl.max_horizontal(pl.col("score").max().over("q"), nobody + slipped)
    weight = (pl.col("score") - base).exp()
    return scored.with_columns(
        p=weight / (weight.sum().over("q") + (nobody + slipped - base).exp())
    )
