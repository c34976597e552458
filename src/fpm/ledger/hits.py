"""Which hits are put to a township, and which stay silent or go to a case file."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ledger.state import ANSWER_SCHEMA, HELD, AlertRequest, AlertState
from fpm.model import OPEN_STATES

HIT_KEY: Final = ("household_id", "rule_id", "person_id")
"""What makes a hit of one month the same as a hit of another; ``person_id`` null: the household."""


def classify_hits(hits: pl.DataFrame, state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Add ``hit_state`` and ``spoken_measure`` to household and person hits of kind alert.

    Args:
        hits: HIT_SCHEMA, one row a rule and person (or household).
        state: the ledger's knowledge.
        request: effects of feedback results, rule terms, monitored households.

    Returns:
        ``hits`` with the two columns, in the same order.
    """
    known = (
        hits.join(_terms(request), on="rule_id", how="left", maintain_order="left")
        .join(
            _known_before(state, request),
            on=HIT_KEY,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .join(
            _answers(state, request),
            on=HIT_KEY,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .join(
            _in_case(state, request),
            on=["household_id", "risk"],
            how="left",
            maintain_order="left",
        )
    )
    margin = pl.col("worsens_by")
    # An answer covers what it was about and up to one margin more. Beyond that the hit speaks
    # again, and gets worse only by a further margin over what was last put to the township.
    last_said = pl.max_horizontal("answered_measure", "earlier_measure")
    covered = (pl.col("measure") < pl.col("answered_measure") + margin).fill_null(value=True)
    judged = known.with_columns(
        worse=(pl.col("measure") >= last_said + margin).fill_null(value=False),
        silenced=pl.col("answer_effect").eq_missing("no_risk")
        & (pl.col("months") <= pl.col("silence").fill_null(0))
        & covered,
    ).with_columns(hit_state=_hit_state())
    speaks_anew = pl.col("hit_state").is_in(["new", "worsened", "returned"])
    return judged.select(
        *hits.columns,
        "hit_state",
        spoken_measure=pl.when(speaks_anew)
        .then(pl.col("measure"))
        .otherwise(pl.coalesce("earlier_measure", "measure")),
    )


def standing_hits(own: pl.DataFrame, state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Hits on a total of last year that the data no longer shows, of alerts still to be answered.

    A new year begins with new totals; what was spent last year is spent, and stands until somebody
    answers. It counts as 0 from here on, so that an answer to it covers nothing of this year.

    Args:
        own: what ``classify_hits`` returned for the period.
        state: the ledger's knowledge.
        request: as there.

    Returns:
        The columns of ``own``, ``hit_state`` standing.
    """
    answered = answered_numbers(state, request)
    open_still = state.previous.filter(
        pl.col("state").is_in([*OPEN_STATES, HELD]) & ~pl.col("alert_no").is_in(answered)
    )
    return (
        state.standing.filter(pl.col("rule_id").is_in(_yearly(request)))
        .unique(HIT_KEY, keep="first", maintain_order=True)
        .join(open_still, on="household_id", how="semi", maintain_order="left")
        .join(own, on=HIT_KEY, how="anti", nulls_equal=True, maintain_order="left")
        .join(
            _in_case(state, request),
            on=["household_id", "risk"],
            how="anti",
            maintain_order="left",
        )
        .with_columns(hit_state=pl.lit("standing"), measure=0.0, spoken_measure=0.0)
        .select(own.columns)
    )


def answered_numbers(state: AlertState, request: AlertRequest) -> list[str]:
    """Numbers answered since the last list; earlier answers are in the alert's state already."""
    last_list = state.previous_issued_on or request.issued_on
    fresh = answers_with_effect(state, request).filter(pl.col("received_on") > last_list)
    return fresh["alert_no"].unique().to_list()


def _hit_state() -> pl.Expr:
    """The first case that holds decides; a monitored risk and an answer go before everything."""
    earlier, answered = pl.col("earlier_state"), pl.col("answer_effect").is_not_null()
    return (
        pl.when(pl.col("in_case").fill_null(value=False))
        .then(pl.lit("case"))
        .when(pl.col("silenced"))
        .then(pl.lit("silent"))
        .when(earlier.is_null() & ~answered)
        .then(pl.lit("new"))
        .when(pl.col("worse"))
        .then(pl.lit("worsened"))
        .when(earlier.is_null() | earlier.is_in(["silent", "case"]))
        .then(pl.lit("returned"))
        .otherwise(pl.lit("continuing"))
    )


def _terms(request: AlertRequest) -> pl.DataFrame:
    rows = [(rule, terms.worsens_by, terms.silence) for rule, terms in request.terms.items()]
    schema = {"rule_id": pl.String, "worsens_by": pl.Float64, "silence": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _yearly(request: AlertRequest) -> list[str]:
    """Rules that watch a total of the calendar year."""
    return [rule for rule, terms in request.terms.items() if terms.yearly]


def _counted(measure: str, request: AlertRequest) -> pl.Expr:
    """What ``measure`` of an earlier ``period`` counts for now: of last year's total, 0."""
    other_year = pl.col("period").str.slice(0, 4) != f"{request.period.year:04d}"
    begun_anew = pl.col("rule_id").is_in(_yearly(request)) & other_year
    return pl.when(begun_anew).then(pl.lit(0.0)).otherwise(pl.col(measure))


def _known_before(state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """The hits of the last list; those of an alert that was held back were told to nobody."""
    held = state.previous.filter(pl.col("state") == HELD)
    told = state.previous_hits.join(held, on="household_id", how="anti", maintain_order="left")
    return told.select(
        *HIT_KEY,
        earlier_state="hit_state",
        earlier_measure=_counted("spoken_measure", request),
    ).unique(HIT_KEY, keep="first", maintain_order=True)


def answers_with_effect(state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Answers that are answers (``pending`` is none): ANSWER_SCHEMA, ``effect``, ``months``.

    ``months`` is how many months ago the answered list was.
    """
    this_month = request.period.year * 12 + request.period.month
    year = pl.col("period").str.slice(0, 4).cast(pl.Int64)
    month = pl.col("period").str.slice(5, 2).cast(pl.Int64)
    effect = pl.col("result").replace_strict(
        dict(request.effects), default=None, return_dtype=pl.String
    )
    return (
        state.answers.select(ANSWER_SCHEMA.keys())
        .with_columns(effect=effect, months=this_month - (year * 12 + month))
        .filter(pl.col("effect").is_in(["no_risk", "monitored"]))
    )


def _answers(state: AlertState, request: AlertRequest) -> pl.DataFrame:
    return (
        answers_with_effect(state, request)
        .select(
            *HIT_KEY,
            "months",
            answer_effect="effect",
            answered_measure=_counted("measure", request),
        )
        .unique(HIT_KEY, keep="last", maintain_order=True)
    )


def _in_case(state: AlertState, request: AlertRequest) -> pl.DataFrame:
    """Households and risks that are in the monitoring procedure.

    The roster says so; between the township's answer "to be monitored" and the roster's next
    export the answer does, for as long as the rule would be silent: a household that the county
    then did not take in comes back.
    """
    answered = (
        answers_with_effect(state, request)
        .join(_terms(request), on="rule_id", how="left", maintain_order="left")
        .filter(
            (pl.col("effect") == "monitored") & (pl.col("months") <= pl.col("silence").fill_null(0))
        )
        .select("household_id", "risk")
    )
    return (
        pl.concat([request.monitored.select("household_id", "risk"), answered])
        .unique(maintain_order=True)
        .with_columns(in_case=True)
    )
