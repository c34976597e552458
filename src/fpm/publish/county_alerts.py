"""The county's view of alerts: by township, risk and village, and against the month before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from fpm.model import LEVELS, OPEN_STATES, SPEAKING_STATES, STATE_TITLES
from fpm.publish.publication import Publication
from fpm.publish.sheet import TINT_SUFFIX
from fpm.publish.wording import NOWHERE, heads, level_rank, level_title

TOTAL: Final = "合计"


def township_rows(publication: Publication) -> pl.DataFrame:
    """Alerts by township, level and state, and a total."""
    alerts = publication.alerts.with_columns(pl.col("township").fill_null(NOWHERE))
    is_open = pl.col("state").is_in(OPEN_STATES)
    counted = alerts.group_by("township").agg(
        open=is_open.sum(),
        **{level: (is_open & (pl.col("level") == level)).sum() for level in LEVELS},
        **{state: (pl.col("state") == state).sum() for state in STATE_TITLES},
    )
    corrections = (
        publication.corrections.with_columns(pl.col("township").fill_null(NOWHERE))
        .group_by("township")
        .agg(corrections=pl.len())
    )
    rows = counted.join(corrections, on="township", how="full", coalesce=True)
    return with_total(rows.sort("township"), ["township"])


def risk_rows(publication: Publication) -> pl.DataFrame:
    """Open households by township and risk, at the risk's own highest level, and a total."""
    spoken = open_hits(publication).filter(pl.col("risk").fill_null("") != "")
    worst = spoken.group_by("alert_no", "risk").agg(
        township=pl.col("alert_township").first(), rank=level_rank().min()
    )
    ranks = dict(enumerate(LEVELS))
    rows = (
        worst.group_by("township", "risk")
        .agg(
            **{level: (pl.col("rank") == rank).sum() for rank, level in ranks.items()},
            total=pl.len(),
        )
        .sort("township", pl.col("total").cast(pl.Int64).neg(), "risk")
    )
    return with_total(rows, ["township", "risk"])


def change_rows(publication: Publication) -> pl.DataFrame:
    """What was open last period, what came, what went, what is open now, and whether it adds up."""
    previous = publication.previous
    was_open = (
        publication.alerts.clear().select("alert_no")
        if previous is None
        else previous.filter(pl.col("state").is_in(OPEN_STATES)).select("alert_no")
    )
    alerts = publication.alerts.with_columns(pl.col("township").fill_null(NOWHERE)).join(
        was_open.with_columns(was_open=True), on="alert_no", how="left"
    )
    before = pl.col("was_open").fill_null(value=False)
    is_open = pl.col("state").is_in(OPEN_STATES)
    rows = (
        alerts.group_by("township")
        .agg(
            before=before.sum(),
            new=(pl.col("state") == "new").sum(),
            reopened=(is_open & ~before & (pl.col("state") != "new")).sum(),
            answered=(before & (pl.col("state") == "answered")).sum(),
            cleared=(before & (pl.col("state") == "cleared")).sum(),
            open=is_open.sum(),
            escalated=(pl.col("state") == "escalated").sum(),
            overdue=(pl.col("state") == "overdue").sum(),
        )
        .sort("township")
    )
    came = pl.col("before") + pl.col("new") + pl.col("reopened")
    went = pl.col("answered") + pl.col("cleared")
    count = pl.col("open").cast(pl.Int64)
    return with_total(rows, ["township"]).with_columns(
        difference=count - pl.col("before").cast(pl.Int64),
        check=check(came.cast(pl.Int64) - went.cast(pl.Int64) - count, "户"),
        difference_tint="township_tint",
        check_tint="township_tint",
    )


def held_rows(publication: Publication) -> pl.DataFrame:
    """Alerts held back because their township has no room for them, those waiting longest first."""
    names = heads(publication).select("household_id", "head_name")
    return (
        publication.alerts.filter(pl.col("state") == "held")
        .join(names, on="household_id", how="left")
        .with_columns(
            pl.col("township", "village").fill_null(NOWHERE),
            rank=level_rank(),
            level=level_title(),
            level_tint="level",
            reason="change",
        )
        .sort("township", "first_period", "rank", "alert_no")
    )


def village_rows(publication: Publication) -> pl.DataFrame:
    """Villages with open alerts or an alert of their own, most households first."""
    keys = ["township", "village"]
    opened = publication.alerts.filter(pl.col("state").is_in(OPEN_STATES)).with_columns(
        pl.col(keys).fill_null(NOWHERE)
    )
    alerts = opened.group_by(keys).agg(
        alerts=pl.len(), red=(pl.col("level") == "red").sum(), risks=_common_risks()
    )
    homes = (
        publication.people.with_columns(pl.col(keys).fill_null(NOWHERE))
        .group_by(keys)
        .agg(households=pl.col("household_id").n_unique())
    )
    whole = (
        publication.village_hits.with_columns(pl.col(keys).fill_null(NOWHERE))
        .sort("rule_id", "evidence")
        .group_by(keys, maintain_order=True)
        .agg(evidence=pl.col("evidence").str.join("\n"))
    )
    return (
        alerts.join(whole, on=keys, how="full", coalesce=True)
        .join(homes, on=keys, how="left")
        .with_columns(pl.col("alerts", "red").fill_null(0))
        .with_columns(share=pl.col("alerts") / pl.col("households"))
        .sort(pl.col("alerts").cast(pl.Int64).neg(), "township", "village")
    )


def open_hits(publication: Publication) -> pl.DataFrame:
    """Alert hits that speak, of open alerts, with ``alert_township`` and ``alert_household``."""
    opened = publication.alerts.filter(pl.col("state").is_in(OPEN_STATES)).select(
        "alert_no",
        alert_township=pl.col("township").fill_null(NOWHERE),
        alert_household="household_id",
    )
    spoken = (pl.col("kind") == "alert") & pl.col("hit_state").is_in(SPEAKING_STATES)
    return publication.hits.filter(spoken).join(
        opened, on="alert_no", how="inner", maintain_order="left"
    )


def with_total(rows: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """``rows`` with blanks as 0, and below them the sum of every column but ``labels``."""
    counts = [name for name in rows.columns if name not in labels]
    filled = rows.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64))
    sums = filled.select(pl.lit(TOTAL).alias(labels[0]), *(pl.col(name).sum() for name in counts))
    both = pl.concat([filled, sums], how="diagonal")
    last = pl.int_range(pl.len()) == pl.len() - 1
    tint = pl.when(last).then(pl.lit("total"))
    return both.with_columns(*(tint.alias(f"{name}{TINT_SUFFIX}") for name in rows.columns))


def check(difference: pl.Expr, unit: str) -> pl.Expr:
    """相符, or by how much not."""
    return (
        pl.when(difference == 0)
        .then(pl.lit("相符"))
        .otherwise(pl.format("相差 {} " + unit, difference))
    )


def _common_risks() -> pl.Expr:
    """Such as 因病 12、因学 3, most first."""
    listed = pl.col("risks").str.split("、").explode().drop_nulls()
    counted = listed.filter(listed != "").value_counts(sort=True)
    # value_counts leaves ties in any order: sort by count, then name.
    name, count = counted.struct.field("risks"), counted.struct.field("count")
    return pl.format("{} {}", name, count).sort_by(count.cast(pl.Int64).neg(), name).str.join("、")
