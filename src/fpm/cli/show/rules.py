"""The rule table, one rule in full, and the cases that failed."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console

from fpm.cli.show.tables import add_row, plain_table
from fpm.model import KIND_TITLES, LEVEL_TITLES

SCOPE_TITLES = {"person": "人", "household": "户", "village": "村", "township": "乡镇"}
OUTCOME_TITLES = {
    "hit": "命中",
    "clear": "未命中",
    "unknown": "无法判断",
    "not_applicable": "不适用",
    None: "停用",
}


def show_rules(console: Console, rules: pl.DataFrame) -> None:
    """What each rule is called, its id on a line of its own so that it can be copied, its state."""
    words = ["类别", "对象", "风险", "级别"]
    table = plain_table(f"规则（{rules.height} 条）", ["名称、编号", *words], whole=words)
    for row in rules.to_dicts():
        lines = [row["title"], row["rule_id"]]
        if row["stopped"]:
            lines.append(f"停用：{row['stopped']}")
        elif row["reference"]:
            lines.append(f"参考值：{row['reference']}")
        add_row(
            table,
            [
                "\n".join(lines),
                KIND_TITLES[row["kind"]],
                SCOPE_TITLES[row["scope"]],
                row["risk"],
                LEVEL_TITLES[row["level"]],
            ],
            style="dim" if row["stopped"] else "",
        )
    console.print(table)
    stopped = rules["stopped"].count()
    if stopped:
        console.print(f"{stopped} 条停用。")


def show_one_rule(console: Console, rule: dict[str, Any]) -> None:
    """Everything about one rule."""
    console.rule(rule["title"])
    kind = f"{KIND_TITLES[rule['kind']]}（{SCOPE_TITLES[rule['scope']]}）"
    lines = [
        ("编号", f"{rule['id']}（{rule['file']}）"),
        ("类别", f"{kind} {rule['risk']} {LEVEL_TITLES[rule['level']]}"),
        *_counted(rule),
        ("适用于", rule["applies_to"] or "全部"),
        ("条件", " ".join(rule["when"].split())),
        ("证据", rule["evidence"]),
        ("核实", rule["advice"]),
    ]
    lines += [("依据", document_line(source)) for source in rule["sources"]]
    if rule["this_period"]:
        lines.append(("本期", _tally_line(rule["this_period"])))
    if rule["number_hits"]:
        lines.append(("检查编号", _numbers_line(rule["number_hits"])))
    if rule["feedback"]:
        lines.append(("查实", _rate_line(rule["feedback"])))
    for title, text in lines:
        console.print(f"{title}：{text}", markup=False)
    table = plain_table("条件里的名称", ["名称", "意思"])
    for name, title in rule["names"].items():
        add_row(table, [name, title])
    console.print(table)
    show_values(console, rule["values"])
    _show_higher_lines(console, rule)
    table = plain_table("示例", ["示例", "应为"])
    for case in rule["cases"]:
        add_row(table, [case["name"], OUTCOME_TITLES[case["expect"]]])
    console.print(table)


def _counted(rule: dict[str, Any]) -> list[tuple[str, str]]:
    """Which households a rule about clusters counts."""
    told = [("在哪些户里数", rule["among"]), ("哪些户算", rule["counts"])]
    return [(title, " ".join(text.split())) for title, text in told if text]


def document_line(source: dict[str, Any]) -> str:
    """A source document on one line."""
    kinds = {
        "policy": "政策文件",
        "practice": "公开做法",
        "weak": "转载或弱来源",
        "proposal": "本工具建议",
    }
    parts = [source["document"], source["article"], source["place"]]
    return " ".join(part for part in parts if part) + f"（{kinds[source['confidence']]}）"


def show_values(console: Console, values: list[dict[str, Any]]) -> None:
    """The dated values of a rule with their documents."""
    if not values:
        return
    columns = ["参数", "值", "单位", "起", "止", "区划", "文件", "采用", "本期"]
    table = plain_table("参数", columns)
    for value in values:
        adopted = {True: "已采用", False: "参考值", None: "未设置"}[value["adopted"]]
        add_row(
            table,
            [
                value["title"],
                value["value"],
                value["unit"],
                value["from"],
                value["until"] if value["until"] != "9999-12" else "",
                value["place"] or value["division"],
                value["document"],
                adopted,
                "在用" if value["in_force"] else "",
            ],
        )
    console.print(table)


def show_case_failures(console: Console, failed: list[dict[str, Any]], count: int) -> None:
    """The cases that did not give what they say."""
    if not failed:
        console.print(f"{count} 个示例全部相符。")
        return
    table = plain_table(
        f"{len(failed)} 个示例不相符（共 {count} 个）",
        ["规则", "示例", "应为", "实为"],
        whole=["规则"],
    )
    for row in failed:
        add_row(
            table,
            [
                row["rule_id"],
                row["case"],
                OUTCOME_TITLES[row["expected"]],
                OUTCOME_TITLES[row["got"]],
            ],
        )
    console.print(table)


def _show_higher_lines(console: Console, rule: dict[str, Any]) -> None:
    """What the answers say of a higher line; whether to raise it is for people to decide."""
    if not rule["higher_lines"]:
        return
    numbers = ("界线", "不再提醒", "其中查实", "查实率上限", "仍提醒", "其中查实 ")
    table = plain_table(
        f"按已有反馈，把“{rule['measure']}”的界线提高会怎样", numbers, numbers=numbers
    )
    for row in rule["higher_lines"]:
        ends = [row["dropped"], row["dropped_confirmed"], f"{row['high']:.0%}"]
        add_row(table, [f"{row['cut']:,.0f}", *ends, row["kept"], row["kept_confirmed"]])
    console.print(table)
    free = [row["cut"] for row in rule["higher_lines"] if row["dropped_confirmed"] == 0]
    if free:
        console.print(
            f"提高到 {max(free):,.0f} 不会漏掉已查实的户；“查实率上限”是 95% 区间的上端，"
            "反馈少时不宜据此改线。先用 fpm rules simulate 试算。"
        )


def _rate_line(rate: dict[str, Any]) -> str:
    share, low, high = (f"{rate[name]:.1%}" for name in ("rate", "low", "high"))
    return (
        f"已反馈 {rate['answered']:,}，查实 {rate['confirmed']:,}，"
        f"查实率 {share}（95% 区间 {low}—{high}）"
    )


def _numbers_line(hits: dict[str, int | None]) -> str:
    """The numbers of other lists that the rule answers."""
    return "、".join(
        number if count is None else f"{number}（本期命中 {count:,}）"
        for number, count in hits.items()
    )


def _tally_line(tally: dict[str, Any]) -> str:
    if tally["stopped"]:
        return f"停用：{tally['stopped']}"
    counts = [f"{OUTCOME_TITLES[name]} {tally[name]:,}" for name in ("hit", "clear", "unknown")]
    missing = f"（缺：{tally['missing']}）" if tally["missing"] else ""
    return "，".join(counts) + missing
