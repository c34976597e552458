"""A disk that is full or refuses ends the run in one sentence; what was there before is untouched."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from pathlib import Path

import pytest

from county import AS_OF
from deliveries import OCTOBER, bills, county, deliver, dibao
from fpm.errors import StorageError
from fpm.pipeline.run import run_period
from fpm.pipeline.verify import verify_workspace
from killing import Killer


@pytest.fixture
def place(tmp_path):
    place = county(tmp_path / "county")
    deliver(place, OCTOBER, "低保名单.csv", dibao(60))
    deliver(place, OCTOBER, "结算.csv", bills(["202610"] * 30, paid=60_000))
    return place


def run(place):
    with place.locked():
        return run_period(place, OCTOBER, AS_OF, lambda _title, _done, _total: None)


def published(place):
    return {
        path.relative_to(place.root): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.out(OCTOBER).rglob("*"))
        if path.is_file()
    }


@pytest.mark.skipif(sys.platform != "linux", reason="limits files as Linux does")
def test_files_that_may_not_grow_end_the_run_with_code_6_and_a_sentence(place):
    killer = Killer()
    try:
        for limit in (100, 9_000, 45_000):
            ended = killer.run(place.root, limit=limit)
            assert ended["exit"] == 6, ended
            assert ended["said"].startswith("错误：")
            assert ended["said"].count("\n") == 1
            assert "请检查" in ended["said"]
            assert not list((place.root / "out").glob("*"))
        assert killer.run(place.root)["exit"] == 0
    finally:
        killer.close()
    assert verify_workspace(place).faults == ()


PLACES = ("data/2026-10", "out/.2026-10.building", "out")
"""Where a sync is made to fail: frames, lists, and the renaming of the whole period."""


@pytest.mark.skipif(sys.platform != "linux", reason="knows files by number as Linux does")
def test_whichever_sync_fails_the_lists_and_the_ledger_stay_as_they_were(place, monkeypatch):
    run(place)
    before, proof = published(place), verify_workspace(place)
    deliver(place, OCTOBER, "结算.csv", bills(["202610"] * 40, paid=70_000))
    sync = os.fsync
    for name in PLACES:

        def failing(descriptor: int, name: str = name) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(place.root)
            if path.as_posix() == name or (name != "out" and path.is_relative_to(name)):
                raise OSError(errno.ENOSPC, "No space left on device")
            sync(descriptor)

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", failing)
            with pytest.raises(StorageError, match="磁盘已满"):
                run(place)
        assert published(place) == before
        now = verify_workspace(place)
        assert now.head == proof.head
        told = [fault for fault in now.faults if not fault.startswith("data/")]
        # Where the disk would not even take the change back, that is said.
        assert all("中断过、没有收尾，请重新运行" in fault for fault in told)
        assert bool(told) == (name == "out")
    run(place)
    assert verify_workspace(place).faults == ()
    assert published(place) != before


@pytest.mark.parametrize("name", ["data", "out", ".lock"])
def test_a_place_that_cannot_be_written_is_named(place, name):
    target = place.root / name
    if target.is_dir():
        target.rmdir()
    if name == ".lock":
        target.mkdir()
    else:
        target.write_text("", "utf-8")
    with pytest.raises(StorageError, match="请检查磁盘和权限后重新运行"):
        run(place)
