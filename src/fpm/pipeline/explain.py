"""From an alert back to rule, source document, facts, match reason, file, sheet and row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from fpm.errors import RefusedError, WorkspaceError
from fpm.masking import mask_digits, mask_id
from fpm.model import Period
from fpm.rulebook import Rulebook, load_rulebook, open_rulebook
from fpm.rulebook.describe import rule_names, value_history
from fpm.rulebook.nearest import nearest
from fpm.rulebook.terms import in_terms
from fpm.workspace import Workspace

_PERSONAL = frozenset({"name", "id_number", "valid_id", "phone", "household_phone", "head_name"})
"""Columns a terminal does not need to repeat."""

_SAYS_WHO = (
    "name", "id_number", "birth_date", "sex", "township", "village", "relation", "head_name",
)  # fmt: skip
"""Columns that say who somebody is, in reading order."""
_NAMED_FILES = 8


@dataclass(frozen=True, slots=True)
class _Kept:
    """The frames of a judged period."""

    hits: pl.DataFrame
    facts: pl.DataFrame
    alerts: pl.DataFrame


def explain_target(workspace: Workspace, period: Period, target: str) -> dict[str, Any]:
    """Explain an alert, household, person, village (``乡镇/村``) or delivered row (``文件:行``).

    Raises:
        WorkspaceError: the period was not judged.
        RefusedError: nothing of that name is in the period.
    """
    if ":" in target or "：" in target:
        return _explain_row(workspace, period, target.replace("：", ":"))
    kept = _kept(workspace, period)
    rulebook = in_terms(load_rulebook(workspace.rules), period, workspace.config.division)
    hits, alert = _hits_of(kept, period, target)
    return {
        "target": target,
        "period": str(period),
        "alert": alert,
        "hits": [_explain_hit(workspace, rulebook, period, kept, hit) for hit in hits.to_dicts()],
    }


def _kept(workspace: Workspace, period: Period) -> _Kept:
    frames = [workspace.read_frame(period, name) for name in ("hits", "facts", "alerts")]
    hits, facts, alerts = frames
    if hits is None or facts is None or alerts is None:
        raise WorkspaceError(f"{period} 期还没有研判，请先运行 fpm run")
    return _Kept(hits, facts, alerts)


def _hits_of(
    kept: _Kept, period: Period, target: str
) -> tuple[pl.DataFrame, dict[str, Any] | None]:
    """The hits that ``target`` names, and its alert where it has one."""
    alerts = kept.alerts.filter((pl.col("alert_no") == target) | (pl.col("household_id") == target))
    alert = alerts.to_dicts()[0] if alerts.height else None
    household = alert["household_id"] if alert else target
    place = target.split("/", 1)
    wanted = (pl.col("household_id") == household) | (pl.col("person_id") == target)
    if len(place) == 2:
        wanted = (pl.col("township") == place[0]) & (pl.col("village") == place[1])
        wanted &= pl.col("scope").is_in(["village", "township"])
    hits = kept.hits.filter(wanted)
    if alert is None and hits.is_empty():
        raise RefusedError(
            f"{period} 期没有与“{mask_digits(target)}”有关的命中："
            "请写线索编号、户编号、人编号，或“乡镇/村”"
        )
    return hits, alert


def _explain_hit(
    workspace: Workspace, rulebook: Rulebook, period: Period, kept: _Kept, hit: dict[str, Any]
) -> dict[str, Any]:
    rule = rulebook.rule(hit["rule_id"])
    values = value_history(rulebook, rule, period, workspace.config.division)
    return {
        **{name: hit[name] for name in ("rule_id", "kind", "scope", "person_id", "level", "risk")},
        "title": rule.title,
        "evidence": hit["evidence"],
        "advice": rule.advice,
        "applies_to": rule.applies_to,
        "when": rule.when,
        "file": rulebook.files[rule.id],
        "documents": [source.model_dump(mode="json") for source in rule.source],
        "values": values.filter(pl.col("in_force")).to_dicts(),
        "facts": _facts(rulebook, rule.id, kept.facts, hit),
        "records": [_record(workspace, rulebook, source) for source in json.loads(hit["sources"])],
    }


def _facts(
    rulebook: Rulebook, rule_id: str, facts: pl.DataFrame, hit: dict[str, Any]
) -> list[dict[str, Any]]:
    """The columns the rule looked at, for each person it is about (a village: its first member)."""
    rule = rulebook.rule(rule_id)
    names = [name for name in sorted(rule_names(rulebook, rule)) if name in facts.columns]
    if hit["scope"] == "person":
        about = facts.filter(pl.col("person_id") == hit["person_id"])
    elif hit["scope"] == "household":
        about = facts.filter(pl.col("household_id") == hit["household_id"])
    else:
        same = pl.col("township") == hit["township"]
        if hit["scope"] == "village":
            same &= pl.col("village") == hit["village"]
        about = facts.filter(same).head(1)
    return [
        {
            "person_id": row["person_id"],
            "name": row["name"],
            "facts": [
                {"column": name, "title": rulebook.columns[name].title, "value": row[name]}
                for name in names
                if name not in _PERSONAL
            ],
        }
        for row in about.to_dicts()
    ]


def _record(workspace: Workspace, rulebook: Rulebook, source: dict[str, Any]) -> dict[str, Any]:
    """A source row, what its department is called, and why it was linked."""
    told = {**source, "department_title": rulebook.department_title(source["department"])}
    if source["department"] == "roster":
        return {**told, "method": "roster", "reason": "花名册本行", "probability": 1.0}
    row = {name: value for name, value in source.items() if name != "period"}
    matches = workspace.read_frame(Period.parse(source["period"]), "matches")
    if matches is None:
        return told
    found = matches.filter(pl.col(name) == value for name, value in row.items()).to_dicts()
    reasons = (
        {name: found[0][name] for name in ("probability", "method", "reason")} if found else {}
    )
    return {**told, **reasons}


def _explain_row(workspace: Workspace, period: Period, target: str) -> dict[str, Any]:
    """How one delivered row was read and matched."""
    file, *sheet, row = target.split(":")
    if not row.isdigit():
        raise RefusedError(
            f"“{mask_digits(target)}”的最后一段不是行号，请写“文件:行号”或“文件:工作表:行号”"
        )
    named = pl.col("file").str.ends_with(file) & (pl.col("row") == int(row))
    if sheet:
        named &= pl.col("sheet") == sheet[0]
    found = {
        name: _rows(workspace, period, name, named)
        for name in ("matches", "candidates", "quarantine", "claims")
    }
    if not any(found.values()):
        _refuse_unknown_file(workspace, period, file)
        raise RefusedError(
            f"{period} 期没有“{mask_digits(target)}”这一行数据（标题、空行、合计行不算）"
        )
    meant = [row["person_id"] for name in ("matches", "candidates") for row in found[name]]
    people = _rows(workspace, period, "roster", pl.col("person_id").is_in(meant))
    titles = open_rulebook(workspace.rules).department_titles
    return {
        "target": target,
        "period": str(period),
        "row": {
            **found,
            "matches": [
                {**match, "department_title": titles.get(match["department"], match["department"])}
                for match in found["matches"]
            ],
            "claims": [_said(row) for row in found["claims"]],
            "people": {row["person_id"]: _said(row) for row in people},
        },
    }


def _refuse_unknown_file(workspace: Workspace, period: Period, file: str) -> None:
    files = workspace.read_frame(period, "files")
    if files is None:
        raise WorkspaceError(f"{period} 期还没有读入，请先运行 fpm run")
    names = files["file"].unique().sort().to_list()
    if not any(name.endswith(file) for name in names):
        like = nearest(file, names)
        hint = f"；是不是“{like}”？" if like else f"；有：{_some(names)}"
        raise RefusedError(f"{period} 期没有文件“{mask_digits(file)}”{hint}")


def _some(names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > _NAMED_FILES else ""
    return "、".join(names[:_NAMED_FILES]) + more


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Who a row of a list or of the roster speaks of, its number masked."""
    said = {name: row[name] for name in _SAYS_WHO if row.get(name) is not None}
    if "id_number" in said:
        said["id_number"] = mask_id(said["id_number"])
    return said


def _rows(workspace: Workspace, period: Period, name: str, named: pl.Expr) -> list[dict[str, Any]]:
    frame = workspace.read_frame(period, name)
    return [] if frame is None else frame.filter(named).to_dicts()
