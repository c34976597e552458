"""Decisions of people: remembered by identity, they win, until the data contradict them."""

from __future__ import annotations

import polars as pl

CONTRADICTED = "此前人工认定与现在的数据不符：证件号和姓名已与花名册中另一人完全一致，请重新认定"
"""Reason of a record whose old decision the roster now speaks against."""


def remember(
    decided: pl.DataFrame, people: pl.DataFrame, decisions: pl.DataFrame | None
) -> pl.DataFrame:
    """Apply decisions: the last one of an identity replaces what was computed.

    One for somebody who is no longer in the roster is not applied. One against a number and name
    that by now settle the record otherwise is brought up again: the record goes to review, unless
    it was made in the face of just that.

    Args:
        decided: one row a query with ``identity``.
        people: roster.
        decisions: ``DECISION_SCHEMA`` or None.

    Returns:
        ``decided`` with ``contradicted`` (Boolean) and ``by_person`` (``ra`` decided on).
    """
    if decisions is None or not decisions.height:
        nobody = pl.lit(None, pl.UInt32)
        return decided.with_columns(contradicted=pl.lit(value=False), by_person=nobody)
    latest = decisions.unique("identity", keep="last", maintain_order=True)
    for column, place in (("person_id", "by_person"), ("against", "faced")):
        numbers = people.select(pl.col("person_id").alias(column), pl.col("ra").alias(place))
        latest = latest.join(numbers, on=column, how="left", maintain_order="left")
    usable = latest.filter(pl.col("person_id").is_null() | pl.col("by_person").is_not_null())
    joined = decided.join(
        usable.select("identity", "by_person", "faced", won=pl.lit(value=True)),
        on="identity",
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("won").fill_null(value=False))
    other = [pl.col("ra").ne_missing(pl.col(name)) for name in ("by_person", "faced")]
    against = pl.col("won") & (pl.col("cls") == "A") & pl.all_horizontal(other)
    won, nobody = pl.col("won") & ~against, pl.col("by_person").is_null()
    return joined.with_columns(
        contradicted=against,
        ra=pl.when(won).then("by_person").otherwise("ra"),
        status=pl.when(against)
        .then(pl.lit("review"))
        .when(won & nobody)
        .then(pl.lit("unmatched"))
        .when(won)
        .then(pl.lit("confirmed"))
        .otherwise("status"),
        probability=pl.when(won & nobody).then(0.0).when(won).then(1.0).otherwise("probability"),
        method=pl.when(won).then(pl.lit("decision")).otherwise("method"),
    ).drop("won", "faced")


def contradicted_candidates(decided: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Whom the data now say, and whom the decision said, for records brought up again.

    Returns:
        ``q``, ``rank``, ``person_id``, ``household_id``, ``probability``, ``reason``.
    """
    again = decided.filter("contradicted")
    now = again.select("q", "ra", "probability", reason=pl.lit("证件号一致、姓名相同"))
    before = again.select(
        "q", ra="by_person", probability=pl.lit(0.0), reason=pl.lit("此前人工认定的人")
    ).drop_nulls("ra")
    both = pl.concat([now, before]).join(
        people.select("ra", "person_id", "household_id"), on="ra", how="left", maintain_order="left"
    )
    ranked = both.with_columns(
        rank=pl.col("probability").rank("ordinal", descending=True).over("q").cast(pl.UInt32)
    )
    return ranked.select("q", "rank", "person_id", "household_id", "probability", "reason")
