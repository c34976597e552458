"""Monitored households: from what was done for each to where it stands and what is due.

A case is opened by a township's confirmed answer, goes through the steps of ``workflow.toml`` one
after the other, is supported and visited until its risk is removed, and is opened again under the
same number when a risk is confirmed anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

CASE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "case_no": pl.String,
    "household_id": pl.String,
    "township": pl.String,
    "village": pl.String,
    "type": pl.String,
    "risks": pl.String,
    "state": pl.String,  # proceeding supported clearing cleared closed
    "step": pl.String,  # id of the step that is to be done, null when none is
    "step_title": pl.String,
    "who": pl.String,
    "opened_on": pl.Date,  # last opening
    "due_date": pl.Date,  # of the step, or of the next visit
    "overdue": pl.Boolean,
    "last_visit": pl.Date,
    "contact": pl.String,  # the officer who keeps in touch and visits, null when none is named
    "ended_on": pl.Date,
    "alert_no": pl.String,
}

ACT_COLUMNS: Final = (
    "case_no",
    "household_id",
    "township",
    "village",
    "action",
    "step",
    "type",
    "risks",
    "alert_no",
    "done_on",
    "officer",
    "note",
)
STARTS: Final = ("open", "reopen")
ACTIVE: Final = ("proceeding", "supported", "clearing")
_SEPARATOR: Final = "、"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure."""

    id: str
    title: str
    who: str
    days: int


@dataclass(frozen=True, slots=True)
class Procedure:
    """From confirmed to removed.

    Attributes:
        steps: in order, the last one going on until the end.
        visit_days: how often to visit then.
        removal: the steps from there to the removal of the risk; without any it is one act.
    """

    steps: Sequence[Step]
    visit_days: int
    removal: Sequence[Step] = ()

    @property
    def ongoing(self) -> str:
        """Id of the last step; "" when there are no steps."""
        return self.steps[-1].id if self.steps else ""

    @property
    def order(self) -> list[Step]:
        """All steps one after the other."""
        return [*self.steps, *self.removal]


def cases(events: pl.DataFrame, procedure: Procedure, as_of: dt.date) -> pl.DataFrame:
    """CASE_SCHEMA, one row a case, sorted by number.

    Args:
        events: ``seq`` and ``ACT_COLUMNS``, in the order recorded.
        procedure: the steps; an event about a step that is no longer there counts as none done.
        as_of: today.
    """
    rank = {step.id: place for place, step in enumerate(procedure.order)}
    last = len(rank) - 1
    # A removal recorded without a step is the whole of it.
    unknown = pl.when(pl.col("action") == "clear").then(pl.lit(last)).otherwise(pl.lit(-1))
    placed = (
        events.sort("case_no", "seq")
        .with_columns(
            life=pl.col("action").is_in(STARTS).cum_sum().over("case_no"),
            place=pl.col("step").replace_strict(rank, default=None, return_dtype=pl.Int64),
        )
        .with_columns(
            place=pl.col("place").fill_null(unknown),
            joins=(pl.col("action") == "join").cum_sum().over("case_no", "life"),
        )
    )
    now = pl.col("life") == pl.col("life").max().over("case_no")
    summed = placed.filter(now).group_by("case_no", maintain_order=True).agg(**_summary(last))
    order = procedure.order
    following = pl.DataFrame(
        {
            "done": range(-1, last),
            "step": [step.id for step in order],
            "step_title": [step.title for step in order],
            "who": [step.who for step in order],
            "days": [step.days for step in order],
        },
        schema={"done": pl.Int64, "step": pl.String, "step_title": pl.String,
                "who": pl.String, "days": pl.Int64},
    )  # fmt: skip
    return _with_state(summed.join(following, on="done", how="left"), procedure, as_of)


def _summary(last: int) -> dict[str, pl.Expr]:
    """What the events of a case's present life come to; ``last`` is the place of the last step.

    A risk that is added while the removal is under way takes the household back to support.
    """
    action = pl.col("action")
    removing = (action == "clear") & (pl.col("joins") == pl.col("joins").max())
    moves = action.is_in([*STARTS, "advance"]) | removing
    removed = ((action == "clear") & (pl.col("place") == last)).any()
    closed = (action == "close").any()
    risks = pl.col("risks").str.split(_SEPARATOR).explode()
    return {
        "household_id": pl.col("household_id").first(),
        "township": pl.col("township").drop_nulls().last(),
        "village": pl.col("village").drop_nulls().last(),
        "alert_no": pl.col("alert_no").drop_nulls().first(),
        "type": pl.col("type").filter(pl.col("type") != "").last(),
        "risks": risks.filter(risks != "").unique().sort().str.join(_SEPARATOR),
        "ended": pl.when(closed).then(pl.lit("closed")).when(removed).then(pl.lit("cleared")),
        "ended_on": pl.when(closed | removed).then(pl.col("done_on").last()),
        "done": pl.col("place").filter(moves).last(),
        "since": pl.col("done_on").filter(moves).last(),
        "opened_on": pl.col("done_on").filter(action.is_in(STARTS)).last(),
        "last_visit": pl.col("done_on").filter(action == "visit").max(),
        "contact": pl.col("officer").filter(action == "assign").last(),
    }


def _with_state(rows: pl.DataFrame, procedure: Procedure, as_of: dt.date) -> pl.DataFrame:
    """Add ``state``, ``due_date`` and ``overdue``; a case that ended has nothing due."""
    supported = pl.col("step").is_null() | (pl.col("step") == procedure.ongoing)
    clearing = pl.col("step").is_in([step.id for step in procedure.removal])
    going = (
        pl.when(supported)
        .then(pl.lit("supported"))
        .when(clearing)
        .then(pl.lit("clearing"))
        .otherwise(pl.lit("proceeding"))
    )
    active = pl.col("ended").is_null()
    step_due = pl.col("since") + pl.duration(days=pl.col("days"))
    visit_due = pl.col("last_visit") + pl.duration(days=procedure.visit_days)
    due = (
        pl.when(supported & pl.col("last_visit").is_not_null()).then(visit_due).otherwise(step_due)
    )
    return (
        rows.with_columns(
            state=pl.coalesce("ended", going),
            due_date=pl.when(active).then(due),
            **{name: pl.when(active).then(pl.col(name)) for name in ("step", "step_title", "who")},
        )
        .with_columns(overdue=(pl.col("due_date") < as_of).fill_null(value=False))
        .select(CASE_SCHEMA.keys())
        .sort("case_no")
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening cases needs to know.

    Attributes:
        prefix: what a case number begins with (``999901-J2026-``).
        last_number: the highest running number given out under it.
        done: by title of a result, the step that is behind the household already ("" none).
        types: by household type of the roster, the kind of monitored household to propose.
        as_of: today; the day of a case whose answer has no date.
    """

    prefix: str
    last_number: int
    done: dict[str, str]
    types: dict[str, str]
    as_of: dt.date


def opening_acts(
    confirmed: pl.DataFrame, known: pl.DataFrame, people: pl.DataFrame, opening: Opening
) -> pl.DataFrame:
    """What confirmed answers do: open a case, open one again, or add a risk to one.

    Args:
        confirmed: ``alert_no period household_id township village risks result visited_on
            officer``; the last list's answer of a household counts.
        known: CASE_SCHEMA, all cases.
        people: ``household_id monitor_type household_type`` of the roster, one row a household.
        opening: numbers, steps behind, types.

    Returns:
        ``period`` and ``ACT_COLUMNS``, sorted by township, village and household.
    """
    rows = (
        confirmed.sort("household_id", "period")
        .unique("household_id", keep="last", maintain_order=True)
        .join(
            known.select(
                "household_id", "case_no", "state", "ended_on", known_risks="risks"
            ).unique("household_id", keep="last", maintain_order=True),
            on="household_id",
            how="left",
        )
        .join(people, on="household_id", how="left")
        # A visit from before the removal says nothing of what came after it.
        .filter(
            (pl.col("state") != "cleared").fill_null(value=True)
            | (pl.col("visited_on").fill_null(opening.as_of) > pl.col("ended_on"))
        )
        .sort("township", "village", "household_id", nulls_last=True)
    )
    fresh = pl.col("case_no").is_null()
    active = pl.col("state").is_in(ACTIVE)
    added = (
        pl.col("risks")
        .str.split(_SEPARATOR)
        .list.set_difference(pl.col("known_risks").fill_null("").str.split(_SEPARATOR))
    )
    proposed = pl.col("household_type").replace_strict(
        opening.types, default="", return_dtype=pl.String
    )
    numbered = rows.with_columns(
        running=fresh.cast(pl.Int64).cum_sum() + opening.last_number,
        action=pl.when(fresh)
        .then(pl.lit("open"))
        .when(active.fill_null(value=False))
        .then(pl.lit("join"))
        .otherwise(pl.lit("reopen")),
        added=added,
    ).filter((pl.col("action") != "join") | (pl.col("added").list.len() > 0))
    starts = pl.col("action").is_in(STARTS)
    behind = pl.col("result").replace_strict(opening.done, default="", return_dtype=pl.String)
    number = pl.lit(opening.prefix) + pl.col("running").cast(pl.String).str.zfill(5)
    return numbered.select(
        "period",
        case_no=pl.coalesce("case_no", number),
        household_id="household_id",
        township="township",
        village="village",
        action="action",
        step=pl.when(starts).then(behind).otherwise(pl.lit("")),
        type=pl.when(starts).then(pl.coalesce("monitor_type", proposed)).otherwise(pl.lit("")),
        risks=pl.when(starts)
        .then("risks")
        .otherwise(pl.col("added").list.sort().list.join(_SEPARATOR)),
        alert_no="alert_no",
        done_on=pl.col("visited_on").fill_null(opening.as_of),
        officer="officer",
        note=pl.col("result"),
    )
