"""Lists that are too long for a township: what is put to it now, and what is held back.

What is held back keeps its number, is listed for the county, and comes first when there is room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from fpm.ledger.state import HELD, AlertState, AlertUpdate
from fpm.model import LEVELS, OPEN_STATES

ALWAYS_PUT: Final = LEVELS[0]
"""Alerts of this level are never held back."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many alerts a township can look into in a month.

    Attributes:
        each: for every township; None: without a limit.
        townships: for the townships named here.
    """

    each: int | None = None
    townships: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any limit."""
        return self.each is not None or bool(self.townships)


def hold_back(
    update: AlertUpdate, state: AlertState, chances: pl.DataFrame, capacity: Capacity
) -> AlertUpdate:
    """``update`` with the alerts for which the list of their township has no room held back.

    The gravest level, what the township has in hand already and what this period put to it before
    (a rerun) are always put, even beyond the limit. The rest fills what room is left: first what
    was held back last time, the oldest first; then by level and by ``chance``.

    Args:
        update: what the hits made of the alerts.
        state: what the ledger knew before.
        chances: ``alert_no chance``: how likely each alert is to be confirmed.
        capacity: the limits.
    """
    opened = _with_room(update, state, capacity).drop_nulls("limit")
    free = pl.col("limit") - pl.col("always").sum().over("township")
    held = (
        opened.join(chances, on="alert_no", how="left")
        .sort(
            pl.col("was_held").not_(),
            pl.when("was_held").then("first_period"),
            pl.col("level").replace_strict(dict(zip(LEVELS, range(len(LEVELS)), strict=True))),
            "first_period",
            pl.col("chance").fill_null(0.0).neg(),
            "alert_no",
            nulls_last=True,
        )
        .with_columns(free=free, place=(~pl.col("always")).cum_sum().over("township"))
        .filter(~pl.col("always") & (pl.col("place") > pl.col("free")))
        .select("alert_no", "limit", held=True)
    )
    is_held = pl.col("held").fill_null(value=False)
    why = pl.format("超出该乡镇每期 {} 户的上限，暂缓下发", "limit")
    alerts = update.alerts.join(held, on="alert_no", how="left", maintain_order="left")
    changed = alerts.with_columns(
        state=pl.when(is_held).then(pl.lit(HELD)).otherwise("state"),
        due_date=pl.when(~is_held).then("due_date"),
        change=pl.when(is_held).then(why).otherwise("change"),
    )
    return replace(update, alerts=changed.select(update.alerts.columns))


def _with_room(update: AlertUpdate, state: AlertState, capacity: Capacity) -> pl.DataFrame:
    """The open alerts with ``limit`` (null: none), ``always`` and ``was_held``."""
    in_hand = pl.concat([state.previous, state.current]).filter(pl.col("state").is_in(OPEN_STATES))
    waiting = state.previous.filter(pl.col("state") == HELD)["alert_no"]
    return update.alerts.filter(pl.col("state").is_in(OPEN_STATES)).with_columns(
        limit=pl.col("township").replace_strict(
            dict(capacity.townships), default=capacity.each, return_dtype=pl.Int64
        ),
        always=(pl.col("level") == ALWAYS_PUT)
        | pl.col("alert_no").is_in(in_hand["alert_no"].implode()),
        was_held=pl.col("alert_no").is_in(waiting.implode()),
    )
