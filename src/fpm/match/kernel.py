"""Matching of one extract: a pure function of roster, records and request."""

from __future__ import annotations

import polars as pl

from fpm.match.candidates import find_candidates
from fpm.match.classes import classify
from fpm.match.contract import RESULT_SCHEMA, ROLE_SCHEMA, MatchRequest, MatchResult
from fpm.match.decide import decide, rank_candidates, remember
from fpm.match.evidence import compare
from fpm.match.explain import describe, reasons
from fpm.match.identity_key import identity_keys
from fpm.match.keys import Keyed, key_frames, with_roles
from fpm.match.score import probabilities, score_pairs
from fpm.match.village import match_villages
from fpm.model import CANDIDATE_SCHEMA, RECORD_KEY


def match_records(
    roster: pl.DataFrame, records: pl.DataFrame, request: MatchRequest
) -> MatchResult:
    """Link every record of an extract to a person, household or village of the roster.

    Args:
        roster: one row a person; role columns (``ROLE_SCHEMA``), each optional. Without
            ``person_id`` a person is known by row number, without ``household_id`` each lives alone.
        records: the record key and role columns, each optional.
        request: how to match.

    Returns:
        One match a record, the candidates of records in review, expected false links, counts.
    """
    roster = _with_person_ids(with_roles(roster))
    rows = with_roles(records).sort(RECORD_KEY)
    if request.match_on == "village":
        return _village_result(roster, rows)
    roles = list(ROLE_SCHEMA)
    queries = rows.select(roles).unique(maintain_order=True)
    keyed = key_frames(roster, queries)
    classed = classify(keyed)
    found = find_candidates(classed, keyed, request.settings.max_candidates)
    compared = compare(found.pairs, classed, keyed)
    scored = probabilities(score_pairs(compared, keyed), classed, keyed.people.height)
    ranked = rank_candidates(scored, keyed.people, request)
    decided = decide(classed, ranked, request).with_columns(identity_keys(queries))
    decided = remember(decided, keyed.people, request.decisions)
    decided = decided.join(
        reasons(decided, ranked, classed, keyed.people), on="q", how="left", maintain_order="left"
    )
    fanned = rows.join(
        queries.with_row_index("q"), on=roles, how="left", nulls_equal=True, maintain_order="left"
    ).select(*RECORD_KEY, "q")
    matches = _matches(fanned, decided, classed, keyed)
    stats = {
        "records": float(rows.height),
        "identities": float(queries.height),
        "pairs": float(found.pairs.height),
        **{
            f"class_{name}": float(count)
            for name, count in classed["cls"].value_counts().sort("cls").iter_rows()
        },
        **{f"cut_{key}": float(count) for key, count in sorted(found.cut.items())},
    }
    confirmed = matches.filter(pl.col("status") == "confirmed")
    return MatchResult(
        matches=matches,
        candidates=_candidates(fanned, decided, ranked, keyed, request),
        expected_false_links=float((1 - confirmed["probability"]).sum()),
        stats=stats,
    )


def _with_person_ids(roster: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return roster.with_columns(person_id=pl.coalesce("person_id", number))


def _matches(
    fanned: pl.DataFrame, decided: pl.DataFrame, classed: pl.DataFrame, keyed: Keyed
) -> pl.DataFrame:
    people = keyed.people.select("ra", "person_id", "household_id", "township", "village")
    towns = keyed.gazetteer.towns.select("t", written_town="town")
    villages = keyed.gazetteer.villages.select("t", "v", written_village="village")
    resolved = (
        classed.select("q", "t", "v")
        .join(towns, on="t", how="left", maintain_order="left")
        .join(villages, on=["t", "v"], how="left", maintain_order="left")
    )
    linked = decided.join(people, on="ra", how="left", maintain_order="left").join(
        resolved.drop("t", "v"), on="q", how="left", maintain_order="left"
    )
    linked = linked.with_columns(
        township=pl.when(pl.col("ra").is_null()).then("written_town").otherwise("township"),
        village=pl.when(pl.col("ra").is_null()).then("written_village").otherwise("village"),
    )
    return fanned.join(linked, on="q", how="left", maintain_order="left").select(
        pl.col(name).cast(dtype) for name, dtype in RESULT_SCHEMA.items()
    )


def _candidates(
    fanned: pl.DataFrame,
    decided: pl.DataFrame,
    ranked: pl.DataFrame,
    keyed: Keyed,
    request: MatchRequest,
) -> pl.DataFrame:
    open_queries = decided.filter(pl.col("status") == "review").select("q")
    shown = describe(
        ranked.join(open_queries, on="q", how="semi").filter(
            pl.col("rank") <= request.settings.max_candidates
        )
    ).join(keyed.people.select("ra", "household_id"), on="ra", how="left", maintain_order="left")
    return (
        fanned.join(shown, on="q", how="inner", maintain_order="left_right")
        .select(
            *RECORD_KEY,
            "rank",
            "person_id",
            "household_id",
            pl.col("p").alias("probability"),
            pl.col("says").alias("reason"),
        )
        .cast(dict(CANDIDATE_SCHEMA))
        .sort(*RECORD_KEY, "rank")
    )


def _village_result(roster: pl.DataFrame, rows: pl.DataFrame) -> MatchResult:
    links = match_villages(roster, rows)
    matches = (
        rows.select(RECORD_KEY)
        .hstack(links)
        .with_columns(
            person_id=pl.lit(None, pl.String),
            household_id=pl.lit(None, pl.String),
            identity=pl.lit(None, pl.String),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in RESULT_SCHEMA.items())
    )
    confirmed = matches.filter(pl.col("status") == "confirmed")
    return MatchResult(
        matches=matches,
        candidates=pl.DataFrame(schema=CANDIDATE_SCHEMA),
        expected_false_links=float((1 - confirmed["probability"]).sum()),
        stats={"records": float(rows.height)},
    )
