"""Undecided matches decided one by one on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fpm.pipeline.review import undecided
from fpm.rulebook import open_rulebook
from fpm.workspace import Workspace
from pipeline.test_review_months import NAMESAKES, OCTOBER, SEPTEMBER, deliver, run, workspace

__all__ = ["workspace"]

pty = pytest.importorskip("pty", reason="a terminal of POSIX")


def answered(root: Path, *answers: str) -> str:
    """What the screen shows when ``answers`` are typed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fpm", "review", "decide", "--by", "李分析员", "-w", str(root)]
    environment = {"PYTHONUTF8": "1", "PATH": "/usr/bin:/bin", "COLUMNS": "100", "TERM": "dumb"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as running:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        shown = b""
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        assert running.wait(60) == 0, shown.decode()
    os.close(ours)
    return shown.decode()


def test_what_is_typed_is_remembered_for_the_next_month(workspace: Workspace) -> None:
    run(workspace, SEPTEMBER)
    asked = undecided(workspace, open_rulebook(workspace.rules), SEPTEMBER)
    assert [len(record["candidates"]) for record in asked] == [2]
    shown = answered(workspace.root, "9", "2")
    assert "请输入 0、1、2，或直接回车，或 q" in shown
    assert "新记住 1 条认定，其余 0 条仍待核。" in shown
    assert "没有待核的身份。" in answered(workspace.root)
    deliver(workspace, OCTOBER, NAMESAKES)
    assert set(run(workspace, OCTOBER)["person_id"]) == {asked[0]["candidates"][1]["person_id"]}


def test_whoever_stops_or_waits_decides_nothing(workspace: Workspace) -> None:
    run(workspace, SEPTEMBER)
    for answer in ("q", ""):
        assert "新记住 0 条认定，其余 1 条仍待核。" in answered(workspace.root, answer)
    assert undecided(workspace, open_rulebook(workspace.rules), SEPTEMBER)


def test_nobody_of_the_roster_can_be_typed(workspace: Workspace) -> None:
    run(workspace, SEPTEMBER)
    assert "新记住 1 条认定" in answered(workspace.root, "0")
    assert set(run(workspace, SEPTEMBER)["status"]) == {"unmatched"}
