"""A value in force is chosen by month and division; overlap, gap and mixed kinds are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpm.model import Period
from fpm.rulebook.dated import DatedValue, Parameter
from fpm.rulebook.values import entry_in_force, values_in_force

LINE = "parameters/illness_line.toml"
OCTOBER = Period(2026, 10)


def entry(start, value, **more):
    return DatedValue.model_validate(
        {"from": start, "value": value, "document": "某县方案", **more}
    )


def test_the_longest_division_in_force_wins():
    dated = (
        entry("2021-01", 1),
        entry("2021-01", 2, division="22"),
        entry("2021-01", 3, division="2202"),
        entry("2021-01", 4, division="220281"),
    )
    chosen = {
        county: entry_in_force(dated, OCTOBER, county).value
        for county in ("220281", "220282", "220100", "110101")
    }
    assert chosen == {"220281": 4, "220282": 3, "220100": 2, "110101": 1}


def test_a_county_value_that_ended_gives_way_to_the_province():
    dated = (
        entry("2021-01", 1, division="22"),
        entry("2021-01", 2, division="220281", until="2026-09"),
    )
    assert entry_in_force(dated, OCTOBER.shift(-1), "220281").value == 2
    assert entry_in_force(dated, OCTOBER, "220281").value == 1


def test_a_new_entry_ends_the_one_before_it():
    dated = (entry("2026-10", 2), entry("2021-01", 1))
    assert entry_in_force(dated, Period(2026, 9), "220281").value == 1
    assert entry_in_force(dated, OCTOBER, "220281").value == 2


def test_nothing_is_in_force_before_the_first_and_after_the_last_month():
    dated = (entry("2021-01", 6000, until="2021-12"),)
    assert entry_in_force(dated, Period(2020, 12), "220281") is None
    assert entry_in_force(dated, Period(2021, 12), "220281") is not None
    assert entry_in_force(dated, Period(2022, 1), "220281") is None


def test_values_say_what_is_unset_and_what_the_county_has_not_adopted():
    parameters = {
        "line": Parameter(
            title="监测线", unit="元", dated=(entry("2021-01", 6000, until="2021-12"),)
        ),
        "share": Parameter(
            title="比例", dated=(entry("2021-01", 0.5, place="河北省阳原县", adopted=False),)
        ),
        "age": Parameter(title="年龄", unit="岁", dated=(entry("2021-01", 16, article="第二条"),)),
    }
    values = values_in_force(parameters, OCTOBER, "220281")
    assert values.unset == {"line": "监测线"}
    assert values.reference == ("share",)
    age = values.in_force["age"]
    assert (age.value, age.unit, age.document, age.article) == (16, "岁", "某县方案", "第二条")
    assert values.in_force["share"].place == "河北省阳原县"


def test_the_book_gives_shared_values_and_those_of_one_rule(rules):
    rules.change(
        "policies/illness/high_cost.toml",
        "[[source]]",
        '[values.own_line]\ntitle = "本规则的线"\n\n[[source]]',
    )
    rules.change("policies/illness/high_cost.toml", "{illness_line:元}", "{own_line:元}")
    book = rules.load()
    rule = book.rule("high_cost")
    assert set(book.values(OCTOBER, "999901").in_force) == {"illness_line"}
    values = book.values(OCTOBER, "999901", rule)
    assert values.in_force["illness_line"].value == 5000
    assert values.unset == {"own_line": "本规则的线"}


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ('from = "2021-01"\nvalue = 1', "两条值在 2021-01 同时有效"),
        ('from = "2026-06"\nvalue = 1', "两条值在 2026-06 同时有效"),
        ('from = "2027-02"\nvalue = 1', "断开"),
        ('from = "2027-01"\nvalue = "一"', "有单位（元）的取值应是数"),
        ('from = "2027-01"\nvalue = []', "清单是空的"),
        ('from = "2027-01"\nuntil = "2026-12"\nvalue = 1', "早于起用月份"),
    ],
)
def test_entries_that_cannot_stand_together_are_refused(rules, second, words):
    rules.change(LINE, 'from = "2021-01"', 'from = "2021-01"\nuntil = "2026-12"')
    rules.add(LINE, f'\n[[dated]]\ndocument = "某县方案"\n{second}\n')
    fault = rules.only_fault()
    assert fault.key.startswith("dated[2].")
    assert words in fault.message


def test_entries_of_different_divisions_may_overlap(rules):
    rules.add(
        LINE, '\n[[dated]]\nfrom = "2021-01"\ndivision = "22"\nvalue = 1\ndocument = "某县方案"\n'
    )
    assert rules.faults() == []


def test_the_dated_values_of_a_rule_are_checked_too(rules):
    rules.change(
        "policies/illness/high_cost.toml",
        "[[source]]",
        '[values.own]\ntitle = "线"\n'
        + '[[values.own.dated]]\nfrom = "2021-01"\nvalue = 1\ndocument = "甲"\n' * 2
        + "\n[[source]]",
    )
    rules.change("policies/illness/high_cost.toml", "{illness_line:元}", "{own:元}")
    assert rules.only_fault().key == "values.own.dated[2].from"


MONTHS = st.integers(0, 120).map(Period(2020, 1).shift)


@given(
    starts=st.lists(MONTHS, min_size=1, max_size=6, unique=True),
    shuffle=st.randoms(use_true_random=False),
    asked=MONTHS,
)
def test_the_latest_start_not_after_the_month_is_in_force(starts, shuffle, asked):
    dated = [entry(str(start), position) for position, start in enumerate(starts)]
    shuffle.shuffle(dated)
    expected = max((start for start in starts if start <= asked), default=None)
    found = entry_in_force(dated, asked, "999901")
    assert (found and found.from_) == (expected and str(expected))


@given(
    prefixes=st.sets(st.sampled_from(["", "22", "2202", "220281", "23", "2203", "220282"])),
    county=st.sampled_from(["220281", "220282", "230100", "110101"]),
)
def test_a_value_of_another_place_is_never_used(prefixes, county):
    dated = [entry("2021-01", prefix, division=prefix) for prefix in sorted(prefixes)]
    found = entry_in_force(dated, OCTOBER, county)
    fitting = [prefix for prefix in prefixes if county.startswith(prefix)]
    assert (found.value if found else None) == max(fitting, key=len, default=None)
