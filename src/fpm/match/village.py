"""Village-keyed extracts: township and village read by the roster's gazetteer."""

from __future__ import annotations

import polars as pl

from fpm.identity.places import UNKNOWN, learn_gazetteer, locate


def match_villages(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Each record's township and village as the roster writes them.

    Args:
        roster: with role columns.
        records: with role columns.

    Returns:
        One row a record, in order: ``status``, ``probability``, ``method``, ``reason``,
        ``township``, ``village``.
    """
    gazetteer = learn_gazetteer(
        roster.group_by("township", "village").agg(people=pl.len()).sort("township", "village")
    )
    places = records.select("township", "village").unique().sort("township", "village")
    located = locate(places, gazetteer)
    homes = gazetteer.villages.join(
        gazetteer.towns.select("t", "town"), on="t", how="left", maintain_order="left"
    )
    choices = (
        located.join(
            homes.select("v", home_t="t", home="village", home_town="town"), on="v", how="left"
        )
        .filter((pl.col("t") == UNKNOWN) | (pl.col("t") == pl.col("home_t")))
        .group_by("township", "village")
        .agg(
            found=pl.len(),
            resolved_town=pl.col("home_town").sort().first(),
            resolved=pl.col("home").sort().first(),
            all_towns=pl.col("home_town").drop_nulls().unique().sort().str.join("、"),
        )
    )
    joined = records.select("township", "village").join(
        choices, on=["township", "village"], how="left", nulls_equal=True, maintain_order="left"
    )
    known = pl.col("resolved").is_not_null()
    one = known & (pl.col("found") == 1)
    return joined.select(
        status=pl.when(one)
        .then(pl.lit("confirmed"))
        .when(known)
        .then(pl.lit("review"))
        .otherwise(pl.lit("unmatched")),
        probability=pl.when(one).then(0.999).when(known).then(1 / pl.col("found")).otherwise(0.0),
        method=pl.when(known).then(pl.lit("place")).otherwise(pl.lit("none")),
        reason=pl.when(one)
        .then(pl.lit("乡镇和村名与花名册相符"))
        .when(known)
        .then(pl.concat_str(pl.lit("需人工核对：未写明乡镇，"), "all_towns", pl.lit("都有此村")))
        .otherwise(pl.lit("花名册中没有此乡镇和村")),
        township=pl.when(one).then("resolved_town"),
        village=pl.when(one).then("resolved"),
    )
