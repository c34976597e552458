"""alerts → one workbook a township, county summary, returns to departments: what is handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from fpm import __version__
from fpm.judge import Judgement
from fpm.ledger import AlertUpdate
from fpm.model import MATCH_SCHEMA, RECORD_KEY, Period
from fpm.pipeline.duties import duties
from fpm.pipeline.link import Linked
from fpm.pipeline.load import Loaded
from fpm.pipeline.stakes import stakes
from fpm.publish import (
    CORRECTION_SCHEMA,
    IDENTITY_SCHEMA,
    PERSON_SCHEMA,
    VALUE_SCHEMA,
    Forms,
    Heading,
    Publication,
)
from fpm.rulebook import Rulebook
from fpm.rulebook.describe import parameter_table, rule_table
from fpm.workspace import Workspace


def publication(
    workspace: Workspace,
    rulebook: Rulebook,
    stages: tuple[Loaded, Linked, pl.DataFrame, Judgement, AlertUpdate],
    sealed: tuple[dt.date, str, pl.DataFrame | None],
    timings: Mapping[str, float],
) -> Publication:
    """Gather the frames of a period for its lists.

    Args:
        workspace: for the county's name and code.
        rulebook: rules, forms, values.
        stages: what each stage of the run gave.
        sealed: day of issue, the ledger's hash for the period, the alerts of the period before.
        timings: seconds by stage.
    """
    loaded, linked, facts, judgement, update = stages
    issued_on, chain_head, previous = sealed
    division = workspace.config.division
    resting = resting_on_reference(rulebook, loaded.period, division)
    return Publication(
        heading=Heading(
            county=workspace.config.county,
            division=division,
            period=loaded.period,
            issued_on=issued_on,
            version=__version__,
            rule_digest=rulebook.digest,
            chain_head=chain_head,
            mask_ids=workspace.config.mask_ids,
        ),
        rules=rulebook.rules,
        alerts=update.alerts,
        hits=marked(update.hits, resting),
        corrections=marked(_corrections(judgement), resting),
        village_hits=marked(update.village_hits, resting),
        people=facts.select(pl.col(name).cast(dtype) for name, dtype in PERSON_SCHEMA.items()),
        records=_records(linked),
        candidates=linked.candidates,
        linkage=linked.linkage,
        stakes=stakes(rulebook),
        quarantine=loaded.quarantine,
        blanked=loaded.blanked,
        files=loaded.files,
        columns=loaded.columns,
        tally=judgement.tally,
        values=_values(workspace, rulebook, loaded),
        previous=previous,
        departments=loaded.departments,
        timings=timings,
        accepted=_accepted(loaded),
        duties=duties(workspace, rulebook, loaded.period),
    )


def resting_on_reference(rulebook: Rulebook, period: Period, division: str) -> pl.Series:
    """Ids of the rules that rest on a value that the county has not adopted."""
    return rule_table(rulebook, period, division).drop_nulls("reference")["rule_id"]


def marked(hits: pl.DataFrame, resting: pl.Series) -> pl.DataFrame:
    """The evidence says 参考值 where its rule is one of ``resting_on_reference``."""
    said = pl.concat_str(pl.col("evidence").str.strip_suffix("。"), pl.lit("（参考值）。"))
    rests = pl.col("rule_id").is_in(resting.implode())
    return hits.with_columns(evidence=pl.when(rests).then(said).otherwise("evidence"))


def _corrections(judgement: Judgement) -> pl.DataFrame:
    """Hits about the roster itself, with the numbers of quality rules they stand under."""
    keys = ["rule_id", "person_id", "household_id", "township", "village"]
    numbers = judgement.numbers.group_by(keys).agg(
        quality_numbers=pl.col("number").sort().str.join("、")
    )
    return (
        judgement.hits.filter(pl.col("kind") == "correction")
        .join(numbers, on=keys, how="left", nulls_equal=True, maintain_order="left")
        .select(*CORRECTION_SCHEMA)
    )


def forms(rulebook: Rulebook) -> Forms:
    """The settings that shape lists."""
    return Forms(rulebook.workbooks, rulebook.workflow, rulebook.measures)


def _accepted(loaded: Loaded) -> tuple[dict[str, str], ...]:
    """What a person let pass: check, files, what was found, reason, who, when."""
    kept = loaded.guards.filter(pl.col("outcome") == "accepted").select(
        "check", "files", "message", "reason", "accepted_by", pl.col("accepted_on").cast(pl.String)
    )
    return tuple(kept.to_dicts())


def _records(linked: Linked) -> pl.DataFrame:
    """Every record with its match and what it says of itself (RECORD_SCHEMA of ``publish``)."""
    wanted: dict[str, type[pl.DataType]] = {**IDENTITY_SCHEMA, "identity": pl.String}
    claims = linked.claims.select(
        *RECORD_KEY,
        *(
            pl.col(name).cast(dtype)
            if name in linked.claims.columns
            else pl.lit(None, dtype).alias(name)
            for name, dtype in wanted.items()
        ),
    )
    matches = linked.matches.select(*MATCH_SCHEMA)
    return matches.join(claims, on=RECORD_KEY, how="left", maintain_order="left")


def _values(workspace: Workspace, rulebook: Rulebook, loaded: Loaded) -> pl.DataFrame:
    titles = {rule.id: rule.title for rule in rulebook.rules}
    table = parameter_table(rulebook, loaded.period, workspace.config.division)
    used = pl.col("used_by").list.eval(pl.element().replace(titles)).list.join("、")
    return table.with_columns(rules=used).select(*VALUE_SCHEMA)
