"""The file itself: older and newer versions, other tools, other programs, disks that refuse."""

import datetime as dt
import json
import shutil
import sqlite3

import polars as pl
import pytest

from fpm.errors import BusyError, LedgerDamagedError, RefusedError, StorageError
from fpm.ledger import Ledger, verify
from fpm.ledger.chain import GENESIS, Event, canonical, digest, event_hash
from fpm.ledger.connection import connect, sqlite_errors
from fpm.ledger.migrate import migrate, shipped_migrations

NO1 = "999901-2026-00001"
DAY = dt.date(2026, 11, 2)
SOURCES = [{"department": "medical_insurance", "row": 7}]
SECOND_VERSION = {
    "publication": "publication, seq, period, issued_on, digest, alerts, head",
    "alert": "publication, alert_no, household_id, township, village, state, level, risks,"
    " first_period, due_date, change",
    "hit": "publication, alert_no, place, rule_id, kind, scope, person_id, level, risk, measure,"
    " hit_state, spoken_measure",
    "feedback": "seq, digest, alert_no, period, result, visited_on, officer, findings, policies,"
    " measures, received_on",
}


def alert_body():
    """As the second version wrote it: everything, every month."""
    hit = {
        "rule_id": "illness_cost", "kind": "alert", "scope": "person", "person_id": "P1",
        "level": "orange", "risk": "因病", "evidence": "年度自付费用高", "sources": SOURCES,
        "measure": 6000.0, "hit_state": "new", "spoken_measure": 6000.0,
    }  # fmt: skip
    return {
        "alert_no": NO1, "household_id": "H1", "township": "青石镇", "village": "上河村",
        "state": "new", "level": "orange", "risks": "因病", "first_period": "2026-10",
        "due_date": "2026-11-12", "change": "", "hits": [hit],
    }  # fmt: skip


def second_version(path):
    """A ledger with one published month and one answer, made by the migrations of version 2."""
    content = digest(canonical({"issued_on": str(DAY), "alerts": [alert_body()]}))
    seal = {"publication": 1, "issued_on": str(DAY), "digest": content, "alerts": 1}
    answer = {
        "alert_no": NO1, "period": "2026-10", "result": "不实", "visited_on": "2026-11-05",
        "officer": "王干事", "findings": "", "policies": "", "measures": "", "digest": "d",
    }  # fmt: skip
    events = [
        Event("alert", "2026-10", str(DAY), canonical({**alert_body(), "publication": 1})),
        Event("publication", "2026-10", str(DAY), canonical(seal)),
        Event("feedback", "2026-10", "2026-11-09", canonical(answer)),
    ]
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, path, shipped_migrations()[:2])
    previous = GENESIS
    for seq, event in enumerate(events, 1):
        hashed = event_hash(seq, event, previous)
        row = (seq, event.kind, event.period, event.recorded_on, event.body, previous, hashed)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        previous = hashed
    for table, columns in SECOND_VERSION.items():
        connection.execute(f"INSERT INTO {table} SELECT {columns} FROM {table}_of_events")
    connection.close()
    return path


def months_after(county, hit):
    """What the months make of a ledger: a rerun, and the next month."""
    _, again = county.judge("2026-10", hit("H1", person="P1", measure=6000.0), today=DAY)
    following, _ = county.judge("2026-11", hit("H1", person="P1", measure=6000.0))
    return again, following


def test_an_older_ledger_is_brought_up_to_date_with_a_copy_and_goes_on(county, hit):
    second_version(county.path)
    before = verify(county.path)
    with Ledger.open(county.path) as ledger:
        assert ledger.alerts("2026-10")["state"].to_list() == ["new"]
        (row,) = ledger.hits("2026-10").to_dicts()
        assert json.loads(row["sources"]) == SOURCES
        assert ledger.feedback()["result"].to_list() == ["不实"]
    copy = county.path.with_name("ledger.db.before-3.bak")
    assert verify(copy) == before == verify(county.path)
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()
    again, following = months_after(county, hit)
    assert not again.changed
    assert following.alerts.select("alert_no", "state").rows() == [(NO1, "answered")]
    assert verify(county.path).sound


def test_reading_an_older_ledger_leaves_it_as_it_is(county):
    second_version(county.path)
    before = county.path.read_bytes()
    proof = verify(county.path)
    assert (proof.sound, proof.events) == (True, 3)
    with Ledger.open_read_only(county.path) as ledger:
        assert ledger.alerts("2026-10")["alert_no"].to_list() == [NO1]
    assert county.path.read_bytes() == before


def test_an_old_ledger_that_was_changed_by_hand_is_not_healed_by_the_new_version(county):
    second_version(county.path)
    connection = sqlite3.connect(county.path)
    connection.executescript("DROP TRIGGER event_kept_unchanged;UPDATE event SET period='2026-09'")
    connection.close()
    faults = verify(county.path).faults
    assert any("第 1 条事件" in fault for fault in faults)


@pytest.mark.parametrize("action", [Ledger.open, Ledger.open_read_only, verify])
def test_a_ledger_of_a_newer_fpm_is_refused_and_not_called_damaged(county, hit, action):
    county.judge("2026-10", hit("H1"))
    connection = sqlite3.connect(county.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RefusedError, match=r"第 99 版.*请升级 fpm"):
        action(county.path)


def test_a_ledger_put_into_wal_mode_by_another_tool_is_put_back_and_not_read_before(county, hit):
    county.judge("2026-10", hit("H1"))
    connection = sqlite3.connect(county.path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    for reading in (Ledger.open_read_only, verify):
        with pytest.raises(RefusedError, match="WAL"):
            reading(county.path)
    Ledger.open(county.path).close()
    assert county.path.read_bytes()[18:20] == b"\x01\x01"
    assert [item.name for item in county.path.parent.iterdir()] == ["ledger.db"]
    assert verify(county.path).sound


def test_wal_that_cannot_be_put_back_is_refused(county, hit, monkeypatch):
    monkeypatch.setattr("fpm.ledger.connection._WAIT_SECONDS", 0.05)
    county.judge("2026-10", hit("H1"))
    other = sqlite3.connect(county.path, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises((RefusedError, BusyError)):
        Ledger.open(county.path)
    other.close()


def test_a_ledger_held_by_another_program_is_said_to_be(county, hit, monkeypatch):
    monkeypatch.setattr("fpm.ledger.connection._WAIT_SECONDS", 0.05)
    county.judge("2026-10", hit("H1"))
    other = sqlite3.connect(county.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BusyError, match="另一个程序"):
        Ledger.open(county.path)
    other.close()


def test_a_full_disk_takes_the_month_back_and_says_so(county, hit):
    county.judge("2026-09", hit("H1"))
    before = verify(county.path)
    with Ledger.open(county.path) as ledger:
        pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
        ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
        events = [Event("decision", "2026-10", "2026-11-02", canonical({"identity": "x" * 99_999}))]
        with pytest.raises(StorageError, match="磁盘已满"), ledger.transaction():
            ledger.append(events)
    assert verify(county.path) == before


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (sqlite3.SQLITE_READONLY, "只读"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "只读"),
        (sqlite3.SQLITE_CANTOPEN, "打不开"),
        (sqlite3.SQLITE_PROTOCOL, "网络共享不支持文件锁"),
        (sqlite3.SQLITE_IOERR_WRITE, "检查磁盘"),
    ],
)
def test_what_the_disk_answers_becomes_one_sentence(tmp_path, code, sentence):
    error = sqlite3.OperationalError("disk")
    error.sqlite_errorcode = code
    with (
        pytest.raises(StorageError, match=f"^台账“ledger.db”：[^\n]*{sentence}"),
        sqlite_errors(tmp_path / "ledger.db"),
    ):
        raise error


def test_a_reader_cannot_write(county, hit):
    county.judge("2026-10", hit("H1"))
    rows = pl.DataFrame(
        [(NO1, "2026-10", "不实", None, None, None, None, None)],
        schema=["alert_no", "period", "result", "visited_on", "officer", "findings", "policies",
                "measures"],
        orient="row",
    )  # fmt: skip
    with (
        Ledger.open_read_only(county.path) as ledger,
        pytest.raises(StorageError, match="只读"),
    ):
        ledger.add_feedback(rows.with_columns(pl.col("visited_on").cast(pl.Date)), DAY)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_ledger_cut_short_is_one_sentence_or_a_fault_never_a_wrong_answer(county, hit, share):
    for month in ("2026-08", "2026-09", "2026-10"):
        _, recorded = county.judge(month, *[hit(f"H{n}") for n in range(40)])
    whole = county.path.read_bytes()
    county.path.write_bytes(whole[: int(len(whole) * share)])
    try:
        faults = verify(county.path, {"2026-10": recorded.head}).faults
    except LedgerDamagedError as error:
        faults = (str(error),)
    assert faults
    assert all("\n" not in fault for fault in faults)


def test_at_whatever_statement_a_run_dies_the_month_is_there_or_not(county, hit, tmp_path):
    """The files as a killed process leaves them: ledger and journal, copied at every statement."""
    _, recorded = county.judge("2026-09", *[hit(f"H{n}") for n in range(9)])
    kept = tmp_path / "moments"
    kept.mkdir()
    moments = []

    def copy(_statement=None):
        place = kept / str(len(moments))
        place.mkdir()
        moments.append(place)
        for file in county.path.parent.glob("ledger.db*"):
            shutil.copy(file, place / file.name)

    with Ledger.open(county.path) as ledger:
        # Small cache: pages reach the file in the middle of the transaction.
        ledger._connection.execute("PRAGMA cache_size = 2")
        ledger._connection.set_trace_callback(copy)
        with ledger.transaction():
            bodies = [canonical({"identity": f"{n}" * 300, "person_id": None}) for n in range(25)]
            ledger.append(Event("decision", "2026-10", str(DAY), body) for body in bodies)
        ledger._connection.set_trace_callback(None)
    assert len(moments) > 25
    heads = set()
    for place in moments:
        connect(place / "ledger.db").close()  # as the next run does
        proof = verify(place / "ledger.db")
        assert proof.sound, (place.name, proof.faults)
        heads.add(proof.head)
    assert heads <= {recorded.head, verify(county.path).head}
    assert recorded.head in heads
