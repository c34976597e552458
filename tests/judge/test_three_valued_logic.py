"""NULL means "cannot tell": the SQL standard's truth tables, to the letter."""

import datetime as dt

import pytest

T, F, N = True, False, None

AND = [
    (T, T, T),
    (T, F, F),
    (T, N, N),
    (F, T, F),
    (F, F, F),
    (F, N, F),
    (N, T, N),
    (N, F, F),
    (N, N, N),
]
OR = [
    (T, T, T),
    (T, F, T),
    (T, N, T),
    (F, T, T),
    (F, F, F),
    (F, N, N),
    (N, T, T),
    (N, F, N),
    (N, N, N),
]


@pytest.mark.parametrize(("p", "q", "expected"), AND)
def test_and(row, p, q, expected):
    assert row("p AND q", p=p, q=q) is expected


@pytest.mark.parametrize(("p", "q", "expected"), OR)
def test_or(row, p, q, expected):
    assert row("p OR q", p=p, q=q) is expected


@pytest.mark.parametrize(
    ("sql", "of_true", "of_false", "of_null"),
    [
        ("NOT p", F, T, N),
        ("p IS NULL", F, F, T),
        ("p IS NOT NULL", T, T, F),
        ("p IS TRUE", T, F, F),
        ("p IS NOT TRUE", F, T, T),
        ("p IS FALSE", F, T, F),
        ("p IS NOT FALSE", T, F, T),
        ("p = TRUE", T, F, N),
        ("p <> TRUE", F, T, N),
        ("p IS DISTINCT FROM TRUE", F, T, T),
        ("p IS NOT DISTINCT FROM TRUE", T, F, F),
        ("p IS DISTINCT FROM NULL", T, T, F),
        ("p AND NULL", N, F, N),
        ("p OR NULL", T, N, N),
        ("NOT (p AND NULL)", N, T, N),
        ("COALESCE(p, FALSE)", T, F, F),
        ("CASE WHEN p THEN TRUE ELSE FALSE END", T, F, F),
        ("CASE WHEN p THEN TRUE END", T, N, N),
        ("IF(p, FALSE, TRUE)", F, T, T),
    ],
)
def test_of_one_condition(row, sql, of_true, of_false, of_null):
    assert [row(sql, p=p) for p in (T, F, N)] == [of_true, of_false, of_null]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a > 1", N),
        ("a = a", N),
        ("a <> 1", N),
        ("a = NULL", N),
        ("a IN (1, 2)", N),
        ("a NOT IN (1, 2)", N),
        ("1 IN (1, a)", T),
        ("2 IN (1, a)", N),
        ("2 NOT IN (1, NULL)", N),
        ("1 NOT IN (1, NULL)", F),
        ("a BETWEEN 1 AND 2", N),
        ("5 BETWEEN a AND 2", F),
        ("5 BETWEEN a AND 9", N),
        ("s LIKE '%'", N),
        ("HAS(risks, '因病')", N),
        ("a IS NOT DISTINCT FROM NULL", T),
        ("a + 1 > 0 OR a IS NULL", T),
        ("s IN (spellings)", N),
        ("CONCAT(s, 'x') = 'x'", N),
        ("GREATEST(a, 9) > 1", N),
        ("LEAST(1, NULL) < 5", N),
    ],
)
def test_of_an_unknown_value(row, sql, expected):
    assert row(sql) is expected


@pytest.mark.parametrize(
    ("sql", "cells", "expected"),
    [
        ("a / b > 1", {"a": 1, "b": 0}, N),
        ("a % b = 0", {"a": 1, "b": 0}, N),
        ("a / b = 0.5", {"a": 1, "b": 2}, T),
        ("a + b = 5000", {"a": 4999.9, "b": 0.1}, T),
        ("a + b = 0.3", {"a": 0.1, "b": 0.2}, T),
        ("a * 0.4 < b", {"a": 20000.01, "b": 8000}, F),
        ("-7 % 3 = -1", {}, T),
        ("7 % -3 = 1", {}, T),
        ("ROUND(a, 2) = 2.68", {"a": 2.675}, T),
        ("ROUND(a) = 3", {"a": 2.5}, T),
        ("ROUND(a) = -3", {"a": -2.5}, T),
        ("FLOOR(a * 10) = 7", {"a": 0.7}, T),
        ("s IN (spellings)", {"s": "y"}, T),
        ("LENGTH(s) = 4", {"s": "欧阳靖蕾"}, T),
        ("SUBSTR(s, 2, 2) = '阳靖'", {"s": "欧阳靖蕾"}, T),
        ("LEFT(s, 1) || RIGHT(s, 1) = '欧蕾'", {"s": "欧阳靖蕾"}, T),
        ("s LIKE '_阳%'", {"s": "欧阳靖蕾"}, T),
        ("s LIKE '100%'", {"s": "100.5(元)\n"}, T),
        ("s LIKE 'a.c'", {"s": "abc"}, F),
        ("s LIKE '[a]'", {"s": "a"}, F),
        ("REPLACE(s, '·', '') = '买买提'", {"s": "买·买提"}, T),
        ("MATCHES(s, '1[0-9]{10}')", {"s": "13800000000"}, T),
        ("MATCHES(s, '1[0-9]{10}')", {"s": "138000000001"}, F),
        ("MATCHES(s, '1\\d{10}')", {"s": "1380000000０"}, F),
        ("MATCHES(s, '甲|乙')", {"s": "甲乙"}, F),
        ("HAS(risks, '因病')", {"risks": "因学,因病"}, T),
        ("HAS(risks, '因残', '因学')", {"risks": "因学,因病"}, T),
        ("HAS(risks, '因残')", {"risks": "因学,因病"}, F),
        ("ITEMS(risks) = 2", {"risks": "因学,因病"}, T),
        ("UPPER(TRIM(s)) = 'X1'", {"s": " x1 "}, T),
        ("NULLIF(s, '无') IS NULL", {"s": "无"}, T),
        ("grade > 'B'", {"grade": "C"}, T),
        ("CASE s WHEN '甲' THEN 1 WHEN '乙' THEN 2 ELSE 3 END = 2", {"s": "乙"}, T),
    ],
)
def test_values(row, sql, cells, expected):
    assert row(sql, **cells) is expected


@pytest.mark.parametrize(
    ("sql", "first", "second", "expected"),
    [
        ("AGE(d, e) = 60", "1966-10-31", "2026-10-31", T),
        ("AGE(d, e) = 59", "1966-11-01", "2026-10-31", T),
        ("AGE(d, e) = 1", "2024-02-29", "2026-02-28", T),
        ("AGE(d, e) = 2", "2024-02-29", "2026-03-01", T),
        ("MONTHS_BETWEEN(d, e) = 6", "2026-04-30", "2026-10-31", T),
        ("MONTHS_BETWEEN(d, e) = 1", "2026-08-31", "2026-09-30", T),
        ("MONTHS_BETWEEN(d, e) = 0", "2026-08-31", "2026-09-29", T),
        ("MONTHS_BETWEEN(d, e) = -1", "2026-09-30", "2026-08-30", T),
        ("MONTHS_BETWEEN(d, e) = 12", "2025-10-01", "2026-10-01", T),
        ("DAYS_BETWEEN(d, e) = 30", "2026-10-01", "2026-10-31", T),
        ("e - d = 30", "2026-10-01", "2026-10-31", T),
        ("e - INTERVAL '1' MONTH = DATE '2026-09-30'", None, "2026-10-31", T),
        ("e + INTERVAL '1' YEAR = DATE '2029-02-28'", None, "2028-02-29", T),
        ("e - INTERVAL '3 days' = d", "2026-10-28", "2026-10-31", T),
        ("d BETWEEN period_start AND period_end", "2026-10-01", None, T),
        ("d BETWEEN period_start AND period_end", "2026-11-01", None, F),
        ("YEAR(d) = 1999 AND MONTH(d) = 12 AND DAY(d) = 31", "1999-12-31", None, T),
    ],
)
def test_dates(row, sql, first, second, expected):
    cells = {
        "d": first and dt.date.fromisoformat(first),
        "e": second and dt.date.fromisoformat(second),
    }
    assert row(sql, **cells) is expected


A, B, U = {"a": 5.0, "p": True}, {"a": 1.0, "p": False}, {}


@pytest.mark.parametrize(
    ("sql", "members", "expected"),
    [
        ("ANY(p)", [A, B], T),
        ("ANY(p)", [A, U], T),
        ("ANY(p)", [B, U], N),
        ("ANY(p)", [B, B], F),
        ("ALL(p)", [A, A], T),
        ("ALL(p)", [A, U], N),
        ("ALL(p)", [B, U], F),
        ("NOT ANY(p)", [B, U], N),
        ("ANY(p) FILTER (WHERE a > 2)", [B, B], F),
        ("ANY(a < 3) FILTER (WHERE p)", [A, {"a": 1.0}], N),
        ("ALL(a > 3) FILTER (WHERE p)", [A, B], T),
        ("ALL(a > 3) FILTER (WHERE p)", [A, {"a": 9.0}], T),
        ("ALL(a > 3) FILTER (WHERE p)", [A, {"a": 1.0}], N),
        ("COUNT_IF(p) >= 1", [A, U], T),
        ("COUNT_IF(p) >= 2", [A, U], N),
        ("COUNT_IF(p) >= 3", [A, U], F),
        ("COUNT_IF(p) = 1", [A, U], N),
        ("COUNT_IF(p) = 3", [A, U], F),
        ("COUNT(*) = 2", [A, U], T),
        ("COUNT(a) = 1", [A, U], T),
        ("COUNT(*) FILTER (WHERE p) = 1", [A, B], T),
        ("COUNT(DISTINCT a) = 2", [A, A, B, U], T),
        ("SUM(a) > 4", [A, U], T),
        ("SUM(a) > 5", [A, U], N),
        ("SUM(a) < 9", [A, U], N),
        ("SUM(a) < 5", [A, U], F),
        ("SUM(a) <= 5", [A, U], N),
        ("SUM(a) = 3", [A, U], F),
        ("SUM(a) = 5", [A, U], N),
        ("SUM(a) = 6", [A, B], T),
        ("NOT (SUM(a) < 5)", [A, U], T),
        ("SUM(a) FILTER (WHERE p) = 5", [A, B], T),
        ("SUM(a) FILTER (WHERE p) > 4", [A, {"a": 2.0}], T),
        ("SUM(a) FILTER (WHERE p) > 6", [A, {"a": 2.0}], N),
        ("SUM(a) FILTER (WHERE a > 90) = 0", [A, B], T),
        ("SUM(a) / COUNT(*) > 2", [A, U], T),
        ("SUM(a) / COUNT(*) < 2", [A, U], F),
        ("100 - SUM(a) < 96", [A, U], T),
        ("100 - SUM(a) > 96", [A, U], F),
        ("100 - SUM(a) > 90", [A, U], N),
        ("SUM(a) * 2 >= 10", [A, U], T),
        ("SUM(a) * -2 <= -10", [A, U], T),
        ("SUM(a) - SUM(b) > 1", [A, U], N),
        ("ROUND(SUM(a)) >= 5", [A, U], T),
        ("GREATEST(SUM(a), 1) >= 5", [A, U], T),
        ("AVG(a) > 1", [A, U], N),
        ("AVG(a) = 3", [A, B], T),
        ("MAX(a) >= 5", [A, U], T),
        ("MAX(a) > 5", [A, U], N),
        ("MIN(a) <= 5", [A, U], T),
        ("MIN(a) < 5", [A, U], N),
        ("MAX(a) = 5", [A, B], T),
        ("MAX(a) FILTER (WHERE a > 90) IS NULL", [A, B], T),
        ("SUM(paid) > 10", [{"paid": 4.0}, {"paid__at_least": 7.0}], T),
        ("SUM(paid) < 10", [{"paid": 4.0}, {"paid__at_least": 7.0}], F),
        ("SUM(paid) > 12", [{"paid": 4.0}, {"paid__at_least": 7.0}], N),
        ("SUM(paid) = 11", [{"paid": 4.0}, {"paid": 7.0}], T),
        ("MIN(paid) = 4", [{"paid": 4.0}, {"paid__at_least": 7.0}], T),
        ("MIN(paid) = 4", [{"paid": 4.0}, {"paid__at_least": 3.0}], N),
        ("MIN(paid) >= 3", [{"paid": 4.0}, {"paid__at_least": 3.0}], T),
        ("MAX(paid) >= 7", [{"paid": 4.0}, {"paid__at_least": 7.0}], T),
        ("MAX(paid) = 7", [{"paid": 4.0}, {"paid__at_least": 7.0}], N),
        ("HEAD(a) = 5", [{"a": 5.0, "relation": "户主"}, B], T),
        ("HEAD(a) = 5", [A, B], N),
        ("line > 4000 AND ANY(p)", [A], T),
    ],
)
def test_over_members(group, sql, members, expected):
    assert group(sql, members) is expected


def test_a_fact_known_from_below_proves_more_but_never_less(row):
    known = {"paid__at_least": 6000.0}
    assert row("paid > line", **known) is True
    assert row("paid < line", **known) is False
    assert row("paid > 7000", **known) is None
    assert row("paid < 7000", **known) is None
    assert row("paid IS NULL", **known) is True
    assert row("paid - 1000 >= line", **known) is True


def test_names_of_members_for_whom_a_condition_holds(group):
    members = [{"name": "张三", "a": 5.0}, {"name": "李四"}, {"name": "王五", "a": 9.0}]
    assert group("NAMES(a > 1)", members) == "张三、王五"


def test_last_takes_the_latest_row_and_says_null_when_the_filter_is_open(group):
    rows = [{"a": 9.0, "p": True}, {"a": 1.0, "p": True}, {"a": 2.0, "p": False}]
    assert group("LAST(a)", rows, over="records") == 2
    assert group("LAST(a) FILTER (WHERE p)", rows, over="records") == 1
    assert group("LAST(a) FILTER (WHERE p)", [*rows, {"a": 3.0}], over="records") is None
