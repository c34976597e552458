"""Hostile and locked files from the command line: one sentence, exit code 1, nothing published."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from county import make_county
from ingest.corpus import forge, locked, safety
from ingest.corpus.containers import ROWS
from ingest.corpus.tables import HEAD, ONE, TWO

TRAPS = {
    "empty": (b"", "空文件"),
    "bomb": (safety._bomb(), "炸弹"),
    "truncated": (forge.xlsx(ROWS)[:-500], "损坏"),
    "blank in the last corner": (
        safety.book(
            lambda text: text.replace(
                "</sheetData>",
                '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
            )
        )(),
        "超过上限",
    ),
    "two tables": (forge.xlsx([[*HEAD, *HEAD], [*ONE, *TWO]]), "并排"),
    "locked": (locked.xlsx(ROWS, "民政2026"), "设有打开密码"),
}


def fpm(*words, env=None, told=None):
    return subprocess.run(
        [sys.executable, "-m", "fpm", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        input=told,
        env={"PYTHONUTF8": "1", "PATH": "/usr/bin:/bin", "COLUMNS": "200", **(env or {})},
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A workspace with a roster and nothing else."""
    return make_county(tmp_path_factory.mktemp("hostile") / "county").root


def assert_refused(done, file, words):
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == 1, done.stderr
    assert sum(f"文件“{file}”" in line and words in line for line in said) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(Path().glob("fpm-fault.txt"))


@pytest.mark.parametrize("trap", ["bomb", "locked", "two tables"])
def test_inspect_refuses_a_trap_in_one_sentence(tmp_path, trap):
    data, words = TRAPS[trap]
    path = tmp_path / "低保名单.xlsx"
    path.write_bytes(data)
    done = fpm("inspect", path)
    assert_refused(done, path.name, words)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("limit", "told"), [("seconds = 0.001", "seconds"), ("file_mb = 1", "")])
def test_a_workspace_sets_what_a_file_may_use(county, tmp_path, limit, told):
    here = tmp_path / "here"
    shutil.copytree(county, here)
    with (here / "fpm.toml").open("a", encoding="utf-8") as config:
        config.write(f"[limits]\n{limit}\n")
    path = tmp_path / "低保名单.xlsx"
    path.write_bytes(forge.xlsx(ROWS))
    done = fpm("inspect", path, "-w", here)
    assert (done.returncode, told in done.stderr) == (1 if told else 0, True)


def test_load_takes_nothing_from_a_file_it_refuses(county, tmp_path):
    path = tmp_path / "低保名单.xlsx"
    path.write_bytes(TRAPS["truncated"][0])
    done = fpm("load", "civil-affairs", path, "--period", "2026-10", "-w", county)
    assert_refused(done, path.name, "损坏")
    assert not (county / "inbox/2026-10/civil_affairs" / path.name).exists()


def test_run_names_every_file_it_refuses_and_publishes_nothing(tmp_path):
    root = make_county(tmp_path / "county").root
    inbox = root / "inbox/2026-10"
    inbox.mkdir(parents=True, exist_ok=True)
    for name, (data, _) in TRAPS.items():
        (inbox / f"低保 {name}.xlsx").write_bytes(data)
    for copy in ("低保甲.xlsx", "低保乙.xlsx"):
        (inbox / copy).write_bytes(forge.xlsx(ROWS))
    (inbox / "低保 nowhere.xlsx").symlink_to(inbox / "没有.xlsx")
    if hasattr(os, "mkfifo"):
        os.mkfifo(inbox / "低保 pipe.xlsx")
    done = fpm("run", "-w", root, "--period", "2026-10", "--as-of", "2026-11-08")
    for name, (_, words) in TRAPS.items():
        assert_refused(done, f"低保 {name}.xlsx", words)
    for name in ("nowhere", "pipe") if hasattr(os, "mkfifo") else ("nowhere",):
        assert_refused(done, f"低保 {name}.xlsx", "不是普通的文件")
    assert_refused(done, "低保甲.xlsx", "与“低保乙.xlsx”内容完全相同")
    assert not (root / "out").exists() or not list((root / "out").iterdir())


def test_a_locked_file_is_read_with_a_private_file_a_prompt_or_the_environment(tmp_path):
    path = tmp_path / "低保名单.xlsx"
    path.write_bytes(TRAPS["locked"][0])
    secret = tmp_path / "secret"
    secret.write_text("别的\n民政2026\n", "utf-8")
    secret.chmod(0o644)
    assert "chmod 600" in fpm("inspect", path, "--password-file", secret).stderr
    secret.chmod(0o600)
    assert fpm("inspect", path, "--password-file", secret, "--json").returncode == 0
    told = fpm("inspect", path, "--json", env={"FPM_PASSWORD": "民政2026"})
    assert told.returncode == 0
    assert "民政2026" not in told.stdout + told.stderr
    asked = fpm("inspect", path, "--ask-password", "--json", told="民政2026\n")
    assert asked.returncode == 0, asked.stderr
    assert "民政2026" not in asked.stdout + asked.stderr
    assert_refused(fpm("inspect", path, env={"FPM_PASSWORD": "x"}), path.name, "密码都不对")


def test_inspect_reads_what_is_there_and_tells_of_what_is_not(tmp_path):
    (tmp_path / "低保.xlsx").write_bytes(forge.xlsx(ROWS))
    (tmp_path / "folder").mkdir()
    done = fpm("inspect", *(tmp_path / name for name in ("低保.xlsx", "没有.xlsx", "folder")))
    assert done.returncode == 1
    assert "数据 2 行" in done.stdout + done.stderr
    assert "文件“没有.xlsx”：找不到这个文件" in done.stderr
    assert "文件“folder”：是文件夹" in done.stderr


@pytest.mark.parametrize("asked", [[], ["--json"]])
def test_an_id_number_in_the_name_of_a_file_or_sheet_is_shown_masked(tmp_path, asked):
    number = ROWS[1][2]
    (tmp_path / f"低保{number}.xlsx").write_bytes(forge.xlsx(**{f"张三{number}": ROWS}))
    (tmp_path / f"{number}.xlsx").write_bytes(b"")
    for name in (f"低保{number}.xlsx", f"{number}.xlsx", f"没有{number}.xlsx"):
        done = fpm("inspect", *asked, tmp_path / name)
        shown = done.stdout + done.stderr
        assert f"{number[:6]}********{number[-4:]}" in shown
        assert number not in shown


def test_inspect_names_the_header_that_may_be_the_one_lacking(tmp_path):
    rows = [[cell if cell != "姓名" else "受保人姓名" for cell in ROWS[0]], *ROWS[1:]]
    (tmp_path / "低保.xlsx").write_bytes(forge.xlsx(rows))
    done = fpm("inspect", tmp_path / "低保.xlsx")
    assert done.returncode == 1
    assert "缺少必需的列：姓名" in done.stderr
    assert "“受保人姓名”不认识，最像“保障人员姓名”" in done.stdout + done.stderr
    assert "[fields.name]" in done.stdout + done.stderr
    told = json.loads(fpm("inspect", "--json", tmp_path / "低保.xlsx").stdout)[0]
    assert told["unknown"] == [{"letter": "B", "header": "受保人姓名", "nearest": "保障人员姓名"}]
    assert "受保人姓名" in told["toml_lines"][1]


def test_inspect_repeats_no_table_of_columns_for_many_sheets_alike(tmp_path):
    odd = [ROWS[0], [*ROWS[1][:-1], "看不懂"], *ROWS[2:]]
    sheets = {f"第{number}村": ROWS for number in range(1, 33)} | {"最后": odd}
    (tmp_path / "低保.xlsx").write_bytes(forge.xlsx(**sheets))
    done = fpm("inspect", tmp_path / "低保.xlsx")
    told = done.stdout + done.stderr
    assert told.count("数据 2 行") + told.count("数据 1 行，隔离 1 行") == len(sheets)
    assert told.count("各列的读法与工作表“第1村”相同") == len(sheets) - 30
    assert told.count("最先出现的问题") == 30 + 1
    of_last = told[told.index("工作表“最后”：") :].split("隔离的行")[0]
    assert ROWS[0][-1] in of_last
    assert "F2" in of_last
