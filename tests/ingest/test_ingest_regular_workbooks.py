"""A workbook that is read without its parser is read as the parser reads it, or not at all."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from openpyxl import Workbook

from fpm.ingest import read_file
from fpm.ingest.containers import regular, regular_blocks, regular_texts
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.parts import examine_parts
from fpm.ingest.containers.regular import regular_book
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.grid import build_grid, with_marks
from fpm.ingest.limits import DEFAULT_LIMITS, Limits
from fpm.ingest.opening import Opening, open_file

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
LINES = [
    ["低保名单（2026年10月）"],
    [],
    ["姓名", "身份证号", "保障金", "面积", "备注"],
    ["张三", "99990119880208371X", 450, 0.5, " 两边有空格 "],
    ["李四", "999901200003150028", -3, 12.25, "A & B <c> \"d\" 'e'"],
    ["王五", None, 123456789012345, 0, "第一行\n第二行\t完"],
    ["赵六", "5.0", 8.75, None, "="],
    [None, None, None, None, "合计"],
]


def exported(lines, **settings):
    """A workbook as programs that export lists write it."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"constant_memory": True, **settings}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("名单")
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                style = (None, bold, money)[(number + column) % 3]
                if isinstance(value, str):
                    sheet.write_string(number, column, value, style)
                elif value is not None or style:
                    sheet.write(number, column, value, style)
        sheet.set_column(3, 3, None, None, {"hidden": True})
        sheet.merge_range(len(lines) + 1, 0, len(lines) + 2, 0, "注")
    return written.getvalue()


def changed(data, old, new, part=SHEET, most=1):
    """The workbook with a text of one of its parts replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new, most)
            target.writestr(name, content)
    return written.getvalue()


def told(grids):
    """Everything that becomes known of sheets."""
    return [
        (grid.head, grid.marks, grid.mixed, grid.cells.to_dict(as_series=False)) for grid in grids
    ]


def regular_sheets(data):
    """The sheets with what their parts tell; None where the parser must be asked."""
    book = regular_book(data, DEFAULT_LIMITS)
    return book and book.held()


def by_tags(data):
    """What is read without a parser; None where it must be asked."""
    sheets = regular_sheets(data)
    return sheets and told(with_marks(build_grid(sheet), marks) for sheet, marks in sheets)


def by_parser(data):
    marks = examine_parts(data, DEFAULT_LIMITS)
    sheets = read_container(data, DEFAULT_LIMITS)
    return told(with_marks(build_grid(sheet), marks[sheet.head.name]) for sheet in sheets)


def saved(lines):
    """A workbook as openpyxl writes it: every number says that it is one."""
    book = Workbook()
    for line in lines:
        book.active.append(line)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def shared(lines):
    """A workbook as Excel and WPS write it: the texts in a part of their own."""
    return exported(lines, constant_memory=False)


def typed_in(lines):
    """As Excel writes texts that were typed in Chinese: it notes how readings would be shown."""
    reading = b'<phoneticPr fontId="1" type="noConversion"/></si>'
    return changed(shared(lines), b"</si>", reading, TEXTS, most=-1)


@pytest.mark.parametrize("written", [exported, saved, shared, typed_in])
@pytest.mark.parametrize(
    "lines",
    [LINES, [["姓名"], ["张三"]], [[], [], [None, None, "一"]], LINES * 3000],
    ids=["list", "one column", "one cell", "several pieces"],
)
def test_sheets_are_those_that_the_parser_gives(written, lines):
    data = written(lines)
    assert by_tags(data) == by_parser(data)


def test_sheets_come_in_the_order_of_the_workbook():
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"constant_memory": True}) as book:
        for name in ("二", "一"):
            book.add_worksheet(name).write_string(0, 0, name)
    sheets = regular_sheets(written.getvalue())
    assert [sheet.head.name for sheet, _ in sheets] == ["二", "一"]


def test_no_parser_is_asked_for_a_regular_workbook(tmp_path, dibao):
    head, rows = ["乡镇", "姓名", "身份证号", "低保类型"], ["东山乡", "张三", "", "农村低保"]
    path = Path(tmp_path / "低保名单.xlsx")
    path.write_bytes(exported([head, rows]))
    reading = read_file(path, path.name, [dibao], opening=Opening(container=no_parser))
    assert reading.records["civil_affairs", "dibao"]["name"].to_list() == ["张三"]


TEXT = b'<c r="A4" t="inlineStr"><is><t>\xe5\xbc\xa0\xe4\xb8\x89</t></is></c>'
AMOUNT = b"<v>450</v>"
ODD = {
    "a shared text that is not there": (TEXT, b'<c r="A4" t="s"><v>0</v></c>'),
    "a formula": (AMOUNT, b"<f>1+1</f><v>450</v>"),
    "an error": (TEXT, b'<c r="A4" t="e"><v>#N/A</v></c>'),
    "yes or no": (TEXT, b'<c r="A4" t="b"><v>1</v></c>'),
    "a text of several runs": (
        b"<is><t>\xe5\xbc\xa0\xe4\xb8\x89",
        b"<is><r><t>\xe5\xbc\xa0</t></r><r><t>",
    ),
    "a comment": (TEXT, TEXT + b"<!-- -->"),
    "CDATA": (b"<t>\xe5\xbc\xa0", b"<t><![CDATA[\xe5]]>"),
    "the number of a character": (b"<t>\xe5\xbc\xa0", b"<t>&#24352;"),
    "an unknown entity": (b"<t>\xe5\xbc\xa0", b"<t>&nbsp;"),
    "an escaped character": (b"<t>\xe5\xbc\xa0", b"<t>_x000D_"),
    "a control character": (b"<t>\xe5\xbc\xa0", b"<t>\x1f"),
    "a carriage return": (b"<t>\xe5\xbc\xa0", b"<t>\r\n"),
    "half a character": (b"<t>\xe5\xbc\xa0", b"<t>\xe5\xbc"),
    "a cell that is there already": (TEXT, TEXT * 2),
    "a cell of another row": (b'"A4"', b'"A5"'),
    "a cell that is nowhere": (b'<c r="A4"', b"<c"),
    "a column in small letters": (b'"A4"', b'"a4"'),
    "a row that is there already": (b'<row r="4"', b'<row r="3"'),
    "a hidden row": (b'<row r="4"', b'<row r="4" hidden="1"'),
    "a row without a number": (b'<row r="4"', b"<row"),
    "no number of a shared text": (TEXT, b'<c r="A4" t="s"><v></v></c>'),
    "a number beyond all": (AMOUNT, b"<v>1E999</v>"),
    "a number that is none": (AMOUNT, b"<v>NaN</v>"),
    "a cell of another type": (b'<c r="C4" s="1"><v>', b'<c r="C4" s="1" t="x"><v>'),
    "a number in a style that is not there": (b'<c r="C4" s="1"', b'<c r="C4" s="9"'),
    "a text beside numbers that looks like one": (
        b"<t>\xe4\xbf\x9d\xe9\x9a\x9c\xe9\x87\x91</t>",
        b"<t>450.0</t>",
    ),
    "a text given as a value": (b'<c r="C4" s="1"><v>', b'<c r="C4" t="inlineStr"><v>'),
    "a tag that is never closed": (TEXT, b'<c r="A4">'),
    "a tag closed otherwise": (b"</t></is></c>", b"</t></iz></c>"),
    "text beside the tags": (TEXT, TEXT + b" "),
    "prefixes": (b"<v>450</v>", b"<x:v>450</x:v>"),
    "another encoding": (b'encoding="UTF-8"', b'encoding="GBK"'),
    "no end": (b"</worksheet>", b""),
    "no rows": (b"<sheetData>", b"<sheetData/><sheetData>"),
}


@pytest.mark.parametrize(("old", "new"), ODD.values(), ids=ODD)
def test_what_is_written_otherwise_is_left_to_the_parser(old, new):
    data = exported(LINES)
    assert regular_sheets(data) is not None
    assert regular_sheets(changed(data, old, new)) is None


ODD_TEXTS = {
    "several runs": (
        b"<t>\xe5\xa7\x93\xe5\x90\x8d</t>",
        b"<r><t>\xe5\xa7\x93</t></r><r><t>x</t></r>",
    ),
    "its reading": (b"\xe5\x90\x8d</t>", b'\xe5\x90\x8d</t><rPh sb="0" eb="1"><t>x</t></rPh>'),
    "no text": (b"<t>\xe5\xa7\x93\xe5\x90\x8d</t>", b"<t/>"),
    "a comment": (b"</si>", b"</si><!-- -->"),
    "one fewer": (b"<si><t>\xe5\xa7\x93\xe5\x90\x8d</t></si>", b""),
    "another encoding": (b'encoding="UTF-8"', b'encoding="GBK"'),
    "text behind": (b"</si>", b"</si> "),
    "half a character": (b"<t>\xe5\xa7\x93", b"<t>\xe5\xa7"),
    "no end": (b"</sst>", b""),
}


@pytest.mark.parametrize(("old", "new"), ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_shared_texts_written_otherwise_are_left_to_the_parser(old, new):
    data = shared(LINES)
    assert regular_sheets(data) is not None
    assert regular_sheets(changed(data, old, new, TEXTS)) is None


WORKBOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
MONEY = b'formatCode="#,##0.00"'


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        (b"<sheet ", b'<sheet state="hidden" ', WORKBOOK),
        (b"<sheets>", b"<!-- --><sheets>", WORKBOOK),
        (b"<workbookPr", b'<workbookPr date1904="1"', WORKBOOK),
        (MONEY, b'formatCode="yyyy/m/d h:mm"', STYLES),
        (MONEY, b'formatCode="0.00%"', STYLES),
        (MONEY, b'formatCode="#,##0,"', STYLES),
        (MONEY, b'formatCode="0.00&quot;\xe4\xb8\x87\xe5\x85\x83&quot;"', STYLES),
        (b'numFmtId="164"', b'numFmtId="10"', STYLES),
        (b'<cellXfs count="3"><xf numFmtId="0"', b'<cellXfs count="3"><xf numFmtId="14"', STYLES),
    ],
    ids=[
        "hidden",
        "a comment",
        "days from 1904",
        "days",
        "shares",
        "thousands",
        "units",
        "known",
        "cells of no style",
    ],
)
def test_what_the_workbook_says_of_its_sheets_is_left_to_the_parser(old, new, part):
    assert regular_sheets(changed(exported(LINES), old, new, part)) is None


@pytest.mark.parametrize(
    "number",
    [
        "0",
        "-0",
        "0.1",
        "0.001",
        "0.0001",
        "1E-7",
        "-3.5",
        "450.0",
        "4.5E2",
        "007",
        "91.709999999999994",
        "123456789012345",
        "1e15",
        "1234567890123456",
        "999901198802083712",
        "9.9990119880208371e17",
        "1000000000000000.5",
        "-1E20",
    ],
)
def test_numbers_are_those_that_the_parser_gives(number):
    data = changed(exported(LINES), AMOUNT, f"<v>{number}</v>".encode())
    assert by_tags(data) == by_parser(data)


FORMULAS = [
    b"<f>B4*1.5</f>",
    b"<f>IF(A4&gt;&quot;x&quot;,1,\xe8\xa1\xa8!B4)</f>",
    b'<f t="shared" ref="C4:C9" si="0">B4*2</f>',
    b'<f t="shared" si="0"/>',
]


def calculated(formula, amount=AMOUNT, shown=b""):
    """A workbook with a formula, as a spreadsheet saves it."""
    final = changed(exported(LINES), b' fullCalcOnLoad="1"', shown, WORKBOOK)
    return changed(final, AMOUNT, formula + amount)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("amount", [AMOUNT, b"<v>0</v>", b"<v>0.30000000000000004</v>"])
def test_results_of_formulas_are_those_that_the_parser_gives(formula, amount):
    data = calculated(formula, amount)
    assert by_tags(data) == by_parser(data)


@pytest.mark.parametrize(
    ("formula", "amount", "shown"),
    [
        (FORMULAS[0], AMOUNT, b' fullCalcOnLoad="1"'),
        (FORMULAS[0], b"", b""),
        (FORMULAS[0], b"<v></v>", b""),
        (FORMULAS[0], b"<v/>", b""),
        (FORMULAS[0] * 2, AMOUNT, b""),
        (b"<f>A1&x;</f>", AMOUNT, b""),
        (b"<f>\xe8!A1</f>", AMOUNT, b""),
        (b"<f><![CDATA[A1]]></f>", AMOUNT, b""),
        (b"<f x>A1</f>", AMOUNT, b""),
        (b"<f>A1", AMOUNT, b""),
    ],
    ids=[
        "calculated later",
        "no result",
        "an empty result",
        "a blank result",
        "two formulas",
        "an unknown entity",
        "half a character",
        "CDATA",
        "an odd attribute",
        "no end",
    ],
)
def test_formulas_without_a_sure_result_are_left_to_the_parser(formula, amount, shown):
    assert regular_sheets(calculated(formula, amount, shown)) is None


def dated(code, *serials):
    """A workbook of days, and of a text beside them."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"constant_memory": True}) as book:
        day = book.add_format({"num_format": code})
        sheet = book.add_worksheet("名单")
        sheet.write_string(0, 0, "开始日期")
        for number, serial in enumerate(serials, 1):
            sheet.write_number(number, 0, serial, day)
            sheet.write_string(number, 1, "2026-10-03")
    return written.getvalue()


CODES = ["yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日";@', r"[$-804]yyyy\-mm\-dd", "m/d", "yyyy.mm"]


@pytest.mark.parametrize("code", [*CODES, 14])
def test_days_are_those_that_the_parser_gives(code):
    data = dated(code, 61, 32143, 46298, 2_958_465)
    assert by_tags(data) == by_parser(data)


@pytest.mark.parametrize("serial", [0, 1, 60, 0.5, 46298.5, -1, 2_958_466])
def test_days_that_nobody_means_and_times_are_left_to_the_parser(serial):
    assert regular_sheets(dated("yyyy-mm-dd", 46298, serial)) is None


@pytest.mark.parametrize("code", ["yyyy-mm-dd hh:mm", "h:mm", "yyyy-mm-dd;[红色]-0", "-", "e/m/d"])
def test_formats_that_may_mean_more_are_left_to_the_parser(code):
    assert regular_sheets(dated(code, 46298)) is None


@pytest.mark.parametrize("lines", [[[None] * 256 + ["一"]], [["一"], *([[]] * 40), ["二"]]])
def test_wide_and_sparse_sheets_are_left_to_the_parser(lines):
    assert regular_sheets(exported(lines)) is None


@pytest.fixture
def streamed(monkeypatch):
    """Every workbook is long."""
    monkeypatch.setattr(regular, "_AT_ONCE", 0)


def no_parser(*_):
    raise AssertionError


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize("written", [exported, shared])
def test_a_long_sheet_is_read_as_a_stream_like_the_parser_reads_it(written):
    data = written(LINES * 3000)
    grids = open_file(data, Opening(container=no_parser, page_cells=40_000))
    [(head, marks, mixed, cells)] = by_parser(data)
    for grid in grids:
        pieces = list(grid.more)
        assert pieces
        assert (grid.head, grid.marks) == (head, marks)
        assert grid.mixed.union(*(piece.mixed for piece in pieces)) == mixed
        read = pl.concat([grid.cells, *(piece.cells for piece in pieces)])
        assert read.to_dict(as_series=False) == cells


@pytest.mark.usefixtures("streamed")
def test_what_is_irregular_far_below_is_read_by_the_parser(tmp_path, dibao):
    head = ["乡镇", "姓名", "身份证号", "低保类型"]
    rows = [["东山乡", f"张{number}", "", "农村低保"] for number in range(12_000)]
    formula = "张11999</t>".encode()
    data = changed(exported([head, *rows]), formula, b"<![CDATA[" + formula[:-4] + b"]]></t>")
    path = Path(tmp_path / "低保名单.xlsx")
    path.write_bytes(data)
    asked = []

    def parser(file, limits):
        asked.append(file)
        return read_container(file, limits)

    opening = Opening(container=parser, page_cells=8_000)
    reading = read_file(path, path.name, [dibao], opening=opening)
    assert asked == [path]
    assert reading.records["civil_affairs", "dibao"].height == len(rows)


def test_many_long_texts_come_in_blocks_of_few_rows(monkeypatch):
    monkeypatch.setattr(regular_blocks, "BLOCK_BYTES", 200)
    data = shared(LINES * 30)
    [(sheet, _)] = regular_sheets(data)
    assert len(sheet.blocks) > len(LINES)
    assert by_tags(data) == by_parser(data)


def test_a_long_text_in_very_many_cells_is_left_to_the_parser(monkeypatch):
    data = shared([["长" * 500]] * 100)
    assert regular_sheets(data) is not None
    monkeypatch.setattr(regular_texts, "_MOST_PICKED", 100_000)
    assert regular_sheets(data) is None


def test_more_shared_texts_than_a_process_may_hold_are_left_to_the_parser():
    assert regular_book(shared(LINES), Limits(memory_bytes=100)) is None


PIECES = [
    *(piece for pair in ODD.values() for piece in pair),
    *(b'"', b"<", b">", b"/", b" ", b"A", b"7", b".", b"-", b"<v>", b"</v>", b"<is>", b"</is>"),
    *(b' s="1"', b"&amp;", b' xml:space="preserve"', b'<c r="Z9" s="1"/>', b'<row r="30"/>'),
]


@pytest.mark.parametrize("written", [exported, saved, shared, typed_in])
def test_a_damaged_sheet_is_read_as_the_parser_reads_it_or_left_to_it(written):
    dice = random.Random(written.__name__)
    data = written(LINES)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        content = parts.read(SHEET)
    begin, end = content.index(b"<sheetData>") + 11, content.index(b"</sheetData>")
    read = 0
    for _ in range(300):
        first = dice.randrange(begin, end)
        last = min(end, first + dice.choice([0, 0, 1, 2, 9]))
        damaged = content[:first] + dice.choice(PIECES) + content[last:]
        book = changed(data, content, damaged)
        sheets = by_tags(book)
        if sheets is None:
            continue
        try:
            assert sheets == by_parser(book)
        except UnreadableError:
            pytest.fail(f"the parser refuses {damaged[first - 40 : last + 40]!r}")
        read += 1
    assert read
