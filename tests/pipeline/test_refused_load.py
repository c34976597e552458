"""What ``fpm load`` refuses lies in the inbox as little as before: it does not count with the next file."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deliveries import OCTOBER, SEPTEMBER, county, deliver, dibao, loader, write
from fpm.cli.app import app
from fpm.workspace import Workspace
from killing import Killer


@pytest.fixture
def place(tmp_path, rulebook):
    """A county whose September is loaded: 60 rows of 低保."""
    place = county(tmp_path / "county")
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    loader(place, rulebook)(SEPTEMBER)
    return place


def load(place, path, *words, department="civil-affairs"):
    paths = path if isinstance(path, list) else [path]
    call = ["load", department, *map(str, paths), "-w", str(place.root), "-p", "2026-10", *words]
    done = CliRunner().invoke(app, call)
    said = str(done.exception) if done.exception is not None else ""
    return done.exit_code, said


def inbox(place: Workspace) -> dict[str, str]:
    """Every file and folder of the inbox with what it holds."""
    below = place.root / "inbox"
    return {
        path.relative_to(below).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        )
        for path in below.rglob("*")
    }


def rows_of_dibao(place):
    return place.read_frame(OCTOBER, "records/civil_affairs.dibao").height


def test_a_file_that_shrank_is_taken_back_and_the_right_one_counts_alone(place, tmp_path):
    before = inbox(place)
    short = write(tmp_path / "低保名单.csv", dibao(40, amount=310))
    other_name = shutil.copy(short, tmp_path / "低保名单（第二次）.csv")
    for path in (short, other_name):
        code, said = load(place, path)
        assert code != 0
        assert "只有 40 行，比 2026-09 期的 60 行少 33%" in said
        assert inbox(place) == before
    code, said = load(place, write(tmp_path / "低保名单（完整）.csv", dibao(58, amount=310)))
    assert (code, said) == (0, "")
    assert rows_of_dibao(place) == 58


def test_the_file_of_the_month_before_is_taken_back(place, tmp_path):
    before = inbox(place)
    old = shutil.copy(
        place.inbox(SEPTEMBER) / "低保名单202609.csv", tmp_path / "低保名单202610.csv"
    )
    same = load(place, write(tmp_path / "低保名单202610.xlsx", dibao(120)))
    assert "多 100%" in same[1]
    assert load(place, old)[0] == 0, "a short list may be the same"
    assert inbox(place).keys() - before == {
        "2026-10", "2026-10/civil_affairs", "2026-10/civil_affairs/低保名单202610.csv"
    }  # fmt: skip


def test_what_a_person_vouches_for_is_loaded_at_the_second_try(place, tmp_path):
    short = write(tmp_path / "低保名单.csv", dibao(40, amount=310))
    assert load(place, short)[0] != 0
    words = ("--accept", "缩减:低保名单.csv", "--reason", "本月清退，已与民政核对")
    assert load(place, short, *words) == (0, "")
    assert rows_of_dibao(place) == 40
    assert (place.inbox(OCTOBER) / "civil_affairs/低保名单.csv").is_file()


def test_a_file_that_was_replaced_is_put_back(place, tmp_path):
    path = tmp_path / "低保名单.csv"
    assert load(place, write(path, dibao(60, amount=310)))[0] == 0
    before = inbox(place)
    assert "只有 10 行" in load(place, write(path, dibao(10)))[1]
    assert inbox(place) == before


def test_a_good_file_does_not_stay_where_another_cannot_be_read(place, tmp_path):
    (place.inbox(OCTOBER) / "civil_affairs").mkdir(parents=True)
    (place.inbox(OCTOBER) / "civil_affairs/坏.xlsx").write_bytes(b"PK\x03\x04 cut")
    before = inbox(place)
    code, said = load(place, write(tmp_path / "低保名单.csv", dibao(60, amount=310)))
    assert code != 0
    assert "坏.xlsx" in said
    assert inbox(place) == before


def test_two_files_of_one_name_do_not_replace_each_other(place, tmp_path):
    before = inbox(place)
    files = [
        write(tmp_path / town / "低保名单.csv", dibao(n)) for town, n in (("甲", 40), ("乙", 20))
    ]
    code, said = load(place, files)
    assert code != 0
    assert "两个同名的文件" in said
    assert inbox(place) == before


@pytest.mark.skipif(sys.platform != "linux", reason="forks and counts as Linux does")
def test_a_load_that_is_killed_leaves_the_inbox_as_it_was_or_all_in_place(place, tmp_path):
    path, further = tmp_path / "低保名单.csv", tmp_path / "低保名单二.csv"
    load(place, write(path, dibao(60, amount=310)))
    write(path, dibao(30, amount=320))
    write(further, [dibao(60)[0], *dibao(60, amount=330)[31:]])
    before = inbox(place)
    words = ["load", "civil-affairs", str(path), str(further), "--period", "2026-10"]
    killer = Killer()
    try:
        whole = Workspace.open(Path(shutil.copytree(place.root, tmp_path / "whole")))
        changes = killer.run(whole.root, words=words)["changes"]
        after, seen = inbox(whole), []
        for at in (*range(1, changes, changes // 7), changes):
            copy = Workspace.open(Path(shutil.copytree(place.root, tmp_path / f"killed{at}")))
            assert killer.run(copy.root, words=words, at=at)["signal"] == 9
            with copy.locked():
                seen.append(inbox(copy))
        assert seen[0] == before
        assert seen[-1] == after
        assert all(one in (before, after) for one in seen)
        assert killer.run(copy.root, words=words)["exit"] == 0
        assert rows_of_dibao(copy) == 60
    finally:
        killer.close()
