"""Every number of the quality rules of the national system leads to a rule of ours."""

import re
import shutil
from pathlib import Path

import pytest

from fpm.rulebook import rulebook_faults
from fpm.rulebook.numbers_page import numbers_table
from fpm.shipped import shipped_rules

NUMBERS = Path(__file__).with_name("data") / "quality_numbers.txt"


def test_every_number_is_answered_and_no_other(book):
    wanted = set(NUMBERS.read_text(encoding="utf-8").split())
    answered = {number for rule in book.rules for number in rule.numbers}
    assert answered == wanted


def test_each_number_has_one_rule(book):
    owners = [number for rule in book.rules for number in rule.numbers]
    assert len(owners) == len(set(owners))


def test_the_table_of_the_readme_is_current(book):
    readme = (Path(shipped_rules()) / "README.md").read_text(encoding="utf-8")
    assert numbers_table(book.rules) in readme


@pytest.fixture
def family(tmp_path):
    """Faults of the shipped rules with one family replaced."""

    def faults(text):
        rules = tmp_path / "rules"
        shutil.copytree(shipped_rules(), rules)
        (rules / "quality" / "person_blank.toml").write_text(text, encoding="utf-8")
        return [str(fault) for fault in rulebook_faults(rules)]

    return faults


def shipped_family():
    return (Path(shipped_rules()) / "quality" / "person_blank.toml").read_text(encoding="utf-8")


def test_a_family_becomes_ordinary_rules(book):
    rule = book.rule("person_blank_ethnicity")
    assert (rule.title, rule.when) == ("民族没有填", "BLANK(ethnicity)")
    assert book.files[rule.id] == "quality/person_blank.toml"
    assert book.rule("household_blank_farmland").case[1].members[0]["farmland"] == 3.5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('field = "ethnicity", ', ""), "模板里有 <field>，这一行没有填"),
        (('title = "民族"', 'titel = "民族"'), "模板里没有 <titel>；是不是“title”？"),
        (('id = "ethnicity"\n', 'id = "ethnicity"\nnumber = "1"\n'), "没有“number”这一项"),
        (('field = "ethnicity"', 'field = "ethnicty"'), "没有“ethnicty”这一列"),
        (('id = "health"', 'id = "ethnicity"'), "编号“person_blank_ethnicity”与"),
        (('2_01_001 = "lifted"', '2_01_001 = "lifed"'), "没有“lifed”这一列"),
        (('2_01_001 = "lifted"', '2x = "lifted"'), "numbers"),
    ],
)
def test_mistakes_in_a_family_are_named(family, change, told):
    text = shipped_family()
    assert change[0] in text
    faults = family(text.replace(*change, 1))
    assert any(told in fault for fault in faults), faults
    assert all(fault.startswith("quality/person_blank.toml") for fault in faults)


def test_a_fault_of_the_template_is_told_once(family):
    faults = family(re.sub(r"BLANK\(<field>\)", "BLANKS(<field>)", shipped_family()))
    assert len(faults) == 1
