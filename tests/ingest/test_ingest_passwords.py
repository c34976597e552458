"""Workbooks that open with a password are read with one, and refused in one sentence without."""

from __future__ import annotations

import builtins
import sys

import pytest

from fpm.errors import FileRefusedError
from fpm.ingest.containers import protected
from fpm.ingest.opening import Opening
from ingest.builders import HEADERS, person
from ingest.corpus import forge, locked, odd

DIBAO = ("civil_affairs", "dibao")
ROWS = [list(HEADERS), person(), person("李四", amount=1200.5)]
FORMS = {
    "xlsx": lambda: locked.xlsx(ROWS, "民政2026"),
    "xls": lambda: locked.xls(ROWS, "民政2026"),
    "a zip": lambda: odd.encrypted("低保.csv", forge.text(ROWS), "民政2026".encode("gb18030")),
    "inside a zip": lambda: forge.zipped({"低保.xls": locked.xlsx(ROWS, "民政2026")}),
}


@pytest.fixture(params=FORMS)
def path(request, tmp_path):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(FORMS[request.param]())
    return path


def test_the_password_that_fits_opens_it(read, path):
    reading = read(path, opening=Opening(passwords=("不对", "民政2026")))
    assert reading.records[DIBAO]["name"].to_list() == ["张三", "李四"]
    assert reading.records[DIBAO]["amount"].to_list()[1] == pytest.approx(1200.5)


def test_without_password_it_says_how_to_give_one(read, path):
    with pytest.raises(FileRefusedError, match=r"设有打开密码.*--ask-password") as refused:
        read(path, opening=Opening())
    assert "\n" not in str(refused.value)


def test_a_wrong_password_is_said_and_never_shown(read, path):
    with pytest.raises(FileRefusedError, match="密码都不对") as refused:
        read(path, opening=Opening(passwords=("Secret-1",)))
    assert "Secret-1" not in str(refused.value)
    assert "Secret-1" not in repr(Opening(passwords=("Secret-1",)))


def test_a_damaged_one_is_refused(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(locked.xlsx(ROWS, "a")[:6000])
    with pytest.raises(FileRefusedError) as refused:
        read(path, opening=Opening(passwords=("a",)))
    assert "\n" not in str(refused.value)


def test_without_the_extra_it_says_what_to_install(monkeypatch, capsys):
    real = builtins.__import__

    def absent(name, *more):
        if name.startswith("msoffcrypto"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", absent)
    monkeypatch.delitem(sys.modules, "msoffcrypto", raising=False)
    assert protected.serve_unlock(b"", ["a"]) == 3
    assert "fpm[encrypt]" in capsys.readouterr().err
