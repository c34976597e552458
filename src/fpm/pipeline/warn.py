"""matches → facts → hits → alerts → lists: judging a period and handing the result on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

import polars as pl

from fpm.judge import (
    Judgement,
    MatchedExtract,
    Setting,
    build_facts,
    earlier_asked,
    evaluate,
    hits_by_number,
)
from fpm.ledger import (
    AlertRequest,
    AlertUpdate,
    Asked,
    Ledger,
    rule_terms,
    state_before,
    update_alerts,
)
from fpm.model import ALERT_SCHEMA, CANDIDATE_SCHEMA, RECORD_KEY, Period
from fpm.pipeline.cases import monitored_by_case
from fpm.pipeline.learning import within_capacity
from fpm.pipeline.link import LINK_COLUMNS, Linked, linked_records
from fpm.pipeline.load import ROSTER, Loaded, Progress
from fpm.pipeline.moves import by_present_people, moves_into, moves_until
from fpm.rulebook import Rulebook
from fpm.rulebook.columns import EARLIER
from fpm.rulebook.layout import LayoutSpec
from fpm.workspace import Workspace


def judge_period(
    workspace: Workspace, rulebook: Rulebook, given: tuple[Loaded, Linked], progress: Progress
) -> tuple[pl.DataFrame, Judgement]:
    """Facts of every person and the judgement of every rule."""
    period = given[0].period
    progress("研判", 0, 2)
    facts, extracts = known_facts(workspace, rulebook, given)
    progress("研判", 1, 2)
    setting = Setting(period, workspace.config.division)
    judgement = evaluate(facts, extracts, rulebook, period, setting.division)
    numbers = hits_by_number(judgement.hits, facts, rulebook, setting)
    progress("研判", 2, 2)
    return facts, replace(judgement, numbers=numbers)


def known_facts(
    workspace: Workspace, rulebook: Rulebook, given: tuple[Loaded, Linked]
) -> tuple[pl.DataFrame, list[MatchedExtract]]:
    """Facts of every person, and the matched extracts of the year they were made from."""
    loaded, linked = given
    months = {column.earlier for column in earlier_asked(rulebook).values()}
    then = {month: loaded.period.shift(-EARLIER[month][0]) for month in sorted(months)}
    earlier = {
        month: by_present_people(facts, loaded.roster)
        for month, period in then.items()
        if (facts := workspace.read_frame(period, "facts")) is not None
    }
    extracts = _extracts(workspace, rulebook, loaded.period, linked, then.values())
    return build_facts(loaded.roster, extracts, rulebook, loaded.period, earlier), extracts


def decide_alerts(
    ledger: Ledger,
    workspace: Workspace,
    rulebook: Rulebook,
    judged: tuple[pl.DataFrame, Judgement],
    day: tuple[Period, dt.date],
) -> AlertUpdate:
    """What the hits make of the alerts, given what the ledger remembers."""
    facts, judgement = judged
    period, as_of = day
    issued_on = ledger.issued_on(period) or as_of
    moves = moves_into(ledger, workspace, period, facts)
    until = moves_until(ledger, period, moves)
    in_cases = monitored_by_case(ledger, rulebook, (period, issued_on), until)
    request = AlertRequest(
        period=period,
        division=workspace.config.division,
        issued_on=issued_on,
        as_of=as_of,
        due_days={str(level): days for level, days in rulebook.workflow.due_days.items()},
        effects=rulebook.workflow.effects,
        terms=rule_terms(rulebook),
        monitored=pl.concat([_monitored(facts), in_cases]).unique(maintain_order=True),
    )
    households = judgement.hits["household_id"].drop_nulls().unique().to_list()
    asked = Asked(period, workspace.config.division, issued_on, households, moves)
    state = state_before(ledger, asked)
    present = replace(state, standing=_at_home(state.standing, facts))
    update = update_alerts(judgement.hits, present, request)
    return within_capacity(ledger, rulebook, facts, (present, update), period)


def _at_home(standing: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """``standing`` where its households live now; those that the roster no longer has are gone."""
    homes = facts.select("household_id", "township", "village").unique(
        "household_id", keep="first", maintain_order=True
    )
    rows = standing.drop("township", "village")
    found = rows.join(homes, on="household_id", maintain_order="left")
    return found.select(standing.columns)


def keep_judged(
    workspace: Workspace,
    period: Period,
    facts: pl.DataFrame,
    judgement: Judgement,
    update: AlertUpdate,
) -> None:
    """Write facts (the next month looks back at them), hits, tally, numbers and alerts."""
    workspace.write_frames(
        period,
        {
            "facts": facts,
            "hits": judgement.hits,
            "tally": judgement.tally,
            "numbers": judgement.numbers,
            "alerts": update.alerts.select(*ALERT_SCHEMA),
        },
    )


def _extracts(
    workspace: Workspace,
    rulebook: Rulebook,
    period: Period,
    linked: Linked,
    earlier: Collection[Period],
) -> list[MatchedExtract]:
    """Per extract kind the linked records of the months that its facts look back on.

    Of ``earlier`` months outside of the year, hits may refer to the rows, and need no fields.
    """
    reports = [layout for layout in rulebook.layouts if _looks_back_twelve_months(layout)]
    known = [month for month in workspace.periods() if month < period]
    by_month: dict[str, dict[tuple[str, str], pl.DataFrame]] = {}
    for month in known:
        frames: dict[tuple[str, str], pl.DataFrame] = {}
        if month.year == period.year:
            frames = linked_records(workspace, rulebook.layouts, month)
        elif month in earlier:
            whole = linked_records(workspace, rulebook.layouts, month)
            narrow = [*RECORD_KEY, *LINK_COLUMNS]
            frames = {kind: frame.select(narrow) for kind, frame in whole.items()}
        if month.year != period.year and month >= period.shift(-11):
            frames |= linked_records(workspace, reports, month)
        by_month[str(month)] = frames
    candidates = {
        month: workspace.read_frame(Period.parse(month), "candidates")
        for month, frames in by_month.items()
        if frames
    }
    by_month[str(period)] = linked.records
    candidates[str(period)] = linked.candidates
    return [
        _extract(layout, by_month, candidates)
        for layout in rulebook.layouts
        if layout.department != ROSTER
        and any((layout.department, layout.kind) in kinds for kinds in by_month.values())
    ]


def _looks_back_twelve_months(layout: LayoutSpec) -> bool:
    return any(fact.window == "twelve_months" for fact in layout.facts.values())


def _extract(
    layout: LayoutSpec,
    by_month: dict[str, dict[tuple[str, str], pl.DataFrame]],
    candidates: dict[str, pl.DataFrame | None],
) -> MatchedExtract:
    key = (layout.department, layout.kind)
    months = {month: kinds[key] for month, kinds in by_month.items() if key in kinds}
    undecided = [
        _of_month(frame, month).filter(
            (pl.col("department") == layout.department) & (pl.col("kind") == layout.kind)
        )
        for month, frame in candidates.items()
        if frame is not None and month in months
    ]
    nobody = _of_month(pl.DataFrame(schema=CANDIDATE_SCHEMA), "")
    return MatchedExtract(
        layout=layout,
        records=pl.concat(
            [_of_month(frame, month) for month, frame in months.items()], how="diagonal"
        ),
        candidates=pl.concat([nobody, *undecided]),
        delivered=frozenset(months),
    )


def _of_month(frame: pl.DataFrame, month: str) -> pl.DataFrame:
    return frame.select(pl.lit(month).alias("period"), pl.all())


def _monitored(facts: pl.DataFrame) -> pl.DataFrame:
    """Households under monitoring with each risk they are monitored for (MONITORED_SCHEMA)."""
    return (
        facts.filter(pl.col("monitored") & pl.col("risks").is_not_null())
        .select("household_id", risk=pl.col("risks").str.split(","))
        .explode("risk")
        .unique(maintain_order=True)
    )
