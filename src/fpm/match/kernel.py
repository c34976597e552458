"""Matching: pure functions from roster, records and requests to links.

No file, clock, logger or row order: the same rows in any order give the same links. The dear part,
candidates and evidence, is done part by part of the records, however they are split; what the
parts share is small (names, places, counts, weights, claims) and worked out before or after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from fpm.identity.places import present_places
from fpm.match.beside import look_beside
from fpm.match.candidates import find_candidates
from fpm.match.classes import classify
from fpm.match.contract import RESULT_SCHEMA, MatchRequest, MatchResult
from fpm.match.decide import decide, rank_candidates, ranks
from fpm.match.decisions import contradicted_candidates, remember
from fpm.match.evidence import compare
from fpm.match.explain import describe, reasons
from fpm.match.identity_key import identity_keys
from fpm.match.keys import Keyed, key_frames
from fpm.match.learn import Lessons, learn
from fpm.match.outsiders import knowable, likeliest_outsiders, with_outsiders, with_unexplained
from fpm.match.pseudo import sure_links, training_queries
from fpm.match.score import score
from fpm.match.stack import Extract, stack, with_roles
from fpm.match.strange_places import read_strange_places
from fpm.match.together import (
    look_again,
    look_around,
    reweighed,
    with_homes_beside,
)
from fpm.match.village import match_villages
from fpm.model import CANDIDATE_SCHEMA, RECORD_KEY


def match_records(
    roster: pl.DataFrame, records: pl.DataFrame, request: MatchRequest
) -> MatchResult:
    """Link every record of one extract to a person, household or village of the roster.

    Args:
        roster: one row a person; role columns (``ROLE_SCHEMA``), each optional. Without
            ``person_id`` a person is known by row number; without ``household_id`` each lives
            alone.
        records: the record key and role columns, each optional.
        request: how to match.

    Returns:
        One match a record, the candidates of records in review, expected false links, counts.
    """
    return match_many(roster, [(records, request)])[0]


Split = Callable[[pl.DataFrame], Sequence[pl.DataFrame]]
"""Cuts the queries (numbers, names and places as ``Keyed.queries``) into parts."""


def match_many(
    roster: pl.DataFrame, extracts: Sequence[Extract], split: Split | None = None
) -> list[MatchResult]:
    """Link several extracts at once: the roster is read once, and all learn from all.

    Args:
        roster: as for ``match_records``.
        extracts: records and request of each.
        split: how to cut the queries into parts whose candidates and evidence are found one after
            another; each query in exactly one part. None: all at once.

    Returns:
        One result an extract, in order.
    """
    roster = _with_person_ids(with_roles(roster))
    extracts = [
        (present_places(with_roles(_in_order(records)), request.settings.former_places), request)
        for records, request in extracts
    ]
    by_person = [number for number, one in enumerate(extracts) if one[1].match_on != "village"]
    linked = iter(_link(roster, [extracts[number] for number in by_person], split))
    return [
        _village_result(roster, records) if request.match_on == "village" else next(linked)
        for records, request in extracts
    ]


def _in_order(records: pl.DataFrame) -> pl.DataFrame:
    """Records by their key, as files give them: the order they are given in changes nothing."""
    key = records.select(pl.struct(RECORD_KEY)).to_series()
    return records if key.is_sorted() else records.sort(RECORD_KEY)


@dataclass(frozen=True, slots=True)
class _Links:
    """Everything decided about the queries of all lists.

    Attributes:
        rows: records with ``x`` and ``q``.
        classed: queries with class.
        scored: real pairs with ``p``, described.
        outside: ``likeliest_outsiders``.
        keyed: roster and names.
        cut: pairs not proposed because too many share a key: ``x``, ``key``, ``pairs``.
    """

    rows: pl.DataFrame
    classed: pl.DataFrame
    scored: pl.DataFrame
    outside: pl.DataFrame
    keyed: Keyed
    cut: pl.DataFrame


def _link(
    roster: pl.DataFrame, extracts: Sequence[Extract], split: Split | None
) -> list[MatchResult]:
    if not extracts:
        return []
    stacked = stack(extracts)
    keyed = key_frames(roster, stacked.queries)
    about = tuple(request.about for _, request in extracts)
    beside = look_beside(stacked.rows, classify(keyed), keyed.names, len(about))
    classed = read_strange_places(beside.classed, keyed.people)
    sure = sure_links(classed, keyed)
    everybody, told = with_outsiders(keyed, classed)
    training, labels = training_queries(classed, sure, told, keyed)
    asked = pl.concat([classed, training])
    cap = min(request.settings.max_candidates for _, request in extracts)
    parts = [asked] if split is None else [part.sort("q") for part in split(asked)]
    found = [find_candidates(part, everybody, cap) for part in parts]
    compared = pl.concat(
        compare(one.pairs, part, everybody) for part, one in zip(parts, found, strict=True)
    )
    compared = compared if split is None else compared.sort("q", "ra")
    compared = knowable(compared, labels, everybody.people)
    real = compared.filter(pl.col("q") < classed.height)
    everybody, lost, pairs = with_unexplained(everybody, classed, real)
    if pairs.height:
        more = compare(pairs, classed, everybody)
        compared = pl.concat([compared, more]).sort("q", "ra")
        real = compared.filter(pl.col("q") < classed.height)
    sure = pl.concat([sure, told.select("q", "x", "ra"), lost])
    learned = learn(compared, Lessons(asked, sure, labels, about, beside.usual), everybody)
    together = look_around(stacked.rows, classed, keyed.people, len(about))
    scored = score(with_homes_beside(real, together, everybody.people), classed, everybody, learned)
    together = look_again(together, stacked.rows, scored, keyed.people)
    scored = reweighed(scored, together, everybody.people)
    outside = likeliest_outsiders(scored, everybody.people)
    scored = describe(scored.filter(pl.col("ra") < keyed.people.height))
    cut = (
        pl.concat(one.cut for one in found)
        .join(classed.select("q", "x"), on="q")
        .group_by("x", "key")
    )
    links = _Links(stacked.rows, classed, scored, outside, keyed, cut.agg(pl.col("pairs").sum()))
    return [_result(number, request, links) for number, (_, request) in enumerate(extracts)]


def _result(number: int, request: MatchRequest, links: _Links) -> MatchResult:
    """Decide, explain and fan out one extract."""
    people = links.keyed.people
    mine = _of_list(links.classed, number)
    ranked = rank_candidates(_of_list(links.scored, number), people, request)
    if request.match_on == "household":
        ranked = _one_a_household(ranked)
    decided = decide(mine, ranked, request)
    # Nobody is asked about what a number settles, unless an old decision may contradict it.
    asked = mine if request.decisions is not None else mine.filter(pl.col("cls") != "A")
    keys = asked.select("q").with_columns(identity_keys(asked))
    decided = decided.join(keys, on="q", how="left", maintain_order="left")
    decided = remember(decided, people, request.decisions)
    sure_alone = pl.col("probability") >= request.settings.accept
    decided = decided.with_columns(held_back=(pl.col("status") == "review") & sure_alone)
    decided = decided.join(links.outside, on="q", how="left", maintain_order="left")
    decided = decided.with_columns(reasons(decided, ranked, mine, people))
    rows = _of_list(links.rows, number).select("q", *RECORD_KEY)
    matches = _matches(rows, decided, mine, links.keyed)
    confirmed = matches["probability"].filter(matches["status"] == "confirmed")
    classes = mine["cls"].value_counts().sort("cls").iter_rows()
    cut = links.cut.filter(pl.col("x") == number).select("key", "pairs").sort("key").iter_rows()
    counts = {"records": rows.height, "identities": mine.height, "pairs": ranked.height}
    return MatchResult(
        matches=matches,
        candidates=_candidates(rows, ranked, decided, request, people),
        expected_false_links=float((1 - confirmed).sum()),
        stats={
            **counts,
            **{f"class_{name}": count for name, count in classes},
            **{f"cut_{key}": pairs for key, pairs in cut},
        },
    )


def _of_list(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Rows of one list: they stand together, list after list."""
    first, end = (frame["x"].search_sorted(number, side) for side in ("left", "right"))
    return frame.slice(first, end - first)


def _one_a_household(ranked: pl.DataFrame) -> pl.DataFrame:
    """The likeliest member of each household: who is meant is a household, and so is its rival."""
    best = ranked.unique(["q", "hh"], keep="first", maintain_order=True)
    return best.with_columns(ranks(best["q"]))


def _with_person_ids(roster: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return roster.with_columns(person_id=pl.coalesce("person_id", number))


def _matches(
    fanned: pl.DataFrame, decided: pl.DataFrame, classed: pl.DataFrame, keyed: Keyed
) -> pl.DataFrame:
    """Every record with what was decided of its query; ``decided`` and ``classed`` in one order."""
    columns = ["person_id", "household_id", "township", "village"]
    linked = decided.hstack(keyed.people.select(pl.col(columns).gather(decided["ra"])))
    read = (
        classed.select("q", "t", "v")
        .filter(decided["ra"].is_null())
        .join(keyed.gazetteer.towns.select("t", read_town="town"), on="t", how="left")
        .join(
            keyed.gazetteer.villages.select("t", "v", read_village="village"),
            on=["t", "v"],
            how="left",
        )
    )
    linked = linked.join(read.drop("t", "v"), on="q", how="left", maintain_order="left")
    linked = linked.with_columns(
        township=pl.coalesce("township", "read_town"),
        village=pl.coalesce("village", "read_village"),
    )
    place = np.searchsorted(linked["q"].to_numpy(), fanned["q"].to_numpy())
    told = linked.select(name for name in RESULT_SCHEMA if name in linked.columns)
    whole = fanned.drop("q").hstack(told[place])
    return whole.select(pl.col(name).cast(dtype) for name, dtype in RESULT_SCHEMA.items())


def _candidates(
    rows: pl.DataFrame,
    ranked: pl.DataFrame,
    decided: pl.DataFrame,
    request: MatchRequest,
    people: pl.DataFrame,
) -> pl.DataFrame:
    """The best candidates of every record in review."""
    undecided = decided.filter(pl.col("status") == "review").select("q")
    columns = ["q", "rank", "person_id", "household_id", "probability", "reason"]
    offered = ranked.join(undecided, on="q", how="semi")
    told = offered.filter(pl.col("rank") <= request.settings.max_candidates)
    best = [
        told.with_columns(probability="p", reason="says").select(columns),
        contradicted_candidates(decided, people).select(columns),
    ]
    return (
        rows.join(pl.concat(best), on="q", how="inner", maintain_order="left_right")
        .select(pl.col(name).cast(dtype) for name, dtype in CANDIDATE_SCHEMA.items())
        .sort(*RECORD_KEY, "rank")
    )


def _village_result(roster: pl.DataFrame, rows: pl.DataFrame) -> MatchResult:
    links = match_villages(roster, rows)
    nobody = pl.lit(None, pl.String)
    matches = (
        rows.select(RECORD_KEY)
        .hstack(links)
        .with_columns(person_id=nobody, household_id=nobody, identity=nobody)
        .select(pl.col(name).cast(dtype) for name, dtype in RESULT_SCHEMA.items())
    )
    confirmed = matches.filter(pl.col("status") == "confirmed")
    return MatchResult(
        matches=matches,
        candidates=pl.DataFrame(schema=CANDIDATE_SCHEMA),
        expected_false_links=float((1 - confirmed["probability"]).sum()),
        stats={"records": rows.height},
    )
