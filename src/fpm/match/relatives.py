"""Whose child or member a record says somebody is: the head or guardian it names."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.name_levels import EMPTY, EQUAL, HIDDEN, ONE_MISSING, name_levels
from fpm.match.keys import NO_NAME, Keyed

RELATIVES: Final = ("head_u", "guardian_u", "head_k", "guardian_k")
"""Names and numbers of relatives a query states."""


def relative_levels(both: pl.DataFrame, keyed: Keyed) -> NDArray[np.uint8]:
    """The head or guardian named in the record against the candidate's household.

    A head of another name speaks against the candidate; a guardian may live elsewhere, which says
    as much as it does on the list's sure rows. Of a person alone at home nothing is known.

    Args:
        both: pairs with ``RELATIVES`` of the query and the candidate's ``u_c`` and ``hh_c``.
        keyed: roster and names.

    Returns:
        uint8: 0 not comparable, 1 the same, 2 nearly, 3 another, 4 a guardian of another household.
    """
    level = np.zeros(both.height, dtype=np.uint8)
    rows = np.flatnonzero(both.select(_any_given()).to_series().to_numpy())
    if not len(rows):
        return level
    asked = both.select(*RELATIVES, own="u_c", hh="hh_c")[rows]
    people = keyed.people.select("hh", "u", "k", "is_head", "person_id").filter(
        pl.col("hh").is_in(asked["hh"].unique().implode())
    )
    heads = people.filter("is_head").sort("person_id").select("hh", home_u="u")
    home = asked.join(
        heads.unique("hh", keep="first", maintain_order=True),
        on="hh",
        how="left",
        maintain_order="left",
    )
    left, right = home["head_u"].to_numpy(), home["home_u"].fill_null(NO_NAME).to_numpy()
    names = name_levels(keyed.names, left, right)
    silent = (names == EMPTY) | (names == HIDDEN)
    found = np.select([names == EQUAL, names < ONE_MISSING, silent], [1, 2, 0], default=3)
    homes = np.bincount(keyed.people["hh"].to_numpy())[asked["hh"].to_numpy()]
    elsewhere = (found == 0) & (homes > 1) & asked.select(_guardian_given()).to_series().to_numpy()
    found = np.where(elsewhere, 4, found)
    level[rows] = np.where(_lives_here(asked, people), 1, found)
    return level


def _any_given() -> pl.Expr:
    names = [pl.col(name) != NO_NAME for name in RELATIVES if name.endswith("_u")]
    numbers = [pl.col(name).is_not_null() for name in RELATIVES if name.endswith("_k")]
    return pl.any_horizontal(*names, *numbers)


def _guardian_given() -> pl.Expr:
    """Is a guardian named who is not the person himself?"""
    named = (pl.col("guardian_u") != NO_NAME) & (pl.col("guardian_u") != pl.col("own"))
    return named | pl.col("guardian_k").is_not_null()


def _lives_here(asked: pl.DataFrame, people: pl.DataFrame) -> NDArray[np.bool_]:
    """Does a relative's number, or the guardian's name, belong to the candidate's household?"""
    here = np.zeros(asked.height, dtype=bool)
    for relative, own in (("head_k", "k"), ("guardian_k", "k"), ("guardian_u", "u")):
        members = people.select("hh", pl.col(own).alias(relative)).drop_nulls().unique()
        found = asked.select("hh", relative).join(
            members.with_columns(here=pl.lit(value=True)),
            on=["hh", relative],
            how="left",
            maintain_order="left",
        )
        here |= found["here"].fill_null(value=False).to_numpy()
    nobody = (asked["guardian_u"] == NO_NAME) & asked["head_k"].is_null()
    himself = (asked["guardian_u"] == asked["own"]) | (nobody & asked["guardian_k"].is_null())
    result: NDArray[np.bool_] = here & ~himself.to_numpy()
    return result
