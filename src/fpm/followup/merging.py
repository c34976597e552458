"""Several copies of an answer → one; and that one against what the ledger holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

ANSWER_FIELDS: Final = ("result", "visited_on", "officer", "findings", "policies", "measures")
_TITLES: Final = {
    "result": "核实结果",
    "visited_on": "核实日期",
    "officer": "核实人",
    "findings": "核实情况",
    "policies": "已享受政策",
    "measures": "拟采取措施",
}


def one_answer_each(sound: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row a list and alert, and the rows of copies that contradict each other.

    Copies that say the same, or of which one says more, are one answer. 待核实 beside an answer is
    a copy made before the visit: it says nothing.
    """
    key = ["key_alert", "key_period"]
    final = pl.col("effect") != "pending"
    heard = sound.filter(final | ~final.any().over(key))
    said = {name: pl.col(name).drop_nulls() for name in ANSWER_FIELDS}
    grouped = heard.sort(*key, *ANSWER_FIELDS, nulls_last=True).group_by(key, maintain_order=True)
    merged = grouped.agg(
        **{name: values.first() for name, values in said.items()},
        effect=pl.col("effect").first(),
        differ=pl.concat_list(
            pl.when(values.n_unique() > 1).then(pl.lit(_TITLES[name]))
            for name, values in said.items()
        ),
        places=pl.format("{} 第{}行", "file", "row").unique().sort(),
    ).with_columns(differ=pl.col("differ").list.drop_nulls())
    split = pl.col("differ").list.len() > 0
    contested = merged.filter(split).select(
        *key,
        problem=pl.lit("copies_differ"),
        reason=pl.format(
            "几份表对这条线索的答案不同（{}）：{}",
            pl.col("differ").list.join("、"),
            pl.col("places").list.join("；"),
        ),
    )
    differing = sound.drop("problem", "reason").join(contested, on=key, how="inner")
    return merged.filter(~split), differing


def against_recorded(
    merged: pl.DataFrame, recorded: pl.DataFrame, effects: Mapping[str, str], *, supersede: bool
) -> pl.DataFrame:
    """Add ``outcome``: ``new`` (to be recorded), ``known``, ``recorded_otherwise``.

    Args:
        merged: one row an alert and list: ``key_alert key_period effect`` and ``ANSWER_FIELDS``.
        recorded: ``alert_no period`` and ``ANSWER_FIELDS``, in the ledger's order.
        effects: by title of a result, what it does.
        supersede: an answer that differs from the recorded one is new.
    """
    key = ["key_alert", "key_period"]
    last = (
        recorded.unique(["alert_no", "period"], keep="last", maintain_order=True)
        .select(
            key_alert="alert_no",
            key_period="period",
            **{
                f"recorded_{name}": pl.col(name).replace("", None)
                for name in ANSWER_FIELDS
                if name != "visited_on"
            },
            recorded_visited_on="visited_on",
        )
        .with_columns(held=True)
    )
    joined = merged.join(last, on=key, how="left", maintain_order="left")
    mine = {name: pl.col(name) for name in ANSWER_FIELDS}
    theirs = {name: pl.col(f"recorded_{name}") for name in ANSWER_FIELDS}
    agrees = pl.all_horizontal(
        (mine[name] == theirs[name]).fill_null(value=True) for name in ANSWER_FIELDS
    )
    adds = pl.any_horizontal(
        mine[name].is_not_null() & theirs[name].is_null() for name in ANSWER_FIELDS
    )
    effect = pl.col("recorded_result").replace_strict(
        dict(effects), default=None, return_dtype=pl.String
    )
    was_open, is_open = effect.eq_missing("pending"), pl.col("effect") == "pending"
    later = pl.col("visited_on") > pl.col("recorded_visited_on")
    outcome = (
        pl.when(pl.col("held").is_null() | (was_open & ~is_open))
        .then(pl.lit("new"))
        .when(~was_open & is_open)
        .then(pl.lit("known"))
        .when(agrees)
        .then(pl.when(adds).then(pl.lit("new")).otherwise(pl.lit("known")))
        .when(was_open)
        .then(pl.when(later).then(pl.lit("new")).otherwise(pl.lit("known")))
        .when(pl.lit(supersede))
        .then(pl.lit("new"))
        .otherwise(pl.lit("recorded_otherwise"))
    )
    same_kind = agrees & (was_open == is_open) & pl.col("held").is_not_null()
    return joined.with_columns(outcome=outcome).with_columns(
        pl.when(same_kind).then(pl.coalesce(name, f"recorded_{name}")).otherwise(name).alias(name)
        for name in ANSWER_FIELDS
    )
