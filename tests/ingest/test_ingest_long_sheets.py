"""A sheet of several pages gives what it gives when it is held as a whole."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fpm.errors import FileRefusedError
from fpm.ingest import FileReading, pages, read_file
from fpm.ingest.containers.blocks import WholeNeededError
from fpm.ingest.containers.parse import read_container
from fpm.ingest.header import HEAD_ROWS, HeaderIndex
from fpm.ingest.opening import Opening, open_file
from fpm.ingest.packed import unpacked
from fpm.ingest.sheets import SheetOutcome, read_sheet
from fpm.rulebook.layout import Fingerprint, LayoutField, LayoutSpec

FIELDS = (
    ("乡镇", "township", "place"),
    ("姓名", "name", "person_name"),
    ("身份证号", "id_number", "id_number"),
    ("保障金", "amount", "money"),
    ("月份", "month", "month"),
    ("日期", "day", "date"),
    ("备注", "note", "text"),
)
LAYOUT = LayoutSpec(
    department="civil_affairs",
    kind="benefit",
    title="发放明细",
    coverage="events",
    recognise=Fingerprint(file_words=("发放",)),
    note_words=("注",),
    fields={
        name: LayoutField(title=title, type=kind, headers=(title,), filled=name == "name")
        for title, name, kind in FIELDS
    },
)
OTHER = LayoutSpec(
    department="housing",
    kind="repair",
    title="危房改造",
    coverage="events",
    recognise=Fingerprint(file_words=("危房",)),
    fields={
        name: LayoutField(title=title, type=kind, headers=(title,), required=True)
        for title, name, kind in (
            ("户主姓名", "name", "person_name"),
            ("户主身份证号", "id_number", "id_number"),
            ("房屋等级", "grade", "text"),
            ("改造方式", "way", "text"),
        )
    },
)
LAYOUTS = (LAYOUT, OTHER)
HEADER = [title for title, _, _ in FIELDS]
PAGE_ROWS = HEAD_ROWS + 1
"""A page has at least so many."""
Rows = list[list[Any]]
Write = Callable[..., Path]


def people(count: int = 400) -> Rows:
    return [
        [
            "东山乡",
            f"张{'三' * (number % 3 + 1)}",
            f"999901199001{number % 28 + 1:02d}{number % 1000:03d}X",
            round(number * 1.5, 2),
            "202610",
            f"2026-10-{number % 28 + 1:02d}",
            f"备注{number}" if number % 5 else None,
        ]
        for number in range(count)
    ]


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read each piece for itself; else some would be joined to a page of the usual size."""
    monkeypatch.setattr(pages, "PAGE_CELLS", 1)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write sheets of rows to an xlsx, with cells merged over rows and hidden rows."""

    def written(
        *sheets: Rows,
        name: str = "发放.xlsx",
        merges: Sequence[tuple[int, int, int, Any]] = (),
        hidden: Sequence[int] = (),
    ) -> Path:
        path = tmp_path / name
        book = xlsxwriter.Workbook(path)
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for first, last, column, cell in merges:
                sheet.merge_range(first, column, last, column, cell)
            for number in hidden:
                sheet.set_row(number, None, None, {"hidden": True})
        book.close()
        return path

    return written


def opened(cells: int | None) -> Opening:
    return Opening(container=read_container, page_cells=cells)


def outcomes(path: Path, cells: int) -> list[SheetOutcome]:
    """What the sheets give page by page; never by way of the whole."""
    indexes = [HeaderIndex(layout) for layout in LAYOUTS]
    grids = open_file(path.read_bytes(), opened(cells))
    return [one for grid in grids for one in read_sheet(grid, indexes, path.name)]


def reading(path: Path, cells: int | None) -> FileReading:
    return read_file(path, path.name, LAYOUTS, opening=opened(cells))


def assert_same(path: Path, cells: int = 1) -> FileReading:
    found, expected = reading(path, cells), reading(path, None)
    assert found.records.keys() == expected.records.keys()
    for kind, records in expected.records.items():
        assert found.records[kind].equals(records)
    assert found.quarantine.equals(expected.quarantine)
    assert found.blanked.equals(expected.blanked)
    assert found.files.equals(expected.files)
    assert (found.sheets, found.sha256) == (expected.sheets, expected.sha256)
    return found


def test_a_sheet_comes_in_pages_of_which_none_is_shorter_than_a_heading(write: Write) -> None:
    path = write([HEADER, *people(400)])
    (grid,) = open_file(path.read_bytes(), opened(1))
    assert grid.more is not None
    heights = [grid.height, *(piece.cells.height for piece in grid.more)]
    assert heights[:-1] == [PAGE_ROWS] * (len(heights) - 1)
    assert sum(heights) == 401


def test_a_sheet_of_one_page_does_not_come_in_pieces(write: Write) -> None:
    path = write([HEADER, *people(PAGE_ROWS - 1)])
    (grid,) = open_file(path.read_bytes(), opened(1))
    assert grid.more is None


def test_titles_troubles_totals_and_notes_lie_where_they_lie_in_the_whole(write: Write) -> None:
    rows = [["发放表"], ["单位：元"], HEADER, *people()]
    for number in (10, PAGE_ROWS - 1, PAGE_ROWS, 200, 401):
        rows[number][3] = "大约"
    rows[300][1] = rows[300][2] = None
    rows[150:150] = [HEADER, ["合计", None, None, 1200], []]
    rows += [[], ["合计", None, None, 99], ["注：以上已公示"]]
    found = assert_same(write(rows))
    assert [one.reading for one in outcomes(write(rows), 1)] == list(found.sheets)
    assert found.quarantine["row"].to_list() == [11, 61, 62, 204, 304, 405]
    (sheet,) = found.sheets
    assert (sheet.header_row, sheet.records, sheet.quarantined) == (3, 394, 6)
    assert sheet.rows == 409


@pytest.mark.parametrize("first", [PAGE_ROWS - 2, PAGE_ROWS - 1, PAGE_ROWS, 2 * PAGE_ROWS - 3])
@pytest.mark.parametrize("height", [2, 5, 150])
def test_a_cell_merged_over_a_page_border_holds_for_all_its_rows(
    write: Write, first: int, height: int
) -> None:
    rows = [HEADER, *people()]
    merges = [(first, first + height - 1, 0, "西河乡"), (first, first + height - 1, 3, 900)]
    for row in rows[first : first + height]:
        row[0] = row[3] = None
    found = assert_same(write(rows, merges=merges))
    assert outcomes(write(rows, merges=merges), 1)[0].reading == found.sheets[0]
    records = found.records["civil_affairs", "benefit"]
    assert (records["township"] == "西河乡").sum() == height
    assert records["amount"].null_count() == height - 1


def test_a_cell_merged_down_to_the_last_row_holds_for_it(write: Write) -> None:
    rows = [HEADER, *people(200)]
    for row in rows[100:]:
        row[0] = None
    found = assert_same(write(rows, merges=[(100, 200, 0, "西河乡")]))
    assert (found.records["civil_affairs", "benefit"]["township"] == "西河乡").sum() == 101


def test_error_values_and_hidden_rows_are_found_on_every_page(write: Write) -> None:
    rows = [HEADER, *people(200)]
    for number in (5, 61, 62, 200):
        rows[number][3] = "=1/0"
    path = write(rows, hidden=[7, 150])
    found = assert_same(path)
    assert found.sheets[0].notes[0].startswith("有 2 个隐藏行（第 8、151 行")
    kind = "civil_affairs", "benefit"
    (table,) = outcomes(path, 1)[0].tables
    assert unpacked(table.records).equals(found.records[kind])


def test_each_sheet_of_several_is_read_to_its_end(write: Write) -> None:
    rows = people(300)
    path = write([HEADER, *rows[:100]], [HEADER, *rows[100:]], [HEADER])
    found = assert_same(path)
    assert found.files["records"].to_list() == [100, 200, 0]


@pytest.mark.parametrize("place", [80, 300])
@pytest.mark.parametrize(
    "below",
    [
        pytest.param([["身份证号", "姓名", "乡镇", "保障金"]], id="columns in another order"),
        pytest.param([["户主姓名", "户主身份证号", "房屋等级", "改造方式"]], id="another layout"),
    ],
)
def test_another_table_far_below_is_read_by_its_own_header(
    write: Write, below: Rows, place: int
) -> None:
    follows = [[row[2], row[1], row[0], row[3]] for row in people(90)]
    if below[0][0] == "户主姓名":
        follows = [[row[1], row[2], "D", "重建"] for row in people(90)]
    path = write([HEADER, *people(place), *below, *follows])
    assert assert_same(path).files["records"].sum() == place + 90


def test_months_and_units_that_need_the_whole_sheet_are_read_by_it(write: Write) -> None:
    rows = [HEADER, *people()]
    for number, row in enumerate(rows[1:]):
        row[4] = "2026.1" if number < 200 else "2026.10"
    path = write(rows)
    with pytest.raises(WholeNeededError):
        outcomes(path, 1)
    months = assert_same(path).records["civil_affairs", "benefit"]["month"]
    assert months.dt.month().value_counts(sort=True).rows() == [(1, 200), (10, 200)]
    path = write([HEADER, *people(), [], ["注：单位：万元"]])
    with pytest.raises(WholeNeededError):
        outcomes(path, 1)
    assert assert_same(path).records["civil_affairs", "benefit"]["amount"].max() == 5_985_000


def test_people_in_a_long_unknown_sheet_are_set_aside_row_by_row(write: Write) -> None:
    unknown: Rows = [["甲", "乙"], *([f"字{number}", None] for number in range(200))]
    unknown[70][1] = unknown[180][1] = "999901199001010016"
    found = assert_same(write([HEADER, *people(80)], unknown))
    assert found.quarantine["row"].to_list() == [71, 181]
    assert found.files["rows"].to_list() == [81, 201]


def test_a_file_of_long_unknown_sheets_is_refused_alike(write: Write) -> None:
    path = write([["甲", "乙"], *([f"字{number}", number] for number in range(200))])
    told = []
    for cells in (1, None):
        with pytest.raises(FileRefusedError) as refused:
            reading(path, cells)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_a_list_with_more_troubles_than_can_be_told_of_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [HEADER, *people()]
    for number in (10, PAGE_ROWS + 1, 200, 390):
        rows[number][3] = "大约"
    path = write(rows)
    monkeypatch.setattr(pages, "_MOST_TROUBLES", 4)
    assert len(reading(path, 1).quarantine) == 4
    monkeypatch.setattr(pages, "_MOST_TROUBLES", 3)
    with pytest.raises(FileRefusedError, match="有 3 个以上的格或行不能采用"):
        reading(path, 1)


def rewritten(rows: Rows, chance: random.Random) -> Rows:
    """Rows with all that may stand in a list, here and there."""
    odd: Rows = [
        [],
        HEADER,
        ["合计", None, None, 10],
        ["注：有变动的已注明"],
        ["西河乡"],
        ["东山乡", "李四", "无", "大约", "202610", "2026-02-30", "甲\n乙"],
        ["东山乡", "李四", 9.99901199001e17, -1, 202610, 46_000, None],
    ]
    for _ in range(chance.randrange(12)):
        rows.insert(chance.randrange(len(rows)), chance.choice(odd))
    return rows


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the pages stay small
)
@given(cells=st.integers(1, 3000), count=st.integers(70, 400), seed=st.integers(0, 2**32))
def test_any_page_size_gives_the_same_reading(
    tmp_path_factory: pytest.TempPathFactory, cells: int, count: int, seed: int
) -> None:
    chance = random.Random(seed)
    rows = [["发放表"], HEADER, *rewritten(people(count), chance)]
    path = tmp_path_factory.mktemp("any") / "发放.html"
    cells_of = ("".join(f"<td>{'' if c is None else c}</td>" for c in row) for row in rows)
    path.write_text(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells_of)}</table>", "utf-8")
    assert_same(path, cells)
