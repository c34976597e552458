"""Files made to kill the reader end in one sentence, in a child process, within limits."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from fpm.errors import FileRefusedError
from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.memory import OUT_OF_MEMORY
from fpm.ingest.containers.parse import read_container
from fpm.ingest.limits import DEFAULT_LIMITS, MIB, Limits
from fpm.ingest.opening import Opening
from ingest.builders import HEADERS, person
from ingest.test_ingest_containers import FORMATS, repacked, xlsx_bytes, zip_bytes

DIBAO = ("civil_affairs", "dibao")
SHEET = "xl/worksheets/sheet1.xml"


def in_child(**changed):
    return Opening(limits=dataclasses.replace(DEFAULT_LIMITS, **changed), container=read_in_child)


def with_sheet(change):
    return repacked(xlsx_bytes(), lambda name, text: change(text) if name == SHEET else text)


def last_corner(text):
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return text.replace(b"</sheetData>", cell + b"</sheetData>")


def long_text(text):
    return text.replace(b"</sheetData>", b"<row r='9'><c r='A9'><v>" + b"9" * 9_000_000 + b"</v>")


@pytest.mark.parametrize("kind", FORMATS)
def test_the_child_reads_every_format(read, tmp_path, kind):
    path = tmp_path / "低保.xls"
    path.write_bytes(FORMATS[kind])
    assert read(path, opening=in_child()).records[DIBAO].height == 2


@pytest.mark.parametrize("change", [last_corner, long_text, lambda text: text[: len(text) // 2]])
def test_a_crafted_sheet_is_refused_and_nothing_dies(read, tmp_path, change):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(with_sheet(change))
    started = time.monotonic()
    with pytest.raises(FileRefusedError) as refused:
        read(path, opening=in_child())
    assert time.monotonic() - started < 20
    assert "\n" not in str(refused.value)


def test_an_inflation_bomb_is_refused(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as source:
            for name in source.namelist():
                parts.writestr(name, source.read(name))
        with parts.open("xl/media/image1.xml", "w", force_zip64=True) as stream:
            for _ in range(100):
                stream.write(bytes(MIB))
    with pytest.raises(FileRefusedError, match="压缩炸弹"):
        read(path, opening=in_child())


def test_a_bomb_inside_an_archive_is_refused(read, tmp_path):
    path = tmp_path / "低保.zip"
    path.write_bytes(zip_bytes({"a.csv": bytes(64 * MIB)}))
    with pytest.raises(FileRefusedError, match="超过上限"):
        read(path, opening=in_child(inflated_bytes=16 * MIB))


def test_a_file_that_breaks_off_while_it_is_read_is_named(read, tmp_path):
    unreadable = Path("/proc/self/mem")  # the system answers every read of it with an error
    if not unreadable.is_file():
        pytest.skip("this system has no such file")
    (tmp_path / "低保.xlsx").symlink_to(unreadable)
    with pytest.raises(FileRefusedError, match="读到一半出错"):
        read(tmp_path / "低保.xlsx")


def test_time_runs_out(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(xlsx_bytes())
    with pytest.raises(FileRefusedError, match="秒"):
        read(path, opening=in_child(seconds=0.001))


def test_time_runs_out_while_rows_are_read(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(xlsx_bytes())
    untimed = Opening(Limits(seconds=0.000_001), container=read_container)
    with pytest.raises(FileRefusedError, match=r"秒.*\[limits\]"):
        read(path, opening=untimed)


def test_memory_runs_out(read, tmp_path):
    pytest.importorskip("resource")
    path = tmp_path / "低保.xlsx"
    rows = [HEADERS] + [person(f"张{number}") for number in range(20_000)]
    path.write_bytes(xlsx_bytes(rows))
    parsed = dataclasses.replace(in_child(memory_bytes=20 * MIB), regular=False)
    with pytest.raises(FileRefusedError, match="内存"):
        read(path, opening=parsed)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"cells": 10}, "超过上限"), ({"text_bytes": 20}, "超过上限"), ({"file_bytes": 99}, "大于")],
)
def test_limits_on_cells_text_and_size(read, tmp_path, changed, reason):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(xlsx_bytes())
    with pytest.raises(FileRefusedError, match=reason):
        read(path, opening=in_child(**changed))


def with_part(name, content):
    return repacked(xlsx_bytes(), lambda part, text: content if part == name else text)


@pytest.mark.parametrize(
    "data",
    [
        b"," * 3_000_000 + b"\n",
        ",".join(HEADERS).encode() + b"\n" + b"," * 3_000_000 + b"x\n",
        b'"' * 300_001,
        ("(" * 30_000 + "," + "（" * 30_000 + "\n").encode() * 20,
        ",".join(HEADERS).encode() + ("\n" + "9" * 200_000).encode() * 20,
        b"<table>" + b"<tr><td rowspan=1000 colspan=1000>x" * 200,
        b"<table>" * 50_000,
        b"<" * 500_000,
        with_part(SHEET, b"<!---->" * 150_000 + b"<a/>"),
        with_part(SHEET, b"<a>" + b'<c t="e">' * 300_000),
        with_part(SHEET, b"<a>" + b"<c " * 700_000),
        with_part("xl/workbook.xml", b"<a>" * 200_000),
    ],
    ids=range(12),
)
def test_content_made_to_waste_time_ends_soon(read, tmp_path, data):
    path = tmp_path / "低保.xls"
    path.write_bytes(data)
    started = time.monotonic()
    with contextlib.suppress(FileRefusedError):
        read(path, opening=in_child())
    assert time.monotonic() - started < 20


def test_a_broken_row_does_not_widen_the_table(read, tmp_path):
    path = tmp_path / "低保.csv"
    rows = [HEADERS, person(), [*person("李四"), *["x"] * 5000], person("王五")]
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "王五"]
    assert reading.quarantine.select("row", "code").rows() == [(3, "ragged_row")]


def test_a_program_beside_the_file_is_not_imported(read, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    (tmp_path / "python_calamine.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "低保.xlsx"
    path.write_bytes(xlsx_bytes())
    assert read(path, opening=in_child()).records[DIBAO].height == 2


def test_where_the_system_caps_nothing_a_watch_ends_a_process_that_grows():
    """Windows has no limit on memory: the parsing process looks after itself."""
    code = (
        "import time\n"
        "from fpm.ingest.containers.memory import start_watch\n"
        "held = iter(range(0, 10_000, 50))\n"
        "start_watch(100, lambda: next(held))\n"
        "time.sleep(20)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    assert done.returncode == OUT_OF_MEMORY
