"""How often strangers agree by chance, counted in the roster itself.

The rarer the name, the place or the digits two records share, the more the agreement says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.names import NameTable
from fpm.identity.repair import digit_matrix
from fpm.match.keys import NO_NAME, Keyed

Floats = NDArray[np.float64]

_RAREST: Final = 1e-7
_STRANGERS: Final = 300
"""Weight, in people, of "some name nobody here bears" against the names counted in the roster."""

_SAMPLE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Chance:
    """Counts of the roster; small tables any part of the work can be given.

    Attributes:
        people: number of people.
        county: bearers by name number.
        model: probability of each name as surname times given characters.
        town_names: ``cu``, ``ct``, ``in_town``: bearers by name and township.
        towns: ``ct``, ``town_size``; villages: ``ct``, ``cv``, ``village_size``.
        digits: for each place of an ID, minus the log of the chance that two people agree there.
    """

    people: int
    county: NDArray[np.int64]
    model: Floats
    town_names: pl.DataFrame
    towns: pl.DataFrame
    villages: pl.DataFrame
    digits: Floats


def count_chances(keyed: Keyed) -> Chance:
    """Count names, places and digits of the roster."""
    people = keyed.people.filter("inside")
    named = people.filter(pl.col("u") != NO_NAME)
    county = np.bincount(named["u"].to_numpy(), minlength=len(keyed.names.chars))
    return Chance(
        people=max(people.height, 1),
        county=county,
        model=_name_model(keyed.names, county.astype(np.float64)),
        town_names=named.group_by(cu="u", ct="t").agg(in_town=pl.len()),
        towns=people.group_by(ct="t").agg(town_size=pl.len()),
        villages=people.group_by(ct="t", cv="v").agg(village_size=pl.len()),
        digits=_digit_worth(people),
    )


def _name_model(names: NameTable, weight: Floats) -> Floats:
    """Surname share times the shares of the given characters, smoothed."""
    if not len(weight):
        return weight
    size = len(names.alphabet)
    first = np.bincount(names.chars[:, 0], weights=weight, minlength=size)
    given = np.zeros(size)
    for place in range(1, int(names.lengths.max(initial=1))):
        given += np.bincount(names.chars[:, place], weights=weight, minlength=size)
    given[0] = 0.0
    # A character nobody here bears is taken for one of a thousand.
    log_first = np.log((first + 0.3) / (first.sum() + 300))
    log_given = np.log((given + 0.3) / (given.sum() + 300))
    total = log_first[names.chars[:, 0]]
    for place in range(1, int(names.lengths.max(initial=1))):
        code = names.chars[:, place]
        total = total + np.where(code > 0, log_given[code], 0.0)
    words = np.flatnonzero(~names.names["chinese"].to_numpy())
    total[words] = _word_model(names.names["name"].gather(words), weight[words])
    likelihood: Floats = np.exp(total - np.log(2))  # about half of all names have this many
    return likelihood


def _word_model(names: pl.Series, weight: Floats) -> Floats:
    """Log of the product of the shares of a name's words: letters would make every name rare."""
    words = pl.DataFrame({"name": names, "weight": weight}).with_row_index("n")
    words = words.with_columns(word=pl.col("name").str.split(" ")).explode("word")
    borne = pl.col("weight").sum().over("word")
    share = (borne + 0.3) / (float(weight.sum()) + 300)
    told = words.with_columns(told=share.log()).group_by("n").agg(pl.col("told").sum()).sort("n")
    return told["told"].to_numpy()


def _digit_worth(people: pl.DataFrame) -> Floats:
    whole = pl.col("k").is_not_null() & (pl.col("pattern").str.len_bytes() == 18)
    numbers = people.select("k", "pattern").filter(whole)
    if numbers.is_empty():
        return np.full(18, 0.5)
    step = max(numbers.height // _SAMPLE, 1)
    sample = numbers["k"].arg_sort().gather_every(step)
    digits = digit_matrix(numbers["pattern"].gather(sample), 18)
    worth = np.zeros(18)
    for place in range(18):
        share = np.bincount(digits[:, place], minlength=256)[:11] / len(digits)
        worth[place] = -np.log(max((share**2).sum(), 1e-3))
    return worth


def name_rarity(pairs: pl.DataFrame, chance: Chance) -> Floats:
    """Minus the log of the chance that a stranger of the candidate's township bears his name.

    The candidate himself is no stranger: he is not counted.
    """
    counts = (
        pairs.select("cu", "ct")
        .join(chance.town_names, on=["cu", "ct"], how="left", maintain_order="left")
        .join(chance.towns, on="ct", how="left", maintain_order="left")
    )
    number = np.maximum(pairs["cu"].to_numpy(), 0)
    county = np.maximum(_at(chance.county, number) - 1, 0) / (chance.people + _STRANGERS)
    in_town = counts["in_town"].fill_null(1).to_numpy() - 1
    town = in_town / (counts["town_size"].fill_null(1).to_numpy() + _STRANGERS)
    share = 0.5 * county + 0.3 * town + 0.2 * _at(chance.model, number)
    rarity: Floats = -np.log(np.maximum(share, _RAREST))
    return rarity


def _at(table: NDArray[np.generic], number: NDArray[np.int64]) -> Floats:
    if not len(table):
        return np.zeros(len(number))
    return table[number].astype(np.float64)


def place_rarity(pairs: pl.DataFrame, chance: Chance) -> tuple[Floats, Floats]:
    """Minus the log of the share of people in the candidate's village, and in his township."""
    counts = (
        pairs.select("ct", "cv")
        .join(chance.villages, on=["ct", "cv"], how="left", maintain_order="left")
        .join(chance.towns, on="ct", how="left", maintain_order="left")
    )
    village = -np.log(counts["village_size"].fill_null(1).to_numpy() / chance.people)
    town = -np.log(counts["town_size"].fill_null(1).to_numpy() / chance.people)
    return village, town


def digits_worth(pairs: pl.DataFrame, chance: Chance, among: range) -> Floats:
    """What the ID places known to agree, of those asked about, are worth."""
    places = pairs["known_places"].to_numpy()
    total = np.zeros(pairs.height)
    for place in among:
        total += np.where((places >> place) & 1, chance.digits[place], 0.0)
    return total
