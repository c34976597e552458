"""Everything that is handed on for one period, and what each frame of it must hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from fpm.model import (
    ALERT_SCHEMA,
    CANDIDATE_SCHEMA,
    COLUMN_SCHEMA,
    DEPARTMENT_TITLES,
    FILES_SCHEMA,
    HIT_SCHEMA,
    LINKAGE_SCHEMA,
    MATCH_SCHEMA,
    QUARANTINE_SCHEMA,
    STAKE_SCHEMA,
    Duty,
    Period,
    empty,
)
from fpm.rulebook.rule import RuleSpec
from fpm.rulebook.settings import MeasuresSpec, WorkbooksSpec, WorkflowSpec

Schema = dict[str, type[pl.DataType]]

PERSON_SCHEMA: Final[Schema] = {
    "person_id": pl.String,
    "household_id": pl.String,
    "township": pl.String,
    "village": pl.String,
    "name": pl.String,
    "id_number": pl.String,
    "birth_date": pl.Date,
    "sex": pl.String,
    "relation": pl.String,
    "age": pl.Int64,  # full years on the last day of the period
    "can_work": pl.Boolean,  # null: not known
}

RATE_SCHEMA: Final[Schema] = {
    "dimension": pl.String,  # all rule level township
    "name": pl.String,
    "answered": pl.Int64,
    "confirmed": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,  # ends of the 95 % interval
    "high": pl.Float64,
}


CHANCE_SCHEMA: Final[Schema] = {"alert_no": pl.String, "chance": pl.Float64}
"""How likely an alert is to be confirmed, by what was confirmed before."""

IDENTITY_SCHEMA: Final[Schema] = {
    "name": pl.String,
    "id_number": pl.String,
    "birth_date": pl.Date,
    "sex": pl.String,
    "township": pl.String,
    "village": pl.String,
    "head_name": pl.String,
    "relation": pl.String,
}
"""What a record itself says about who it is for; null where the extract has no such column."""

RECORD_SCHEMA: Final[Schema] = {**MATCH_SCHEMA, **IDENTITY_SCHEMA, "identity": pl.String}
"""One row a record of every extract; ``identity`` is the key under which decisions are kept."""

PUBLISHED_HIT_SCHEMA: Final[Schema] = {
    **HIT_SCHEMA,
    "alert_no": pl.String,
    "hit_state": pl.String,  # new continuing worsened returned standing silent case hint
}

CORRECTION_SCHEMA: Final[Schema] = {
    **HIT_SCHEMA,
    "quality_numbers": pl.String,  # of the national quality rules, 、-joined; null: none
}

PUBLISHED_ALERT_SCHEMA: Final[Schema] = {**ALERT_SCHEMA, "change": pl.String}

TALLY_SCHEMA: Final[Schema] = {
    "rule_id": pl.String,
    "title": pl.String,
    "kind": pl.String,
    "level": pl.String,
    "hit": pl.Int64,
    "clear": pl.Int64,
    "unknown": pl.Int64,
    "not_applicable": pl.Int64,
    "stopped": pl.String,  # why the rule did not run, null when it did
    "missing": pl.String,  # columns that left it unable to tell, null when none
}

VALUE_SCHEMA: Final[Schema] = {
    "name": pl.String,
    "title": pl.String,
    "value": pl.String,  # as text; null: nothing in force
    "unit": pl.String,
    "document": pl.String,
    "adopted": pl.Boolean,  # false: a reference value
    "rules": pl.String,  # titles of the rules that use it, 、-joined; null: not stated
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What is the same on every list of a period.

    Attributes:
        county: name of the county.
        division: its six-digit code.
        period: the month judged.
        issued_on: the day printed on the lists; also the creation date of the files.
        version: version of fpm.
        rule_digest: hash of the rule book.
        chain_head: the ledger's hash that seals the period.
        mask_ids: whether ID numbers are masked in lists.
    """

    county: str
    division: str
    period: Period
    issued_on: dt.date
    version: str
    rule_digest: str
    chain_head: str
    mask_ids: bool = True


@dataclass(frozen=True, slots=True)
class Forms:
    """The settings of the rule book that shape lists."""

    workbooks: WorkbooksSpec
    workflow: WorkflowSpec
    measures: MeasuresSpec


def _none(schema: Schema) -> pl.DataFrame:
    return empty(schema)


@dataclass(frozen=True, slots=True)
class Publication:
    """The frames of a period; a frame may hold more columns than its schema.

    Attributes:
        heading: what is the same on every list.
        rules: the rules that were judged.
        alerts: PUBLISHED_ALERT_SCHEMA, every state.
        hits: PUBLISHED_HIT_SCHEMA, of the households in ``alerts``, in reading order.
        corrections: CORRECTION_SCHEMA, hits of kind correction.
        village_hits: HIT_SCHEMA, alert hits about a village.
        people: PERSON_SCHEMA, the roster.
        records: RECORD_SCHEMA, every record of every extract (not of the roster).
        candidates: CANDIDATE_SCHEMA.
        linkage: LINKAGE_SCHEMA, what came of each list.
        stakes: STAKE_SCHEMA, what rests on each list.
        quarantine: QUARANTINE_SCHEMA, rows set aside.
        blanked: QUARANTINE_SCHEMA, cells left blank.
        files: FILES_SCHEMA, roster files included.
        columns: COLUMN_SCHEMA, of these files.
        tally: TALLY_SCHEMA.
        values: VALUE_SCHEMA, values in force and unset ones.
        previous: PUBLISHED_ALERT_SCHEMA of the last period published, or None for the first.
        rates: RATE_SCHEMA, what became of answered alerts so far.
        chances: CHANCE_SCHEMA, the order of visits; alerts without one come last in their level.
        departments: title of each department.
        timings: seconds by stage, for the manifest.
        accepted: what was questioned on delivery and let pass by a person, for the manifest.
        duties: what the townships have to send this month besides.
    """

    heading: Heading
    rules: tuple[RuleSpec, ...] = ()
    alerts: pl.DataFrame = field(default_factory=lambda: _none(PUBLISHED_ALERT_SCHEMA))
    hits: pl.DataFrame = field(default_factory=lambda: _none(PUBLISHED_HIT_SCHEMA))
    corrections: pl.DataFrame = field(default_factory=lambda: _none(CORRECTION_SCHEMA))
    village_hits: pl.DataFrame = field(default_factory=lambda: _none(HIT_SCHEMA))
    people: pl.DataFrame = field(default_factory=lambda: _none(PERSON_SCHEMA))
    records: pl.DataFrame = field(default_factory=lambda: _none(RECORD_SCHEMA))
    candidates: pl.DataFrame = field(default_factory=lambda: _none(CANDIDATE_SCHEMA))
    linkage: pl.DataFrame = field(default_factory=lambda: empty(LINKAGE_SCHEMA))
    stakes: pl.DataFrame = field(default_factory=lambda: empty(STAKE_SCHEMA))
    quarantine: pl.DataFrame = field(default_factory=lambda: _none(QUARANTINE_SCHEMA))
    blanked: pl.DataFrame = field(default_factory=lambda: _none(QUARANTINE_SCHEMA))
    files: pl.DataFrame = field(default_factory=lambda: _none(FILES_SCHEMA))
    columns: pl.DataFrame = field(default_factory=lambda: _none(COLUMN_SCHEMA))
    tally: pl.DataFrame = field(default_factory=lambda: _none(TALLY_SCHEMA))
    values: pl.DataFrame = field(default_factory=lambda: _none(VALUE_SCHEMA))
    previous: pl.DataFrame | None = None
    rates: pl.DataFrame = field(default_factory=lambda: _none(RATE_SCHEMA))
    chances: pl.DataFrame = field(default_factory=lambda: _none(CHANCE_SCHEMA))
    departments: Mapping[str, str] = field(default_factory=lambda: dict(DEPARTMENT_TITLES))
    timings: Mapping[str, float] = field(default_factory=dict)
    accepted: tuple[Mapping[str, str], ...] = ()
    duties: tuple[Duty, ...] = ()
