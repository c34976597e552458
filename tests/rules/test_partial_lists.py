"""A list that some townships did not send makes nobody of them absent."""

import polars as pl

from fpm.judge import build_facts

from .conftest import PERIOD, extract_of, roster_of


def _people(township, count):
    return [
        {
            "person_id": f"{township}{number}",
            "household_id": f"{township}H{number}",
            "name": "某人",
            "township": township,
        }
        for number in range(count)
    ]


def _listed(people):
    return [
        {
            "person_id": person["person_id"],
            "household_id": person["household_id"],
            "township": person["township"],
        }
        for person in people
    ]


def _presence(book, kind, sent, roster):
    layout = book.layout(*kind)
    facts = build_facts(
        roster_of(book, roster),
        [extract_of(layout, _listed(sent), ["2026-10"])],
        book,
        PERIOD,
        None,
    )
    name = f"{kind[0]}_{kind[1]}_present"
    return facts.group_by("township").agg(pl.col(name).unique()).sort("township"), facts


A, B = _people("甲镇", 30), _people("乙镇", 30)
ENROLMENT = ("medical_insurance", "enrolment")


def test_a_township_without_a_single_row_is_unknown_not_absent(book):
    found, facts = _presence(book, ENROLMENT, A[:25], A + B)
    told = dict(found.iter_rows())
    assert set(told["甲镇"]) == {True, False}
    assert told["乙镇"] == [None]
    other = facts.filter(pl.col("township") == "乙镇")
    assert other["medical_insurance_insured"].null_count() == other.height


def test_one_row_shows_that_the_township_sent_its_part(book):
    found, _ = _presence(book, ENROLMENT, [*A[:25], B[0]], A + B)
    assert set(dict(found.iter_rows())["乙镇"]) == {True, False}


def test_a_short_list_may_leave_a_township_out(book):
    found, _ = _presence(book, ("civil_affairs", "tekun"), A[:9], A + B)
    assert dict(found.iter_rows())["乙镇"] == [False]


def test_a_list_of_a_tenth_township_alone_does_not_hide_the_other_nine(book):
    towns = [_people(f"{letter}镇", 30) for letter in "丙丁戊己庚辛壬癸子"]
    found, _ = _presence(book, ENROLMENT, A[:15], [*A, *(p for town in towns for p in town)])
    assert [values for town, values in found.iter_rows() if town != "甲镇"] == [[None]] * 9


def test_an_empty_list_says_that_nobody_is_on_it(book):
    found, _ = _presence(book, ENROLMENT, [], A + B)
    assert dict(found.iter_rows()) == {"甲镇": [False], "乙镇": [False]}


def test_events_prove_no_absence_so_a_quiet_township_had_none(book):
    _, facts = _presence(book, ("medical_insurance", "settlement"), A[:25], A + B)
    other = facts.filter(pl.col("township") == "乙镇")
    assert other["medical_insurance_self_paid_year"].unique().to_list() == [0]
