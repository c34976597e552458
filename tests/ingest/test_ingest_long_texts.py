"""A text longer than one block gives what it gives when it is read as a whole."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fpm.ingest import FileReading, read_file
from fpm.ingest.containers import recoding
from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.grid import Grid
from fpm.ingest.header import HeaderIndex
from fpm.ingest.opening import DEFAULT_OPENING
from fpm.ingest.sheets import read_sheet
from fpm.ingest.text_grid import long_grid, long_grid_of, regular_grid
from fpm.rulebook.layout import Fingerprint, LayoutField, LayoutSpec

FIELDS = (
    ("姓名", "name", "person_name"),
    ("身份证号", "id_number", "id_number"),
    ("乡镇", "township", "place"),
    ("金额", "amount", "money"),
    ("月份", "month", "month"),
    ("备注", "note", "text"),
)
LAYOUT = LayoutSpec(
    department="civil_affairs",
    kind="benefit",
    title="发放明细",
    coverage="events",
    recognise=Fingerprint(file_words=("发放",)),
    fields={
        name: LayoutField(title=title, type=kind, headers=(title,), filled=name == "name")
        for title, name, kind in FIELDS
    },
)
HEADER = ",".join(title for title, _, _ in FIELDS)
BLOCK = 6_000
"""Bytes: more than the rows in which a header is searched, a tenth of the files below."""


def lines(rows: int = 700, month: str = "2026-10") -> list[str]:
    """A header and rows of different lengths, ``𠮷`` among their characters (four bytes)."""
    return [
        HEADER,
        *(
            f"张{'三' * (number % 3 + 1)},999901199001{number % 28 + 1:02d}{number % 1000:03d}X,"
            f"东山乡,{number}.5,{month},{'𠮷' * (number % 4)}备注{number}"
            for number in range(rows)
        ),
    ]


def encoded(text_lines: list[str], encoding: str = "gb18030", end: str = "\r\n") -> bytes:
    return (end.join(text_lines) + end).encode(encoding)


def at_once(grid: Grid | None) -> pl.DataFrame:
    """All cells of a long text."""
    assert grid is not None
    assert grid.more is not None
    return pl.concat([grid.cells, *(piece.cells for piece in grid.more)])


def both(path: Path) -> tuple[FileReading, FileReading]:
    """A file read in blocks, and as a whole."""
    name = "发放.csv"
    pieces = replace(DEFAULT_OPENING, block_bytes=BLOCK)
    return read_file(path, name, [LAYOUT], opening=pieces), read_file(path, name, [LAYOUT])


def assert_same(path: Path) -> FileReading:
    found, expected = both(path)
    kind = (LAYOUT.department, LAYOUT.kind)
    assert found.records[kind].equals(expected.records[kind])
    assert found.quarantine.equals(expected.quarantine)
    assert found.blanked.equals(expected.blanked)
    assert found.files.equals(expected.files)
    assert (found.sheets, found.sha256) == (expected.sheets, expected.sha256)
    return found


QUOTED = [
    line if number % 9 else line[: line.rindex(",")] + ',"甲\n\n乙,丙\r\n丁"'
    for number, line in enumerate(lines(), -1)
]
TEXTS = {
    "gb18030, CRLF": encoded(lines()),
    "utf-8, LF": encoded(lines(), "utf-8", "\n"),
    "utf-8 with a mark": encoded(lines(), "utf-8-sig"),
    "cells of several lines": encoded(QUOTED, "gb18030"),
    "blank lines": encoded([part for line in lines() for part in (line, "", "")]),
    "no end of the last line": encoded(lines())[:-2],
    "blank lines and ^Z at the end": encoded(lines()) + b"\r\n\r\n\x1a",
    "utf-16 with a mark": encoded(lines(), "utf-16"),
    "utf-16 without one": encoded(QUOTED, "utf-16-be"),
    "lines of old Macs": encoded(lines(), "gb18030", "\r"),
    "blank lines of old Macs": encoded([part for line in lines() for part in (line, "")], end="\r"),
}
OLD_MAC = [name for name in TEXTS if "Macs" in name]
"""Read as a whole only by the parser of irregular texts."""


@pytest.mark.parametrize("name", TEXTS)
def test_no_row_is_lost_or_cut_wherever_a_block_ends(tmp_path: Path, name: str) -> None:
    path = tmp_path / "发放.csv"
    path.write_bytes(TEXTS[name])
    whole = regular_grid(TEXTS[name].replace(b"\r", b"\n") if name in OLD_MAC else TEXTS[name])
    assert whole is not None
    assert whole.height >= 701
    for size in range(BLOCK, BLOCK + 120, 7):
        assert at_once(long_grid(path, size)).equals(whole.cells), size
        assert at_once(long_grid_of(TEXTS[name], size)).equals(whole.cells), size


@pytest.mark.parametrize("spoiled", [b'"', b"\n"])
def test_a_quote_or_another_line_end_among_lines_of_old_macs_takes_all_of_them(
    tmp_path: Path, spoiled: bytes
) -> None:
    text = TEXTS["lines of old Macs"]
    path = tmp_path / "发放.csv"
    path.write_bytes(text[:-1] + spoiled)
    with pytest.raises(IrregularTextError):
        at_once(long_grid(path, BLOCK))
    with pytest.raises(IrregularTextError):
        at_once(long_grid_of(path.read_bytes(), BLOCK))


def test_a_long_text_in_a_zip_is_read_as_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "发放.zip"
    with zipfile.ZipFile(path, "w") as parts:
        for name, text in TEXTS.items():
            parts.writestr(f"{name}.csv", text)
    readings = both(path)
    assert readings[0].files.equals(readings[1].files)
    assert readings[0].files["records"].to_list() == [700] * len(TEXTS)
    kind = (LAYOUT.department, LAYOUT.kind)
    assert readings[0].records[kind].equals(readings[1].records[kind])


def test_a_text_is_long_from_the_first_byte_after_a_block(tmp_path: Path) -> None:
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(lines(100)))
    assert long_grid(path, path.stat().st_size) is None
    assert at_once(long_grid(path, path.stat().st_size - 1)).height == 101


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_is_read_as_a_short_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / "发放.csv"
    path.write_bytes(TEXTS[name])
    assert assert_same(path).files["records"].to_list() == [700]
    grid = long_grid(path, BLOCK)
    assert grid is not None
    (outcome,) = read_sheet(grid, [HeaderIndex(LAYOUT)], "发放.csv")  # not by way of the whole
    assert outcome.reading.records == 700


def test_troubles_are_listed_with_their_true_rows(tmp_path: Path) -> None:
    texts = ["民政局发放表,,,,,", *lines()]
    for number in (5, 250, 251, 480, 699):
        texts[number] = texts[number].replace(".5,", "大约,", 1)
    texts[400] = texts[400].replace("张", "").replace("三", "")
    texts[300:300] = [HEADER, "合计,,,1200,,", ",,,,,"]
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    found = assert_same(path)
    assert found.quarantine["row"].to_list() == [6, 251, 252, 404, 484, 703]
    (sheet,) = found.sheets
    assert (sheet.rows, sheet.records, sheet.quarantined) == (705, 694, 6)


def test_months_that_lost_zeros_are_known_by_all_blocks(tmp_path: Path) -> None:
    texts = [*lines(month="2026.1"), *lines(month="2026.10")[1:]]
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    found = assert_same(path)
    months = found.records[LAYOUT.department, LAYOUT.kind]["month"]
    assert months.dt.month().value_counts(sort=True).rows() == [(1, 700), (10, 700)]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("张三,999901199001010011", id="a short row"),
        pytest.param("张三,999901199001010011,东山乡,1,2026-10,甲,乙", id="a long row"),
        pytest.param('张三,999901199001010011,东山乡,1,2026-10,3"管', id="a bare quote"),
        pytest.param("身份证号,姓名,乡镇,金额,月份,备注", id="a header in another order"),
    ],
)
@pytest.mark.parametrize("place", [400, 700])
def test_what_is_odd_far_below_is_found(tmp_path: Path, odd: str, place: int) -> None:
    texts = lines()
    texts.insert(place, odd)
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    assert_same(path)


ODD = {
    "a short row": ["张三,999901199001010011"],
    "long rows, one of them with nothing more": [
        "张三,999901199001010011,东山乡,1,2026-10,甲,乙",
        "张三,999901199001010011,东山乡,1,2026-10,甲,",
    ],
    "short rows where others end with a blank cell": [
        "张三,999901199001010011",
        "李四,999901199001010011,东山乡",
        ",",
        "王五,999901199001010011,东山乡,1,2026-10,",
    ],
    "quotes in quotes": ['张三,999901199001010011,东山乡,1,2026-10,"甲""乙"",丙"'],
    "blank lines among cells of several lines": ["", '张三,,东山乡,1,2026-10,"甲\n乙"', "", ""],
    "a row broken in two": ["张三,999901199001010011,", "东山乡,1,2026-10,甲", "赵六,,,,,"],
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("place", [80, 400, 701])
def test_odd_rows_do_not_call_for_the_whole_text(tmp_path: Path, name: str, place: int) -> None:
    texts = lines()
    texts[place:place] = ODD[name]
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    found = assert_same(path)
    grid = long_grid(path, BLOCK)
    assert grid is not None
    (outcome,) = read_sheet(grid, [HeaderIndex(LAYOUT)], "发放.csv")
    assert outcome.reading == found.sheets[0]
    assert [table.quarantine["row"].to_list() for table in outcome.tables] == [
        found.quarantine["row"].to_list()
    ]


def test_several_short_rows_are_ragged_only_if_no_file_of_that_kind_leaves_blanks_out(
    tmp_path: Path,
) -> None:
    texts = lines()
    texts[300:300] = texts[500:500] = ["张三,999901199001010011,东山乡,1,2026-10"]
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    assert assert_same(path).quarantine.is_empty()
    with pytest.raises(IrregularTextError):
        at_once(long_grid(path, BLOCK))


@pytest.mark.parametrize("where", [range(90, 130), range(80, 600, 13)])
def test_many_short_rows_are_known_before_the_end(tmp_path: Path, where: range) -> None:
    texts = lines()
    for number in where:
        texts[number] = texts[number].rsplit(",", 2)[0]
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    assert_same(path)
    grid = long_grid(path, BLOCK)
    assert grid is not None
    assert grid.more is not None
    read = [grid.height]
    with pytest.raises(IrregularTextError):
        read.extend(piece.cells.height for piece in grid.more)
    assert sum(read) < 400


def test_the_sixteen_rows_of_excel_are_found_far_below(tmp_path: Path) -> None:
    texts = [line.rsplit(",", 1)[0] + "," for line in lines()]
    texts[0] = lines()[0]
    texts[320:336] = [line.rstrip(",") for line in texts[320:336]]
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(texts))
    assert assert_same(path).quarantine.is_empty()


def test_another_encoding_far_below_is_found(tmp_path: Path) -> None:
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(lines(), "utf-8") + encoded(lines(3)[1:]))
    assert assert_same(path).sheets[0].notes[0].startswith("编码混用")
    with pytest.raises(IrregularTextError):
        at_once(long_grid(path, BLOCK))


def test_an_open_quote_does_not_gather_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded([*lines(200), '张三,"999901,东山乡,1,2026-10,甲', *lines()[1:]]))
    with pytest.raises(IrregularTextError):
        at_once(long_grid(path, BLOCK))
    assert_same(path)


@pytest.mark.parametrize("written", ["b''", "(99).to_bytes(8) + b'cut off'"])
def test_a_text_is_read_as_a_whole_when_the_process_that_decodes_it_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    said = f"import sys; sys.stdout.buffer.write({written})"
    path = tmp_path / "发放.csv"
    path.write_bytes(encoded(lines()))
    monkeypatch.setattr(recoding, "command", lambda *_: [sys.executable, "-c", said])
    assert_same(path)
    assert long_grid(path, BLOCK) is None


FIELD = st.one_of(
    st.sampled_from(["", '""', '"', '""""', '",', '"a""b"', '","', '"a,""', '"\n"', "a"]),
    st.text('a", \n', max_size=4),
)


@settings(max_examples=400, deadline=None)
@given(
    lines=st.lists(st.lists(FIELD, min_size=2, max_size=3).map(",".join), min_size=2, max_size=5)
)
def test_quotes_are_read_as_the_standard_library_reads_them_or_not_in_blocks(lines):
    text = "\n".join(lines)
    grid = regular_grid(text.encode())
    if grid is None:
        return
    try:
        expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise AssertionError("an open quote was read as if it were regular") from None
    width = max(map(len, expected))
    rows = [
        tuple(cell.strip() or None for cell in [*row, *[""] * (width - len(row))])
        for row in expected
    ]
    # blank lines at the end are no rows
    filled = max((number for number, row in enumerate(rows, 1) if any(row)), default=0)
    assert grid.cells.rows()[:filled] == rows[:filled]
    assert not any(map(any, grid.cells.rows()[filled:]))
