"""From the hits of a period to alerts: one a household, with a number that lasts.

The life of an alert::

    new ─► continuing ─► overdue          the township has something to do
      └──────► escalated ◄──┘             level rose, a risk was added, or a hit got worse
    any of these ─► answered ─► escalated/continuing   something worse, or the silence ended
    any of these ─► cleared               the data no longer shows a hit, and nobody answered
    held ─► new                           the list was full (``holding``), and has room now

A total of the year so far is gone in January because the year is new: unanswered, it stands.

An alert lives as long as the data shows a hit of the household; when it comes back after a month
without any, it is a new alert with a new number.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fpm.ledger.hits import answered_numbers, classify_hits, standing_hits
from fpm.ledger.state import (
    HELD,
    LASTING_STATES,
    LEDGER_ALERT_SCHEMA,
    LEDGER_HIT_SCHEMA,
    AlertRequest,
    AlertState,
    AlertUpdate,
)
from fpm.model import HIT_SCHEMA, LEVEL_TITLES, LEVELS, OPEN_STATES, SPEAKING_STATES

_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_SEPARATOR = "、"


def update_alerts(hits: pl.DataFrame, state: AlertState, request: AlertRequest) -> AlertUpdate:
    """Open, continue, escalate, answer and clear alerts by the hits of one period.

    The result depends on the content of the frames only, not on the order of their rows.

    Args:
        hits: HIT_SCHEMA, all kinds and scopes; corrections are left alone.
        state: what the ledger knows (``Ledger.state``).
        request: period, dates, days allowed, rule terms.
    """
    hits = hits.select(HIT_SCHEMA.keys()).sort(HIT_SCHEMA.keys(), nulls_last=True)
    at_home = pl.col("scope").is_in(["person", "household"])
    shown = classify_hits(hits.filter(at_home & (pl.col("kind") == "alert")), state, request)
    own = pl.concat([shown, standing_hits(shown, state, request)])
    rows = _summarise(own).join(
        _lasting(state), on="household_id", how="full", coalesce=True, maintain_order="left_right"
    )
    judged = _with_state(rows, state, request).filter(pl.col("state").is_not_null())
    dated = _with_due_date(_with_number(judged, state, request), state, request)
    own_alerts = dated.select(LEDGER_ALERT_SCHEMA.keys())
    alerts = pl.concat([own_alerts, _ended_by_joining(state, request)]).sort("alert_no")
    hints = hits.filter(at_home & (pl.col("kind") == "hint")).with_columns(
        hit_state=pl.lit("hint"), spoken_measure=pl.lit(None, pl.Float64)
    )
    attached = _attach(pl.concat([own, hints]), own_alerts)
    return AlertUpdate(
        period=str(request.period),
        issued_on=request.issued_on,
        alerts=alerts,
        hits=attached.filter(pl.col("alert_no").is_not_null()),
        case_hits=attached.filter(pl.col("alert_no").is_null() & (pl.col("hit_state") == "case")),
        village_hits=hits.filter(~at_home & (pl.col("kind") == "alert")),
        moves=state.moves,
    )


def _summarise(own: pl.DataFrame) -> pl.DataFrame:
    """One row a household: level and risks of the hits that speak, and what the hits did."""
    speaks = pl.col("hit_state").is_in(SPEAKING_STATES)
    rank = pl.col("level").replace_strict(_RANK, return_dtype=pl.Int8)
    risks = pl.col("risk").filter(speaks & (pl.col("risk").fill_null("") != ""))
    return (
        own.group_by("household_id", maintain_order=True)
        .agg(
            township=pl.col("township").first(),
            village=pl.col("village").first(),
            rank=rank.filter(speaks).min(),
            risk_list=risks.unique().sort(),
            speaks=speaks.any(),
            worse=(pl.col("hit_state") == "worsened").any(),
            fresh=pl.col("hit_state").is_in(["new", "worsened"]).any(),
        )
        .with_columns(shown=True)
    )


def _lasting(state: AlertState) -> pl.DataFrame:
    """Alerts of the last published period that are not over, columns prefixed ``old_``."""
    lasting = state.previous.filter(pl.col("state").is_in(LASTING_STATES))
    return lasting.select(
        "household_id",
        old_no="alert_no",
        old_township="township",
        old_village="village",
        old_state="state",
        old_rank=pl.col("level").replace_strict(_RANK, return_dtype=pl.Int8),
        old_risks=pl.col("risks").str.split(_SEPARATOR),
        old_first="first_period",
        old_due="due_date",
    )


def _with_state(rows: pl.DataFrame, state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Add ``state`` (null: nothing to record), ``level``, ``risks``, ``change``, place columns."""
    no = pl.lit(value=False)
    told = pl.col("old_state") != HELD
    known = rows.join(
        state.origins, on="household_id", how="left", maintain_order="left"
    ).with_columns(
        speaks=pl.col("speaks").fill_null(no),
        shown=pl.col("shown").fill_null(no),
        closed=(pl.col("old_state") == "answered").fill_null(no),
        got_answer=pl.col("old_no").is_in(answered_numbers(state, request)).fill_null(no),
        was_told=told.fill_null(no),
        again=pl.col("old_no").is_in(state.answers["alert_no"].implode()).fill_null(no),
        rose=(told & (pl.col("rank") < pl.col("old_rank"))).fill_null(no),
        added=pl.when(told)
        .then(pl.col("risk_list").list.set_difference("old_risks").list.sort())
        .otherwise(pl.lit([], pl.List(pl.String))),
    )
    return known.with_columns(was_answered=pl.col("closed") | pl.col("got_answer")).with_columns(
        state=_state(request),
        level=pl.coalesce("rank", "old_rank").replace_strict(
            dict(enumerate(LEVELS)), return_dtype=pl.String
        ),
        risks=pl.when("speaks").then("risk_list").otherwise("old_risks").list.join(_SEPARATOR),
        change=_change(),
        township=pl.coalesce("township", "old_township"),
        village=pl.coalesce("village", "old_village"),
    )


def _ended_by_joining(state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """The last word on alerts whose household is one with another now."""
    answered = (pl.col("state") == "answered") | pl.col("alert_no").is_in(
        answered_numbers(state, request)
    )
    return state.joined.with_columns(
        state=pl.when(answered).then(pl.lit("answered")).otherwise(pl.lit("cleared")),
        change=pl.format("两户已并为一户，见线索 {}", "into"),
    ).select(LEDGER_ALERT_SCHEMA.keys())


def _state(request: AlertRequest) -> pl.Expr:
    speaks, shown = pl.col("speaks"), pl.col("shown")
    known = pl.col("old_no").is_not_null()
    more = pl.col("rose") | (pl.col("added").list.len() > 0) | pl.col("worse")
    reopened_for_more = pl.col("was_answered") & pl.col("fresh")
    late = ~pl.col("was_answered") & (pl.col("old_due") < request.issued_on)
    return (
        pl.when(speaks & ~pl.col("was_told"))
        .then(pl.lit("new"))
        .when(speaks & (more | reopened_for_more).fill_null(value=False))
        .then(pl.lit("escalated"))
        .when(speaks & late)
        .then(pl.lit("overdue"))
        .when(speaks)
        .then(pl.lit("continuing"))
        .when(known & (shown | (pl.col("got_answer") & ~pl.col("closed"))))
        .then(pl.lit("answered"))
        .when(known & ~pl.col("closed"))
        .then(pl.lit("cleared"))
    )


def _change() -> pl.Expr:
    """One line on what changed since the last list; empty for a new or unchanged alert."""
    titles = {rank: LEVEL_TITLES[level] for level, rank in _RANK.items()}

    def title(name: str) -> pl.Expr:
        return pl.col(name).replace_strict(titles, return_dtype=pl.String)

    known, speaks = pl.col("old_no").is_not_null(), pl.col("speaks")
    again = pl.col("was_answered") | (~pl.col("was_told") & pl.col("again"))
    parts = [
        pl.when(speaks & pl.col("rose")).then(
            pl.format("级别由{}升为{}", title("old_rank"), title("rank"))
        ),
        pl.when(known & speaks & (pl.col("added").list.len() > 0)).then(
            pl.format("新增风险：{}", pl.col("added").list.join(_SEPARATOR))
        ),
        pl.when(pl.col("was_told") & pl.col("worse")).then(pl.lit("数额增加或又有新情况")),
        pl.when(speaks & again).then(pl.lit("曾反馈，现再次预警")),
        pl.when(speaks & (pl.col("township") != pl.col("old_township"))).then(
            pl.format("原在{}", "old_township")
        ),
        pl.when(~known & speaks).then(pl.format("由线索 {} 的农户分出", "origin")),
    ]
    return pl.concat_list(parts).list.drop_nulls().list.join("；")


def _with_number(rows: pl.DataFrame, state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Add ``alert_no`` and ``first_period``.

    Kept from the last period, else given out before for this period, else the next number of the
    year. New numbers follow a total order: level, township, village, household.
    """
    issued = state.issued.unique("household_id", keep="first", maintain_order=True)
    known = rows.join(
        issued.select("household_id", issued_no="alert_no"), on="household_id", how="left"
    ).with_columns(alert_no=pl.coalesce("old_no", "issued_no"))
    prefix = f"{request.division}-{request.period.year:04d}-"
    fresh = (
        known.filter(pl.col("alert_no").is_null())
        .sort("rank", "township", "village", "household_id", nulls_last=True)
        .with_row_index("running", offset=state.last_number + 1)
        .select(
            "household_id",
            fresh_no=prefix + pl.col("running").cast(pl.String).str.zfill(5),
        )
    )
    return known.join(fresh, on="household_id", how="left").with_columns(
        alert_no=pl.coalesce("alert_no", "fresh_no"),
        first_period=pl.coalesce("old_first", pl.lit(str(request.period))),
    )


def _with_due_date(rows: pl.DataFrame, state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Add ``due_date``: when the township's answer is due.

    An alert that this period listed before in the same state and level keeps the date that was
    printed. A new or reopened alert counts from today. An escalated one that nobody answered may
    come due sooner, never later.
    """
    printed = state.current.select("alert_no", "state", "level", printed="due_date")
    counted = _days(request.due_days) + pl.lit(request.as_of)
    kept = pl.col("old_due")
    starts = kept.is_null() | (pl.col("was_answered") & pl.col("speaks"))
    due = (
        pl.when(starts)
        .then(counted)
        .when(pl.col("state") == "escalated")
        .then(pl.min_horizontal(kept, counted))
        .otherwise(kept)
    )
    return rows.join(printed, on=["alert_no", "state", "level"], how="left").with_columns(
        due_date=pl.coalesce("printed", due)
    )


def _days(due_days: Mapping[str, int]) -> pl.Expr:
    days = pl.col("level").replace_strict(dict(due_days), return_dtype=pl.Int64)
    return pl.duration(days=days)


def _attach(hits: pl.DataFrame, alerts: pl.DataFrame) -> pl.DataFrame:
    """Add ``alert_no`` and put the hits in the order in which they are read."""
    order = pl.col("level").replace_strict(_RANK, return_dtype=pl.Int8)
    return (
        hits.join(alerts.select("household_id", "alert_no"), on="household_id", how="left")
        .sort(
            "alert_no",
            pl.col("kind") != "alert",
            order,
            "rule_id",
            "person_id",
            "evidence",
            nulls_last=True,
        )
        .select(LEDGER_HIT_SCHEMA.keys())
    )


def open_alerts(alerts: pl.DataFrame) -> pl.DataFrame:
    """The alerts that are put to the townships."""
    return alerts.filter(pl.col("state").is_in(OPEN_STATES))
