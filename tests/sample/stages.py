"""The sample county through the real stages, without publishing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fpm.model import Period
from fpm.pipeline.link import Linked, link_period
from fpm.pipeline.load import Loaded, load_period
from fpm.pipeline.warn import judge_period
from fpm.rulebook import Rulebook, load_rulebook
from fpm.workspace import Workspace


@dataclass(frozen=True)
class Run:
    """One month of the sample county after each stage."""

    loaded: Loaded
    linked: Linked
    facts: pl.DataFrame
    hits: pl.DataFrame
    rulebook: Rulebook


def run_county(county: Path, root: Path) -> dict[str, Run]:
    """All months of ``county`` in a workspace at ``root``, read, matched and judged in order."""
    workspace = Workspace.create(root, "样例县", "999901")
    shutil.copytree(county / "inbox", root / "inbox", dirs_exist_ok=True)
    rulebook = load_rulebook(workspace.rules)
    return {str(period): _run(workspace, rulebook, period) for period in workspace.periods()}


def _run(workspace: Workspace, rulebook: Rulebook, period: Period) -> Run:
    loaded = load_period(workspace, rulebook, period, _no_progress)
    linked = link_period(workspace, rulebook, loaded, None, _no_progress)
    facts, judgement = judge_period(workspace, rulebook, (loaded, linked), _no_progress)
    workspace.write_frames(period, {"facts": facts})
    return Run(loaded, linked, facts, judgement.hits, rulebook)


def _no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""
