"""What is delivered under a strange name, and what is no file at all."""

from __future__ import annotations

import os
import sys

import pytest

from fpm.errors import FileRefusedError
from fpm.ingest.names import delivered_name
from ingest.builders import HEADERS, person

DIBAO = ("civil_affairs", "dibao")
GB18030 = os.fsdecode("低保名单.csv".encode("gb18030"))


def test_a_name_in_another_encoding_is_shown_as_its_sender_wrote_it():
    assert delivered_name(GB18030) == "低保名单.csv"
    assert delivered_name(os.fsdecode(b"\xff\xfe.csv")) == "\\xff\\xfe.csv"


def test_names_that_differ_only_in_unseen_characters_stay_different():
    names = [
        "低\n保.csv",
        "低\r保.csv",
        "低保.csv",
        "低\u202e保.csv",
        "低\u200b保.csv",
        "低\x1b[31m保.csv",
    ]
    shown = [delivered_name(name) for name in names]
    assert len(set(shown)) == len(names)
    assert all(name.isprintable() for name in shown)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes only there")
@pytest.mark.parametrize("name", [GB18030, "低保\n名单.csv", "低保\x1b[2J.csv", "低保\u202e.csv"])
def test_a_file_is_read_and_refused_under_any_name(read, tmp_path, name):
    path = tmp_path / name
    path.write_text(
        "\n".join(",".join(map(str, row)) for row in (HEADERS, person())), encoding="utf-8"
    )
    reading = read(path)
    assert reading.records[DIBAO]["file"].to_list() == [delivered_name(name)]
    path.write_bytes(b"")
    with pytest.raises(FileRefusedError) as refused:
        read(path)
    assert delivered_name(name) in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_not_waited_for(read, tmp_path):
    path = tmp_path / "低保.csv"
    os.mkfifo(path)
    with pytest.raises(FileRefusedError, match="不是普通的文件"):
        read(path)


def test_a_folder_is_no_file(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    path.mkdir()
    with pytest.raises(FileRefusedError, match="是文件夹"):
        read(path)
