"""records + roster → matches: each extract kind against the roster, by the layout's own roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import polars as pl

from fpm.match import RESULT_SCHEMA, MatchRequest, MatchResult
from fpm.model import (
    CANDIDATE_SCHEMA,
    LINKAGE_SCHEMA,
    MATCH_SCHEMA,
    RECORD_KEY,
    STATUS_TITLES,
    Period,
    empty,
)
from fpm.pipeline.number_links import split_by_number
from fpm.rulebook.layout import LayoutSpec, Role

if TYPE_CHECKING:  # linking neither reads files nor opens a workspace itself
    from fpm.pipeline.load import Loaded, Progress
    from fpm.rulebook import Rulebook
    from fpm.workspace import Workspace

ROLES: Final = frozenset(get_args(Role))
LINK_COLUMNS: Final = ("person_id", "household_id", "township", "village", "status")
ADDRESS: Final = "address"
"""The field of a layout that may hold township and village in one text."""

_CUT: Final = "cut_"
_NAMES_IN_RECORDS: Final = ("township", "village", "person_id", "household_id")


@dataclass(frozen=True, slots=True)
class Linked:
    """Matches of a period.

    ``matches``: MATCH_SCHEMA. ``candidates``: CANDIDATE_SCHEMA. ``claims``: RECORD_KEY, who each
    record says it is about (role columns) and ``identity``, the key decisions are kept under.
    ``records``: per extract kind the records with the linked ``person_id``, ``household_id``,
    ``township``, ``village`` and ``status`` (they replace what the department wrote there).
    ``linkage``: LINKAGE_SCHEMA, what came of each extract kind and how many of its links are
    expected to be wrong.
    """

    matches: pl.DataFrame
    candidates: pl.DataFrame
    claims: pl.DataFrame
    records: dict[tuple[str, str], pl.DataFrame]
    linkage: pl.DataFrame


def link_period(
    workspace: Workspace,
    rulebook: Rulebook,
    loaded: Loaded,
    decisions: pl.DataFrame | None,
    progress: Progress,
) -> Linked:
    """Match every extract kind of the period and keep the frames under ``data/<period>``."""
    matches, candidates, claims, counted, linked = [], [], [], [], {}
    progress("比对", 0, len(loaded.records))
    layouts = [rulebook.layout(*key) for key in loaded.records]
    claimed = [
        claims_of(records, layout)
        for layout, records in zip(layouts, loaded.records.values(), strict=True)
    ]
    # The roster's own numbers first; what is left is matched all at once: the roster is read
    # once, and every list learns from all.
    split = [
        split_by_number(loaded.roster, claim, layout)
        for layout, claim in zip(layouts, claimed, strict=True)
    ]
    asked = [
        (rest, _request(layout, rulebook, decisions))
        for layout, (_, rest) in zip(layouts, split, strict=True)
    ]
    results = _matched(loaded.roster, asked)
    for layout, claim, (numbered, _), result in zip(layouts, claimed, split, results, strict=True):
        key = layout.department, layout.kind
        records = loaded.records[key]
        found = pl.concat([numbered, result.matches.select(*RESULT_SCHEMA)]).sort(RECORD_KEY)
        matches.append(found.select(*MATCH_SCHEMA))
        candidates.append(result.candidates.select(*CANDIDATE_SCHEMA))
        identity = found.select(*RECORD_KEY, "identity")
        claims.append(claim.join(identity, on=RECORD_KEY, how="left", maintain_order="left"))
        linked[key] = _with_links(records, found)
        counted.append(linkage_of(key, found, result))
    progress("比对", len(loaded.records), len(loaded.records))
    outcome = Linked(
        matches=pl.concat([pl.DataFrame(schema=MATCH_SCHEMA), *matches]),
        candidates=pl.concat([pl.DataFrame(schema=CANDIDATE_SCHEMA), *candidates]),
        claims=pl.concat(claims, how="diagonal"),
        records=linked,
        linkage=pl.concat([empty(LINKAGE_SCHEMA), *counted]),
    )
    _keep(workspace, loaded.period, outcome)
    return outcome


def _matched(
    roster: pl.DataFrame, asked: Sequence[tuple[pl.DataFrame, MatchRequest]]
) -> list[MatchResult]:
    """Match what is left of each list; where nothing is, the roster is not even prepared."""
    from fpm.match import match_many  # noqa: PLC0415  (what reads links matches nobody)

    waiting = [(rest, request) for rest, request in asked if not rest.is_empty()]
    found = iter(match_many(roster, waiting) if waiting else [])
    nobody = MatchResult(empty(RESULT_SCHEMA), empty(CANDIDATE_SCHEMA), 0.0, {})
    return [nobody if rest.is_empty() else next(found) for rest, _ in asked]


def claims_of(records: pl.DataFrame, layout: LayoutSpec) -> pl.DataFrame:
    """RECORD_KEY and the columns that say who a record is about, under their role names."""
    roles = {
        field.role or name: pl.col(name)
        for name, field in layout.fields.items()
        if (field.role or name) in {*ROLES, ADDRESS} and name in records.columns
    }
    claims = records.select(*RECORD_KEY, **roles)
    return place_from_address(claims) if ADDRESS in claims.columns else claims


def place_from_address(people: pl.DataFrame) -> pl.DataFrame:
    """``people`` with the address, dropped, for the village of rows that name no place.

    Places are read by the roster's gazetteer, inside a longer text as well.
    """
    given = [pl.col(name) for name in ("township", "village") if name in people.columns]
    nowhere = pl.all_horizontal(pl.lit(value=True), *(place.is_null() for place in given))
    village = [pl.col("village")] if "village" in people.columns else []
    told = pl.coalesce(*village, pl.when(nowhere).then(ADDRESS))
    return people.with_columns(told.alias("village")).drop(ADDRESS)


def linked_before(workspace: Workspace, rulebook: Rulebook, period: Period) -> Linked | None:
    """The frames that ``link_period`` kept, or ``None`` when the period was not matched yet."""
    kept = {
        name: workspace.read_frame(period, name) for name in ("matches", "candidates", "claims")
    }
    frames = {name: frame for name, frame in kept.items() if frame is not None}
    if len(frames) < len(kept):
        return None
    linkage = workspace.read_frame(period, "linkage")
    return Linked(
        **frames,
        records=linked_records(workspace, rulebook.layouts, period),
        linkage=empty(LINKAGE_SCHEMA) if linkage is None else linkage,
    )


def linkage_of(key: tuple[str, str], matches: pl.DataFrame, result: MatchResult) -> pl.DataFrame:
    """The row of LINKAGE_SCHEMA of one list.

    Args:
        key: department and kind, or what else names the list.
        matches: MATCH_SCHEMA, every record of the list.
        result: what matching made of those that no number settled.
    """
    statuses = matches["status"]
    row = {
        "department": key[0],
        "kind": key[1],
        "records": matches.height,
        **{status: int((statuses == status).sum()) for status in STATUS_TITLES},
        "expected_false_links": round(result.expected_false_links, 4),
        "pairs": result.stats.get("pairs", 0),
        "cut": [
            {"key": name.removeprefix(_CUT), "pairs": pairs}
            for name, pairs in result.stats.items()
            if name.startswith(_CUT)
        ],
    }
    return pl.DataFrame([row], schema=LINKAGE_SCHEMA)


def linked_records(
    workspace: Workspace, layouts: Iterable[LayoutSpec], period: Period
) -> dict[tuple[str, str], pl.DataFrame]:
    """Linked records of a period by extract kind, as kept by ``link_period``."""
    return {
        (layout.department, layout.kind): frame
        for layout in layouts
        if (frame := workspace.read_frame(period, _linked_name(layout.department, layout.kind)))
        is not None
    }


def _request(
    layout: LayoutSpec, rulebook: Rulebook, decisions: pl.DataFrame | None
) -> MatchRequest:
    return MatchRequest(
        match_on=layout.match_on,
        about=layout.about,
        settings=rulebook.matching,
        decisions=decisions,
    )


def _with_links(records: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    links = matches.select(*RECORD_KEY, *LINK_COLUMNS)
    kept = records.drop(*_NAMES_IN_RECORDS, strict=False)
    return kept.join(links, on=RECORD_KEY, how="left", validate="1:1", maintain_order="left")


def _linked_name(department: str, kind: str) -> str:
    return f"linked/{department}.{kind}"


def _keep(workspace: Workspace, period: Period, linked: Linked) -> None:
    frames = {_linked_name(*key): frame for key, frame in linked.records.items()}
    workspace.write_frames(
        period,
        {
            **frames,
            "matches": linked.matches,
            "candidates": linked.candidates,
            "claims": linked.claims,
            "linkage": linked.linkage,
        },
        replaces=("linked",),
    )
