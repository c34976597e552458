"""Text files in every encoding and separator that offices use."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fpm.errors import FileRefusedError
from fpm.ingest.containers.delimited import find_separator
from ingest.builders import HEADERS, ID_A, ID_B, person

DIBAO = ("civil_affairs", "dibao")


def lines(*rows, separator=",", end="\r\n"):
    return end.join(separator.join("" if v is None else str(v) for v in row) for row in rows) + end


TEXT = lines(HEADERS, person(), person("㐱䶮", ID_B))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_every_encoding_and_separator_reads_the_same(read, tmp_path, encoding, separator):
    path = tmp_path / "低保.csv"
    path.write_bytes(TEXT.replace(",", separator).encode(encoding))
    reading = read(path)
    records = reading.records[DIBAO]
    assert records["name"].to_list() == ["张三", "㐱䶮"]
    assert records["id_number"].to_list() == [ID_A, ID_B]
    assert records["row"].to_list() == [2, 3]
    assert reading.files["rows"].to_list() == [3]


def test_a_late_gbk_byte_does_not_break_the_file(read, tmp_path):
    rows = [person("abc", ID_A, kind="02") for _ in range(6000)]
    ascii_rows = [["E", "W", *row[2:]] for row in rows]
    path = tmp_path / "低保.csv"
    head = lines(HEADERS).encode("gb18030")
    body = lines(*ascii_rows).encode("ascii")
    assert len(body) > 150_000
    path.write_bytes(head + body + lines(person()).encode("gb18030"))
    assert read(path).records[DIBAO]["name"].to_list()[-1] == "张三"


def test_rows_of_another_encoding_are_repaired_line_by_line(read, tmp_path):
    path = tmp_path / "低保.csv"
    pasted = lines(person("李四", ID_B)).encode("gb18030")
    path.write_bytes(lines(HEADERS, person()).encode() + pasted)
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "李四"]
    assert any("编码混用" in note for note in reading.sheets[0].notes)


@pytest.mark.parametrize("wrapped", [f'="{ID_A}"', f"'{ID_A}", f"\t{ID_A}", f" {ID_A}\u00a0"])
def test_wrappers_around_an_id_are_taken_off(read, tmp_path, wrapped):
    path = tmp_path / "低保.csv"
    path.write_text(lines(HEADERS, person(id_number=wrapped)), encoding="gb18030")
    assert read(path).records[DIBAO]["id_number"].to_list() == [ID_A]


def test_quoted_fields_keep_separators_and_line_breaks(read, tmp_path):
    path = tmp_path / "低保.csv"
    headers = [*HEADERS, "备注说明"]
    text = lines(headers, [*person(), '"两口人,\n一人外出"']) + lines(
        [*person(amount='"1,200"'), "x"]
    )
    path.write_text(text, encoding="utf-8", newline="")
    records = read(path).records[DIBAO]
    assert records["remark"].to_list() == ["两口人, 一人外出", "x"]
    assert records["amount"].to_list()[1] == Decimal("1200.00")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_reads_the_same(read, tmp_path, end):
    path = tmp_path / "低保.csv"
    path.write_bytes(lines(HEADERS, person(), person("李四", ID_B), end=end).encode())
    assert read(path).records[DIBAO]["row"].to_list() == [2, 3]


def test_a_row_too_long_or_too_short_is_set_aside(read, tmp_path):
    path = tmp_path / "低保.csv"
    rows = [HEADERS, person(), [*person("李四"), "多"], person("王五")[:6], person(started=None)]
    path.write_bytes(lines(*rows).encode())
    reading = read(path)
    assert reading.records[DIBAO]["row"].to_list() == [2, 5]
    assert reading.quarantine.select("row", "code").rows() == [(3, "ragged_row"), (4, "ragged_row")]


def test_trailing_blanks_left_out_everywhere_are_innocent(read, tmp_path):
    path = tmp_path / "低保.csv"
    rows = [HEADERS, person(), person("李四")[:6], person("王五")[:5]]
    path.write_bytes(lines(*rows).encode())
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "李四", "王五"]
    assert reading.records[DIBAO]["started_on"].to_list()[1:] == [None, None]


def test_excel_leaves_out_trailing_blanks_of_sixteen_rows_at_a_time(read, tmp_path):
    path = tmp_path / "低保.csv"
    blank = person(started=None)
    rows = [HEADERS, person(), *[blank] * 14, *[blank[:6]] * 16, *[blank] * 15, person()]
    rows += [blank[:6]] * 3
    path.write_bytes(lines(*rows).encode())
    assert read(path).records[DIBAO].height == len(rows) - 1


def test_a_row_short_for_another_reason_is_set_aside_in_such_a_file(read, tmp_path):
    path = tmp_path / "低保.csv"
    blank = person(started=None)
    rows = [HEADERS, person(), *[blank] * 10, blank[:6], *[blank] * 3, *[blank[:6]] * 16]
    path.write_bytes(lines(*rows).encode())
    assert 13 in read(path).quarantine["row"].to_list()


def test_a_line_broken_in_two_is_set_aside_whole(read, tmp_path):
    path = tmp_path / "低保.csv"
    broken = ",".join(map(str, person("李四"))).replace("农村", "农\n村")
    path.write_bytes((lines(HEADERS, person(), end="\n") + broken + "\n").encode())
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三"]
    assert set(reading.quarantine["row"]) == {3, 4}


def test_a_quote_left_open_costs_its_own_line_only(read, tmp_path):
    path = tmp_path / "低保.csv"
    rows = [HEADERS, person(), ["东山乡", "王家村", '"李四', *person()[3:]], person("王五")]
    path.write_bytes(lines(*rows).encode())
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "王五"]
    assert set(reading.quarantine["row"]) == {3}


def test_a_bare_quote_is_a_character(read, tmp_path):
    path = tmp_path / "低保.csv"
    headers = [*HEADERS, "备注说明"]
    path.write_bytes(lines(headers, [*person(), '1"管'], [*person("李四"), ""]).encode())
    reading = read(path)
    assert reading.records[DIBAO]["remark"].to_list() == ['1"管', None]


def test_an_empty_file_is_refused(read, tmp_path):
    path = tmp_path / "低保.csv"
    path.write_bytes(b"  \r\n")
    with pytest.raises(FileRefusedError, match="空文件"):
        read(path)


def test_bytes_that_are_no_text_are_refused(read, tmp_path):
    path = tmp_path / "低保.csv"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(FileRefusedError, match="既不是表格也不是文本"):
        read(path)


def test_prose_of_several_lines_in_a_cell_does_not_choose_the_separator():
    """An office program keeps the line breaks of a cell when it saves a list as csv."""
    prose = (
        "当面看病情，问清借债，看今后几年。\n算一算收入，看支出，看借债。\n去村里，看住房，问邻居。"
    )
    lines = [f'9999{place},红色,上河村,"{prose}",因病' for place in range(4)]
    text = "\n".join(["线索编号,级别,村,核查要点,风险", *lines])

    assert find_separator(text) == ","
    assert find_separator(text + ',"' + "长" * 70_000) == ","
