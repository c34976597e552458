"""What is known within bounds on either side of a sign, and the edges of every function."""

import datetime as dt

import pytest

T, F, N = True, False, None
LEAST = {"paid__at_least": 70.0}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("paid > 50", T),
        ("50 < paid", T),
        ("paid > 70", N),
        ("paid >= 70", T),
        ("70 <= paid", T),
        ("paid < 50", F),
        ("paid < 70", F),
        ("50 > paid", F),
        ("paid < 100", N),
        ("paid <= 70", N),
        ("paid <= 69", F),
        ("paid = 50", F),
        ("50 = paid", F),
        ("paid = 70", N),
        ("paid <> 50", T),
        ("paid <> 100", N),
        ("paid = paid", N),
        ("paid IS DISTINCT FROM 50", T),
        ("paid IS NOT DISTINCT FROM 50", F),
        ("-paid < -50", T),
        ("-paid > -50", F),
        ("-paid > -100", N),
        ("100 - paid <= 30", T),
        ("100 - paid > 30", F),
        ("100 - paid >= 30", N),
        ("a - paid < 0", T),
        ("paid - paid = 0", N),
        ("paid + a > 70", T),
        ("a + paid > 70", T),
        ("paid + paid >= 140", T),
        ("paid + NULL > 1", N),
        ("paid * 2 > 139", T),
        ("2 * paid >= 140", T),
        ("2 * paid > 140", N),
        ("paid * -1 <= -70", T),
        ("paid * -1 < -70", N),
        ("paid * a >= 70", T),
        ("paid * 0 >= 0", T),
        ("paid / 2 >= 35", T),
        ("paid / -2 <= -35", T),
        ("paid / -2 > -35", F),
        ("paid / 0 > 1", N),
        ("1 / paid < 1", N),
        ("paid % 7 = 0", N),
        ("ABS(paid) >= 70", N),
        ("ROUND(paid / 3) >= 23", T),
        ("FLOOR(paid / 100) >= 0", T),
        ("CEIL(paid / 100) >= 1", T),
        ("CEIL(paid / 100) > 1", N),
        ("GREATEST(paid, 10) >= 70", T),
        ("GREATEST(paid, 90) >= 90", T),
        ("GREATEST(paid, NULL) > 1", N),
        ("LEAST(paid, 10) >= 10", T),
        ("LEAST(paid, 10) > 10", N),
        ("LEAST(paid, 90) >= 70", T),
        ("LEAST(paid, paid) > 70", N),
        ("GREATEST(paid, paid) >= 70", T),
        ("paid BETWEEN 10 AND 50", F),
        ("paid NOT BETWEEN 10 AND 50", T),
        ("paid BETWEEN 70 AND 100", N),
        ("80 BETWEEN paid AND 100", N),
        ("60 BETWEEN paid AND 100", F),
        ("paid IN (50, 60)", F),
        ("paid IN (50, 100)", N),
        ("paid NOT IN (50, 60)", T),
        ("50 IN (paid, 60)", F),
        ("60 IN (paid, 60)", T),
        ("NULL IN (paid)", N),
        ("COALESCE(paid, 5) = 5", T),
        ("IF(paid > 50, 1, 2) = 1", T),
        ("IF(paid > 90, 1, 2) = 2", T),
    ],
)
def test_what_is_known_from_below(row, sql, expected):
    assert row(sql, a=1.0, **LEAST) is expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("paid = 70", T),
        ("paid < 71", T),
        ("paid - paid = 0", T),
        ("paid % 60 = 10", T),
        ("ABS(-paid) = 70", T),
        ("paid IN (70)", T),
        ("paid BETWEEN 70 AND 70", T),
        ("paid BETWEEN 71 AND 80", F),
        ("COALESCE(paid, 5) = 70", T),
        ("1 / paid < 1", T),
        ("paid IS NOT DISTINCT FROM 70", T),
        ("NULLIF(paid, 70) IS NULL", T),
        ("LEAST(paid, 10) = 10", T),
        ("GREATEST(paid, 10) = 70", T),
    ],
)
def test_bounds_that_meet_are_a_value(row, sql, expected):
    assert row(sql, paid=70.0) is expected


@pytest.mark.parametrize(
    ("sql", "cells", "expected"),
    [
        # a millionth is the same amount, more is not
        ("a + 0.0000003 = a", {"a": 1}, T),
        ("a + 0.000002 = a", {"a": 1}, F),
        ("a + 0.000002 > a", {"a": 1}, T),
        ("a + 0.0000003 > a", {"a": 1}, F),
        ("a + b <= 0.3", {"a": 0.1, "b": 0.2}, T),
        ("a + b IN (0.3, 9)", {"a": 0.1, "b": 0.2}, T),
        ("a + b BETWEEN 0.3 AND 0.3", {"a": 0.1, "b": 0.2}, T),
        ("(a + b) * 10 = 8", {"a": 0.1, "b": 0.7}, T),
        ("FLOOR((a + b) * 10) = 8", {"a": 0.1, "b": 0.7}, T),
        ("CEIL(a * 3 * 10) = 3", {"a": 0.1}, T),
        ("FLOOR(a) = -3", {"a": -2.5}, T),
        ("CEIL(a) = -2", {"a": -2.5}, T),
        ("ROUND(a, 0) = 3", {"a": 2.5}, T),
        ("ROUND(a, 1) = 2.3", {"a": 2.25}, T),
        ("ROUND(a, 6) = 0.000001", {"a": 0.0000005}, T),
        ("ABS(a) = 2", {"a": -2}, T),
        ("a = - -b", {"a": 2, "b": 2}, T),
        ("a % b = -1", {"a": -7, "b": 3}, T),
        ("a % b = 0.5", {"a": 2.5, "b": -1}, T),
        ("LEAST(a, b) = 1", {"a": 1, "b": 2}, T),
        ("GREATEST(a, b) = 2", {"a": 1, "b": 2}, T),
        ("LEAST(a, b) = 1", {"a": 1}, N),
        ("LEAST(d, e) = d", {"d": dt.date(2026, 1, 1), "e": dt.date(2026, 1, 2)}, T),
        ("COALESCE(a, b, 3) = 2", {"b": 2}, T),
        ("COALESCE(NULL, a, 3) = 3", {}, T),
        ("NULLIF(a, b) = 1", {"a": 1, "b": 2}, T),
        ("NULLIF(a, b) IS NULL", {"a": 1, "b": 1}, T),
        ("NULLIF(a, b) = 1", {"a": 1}, T),
        ("IF(p, 1, 2) = 1", {"p": True}, T),
        ("IF(p, 1, 2) = 2", {"p": False}, T),
        ("IF(p, 1, 2) = 2", {}, T),
        ("IF(p, NULL, a) = 1", {"a": 1}, T),
        ("IF(p, a + b, 0) = 0.3", {"p": True, "a": 0.1, "b": 0.2}, T),
        ("IF(p, 0, a + b) = 0.3", {"p": False, "a": 0.1, "b": 0.2}, T),
        ("CASE WHEN p THEN 1 WHEN q THEN 2 END = 1", {"p": True, "q": True}, T),
        ("CASE WHEN p THEN 1 END IS NULL", {"p": False}, T),
        ("CASE a WHEN 1 THEN 'x' ELSE 'y' END = 'y'", {"a": 2}, T),
        # texts
        ("CONTAINS(s, '.')", {"s": "abc"}, F),
        ("CONTAINS(s, '.')", {"s": "a.c"}, T),
        ("STARTS_WITH(s, 'a')", {"s": "ab"}, T),
        ("STARTS_WITH(s, 'b')", {"s": "ab"}, F),
        ("ENDS_WITH(s, 'b')", {"s": "ab"}, T),
        ("ENDS_WITH(s, 'a')", {"s": "ab"}, F),
        ("REPLACE(s, '.', 'x') = 'axc'", {"s": "a.c"}, T),
        ("REPLACE(s, '.', '$0') = 'a$0c'", {"s": "a.c"}, T),
        ("SUBSTR(s, 1, 1) = 'a'", {"s": "abc"}, T),
        ("SUBSTR(s, 2) = 'bc'", {"s": "abc"}, T),
        ("SUBSTR(s, 3, 5) = 'c'", {"s": "abc"}, T),
        ("LEFT(s, 2) = 'ab'", {"s": "abc"}, T),
        ("LEFT(s, 0) = ''", {"s": "abc"}, T),
        ("RIGHT(s, 2) = 'bc'", {"s": "abc"}, T),
        ("LOWER(s) = 'ab'", {"s": "AB"}, T),
        ("UPPER(s) = 'AB'", {"s": "ab"}, T),
        ("TRIM(s) = 'a b'", {"s": "\t a b \n"}, T),
        ("CONCAT(s, t) = 'ab'", {"s": "a", "t": "b"}, T),
        ("CONCAT(s, t) IS NULL", {"s": "a"}, T),
        ("CONCAT(s, NULL) IS NULL", {"s": "a"}, T),
        ("LENGTH(NULL) > 0", {}, N),
        ("LENGTH(s) = 0", {"s": ""}, T),
        ("ITEMS(risks) = 0", {"risks": ""}, T),
        ("ITEMS(risks) = 1", {"risks": "因病"}, T),
        ("ITEMS(risks) > 0", {}, N),
        ("HAS(risks, s)", {"risks": "因病,因学", "s": "因学"}, T),
        ("HAS(risks, s)", {"risks": "因病,因学", "s": "因"}, F),
        ("HAS(risks, s)", {"s": "因学"}, N),
        ("MATCHES(s, 'a.c')", {"s": "abc"}, T),
        ("MATCHES(s, 'a\\.c')", {"s": "abc"}, F),
        ("MATCHES(s, 'b')", {"s": "abc"}, F),
        ("s LIKE 'a'", {"s": "ab"}, F),
        ("s LIKE 'b'", {"s": "ab"}, F),
        ("NULL LIKE 'b'", {}, N),
        # null-safe
        ("NULL IS NOT DISTINCT FROM NULL", {}, T),
        ("a IS NOT DISTINCT FROM NULL", {}, T),
        ("a IS NOT DISTINCT FROM NULL", {"a": 1}, F),
        ("a IS DISTINCT FROM b", {"a": 1}, T),
        ("a IS DISTINCT FROM b", {"a": 1, "b": 1}, F),
        ("NULL IS NULL", {}, T),
        ("p IS NOT TRUE", {}, T),
        ("p IS FALSE", {}, F),
        ("a = NULL", {"a": 1}, N),
        ("NULL > a", {"a": 1}, N),
        ("s IN ('x', spellings)", {"s": "y"}, T),
        ("a IN (1, b)", {"a": 2, "b": 2}, T),
        ("a IN (1, b)", {"a": 2}, N),
        ("a IN (2, b)", {"a": 2}, T),
        # dates
        ("AGE(d, NULL) > 1", {"d": dt.date(2026, 1, 1)}, N),
        ("AGE(d, e) = 0", {"d": dt.date(2026, 1, 31), "e": dt.date(2026, 2, 1)}, T),
        ("AGE(d, e) = 1", {"d": dt.date(2025, 1, 31), "e": dt.date(2026, 2, 1)}, T),
        ("MONTHS_BETWEEN(d, e) = 0", {"d": dt.date(2026, 1, 1), "e": dt.date(2026, 1, 1)}, T),
        ("MONTHS_BETWEEN(d, e) = 1", {"d": dt.date(2026, 1, 15), "e": dt.date(2026, 2, 15)}, T),
        ("MONTHS_BETWEEN(d, e) = 0", {"d": dt.date(2026, 1, 15), "e": dt.date(2026, 2, 14)}, T),
        ("MONTHS_BETWEEN(d, e) = -2", {"d": dt.date(2026, 3, 1), "e": dt.date(2025, 12, 31)}, T),
        ("d - e = -1", {"d": dt.date(2026, 1, 1), "e": dt.date(2026, 1, 2)}, T),
        ("d + INTERVAL '2' DAY = e", {"d": dt.date(2026, 2, 27), "e": dt.date(2026, 3, 1)}, T),
    ],
)  # fmt: skip
def test_edges(row, sql, cells, expected):
    assert row(sql, **cells) is expected


A, B, U = {"a": 5.0, "p": True}, {"a": 1.0, "p": False}, {}
LOW = {"paid__at_least": 7.0}
FOUR = {"paid": 4.0}


@pytest.mark.parametrize(
    ("sql", "members", "expected"),
    [
        # the bound on the right-hand side
        ("4 < SUM(a)", [A, U], T),
        ("5 < SUM(a)", [A, U], N),
        ("5 >= SUM(a)", [A, U], N),
        ("3 = SUM(a)", [A, U], F),
        ("6 = SUM(a)", [A, U], N),
        ("4 >= SUM(a)", [A, U], F),
        ("SUM(a) = SUM(b)", [A, {"b": 9.0}], N),
        ("SUM(a) > COUNT_IF(p)", [A, U], T),
        ("SUM(a) >= COUNT_IF(p)", [{"a": 5.0, "p": True}, {"a": 1.0}], T),
        ("COUNT_IF(p) < COUNT(*)", [A, U], N),
        ("COUNT_IF(p) <= COUNT(*)", [A, U], T),
        ("COUNT_IF(p) = COUNT_IF(NOT p)", [A, A, U], F),
        ("COUNT_IF(p) = COUNT_IF(q)", [{"p": True, "q": True}, {"p": True}, {"p": True}], N),
        ("COUNT_IF(p) = COUNT_IF(q)", [{"q": True}, {"q": True}, {"q": True, "p": False}], F),
        ("COUNT_IF(p) = COUNT_IF(q)", [{"p": True}, {"p": True}, {"p": True, "q": False}], F),
        ("COUNT_IF(p) > COUNT_IF(q)", [{"p": True}, {"p": True}, {"p": True, "q": False}], T),
        ("COUNT_IF(p) >= COUNT_IF(q)", [{"q": True}, {"q": True}, {"q": True, "p": False}], F),
        # counts
        ("COUNT(*) = 0", [A], F),
        ("COUNT(*) FILTER (WHERE p) >= 1", [A, U], T),
        ("COUNT(*) FILTER (WHERE p) = 1", [A, U], N),
        ("COUNT(a) FILTER (WHERE p) = 1", [A, B], T),
        ("COUNT(a) FILTER (WHERE p) = 1", [A, {"a": 1.0}], N),
        ("COUNT(a) FILTER (WHERE p) = 1", [A, {"p": True}], T),
        ("COUNT(DISTINCT s) = 1", [{"s": "x"}, {"s": "x"}, U], T),
        ("COUNT(DISTINCT s) FILTER (WHERE p) = 1", [{"s": "x", "p": True}, {"s": "y"}], N),
        ("COUNT(DISTINCT s) FILTER (WHERE p) = 1", [{"s": "x", "p": True}, {"s": "x"}], T),
        ("COUNT(DISTINCT s) FILTER (WHERE p) <= 2", [{"s": "x", "p": True}, {"s": "y"}], T),
        # sums
        ("SUM(a) = 0", [U], N),
        ("SUM(a) >= 0", [U], T),
        ("SUM(NULL) > 1", [A], N),
        ("SUM(a) = 0.3", [{"a": 0.1}, {"a": 0.2}], T),
        ("SUM(paid) = 0.3", [{"paid": 0.1}, {"paid": 0.2}], T),
        ("SUM(a) FILTER (WHERE p) = 5", [A, {"p": True}], N),
        ("SUM(a) FILTER (WHERE p) = 5", [A, {"p": False}], T),
        ("SUM(paid) FILTER (WHERE p) >= 7", [{**LOW, "p": True}, {"paid": 9.0, "p": False}], T),
        ("SUM(paid) FILTER (WHERE p) = 9", [{"paid": 9.0, "p": True}, {**LOW, "p": False}], T),
        # averages
        ("AVG(a) = 3", [A, B, {"a": 3.0}], T),
        ("AVG(a) = 0.2", [{"a": 0.1}, {"a": 0.2}, {"a": 0.3}], T),
        ("AVG(a) FILTER (WHERE p) = 5", [A, B], T),
        ("AVG(a) FILTER (WHERE p) = 5", [A, {"a": 1.0}], N),
        ("AVG(a) FILTER (WHERE a > 9) IS NULL", [A, B], T),
        ("AVG(paid) = 4", [FOUR, LOW], N),
        # smallest and largest
        ("MIN(a) FILTER (WHERE p) = 5", [A, B], T),
        ("MIN(a) FILTER (WHERE p) <= 5", [A, {"a": 1.0}], T),
        ("MIN(a) FILTER (WHERE p) = 5", [A, {"a": 1.0}], N),
        ("MAX(a) FILTER (WHERE p) = 1", [{"a": 1.0, "p": True}, {"a": 5.0, "p": False}], T),
        ("MAX(a) FILTER (WHERE p) >= 5", [A, {"a": 9.0}], T),
        ("MAX(a) FILTER (WHERE p) = 5", [A, {"a": 9.0}], N),
        ("MIN(d) = DATE '2026-01-01'", [{"d": dt.date(2026, 1, 1)}, {"d": dt.date(2026, 2, 1)}], T),
        ("MAX(d) = DATE '2026-02-01'", [{"d": dt.date(2026, 1, 1)}, {"d": dt.date(2026, 2, 1)}], T),
        ("MAX(a + b) = 0.3", [{"a": 0.1, "b": 0.2}], T),
        ("MIN(a + b) = 0.3", [{"a": 0.1, "b": 0.2}], T),
        ("MIN(paid) <= 4", [FOUR, LOW], T),
        ("MIN(paid) > 4", [FOUR, LOW], F),
        ("MIN(paid) >= 4", [FOUR, LOW], T),
        ("MIN(paid) <= 9", [LOW, LOW], N),
        ("MAX(paid) < 6", [FOUR, {"paid": 9.0}], F),
        ("MAX(paid) > 6", [FOUR, LOW], T),
        ("MAX(paid) <= 6", [FOUR, LOW], F),
        ("MAX(paid) <= 9", [FOUR, LOW], N),
        ("MAX(paid) = 9", [FOUR, {"paid": 9.0}], T),
        ("MIN(paid) FILTER (WHERE p) = 9", [{"paid": 9.0, "p": True}, {**LOW, "p": False}], T),
        ("MAX(paid) FILTER (WHERE p) = 4", [{**FOUR, "p": True}, {**LOW, "p": False}], T),
        # heads and names
        ("HEAD(a) = 5", [{"a": 5.0, "relation": "户主"}, {"a": 9.0, "relation": "户主"}], T),
        ("HEAD(a) = 5", [{"a": 9.0, "relation": "配偶"}, {"a": 5.0, "relation": "户主"}], T),
        ("HEAD(a + b) = 0.3", [{"a": 0.1, "b": 0.2, "relation": "户主"}], T),
        ("NAMES(p) = '甲'", [{"name": "甲", "p": True}, {"name": "乙", "p": False}], T),
        ("NAMES(p) = '甲'", [{"name": "甲", "p": True}, {"p": True}], T),
        ("NAMES(p) FILTER (WHERE q) = '甲'", [{"name": "甲", "p": True, "q": True}, {"name": "乙", "p": True, "q": False}, {"name": "丙", "p": False, "q": True}, {"name": "丁", "p": True}], T),
        # any and all
        ("ANY(p) FILTER (WHERE q)", [{"p": True, "q": True}, U], T),
        ("ANY(p) FILTER (WHERE q)", [{"p": True, "q": False}, {"p": False, "q": True}], F),
        ("ALL(p) FILTER (WHERE q)", [{"p": False, "q": False}], T),
        ("ALL(p) FILTER (WHERE q)", [{"p": False, "q": True}, U], F),
        ("ALL(p) FILTER (WHERE q)", [{"q": True}], N),
        ("COUNT_IF(p) FILTER (WHERE q) = 1", [{"p": True, "q": True}, {"p": True, "q": False}], T),
        ("COUNT_IF(p) FILTER (WHERE q) <= 1", [{"p": True, "q": True}, {"p": True}], N),
        ("COUNT_IF(p) FILTER (WHERE q) <= 2", [{"p": True, "q": True}, {"p": True}], T),
        ("ANY(NULL)", [A], N),
        # the same words with other constants in between are not the same reduction
        ("SUM(a) = 6 AND SUM(a) FILTER (WHERE p) = 5 AND SUM(b) = 2", [{**A, "b": 1.0}, {**B, "b": 1.0}], T),
        ("ANY(a > 4) AND NOT ANY(a > 5)", [A, B], T),
    ],
)  # fmt: skip
def test_families(group, sql, members, expected):
    assert group(sql, members) is expected


def day(month):
    return dt.date(2026, month, 1)


@pytest.mark.parametrize(
    ("rows", "overlapping"),
    [
        ([(1, 3), (2, 4)], True),
        ([(1, 2), (2, 4)], False),
        ([(1, None), (2, 4)], False),
        ([(1, 3)], False),
    ],
)
def test_records_overlap_when_one_starts_before_the_last_ended(group, rows, overlapping):
    records = [{"d": day(start), "e": end and day(end), "p": True} for start, end in rows]
    assert group("OVERLAPPING(d, e)", records, over="records") is overlapping
    between = {"d": day(1), "e": day(12), "p": False}
    with_others = [records[0], between, *records[1:]]
    filtered = "OVERLAPPING(d, e) FILTER (WHERE p)"
    assert group(filtered, with_others, over="records") is overlapping
    assert group(filtered, [*with_others, {"d": day(1)}], over="records") is overlapping


def test_the_last_record_is_one_whose_filter_holds(group):
    rows = [{"a": 1.0, "p": True}, {"a": 2.0, "p": True}, {"a": 3.0, "p": False}]
    assert group("LAST(a)", rows, over="records") == 3
    assert group("LAST(a) FILTER (WHERE p)", rows, over="records") == 2
    assert group("LAST(a)", [*rows, {}], over="records") is None
