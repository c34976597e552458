"""A period from the inbox to the lists: the only code that knows all stages.

::

    inbox ─ load ─► records + quarantine ─ link ─► matches ─ judge ─► hits ─ alerts ─► lists
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fpm.errors import WorkspaceError
from fpm.ledger import Ledger, add_acceptances, add_handed_on
from fpm.model import Period
from fpm.pipeline.cases import active_cases
from fpm.pipeline.guards import Acceptance
from fpm.pipeline.hand_on import forms, publication
from fpm.pipeline.handing import accepted, handed
from fpm.pipeline.learning import with_learning
from fpm.pipeline.link import Linked, link_period, linked_before
from fpm.pipeline.load import Loaded, Progress, load_period, loaded_before
from fpm.pipeline.report import RunReport, reconcile
from fpm.pipeline.warn import decide_alerts, judge_period, keep_judged
from fpm.publish import publish_period
from fpm.rulebook import Rulebook, load_rulebook
from fpm.rulebook.describe import parameter_table, reference_rows
from fpm.rulebook.terms import in_terms
from fpm.workspace import Workspace

__all__ = ["RunReport", "match_period", "run_period", "warn_period"]


def run_period(
    workspace: Workspace,
    period: Period,
    as_of: dt.date,
    progress: Progress,
    accepted: Sequence[Acceptance] = (),
) -> RunReport:
    """Do a whole period: read, match, judge, update the alerts, publish the lists.

    ``accepted``: what a person said is right although a guard questions it.

    Raises:
        RefusedError: an input or the rule book cannot be used; nothing was published.
    """
    seconds: dict[str, float] = {}
    rulebook = load_rulebook(workspace.rules)
    with _timed(seconds, "load"):
        loaded = load_period(workspace, rulebook, period, progress, accepted)
    with _timed(seconds, "match"), Ledger.open(workspace.ledger) as ledger:
        linked = link_period(workspace, rulebook, loaded, ledger.decisions(), progress)
    return _warn(workspace, rulebook, (loaded, linked), as_of, (progress, seconds))


def match_period(workspace: Workspace, period: Period, progress: Progress) -> tuple[Loaded, Linked]:
    """Match what was loaded for a period.

    Raises:
        WorkspaceError: nothing was loaded.
    """
    rulebook = load_rulebook(workspace.rules)
    loaded = loaded_before(workspace, rulebook, period)
    with Ledger.open(workspace.ledger) as ledger:
        return loaded, link_period(workspace, rulebook, loaded, ledger.decisions(), progress)


def warn_period(
    workspace: Workspace, period: Period, as_of: dt.date, progress: Progress
) -> RunReport:
    """Judge what was matched for a period, update the alerts, publish the lists.

    Raises:
        WorkspaceError: nothing was loaded or matched.
    """
    rulebook = load_rulebook(workspace.rules)
    loaded = loaded_before(workspace, rulebook, period)
    linked = linked_before(workspace, rulebook, period)
    if linked is None:
        raise WorkspaceError(f"{period} 期还没有比对，请先运行 fpm match 或 fpm run")
    return _warn(workspace, rulebook, (loaded, linked), as_of, (progress, {}))


def _warn(
    workspace: Workspace,
    rulebook: Rulebook,
    given: tuple[Loaded, Linked],
    as_of: dt.date,
    watch: tuple[Progress, dict[str, float]],
) -> RunReport:
    """Lists are put in place before the ledger commits: a run killed in between is repeated."""
    loaded, linked = given
    progress, seconds = watch
    period = loaded.period
    rulebook = in_terms(rulebook, period, workspace.config.division)
    with _timed(seconds, "judge"):
        facts, judgement = judge_period(workspace, rulebook, given, progress)
    with (
        _timed(seconds, "publish"),
        Ledger.open(workspace.ledger) as ledger,
        workspace.publishing(period) as placing,
        ledger.transaction(),
    ):
        update = decide_alerts(ledger, workspace, rulebook, (facts, judgement), (period, as_of))
        keep_judged(workspace, period, facts, judgement, update)
        recorded = ledger.record(update, as_of)
        earlier = [name for name in ledger.periods() if name < str(period)]
        previous = ledger.alerts(earlier[-1]) if earlier else None
        handed_on = publication(
            workspace,
            rulebook,
            (loaded, linked, facts, judgement, update),
            (update.issued_on, recorded.head, previous),
            seconds,
        )
        handed_on = with_learning(handed_on, ledger, rulebook, update.issued_on)
        late = int(active_cases(ledger, rulebook, as_of)["overdue"].sum())
        written = publish_period(placing.folder, handed_on, forms(rulebook))
        add_handed_on(ledger, str(period), handed(written, handed_on), as_of)
        add_acceptances(ledger, str(period), accepted(loaded.guards), as_of)
        placing.put_in_place()
    values = parameter_table(rulebook, period, workspace.config.division)
    return RunReport(
        period=period,
        people=loaded.roster.height,
        households=loaded.roster["household_id"].n_unique(),
        roster_from=loaded.roster_from,
        reused=loaded.reused,
        guards=loaded.guards,
        reconciliation=reconcile(loaded.files, linked.matches),
        linkage=linked.linkage,
        departments=loaded.departments,
        tally=judgement.tally,
        hits=judgement.hits,
        alerts=update.alerts,
        cases_overdue=late,
        reference_values=tuple(reference_rows(values)["name"]),
        later_periods=recorded.later,
        published=tuple(Path(file.path).as_posix() for file in written),
        seconds=seconds,
    )


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - started, 3)
