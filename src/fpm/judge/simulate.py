"""What a change would do before it is adopted: two judgements of the same facts compared.

The second one is made with another rule book, or with trial values (``Setting.overrides``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.judge.evaluate import Judgement
from fpm.model import LEVELS

CHANGE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "rule_id": pl.String,
    "township": pl.String,
    "level": pl.String,
    "before": pl.UInt32,  # hits
    "after": pl.UInt32,
    "gained": pl.UInt32,  # subjects hit only afterwards
    "lost": pl.UInt32,  # subjects hit only before
}

_SUBJECT: Final = ("rule_id", "township", "village", "household_id", "person_id")


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two judgements.

    Attributes:
        by_place: CHANGE_SCHEMA, one row a rule, township and level that has hits on either side.
        gained: hits that only the second judgement has (HIT_SCHEMA).
        lost: hits that only the first one has.
        visits: households with an alert: township, ``before``, ``after``, and of these ``gained``
            and ``lost`` by the trial (UInt32).
        dropped: ``household_id`` of those that have an alert on the first side only, sorted.
        titles: what the rules of both sides are called, by id; the second side's where they differ.
    """

    by_place: pl.DataFrame
    gained: pl.DataFrame
    lost: pl.DataFrame
    visits: pl.DataFrame
    dropped: pl.Series
    titles: dict[str, str]


def compare(before: Judgement, after: Judgement) -> Change:
    """Compare two judgements of the same facts.

    A rule that changed its level shows as lost at the old level and gained at the new one.
    """
    on = [*_SUBJECT, "level"]
    gained = after.hits.join(before.hits, on=on, how="anti", nulls_equal=True)
    lost = before.hits.join(after.hits, on=on, how="anti", nulls_equal=True)
    sides = {"before": before.hits, "after": after.hits, "gained": gained, "lost": lost}
    households = [_alerted(side)["household_id"].unique() for side in (before, after)]
    dropped = households[0].filter(~households[0].is_in(households[1].implode())).sort()
    titles = {
        rule: title
        for side in (before, after)
        for rule, title in side.tally.select("rule_id", "title").iter_rows()
    }
    return Change(_by_place(sides), gained, lost, _visits(before, after), dropped, titles)


def _alerted(judgement: Judgement) -> pl.DataFrame:
    """The hits that send somebody to a household; hints and corrections send nobody."""
    return judgement.hits.filter(pl.col("kind") == "alert").drop_nulls("household_id")


def _by_place(sides: dict[str, pl.DataFrame]) -> pl.DataFrame:
    counted = pl.concat(
        [
            hits.select("rule_id", "township", "level", pl.lit(side).alias("_side"))
            for side, hits in sides.items()
        ]
    )
    grouped = counted.group_by("rule_id", "township", "level").agg(
        (pl.col("_side") == side).sum().cast(pl.UInt32).alias(side) for side in sides
    )
    level = pl.col("level").cast(pl.Enum(LEVELS))
    return grouped.sort("rule_id", "township", level).select(*CHANGE_SCHEMA)


def _visits(before: Judgement, after: Judgement) -> pl.DataFrame:
    """Households to be visited: those with an alert; hints and corrections send nobody."""
    sides = [
        judgement.hits.filter(pl.col("kind") == "alert")
        .drop_nulls("household_id")
        .group_by("household_id")
        .agg(pl.col("township").first(), pl.lit(value=True).alias(side))
        for side, judgement in (("before", before), ("after", after))
    ]
    both = sides[0].join(
        sides[1], on=["household_id", "township"], how="full", coalesce=True, nulls_equal=True
    )
    was, will = (pl.col(side).fill_null(value=False) for side in ("before", "after"))
    counted = {"before": was, "after": will, "gained": ~was & will, "lost": was & ~will}
    return (
        both.group_by("township")
        .agg(flag.sum().cast(pl.UInt32).alias(name) for name, flag in counted.items())
        .sort("township")
    )
