"""The verbs of follow-up on the command line: one JSON document, exit codes, Chinese help."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from fpm.cli.app import app
from fpm.errors import RefusedError
from fpm.model import Period

VISIT = dt.date(2026, 11, 6)
VERBS = [
    "feedback import", "feedback export", "feedback status", "review", "review export",
    "review import", "case list", "case show", "case advance", "case visit", "case assign",
    "case clear", "case notice", "intake",
]  # fmt: skip


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_chinese_help_with_an_example(verb):
    shown = run(*verb.split(), "--help")

    assert shown.exit_code == 0
    assert f"示例：fpm {verb.split()[0]}" in shown.stdout
    assert "--json" in shown.stdout


def test_the_list_of_undecided_identities_is_copied_and_its_place_told(county, tmp_path):
    source = county.workspace.out(Period(2026, 10)) / "身份待核.xlsx"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(b"what was published")
    place = ("-w", county.workspace.root, "-p", "2026-10", "-o", tmp_path / "to")

    exported = run("review", "export", *place, "--json")

    assert json.loads(exported.stdout) == {"path": str(tmp_path / "to/身份待核.xlsx")}
    assert (tmp_path / "to/身份待核.xlsx").read_bytes() == b"what was published"


def test_feedback_and_cases_from_the_sent_list_to_the_case(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result="已核实-纳入", visited_on=VISIT)
    back.fill("孙春梅", result="没看", visited_on=VISIT)
    place = ("-w", county.workspace.root, "--as-of", "2026-11-20")
    file = back.save(tmp_path / "a.xlsx")

    imported = run("feedback", "import", file, *place, "--json", "--strict")
    status = run("feedback", "status", *place, "--json", "--strict", "--township", "青石镇")
    cases = run("case", "list", *place, "--json", "--overdue")

    assert imported.exit_code == 3
    told = json.loads(imported.stdout)
    assert (told["recorded"], [row["problem"] for row in told["problems"]]) == (
        1,
        ["unknown_result"],
    )
    assert status.exit_code == 3
    assert [row["answered"] for row in json.loads(status.stdout)["townships"]] == [1]
    (case,) = json.loads(cases.stdout)
    advanced = run("case", "advance", case["case_no"], *place, "--on", "2026-11-10", "--json")
    assert json.loads(advanced.stdout)["step"] == "village"
    shown = run("case", "show", case["case_no"], *place)
    assert "村提名单" in shown.output


def test_lists_and_notices_are_written_where_asked(county, officer, tmp_path):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result="已核实-纳入", visited_on=VISIT)
    place = ("-w", county.workspace.root, "--as-of", "2026-11-20")
    run("feedback", "import", back.save(tmp_path / "a.xlsx"), *place)

    run("feedback", "export", "--unanswered", "-o", tmp_path / "out", *place)
    run("case", "notice", "-o", tmp_path / "out", *place)

    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == ["白杨乡.xlsx", "青石镇.xlsx", "青石镇公示.xlsx"]


def test_reminders_hold_what_is_overdue_or_of_one_risk(county, tmp_path):
    place = ("-w", county.workspace.root, "--as-of", "2026-11-10", "--json")

    def written(*words):
        done = run("feedback", "export", "-o", tmp_path / "out", *place, *words)
        lists = json.loads(done.stdout)
        return {path.rpartition("/")[2]: rows for path, rows in map(dict.values, lists)}

    assert written() == {"白杨乡.xlsx": 1, "青石镇.xlsx": 3}
    assert written("--overdue") == {"白杨乡.xlsx": 1, "青石镇.xlsx": 1}  # red: five days
    assert written("--risk", "因病") == {"青石镇.xlsx": 2}
    assert written("--risk", "因病", "--overdue") == {}
    assert run("feedback", "export", "-o", tmp_path, "--departments", "--overdue").exit_code == 2


def test_a_mistyped_township_or_risk_is_named_with_those_there_are(county):
    place = ("-w", county.workspace.root, "--as-of", "2026-11-20")

    for words in (("--township", "青石"), ("--risk", "因水")):
        told = run("feedback", "status", *place, *words)

        assert isinstance(told.exception, RefusedError)
        assert f"“{words[1]}”" in str(told.exception)
    assert "因学" in str(told.exception)
