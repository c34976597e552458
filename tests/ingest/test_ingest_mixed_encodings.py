"""Lines of one encoding in a file of another: each is read as what it is, or set aside."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fpm.ingest.containers.text import decode
from ingest.builders import HEADERS, ID_A, ID_B, person

WHOLE = "999901200003150020"
"""A number with the right check character, unlike those of the builders."""

DIBAO = ("civil_affairs", "dibao")
BOTH = pytest.mark.parametrize(
    ("outer", "inner"), [("utf-8", "gb18030"), ("gb18030", "utf-8")], ids=["into UTF-8", "into GB"]
)
COMMON = st.sampled_from(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹伟芳娜秀英敏静丽强磊军洋勇艳杰"
    "涛明超兰霞平刚桂玲建国华红玉梅志春海金龙文波辉宇健荣雪凤莲香翠菊连德福贵根旺生有才水木火土"
)
NAME = st.text(COMMON, min_size=2, max_size=4)


def line(*cells):
    return ",".join(map(str, cells)) + "\n"


def row(*cells):
    return line(*person(*cells))


@BOTH
@pytest.mark.parametrize("name", ["李四", "李四光", "欧阳修远", "李玥", "岑㛃", "阿依古丽·买买提"])
def test_a_pasted_row_is_read_as_what_it_is(read, tmp_path, outer, inner, name):
    path = tmp_path / "低保.csv"
    rest = row("王五", ID_A) * 3
    pasted = row(name, ID_B)
    path.write_bytes(
        (line(*HEADERS) + row()).encode(outer) + pasted.encode(inner) + rest.encode(outer)
    )
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", name, "王五", "王五", "王五"]
    assert reading.records[DIBAO]["row"].to_list() == [2, 3, 4, 5, 6]
    assert any("编码混用" in note for note in reading.sheets[0].notes)


def test_rows_pasted_into_a_file_with_a_mark_are_read(read, tmp_path):
    path = tmp_path / "低保.csv"
    text = codecs.BOM_UTF8 + (line(*HEADERS) + row()).encode()
    path.write_bytes(text + row("李四", ID_B).encode("gb18030"))
    assert read(path).records[DIBAO]["name"].to_list() == ["张三", "李四"]


def test_a_name_that_could_be_either_is_left_to_the_number(read, tmp_path):
    path = tmp_path / "低保.csv"
    either = line("", "", "尹淼", WHOLE, "02", 350, "2026-01-01")
    path.write_bytes((line(*HEADERS) + row() * 2).encode("gb18030") + either.encode())
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "张三", None]
    assert reading.records[DIBAO]["id_number"][2] == WHOLE
    assert reading.blanked.select("cell", "code").rows() == [("C4", "characters_lost")]
    assert "编码" in reading.blanked["reason"][0]


@pytest.mark.parametrize("number", ["", "无", ID_B, WHOLE[:17]])
def test_a_row_whose_name_lost_characters_needs_a_whole_number(read, tmp_path, number):
    path = tmp_path / "低保.csv"
    path.write_text(line(*HEADERS) + row() + row("李\ufffd", number), encoding="utf-8")
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三"]
    assert reading.quarantine.select("cell", "code").rows() == [("C3", "characters_lost")]


@pytest.mark.parametrize("word", ["女", "姥", "模路", "莹", "瑾", "娜"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_of_one_encoding_stays_of_one(encoding, word):
    """Some words of GB18030 alone in their row are letters or signs of UTF-8 too."""
    text = line("姓名", "证件号码") + line("张伟", 1) * 3 + line(word, 2)
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.notes) == (text, encoding, ())


@pytest.mark.parametrize(
    "names",
    [
        ["José", "Zoë", "Łukasz", "Jose\u0301"],
        ["Nguyễn Văn", "Müller"],
        ["Ольга", "Иванова"],
        ["Émile", "Παύλος"],
    ],
)
def test_words_with_accents_and_of_other_alphabets_are_no_chinese(names):
    """José in UTF-8 is Jos茅 in GB18030, and 茅 a common character."""
    text = line("name", "born") + "".join(line(name, "1980-01-02") for name in names) * 3
    decoded = decode(text.encode())
    assert (decoded.text, decoded.encoding, decoded.notes) == (text, "utf-8", ())


@pytest.mark.parametrize("name", ["Müller", "José García", "O’Neill", "Mäkelä", "Ana € 50"])
def test_western_csv_is_no_chinese(name):
    """Müller as Western Excel saves it is M黮ler in GB18030."""
    text = line("name", "born") + line(name, "1980-01-02") + line("René Çelik", "1980-01-02")
    decoded = decode(text.encode("cp1252"))
    assert (decoded.text, decoded.encoding, decoded.notes) == (text, "cp1252", ())


@pytest.mark.parametrize("cells", [["A类", "B类"], ["男", "女"], ["B超"], ["T恤", "㛃"]])
def test_few_chinese_characters_beside_letters_stay_chinese(cells):
    text = line("name", "class") + "".join(line("Zhang", cell) for cell in cells)
    assert decode(text.encode("gb18030")).text == text


@BOTH
@settings(max_examples=150, deadline=None)
@given(st.lists(NAME, min_size=1, max_size=8), st.integers(min_value=0, max_value=7))
@example(["丽丽", "梅梅"], 0)
def test_no_name_is_misread(outer, inner, names, at):
    """Each row is right or has no Chinese character left; those lost are said to be."""
    pasted = at % len(names)
    rows = [line(number, name) for number, name in enumerate(names)]
    data = "序号,姓名\n".encode(outer) * 9 + b"".join(
        text.encode(inner if number == pasted else outer) for number, text in enumerate(rows)
    )
    decoded = decode(data)
    found = decoded.text.splitlines(keepends=True)[9:]
    assert len(found) == len(rows)
    assert all(got == text or "\ufffd" in got for got, text in zip(found, rows, strict=True))
    assert ("\ufffd" in decoded.text) == any("无法确定" in note for note in decoded.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@given(st.lists(NAME, min_size=3, max_size=6), st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_byte_costs_its_cell_and_no_other(encoding, names, data):
    """Whatever is read beside it is what was written."""
    damaged = data.draw(st.integers(0, len(names) - 1))
    cells = [name.encode(encoding) for name in names]
    at = data.draw(st.integers(0, len(cells[damaged]) - 1))
    cells[damaged] = cells[damaged][:at] + b"\xff" + cells[damaged][at + 1 :]
    whole = line("张三", "东山乡", "李家村").encode(encoding)
    read = decode(whole + b",".join(cells) + b"\n" + whole).text.split("\n")[1].split(",")
    for number, (cell, name) in enumerate(zip(read, names, strict=True)):
        assert cell == name or "\ufffd" in cell
        assert number != damaged or "\ufffd" in cell


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_other_cells_of_a_line_with_a_damaged_byte_are_read(read, tmp_path, encoding):
    path = tmp_path / "低保.csv"
    broken = row("李四", ID_B).encode(encoding).replace("东山乡".encode(encoding)[:1], b"\xff", 1)
    path.write_bytes((line(*HEADERS) + row()).encode(encoding) + broken)
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "李四"]
    assert reading.blanked["cell"].to_list() == ["A3"]
