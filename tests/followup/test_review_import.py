"""Decisions on undecided matches come back by their hidden keys and are remembered."""

from __future__ import annotations

import polars as pl

from fpm.followup.decisions import CHOICE_SCHEMA, read_decisions

ASKED = pl.DataFrame(
    [("aaaa", "P1"), ("aaaa", "P2"), ("bbbb", "P3")], schema=["identity", "person_id"], orient="row"
)
NONE = pl.DataFrame(schema={"identity": pl.String, "person_id": pl.String})


def sheet(*choices, file="身份待核.xlsx", candidates=None):
    """Rows as a sheet shows them: a record with its choice, its candidates below."""
    offered = candidates or {"aaaa": ["P1", "P2"], "bbbb": ["P3"]}
    rows = []
    for identity, choice in choices:
        rows.append((identity, "部门记录", choice))
        rows += [
            (f"{identity}.{person}", f"第{rank}候选", None)
            for rank, person in enumerate(offered.get(identity, []), start=1)
        ]
    placed = [(file, "身份待核", number, *row) for number, row in enumerate(rows, start=4)]
    return pl.DataFrame(placed, schema=CHOICE_SCHEMA, orient="row")


def codes(choices):
    return choices.problems["problem"].to_list()


def decided(choices):
    return choices.fresh.select("identity", "person_id").rows()


def test_a_choice_names_the_candidate_of_that_rank():
    choices = read_decisions(sheet(("aaaa", "第2候选"), ("bbbb", "都不是")), ASKED, NONE)

    assert decided(choices) == [("aaaa", "P2"), ("bbbb", None)]
    assert codes(choices) == []


def test_nothing_chosen_and_not_yet_stay_undecided():
    choices = read_decisions(sheet(("aaaa", None), ("bbbb", "暂不能定")), ASKED, NONE)

    assert (choices.fresh.height, choices.undecided) == (0, 2)


def test_sorting_the_rows_changes_nothing():
    returned = sheet(("aaaa", " 第 2 候选 "), ("bbbb", "第1候选"))

    choices = read_decisions(returned.sample(fraction=1, shuffle=True, seed=1), ASKED, NONE)

    assert decided(choices) == [("aaaa", "P2"), ("bbbb", "P3")]


def test_two_people_who_decide_differently_are_told_and_neither_counts():
    returned = pl.concat(
        [sheet(("aaaa", "第1候选"), file="甲.xlsx"), sheet(("aaaa", "第2候选"), file="乙.xlsx")]
    )

    choices = read_decisions(returned, ASKED, NONE)

    assert choices.fresh.height == 0
    assert codes(choices) == ["copies_differ", "copies_differ"]


def test_the_same_decision_again_is_known():
    held = pl.DataFrame([("aaaa", "P1")], schema=["identity", "person_id"], orient="row")

    choices = read_decisions(sheet(("aaaa", "第1候选")), ASKED, held)

    assert (choices.fresh.height, choices.known, codes(choices)) == (0, 1, [])


def test_a_list_that_comes_again_when_its_month_was_run_anew_is_known():
    held = pl.DataFrame([("aaaa", "P1"), ("bbbb", None)], schema=NONE.schema, orient="row")

    returned = sheet(("aaaa", "第1候选"), ("bbbb", "都不是"))
    choices = read_decisions(returned, ASKED.clear(), held)

    assert (choices.fresh.height, choices.known, codes(choices)) == (0, 2, [])


def test_a_decision_against_the_remembered_one_needs_to_be_meant():
    held = pl.DataFrame([("aaaa", None)], schema=NONE.schema, orient="row")
    returned = sheet(("aaaa", "第1候选"))

    assert codes(read_decisions(returned, ASKED, held)) == ["recorded_otherwise"]
    meant = read_decisions(returned, ASKED, held, supersede=True)
    assert (decided(meant), codes(meant)) == ([("aaaa", "P1")], [])


def test_tampered_and_unknown_rows_are_told():
    candidates = {"aaaa": ["P9", "P2"], "bbbb": ["P3"], "cccc": ["P1"]}
    returned = sheet(
        ("aaaa", "第1候选"), ("bbbb", "张三"), ("cccc", "第1候选"), candidates=candidates
    )

    choices = read_decisions(returned, ASKED, NONE)

    assert choices.fresh.height == 0
    assert codes(choices) == ["tampered", "unknown_choice", "not_asked"]


def test_a_choice_whose_candidate_row_was_deleted_is_told():
    returned = sheet(("aaaa", "第2候选")).filter(pl.col("row_key") != "aaaa.P2")

    assert codes(read_decisions(returned, ASKED, NONE)) == ["tampered"]


def test_a_choice_beside_a_candidate_is_told_not_lost():
    returned = sheet(("aaaa", None), ("bbbb", "第1候选")).with_columns(
        decision=pl.when(pl.col("row_key") == "aaaa.P2").then(pl.lit("是")).otherwise("decision")
    )

    choices = read_decisions(returned, ASKED, NONE)

    assert decided(choices) == [("bbbb", "P3")]
    assert codes(choices) == ["beside_candidate"]


def test_what_is_asked_again_may_be_answered_otherwise():
    held = pl.DataFrame([("aaaa", "P1"), ("bbbb", None)], schema=NONE.schema, orient="row")
    again = pl.DataFrame({"identity": ["aaaa"], "now": ["P2"]})

    choices = read_decisions(
        sheet(("aaaa", "第2候选"), ("bbbb", "第1候选")), ASKED, held, again=again
    )

    assert choices.fresh.rows() == [("aaaa", "P2", None)]
    assert codes(choices) == ["recorded_otherwise"]


def test_a_decision_affirmed_in_the_face_of_the_data_remembers_what_it_faced():
    held = pl.DataFrame([("aaaa", "P1")], schema=["identity", "person_id"], orient="row")
    again = pl.DataFrame({"identity": ["aaaa"], "now": ["P2"]})

    choices = read_decisions(sheet(("aaaa", "第1候选")), ASKED, held, again=again)

    assert choices.fresh.rows() == [("aaaa", "P1", "P2")]
