"""Where the alerts of a list stand: answered, to be looked at again, unanswered, overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import polars as pl

from fpm.errors import RefusedError

STANDING_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "alert_no": pl.String,
    "household_id": pl.String,
    "township": pl.String,
    "village": pl.String,
    "level": pl.String,
    "risks": pl.String,
    "due_date": pl.Date,
    "standing": pl.String,  # answered pending unanswered
    "overdue": pl.Boolean,
    "result": pl.String,
    "visited_on": pl.Date,
    "officer": pl.String,
}


def standing(
    sent: pl.DataFrame, feedback: pl.DataFrame, effects: Mapping[str, str], as_of: dt.date
) -> pl.DataFrame:
    """STANDING_SCHEMA of the alerts put to the townships in one period.

    An answer counts when it was written on this list, or came in after it was sent (a list of an
    earlier month that was returned late). The answer on the latest list counts.

    Args:
        sent: ``alert_no household_id township village level risks due_date period issued_on``.
        feedback: ``alert_no period result visited_on officer received_on``, in the order received.
        effects: by title of a result, what it does.
        as_of: today.
    """
    effect = pl.col("result").replace_strict(dict(effects), default=None, return_dtype=pl.String)
    heard = (
        sent.select("alert_no", list_period="period", issued_on="issued_on")
        .join(feedback.with_row_index("place"), on="alert_no", how="inner")
        .filter(
            (pl.col("period") == pl.col("list_period"))
            | (
                (pl.col("period") < pl.col("list_period"))
                & (pl.col("received_on") > pl.col("issued_on"))
            )
        )
        .with_columns(effect=effect)
        .sort(pl.col("effect").is_in(["no_risk", "monitored"]), "period", "place")
        .unique("alert_no", keep="last", maintain_order=True)
        .select("alert_no", "result", "visited_on", "officer", "effect")
    )
    state = (
        pl.when(pl.col("effect").is_in(["no_risk", "monitored"]))
        .then(pl.lit("answered"))
        .when(pl.col("effect") == "pending")
        .then(pl.lit("pending"))
        .otherwise(pl.lit("unanswered"))
    )
    return (
        sent.join(heard, on="alert_no", how="left", maintain_order="left")
        .with_columns(standing=state)
        .with_columns(overdue=(pl.col("standing") != "answered") & (pl.col("due_date") < as_of))
        .select(STANDING_SCHEMA.keys())
    )


def by_township(alerts: pl.DataFrame) -> pl.DataFrame:
    """One row a township: ``township sent answered pending unanswered overdue``."""
    return (
        alerts.group_by("township")
        .agg(
            sent=pl.len().cast(pl.Int64),
            **{
                name: (pl.col("standing") == name).sum().cast(pl.Int64)
                for name in ("answered", "pending", "unanswered")
            },
            overdue=pl.col("overdue").sum().cast(pl.Int64),
        )
        .sort("township", nulls_last=True)
    )


def chosen_alerts(
    alerts: pl.DataFrame, *, township: str | None, risk: str | None, overdue: bool
) -> pl.DataFrame:
    """The alerts of one township, of one risk, or those overdue; all where nothing is asked.

    Raises:
        RefusedError: nothing is about a township or risk of that name; those there are are named.
    """
    risks = pl.col("risks").str.split("、").explode()
    _require("乡镇", township, alerts["township"])
    _require("风险", risk, alerts.select(risks)["risks"])
    wanted = pl.lit(value=True)
    if township is not None:
        wanted &= pl.col("township") == township
    if risk is not None:
        wanted &= pl.col("risks").str.split("、").list.contains(risk)
    if overdue:
        wanted &= pl.col("overdue")
    return alerts.filter(wanted)


def _require(what: str, name: str | None, known: pl.Series) -> None:
    names = known.drop_nulls().unique().sort().to_list()
    if name is not None and names and name not in names:
        raise RefusedError(f"没有{what}“{name}”的记录；有记录的{what}：{'、'.join(names)}")
