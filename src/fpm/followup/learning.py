"""What answers teach: how often a rule leads to a confirmed risk, and whom to visit first.

Everything here is counting. Shares come with Wilson's interval; the order of visits comes from
shares smoothed towards those of the wider group, so that one answer does not decide anything.
"""

from __future__ import annotations

from typing import Final

import polars as pl

ANSWERED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "alert_no": pl.String,
    "period": pl.String,  # of the list that was answered
    "township": pl.String,
    "rule_id": pl.String,
    "level": pl.String,  # of the hit
    "result": pl.String,
}
"""One row an answered list entry and rule that spoke on it."""

RATE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "dimension": pl.String,  # all rule level township
    "name": pl.String,
    "answered": pl.Int64,
    "confirmed": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}

CUT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "cut": pl.Float64,  # a higher line, in the unit of the rule's measure
    "dropped": pl.Int64,  # answered clues below it
    "dropped_confirmed": pl.Int64,
    "high": pl.Float64,
    "kept": pl.Int64,
    "kept_confirmed": pl.Int64,
}
CUTS: Final = 5

NORMAL_95: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals of 95 %."""
WEIGHT: Final = 8.0
"""How many answers the wider group counts for when a share is smoothed."""
FIRST_GUESS: Final = 0.03
"""Share of confirmed clues before anything is known: counties report 0.7–5 % (温县, 阳原, 乐业)."""


def wilson(confirmed: pl.Expr, answered: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of the 95 % score interval of a share.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927), 209-212: with p = k/n and z, (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    Null where nothing was answered.
    """
    n = pl.when(answered > 0).then(answered.cast(pl.Float64))
    share, squared = confirmed / n, NORMAL_95**2
    middle = share + squared / (2 * n)
    spread = NORMAL_95 * (share * (1 - share) / n + squared / (4 * n * n)).sqrt()
    whole = 1 + squared / n
    # Rounding must not push an end beyond what a share can be.
    return (
        ((middle - spread) / whole).clip(0.0, 1.0),
        ((middle + spread) / whole).clip(0.0, 1.0),
    )


def hit_rates(answered: pl.DataFrame, effects: dict[str, str]) -> pl.DataFrame:
    """RATE_SCHEMA: over all answers, by rule, by level and by township.

    An answered alert counts once in each group that it belongs to; 待核实 is no answer.

    Args:
        answered: ANSWERED_SCHEMA.
        effects: by title of a result, what it does.
    """
    final = _final(answered, effects)
    entry = ["alert_no", "period"]
    parts = []
    for dimension, column in {
        "all": pl.lit("合计"),
        "rule": pl.col("rule_id"),
        "level": pl.col("level"),
        "township": pl.col("township").fill_null("（未注明）"),
    }.items():
        counted = (
            final.with_columns(name=column)
            .unique([*entry, "name"], maintain_order=True)
            .group_by("name")
            .agg(
                answered=pl.len().cast(pl.Int64),
                confirmed=pl.col("confirmed").sum().cast(pl.Int64),
            )
            .sort("name")
        )
        parts.append(counted.select(pl.lit(dimension).alias("dimension"), pl.all()))
    low, high = wilson(pl.col("confirmed"), pl.col("answered"))
    rates = pl.concat(parts).with_columns(
        rate=pl.col("confirmed") / pl.col("answered"), low=low, high=high
    )
    return rates.select(pl.col(name).cast(dtype) for name, dtype in RATE_SCHEMA.items())


def cut_points(measured: pl.DataFrame, effects: dict[str, str]) -> pl.DataFrame:
    """What answers say of a higher line for one rule: CUT_SCHEMA, a row a possible line.

    The lines are measures of answered clues that part them into ``CUTS + 1`` equal groups.
    ``high`` is the upper end of Wilson's interval for the share of confirmed clues among those
    that would be dropped: few answers prove little, however clean they are.

    Args:
        measured: ``alert_no period result measure`` of the answered clues of the rule.
        effects: by title of a result, what it does.
    """
    final = _final(measured, effects).drop_nulls("measure")
    shares = [(place + 1) / (CUTS + 1) for place in range(CUTS)]
    lines = [final["measure"].quantile(share, "higher") for share in shares]
    cuts = pl.DataFrame({"cut": lines}, schema={"cut": pl.Float64}).drop_nulls().unique()
    below = pl.col("measure") < pl.col("cut")
    counted = (
        cuts.join(final, how="cross")
        .group_by("cut")
        .agg(
            dropped=below.sum().cast(pl.Int64),
            dropped_confirmed=(below & pl.col("confirmed")).sum().cast(pl.Int64),
            kept=(~below).sum().cast(pl.Int64),
            kept_confirmed=(~below & pl.col("confirmed")).sum().cast(pl.Int64),
        )
        .filter(pl.col("dropped") > 0)
    )
    _, high = wilson(pl.col("dropped_confirmed"), pl.col("dropped"))
    return counted.with_columns(high=high).select(CUT_SCHEMA.keys()).sort("cut")


def visit_order(
    alerts: pl.DataFrame, answered: pl.DataFrame, effects: dict[str, str]
) -> pl.DataFrame:
    """``alert_no chance``: how likely each alert is to be confirmed, by what was confirmed before.

    The share of a level is smoothed towards that of all answers, the share of a rule towards its
    level's, and the share of the alert's exact combination of rules towards what its rules would
    give if they worked apart (1 - Π(1 - p)). Each time the wider group counts for ``WEIGHT``
    answers: smoothed = (confirmed + WEIGHT · wider) / (answered + WEIGHT).

    Args:
        alerts: ``alert_no rule_id level``: the rules that speak on each open alert.
        answered: ANSWERED_SCHEMA, what is known.
        effects: by title of a result, what it does.
    """
    final = _final(answered, effects)
    entries = final.unique(["alert_no", "period"], maintain_order=True)
    known = int(entries["confirmed"].sum())
    everyone = pl.lit((known + WEIGHT * FIRST_GUESS) / (entries.height + WEIGHT))
    level = _shares(final, "level").with_columns(
        level_share=_smoothed(pl.col("confirmed"), pl.col("answered"), everyone)
    )
    rule = _shares(final, "rule_id").rename({"confirmed": "k", "answered": "n"})
    rules = (
        alerts.select("alert_no", "rule_id", "level")
        .unique(maintain_order=True)
        .join(level.select("level", "level_share"), on="level", how="left")
        .join(rule, on="rule_id", how="left")
        .with_columns(pl.col("level_share").fill_null(everyone))
        .with_columns(
            share=_smoothed(
                pl.col("k").fill_null(0), pl.col("n").fill_null(0), pl.col("level_share")
            )
        )
    )
    combined = rules.group_by("alert_no").agg(
        combination=pl.col("rule_id").unique().sort().str.join("+"),
        apart=1 - (1 - pl.col("share")).product(),
    )
    before = (
        final.group_by("alert_no", "period")
        .agg(
            combination=pl.col("rule_id").unique().sort().str.join("+"),
            confirmed=pl.col("confirmed").first(),
        )
        .group_by("combination")
        .agg(k=pl.col("confirmed").sum(), n=pl.len())
    )
    return (
        combined.join(before, on="combination", how="left")
        .select(
            "alert_no",
            chance=_smoothed(pl.col("k").fill_null(0), pl.col("n").fill_null(0), pl.col("apart")),
        )
        .sort("alert_no")
    )


def _final(answered: pl.DataFrame, effects: dict[str, str]) -> pl.DataFrame:
    effect = pl.col("result").replace_strict(effects, default=None, return_dtype=pl.String)
    return answered.with_columns(confirmed=effect == "monitored").filter(
        effect.is_in(["no_risk", "monitored"])
    )


def _shares(final: pl.DataFrame, column: str) -> pl.DataFrame:
    """``<column> confirmed answered``, an answered alert counting once in each group."""
    return (
        final.unique(["alert_no", "period", column], maintain_order=True)
        .group_by(column)
        .agg(confirmed=pl.col("confirmed").sum(), answered=pl.len())
    )


def _smoothed(confirmed: pl.Expr, answered: pl.Expr, wider: pl.Expr) -> pl.Expr:
    return (confirmed + WEIGHT * wider) / (answered + WEIGHT)
