"""What conditions may say, and how everything else is refused."""

import contextlib
import sys
from pathlib import Path

import pytest

from fpm.judge.aggregates import AGGREGATES
from fpm.judge.cells import CELL_FUNCTIONS
from fpm.judge.compile import compiled_nodes
from fpm.judge.functions import ROW_FUNCTIONS
from fpm.judge.windows import WINDOWS
from fpm.rulebook import language
from fpm.rulebook.conditions import ConditionError, parse_condition
from fpm.rulebook.conditions.nodes import RULES
from fpm.rulebook.language_page import language_tables
from judge.builders import COLUMNS, over_rows

README = Path(__file__).parents[2] / "rules" / "README.md"


def refusal(sql, form="row", over="members"):
    with pytest.raises(ConditionError) as caught:
        parse_condition(sql, COLUMNS, form=form, over=over)
    return caught.value


ESCAPES = [
    "s IN (SELECT x FROM read_csv('/etc/passwd'))",
    "a IN (SELECT 1)",
    "a > ALL (SELECT 1)",
    "a = ANY (SELECT 1)",
    "EXISTS (SELECT 1)",
    "NOT EXISTS (SELECT 1 FROM t)",
    "SELECT 1",
    "SELECT * FROM 'https://example.com/x.csv'",
    "a > (SELECT MAX(a) FROM t)",
    "VALUES (1)",
    "a > 1; DROP TABLE alerts",
    "a > 1; ATTACH 'x.db'",
    "COPY t TO 'x'",
    "INSERT INTO t VALUES (1)",
    "read_csv('/etc/passwd') = 1",
    "load_extension('x')",
    "pragma_table_info('x')",
    "getenv('HOME') = 'x'",
    "SUM(a) OVER (PARTITION BY s) > 1",
    "ROW_NUMBER() OVER () = 1",
    "d < CURRENT_DATE",
    "d < CURRENT_TIMESTAMP",
    "d < NOW()",
    "RANDOM() > 1",
    "a = ?",
    "a = :x",
    "a = @x",
    "a = $1",
    "*",
    "COUNT(*) > 1",
    "t.a > 1",
    "CAST(a AS TEXT) = '1'",
    "a::int = 1",
    "s ~ '(a+)+$'",
    "s RLIKE 'a'",
    "s REGEXP 'a'",
    "s SIMILAR TO 'a'",
    "s ILIKE 'a'",
    "s LIKE 'a' ESCAPE 'b'",
    "s LIKE t",
    "MATCHES(s, '(a+)+')",
    "MATCHES(s, 'a*')",
    "MATCHES(s, 'a{2,}')",
    "MATCHES(s, '((a{60}){60}){60}')",
    "MATCHES(s, 'a{99999}')",
    "MATCHES(s, '(?i)a')",
    "MATCHES(s, '[a')",
    "MATCHES(s, t)",
    "REPEAT('x', 1000000000) = s",
    "LPAD(s, 1000000000, 'x') = s",
    "a = 1e400",
    "a = 0x10",
    "a = 99999999999999999999",
    "d + INTERVAL '99999999' YEAR > e",
    "d + INTERVAL '1' HOUR > e",
    "d = DATE '2026-02-30'",
    "d = TIMESTAMP '2026-01-01'",
    "a & b = 1",
    "a << 60 > 1",
    "~a = 1",
    "a ** b > 1",
    "{'a': 1} = 1",
    "[1, 2] = a",
    "a[1] = 1",
    "(a, b) = (1, 2)",
    "s -> 'x' = 'y'",
    "x -> x + 1",
    "COALESCE(a => 1)",
    "s COLLATE nocase = 'a'",
    "d AT TIME ZONE 'UTC' = d",
    "INTERVAL '1' DAY",
    "NULL",
    "",
    "   \n ",
]


@pytest.mark.parametrize("sql", ESCAPES)
def test_what_is_not_on_the_white_list_is_refused_in_chinese(sql):
    error = refusal(sql)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error.message)
    assert "Traceback" not in str(error)


BOMBS = {
    "parentheses": "(" * 3000 + "a" + ")" * 900,
    "deep parentheses": "(" * 500 + "a > 1" + ")" * 500,
    "not": "NOT " * 900 + "p",
    "minus": "- " * 1900 + "a > 1",
    "plus chain": "a" + " + a" * 390 + " > 1",
    "or chain": "p" + " OR p" * 900,
    "case": "CASE WHEN p THEN " * 150 + "a" + " END" * 150,
    "calls": "ABS(" * 300 + "a" + ")" * 300,
    "commas": "a IN (" + "1," * 1900 + "1)",
    "long": "s = '" + "x" * 100_000 + "'",
    "is": "p" + " IS TRUE" * 350,
    "between": "a BETWEEN " * 300 + "1 AND 2",
}


@pytest.mark.parametrize("sql", BOMBS.values(), ids=BOMBS)
def test_conditions_too_large_or_too_deep_are_refused_quickly(sql):
    limit = sys.getrecursionlimit()
    assert refusal(sql).message
    assert sys.getrecursionlimit() == limit


UNFOLDING = {
    "division": "1 / (" * 22 + "a" + ")" * 22 + " > 1",
    "remainder": "1 % (" * 22 + "a" + ")" * 22 + " > 1",
    "nullif": "NULLIF(" * 22 + "a" + ", 1)" * 22 + " > 1",
    "distinct": "p IS DISTINCT FROM (" * 22 + "q" + ")" * 22,
    "in": "(" * 22 + "p" + " IN (TRUE, q))" * 22,
    "case": "CASE " * 18 + "a" + " WHEN 1 THEN a WHEN 2 THEN b END" * 18 + " = 1",
    "bounds": "paid * (" * 22 + "paid" + ")" * 22 + " > 1",
}


@pytest.mark.parametrize("sql", UNFOLDING.values(), ids=UNFOLDING)
def test_conditions_that_would_unfold_exponentially_are_refused(sql):
    assert "太大" in refusal(sql).message


LARGEST = {
    "or": "p" + " OR a > 1" * 190,
    "plus": "a" + " + a" * 55 + " > 1",
    "in": "a IN (" + ",".join(["b"] * 100) + ")",
    "greatest": "GREATEST(" + ",".join(["a"] * 300) + ") > 1",
    "division": "1 / (" * 6 + "a" + ")" * 6 + " > 1",
    "bounds": "paid * (" * 6 + "paid" + ")" * 6 + " > 1",
    "pattern": "MATCHES(s, '([^甲]{64}){64}')",
    "like": "s LIKE '" + "%a" * 100 + "'",
}


@pytest.mark.parametrize("sql", LARGEST.values(), ids=LARGEST)
def test_the_largest_admitted_conditions_are_evaluated(sql):
    assert len(over_rows(sql, [{"a": 1.0, "b": 2.0, "s": "甲", "paid": 3.0, "p": False}])) == 1


def test_a_long_list_of_alternatives_within_the_limits_is_admitted():
    parse_condition("p" + " OR a > 1" * 150, COLUMNS, form="row")


@pytest.mark.parametrize(
    ("sql", "line", "column", "suggestion"),
    [
        ("aa > 1", 1, 1, "a"),
        ("p AND\n  houshold_type = '脱贫户'", 2, 3, "household_type"),
        ("p AND 甲 > 1", 1, 7, "a"),
        ("p AND lenght(s) > 1", 1, 7, "LENGTH"),
        ("household_type = '脱贫'", 1, 18, "脱贫户"),
        ("household_type IN ('一般农户', '脱困户')", 1, 28, "脱贫户"),
        ("HAS(risks, '因病情')", 1, 12, "因病"),
        ("d < CURRENT_DATE", 1, 5, "period_end"),
    ],
)
def test_a_mistyped_name_is_located_and_corrected(sql, line, column, suggestion):
    error = refusal(sql)
    assert (error.line, error.column, error.suggestion) == (line, column, suggestion)


@pytest.mark.parametrize(
    ("sql", "column", "told"),
    [
        ("a ＞ 1", 3, "半角“>”"),
        ("a >= 1 ＡＮＤ p", 8, "半角“A”"),
        ("household_type = “脱贫户”", 18, "中文引号"),
        ("household_type = ‘脱贫户’", 18, "中文引号"),
        ("a IN （1，2）", 6, "半角“(”"),
        ("a IN (1，2)", 8, "半角“,”"),
        ("a ≥ 1", 3, "“>=”"),
        ("a　> 1", 2, "空格"),
        ("a > １", 5, "“1”"),
    ],
)
def test_full_width_signs_are_caught_before_parsing(sql, column, told):
    error = refusal(sql)
    assert error.column == column
    assert told in error.message


def test_full_width_signs_inside_text_and_comments_stay():
    sql = "s = '（一）“甲”，乙' -- 说明：全角没有关系（真的）\n AND p"
    assert parse_condition(sql, COLUMNS, form="row").columns == {"s", "p"}


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("a > '1'", "数值不加引号"),
        ("p = '是'", "是/否的列直接写列名"),
        ("d > '2026-01-01'", "DATE '2026-10-03'"),
        ("d + 30 > e", "INTERVAL"),
        ("a AND p", "AND"),
        ("NOT a", "NOT"),
        ("s > t", "不能比大小"),
        ("household_type > '一般农户'", "不能比大小"),
        ("p > q", "不能比大小"),
        ("s + 1 > 2", "加减"),
        ("-s = 1", "负号"),
        ("CASE WHEN p THEN 1 ELSE '2' END = 1", "CASE"),
        ("COALESCE(a, '0') = 1", "COALESCE"),
        ("IF(p, 1, 'x') = 1", "IF"),
        ("risks = '因病'", "HAS(risks"),
        ("risks IN ('因病')", "HAS(risks"),
        ("HAS(s, 'x')", "一格只有一个值"),
        ("a = spellings", "取值表"),
        ("s = spellings", "取值表"),
        ("ABS(a, b) > 1", "1 个参数"),
        ("COALESCE(a) > 1", "2 个以上参数"),
        ("SUBSTR(s, 1, 2, 3) = 'x'", "2 到 3 个参数"),
        ("SUBSTR(s, 0) = 'x'", "从 1 数起"),
        ("LEFT(s, a) = 'x'", "整数"),
        ('household_type = "脱贫户"', "单引号"),
        ("ANY(p)", "户级、村级规则"),
        ("a > 1 AND", "后面还缺"),
        ("a > (1", "读不懂"),
        ("s = 'x", "引号没有配对"),
        ("a b", "少了运算符"),
        ("a > 1 AS x", "少了运算符"),
    ],
)
def test_a_slip_is_explained(sql, told):
    assert told in refusal(sql).message


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        ("a > 1 AND\n  s = 'x", 2, 7),
        ("s = 'it''s", 1, 5),
        ("s = 'it''s' AND t = '", 1, 21),
        ("a > 1 /* to the end", 1, 7),
        ("p AND ()", 1, 7),
        ("p AND\nREPLACE(s, 'x', '" + "y" * 101 + "') = 'z'", 2, 1),
        ("p AND a / (a / (a / (a / (a / (a / (a / (a / (a / 2)))))))) > 1", 1, 12),
        ("p OR\n" + "a = 1 OR " * 500 + "p", 2, 3996),
        ("", 1, 1),
    ],
)
def test_a_refusal_points_at_the_part_meant(sql, line, column):
    found = refusal(sql)
    assert (found.line, found.column) == (line, column)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("a > 1", "每一行各有一个值"),
        ("ANY(a)", "是/否"),
        ("SUM(SUM(a)) > 1", "不能写在另一个聚合函数里面"),
        ("LAST(a) > 1", "指标"),
        ("SUM(DISTINCT a) > 1", "不支持"),
        ("SUM(a ORDER BY b) > 1", "不支持"),
        ("ANY(*)", "COUNT(*)"),
        ("ABS(a) FILTER (WHERE p) > 1", "FILTER"),
        ("HEAD(a) FILTER (WHERE p) > 1", "HEAD"),
        ("SUM(a) FILTER (WHERE b) > 1", "FILTER"),
        ("MAX(s) = 'x'", "不能比大小"),
    ],
)
def test_aggregates_stand_where_they_make_sense(sql, told):
    assert told in refusal(sql, form="aggregate").message


def test_functions_of_members_are_refused_over_records_and_the_reverse():
    assert "户级" in refusal("HEAD(a) > 1", form="aggregate", over="records").message
    parse_condition("LAST(a) > 1", COLUMNS, form="aggregate", over="records")
    parse_condition("HEAD(a) > 1", COLUMNS, form="aggregate")


def test_a_condition_names_the_columns_it_uses_and_what_it_yields():
    found = parse_condition("HEAD(a) > line AND ANY(p)", COLUMNS, form="aggregate")
    assert (found.columns, found.kind) == ({"a", "line", "p", "relation"}, "boolean")
    assert parse_condition("LAST(grade)", COLUMNS, form="aggregate", over="records").choices
    assert parse_condition("SUM(a)", COLUMNS, form="aggregate").bounded


def test_grades_have_an_order():
    assert parse_condition("grade > 'B'", COLUMNS, form="row").kind == "boolean"
    assert parse_condition("MAX(grade)", COLUMNS, form="aggregate").choices == ("A", "B", "C", "D")


def test_white_list_gate_and_compiler_know_the_same_names():
    declared = {function.name for function in language.FUNCTIONS}

    def of(*forms):
        return {function.name for function in language.FUNCTIONS if function.form in forms}

    assert set(ROW_FUNCTIONS) == of("row")
    assert set(CELL_FUNCTIONS) == of("cell")
    assert set(WINDOWS) == of("window")
    assert set(AGGREGATES) == declared - of("row", "cell", "window")
    operators = {operator.node for operator in language.OPERATORS}
    assert set(RULES) == operators | {"Call"}
    assert set(compiled_nodes()) == operators - {"Interval"} | {"Call"}


@pytest.mark.parametrize("function", language.FUNCTIONS, ids=lambda found: found.name)
def test_every_function_is_documented_with_an_example(function):
    assert function.doc
    assert function.example.startswith(f"{function.name}(")


def test_the_language_page_is_printed_from_the_white_list():
    assert language_tables() in README.read_text(encoding="utf-8")


FOREIGN = ("DATE", "STRUCT", "DECIMAL", "TIMESTAMP", "ARRAY", "MAP", "CAST", "LIST", "INTERVAL")


@pytest.mark.parametrize("word", FOREIGN)
def test_words_that_a_parser_reads_in_many_ways_never_reach_it(word):
    assert refusal(f"{word}(" * 20 + "a" + ")" * 20).message


SAMPLES = {"number": "a", "text": "s", "date": "d", "boolean": "p", "any": "a", "set": "risks"}
WRITTEN = {"pattern": "'x'", "count": "1"}


def nested(function, depth):
    """The function called with itself as an argument, over and over, where its kinds allow."""
    kinds = [function.argument(n).kind for n in range(function.at_least)]
    own = "any" if function.returns == "same" else function.returns
    fits = [n for n, kind in enumerate(kinds) if kind in (own, "same")]
    if not fits or function.form != "row":
        return None
    sample = SAMPLES["boolean" if function.name == "IF" else own]
    for _ in range(depth):
        given = [WRITTEN.get(kind) or SAMPLES.get(kind, SAMPLES["any"]) for kind in kinds]
        for n in fits[-2:]:
            given[n] = sample
        sample = f"{function.name}({', '.join(given)})"
    return sample


@pytest.mark.parametrize("function", language.FUNCTIONS, ids=lambda found: found.name)
@pytest.mark.parametrize("depth", [3, 7, 22])
def test_a_function_nested_in_itself_is_refused_or_answered(function, depth):
    sql = nested(function, depth)
    if sql is None or len(sql) > 100_000:
        return
    with contextlib.suppress(ConditionError):
        assert len(over_rows(sql, [{"a": 1.0, "s": "甲", "p": True}])) == 1
