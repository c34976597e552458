"""Why an alert was raised, down to the source rows; or how one row was read and matched."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from rich.console import Console

from fpm.cli.show.rules import document_line, show_values
from fpm.cli.show.tables import add_row, plain_table
from fpm.masking import mask_digits
from fpm.match import METHOD_TITLES
from fpm.model import KIND_TITLES, LEVEL_TITLES, STATE_TITLES, STATUS_TITLES

_LEAST_DOUBT = 0.001


def show_explanation(console: Console, explanation: dict[str, Any]) -> None:
    """Show an explanation made by ``fpm.pipeline.explain``."""
    if "row" in explanation:
        _show_row(console, explanation)
        return
    console.rule(f"{explanation['target']}（{explanation['period']} 期）")
    alert = explanation["alert"]
    if alert:
        due = f"，反馈期限 {alert['due_date']}" if alert["due_date"] else ""
        console.print(
            f"线索 {alert['alert_no']}：{alert['township']} {alert['village']}，"
            f"户编号 {alert['household_id']}，"
            f"{LEVEL_TITLES.get(alert['level'], '')} {alert['risks']}，"
            f"{STATE_TITLES[alert['state']]}，首次预警 {alert['first_period']}{due}",
            markup=False,
        )
    if alert and not explanation["hits"]:
        console.print(
            f"本期数据不再显示这一户的风险；看当初的依据：fpm explain {alert['alert_no']} "
            f"--period {alert['first_period']}"
        )
    for number, hit in enumerate(explanation["hits"], start=1):
        _show_hit(console, number, hit)


def _show_hit(console: Console, number: int, hit: dict[str, Any]) -> None:
    console.print(f"\n{number}. {hit['title']}", style="bold", markup=False)
    risk = f" {hit['risk']}" if hit["risk"] else ""
    console.print(
        f"  {KIND_TITLES[hit['kind']]}{risk} {LEVEL_TITLES[hit['level']]}：{hit['evidence']}",
        markup=False,
    )
    console.print(f"  规则 {hit['rule_id']}（{hit['file']}）", markup=False)
    if hit["applies_to"]:
        console.print(f"  适用于 {' '.join(hit['applies_to'].split())}", markup=False)
    console.print(f"  条件   {' '.join(hit['when'].split())}", markup=False)
    for source in hit["documents"]:
        console.print(f"  依据   {document_line(source)}", markup=False)
    show_values(console, hit["values"])
    for person in hit["facts"]:
        known = "；".join(f"{fact['title']}={_shown(fact['value'])}" for fact in person["facts"])
        console.print(f"  指标   {person['name']}（{person['person_id']}）：{known}", markup=False)
    _show_records(console, hit["records"])


def _show_records(console: Console, records: list[dict[str, Any]]) -> None:
    table = plain_table("原始数据", ["部门", "文件", "工作表", "行", "匹配理由"])
    for record in records:
        source = [record[name] for name in ("department_title", "file", "sheet")]
        add_row(table, [*source, str(record["row"]), record.get("reason")])
    console.print(table)


def _show_row(console: Console, explanation: dict[str, Any]) -> None:
    console.rule(f"{mask_digits(explanation['target'])}（{explanation['period']} 期）")
    row = explanation["row"]
    for match in row["matches"]:
        console.print(
            f"{match['department_title']}｜{match['file']} "
            f"{match['sheet']} 第 {match['row']} 行：{STATUS_TITLES[match['status']]}",
            markup=False,
        )
        for said in (one for one in row["claims"] if one):
            console.print(f"  本行写的：{_who(said)}", markup=False)
        person = match["person_id"]
        if person:
            meant = "可能是" if match["status"] == "review" else "认定为"
            told = f"人编号 {person}，户编号 {match['household_id']}"
            console.print(
                f"  {meant}：{_who(row['people'].get(person, {}))}（{told}）", markup=False
            )
            console.print(f"  依据：{METHOD_TITLES[match['method']]}，{_sure(match)}", markup=False)
        console.print(f"  理由：{match['reason']}", markup=False)
    for candidate in row["candidates"]:
        who = _who(row["people"].get(candidate["person_id"], {}))
        console.print(
            f"  第 {candidate['rank']} 候选（{candidate['probability']:.1%}）：{who}"
            f"（人编号 {candidate['person_id']}）：{candidate['reason']}",
            markup=False,
        )
    for fault in row["quarantine"]:
        console.print(
            f"已隔离 {fault['cell'] or fault['row']}：{fault['reason']}；{fault['advice']}",
            markup=False,
        )


def _who(said: dict[str, Any]) -> str:
    town, village = said.get("township") or "", said.get("village") or ""
    place = village if village.startswith(town) else town + village
    head = said.get("head_name")
    head = f"户主 {head}" if head and head != said.get("name") else None
    told = [said.get("name"), said.get("relation"), said.get("sex"), said.get("birth_date")]
    told += [said.get("id_number"), place, head]
    return "，".join(str(one) for one in told if one)


def _sure(match: dict[str, Any]) -> str:
    """In words, since 0.999999 would be shown as certain."""
    if match["method"] in ("decision", "number"):
        return "不需估计把握"
    wrong = 1 - match["probability"]
    return f"把握 {match['probability']:.1%}" if wrong >= _LEAST_DOUBT else "把握在 99.9% 以上"


def _shown(value: Any) -> str:
    if value is None:
        return "不详"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, dt.date) else mask_digits(str(value))
