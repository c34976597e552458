"""The file: reruns, late months, feedback, and the proof that nobody changed it."""

import datetime as dt
import sqlite3
import stat

import polars as pl
import pytest

from fpm.errors import BusyError, LedgerDamagedError, RefusedError
from fpm.ledger import DECISION_SCHEMA, Ledger, verify
from fpm.ledger.migrate import Migration, migrate, shipped_migrations
from fpm.model import Period

NO1, NO2 = "999901-2026-00001", "999901-2026-00002"


def dump(path):
    with Ledger.open(path) as ledger:
        return list(ledger.dump())


def test_a_rerun_on_a_later_day_changes_nothing(county, hit):
    hits = [hit("H1", measure=6000.0), hit("H2", level="red")]
    _, first = county.judge("2026-10", *hits, today=dt.date(2026, 11, 2))
    before = dump(county.path)
    update, second = county.judge("2026-10", *hits, today=dt.date(2026, 11, 30))
    assert not second.changed
    assert second.head == first.head
    assert update.alerts["state"].to_list() == ["new", "new"]
    assert dump(county.path) == before


def test_a_corrected_month_keeps_the_numbers_already_handed_out(county, hit):
    county.judge("2026-10", hit("H1"), hit("H2"), today=dt.date(2026, 11, 2))
    late = dt.date(2026, 11, 20)
    update, recorded = county.judge("2026-10", hit("H2"), hit("H0", level="red"), today=late)
    assert recorded.changed
    assert update.alerts.select("alert_no", "household_id", "due_date").rows() == [
        (NO2, "H2", dt.date(2026, 11, 12)),
        ("999901-2026-00003", "H0", dt.date(2026, 11, 25)),
    ]
    _, again = county.judge("2026-10", hit("H2"), hit("H0", level="red"), today=dt.date(2027, 1, 1))
    assert not again.changed
    assert verify(county.path).sound


def test_a_number_comes_back_to_the_household_whose_hit_was_dropped_and_restored(county, hit):
    county.judge("2026-10", hit("H1"), hit("H2"))
    county.judge("2026-10", hit("H2"))
    update, _ = county.judge("2026-10", hit("H1"), hit("H2"))
    assert dict(update.alerts.select("household_id", "alert_no").iter_rows()) == {
        "H1": NO1,
        "H2": NO2,
    }


def test_a_late_month_takes_the_number_of_the_next_and_says_what_to_run_again(county, hit):
    county.judge("2026-10", hit("H1"))
    update, recorded = county.judge("2026-09", hit("H1"), hit("H7"), today=dt.date(2026, 11, 20))
    assert recorded.later == ("2026-10",)
    assert update.alerts.select("household_id", "alert_no").rows() == [("H1", NO1), ("H7", NO2)]
    rerun, _ = county.judge("2026-10", hit("H1"), today=dt.date(2026, 11, 20))
    states = {row["household_id"]: row for row in rerun.alerts.to_dicts()}
    assert states["H1"]["alert_no"] == NO1
    assert states["H1"]["first_period"] == "2026-09"
    assert states["H7"]["state"] == "cleared"


def decide_and_fail(ledger):
    decision = pl.DataFrame([("id", "P1", "", None)], schema=DECISION_SCHEMA, orient="row")
    with ledger.transaction():
        ledger.add_decisions(decision, Period(2026, 10), dt.date(2026, 11, 2))
        raise RuntimeError("disk")


def test_what_fails_in_the_middle_leaves_nothing_behind(county, hit):
    county.judge("2026-09", hit("H1"))
    before = dump(county.path)
    with Ledger.open(county.path) as ledger:
        with pytest.raises(RuntimeError, match="disk"):
            decide_and_fail(ledger)
        assert ledger.decisions().is_empty()
    assert dump(county.path) == before


def test_events_cannot_be_changed_or_deleted_through_sqlite(county, hit):
    county.judge("2026-10", hit("H1"))
    connection = sqlite3.connect(county.path)
    for statement in ("UPDATE event SET body = '{}'", "DELETE FROM event"):
        with pytest.raises(sqlite3.IntegrityError, match="只增不"):
            connection.execute(statement)
    connection.close()


def tamper(path, *statements):
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TRIGGER event_kept_unchanged; DROP TRIGGER event_never_deleted;"
        + ";".join(statements)
    )
    connection.close()


def test_a_sound_ledger_is_proved_without_writing(county, hit):
    _, recorded = county.judge("2026-10", hit("H1"), hit("H2"))
    before = county.path.read_bytes()
    proof = verify(county.path, {"2026-10": recorded.head})
    assert proof.sound
    assert proof.events == 4  # two alerts, their records, the seal
    assert proof.head == recorded.head
    assert county.path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE event SET body = replace(body, 'H1', 'H8') WHERE seq = 1", "第 1 条事件"),
        ("UPDATE event SET recorded_on = '2020-01-01' WHERE seq = 2", "第 2 条事件"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM event WHERE seq = 1", "第 1 条事件缺失"),
        ("UPDATE listing SET said = 2 WHERE said = 1", "表 listing"),
        ("DELETE FROM listing WHERE said = 2", "表 listing"),
        ("UPDATE carried SET reads = 'cleared'", "表 carried"),
        ("DROP VIEW feedback; CREATE VIEW feedback AS SELECT 1", "视图 feedback 被改过"),
        ("DROP INDEX case_by_number", "索引 case_by_number 不见了"),
        ("UPDATE publication SET issued_on = '2020-01-01'", "表 publication"),
        ("SELECT 1", "触发器"),
    ],
)
def test_every_way_of_changing_it_by_hand_is_found(county, hit, statement, fault):
    county.judge("2026-10", hit("H1"), hit("H2"))
    tamper(county.path, statement)
    faults = verify(county.path).faults
    assert any(fault in found for found in faults), faults


def test_a_ledger_replaced_by_an_older_one_is_found_by_the_printed_hash(county, hit):
    county.judge("2026-09", hit("H1"))
    older = county.path.read_bytes()
    _, recorded = county.judge("2026-10", hit("H1"))
    county.path.write_bytes(older)
    assert verify(county.path).sound
    proof = verify(county.path, {"2026-10": recorded.head})
    assert proof.faults == (f"2026-10 期清单上的校验值 {recorded.head[:12]} 不在台账中",)


def test_a_changed_last_event_is_noticed_on_opening(county, hit):
    county.judge("2026-10", hit("H1"))
    tamper(county.path, "UPDATE event SET period = '2026-11' WHERE seq = 3")
    with pytest.raises(LedgerDamagedError, match="fpm verify"):
        Ledger.open(county.path)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerDamagedError, match="备份"):
        Ledger.open(path)
    assert path.read_bytes() == content


def test_verifying_what_is_not_there_says_so(tmp_path):
    with pytest.raises(LedgerDamagedError, match="没有台账"):
        verify(tmp_path / "ledger.db")


def test_a_new_ledger_is_private_and_leaves_no_temporary_file(tmp_path):
    path = tmp_path / "a b#" / "ledger.db"
    Ledger.open(path).close()
    assert [item.name for item in path.parent.iterdir()] == ["ledger.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_writers_do_not_mix(county, hit, monkeypatch):
    monkeypatch.setattr("fpm.ledger.connection._WAIT_SECONDS", 0.05)
    county.judge("2026-10", hit("H1"))
    with (
        Ledger.open(county.path) as one,
        Ledger.open(county.path) as two,
        one.transaction(),
        pytest.raises(BusyError),
        two.transaction(),
    ):
        pass


NEXT = shipped_migrations()[-1].number + 1


def test_a_step_to_a_newer_version_keeps_a_copy_first(county, hit):
    county.judge("2026-10", hit("H1"))
    step = Migration(NEXT, "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;")
    connection = sqlite3.connect(county.path, isolation_level=None)
    migrate(connection, county.path, [*shipped_migrations(), step])
    assert connection.execute("PRAGMA user_version").fetchone() == (NEXT,)
    connection.close()
    copy = county.path.with_name(f"ledger.db.before-{NEXT}.bak")
    assert verify(copy).sound
    with pytest.raises(RefusedError, match="升级 fpm"):
        Ledger.open(county.path)


def test_a_step_that_fails_leaves_the_ledger_as_it_was(county, hit):
    county.judge("2026-10", hit("H1"))
    step = Migration(
        NEXT, "CREATE TABLE extra (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"
    )
    connection = sqlite3.connect(county.path, isolation_level=None)
    with pytest.raises(LedgerDamagedError, match="保持原样"):
        migrate(connection, county.path, [*shipped_migrations(), step])
    connection.close()
    assert verify(county.path).sound


def test_feedback_counts_once_however_often_it_comes(county, hit):
    county.judge("2026-10", hit("H1"))
    day = dt.date(2026, 11, 9)
    assert county.answer(NO1, "2026-10", "不实", day) == 1
    assert county.answer(NO1, "2026-10", "不实", day) == 0
    with Ledger.open(county.path) as ledger:
        assert ledger.feedback().select("alert_no", "result", "received_on").rows() == [
            (NO1, "不实", day)
        ]
    assert verify(county.path).sound


@pytest.mark.parametrize(("alert_no", "period"), [(NO2, "2026-10"), (NO1, "2026-09")])
def test_feedback_on_what_was_never_sent_is_refused(county, hit, alert_no, period):
    county.judge("2026-10", hit("H1"))
    with pytest.raises(RefusedError, match="不在"):
        county.answer(alert_no, period, "不实", dt.date(2026, 11, 9))


def test_feedback_does_not_reach_back_into_the_month_it_answers(county, hit):
    county.judge("2026-10", hit("H1"))
    county.answer(NO1, "2026-10", "不实", dt.date(2026, 11, 9))
    _, rerun = county.judge("2026-10", hit("H1"), today=dt.date(2026, 11, 30))
    assert not rerun.changed


def test_the_latest_decision_on_an_identity_holds(county):
    first = pl.DataFrame(
        [("张三|民政", "P1", "李", None), ("李四|医保", None, "李", None)],
        schema=DECISION_SCHEMA,
        orient="row",
    )
    second = pl.DataFrame([("张三|民政", "P2", "李", None)], schema=DECISION_SCHEMA, orient="row")
    day = dt.date(2026, 11, 9)
    with Ledger.open(county.path) as ledger:
        assert ledger.add_decisions(first, Period(2026, 10), day) == 2
        assert ledger.add_decisions(first, Period(2026, 10), day) == 0
        assert ledger.add_decisions(second, Period(2026, 10), day) == 1
        assert ledger.decisions().select("identity", "person_id").rows() == [
            ("张三|民政", "P2"),
            ("李四|医保", None),
        ]
        faced = second.with_columns(against=pl.lit("P1"))
        assert ledger.add_decisions(faced, Period(2026, 10), day) == 1
        assert ledger.add_decisions(faced, Period(2026, 10), day) == 0
        assert ledger.decisions()["against"].to_list() == ["P1", None]
    assert verify(county.path).sound


def test_hits_come_back_with_evidence_and_references(county, hit):
    update, _ = county.judge("2026-10", hit("H1", person="P1", measure=6000.0), hit("H2"))
    with Ledger.open(county.path) as ledger:
        kept = ledger.hits("2026-10")
    assert kept.equals(update.hits)


def test_the_dump_masks_identity_numbers(county):
    row = ("张三520222198802083123", None, "李", None)
    with Ledger.open(county.path) as ledger:
        frame = pl.DataFrame([row], schema=DECISION_SCHEMA, orient="row")
        ledger.add_decisions(frame, Period(2026, 10), dt.date(2026, 11, 9))
        (line,) = ledger.dump()
    assert "520222********3123" in line[-1]
