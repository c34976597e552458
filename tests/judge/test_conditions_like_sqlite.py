"""Random conditions mean here what they mean in SQLite, and bounds never claim too much."""

import sqlite3
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fpm.rulebook.language import MAX_TREE
from judge.builders import frame, over_group, over_groups, over_rows

NUMBERS = (None, -2.0, 0.0, 1.0, 2.5, 7.0)
TEXTS = (None, "", "x", "X", "xy", "张三")
TRUTHS = (None, True, False)

ROWS = [
    {"a": a, "b": b, "s": s, "t": t, "p": p, "q": q}
    for (a, b), (s, t), (p, q) in zip(
        product(NUMBERS, NUMBERS),
        product(TEXTS, TEXTS),
        list(product(TRUTHS, TRUTHS)) * 4,
        strict=True,
    )
]


def numbers(depth):
    leaf = st.sampled_from(["a", "b", "1", "0", "2.5", "NULL"])
    if depth == 0:
        return leaf
    below = numbers(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(below, st.sampled_from("+-*/"), below).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        below.map(lambda x: f"ABS({x})"),
        below.map(lambda x: f"(-{x})"),
        st.tuples(below, below).map(lambda x: f"COALESCE({x[0]}, {x[1]})"),
        st.tuples(below, below).map(lambda x: f"NULLIF({x[0]}, {x[1]})"),
        texts(depth - 1).map(lambda x: f"LENGTH({x})"),
        st.tuples(conditions(depth - 1), below, below).map(
            lambda x: f"CASE WHEN {x[0]} THEN {x[1]} ELSE {x[2]} END"
        ),
    )


def texts(depth):
    leaf = st.sampled_from(["s", "t", "'x'", "'张三'", "NULL"])
    if depth == 0:
        return leaf
    below = texts(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(below, below).map(lambda x: f"({x[0]} || {x[1]})"),
        below.map(lambda x: f"UPPER({x})"),
        below.map(lambda x: f"SUBSTR({x}, 1, 1)"),
        below.map(lambda x: f"REPLACE({x}, 'x', '三')"),
    )


def conditions(depth):
    leaf = st.sampled_from(["p", "q", "TRUE", "FALSE", "NULL"])
    if depth == 0:
        return leaf
    below, number, text = conditions(depth - 1), numbers(depth - 1), texts(depth - 1)
    compare = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    same = st.sampled_from(["=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
    like = st.sampled_from(["LIKE", "NOT LIKE"])
    return st.one_of(
        leaf,
        st.tuples(below, st.sampled_from(["AND", "OR"]), below).map(
            lambda x: f"({x[0]} {x[1]} {x[2]})"
        ),
        below.map(lambda x: f"(NOT {x})"),
        st.tuples(
            below, st.sampled_from(["TRUE", "FALSE", "NOT TRUE", "NOT FALSE", "NULL", "NOT NULL"])
        ).map(lambda x: f"({x[0]} IS {x[1]})"),
        st.tuples(number, compare, number).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(number, same, number).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(text, same, text).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(number, number, number).map(lambda x: f"({x[0]} BETWEEN {x[1]} AND {x[2]})"),
        st.tuples(number, number, number).map(lambda x: f"({x[0]} NOT BETWEEN {x[1]} AND {x[2]})"),
        st.tuples(number, number, number).map(lambda x: f"({x[0]} NOT IN ({x[1]}, {x[2]}))"),
        st.tuples(text, text).map(lambda x: f"({x[0]} IN ('x', {x[1]}))"),
        st.tuples(text, like, st.sampled_from(["'%x%'", "'_'", "'x%'", "'张_'"])).map(
            lambda x: f"({x[0]} {x[1]} {x[2]})"
        ),
    )


@pytest.fixture(scope="module")
def sqlite():
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = ON")
    database.execute("CREATE TABLE rows (n, a REAL, b REAL, s TEXT, t TEXT, p INT, q INT)")
    database.executemany(
        "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(n, *row.values()) for n, row in enumerate(ROWS)],
    )
    yield database
    database.close()


@settings(max_examples=250, deadline=None)
@given(sql=conditions(3))
def test_a_random_condition_agrees_with_sqlite(sqlite, sql):
    if sql == "NULL":
        return
    expected = [
        None if value is None else bool(value)
        for (value,) in sqlite.execute(f"SELECT {sql} FROM rows ORDER BY n")
    ]
    assert over_rows(sql, ROWS) == expected


def chains(part, operators):
    """Parts in a row with operators between them, and no bracket that says what binds to what."""
    more = st.tuples(st.sampled_from(operators), part).map(" ".join)
    return st.tuples(part, st.lists(more, max_size=3)).map(lambda x: " ".join([x[0], *x[1]]))


SUMS = chains(st.sampled_from(["a", "b", "2", "- a", "ABS(b)"]), "+-*/")
PLAIN = st.one_of(
    st.sampled_from(["p", "q", "p IS NULL", "q IS NOT TRUE", "a IS NOT NULL", "s || t = 'xx'"]),
    st.tuples(SUMS, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), SUMS).map(" ".join),
    st.tuples(SUMS, st.sampled_from(["BETWEEN", "NOT BETWEEN"]), SUMS, st.just("AND"), SUMS).map(
        " ".join
    ),
    st.tuples(SUMS, st.sampled_from(["IN (1, a)", "NOT IN (1, a)", "IS NULL"])).map(" ".join),
    st.tuples(
        st.sampled_from(["s", "s || t"]), st.sampled_from(["LIKE 'x%'", "NOT LIKE 'x%'"])
    ).map(" ".join),
)


@settings(max_examples=250, deadline=None)
@given(sql=chains(st.one_of(PLAIN, PLAIN.map("NOT {}".format)), ["AND", "OR"]))
def test_operators_without_brackets_bind_as_in_sqlite(sqlite, sql):
    expected = [
        None if value is None else bool(value)
        for (value,) in sqlite.execute(f"SELECT {sql} FROM rows ORDER BY n")
    ]
    assert over_rows(sql, ROWS) == expected


def test_the_random_conditions_stay_within_the_limits():
    assert MAX_TREE > 3 * 4


AGGREGATES = [
    "SUM(a)",
    "SUM(a) FILTER (WHERE b > 1)",
    "SUM(a) + SUM(b)",
    "SUM(a) - SUM(b)",
    "10 - SUM(a)",
    "SUM(a) * 2",
    "SUM(a) * -1",
    "SUM(a) / COUNT(*)",
    "SUM(a) / -2",
    "SUM(a) / COUNT_IF(b > 1)",
    "SUM(a) * COUNT_IF(p)",
    "AVG(a)",
    "AVG(a) FILTER (WHERE p)",
    "MIN(a)",
    "MAX(a)",
    "MIN(a) FILTER (WHERE p)",
    "MAX(a) - MIN(a)",
    "COUNT_IF(a > b)",
    "COUNT_IF(a > 1) FILTER (WHERE p)",
    "COUNT(*) FILTER (WHERE p AND a > 1)",
    "COUNT(DISTINCT s) FILTER (WHERE p)",
    "ROUND(SUM(a) / 2)",
    "GREATEST(SUM(a), SUM(b))",
    "LEAST(MAX(a), COUNT_IF(p))",
    "COALESCE(SUM(a), 0)",
]
CONDITIONS = [
    "ANY(a > b)",
    "ALL(a > b)",
    "ANY(p) FILTER (WHERE a > 1)",
    "ALL(p) FILTER (WHERE a > 1)",
]
DOMAIN = {"a": (0.0, 1.0, 4.0), "b": (0.0, 1.0, 4.0), "p": (True, False)}

member = st.fixed_dictionaries(
    {
        **{name: st.sampled_from([None, *values]) for name, values in DOMAIN.items()},
        "s": st.sampled_from(["x", "y"]),
    }
)


def completions(rows):
    """Every way the unknown cells could turn out within the domain."""
    holes = [(n, name) for n, row in enumerate(rows) for name in DOMAIN if row[name] is None]
    for values in product(*(DOMAIN[name] for _, name in holes)):
        full = [dict(row) for row in rows]
        for (n, name), value in zip(holes, values, strict=True):
            full[n][name] = value
        yield full


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(member, min_size=1, max_size=3).filter(
        lambda rows: sum(cell is None for row in rows for cell in row.values()) <= 5
    ),
    amount=st.sampled_from(AGGREGATES[:-1]),
    compare=st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
    limit=st.sampled_from(["0", "1", "2", "4", "5", "8"]),
    condition=st.sampled_from(CONDITIONS),
    join=st.sampled_from(["AND", "OR"]),
)
def test_what_is_claimed_of_a_partly_unknown_family_holds_however_it_turns_out(
    rows, amount, compare, limit, condition, join
):
    sql = f"{amount} {compare} {limit} {join} {condition}"
    claimed, *turned_out = over_groups(sql, [rows, *completions(rows)])
    outcomes = set(turned_out)
    if claimed is not None:
        assert outcomes <= {claimed, None}
    if len(turned_out) == 1:
        assert outcomes == {claimed}


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAIN.items()}),
        min_size=1,
        max_size=5,
    ),
    amount=st.sampled_from(
        [
            "SUM(a)",
            "SUM(a) FILTER (WHERE b > 1)",
            "AVG(a)",
            "MIN(a)",
            "MAX(a)",
            "COUNT(*)",
            "COUNT(DISTINCT b)",
            "COUNT(*) FILTER (WHERE p)",
            "MAX(a) FILTER (WHERE p)",
            "SUM(a) / COUNT(*)",
            "AVG(a) FILTER (WHERE p)",
        ]
    ),
    compare=st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
    limit=st.sampled_from(["0", "1", "2", "4"]),
)
def test_over_complete_families_aggregates_agree_with_sqlite(rows, amount, compare, limit):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE rows (a REAL, b REAL, p INT)")
    database.executemany("INSERT INTO rows VALUES (:a, :b, :p)", rows)
    # of no rows the sum is 0 here, NULL in SQL: stated on the language page
    written = amount.replace("SUM(a) FILTER", "TOTAL(a) FILTER")
    (value,) = database.execute(f"SELECT {written} {compare} {limit} FROM rows").fetchone()
    database.close()
    assert over_group(f"{amount} {compare} {limit}", rows) == (
        None if value is None else bool(value)
    )


def test_no_order_of_members_changes_an_outcome():
    rows = [{"a": 0.1 * n, "p": n % 3 == 0} for n in range(50)]
    for sql in ("SUM(a) = 122.5", "AVG(a) = 2.45", "SUM(a) FILTER (WHERE p) = 40.8"):
        assert over_group(sql, rows) is over_group(sql, rows[::-1]) is True


def test_the_frame_of_these_tests_has_the_declared_types():
    assert frame(ROWS).schema["a"] == pl.Float64
