"""``fpm verify`` finds what was changed behind fpm's back, and changes nothing itself."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3

import polars as pl
import pytest
from typer.testing import CliRunner

from county import AS_OF
from deliveries import OCTOBER, bills, county, deliver, dibao
from fpm.cli.app import app
from fpm.errors import BusyError
from fpm.model import ALERT_SCHEMA
from fpm.pipeline.run import run_period
from fpm.pipeline.verify import verify_workspace
from fpm.workspace import Workspace


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    place = county(tmp_path_factory.mktemp("verify") / "county")
    deliver(place, OCTOBER, "低保名单.csv", dibao(60))
    deliver(place, OCTOBER, "结算.csv", bills(["202610"] * 10, paid=60_000))
    with place.locked():
        run_period(place, OCTOBER, AS_OF, lambda _title, _done, _total: None)
    return place


@pytest.fixture
def place(published, tmp_path):
    return Workspace.open(shutil.copytree(published.root, tmp_path / "county"))


def faults(place):
    return list(verify_workspace(place).faults)


def state(place):
    return {
        path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in place.root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_published_period_is_sound_and_proving_it_writes_nothing(place):
    before = state(place)
    proof = verify_workspace(place)
    assert proof.faults == proof.notes == ()
    assert proof.periods["2026-10"] >= 3
    assert proof.events >= 2
    assert state(place) == before


def test_a_new_workspace_is_sound(tmp_path):
    proof = verify_workspace(county(tmp_path / "county"))
    assert (proof.faults, proof.events, proof.head) == ((), 0, "0" * 64)


def test_a_list_that_was_changed_or_removed_is_named(place):
    book = place.out(OCTOBER) / "县级汇总.xlsx"
    book.write_bytes(book.read_bytes() + b" ")
    lists = sorted((place.out(OCTOBER) / "乡镇").iterdir())
    lists[0].unlink()
    assert faults(place) == [
        f"out/2026-10/乡镇/{lists[0].name} 不见了",
        "out/2026-10/县级汇总.xlsx 在发布之后被改过",
    ]


def test_a_file_that_fpm_did_not_publish_is_noted_and_no_fault(place):
    (place.out(OCTOBER) / "乡镇/~$某表.xlsx").write_text("", "utf-8")
    (place.out(OCTOBER) / "乡镇/说明.txt").write_text("", "utf-8")
    proof = verify_workspace(place)
    assert proof.faults == ()
    assert proof.notes == ("out/2026-10/乡镇/说明.txt 不是发布的文件",)


def test_lists_of_another_ledger_are_told_from_its_own(place):
    manifest = place.out(OCTOBER) / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**content, "ledger_head": "f" * 64}), "utf-8")
    found = faults(place)
    assert any("校验值 ffffffffffff 不在台账中" in fault for fault in found)


def test_missing_lists_missing_manifests_and_missing_ledgers_are_faults(place):
    (place.out(OCTOBER) / "manifest.json").write_text("{", "utf-8")
    assert "out/2026-10 没有可用的 manifest.json，无法核对" in faults(place)
    shutil.rmtree(place.out(OCTOBER))
    assert faults(place) == ["台账里有 2026-10 期的清单，out/2026-10 里却没有"]


def test_a_ledger_that_is_gone_or_no_ledger_is_a_fault(place):
    place.ledger.write_bytes(b"no ledger" * 1000)
    assert any("已损坏或不是台账文件" in fault for fault in faults(place))
    place.ledger.unlink()
    assert "没有台账“ledger.db”" in faults(place)


def test_a_changed_event_breaks_the_chain(place):
    with sqlite3.connect(place.ledger) as connection:
        connection.execute("DROP TRIGGER event_kept_unchanged")
        connection.execute("UPDATE event SET recorded_on = '2026-11-09' WHERE seq = 1")
    connection.close()
    found = faults(place)
    assert any("第 1 条事件" in fault and "与校验值不符" in fault for fault in found)
    assert any("event_kept_unchanged" in fault for fault in found)


def test_kept_alerts_that_differ_from_the_ledger_are_a_fault(place):
    path = place.data(OCTOBER) / "alerts.parquet"
    alerts = pl.read_parquet(path)
    assert alerts.columns == list(ALERT_SCHEMA)
    alerts.with_columns(level=pl.lit("yellow")).write_parquet(path)
    assert faults(place) == [
        "data/2026-10/alerts.parquet 与台账不一致，请重新运行 fpm run --period 2026-10"
    ]
    path.write_bytes(b"cut")
    assert "data/2026-10/alerts.parquet 已损坏" in faults(place)[0]
    path.unlink()
    assert "data/2026-10/alerts.parquet 不见了" in faults(place)[0]


def test_a_run_that_was_killed_is_said_and_how_to_finish_it(place):
    (place.root / "out/.2026-10.building").mkdir()
    place.ledger.with_name("ledger.db-journal").write_bytes(b"\xd9\xd5\x05\xf9")
    assert faults(place) == [
        "台账有一次没有完成的写入，请重新运行 fpm run，它会先复原再继续",
        "2026-10 期的运行中断过、没有收尾，请重新运行 fpm run --period 2026-10",
    ]


def test_nothing_is_proved_while_a_run_is_at_work(place):
    with place.locked(), pytest.raises(BusyError):
        verify_workspace(place)


def test_the_command_ends_with_0_or_5_and_one_json_document(place):
    runner = CliRunner()
    good = runner.invoke(app, ["verify", "-w", str(place.root), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["sound"] is True
    (place.out(OCTOBER) / "县级汇总.xlsx").unlink()
    bad = runner.invoke(app, ["verify", "-w", str(place.root), "--json"])
    assert bad.exit_code == 5
    assert json.loads(bad.stdout)["faults"] == ["out/2026-10/县级汇总.xlsx 不见了"]
    told = runner.invoke(app, ["verify", "-w", str(place.root)])
    assert told.exit_code == 5
    assert "县级汇总.xlsx 不见了" in told.stderr


def test_the_ledger_is_written_out_in_order_and_masked(place):
    runner = CliRunner()
    lines = runner.invoke(app, ["ledger", "dump", "-w", str(place.root)]).stdout.splitlines()
    proof = verify_workspace(place)
    assert [int(line.split("\t")[0]) for line in lines] == list(range(1, proof.events + 1))
    assert lines[-1].split("\t")[4] == proof.head[:12]
    rows = json.loads(
        runner.invoke(app, ["ledger", "dump", "-w", str(place.root), "--json"]).stdout
    )
    assert [row["kind"] for row in rows] == [line.split("\t")[2] for line in lines]
    kinds = [row["kind"] for row in rows]
    assert rows[kinds.index("publication")]["body"]["alerts"] == kinds.count("alert")
    assert rows[-1]["kind"] == "handing_on"
    assert rows[-1]["hash"] == proof.head


def test_a_list_changed_together_with_its_manifest_is_found_by_the_ledger(place):
    book = place.out(OCTOBER) / "县级汇总.xlsx"
    book.write_bytes(book.read_bytes() + b" ")
    manifest = place.out(OCTOBER) / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    for output in content["outputs"]:
        if output["path"] == "县级汇总.xlsx":
            output["sha256"] = hashlib.sha256(book.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(content), "utf-8")
    assert faults(place) == [
        "out/2026-10/县级汇总.xlsx 不是台账里记录发出的那一份，请重新运行 fpm run --period 2026-10"
    ]
