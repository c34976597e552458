"""From probabilities to one decision a query: the best alternative, its runner-up, the status."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from fpm.match.contract import MatchRequest

_PLACES: Final = 9
"""Decimals of a probability: what sums in another order change lies far behind them."""

SURE: Final = 0.999999
"""Probability of a valid number whose only owner bears the name."""


def rank_candidates(
    scored: pl.DataFrame, people: pl.DataFrame, request: MatchRequest
) -> pl.DataFrame:
    """Pairs with ``chance`` and ``rank`` (1 = best) within each query.

    ``chance`` is the person's probability, or for a household-keyed extract the household's; ties
    go to the smaller person number, never to the order of rows.
    """
    chance = pl.col("p").sum().over("q", "hh") if request.match_on == "household" else pl.col("p")
    ranked = (
        scored.with_columns(chance=chance.clip(0, 1).round(_PLACES), p=pl.col("p").round(_PLACES))
        .hstack(people.select(pl.col("person_id", "household_id").gather(scored["ra"])))
        .sort("q", "chance", "p", "person_id", descending=[False, True, True, False])
    )
    return ranked.with_columns(ranks(ranked["q"]))


def ranks(queries: pl.Series) -> pl.Series:
    """``rank`` (UInt32): 1, 2, … within each query, of query numbers sorted."""
    number = queries.to_numpy()
    rank = np.arange(1, len(number) + 1) - np.searchsorted(number, number)
    return pl.Series("rank", rank, dtype=pl.UInt32)


def least_chance(classed: pl.DataFrame, ranked: pl.DataFrame, request: MatchRequest) -> float:
    """The probability from which on a list's links are confirmed.

    ``accept``, or as much more as keeps the wrong links to be expected among the confirmed records
    within ``wrong_share``. Some lists cannot tell namesakes apart, however sure each row looks.
    One without whole numbers leaves every row to doubt: where most of it would go to review,
    ``wrong_share_unnumbered`` holds instead.

    Args:
        classed: queries of the list with class and ``rows`` (how many records each stands for).
        ranked: their pairs with ``chance`` and ``rank``.
        request: of the list.
    """
    settings = request.settings
    best = ranked.filter((pl.col("rank") == 1) & (pl.col("chance") >= settings.accept))
    sure = int(classed["rows"].filter(classed["cls"] == "A").sum())
    levels = (
        best.select("q", "chance")
        .join(classed.select("q", "rows"), on="q")
        .group_by("chance")
        .agg(pl.col("rows").sum())
        .sort("chance", descending=True)
        .with_columns(
            wrong=((1 - pl.col("chance")) * pl.col("rows")).cum_sum() + sure * (1 - SURE),
            confirmed=pl.col("rows").cum_sum() + sure,
        )
    )
    if levels.is_empty():
        return settings.accept
    kept = _kept(levels, settings.wrong_share, settings.accept)
    unnumbered = classed["rows"].filter(classed["cls"] == "D").sum() * 2 > classed["rows"].sum()
    if unnumbered and sum(kept["rows"]) * 2 < sum(levels["rows"]):
        kept = _kept(levels, settings.wrong_share_unnumbered, settings.accept)
    return min(kept["chance"], default=1.0)


def _kept(levels: pl.DataFrame, share: float, accept: float) -> pl.DataFrame:
    """The levels down to which no more than this share is expected to be wrong.

    A list too short to be allowed even the doubt of one link at ``accept`` is allowed that much.
    """
    few = share * pl.col("confirmed").max() < 1 - accept
    allowed = pl.when(few).then(1 - accept).otherwise(share * pl.col("confirmed"))
    return levels.filter(pl.col("wrong").round(_PLACES) <= allowed.round(_PLACES))


def decide(classed: pl.DataFrame, ranked: pl.DataFrame, request: MatchRequest) -> pl.DataFrame:
    """One row a query: ``q``, ``ra`` (null = nobody), ``status``, ``probability``, ``method``."""
    settings = request.settings
    least = least_chance(classed, ranked, request)
    best = ranked.filter(pl.col("rank") == 1).select(
        "q", best="ra", chance="chance", kind=_method()
    )
    settled = pl.col("cls") == "A"
    chance = pl.col("chance").fill_null(0.0)
    status = (
        pl.when(settled | (chance >= least))
        .then(pl.lit("confirmed"))
        .when(chance >= settings.review)
        .then(pl.lit("review"))
        .otherwise(pl.lit("unmatched"))
    )
    linked = pl.col("status") != "unmatched"
    return (
        classed.select("q", "cls", "owner")
        .join(best, on="q", how="left", maintain_order="left")
        .with_columns(status=status)
        .select(
            "q",
            "cls",
            "status",
            ra=pl.when(settled).then("owner").when(linked).then("best"),
            probability=pl.when(settled).then(SURE).otherwise(chance),
            method=pl.when(settled)
            .then(pl.lit("id_name"))
            .when(linked)
            .then("kind")
            .otherwise(pl.lit("none")),
        )
    )


def _method() -> pl.Expr:
    """Which evidence carries the link, in one word."""
    identity, owner = pl.col("id"), pl.col("owner")
    return (
        pl.when(owner.is_in([1, 2]))
        .then(pl.lit("id"))
        .when(owner == 3)
        .then(pl.lit("follow_name"))
        .when((identity == 1) & (pl.col("name") == 0))
        .then(pl.lit("id_name"))
        .when(identity == 1)
        .then(pl.lit("id"))
        .when(identity.is_between(2, 6))
        .then(pl.lit("repaired_id"))
        .when(identity.is_between(7, 10))
        .then(pl.lit("partial_id"))
        .when(pl.col("birth") == 1)
        .then(pl.lit("name_birth"))
        .when(pl.col("place") <= 4)
        .then(pl.lit("name_place"))
        .otherwise(pl.lit("other"))
    )
