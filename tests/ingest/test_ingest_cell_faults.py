"""Cells and rows given twice are found wherever the blocks of a part are cut."""

from __future__ import annotations

import io
import zipfile
from string import ascii_uppercase

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from fpm.ingest.containers.cell_faults import CellFaults, WholeRows
from fpm.ingest.containers.marks import TWICE
from fpm.ingest.containers.parts import examine_parts
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import DEFAULT_LIMITS

LETTERS = st.sampled_from(["A", "B", "Z", "AA", "AB", "BA", "ZZ", "AAA", "XFD"])
ROWS = st.lists(st.lists(LETTERS, max_size=5), max_size=5)


def sheet(rows):
    return "".join(
        f'<row r="{number}">'
        + "".join(f'<c r="{column}{number}"><v>1</v></c>' for column in columns)
        + "</row>"
        for number, columns in enumerate(rows, 1)
    ).encode()


@given(ROWS, st.integers(min_value=1, max_value=300))
@settings(deadline=None)
def test_two_cells_of_one_address_are_found_and_nothing_else(rows, size):
    data = sheet(rows)
    cells, whole = CellFaults(), WholeRows()
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    found = [cells.find(whole.cut(block)) for block in blocks]
    found.append(cells.find(whole.cut(b"", last=True)))
    twice = any(len(set(columns)) < len(columns) for columns in rows)
    assert set(found) - {""} == ({TWICE} if twice else set())


def test_the_rows_of_a_sheet_of_several_blocks_are_told_apart():
    written, damaged = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(written)
    lines = book.add_worksheet("名单")
    for number in range(12_000):
        lines.write_row(number, 0, range(number, number + 5))
    book.close()
    examine_parts(written.getvalue(), DEFAULT_LIMITS)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b'<row r="11000"', b'<row r="3"'))
    with pytest.raises(UnreadableError, match="同一行号"):
        examine_parts(damaged.getvalue(), DEFAULT_LIMITS)


@pytest.mark.parametrize("type_", ["", ' t="n"', ' t="b"', ' t="str"', ' s="7"'])
def test_no_address_of_a_number_is_taken_for_a_fault(type_):
    columns = [first + last for first in ("", *"AEISX") for last in ascii_uppercase]
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column}{row}"{type_}><v>1</v></c>' for column in columns)
        + "</row>"
        for row in (1, 10, 99, 100, 12_345)
    )
    assert CellFaults().find(rows.encode()) == ""
