"""Returned township lists → answers to record, and every row that cannot be taken with its reason.

A row is known by its hidden key (``<alert>.<period>.<check>``), not by file, place or order, so
that renamed, sorted, thinned out or copied lists read alike. Nothing of a doubtful row is chosen:
it is reported and everything else is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.followup.days import only_day
from fpm.followup.merging import ANSWER_FIELDS, against_recorded, one_answer_each
from fpm.followup.problems import PROBLEM_SCHEMA, problem_rows
from fpm.masking import mask_digits
from fpm.row_key import ROW_KEY_FORM

RETURNED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
    "row_key": pl.String,
    "alert_no": pl.String,  # as it stands in the visible column, null where that is gone
    "day_written": pl.String,  # what stands for the day of the visit and is no day in full
    **{name: pl.Date if name == "visited_on" else pl.String for name in ANSWER_FIELDS},
}

_PLACE: Final = ("file", "sheet", "row")


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """What returned rows are held against.

    Attributes:
        listed: ``alert_no period row_key since`` (Date), one row a key that was sent.
        recorded: ``alert_no period`` and ``ANSWER_FIELDS``: what the ledger holds, in its order.
        effects: by title of a result, what it does (``no_risk monitored pending``).
        spellings: every way to write a result → its title.
        as_of: today; no visit lies after it.
        supersede: an answer that differs from the recorded one replaces it.
    """

    listed: pl.DataFrame
    recorded: pl.DataFrame
    effects: Mapping[str, str]
    spellings: Mapping[str, str]
    as_of: dt.date
    supersede: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of returned rows: each is an answer, known, blank, or a problem.

    Attributes:
        fresh: ``alert_no period`` and ``ANSWER_FIELDS``, to be recorded, sorted.
        problems: PROBLEM_SCHEMA, sorted by file, sheet, row.
        known: rows that say what the ledger or another of the rows says, or less.
        blank: rows in which nothing was filled in.
        rows: all rows.
    """

    fresh: pl.DataFrame
    problems: pl.DataFrame
    known: int
    blank: int
    rows: int


def keys_in(returned: pl.DataFrame) -> pl.DataFrame:
    """``alert_no period`` that the row keys of ``returned`` name, each once."""
    parts = returned["row_key"].str.extract_groups(ROW_KEY_FORM).struct
    named = pl.DataFrame({"alert_no": parts.field("1"), "period": parts.field("2")})
    return named.drop_nulls().unique().sort("alert_no", "period")


def read_answers(returned: pl.DataFrame, request: AnswerRequest) -> Answers:
    """Sort returned rows into answers and problems; the order of rows and files does not matter.

    Args:
        returned: RETURNED_SCHEMA.
        request: what was sent, what is recorded, which results there are.
    """
    said = (*ANSWER_FIELDS, "day_written")
    filled = pl.any_horizontal(pl.col(name).is_not_null() for name in said)
    titled = returned.with_columns(result=_title(pl.col("result"), request.spellings))
    rows = titled.filter(filled).with_columns(
        result=pl.coalesce("result", _result_of_another_row())
    )
    answered = _judged(rows, request)
    wrong = answered.filter(pl.col("problem").is_not_null())
    sound = answered.filter(pl.col("problem").is_null())
    merged, differing = one_answer_each(sound)
    compared = against_recorded(
        merged, request.recorded, request.effects, supersede=request.supersede
    )
    otherwise = sound.join(
        compared.filter(pl.col("outcome") == "recorded_otherwise").select(
            "key_alert", "key_period", was="recorded_result"
        ),
        on=["key_alert", "key_period"],
        how="inner",
    ).with_columns(
        problem=pl.lit("recorded_otherwise"),
        reason=pl.format(
            "台账已有不同的反馈（{}），本行没有采用", pl.col("was").fill_null("未注明")
        ),
    )
    fresh = compared.filter(pl.col("outcome") == "new")
    taken = sound.height - differing.height - otherwise.height
    return Answers(
        fresh=fresh.select(
            pl.col("key_alert").alias("alert_no"),
            pl.col("key_period").alias("period"),
            *ANSWER_FIELDS,
        ),
        problems=_problems([wrong, differing, otherwise]),
        known=taken - fresh.height,
        blank=returned.height - answered.height,
        rows=returned.height,
    )


def _result_of_another_row() -> pl.Expr:
    """The one result that stands in rows of the same key: an officer wrote on in a line below."""
    given = pl.col("result").drop_nulls()
    only = pl.when(given.n_unique() == 1).then(given.first()).over("row_key")
    return pl.when(pl.col("row_key").is_not_null()).then(only)


def _title(result: pl.Expr, spellings: Mapping[str, str]) -> pl.Expr:
    """The title that is meant, where only spaces, widths or signs differ from a known spelling."""
    written, titles = list(spellings), list(spellings.values())
    plain = pl.Series("way", written).to_frame().select(_plain(pl.col("way")))["way"].to_list()
    known = dict(zip(plain, titles, strict=True))
    return _plain(result).replace_strict(known, default=result, return_dtype=pl.String)


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC").str.replace_all(r"[\s\p{P}\p{S}]", "")


def _judged(rows: pl.DataFrame, request: AnswerRequest) -> pl.DataFrame:
    """Add ``key_alert key_period effect problem reason``; problem is null for a sound row."""
    parts = pl.col("row_key").str.extract_groups(ROW_KEY_FORM).struct
    sent = request.listed.select("row_key", "since").unique("row_key").with_columns(sent=True)
    lists = request.listed.select(key_alert="alert_no", key_period="period").unique()
    judged = (
        rows.with_columns(key_alert=parts.field("1"), key_period=parts.field("2"))
        .join(sent, on="row_key", how="left", maintain_order="left")
        .join(
            lists.with_columns(on_list=True),
            on=["key_alert", "key_period"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            effect=pl.col("result").replace_strict(
                dict(request.effects), default=None, return_dtype=pl.String
            ),
            about=pl.coalesce("key_alert", "alert_no"),
        )
    )
    day = pl.coalesce("visited_on", *_days_meant(judged, request))
    return (
        judged.with_columns(visited_on=day)
        .with_columns(problem=_problem(request))
        .with_columns(reason=_reason(request))
    )


def _days_meant(rows: pl.DataFrame, request: AnswerRequest) -> tuple[pl.Series, pl.Series]:
    """What days without a year mean.

    The day on record where it can be meant, so that a copy reads the same whenever it is read;
    else the only day since the township was asked.
    """
    recorded = request.recorded.unique(["alert_no", "period"], keep="last", maintain_order=True)
    known = recorded.select(key_alert="alert_no", key_period="period", known="visited_on")
    asked = rows.join(known, on=["key_alert", "key_period"], how="left", maintain_order="left")
    written = asked.rename({"day_written": "written"}).drop("since")
    again = written.with_columns(since="known", until="known")
    anew = rows.select("since", written="day_written", until=pl.lit(request.as_of))
    return only_day(again), only_day(anew)


def _problem(request: AnswerRequest) -> pl.Expr:
    """The first thing wrong with a row, or null."""
    said = pl.col("alert_no").is_not_null()
    return (
        pl.when(pl.col("row_key").is_null())
        .then(pl.lit("no_key"))
        .when(pl.col("key_alert").is_null() | (said & (pl.col("alert_no") != pl.col("key_alert"))))
        .then(pl.lit("tampered"))
        .when(pl.col("on_list").is_null())
        .then(pl.lit("not_listed"))
        .when(pl.col("sent").is_null())
        .then(pl.lit("tampered"))
        .when(pl.col("result").is_null())
        .then(pl.lit("no_result"))
        .when(pl.col("effect").is_null())
        .then(pl.lit("unknown_result"))
        .when(pl.col("day_written").is_not_null() & pl.col("visited_on").is_null())
        .then(pl.lit("bad_date"))
        .when(pl.col("visited_on") > request.as_of)
        .then(pl.lit("future_date"))
        .when(pl.col("visited_on") < pl.col("since"))
        .then(pl.lit("before_issue"))
    )


def _reason(request: AnswerRequest) -> pl.Expr:
    day = pl.col("visited_on").dt.to_string("%Y-%m-%d")
    written = pl.col("result").str.slice(0, 30).map_elements(mask_digits, return_dtype=pl.String)
    reasons = {
        "no_key": pl.lit("这一行没有行标识，认不出是哪条线索"),
        "tampered": pl.lit("行标识被改动，或与线索编号不是同一行"),
        "not_listed": pl.format("线索 {} 不在 {} 期的清单中", "key_alert", "key_period"),
        "no_result": pl.lit("填了核实内容，但没有选核实结果"),
        "unknown_result": pl.format("“{}”不是规定的核实结果", written),
        "bad_date": pl.format(
            "核实日期“{}”读不出，或没有写年份而不能断定是哪一天",
            pl.col("day_written").str.slice(0, 20),
        ),
        "future_date": pl.format("核实日期 {} 晚于今天（{}）", day, pl.lit(str(request.as_of))),
        "before_issue": pl.format(
            "核实日期 {} 早于线索发出之日（{}）", day, pl.col("since").dt.to_string("%Y-%m-%d")
        ),
    }
    chosen = pl.lit(None, pl.String)
    for code, text in reasons.items():
        chosen = pl.when(pl.col("problem") == code).then(text).otherwise(chosen)
    return chosen


def _problems(parts: list[pl.DataFrame]) -> pl.DataFrame:
    frames = [problem_rows(part, pl.col("problem"), pl.col("reason")) for part in parts]
    stacked = pl.concat([pl.DataFrame(schema=PROBLEM_SCHEMA), *frames])
    return stacked.sort(*_PLACE, nulls_last=True)
