"""Clusters are judged against chance, corrected for the number of places."""

import math
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpm.errors import RulebookError
from fpm.judge import build_facts, case_gaps, evaluate, run_cases
from fpm.judge.chances import corrected, upper_tails
from fpm.judge.clusters import with_chances
from fpm.model import WHOLE_TOWNSHIP, Period
from judge.county import roster
from judge.small_rules import LINE

PERIOD = Period(2026, 10)
RULE = """
id = "{scope}_cluster"
title = "聚集"
kind = "alert"
scope = "{scope}"
risk = "因病"
level = "orange"
counts = "ANY(income < line)"
among = "COUNT(*) <> 0"
when = "chance <= 0.05 AND cases >= few"
evidence = "{{households:户}}中{{cases:户}}，应有{{expected}}户，{{ratio:倍}}。"
[values.few]
title = "最少"
[[values.few.dated]]
from = "2026-01"
value = 4
document = "某文件"
[[source]]
document = "某文件"
confidence = "policy"
[[case]]
name = "多"
expect = "hit"
place = {{ households = 20, cases = 6, expected = 1, ratio = 6, chance = 0.01 }}
[[case]]
name = "正好"
expect = "hit"
place = {{ households = 20, cases = 4, expected = 1, ratio = 6, chance = 0.05 }}
[[case]]
name = "也许是碰巧"
expect = "clear"
place = {{ households = 20, cases = 6, expected = 1, ratio = 6, chance = 0.06 }}
[[case]]
name = "少"
expect = "clear"
place = {{ households = 20, cases = 3, expected = 1, ratio = 3, chance = 0.01 }}
[[case]]
name = "没有数据"
expect = "unknown"
place = {{ cases = 9 }}
[[case]]
name = "低于线的户算"
expect = "hit"
members = [{{ income = 999 }}, {{ income = 2000 }}]
[[case]]
name = "正好在线上的户不算"
expect = "clear"
members = [{{ income = 1000 }}]
[[case]]
name = "没有填的户说不清"
expect = "unknown"
members = [{{}}]
"""


def exact_tail(total, found, n, k):
    ways = sum(
        math.comb(found, i) * math.comb(total - found, n - i) for i in range(k, min(n, found) + 1)
    )
    return ways / math.comb(total, n)


@given(st.lists(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=8))  # fmt: skip
def test_the_tail_is_that_of_drawing_without_putting_back(places):
    n, k = np.array(places, dtype=np.int64).T
    total, found = int(n.sum()), int(k.sum())
    told = upper_tails(n, k)
    wanted = [exact_tail(total, found, int(a), int(b)) for a, b in zip(n, k, strict=True)]
    assert told == pytest.approx(wanted, rel=1e-9)


def test_a_worked_example_of_correction():
    # ranks 1 to 4 of 4 tests: 0.01·4/1, 0.02·4/2, 0.03·4/3, 0.5·4/4; none may exceed a later one
    assert corrected(np.array([0.03, 0.01, 0.5, 0.02])) == pytest.approx([0.04, 0.04, 0.5, 0.04])


def test_nothing_to_correct():
    assert len(corrected(np.empty(0))) == 0
    assert len(upper_tails(np.empty(0, np.int64), np.empty(0, np.int64))) == 0


def test_random_troubles_make_no_clusters():
    """Among 200 evenly poor villages a false one turns up in about one month of twenty."""
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(100):
        cases = rng.binomial(60, 0.05, 200)
        alarms += (corrected(upper_tails(np.full(200, 60), cases)) <= 0.05).any()
    assert alarms <= 10


def test_a_place_without_households_is_no_test():
    told = with_chances(pl.DataFrame({"households": [0, 10], "cases": [0, 1]}))
    assert told["chance"].to_list() == [1.0, pytest.approx(1.0)]
    assert told["expected"].to_list() == [0.0, pytest.approx(1.0)]
    assert told["ratio"].to_list() == [None, pytest.approx(1.0)]


@pytest.fixture(scope="module")
def book(make_rulebook):
    rules = {f"{scope}_cluster": RULE.format(scope=scope) for scope in ("village", "township")}
    return make_rulebook(rules, line=LINE)


def county(low_in_first):
    """Ten villages of 20 households in two townships; one poor household in each but the first."""
    rows = [
        {
            **dict.fromkeys(roster().columns),
            "person_id": f"{village}-{home}",
            "household_id": f"{village}-{home}",
            "township": "东镇" if village < 5 else "西镇",
            "village": f"{village}村",
            "income": Decimal(500 if home < (low_in_first if village == 0 else 1) else 5000),
        }
        for village in range(10)
        for home in range(20)
    ]
    return pl.DataFrame(rows, schema=roster().schema)


def judged(book, people):
    return evaluate(build_facts(people, [], book, PERIOD, None), [], book, PERIOD, "")


def hits_of(book, people):
    return judged(book, people).hits


def test_a_crowded_village_is_hit_and_the_even_ones_are_not(book):
    hits = hits_of(book, county(9))
    village = hits.filter(pl.col("scope") == "village").row(0, named=True)
    assert (village["township"], village["village"]) == ("东镇", "0村")
    assert (village["household_id"], village["person_id"], village["measure"]) == (None, None, 9.0)
    assert village["evidence"] == "20户中9户，应有1.8户，5倍。"
    assert hits.filter(pl.col("scope") == "village").height == 1


def test_a_township_is_named_as_a_whole(book):
    hits = hits_of(book, county(18)).filter(pl.col("scope") == "township")
    assert hits.select("township", "village").rows() == [("东镇", WHOLE_TOWNSHIP)]


def test_an_even_county_has_no_cluster(book):
    assert hits_of(book, county(1)).is_empty()


def test_every_place_is_in_the_tally(book):
    tally = judged(book, county(9)).tally
    counts = tally.filter(pl.col("rule_id") == "village_cluster").row(0, named=True)
    assert (counts["hit"], counts["clear"], counts["unknown"]) == (1, 9, 0)
    assert counts["missing"] is None


def test_households_that_cannot_be_told_are_left_out_of_the_test(book):
    people = county(9).with_columns(income=pl.when(pl.col("village") != "3村").then("income"))
    tally = judged(book, people).tally
    counts = tally.filter(pl.col("rule_id") == "village_cluster").row(0, named=True)
    assert (counts["hit"], counts["clear"], counts["unknown"]) == (1, 8, 1)


def test_both_halves_have_examples(book):
    rule = book.rule("village_cluster")
    assert [result.passed for result in run_cases(rule, book)] == [True] * 8
    assert case_gaps(rule, book) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("ANY(income < line)", "ANY(incom < line)"), "income"),
        (("cases >= few", "income >= few"), "income"),
        (('counts = "ANY(income < line)"', ""), "among"),
        (('scope = "village"', 'scope = "household"'), "才能数户"),
        (("place = { cases = 9 }", "person = { income = 9 }"), "place"),
    ],
)
def test_mistakes_are_named(make_rulebook, change, message):
    text = RULE.format(scope="village")
    assert change[0] in text
    with pytest.raises(RulebookError) as error:
        make_rulebook({"village_cluster": text.replace(*change)}, line=LINE)
    assert any(message in str(fault) for fault in error.value.faults)
