"""Who is judged together: households and townships, in whatever order the roster names them."""

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.outcomes import SUBJECT, group_facts, reduce_groups
from fpm.model import WHOLE_TOWNSHIP

FACTS = pl.DataFrame(
    [
        ("P1", "H1", "东山乡", "王家村", 1.0),
        ("P2", "H2", "东山乡", "李家村", 2.0),
        ("P3", "H1", "东山乡", "李家村", 4.0),
        ("P4", None, "东山乡", "王家村", 8.0),
        ("P5", "H2", "西河镇", "赵家村", 16.0),
        ("P6", "H3", None, None, 32.0),
    ],
    schema=["person_id", "household_id", "township", "village", "a"],
    orient="row",
)


def sums(groups):
    """Key → sum of ``a``, over all reductions of a group as rules ask for them."""
    reductions = Reductions()
    reductions.add("a", pl.col("a").sum())
    reduced = reduce_groups(groups.members, reductions)
    return dict(zip(groups.keys.to_series(0), reduced.to_series(1), strict=True))


def test_members_that_do_not_stand_together_are_one_household():
    assert sums(group_facts(FACTS, SUBJECT["household"])) == {"H1": 5.0, "H2": 18.0, "H3": 32.0}


def test_the_order_of_the_roster_changes_no_household():
    for seed in range(5):
        shuffled = FACTS.sample(fraction=1, shuffle=True, seed=seed)
        found = sums(group_facts(shuffled, SUBJECT["household"]))
        assert found == {"H1": 5.0, "H2": 18.0, "H3": 32.0}


def test_a_household_in_two_villages_takes_the_place_of_its_first_row():
    keys = group_facts(FACTS, SUBJECT["household"]).keys
    assert keys.rows() == [
        ("H1", "东山乡", "王家村"),
        ("H2", "东山乡", "李家村"),
        ("H3", None, None),
    ]


def test_who_lies_in_no_township_belongs_to_none():
    groups = group_facts(FACTS, SUBJECT["township"])
    assert sums(groups) == {"东山乡": 15.0, "西河镇": 16.0}
    assert set(groups.keys["village"]) == {WHOLE_TOWNSHIP}


def test_the_groups_chosen_keep_their_own_members():
    groups = group_facts(FACTS, SUBJECT["household"])
    some = groups.only(pl.Series([True, False, True]), ["a"])
    assert len(some) == 2
    assert sums(some) == {"H1": 5.0, "H3": 32.0}
