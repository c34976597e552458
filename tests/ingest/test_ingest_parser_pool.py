"""One parsing process reads file after file: each as if it were alone, whatever the others do."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from fpm.ingest.containers import child
from fpm.ingest.containers.child import ParserPool, read_in_child
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import RawSheet
from fpm.ingest.limits import DEFAULT_LIMITS, MIB
from ingest.builders import HEADERS, person
from ingest.test_ingest_containers import FORMATS, xlsx_bytes
from ingest.test_ingest_hostile import last_corner, with_sheet

GOOD = xlsx_bytes()
FATAL = with_sheet(last_corner)
DAMAGED = with_sheet(lambda text: text[: len(text) // 2])
LARGE = xlsx_bytes([HEADERS] + [person(f"张{number}") for number in range(5_000)])
WIDE = b"," * 30_000_000 + b"\n"  # takes seconds


def limits(**changed):
    return dataclasses.replace(DEFAULT_LIMITS, **changed)


CASES = {
    "good": (GOOD, limits()),
    "fatal": (FATAL, limits()),
    "damaged": (DAMAGED, limits()),
    "large": (LARGE, limits()),
    "late": (WIDE, limits(seconds=0.05)),
    "short of memory": (LARGE, limits(memory_bytes=20 * MIB)),
    "too much text": (LARGE, limits(text_bytes=1_000)),
    "too many cells": (GOOD, limits(cells=10)),
    "html": (FORMATS["html"], limits()),
}


def outcome(read, data, allowed):
    """The sheets as plain values, or why the file is refused."""
    try:
        return [(sheet.head, list(sheet.blocks)) for sheet in read(data, allowed)]
    except UnreadableError as error:
        return str(error)


@pytest.fixture(scope="module")
def alone():
    return {name: outcome(read_in_child, *case) for name, case in CASES.items()}


def test_a_process_is_asked_again_and_ends_with_the_pool():
    pytest.importorskip("resource")  # elsewhere a process cannot be copied and ends with its file
    started = set()
    with ParserPool() as pool:
        for _ in range(3):
            assert outcome(pool.read, *CASES["good"])
            (free,) = pool._free
            started.add(free)
    assert [process.returncode is not None for process in started] == [True]


@pytest.mark.parametrize("first", CASES)
def test_what_comes_before_a_file_does_not_change_what_is_read(alone, first):
    names = [first, *CASES, first]
    with ParserPool() as pool:
        told = [outcome(pool.read, *CASES[name]) for name in names]
    assert told == [alone[name] for name in names]


WITHOUT_FORK = """
import os, sys
del os.fork
from fpm.ingest.containers.serve import serve
sys.exit(serve())
"""


def test_where_a_process_cannot_be_copied_each_file_has_its_own(alone, monkeypatch):
    def started():
        order = [sys.executable, "-X", "utf8", "-c", WITHOUT_FORK]
        return subprocess.Popen(
            order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    monkeypatch.setattr(child, "_started", started)
    monkeypatch.delattr(os, "killpg")
    with ParserPool() as pool:
        told = [outcome(pool.read, *CASES[name]) for name in CASES]
        assert pool._free == []
    assert told == [alone[name] for name in CASES]


def test_the_cases_are_what_they_say(alone):
    said = {name: told for name, told in alone.items() if isinstance(told, str)}
    assert said.keys() == CASES.keys() - {"good", "large", "html"}
    assert "秒" in said["late"]
    assert "内存" in said["short of memory"]
    assert len(alone["large"][0][1]) > 1


def test_memory_of_a_large_file_is_not_charged_to_the_next():
    needed = next(
        cap
        for cap in range(16 * MIB, 512 * MIB, 16 * MIB)
        if isinstance(outcome(read_in_child, GOOD, limits(memory_bytes=cap)), list)
    )
    with ParserPool() as pool:
        for _ in range(3):
            assert isinstance(outcome(pool.read, *CASES["large"]), list)
            assert isinstance(outcome(pool.read, GOOD, limits(memory_bytes=needed)), list)


def test_a_reader_that_stops_early_leaves_nothing_for_the_next(alone):
    with ParserPool() as pool:
        sheets = pool.read(*CASES["large"])
        assert isinstance(next(sheets), RawSheet)
        sheets.close()
        assert outcome(pool.read, *CASES["good"]) == alone["good"]


def test_threads_read_at_the_same_time(alone):
    names = [*CASES] * 3
    with ParserPool() as pool, ThreadPoolExecutor(3) as threads:
        told = list(threads.map(lambda name: outcome(pool.read, *CASES[name]), names))
    assert told == [alone[name] for name in names]
