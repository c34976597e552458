"""Properties of reading answers back: order, repetition and splitting over files change nothing."""

from __future__ import annotations

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from fpm.followup import ANSWER_FIELDS, RETURNED_SCHEMA, AnswerRequest, read_answers

EFFECTS = {"纳入": "monitored", "不实": "no_risk", "待核实": "pending"}
SPELLINGS = {title: title for title in EFFECTS}
ISSUED, TODAY = dt.date(2026, 11, 2), dt.date(2026, 11, 20)
ALERTS = ("A-1", "A-2", "A-3")
LISTED = pl.DataFrame(
    [(no, "2026-10", f"{no}.2026-10.0123abcd", ISSUED) for no in ALERTS],
    schema={"alert_no": pl.String, "period": pl.String, "row_key": pl.String, "since": pl.Date},
    orient="row",
)
RECORDED = {
    "alert_no": pl.String,
    "period": pl.String,
    **{name: pl.Date if name == "visited_on" else pl.String for name in ANSWER_FIELDS},
}

rows = st.lists(
    st.tuples(
        st.sampled_from(["甲.xlsx", "乙.xlsx"]),
        st.sampled_from(ALERTS),
        st.sampled_from([None, "纳入", "不实", "待核实", "别的"]),
        st.sampled_from([None, ISSUED, dt.date(2026, 11, 9), dt.date(2026, 12, 1)]),
        st.sampled_from([None, "王干事"]),
    ),
    max_size=8,
)


def returned(chosen):
    full = [
        (file, "预警线索", place, f"{no}.2026-10.0123abcd", no, None, result, day, officer, None, None, None)
        for place, (file, no, result, day, officer) in enumerate(chosen, start=4)
    ]  # fmt: skip
    return pl.DataFrame(full, schema=RETURNED_SCHEMA, orient="row")


def read(frame, recorded=None):
    held = pl.DataFrame(schema=RECORDED) if recorded is None else recorded
    return read_answers(frame, AnswerRequest(LISTED, held, EFFECTS, SPELLINGS, TODAY))


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms())
def test_the_order_of_rows_changes_nothing(chosen, dice):
    frame = returned(chosen)
    order = list(range(frame.height))
    dice.shuffle(order)

    one, other = read(frame), read(frame[order])

    assert one.fresh.equals(other.fresh)
    assert one.problems.equals(other.problems)
    assert (one.known, one.blank) == (other.known, other.blank)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_reading_again_what_was_recorded_records_nothing(chosen):
    frame = returned(chosen)
    first = read(frame)

    again = read(frame, first.fresh.select(RECORDED.keys()))

    assert again.fresh.is_empty()
    assert again.problems.equals(first.problems)


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms())
def test_files_one_after_the_other_in_any_order_end_alike_or_are_reported(chosen, dice):
    """A copy that comes later never quietly changes what an answer says."""
    frame = returned(chosen)
    order = list(range(frame.height))
    dice.shuffle(order)

    (one, told), (other, told_otherwise) = after_each(frame), after_each(frame[order])

    if not told and not told_otherwise:
        assert one == other
    assert told or told_otherwise or set(one) == set(other)


def after_each(frame):
    """What the ledger says of each alert after rows came in one by one, and what was reported."""
    held, told = pl.DataFrame(schema=RECORDED), []
    for row in frame.iter_slices(1):
        found = read(row, held)
        held = pl.concat([held, found.fresh.select(RECORDED.keys())])
        told += [code for code in found.problems["problem"] if code == "recorded_otherwise"]
    last = held.unique(["alert_no", "period"], keep="last", maintain_order=True)
    answers = last.filter(pl.col("result") != "待核实").sort("alert_no")
    return {row[0]: row[1:] for row in answers.rows()}, told


@settings(max_examples=60, deadline=None)
@given(rows)
def test_every_row_is_accounted_for_and_nothing_doubtful_is_chosen(chosen):
    frame = returned(chosen)

    found = read(frame)

    told = set(found.problems["row"].to_list())
    sound = frame.filter(~pl.col("row").is_in(sorted(told)))
    assert found.blank + len(told) <= found.rows == frame.height
    assert set(found.fresh["alert_no"].to_list()) <= set(sound["alert_no"].to_list())
    assert found.fresh["alert_no"].is_unique().all()
    assert set(found.fresh["result"].to_list()) <= set(EFFECTS)
