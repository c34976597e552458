"""Records that name everybody by number, linked without the matching of everything else."""

from __future__ import annotations

import polars as pl

from fpm.judge import MatchedExtract
from fpm.model import CANDIDATE_SCHEMA, RECORD_KEY, Period
from fpm.pipeline.link import claims_of
from fpm.pipeline.number_links import split_by_number
from fpm.rulebook.layout import LayoutSpec

PERIOD, DIVISION = Period(2026, 10), "999901"


def linked(layout: LayoutSpec, frame: pl.DataFrame, roster: pl.DataFrame) -> MatchedExtract:
    """The records of one list with the people, households or villages that they are about."""
    numbered, rest = split_by_number(roster, claims_of(frame, layout), layout)
    links = numbered.select(
        *RECORD_KEY, "person_id", "household_id", "status", "township", "village"
    )
    names = ["person_id", "household_id"]
    if layout.match_on == "village":
        nobody = pl.lit(None, dtype=pl.String)
        rows = frame.with_columns(person_id=nobody, household_id=nobody, status=pl.lit("confirmed"))
    else:
        assert rest.is_empty()
        rows = frame.drop(*names, "township", "village", strict=False).join(
            links, on=RECORD_KEY, how="left"
        )
    candidates = pl.DataFrame(schema={"period": pl.String, **CANDIDATE_SCHEMA})
    rows = rows.with_columns(period=pl.lit(str(PERIOD)))
    return MatchedExtract(layout, rows, candidates, frozenset([str(PERIOD)]))
