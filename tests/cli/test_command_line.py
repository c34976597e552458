"""The command line from outside: what it prints where, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock
from openpyxl import load_workbook

from county import PEOPLE, PERIOD, id_number, make_county, write_csv
from fpm.model import MATCH_SCHEMA

COMMANDS = (
    "demo",
    "init",
    "sample",
    "status",
    "inspect",
    "load",
    "run",
    "match",
    "warn",
    "explain",
)


def fpm(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fpm", *map(str, words)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1", "PATH": "/usr/bin:/bin", "COLUMNS": "120"},
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic county of a few hundred people, run once."""
    folder = tmp_path_factory.mktemp("cli") / "county"
    made = fpm("sample", folder, "--persons", 300, "--period", "2026-10")
    assert made.returncode == 0, made.stderr
    ran = fpm("run", "-w", folder, "--as-of", "2026-11-08", "--json")
    assert ran.returncode == 0, ran.stderr
    (folder / "run.json").write_text(ran.stdout, "utf-8")
    return folder


def written(path: Path) -> list[list[object]]:
    """The cells of a result file, header first."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        rows = [list(row) for row in book.active.iter_rows(values_only=True)]
        book.close()
        return rows
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    return [frame.columns, *map(list, frame.rows())]


def test_help_is_chinese_and_starts_without_the_heavy_libraries():
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "fpm", "--help"],
        capture_output=True, encoding="utf-8", check=True, env={"PYTHONUTF8": "1"},
    )  # fmt: skip
    assert "防贫监测" in shown.stdout
    for library in ("polars", "pyarrow", "openpyxl", "xlsxwriter", "sqlglot", "pydantic.main"):
        assert f" {library}\n" not in shown.stderr, library


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_chinese_help_with_an_example(command):
    shown = fpm(command, "--help")
    assert shown.returncode == 0
    assert "示例：" in shown.stdout
    assert f"fpm {command}" in shown.stdout


def test_run_prints_one_json_document_and_nothing_else(county):
    document = json.loads((county / "run.json").read_text("utf-8"))
    assert document["period"] == "2026-10"
    assert document["reconciles"] is True
    assert document["published"]
    assert all((county / "out/2026-10" / name).is_file() for name in document["published"])


def test_a_person_reads_tables_and_is_told_what_to_open(county):
    shown = fpm("run", "-w", county, "--as-of", "2026-11-08")
    assert shown.returncode == 0
    for words in ("对账", "研判", "预警线索", "请打开", "县级汇总.xlsx"):
        assert words in shown.stdout + shown.stderr


def test_strict_ends_with_three_when_something_needs_a_person(county):
    assert fpm("warn", "-w", county, "--as-of", "2026-11-08", "--strict").returncode == 3


def test_stage_by_stage_gives_the_same_hits(county):
    hits = pl.read_parquet(county / "data/2026-10/hits.parquet")
    matched = fpm("match", "-w", county, "--json")
    assert matched.returncode == 0
    assert json.loads(matched.stdout)["status"]["confirmed"] > 0
    assert fpm("warn", "-w", county, "--as-of", "2026-11-08").returncode == 0
    assert pl.read_parquet(county / "data/2026-10/hits.parquet").equals(hits)


def test_status_tells_where_each_period_stands(county):
    document = json.loads(fpm("status", "-w", county, "--json").stdout)
    assert [state["period"] for state in document["periods"]] == ["2026-10"]
    assert document["periods"][0]["alerts"]["new"] > 0


def test_an_alert_is_explained_down_to_the_row(county):
    number = pl.read_parquet(county / "data/2026-10/alerts.parquet")["alert_no"][0]
    document = json.loads(fpm("explain", number, "-w", county, "--json").stdout)
    assert document["alert"]["alert_no"] == number
    assert document["hits"][0]["documents"]
    assert document["hits"][0]["records"][0]["row"] >= 1
    shown = fpm("explain", number, "-w", county)
    assert "依据" in shown.stdout + shown.stderr


def test_a_delivered_row_is_explained(county):
    match = pl.read_parquet(county / "data/2026-10/matches.parquet").row(5, named=True)
    target = f"{match['file']}:{match['row']}"
    found = json.loads(fpm("explain", target, "-w", county, "--json").stdout)["row"]["matches"]
    assert match["reason"] in [row["reason"] for row in found]


def test_explaining_what_is_not_there_says_so(county):
    refused = fpm("explain", "999901199001010012", "-w", county)
    assert refused.returncode == 1
    assert "999901********0012" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_file_is_inspected_without_showing_anybody(county):
    path = next((county / "inbox/2026-10").rglob("*结算*.csv"))
    document = json.loads(fpm("inspect", path, "-w", county, "--json").stdout)
    sheet = document[0]["sheets"][0]
    assert sheet["layout"]["kind"] == "settlement"
    assert sheet["header_row"] == 1
    shown = fpm("inspect", path, "-w", county)
    assert "身份证号" in shown.stdout + shown.stderr


def test_outside_of_a_workspace_run_is_refused_with_a_sentence(tmp_path):
    refused = fpm("run", folder=tmp_path)
    assert refused.returncode == 1
    assert "fpm init" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_period_is_wrong_usage(county):
    refused = fpm("run", "-w", county, "--period", "2026-13")
    assert refused.returncode == 2
    assert "2026-13" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--nope"], "没有选项 --nope"),
        (["rules", "shw"], "没有命令“shw”，是不是 'show'"),
        (["explain"], "缺少 '线索'"),
        (["run", "--period"], "选项 --period 后面要写一个值"),
        (["status", "--json=3"], "选项 --json 后面不写值"),
        (["verify", "a", "b"], "多写了：a b"),
        (["inspect", "99990119900101001X.xlsx"], "'文件…'：找不到“999901********001X.xlsx”"),
        (["inspect", "."], "“.”是文件夹，这里要写文件"),
        (["rules", "simulate", "--rules", "nope"], "'--rules'：找不到“nope”"),
        (["init", "county", "--division", "12a"], "--division：区划代码是 6 位数字，现在是“12a”"),
        (["rules", "simulate"], "│ 请用 --set 参数=值 或 --rules 文件夹"),
        (["sample", "--persons", "x", "county"], "'--persons'：要写一个数"),
        (["sample", "--persons", "0", "county"], "'--persons'：不能小于 50"),
    ],
)
def test_wrong_usage_is_told_in_chinese(words, said, tmp_path):
    ended = fpm(*words, folder=tmp_path)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Usage" not in ended.stderr


def test_a_file_that_cannot_be_used_stops_the_run_and_publishes_nothing(tmp_path):
    workspace = make_county(tmp_path / "county")
    inbox = workspace.inbox(PERIOD)
    inbox.mkdir(parents=True)
    (inbox / "说明.docx").write_bytes(b"PK\x03\x04 not a table")
    refused = fpm("run", "-w", workspace.root, "--period", PERIOD)
    assert refused.returncode == 1
    assert "说明.docx" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not workspace.out(PERIOD).exists()


def test_a_held_workspace_is_busy(county):
    with FileLock(county / ".lock"):
        assert fpm("run", "-w", county).returncode == 4


def test_a_workspace_is_made_once(tmp_path):
    first = fpm("init", tmp_path / "w", "--county", "样例县", "--division", "999901")
    assert first.returncode == 0
    assert (tmp_path / "w/inbox/roster").is_dir()
    assert (tmp_path / "w/rules/layouts/roster/persons.toml").is_file()
    again = fpm("init", tmp_path / "w")
    assert again.returncode == 1
    assert "没有改动" in again.stderr


def test_what_is_loaded_first_need_not_be_all_of_a_month(tmp_path):
    assert fpm("init", tmp_path / "w", "--county", "样例县", "--division", "999901").returncode == 0
    name, body = PEOPLE[0][4], PEOPLE[0][5]
    roster, dibao = tmp_path / "花名册.csv", tmp_path / "低保名单.csv"
    people = ("乡镇", "行政村", "户编号", "姓名", "证件号码", "与户主关系")
    write_csv(roster, [people, ("东山乡", "王家村", "H1", name, id_number(body), "户主")])
    write_csv(dibao, [("姓名", "身份证号", "低保类别"), (name, id_number(body), "A类")])
    here = ("-w", tmp_path / "w", "--period", "2026-10")
    for department, path, missing in (
        ("civil-affairs", dibao, "没有农户花名册"),
        ("roster", roster, None),
    ):
        loaded = fpm("load", department, path, *here)
        assert loaded.returncode == 0, loaded.stderr
        assert ("还不能比对" in loaded.stderr) == bool(missing)
        assert not missing or missing in loaded.stderr.replace("\n", "")
    assert fpm("run", *here).returncode == 0


def test_loading_a_department_puts_its_file_into_the_inbox(tmp_path):
    workspace = make_county(tmp_path / "county")
    name, body = PEOPLE[0][4], PEOPLE[0][5]
    path = tmp_path / "低保10月.csv"
    header = ("姓名", "身份证号", "低保证号", "低保类别", "与低保户主关系", "保障金")
    write_csv(path, [header, (name, id_number(body), "D001", "A类", "户主", "500")])
    loaded = fpm("load", "civil-affairs", path, "-w", workspace.root, "--period", "2026-10")
    assert loaded.returncode == 0, loaded.stderr
    assert (workspace.inbox(PERIOD) / "civil_affairs" / path.name).is_file()
    assert fpm("load", "civil-afairs", path, "-w", workspace.root, "-p", "2026-10").returncode == 2


@pytest.mark.parametrize("suffix", ["parquet", "csv", "xlsx"])
def test_any_two_tables_are_matched(tmp_path, suffix):
    write_csv(
        tmp_path / "people.csv",
        [
            ("key", "given_name", "surname", "date_of_birth", "suburb", "tax_no"),
            ("1", "alice", "smith", "19800102", "marrickville", "7340123"),
            ("2", "robert", "jones", "19751111", "glenelg", "1123456"),
        ],
        "utf-8",
    )
    write_csv(
        tmp_path / "visits.csv",
        [
            ("visit", "given_name", "surname", "date_of_birth", "suburb", "tax_no"),
            ("a", "alcie", "smith", "19800102", "marrickville", "7340123"),
            ("b", "zed", "black", "19900909", "perth", "2229934"),
        ],
        "utf-8",
    )
    columns = ("name=given_name", "name=surname", "birth_date=date_of_birth", "township=suburb", "id_number=tax_no")  # fmt: skip
    maps = [word for column in columns for word in ("--map", column)]
    out = tmp_path / f"out.{suffix}"
    matched = fpm("match", "people.csv", "visits.csv", "-o", out, *maps, "--json", folder=tmp_path)
    assert matched.returncode == 0, matched.stderr
    assert json.loads(matched.stdout)["status"] == {"confirmed": 1, "unmatched": 1}
    header, *rows = written(out)
    assert header == [*MATCH_SCHEMA, "roster_row"]
    assert [row[-1] for row in rows] == [2, None]


def test_a_header_that_is_mapped_and_not_there_is_named(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "people.csv", [("姓名", "身份证号"), ("张三", id_number("99990119700101001"))]
    )
    write_csv(tmp_path / "visits.csv", [("client", "tax_no"), ("张三", "1")])
    mapped = ("--map", "id_number=taxno")
    refused = fpm("match", "people.csv", "visits.csv", "-o", "o.csv", *mapped, folder=tmp_path)
    assert refused.returncode == 1
    assert "最像表头的一行是：client、tax_no；--map 写的“taxno”不是它的表头" in refused.stderr
    assert "至少要认出两列" in refused.stderr


def test_the_shipped_rules_have_no_fault_and_pass_their_cases(tmp_path):
    checked = fpm("rules", "check", folder=tmp_path)
    assert checked.returncode == 0, checked.stderr
    tried = fpm("rules", "test", "--json", folder=tmp_path)
    assert tried.returncode == 0
    assert all(result["passed"] for result in json.loads(tried.stdout))


def test_a_filter_that_fits_no_rule_is_refused_with_those_that_do(tmp_path: Path) -> None:
    kind = fpm("rules", "list", "--kind", "alerts", folder=tmp_path)
    risk = fpm("rules", "list", "--risk", "生病", folder=tmp_path)
    assert (kind.returncode, risk.returncode) == (1, 1)
    assert "是不是“alert”" in kind.stderr
    assert "alert、correction、hint" in kind.stderr
    assert "因病、" in risk.stderr


def test_what_no_rule_looks_at_is_shown(tmp_path):
    shown = fpm("rules", "coverage", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "因婚" in shown.stdout + shown.stderr
    told = json.loads(fpm("rules", "coverage", "--json", folder=tmp_path).stdout)
    assert {row["risk"]: len(row["rules"]) > 0 for row in told["risks"]}["因病"]
    assert told["without_data"] == []


def test_a_faulty_rule_is_named_with_file_and_key(tmp_path):
    workspace = make_county(tmp_path / "county")
    rule = next((workspace.rules / "policies").rglob("*.toml"))
    rule.write_text(rule.read_text("utf-8").replace("level =", "levl ="), "utf-8")
    refused = fpm("rules", "check", "-w", workspace.root)
    assert refused.returncode == 1
    assert rule.name in refused.stderr
    assert "levl" in refused.stderr


def test_what_was_loaded_anew_has_to_be_matched_anew(tmp_path):
    folder = tmp_path / "county"
    assert fpm("sample", folder, "--persons", 100, "--period", "2026-10").returncode == 0
    assert fpm("run", "-w", folder, "--as-of", "2026-11-08").returncode == 0
    again = next((folder / "inbox/2026-10").rglob("*结算*.csv"))
    loaded = fpm("load", "medical-insurance", again, "-w", folder, "-p", "2026-10")
    assert loaded.returncode == 0, loaded.stderr
    refused = fpm("warn", "-w", folder, "--as-of", "2026-11-08")
    assert refused.returncode == 1
    assert "fpm match" in refused.stderr
