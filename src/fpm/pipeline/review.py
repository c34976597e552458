"""Undecided matches: shown, exported, and people's decisions back into the ledger."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import WorkspaceError
from fpm.followup.decisions import CHOICE_SCHEMA, NOBODY, Choices, read_decisions
from fpm.ledger import Ledger
from fpm.masking import mask_id
from fpm.match import CONTRADICTED
from fpm.model import LEVELS, RECORD_KEY, Period
from fpm.pipeline.followup import list_layout, read_returned
from fpm.pipeline.stakes import stakes
from fpm.rulebook import Rulebook
from fpm.workspace import Workspace

REVIEW_BOOK: Final = "身份待核.xlsx"
_SAID_OF: Final = ("name", "id_number", "birth_date", "sex", "township", "village", "relation")
_ONLY: Final = "第1候选"


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of returned decisions; ``recorded``: how many were new to the ledger."""

    recorded: int
    choices: Choices

    def document(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        return {
            "recorded": self.recorded,
            "already_recorded": self.choices.known,
            "undecided": self.choices.undecided,
            "problems": self.choices.problems.to_dicts(),
        }


def import_decisions(
    workspace: Workspace,
    rulebook: Rulebook,
    files: Sequence[Path],
    decided: tuple[str | None, dt.date],
    *,
    supersede: bool = False,
) -> Decided:
    """Read decisions out of returned lists of undecided matches and remember them.

    Args:
        workspace: where the lists were made.
        rulebook: the headings of the list.
        files: returned workbooks.
        decided: by whom, and on which day.
        supersede: a decision that differs from the remembered one replaces it.

    Raises:
        RefusedError: no file can be used.
    """
    read = read_returned(files, list_layout(rulebook, "review"))
    returned = read.rows.select(
        pl.col(name).cast(dtype) if name in read.rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in CHOICE_SCHEMA.items()
    )
    done = _remember(workspace, returned, decided, supersede=supersede)
    problems = pl.concat([read.problems, done.choices.problems])
    return Decided(done.recorded, replace(done.choices, problems=problems))


def decide(
    workspace: Workspace,
    chosen: Mapping[str, str | None],
    decided: tuple[str | None, dt.date],
) -> Decided:
    """Remember what was chosen on the screen.

    Args:
        workspace: where the identities are undecided.
        chosen: identity → person, None for nobody of the roster.
        decided: by whom, and on which day.
    """
    rows = [
        {"file": "", "row_key": key, "who": who, "decision": decision}
        for identity, person in chosen.items()
        for key, who, decision in (
            (identity, None, NOBODY if person is None else _ONLY),
            (f"{identity}.{person}", _ONLY, None),
        )
    ]
    returned = pl.DataFrame(rows, schema=CHOICE_SCHEMA)
    return _remember(workspace, returned, decided, supersede=False)


def _remember(
    workspace: Workspace,
    returned: pl.DataFrame,
    decided: tuple[str | None, dt.date],
    *,
    supersede: bool,
) -> Decided:
    periods = workspace.periods()
    asked = pl.concat([_pairs(), *(_pairs_of(workspace, period) for period in periods)]).unique()
    by, day = decided
    with Ledger.open(workspace.ledger) as ledger:
        held = ledger.decisions()
        again = pl.concat(_contradicted(workspace, period, held) for period in periods)
        again = again.unique("identity", keep="last", maintain_order=True)
        choices = read_decisions(returned, asked, held, again=again, supersede=supersede)
        rows = choices.fresh.with_columns(decided_by=pl.lit(by, pl.String))
        recorded = ledger.add_decisions(rows, periods[-1], day) if rows.height else 0
    return Decided(recorded, choices)


def export_review(workspace: Workspace, period: Period, target: Path) -> Path:
    """Copy the period's list of undecided matches to ``target``.

    Raises:
        WorkspaceError: nothing was undecided, or the period was not run.
    """
    source = workspace.out(period) / REVIEW_BOOK
    if not source.is_file():
        raise WorkspaceError(f"{period} 期没有待核的身份（或这一期还没有运行）")
    path = target / REVIEW_BOOK if target.suffix.lower() != ".xlsx" else target
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
    path.chmod(0o600)
    return path


def undecided(workspace: Workspace, rulebook: Rulebook, period: Period) -> list[dict[str, Any]]:
    """The period's undecided identities, each with candidates; ID numbers are masked.

    Those without a remembered decision, and those whose decision the data contradict; first what
    most rests on.

    Raises:
        WorkspaceError: the period was not matched.
    """
    claims = workspace.read_frame(period, "claims")
    candidates = workspace.read_frame(period, "candidates")
    roster = workspace.read_frame(period, "roster")
    if claims is None or candidates is None or roster is None:
        raise WorkspaceError(f"{period} 期还没有比对，请先运行 fpm match 或 fpm run")
    with Ledger.open(workspace.ledger) as ledger:
        decided = ledger.decisions()
    people = roster.select("person_id", *_SAID_OF)
    offered = candidates.join(
        claims.select(*RECORD_KEY, "identity", *_said(claims)), on=RECORD_KEY, how="inner"
    ).join(
        people.rename({name: f"{name}_of" for name in people.columns if name != "person_id"}),
        on="person_id",
        how="left",
    )
    again = _contradicted(workspace, period, decided)
    settled = decided.join(again, on="identity", how="anti")
    waiting = offered.join(settled.select("identity"), on="identity", how="anti")
    first = waiting.with_columns(times=pl.len().over("identity", "rank"))
    first = first.sort(*RECORD_KEY, "rank").unique(["identity", "rank"], keep="first")
    grouped = _by_what_rests_on_it(first, rulebook).group_by("identity", maintain_order=True)
    return [_shown(rows.to_dicts()) for _, rows in grouped]


def _by_what_rests_on_it(offered: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """In the order of the list that is exported."""
    grave = {level: rank for rank, level in enumerate(LEVELS)}
    best = pl.col("probability").max().over("identity")
    return offered.join(stakes(rulebook), on=["department", "kind"], how="left").sort(
        pl.col("level").replace_strict(grave, default=len(LEVELS), return_dtype=pl.Int8),
        pl.col("rules").fill_null(0).cast(pl.Int64).neg(),
        pl.col("times").cast(pl.Int64).neg(),
        best.neg(),
        *RECORD_KEY,
        "rank",
    )


def _contradicted(workspace: Workspace, period: Period, held: pl.DataFrame) -> pl.DataFrame:
    """``identity now``: whose decision (``held``) the data of a period contradict, and for whom.

    Whoever decided anew for that person, or for another in the face of that, has answered.
    """
    frames = [workspace.read_frame(period, name) for name in ("matches", "claims", "candidates")]
    matches, claims, candidates = frames
    if matches is None or claims is None or candidates is None:
        return _pairs().select("identity", now="person_id")
    now = candidates.filter(pl.col("rank") == 1).select(*RECORD_KEY, now="person_id")
    return (
        matches.filter(pl.col("reason") == CONTRADICTED)
        .select(RECORD_KEY)
        .join(claims.select(*RECORD_KEY, "identity"), on=RECORD_KEY)
        .join(now, on=RECORD_KEY)
        .join(held.select("identity", "person_id", "against"), on="identity")
        .filter(
            pl.col("now").ne_missing(pl.col("person_id")),
            pl.col("now").ne_missing(pl.col("against")),
        )
        .select("identity", "now")
        .unique("identity", maintain_order=True)
    )


def _said(claims: pl.DataFrame) -> list[str]:
    return [name for name in _SAID_OF if name in claims.columns]


def _shown(rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    return {
        "identity": first["identity"],
        "source": f"{first['file']} {first['sheet']} 第{first['row']}行",
        "name": first.get("name"),
        "id_number": _masked(first.get("id_number")),
        "about": _about(first.get("birth_date"), first.get("sex"), first.get("relation")),
        "place": f"{first.get('township') or ''}{first.get('village') or ''}",
        "candidates": [
            {
                "rank": row["rank"],
                "person_id": row["person_id"],
                "name": row["name_of"],
                "id_number": _masked(row["id_number_of"]),
                "about": _about(row["birth_date_of"], row["sex_of"], row["relation_of"]),
                "place": f"{row['township_of'] or ''}{row['village_of'] or ''}",
                "probability": round(row["probability"], 3),
                "reason": row["reason"],
            }
            for row in rows
        ],
    }


def _about(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)


def _masked(number: str | None) -> str | None:
    return None if number is None else mask_id(number)


def _pairs() -> pl.DataFrame:
    return pl.DataFrame(schema={"identity": pl.String, "person_id": pl.String})


def _pairs_of(workspace: Workspace, period: Period) -> pl.DataFrame:
    """Identities that were undecided in a period, with every candidate."""
    claims = workspace.read_frame(period, "claims")
    candidates = workspace.read_frame(period, "candidates")
    if claims is None or candidates is None:
        return _pairs()
    keyed = claims.select(*RECORD_KEY, "identity")
    return candidates.join(keyed, on=RECORD_KEY, how="inner").select("identity", "person_id")
