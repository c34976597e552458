"""What stands on the screen: the figures of the lists, and ids that can be copied."""

from __future__ import annotations

import io

import polars as pl
from rich.console import Console

from fpm.cli.show.rules import show_one_rule, show_rules
from fpm.cli.show.run import show_alerts
from fpm.cli.show.simulate import show_change
from fpm.judge import CHANGE_SCHEMA, Change
from fpm.model import ALERT_SCHEMA, HIT_SCHEMA
from fpm.period import Period
from fpm.pipeline.rules import document, table

WIDTH = 80


def screen() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, highlight=False)


def lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines()]


def test_a_township_is_shown_as_many_clues_as_its_list_has() -> None:
    states = [("new", "red"), ("overdue", "red"), ("cleared", "red"), ("answered", "yellow")]
    rows = [{"township": "甲镇", "state": state, "level": level} for state, level in states]
    alerts = pl.DataFrame(rows, schema_overrides=ALERT_SCHEMA)
    console = screen()
    show_alerts(console, alerts)
    shown = next(line for line in lines(console) if line.startswith("甲镇"))
    assert shown.split() == ["甲镇", "2", "0", "0", "2", "新增1", "逾期1", "已反馈1", "已消除1"]


def test_every_rule_id_stands_whole_on_a_narrow_screen() -> None:
    rules = table(None, Period(2026, 10), None, None)
    short = rules.filter(pl.col("rule_id").str.len_chars() <= 34)
    console = screen()
    show_rules(console, short)
    shown = lines(console)
    assert set(short["rule_id"]) <= set(shown)
    assert f"参考值：{short.drop_nulls('reference')['reference'][0]}"[:17] in "\n".join(shown)


def test_a_rule_that_the_month_stopped_says_why() -> None:
    rule = table(None, Period(2026, 10), None, None).head(1)
    console = screen()
    show_rules(console, rule.with_columns(stopped=pl.lit("花名册没有这一列")))
    assert "停用：花名册没有这一列" in lines(console)
    assert lines(console)[-1] == "1 条停用。"


def test_a_rule_in_full_explains_the_names_in_its_conditions() -> None:
    rule = document(None, Period(2026, 10), "5_01_006")
    console = screen()
    show_one_rule(console, {**rule, "number_hits": {"5_01_006": 12, "5_12_005": None}})
    shown = lines(console)
    assert "检查编号：5_01_006（本期命中 12）、5_12_005" in shown
    assert ["public_post", "公益性岗位"] in [line.split() for line in shown]


def test_a_trial_names_each_rule_once_above_its_townships() -> None:
    counts = {"level": "red", "before": 1, "after": 2, "gained": 1, "lost": 0}
    rows = [{"rule_id": "costs", "township": name, **counts} for name in ("东乡", "西乡")]
    hits = pl.DataFrame(schema=HIT_SCHEMA)
    visits = pl.DataFrame([("东乡", 1, 2, 1, 0)], ["township", *list(counts)[1:]], orient="row")
    change = Change(
        by_place=pl.DataFrame(rows, schema=CHANGE_SCHEMA),
        gained=hits,
        lost=hits,
        visits=visits,
        dropped=pl.Series([], dtype=pl.String),
        titles={"costs": "自付较高"},
    )
    console = screen()
    show_change(console, change, {"households": 0})
    shown = [line.split() for line in lines(console)]
    first = shown.index(["自付较高", "东乡", "红色", "1", "2", "1", "0"])
    assert shown[first + 1 : first + 3] == [["costs"], ["西乡", "红色", "1", "2", "1", "0"]]
    assert ["合计", "1", "2", "1", "0"] in shown
