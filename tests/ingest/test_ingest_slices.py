"""A large sheet of an xlsx gives, slice by slice, what it gives at once."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain

import polars as pl
import pytest
import xlsxwriter

from fpm.ingest.containers import slices
from fpm.ingest.containers.marks import ODD_CONTENT
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.grid import Grid
from fpm.ingest.limits import DEFAULT_LIMITS, Limits
from fpm.ingest.opening import Opening, open_file

Change = Callable[[bytes], bytes]


def workbook(rows: int = 400, *, left: int = 0, gap: int = 0) -> bytes:
    """Texts, numbers, dates by their format, blank cells and rows, merged cells, a second sheet."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet, other = book.add_worksheet("名单"), book.add_worksheet("说明")
    for number in chain(range(rows // 2), range(rows // 2 + gap, rows)):
        sheet.write_row(number, left, [f"张{number}", number * 1.5, f"999901{number:012d}"])
        sheet.write_datetime(number, left + 3, dt.date(2026, 1, 1 + number % 28), day)
        if number % 3 == 0:
            sheet.write(number, left + 5, "甲&乙")
    sheet.merge_range(rows - 9, left, rows - 7, left, "合并")
    other.write(0, 0, "说明")
    book.close()
    return written.getvalue()


def changed(data: bytes, change: Change) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(written, "w") as target:
        for name in parts.namelist():
            content = parts.read(name)
            target.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return written.getvalue()


def opened(data: bytes) -> list[Grid]:
    opening = Opening(container=read_container, page_cells=None, regular=False)
    return list(open_file(data, opening))


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
    for sheet in read_container(data, limits):
        list(sheet.blocks)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cut every sheet, and note how many slices there were."""
    counts: list[int] = []
    parsed = slices.SlicedSheet._sheets

    def counted(self: slices.SlicedSheet) -> Iterator[object]:
        counts.append(0)
        for sheet in parsed(self):
            counts[-1] += 1
            yield sheet

    monkeypatch.setattr(slices.SlicedSheet, "_sheets", counted)
    monkeypatch.setattr(slices, "_SLICE", 5_000)
    return counts


WORKBOOKS = {
    "rows that follow each other": workbook(),
    "columns left blank": workbook(left=3),
    "rows left blank in the middle": workbook(gap=150),
    "rows without a cell": changed(
        workbook(), lambda xml: re.sub(rb'(<row r="\d*7"[^>]*)>.*?</row>', rb"\1></row>", xml)
    ),
    "rows whose numbers come last": changed(
        workbook(), lambda xml: re.sub(rb'<row (r="\d+")([^>]*?)(/?)>', rb"<row\2 \1\3>", xml)
    ),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_slices_give_what_the_whole_sheet_gives(
    name: str, cut: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = opened(WORKBOOKS[name])
    monkeypatch.setattr(slices, "_LARGE", 0)
    found = opened(WORKBOOKS[name])
    for one, other in zip(found, expected, strict=True):
        assert one.cells.equals(other.cells)
        assert set(one.head.merges) == set(other.head.merges)
        assert (one.head.name, one.head.hidden) == (other.head.name, other.head.hidden)
    assert cut[0] > 2


def test_a_slice_is_as_large_as_the_texts_that_it_takes_with_it(
    cut: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_LARGE", 0)
    monkeypatch.setattr(slices, "_SLICE", 1)
    opened(workbook())
    assert 1 < cut[0] < 10


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda xml: re.sub(rb'<row r="\d+"', b"<row", xml), id="unnumbered rows"),
        pytest.param(lambda xml: xml.replace(b"<row", b"<!-- --><row", 1), id="a comment"),
    ],
)
def test_a_sheet_that_cannot_be_cut_is_parsed_at_once(
    change: Change, cut: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = changed(workbook(), change)
    expected = opened(data)
    monkeypatch.setattr(slices, "_LARGE", 0)
    assert opened(data)[0].cells.equals(expected[0].cells)
    assert len(cut) == 1  # the other sheet


def test_rows_that_go_back_are_refused_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    def swapped(xml: bytes) -> bytes:
        early, late = (re.search(rb'<row r="%d".*?</row>' % row, xml) for row in (2, 390))
        assert early is not None
        assert late is not None
        parts = xml[: early.start()], late[0], xml[early.end() : late.start()], early[0]
        return b"".join([*parts, xml[late.end() :]])

    monkeypatch.setattr(slices, "_LARGE", 0)
    monkeypatch.setattr(slices, "_SLICE", 5_000)
    with pytest.raises(UnreadableError, match=ODD_CONTENT):
        opened(changed(workbook(), swapped))


def test_a_sheet_cut_off_in_the_middle_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_LARGE", 0)
    monkeypatch.setattr(slices, "_SLICE", 5_000)
    with pytest.raises(UnreadableError, match="损坏"):
        parse(changed(workbook(), lambda xml: xml[: len(xml) // 2]))


def test_the_cells_of_all_slices_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_LARGE", 0)
    monkeypatch.setattr(slices, "_SLICE", 5_000)
    with pytest.raises(UnreadableError, match="超过上限"):
        parse(workbook(), Limits(cells=2_000))


def test_a_sheet_that_widens_far_below_is_read_to_its_right_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = changed(
        workbook(),
        lambda xml: xml.replace(
            b'</row><row r="351"', b'<c r="H350"><v>7</v></c></row><row r="351"'
        ),
    )
    expected = opened(data)[0].cells
    monkeypatch.setattr(slices, "_LARGE", 0)
    monkeypatch.setattr(slices, "_SLICE", 5_000)
    found = opened(data)[0].cells
    assert found.width == expected.width == 8
    assert found.equals(expected)
    assert found["c7"].drop_nulls().equals(pl.Series("c7", ["7"]))
