"""The rule and the layout that ``rules/README.md`` shows can be added as they stand."""

import re
import shutil
from pathlib import Path

import pytest

from fpm.judge import case_gaps, run_cases
from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules

README = Path(shipped_rules()) / "README.md"


@pytest.fixture(scope="module")
def shown():
    return re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def extended(shown, tmp_path_factory):
    """The shipped rule book with the rule and the layout of the README in files of their own."""
    rules = tmp_path_factory.mktemp("county") / "rules"
    shutil.copytree(shipped_rules(), rules)
    rule, layout = shown
    name = re.search(r'^id = "(\w+)"', rule).group(1)
    (rules / "policies" / "several" / f"{name}.toml").write_text(rule, encoding="utf-8")
    (rules / "layouts" / "forestry").mkdir()
    (rules / "layouts" / "forestry" / "rangers.toml").write_text(layout, encoding="utf-8")
    return load_rulebook(rules), name


def test_the_rule_of_the_readme_is_admitted_and_its_examples_hold(extended):
    book, name = extended
    rule = book.rule(name)
    assert case_gaps(rule, book) == ()
    assert {result.case.expect for result in run_cases(rule, book)} >= {"hit", "clear", "unknown"}
    assert [r.case.name for r in run_cases(rule, book) if r.got != r.case.expect] == []


def test_the_layout_of_the_readme_gives_the_names_that_it_says(extended):
    book, _ = extended
    names = {"forestry_present", "forestry_ranger", "forestry_ranger_stopped"}
    assert names <= book.columns.keys()
    assert book.department_title("forestry") == "林草"
