"""records + roster → matches: each extract kind against the roster, by the layout's own roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import polars as pl

from fpm.match import MatchRequest, MatchResult, match_records
from fpm.model import CANDIDATE_SCHEMA, MATCH_SCHEMA, RECORD_KEY, Period
from fpm.pipeline.load import Loaded, Progress
from fpm.rulebook import Rulebook
from fpm.rulebook.layout import LayoutSpec, Role
from fpm.workspace import Workspace

ROLES = frozenset(get_args(Role))
LINK_COLUMNS = ("person_id", "household_id", "township", "village", "status")


@dataclass(frozen=True, slots=True)
class Linked:
    """Matches of a period: ``matches`` (MATCH_SCHEMA), ``candidates`` (CANDIDATE_SCHEMA).

    ``records``: per extract kind the records with the linked ``person_id``, ``household_id``,
    ``township``, ``village`` and ``status`` (they replace what the department wrote there).
    ``expected_false_links``: by extract kind, how many confirmed links are expected to be wrong.
    """

    matches: pl.DataFrame
    candidates: pl.DataFrame
    records: dict[tuple[str, str], pl.DataFrame]
    expected_false_links: dict[str, float]


def link_period(
    workspace: Workspace, rulebook: Rulebook, loaded: Loaded, progress: Progress
) -> Linked:
    """Match every extract kind of the period and keep the frames under ``data/<period>``."""
    matches, candidates, linked = [], [], {}
    expected: dict[str, float] = {}
    for done, (key, records) in enumerate(loaded.records.items()):
        progress("比对", done, len(loaded.records))
        layout = rulebook.layout(*key)
        result = match_kind(loaded.roster, records, layout, rulebook)
        matches.append(result.matches.select(MATCH_SCHEMA))
        candidates.append(result.candidates.select(CANDIDATE_SCHEMA))
        linked[key] = _with_links(records, result.matches)
        expected[f"{layout.department}.{layout.kind}"] = result.expected_false_links
    progress("比对", len(loaded.records), len(loaded.records))
    outcome = Linked(
        matches=pl.concat([pl.DataFrame(schema=MATCH_SCHEMA), *matches]),
        candidates=pl.concat([pl.DataFrame(schema=CANDIDATE_SCHEMA), *candidates]),
        records=linked,
        expected_false_links=expected,
    )
    _keep(workspace, loaded.period, outcome)
    return outcome


def match_kind(
    roster: pl.DataFrame, records: pl.DataFrame, layout: LayoutSpec, rulebook: Rulebook
) -> MatchResult:
    """Match the records of one extract kind; the layout says which column tells what."""
    roles = {
        field.role or name: name
        for name, field in layout.fields.items()
        if (field.role or name) in ROLES and name in records.columns
    }
    keyed = records.select(*RECORD_KEY, **{role: pl.col(name) for role, name in roles.items()})
    request = MatchRequest(
        match_on=layout.match_on, about=layout.about, settings=rulebook.matching, decisions=None
    )
    return match_records(roster, keyed, request)


def linked_before(workspace: Workspace, rulebook: Rulebook, period: Period) -> Linked | None:
    """The frames that ``link_period`` kept, or ``None`` when the period was not matched yet."""
    matches = workspace.read_frame(period, "matches")
    candidates = workspace.read_frame(period, "candidates")
    if matches is None or candidates is None:
        return None
    linked = {
        (layout.department, layout.kind): frame
        for layout in rulebook.layouts
        if (frame := workspace.read_frame(period, _linked_name(layout.department, layout.kind)))
        is not None
    }
    return Linked(matches, candidates, linked, {})


def _with_links(records: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    links = matches.select(*RECORD_KEY, *LINK_COLUMNS)
    kept = records.drop([name for name in LINK_COLUMNS if name in records.columns])
    return kept.join(links, on=RECORD_KEY, how="left", validate="1:1", maintain_order="left")


def _linked_name(department: str, kind: str) -> str:
    return f"linked/{department}.{kind}"


def _keep(workspace: Workspace, period: Period, linked: Linked) -> None:
    frames = {_linked_name(*key): frame for key, frame in linked.records.items()}
    workspace.write_frames(
        period, {**frames, "matches": linked.matches, "candidates": linked.candidates}
    )
