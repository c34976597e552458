"""Numbers that are no resident IDs: nothing in them proves them right.

An unknown one may be a slip of a number of the roster, or be written for somebody who has another.
One that is neither is a stranger's, as a sound resident ID that nobody has is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from fpm.identity.id_relation import EXACT, NEAR, ONE_DIGIT, UNLIKE
from fpm.identity.name_levels import ONE_OTHER, ORDER, name_levels
from fpm.match.deletions import number_deletions
from fpm.match.keys import Keyed
from fpm.match.levels import NO_PLACE, PLACES, SAME_BIRTH, SAME_PLACE
from fpm.match.place_evidence import count_places

Floats = NDArray[np.float64]

_SLIPS: Final = 2
_UNLIKE: Final = 0.00001
_UNLIKE_ROWS: Final = 100.0
"""Share of rows with quite another number than their person's before anything is seen, and the rows
it is worth."""
_WRONG: Final = 0.5
"""Where more numbers than this, against those of strangers, are wrong altogether, no number makes
a stranger: people whose numbers are wrong do not all show their name and birth date either."""


def strange_numbers(queries: pl.DataFrame, keyed: Keyed) -> pl.Series:
    """Queries whose number, no resident ID, is by all that can be seen a stranger's.

    Not if it is one slip away from a number of the roster, or two from that of somebody of the name
    or the birth date; nor if birth date and, nearly, name are somebody's; nor in a list where it is
    usual that they are somebody's with another number.

    Args:
        queries: with ``x``, and ``owner``, null where nobody of the roster has the number.
        keyed: roster and names.

    Returns:
        ``q``.
    """
    if not keyed.opaque:
        return queries["q"].clear()
    unknown = queries.filter(pl.col("owner").is_null() & pl.col("k").is_not_null())
    bearers = keyed.people.filter(pl.col("k").is_not_null())
    slipped = number_deletions(unknown, "q").join(number_deletions(bearers, "ra"), on="less")
    unknown = unknown.join(slipped, on="q", how="anti")
    said = unknown.select("q", "opaque", "u", birth="birth_date")
    borne = keyed.people.select("opaque", "u", "birth")
    pairs = pl.concat(
        said.join(borne, on=on, coalesce=False).select(
            "q", *(name + side for name in ("u", "birth", "opaque") for side in ("", "_right"))
        )
        for on in ("u", "birth")
    )
    slips = _two_slips(pairs)
    like, other = _is_like(pairs, keyed), pairs["opaque_right"].is_not_null()
    wrong = pairs["q"].filter(like & other & ~slips)
    known = pairs["q"].filter(slips | like & ~other)
    unknown = unknown.filter(~pl.col("q").is_in(known.implode()))
    judged = unknown.with_columns(wrong=pl.col("q").is_in(wrong.implode()))
    strange = ~pl.col("wrong")
    usual = (pl.col("wrong").sum() > _WRONG * strange.sum()).over("x")
    return judged.filter(strange & ~usual)["q"]


def _two_slips(pairs: pl.DataFrame) -> pl.Series:
    left, right = pairs["opaque"].to_list(), pairs["opaque_right"].fill_null("").to_list()
    slips = cpdist(left, right, scorer=OSA.distance, score_cutoff=_SLIPS, dtype=np.uint8)
    return pl.Series(slips <= _SLIPS)


def _is_like(pairs: pl.DataFrame, keyed: Keyed) -> pl.Series:
    """The same birth date and nearly the name.

    No further: what agrees by chance has to be learned from strangers.
    """
    name = name_levels(keyed.names, pairs["u"].to_numpy(), pairs["u_right"].to_numpy())
    same_day = (pairs["birth"] == pairs["birth_right"]).fill_null(value=False)
    return same_day & pl.Series(name <= ORDER)


@dataclass(frozen=True, slots=True)
class WrongNumbers:
    """Rows with quite another number than that of somebody of their name and birth date.

    Attributes:
        share: (lists,) of the rows of people of the roster, those whose number is wrong.
        namesakes: (lists, 9) by level of place, those that are no such people's.
    """

    share: Floats
    namesakes: Floats


def wrong_numbers(seen: pl.DataFrame, right: Floats) -> WrongNumbers:
    """By how far the number column is right.

    Training rows have their numbers hidden, so this is counted. Where name, birth date and place
    are the same, the number is taken to be wrong; then people with wrong numbers show another
    place as often as sure rows do, and who does so beyond that is somebody else. One pair proves
    nothing: it may be the very outsider in question.

    Args:
        seen: pairs of real queries; none in a table of resident IDs.
        right: (lists, 9) ``places_of`` the sure rows.
    """
    like = (pl.col("name") <= ONE_OTHER) & (pl.col("birth") == SAME_BIRTH)
    found = seen.filter(like & (pl.col("id") == UNLIKE))
    unlike = count_places(found["x"], found["place"].to_numpy(), len(right))
    agree = np.isin(np.arange(PLACES), SAME_PLACE)
    apart = ~agree & (np.arange(PLACES) != NO_PLACE)
    settled = right.sum(axis=1)
    usual = unlike[:, agree].sum(axis=1) / np.maximum(right[:, agree].sum(axis=1), 1.0)
    namesakes = np.where(apart, np.maximum(unlike - right * usual[:, None], 0.0), 0.0)
    wrong = np.maximum(unlike.sum(axis=1) - namesakes.sum(axis=1) - 1, 0)
    share = (wrong + _UNLIKE * _UNLIKE_ROWS) / (wrong + settled + _UNLIKE_ROWS)
    return WrongNumbers(share, namesakes)


def opaque_relations(
    both: pl.DataFrame, relation: NDArray[np.uint8], owner: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Numbers that are no resident IDs: equal, one slip apart, two, or different.

    Args:
        both: pairs with ``opaque`` and ``opaque_c``.
        relation: of the pairs, which stays where one side has no such number or ``owner`` tells.
        owner: whose number the query carries.
    """
    given = both["opaque"].is_not_null() & both["opaque_c"].is_not_null()
    rows = np.flatnonzero(given.to_numpy() & (owner == 0))
    left, right = both["opaque"].gather(rows), both["opaque_c"].gather(rows)
    slips = cpdist(left.to_list(), right.to_list(), scorer=OSA.distance, dtype=np.uint8)
    levels = np.array([EXACT, ONE_DIGIT, NEAR, UNLIKE], dtype=np.uint8)
    result = relation.copy()
    result[rows] = levels[np.minimum(slips, 3)]
    return result
