"""What holds for every file: all rows accounted for, nothing invented, no traceback."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fpm.errors import FileRefusedError
from fpm.ingest import read_file
from fpm.ingest.containers.biff import examine_xls, xls_counts_from_1904
from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.delimited import find_separator
from fpm.ingest.containers.html_table import read_html
from fpm.ingest.containers.marks import SheetMarks
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.text import UndecodableError, decode
from fpm.ingest.containers.wire import RawSheet, SheetHead, encode_rows
from fpm.ingest.grid import build_grid
from fpm.ingest.head_search import find_header
from fpm.ingest.header import HeaderIndex
from fpm.ingest.limits import Limits
from fpm.ingest.opening import Opening
from fpm.ingest.values import number
from ingest.builders import HEADERS, ID_A, IN_PROCESS, person
from ingest.test_ingest_containers import FORMATS, html_bytes, xls_bytes, xlsx_bytes, xml_2003_bytes

DIBAO = ("civil_affairs", "dibao")
XLS = xls_bytes()
CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "合计",
            "注：无",
            "东山乡",
            "姓名",
            "张三",
            ID_A,
            "农村低保",
            "350",
            "1,2",
            "2026-02-30",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)
ROW = st.lists(CELL, min_size=7, max_size=7)
SHARED = settings(
    max_examples=35, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_csv(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def outcome(path, layout, opening=IN_PROCESS):
    """The reading, or the sentence of the refusal."""
    try:
        return read_file(path, path.name, [layout], opening=opening)
    except FileRefusedError as refused:
        return str(refused)


def is_sound(result):
    """One sentence, or a reading whose rows add up."""
    return "\n" not in result if isinstance(result, str) else accounts(result)


def accounts(reading):
    return all(
        line["rows"] == line["non_data"] + line["quarantined"] + line["records"]
        for line in reading.files.iter_rows(named=True)
    )


@given(st.lists(ROW, max_size=12), st.lists(ROW, max_size=3))
@SHARED
def test_rows_are_conserved_whatever_they_hold(tmp_path, dibao, rows, titles):
    path = tmp_path / "低保.csv"
    path.write_text(as_csv([*titles, HEADERS, *rows]), encoding="utf-8", newline="")
    reading = outcome(path, dibao)
    if isinstance(reading, str):
        return  # a title row that is a better header than the header
    assert accounts(reading)
    records = reading.records[DIBAO]
    kept, aside = set(records["row"]), set(reading.quarantine["row"])
    assert not kept & aside
    assert reading.files["rows"].sum() == len(titles) + 1 + len(rows)
    assert len(kept) == records.height == reading.files["records"].sum()
    assert len(aside) == reading.files["quarantined"].sum()


@given(st.permutations(range(5)), st.integers(0, 3))
@SHARED
def test_the_order_of_rows_and_blank_lines_change_no_record(tmp_path, dibao, order, blanks):
    people = [person(f"张{number}", amount=number) for number in range(5)]
    path = tmp_path / "低保.csv"
    rows = [HEADERS, *[[]] * blanks, *(people[number] for number in order)]
    path.write_text(as_csv(rows), encoding="utf-8", newline="")
    records = read_file(path, path.name, [dibao]).records[DIBAO]
    assert records["name"].to_list() == [f"张{number}" for number in order]
    assert records["row"].to_list() == [2 + blanks + number for number in range(5)]


@given(
    st.lists(st.sampled_from([person(), person("李四", None), person(started="昨天")]), min_size=1)
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_same_rows_read_the_same_from_every_format(tmp_path, dibao, rows):
    table = [list(HEADERS), *([cell or "" for cell in row] for row in rows)]
    results = []
    for data in (
        xlsx_bytes(table),
        xls_bytes(table),
        html_bytes(table),
        xml_2003_bytes(table),
        as_csv(table).encode("gb18030"),
    ):
        path = tmp_path / "低保.xls"
        path.write_bytes(data)
        reading = read_file(path, path.name, [dibao], opening=IN_PROCESS)
        results.append(
            (
                reading.records[DIBAO].drop("sheet").rows(),
                reading.quarantine.select("row", "column", "code").rows(),
            )
        )
    assert all(result == results[0] for result in results)


@given(st.lists(st.lists(st.text("ab甲 \x1f\x1e\x1d\x00\n\r", max_size=6), max_size=6), max_size=9))
@settings(max_examples=100, deadline=None)
def test_the_wire_keeps_every_cell_in_its_place(rows):
    table = encode_rows(rows, max(map(len, rows), default=0), 10**9)
    head = SheetHead("", table.width, typed=False)
    cells = build_grid(RawSheet(head, table.blocks)).cells
    spaces = str.maketrans("\x1f\x1e\x1d\x00", "    ")
    expected = [
        tuple(cell.translate(spaces).strip() or None for cell in row)
        + (None,) * (table.width - len(row))
        for row in rows
    ]
    assert cells.rows() == expected


def written(column):
    """The cells of a workbook's column as the frame shows them."""
    table = encode_rows([[cell, "甲"] for cell in column], 2, 10**9)
    return build_grid(RawSheet(SheetHead("", 2), table.blocks)).cells["c0"].to_list()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9))
@settings(max_examples=100, deadline=None)
def test_a_number_reads_the_same_alone_and_among_texts(numbers):
    assert written(numbers) == written([*numbers, "无"])[:-1]


def test_numbers_are_written_as_people_write_them():
    assert written([-0.0, 0.0, 5.0, -5.0, 0.1, 202610.0]) == ["0", "0", "5", "-5", "0.1", "202610"]
    assert written([-0.0, "无"]) == ["0", "无"]
    assert written([520201199001011234.0]) == ["5.20201199001011E+17"]


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_text_or_refused(data):
    try:
        decoded = decode(data)
    except UndecodableError:
        return
    assert isinstance(find_separator(decoded.text), str)


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.text(max_size=10)), min_size=4, max_size=4), max_size=8
    )
)
@settings(max_examples=100, deadline=None)
def test_the_header_finder_takes_any_rows(dibao, rows):
    header = find_header(rows, HeaderIndex(dibao))
    assert header is None or len(header.fields) >= 2


@given(st.binary(max_size=300))
@SHARED
def test_any_bytes_are_read_or_refused_in_one_sentence(tmp_path, dibao, data):
    path = tmp_path / "低保.csv"
    path.write_bytes(",".join(HEADERS).encode() + b"\n" + data)
    assert is_sound(outcome(path, dibao))


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_files_are_read_or_refused_in_one_sentence(tmp_path, dibao, kind, data):
    content = bytearray(FORMATS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    path = tmp_path / "低保.xls"
    path.write_bytes(bytes(content))
    assert is_sound(outcome(path, dibao, Opening(container=read_in_child)))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_xls_is_examined_or_refused(data):
    content = bytearray(XLS)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    xls_counts_from_1904(bytes(content))
    try:
        marks = examine_xls(bytes(content))
    except UnreadableError:
        return
    assert all(isinstance(found, SheetMarks) for found in marks.values())


@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "</table>",
                "<tr>",
                "</tr>",
                "<td>",
                "</td>",
                "<td/rowspan=2>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "<b/style='display:none'>",
                "</b>",
                "<",
                '"',
                "甲",
            ]
        ),
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_page_gives_rows_of_one_width_or_is_refused(pieces):
    page = f"<table><tr><td>{''.join(pieces)}".encode()
    try:
        sheets = [(sheet.head.width, build_grid(sheet)) for sheet in read_html(page, Limits())]
    except UnreadableError:
        return
    assert all(grid.cells.width == width for width, grid in sheets)


CELLS = st.sampled_from(
    [
        "<td>甲</td>",
        " <th> 乙&amp;丙\n</th>",
        '<td class="a">1</td>',
        "<td rowspan=2>r</td>",
        "<td colspan='2'>c</td>",
        '<td x:num="1.55">2</td>',
        '<td title="a>b">q</td>',
        '<td style="display:none">h</td>',
        "<td><b>d</b></td>",
        "<td>",
    ]
)
LINES = st.sampled_from(["<tr>", '<tr class="b">', '<tr style="display:none">', "</tr>", "<table>"])


def page_of(pieces):
    sheets = read_html("".join(pieces).encode(), Limits(cells=60))
    try:
        return [(sheet.head, list(sheet.blocks)) for sheet in sheets]
    except UnreadableError as refused:
        return str(refused)


@given(st.lists(st.one_of(CELLS, CELLS, LINES), max_size=25))
@settings(max_examples=150, deadline=None)
def test_rows_of_plain_cells_are_read_as_rows_with_markup_in_their_cells(pieces):
    plain = ["<table><tr>", *pieces]
    assert page_of(plain) == page_of(piece.replace("</t", "<!-- --></t") for piece in plain)


@given(st.integers(0, 999), st.integers(0, 999_999), st.sampled_from([" ", ","]))
@settings(max_examples=100, deadline=None)
def test_two_numbers_in_a_cell_are_one_only_with_a_comma_before_three_digits(
    first, second, between
):
    found = number.money(pl.Series([f"{first}{between}{second}"])).item()
    joined = f"{first}{second}" if between == "," and len(str(second)) == 3 else None
    assert found == (Decimal(joined) if joined else None)
