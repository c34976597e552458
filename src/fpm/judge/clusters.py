"""Clusters: where far more households have the same trouble than chance would bring together.

A count alone says little: a large village has more of everything, and among hundreds of villages
some stand out by chance. So each place is tested against the county, and the test is corrected for
the number of places; how sure one wants to be is a dated value of the rule book.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.compile import compile_aggregate
from fpm.judge.frames import columns_of
from fpm.judge.outcomes import (
    CODES,
    GROUP,
    SUBJECT,
    group_facts,
    outcome_code,
    person_outcomes,
    reduce_groups,
)
from fpm.judge.plan import Plan
from fpm.model import WHOLE_TOWNSHIP

_HOME: Final = ("person_id", "household_id", "township", "village")


@dataclass(frozen=True, slots=True)
class JudgedPlaces:
    """One rule with ``counts``, judged.

    Attributes:
        places: one row a place: ``township village households cases expected ratio chance``
            (Float64, all NULL where there are households and none can be told).
        codes: the outcome of each place (``CODES``).
        counted: ``household_id township village`` of each case, the place it counts for.
    """

    places: pl.DataFrame
    codes: pl.Series
    counted: pl.DataFrame

    def hit(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The places hit and the households that made them so."""
        places = self.places.filter(self.codes == CODES["hit"])
        return places, self.counted.join(places, on=["township", "village"], how="semi")


def judge_places(facts: pl.DataFrame, plan: Plan) -> JudgedPlaces:
    """Judge one rule with ``counts`` for every village or township.

    Args:
        facts: one row a person.
        plan: the rule, not stopped.
    """
    groups = group_facts(columns_of(facts, (*_HOME, *plan.needed)), ("household_id",))
    homes = groups.keys.with_columns(_codes(groups.members, plan))
    key = list(SUBJECT[plan.rule.scope])
    if plan.rule.scope == "township":
        homes = homes.with_columns(village=pl.lit(WHOLE_TOWNSHIP))
    counted = (
        homes.drop_nulls(key)
        .group_by("township", "village")
        .agg(
            households=pl.col("_code").is_in([CODES["hit"], CODES["clear"]]).sum().cast(pl.Int64),
            cases=(pl.col("_code") == CODES["hit"]).sum().cast(pl.Int64),
            open=(pl.col("_code") == CODES["unknown"]).any(),
        )
        .sort("township", "village")
    )
    dark = pl.col("open") & (pl.col("households") == 0)
    numbers = ("households", "cases", "expected", "ratio", "chance")
    places = with_chances(counted).with_columns(
        pl.when(~dark).then(pl.col(name)).alias(name) for name in numbers
    )
    cases = homes.filter(pl.col("_code") == CODES["hit"]).drop_nulls(key)
    return JudgedPlaces(
        places=places,
        codes=person_outcomes(places, [plan])[plan.rule.id],
        counted=cases.select("household_id", "township", "village"),
    )


def household_codes(facts: pl.DataFrame, plan: Plan) -> pl.Series:
    """Whether each household counts: one of ``CODES`` a household, in order of appearance."""
    return _codes(group_facts(facts, SUBJECT["household"]).members, plan)


def _codes(members: pl.DataFrame, plan: Plan) -> pl.Series:
    reductions = Reductions()
    parts = [compile_aggregate(part, plan.members, reductions) for part in plan.counts]
    if members.is_empty():
        return pl.Series("_code", [], dtype=pl.UInt8)
    reduced = reduce_groups(members.select(GROUP, *plan.needed), reductions)
    return reduced.select(outcome_code(parts).alias("_code"))["_code"]


def with_chances(places: pl.DataFrame) -> pl.DataFrame:
    """Add what chance would bring.

    Args:
        places: ``households`` looked at and ``cases`` among them (Int64), one row a place.

    Returns:
        The rows with ``households`` and ``cases`` as Float64, ``expected`` (cases by the rate of
        all places), ``ratio`` (cases / expected) and ``chance``, the tail probability corrected
        for the number of places; without households 0, NULL and 1.
    """
    from fpm.judge.chances import corrected, upper_tails  # noqa: PLC0415  (numpy: a tenth of a second)

    counts = places["households"].to_numpy(), places["cases"].to_numpy()
    known = counts[0] > 0
    total, found = (int(count.sum()) for count in counts)
    chance = 1.0 - known  # without households nothing can be said, and 1 says nothing
    chance[known] = corrected(upper_tails(*(count[known] for count in counts)))
    expected = pl.col("households") * (found / max(total, 1))
    return places.with_columns(pl.col("households", "cases").cast(pl.Float64)).with_columns(
        expected=expected,
        ratio=pl.when(expected > 0).then(pl.col("cases") / expected),
        chance=pl.Series(chance),
    )
