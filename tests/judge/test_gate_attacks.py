"""An attacker at the gate: refused with place and reason, or answered without harm."""

import datetime as dt

import pytest

from fpm.rulebook.conditions import ConditionError, parse_condition
from judge.builders import COLUMNS, over_group, over_rows

REFUSED = [
    # files, network, system
    "s = pg_read_file('/etc/passwd')",
    "s = load_file('/etc/passwd')",
    "s = 'x' INTO OUTFILE '/tmp/x'",
    "COPY 'x'",
    "ATTACH 'x'",
    "PRAGMA x",
    "IMPORT x",
    "SET a = 1",
    "XP_CMDSHELL('x') = 1",
    "SYS_EVAL('x') = 1",
    "eval('x')",
    "__import__('os') = 1",
    "a.__class__ = 1",
    "USER = s",
    "SESSION_USER = s",
    "@@version = s",
    "UUID() = s",
    "SLEEP(10) = 1",
    "BENCHMARK(1000000, 1) = 1",
    # other statements and queries
    "s IN (TABLE roster)",
    "a IN (WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r)",
    "a = (WITH x AS (SELECT 1) SELECT * FROM x)",
    "a = ANY(ARRAY[1, 2])",
    "a = ALL(ARRAY[1])",
    "a IN UNNEST([1, 2])",
    "EXISTS(TABLE x)",
    "a = (VALUES (1))",
    "s = 'x' UNION ALL SELECT 1",
    "s = 'x' LIMIT 1",
    "s = 'x' ORDER BY 1",
    "s = 'x' FOR UPDATE",
    "s = 'x' WINDOW w AS ()",
    "s = 'x';",
    "s = 'x' ;;",
    "; s = 'x'",
    "s = 'x' GO",
    "EXPLAIN SELECT 1",
    "LAG(a) = 1",
    "SAME_COUNT(a) > 1",
    "LAST(a) = 1",
    # the day on which it runs
    "GETDATE() > d",
    "SYSDATE > d",
    "LOCALTIME > d",
    "DATE 'today' < d",
    "DATE 'now' = d",
    # dates that are none, or that Python versions read differently
    "DATE '0000-00-00' < d",
    "DATE '9999-99-99' < d",
    "DATE '10000-01-01' < d",
    "DATE '20261003' < d",
    "DATE '2026-W40-1' < d",
    "d + INTERVAL '9999' YEAR > d",
    "d + INTERVAL '1' DECADE > e",
    "d + INTERVAL '1 year 2 days' > e",
    "d + 1 > e",
    # numbers
    "a = NaN",
    "a = Infinity",
    "1e400 > a",
    ".5 = a",
    "5. = a",
    "1_000 = a",
    "0.1234567890123456789 = a",
    "99999999999999999999999999 > a",
    "a ^ 2 = 1",
    "a // 2 = 1",
    "a DIV 2 = 1",
    "POWER(a, 1000) > 1",
    "EXP(a) > 1",
    "SQRT(-1) = a",
    "ROUND(a, 400) = 1",
    "ROUND(a, -3) = 1",
    # texts that grow, patterns that explode
    "SPACE(1000000000) = s",
    "RPAD(s, 1000000000) = s",
    "REPLACE(s, '', 'xx') = 'x'",
    "REPLACE(REPLACE(REPLACE(s, 'x', 'xxxxxxxxxx'), 'x', 'xxxxxxxxxx'), 'x', 'xx') = 'x'",
    "LENGTH(REPLACE(s || s || s || s || s || s || s || s, 'x', 'xxxxxxxxxxxxx')) > 1",
    "s LIKE '" + "%_" * 1500 + "'",
    "s REGEXP '(a+)+$'",
    "s GLOB '*'",
    "REGEXP_LIKE(s, '(a+)+$')",
    "MATCHES(s, '((((a?){64}){64}){64}){64}')",
    "MATCHES(s, '(a?){64}(a?){64}(a?){64}')",
    "MATCHES(s, 'a{0,64}a{0,64}a{0,64}a{0,64}')",
    "MATCHES(s, '\\p{Han}{64}')",
    "MATCHES(s, '[z-a]')",
    "MATCHES(s, '??')",
    # types and literals of other dialects
    "TRY_CAST(s AS INTEGER) > 1",
    "CONVERT(INT, s) > 1",
    "s->>'$.a' = 'x'",
    "s = E'x41'",
    "s = X'41'",
    "s = $$x$$",
    "s = `x`",
    "[s] = 'x'",
    '"S" = 1',
    "s = {x}",
    "a IS DISTINCT FROM ROW(1)",
    "TRIM(LEADING 'x' FROM s) = ''",
    "EXTRACT(YEAR FROM d) = 2026",
    # what cannot be seen, or looks like something else
    "\u0455 = 'x'",  # Cyrillic
    "s\u200b = 'x'",
    "\u202es = 'x'",
    "s = 'x\u202e'",
    "s = 'x' -- \u2066",
    "s\u2028= 'x'",
    "\ufeffs = 'x'",
    "s\x00 = 'x'",
    "s = 'x\x00'",
    "s\u0301 = 'x'",
    # kinds that do not fit
    "p > q",
    "p + q > 1",
    "CASE a WHEN 'x' THEN TRUE END",
    "IF(p, 1, 'x') = 1",
    "s = spellings",
    "spellings",
    "HAS(s, 'x')",
    "COALESCE() IS NULL",
    "a IN ()",
    # what is never closed, and what is empty
    "s = 'x",
    "s = 'it''s",
    'a > 1 AND "s',
    "a > 1 /* to the end",
    "p AND ()",
    "( ( ) )",
    # size
    "(" * 5000 + "p" + ")" * 5000,
    "NOT " * 5000 + "p",
    "a IN (" + ",".join(map(str, range(100_000))) + ")",
    "'" * 9999,
    "COALESCE(" * 200 + "a" + ")" * 200 + " = 1",
    "a = 1" + " " * 1_000_000,
    "a " + "% 7 " * 80 + "= 1",
    "REPLACE(" * 22 + "s" + ", 'x', '" + "x" * 60 + "')" * 22 + " = 'y'",
]


@pytest.mark.parametrize("sql", REFUSED, ids=lambda sql: ascii(sql)[:60])
def test_it_is_refused_in_chinese(sql):
    with pytest.raises(ConditionError) as caught:
        parse_condition(sql, COLUMNS, form="row")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in caught.value.message)
    assert len(str(caught.value)) < 300
    lines = sql.splitlines() or [""]
    assert 1 <= caught.value.line <= len(lines)
    assert caught.value.column >= 1


WORST = [
    {
        "a": a, "b": b, "s": s, "t": "x", "p": None, "q": True, "d": d, "e": e,
        "risks": "因病,因残", "paid": 1e300, "name": "张三", "relation": "户主",
    }
    for a, b, s, d, e in [
        (1e308, -1e308, "x" * 32_767, dt.date.min, dt.date.max),
        (float("nan"), float("inf"), "", dt.date.max, dt.date.min),
        (float("-inf"), 0.0, None, dt.date(2024, 2, 29), dt.date(1, 1, 1)),
        (None, None, "😀" * 50, None, None),
        (0.0, -0.0, "\x00\n", dt.date(9999, 12, 31), dt.date(2026, 10, 31)),
        (5e-324, 1e-300, "e\u0301ﬁ", dt.date(1970, 1, 1), dt.date(1969, 12, 31)),
    ]
]  # fmt: skip

ANSWERED = [
    "a / 0 > 1",
    "a % 0 = 1",
    "1 / (a - a) > 1",
    "a * 999999999999999 * 999999999999999 * b > 1",
    "ROUND(a, 6) = FLOOR(a)",
    "CEIL(a / b) > ABS(b)",
    "a * a - a * a >= 0",
    "d - INTERVAL '1200' YEAR < e",
    "d + INTERVAL '1200' YEAR + INTERVAL '1200' MONTH > e",
    "d - e > 1000000000",
    "AGE(d, e) > 1",
    "MONTHS_BETWEEN(d, e) > 1",
    "DAYS_BETWEEN(e, d) > 1",
    "YEAR(d + INTERVAL '1200' YEAR) > MONTH(e)",
    "s LIKE '%%%%%%%%%%%%%%%%%%%%%x%'",
    "s LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%b'",
    "s LIKE '" + "%_" * 100 + "'",
    "s LIKE '(?R)(((('",
    "s LIKE '[[:alpha:]]{1000}'",
    "s LIKE '\\\\'",
    "MATCHES(s, '(a|a|a|a|a|a|a|a){64}')",
    "MATCHES(s, '" + "(a|b)" * 39 + "')",
    "MATCHES(s, '')",
    "LENGTH(CONCAT(s, s, s, s, s, s, s, s)) > 1",
    "REPLACE(REPLACE(s, 'x', 'xxxxxxxxxx'), 'x', 'xxxxxxxxx') = 'x'",
    "UPPER(LOWER(UPPER(s))) = TRIM(t)",
    "SUBSTR(s, 64, 64) = RIGHT(s, 0)",
    "s = 'x' /*! OR TRUE */",
    "s = 'x' -- OR TRUE",
    "s IN (spellings) AND HAS(risks, spellings)",
    "CASE p WHEN TRUE THEN TRUE END",
    "NULLIF(NULL, NULL) IS NULL",
    "a NOT IN (NULL, a, b, a + b)",
    "a IN (" + ",".join(["a / b"] * 60) + ")",
    "a" + " + a" * 50 + " > 1",
    "NOT (p IS NULL) IS NOT TRUE",
    "paid * 999999999999999 > 1",
]


@pytest.mark.parametrize("sql", ANSWERED, ids=lambda sql: ascii(sql)[:60])
def test_the_worst_cells_are_answered_true_false_or_unknown(sql):
    answers = over_rows(sql, WORST)
    assert len(answers) == len(WORST)
    assert set(answers) <= {True, False, None}


@pytest.mark.parametrize(
    "sql",
    [
        "SUM(a) > 1",
        "SUM(a * b) / COUNT(*) > AVG(a)",
        "SUM(paid) * 999999999999999 > MAX(a)",
        "COUNT(DISTINCT s || s) > 1",
        "MIN(d) < MAX(e)",
        "ANY(d + INTERVAL '1200' YEAR > e)",
        "NAMES(a > 1) = 'x'",
        "ALL(s LIKE '%_%_%') FILTER (WHERE p)",
    ],
)
def test_the_worst_families_are_answered_too(sql):
    assert over_group(sql, WORST) in (True, False, None)
    assert over_group(sql, WORST[3:4]) in (True, False, None)


def test_a_sum_that_overflowed_proves_nothing():
    row = {"a": 1e308, "b": -1e308}
    assert over_rows("a * 10 - a * 10 >= 0", [row]) == [None]
    assert over_rows("a * 10 > 1", [row]) == [True]


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("_", "三", True),
        ("_", "", False),
        ("__", "三四", True),
        ("_%", "三", True),
        ("_%", "", False),
        ("%_", "三四", True),
        ("%_%_", "三", False),
        ("%_%_", "三四五", True),
        ("%", "a\nb", True),
        ("a_c", "a\nc", True),
        ("a%c_", "abbcd", True),
        ("a%c_", "abbc", False),
    ],
)
def test_runs_of_wild_cards_mean_what_each_of_them_means(pattern, text, fits):
    assert over_rows(f"s LIKE '{pattern}'", [{"s": text}]) == [fits]
