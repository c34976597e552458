"""Households that are split, merged, numbered anew or move: what is known of them goes along."""

import datetime as dt

import polars as pl
import pytest

from fpm.ledger import MOVE_SCHEMA, Ledger, household_moves, recorded_moves, verify
from fpm.ledger.moves import ROSTER_COLUMNS
from fpm.model import Period
from fpm.pipeline.moves import by_present_people

HEAD, SON = "户主", "之子"


def no(running: int) -> str:
    return f"999901-2026-{running:05d}"


def roster(*people):
    """``household person name id_number relation``."""
    return pl.DataFrame(people, schema=dict.fromkeys(ROSTER_COLUMNS, pl.String), orient="row")


def moves(*rows):
    return pl.DataFrame(rows, schema=MOVE_SCHEMA, orient="row")


FATHER, CHILD = ("王父", "ID1"), ("王子", "ID2")
BEFORE = roster(("H1", "H1-1", *FATHER, HEAD), ("H1", "H1-2", *CHILD, SON))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (BEFORE, []),
        (
            roster(("H9", "H9-1", *FATHER, HEAD), ("H9", "H9-2", *CHILD, SON)),
            [("H1", "H9", None, None), ("H1", "H9", "H1-1", "H9-1"), ("H1", "H9", "H1-2", "H9-2")],
        ),
        (
            roster(("H8", "H8-1", *CHILD, HEAD), ("H9", "H9-1", *FATHER, HEAD)),
            [("H1", "H9", None, None), ("H1", "H8", "H1-2", "H8-1"), ("H1", "H9", "H1-1", "H9-1")],
        ),
        (
            roster(("H1", "H1-2", *CHILD, HEAD), ("H9", "H9-1", *FATHER, HEAD)),
            [("H1", "H9", "H1-1", "H9-1")],
        ),
        (
            roster(("H1", "H1-1", "李四", "ID8", HEAD), ("H9", "H9-1", *FATHER, HEAD)),
            [("H1", "H9", None, None), ("H1", "H9", "H1-1", "H9-1")],
        ),
        (roster(("H1", "H1-1", "李四", "ID8", HEAD)), []),
        (
            roster(("H9", "H1-1", "王父", None, HEAD)),
            [("H1", "H9", None, None), ("H1", "H9", "H1-1", "H1-1")],
        ),
    ],
    ids=["unchanged", "numbered anew", "split", "head leaves", "number given to others", "gone",
         "without ID number"],
)  # fmt: skip
def test_people_tell_which_household_is_which(now, expected):
    found = household_moves(BEFORE, now)
    assert found.schema == MOVE_SCHEMA
    assert sorted(found.rows(), key=str) == sorted(expected, key=str)


def test_a_number_shared_by_two_people_tells_nothing():
    twice = roster(("H1", "H1-1", "王父", "ID1", HEAD), ("H2", "H2-1", "他人", "ID1", HEAD))
    assert household_moves(twice, roster(("H9", "H9-1", "王父", "ID1", HEAD))).is_empty()


RENUMBERED = moves(("H1", "H9", None, None), ("H1", "H9", "P1", "P9"))


def test_a_household_numbered_anew_keeps_its_alert(county, hit):
    county.judge("2026-08", hit("H1", person="P1", measure=6000.0))
    update, _ = county.judge(
        "2026-09",
        hit("H9", person="P9", measure=6000.0),
        moves=RENUMBERED,
        today=dt.date(2026, 9, 9),
    )
    assert update.alerts.select("alert_no", "household_id", "state", "first_period").rows() == [
        (no(1), "H9", "continuing", "2026-08")
    ]
    assert update.hits["hit_state"].to_list() == ["continuing"]


def test_what_was_answered_stays_silent_under_the_new_number_for_ever(county, hit):
    county.judge("2026-08", hit("H1", person="P1", measure=6000.0))
    county.answer(no(1), "2026-08", "不实", dt.date(2026, 9, 20))
    county.judge("2026-09", hit("H9", person="P9", measure=6000.0), moves=RENUMBERED)
    update, _ = county.judge("2026-10", hit("H9", person="P9", measure=10999.0))
    assert update.alerts.select("alert_no", "state").rows() == [(no(1), "answered")]
    worse, _ = county.judge("2026-11", hit("H9", person="P9", measure=11000.0))
    assert worse.alerts.select("alert_no", "state").rows() == [(no(1), "escalated")]
    assert verify(county.path).sound


def test_of_a_split_household_the_head_keeps_the_alert_and_each_takes_their_own_along(county, hit):
    county.judge("2026-08", hit("H1", person="P1"), hit("H1", person="P2"))
    county.answer(no(1), "2026-08", "不实", dt.date(2026, 9, 20))
    split = moves(("H1", "H9", None, None), ("H1", "H9", "P1", "P9"), ("H1", "H8", "P2", "P8"))
    update, _ = county.judge(
        "2026-09",
        hit("H9", person="P9"),
        hit("H8", person="P8"),
        hit("H8", rule="dropout", person="P8", risk="因学"),
        moves=split,
    )
    assert update.alerts.select("alert_no", "household_id", "state", "change").rows() == [
        (no(1), "H9", "answered", ""),
        (no(2), "H8", "new", f"由线索 {no(1)} 的农户分出"),
    ]
    states = dict(
        update.hits.filter(pl.col("household_id") == "H8")
        .select("rule_id", "hit_state")
        .iter_rows()
    )
    assert states == {"illness_cost": "silent", "dropout": "new"}


@pytest.mark.parametrize(("answered", "end"), [(False, "cleared"), (True, "answered")])
def test_of_merged_households_the_older_number_goes_on_and_the_other_ends(
    county, hit, answered, end
):
    county.judge("2026-07", hit("H2", person="P2"))
    county.judge("2026-08", hit("H1", person="P1"), hit("H2", person="P2"))
    if answered:
        county.answer(no(2), "2026-08", "不实", dt.date(2026, 9, 20))
    merged = moves(
        ("H1", "H9", None, None), ("H1", "H9", "P1", "P1"),
        ("H2", "H9", None, None), ("H2", "H9", "P2", "P2"),
    )  # fmt: skip
    both = [hit("H9", person="P1"), hit("H9", person="P2")]
    update, _ = county.judge("2026-09", *both, moves=merged)
    rows = update.alerts.select("alert_no", "household_id", "state", "change").rows()
    assert rows[0][:2] == (no(1), "H9")
    assert rows[1] == (no(2), "H1", end, f"两户已并为一户，见线索 {no(1)}")
    after, _ = county.judge("2026-10", *both)
    assert after.alerts["alert_no"].to_list() == [no(1)]


def test_the_household_that_keeps_its_number_keeps_its_alert_when_others_join_it(county, hit):
    county.judge("2026-07", hit("H1", person="P1"))
    county.judge("2026-08", hit("H1", person="P1"), hit("H2", person="P2"))
    joined = moves(("H1", "H2", None, None), ("H1", "H2", "P1", "P1"))
    update, _ = county.judge("2026-09", hit("H2", person="P1"), moves=joined)
    assert update.alerts.select("alert_no", "household_id").rows() == [(no(1), "H1"), (no(2), "H2")]
    assert update.alerts["state"].to_list()[0] == "cleared"


def test_a_household_in_another_township_keeps_number_and_due_date(county, hit):
    first, _ = county.judge("2026-08", hit("H1", township="青石镇"))
    update, _ = county.judge(
        "2026-09", hit("H1", township="白杨乡", village="下河村"), today=dt.date(2026, 9, 5)
    )
    assert update.alerts.select("alert_no", "township", "village", "change").rows() == [
        (no(1), "白杨乡", "下河村", "原在青石镇")
    ]
    assert update.alerts["due_date"].equals(first.alerts["due_date"])


def test_moves_are_recorded_and_a_rerun_changes_nothing(county, hit):
    county.judge("2026-08", hit("H1", person="P1"))
    county.judge("2026-09", hit("H9", person="P9"), moves=RENUMBERED)
    _, again = county.judge("2026-09", hit("H9", person="P9"), moves=RENUMBERED)
    assert not again.changed
    with Ledger.open(county.path) as ledger:
        kept = recorded_moves(ledger, Period(2026, 9))
        assert recorded_moves(ledger, Period(2026, 8)).is_empty()
    assert kept.drop("period").rows() == RENUMBERED.rows()
    assert kept["period"].unique().to_list() == ["2026-09"]
    _, other = county.judge("2026-09", hit("H9", person="P9"))
    assert other.changed, "without the move it is another household"


def test_facts_of_an_earlier_month_go_with_the_people_and_not_with_their_numbers():
    then = roster(
        ("H1", "H1-1", *FATHER, HEAD),
        ("H1", "H1-2", *CHILD, SON),
        ("H2", "H2-1", "他", "ID3", HEAD),
    ).with_columns(amount=pl.Series([10.0, 20.0, 30.0]))
    now = roster(
        ("H1", "H1-1", *CHILD, HEAD),
        ("H9", "H9-1", *FATHER, HEAD),
        ("H2", "H2-1", "他", "ID3", HEAD),
    )

    found = by_present_people(then, now)

    assert dict(found.select("person_id", "amount").iter_rows()) == {
        "H1-1": 20.0, "H9-1": 10.0, "H2-1": 30.0,
    }  # fmt: skip
    assert by_present_people(then, then).equals(then)
