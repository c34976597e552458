"""What a file makes this process hold or do stays within bounds, whatever it contains."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from fpm.ingest import grid
from fpm.ingest.containers import marks
from fpm.ingest.containers.archive import read_members
from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.containers.child import ParserPool
from fpm.ingest.containers.ods import examine_ods
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.parts import examine_parts
from fpm.ingest.containers.sniff import TooSlowError, UnreadableError
from fpm.ingest.containers.wire import BLOCK_BYTES, US, RawSheet, SheetHead, encode_rows
from fpm.ingest.grid import build_grid
from fpm.ingest.limits import DEFAULT_LIMITS, MIB, Limits
from fpm.ingest.odd_rows import read_odd_rows
from fpm.ingest.opening import Opening, open_file
from ingest.test_ingest_containers import ods_bytes, xls_bytes, xlsx_bytes

WIDE = b"," * 30_000_000 + b"\n"  # takes seconds
ASKER = """
import os
import signal
from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.containers.child import ParserPool
from ingest.test_ingest_bounds import parsers_of

with ParserPool() as pool:
    pool.start()
    parsers = parsers_of(os.getpid())
    os.kill(parsers[-1], signal.SIGSTOP)  # it will not come to an end by itself
    print(*parsers, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def with_errors(count: int) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written)
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, ["姓名", "保障金"])
    for row in range(1, count + 1):
        sheet.write_formula(row, 1, "=1/0", None, "#DIV/0!")
    book.close()
    return written.getvalue()


def test_a_sheet_with_more_errors_than_can_be_told_of_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(examine_parts(with_errors(10), DEFAULT_LIMITS)["名单"].errors) == 10
    monkeypatch.setattr(marks, "MOST_MARKED", 9)
    assert len(examine_parts(with_errors(9), DEFAULT_LIMITS)["名单"].errors) == 9
    with pytest.raises(UnreadableError, match="9 个以上的单元格是公式错误"):
        examine_parts(with_errors(10), DEFAULT_LIMITS)


def test_parts_are_looked_through_no_longer_than_a_file_may_take() -> None:
    with pytest.raises(TooSlowError):
        examine_parts(xlsx_bytes(), replace(DEFAULT_LIMITS, seconds=0.0))


@pytest.mark.parametrize("written", [with_errors(1), xls_bytes()])
def test_a_workbook_is_parsed_from_where_it_lies(tmp_path: Path, written: bytes) -> None:
    given: list[bytes | Path] = []

    def read(file: bytes | Path, limits: Limits) -> Iterator[RawSheet]:
        given.append(file)
        return read_container(file, limits)

    path = tmp_path / "名单"
    path.write_bytes(written)
    (held,) = open_file(written, Opening(container=read_container))
    (read_there,) = open_file(written, Opening(container=read, path=path))
    assert given == [path]
    assert read_there.cells.equals(held.cells)
    assert read_there.marks == held.marks


def test_a_parser_is_given_up_at_once_where_the_parts_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(marks, "MOST_MARKED", 9)
    given_up: list[str] = []

    def read(file: bytes | Path, limits: Limits) -> Iterator[RawSheet]:
        try:
            for sheet in read_container(file, limits):
                yield replace(sheet, blocks=list(sheet.blocks))
        finally:
            given_up.append("")

    with pytest.raises(UnreadableError, match="公式错误") as refused:
        list(open_file(with_errors(10), Opening(container=read)))
    assert refused.value  # it holds what the readers of the file hold
    assert given_up


def parsers_of(asker: int) -> list[int]:
    """A parsing process and its copy, as soon as there are both."""
    found = [asker]
    while len(found) < 3:
        children = Path(f"/proc/{found[-1]}/task/{found[-1]}/children").read_text().split()
        found += map(int, children[:1])
    return found[1:]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system cannot tell")
@pytest.mark.parametrize("file", [xlsx_bytes(), WIDE], ids=["read", "stopped"])
def test_no_process_is_left_when_the_pool_is(file: bytes) -> None:
    with ParserPool() as pool, contextlib.suppress(TooSlowError):
        pool.start()
        parsers = parsers_of(os.getpid())
        for sheet in pool.read(file, replace(DEFAULT_LIMITS, seconds=0.5)):
            list(sheet.blocks)
            parsers += parsers_of(os.getpid())
    assert not any(Path(f"/proc/{number}").exists() for number in parsers)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system cannot tell")
def test_no_process_is_left_by_one_that_is_killed() -> None:
    asker = subprocess.run(
        [sys.executable, "-c", ASKER],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    parsers = [int(number) for number in asker.stdout.split()]
    assert len(parsers) == 2
    until = time.monotonic() + 30
    while any(_runs(number) for number in parsers):
        assert time.monotonic() < until
        time.sleep(0.01)


def _runs(number: int) -> bool:
    """Whether a process runs still: one that nobody asks after has a name, and nothing else."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_member_of_a_zip_is_held_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "数据.zip"
    size = 4 * MIB
    with zipfile.ZipFile(path, "w") as parts:
        for number in range(3):
            parts.writestr(f"{number}.csv", b"a" * size)
    members = read_members(path.read_bytes(), DEFAULT_LIMITS, path=path)
    tracemalloc.start()
    try:
        for _, content in members:
            assert len(content) == size
            del content
        assert tracemalloc.get_traced_memory()[1] < 2 * size
    finally:
        tracemalloc.stop()


def test_a_member_too_large_to_be_held_is_refused_by_its_name() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("名单.csv", "姓名,身份证号\n" * 1_000)
    small = replace(DEFAULT_LIMITS, whole_bytes=10_000)
    with pytest.raises(UnreadableError, match=r"压缩包中的“名单\.csv”解开后大于 0 MB"):
        list(open_file(written.getvalue(), Opening(small)))


def test_an_ods_tells_the_same_in_blocks_of_any_size() -> None:
    with zipfile.ZipFile(io.BytesIO(ods_bytes())) as parts:
        content = parts.read("content.xml")
    cell = b"<table:table-cell"
    hidden = content.replace(b"<table:table-row", b'<table:table-row table:visibility="filter"', 1)
    told = hidden.replace(cell, cell + b' office:currency="USD" office:value="3"', 1)
    whole = examine_ods(lambda: [told])
    assert any(marks.errors and marks.hidden_rows for marks in whole.values())
    blocks = [told[start : start + 7] for start in range(0, len(told), 7)]
    assert examine_ods(lambda: blocks) == whole
    assert examine_ods(lambda: [content]) == {}


def test_blocks_of_long_texts_hold_few_rows() -> None:
    blocks = list(encode_rows([["长" * 2_000] * 2] * 5_000, 2, MIB * 64).blocks)
    assert sum(cells.data.count(US) + 1 for cells, _ in blocks) == 5_000
    assert max(len(cells.data) for block in blocks[1:] for cells in block) < BLOCK_BYTES


def test_a_block_of_texts_beyond_all_measure_is_refused() -> None:
    with pytest.raises(UnreadableError, match="文字总量超过上限"):
        list(encode_rows([["长" * 12_000_000, ""]], 2, 64 * MIB).blocks)


def test_a_page_of_long_texts_holds_few_rows() -> None:
    pages = []
    for size in (1, 1_000):
        rows = [["甲" * size, "乙"]] * 4_000
        sheet = RawSheet(SheetHead("", 2), encode_rows(rows, 2, 64 * MIB).blocks)
        page = build_grid(sheet, 8_000)
        more = list(page.more or ())
        assert page.height + sum(piece.cells.height for piece in more) == len(rows)
        pages.append(1 + len(more))
    assert pages[0] == 1 < 10 < pages[1]


def test_rows_of_hardly_anything_but_separators_are_not_held_cell_by_cell() -> None:
    with pytest.raises(IrregularTextError):
        read_odd_rows("一,二,三\n" + ",\n" * 600_000, ",", 3)


def test_a_sheet_too_large_to_be_held_as_a_whole_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grid, "_MOST_WHOLE", 8_000)
    for height, is_read in ((4_000, True), (4_001, False)):
        rows = encode_rows([["甲", "乙"]] * height, 2, MIB).blocks
        sheet = RawSheet(SheetHead("", 2), rows)
        with contextlib.nullcontext() if is_read else pytest.raises(UnreadableError, match="整张"):
            build_grid(sheet, None)


def test_nothing_but_quotes_takes_no_memory_of_its_own():
    text = "a,b\n" + '"' * 2_000_001
    tracemalloc.start()
    try:
        with pytest.raises(IrregularTextError):
            read_odd_rows(text, ",", 0)
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()
