"""The returned list of undecided matches → decisions to remember, and every row that cannot count.

A record's row carries the key of its identity, a candidate's row that key and the person's. A
choice is read through both, so that sorting the sheet cannot move it to somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.followup.problems import PROBLEM_SCHEMA, problem_rows

NOBODY: Final = "都不是"
LATER: Final = "暂不能定"

CHOICE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
    "row_key": pl.String,
    "who": pl.String,
    "decision": pl.String,
}

_IDENTITY: Final = r"^([^.]+)"
_PERSON: Final = r"^[^.]+\.(.+)$"
_RANK: Final = r"^第?(\d{1,2})(?:候选|个|号)?$"
_PLACE: Final = ("file", "sheet", "row")


@dataclass(frozen=True, slots=True)
class Choices:
    """What came of returned rows.

    Attributes:
        fresh: ``identity person_id against`` to be remembered (person null: nobody of the roster;
            against: whom the data point to, where the decision is for somebody else).
        problems: PROBLEM_SCHEMA.
        known: decisions that the ledger holds already.
        undecided: records still without a choice.
    """

    fresh: pl.DataFrame
    problems: pl.DataFrame
    known: int
    undecided: int


def read_decisions(
    returned: pl.DataFrame,
    asked: pl.DataFrame,
    held: pl.DataFrame,
    *,
    again: pl.DataFrame | None = None,
    supersede: bool = False,
) -> Choices:
    """Sort returned rows into decisions and problems; the order of rows and files does not matter.

    Args:
        returned: CHOICE_SCHEMA.
        asked: ``identity person_id``: undecided identities with each of their candidates.
        held: ``identity person_id``: decisions remembered, one an identity.
        again: ``identity now``: asked again because data spoke against the decision remembered, for
            whom; any answer replaces it.
        supersede: a decision that differs from the remembered one replaces it.
    """
    keyed = returned.with_columns(
        identity=pl.col("row_key").str.extract(_IDENTITY),
        candidate=pl.col("row_key").str.extract(_PERSON),
        choice=pl.col("decision").str.normalize("NFKC").str.replace_all(r"\s", ""),
        rank=_rank(pl.col("who")),
    )
    records = keyed.filter(pl.col("candidate").is_null())
    made = records.filter(pl.col("choice").fill_null(LATER) != LATER)
    beside = keyed.filter(pl.col("candidate").is_not_null() & ~pl.col("choice").is_in(["", LATER]))
    beside = beside.with_columns(
        about="identity",
        problem=pl.lit("beside_candidate"),
        reason=pl.lit("认定写在候选人的行里，看不出选的是谁，没有采用"),
    )
    judged = _judged(made, keyed, asked, held.select("identity", "person_id"))
    wrong = judged.filter(pl.col("problem").is_not_null())
    sound = judged.filter(pl.col("problem").is_null())
    split = (pl.struct("person_id").n_unique() > 1).over("identity")
    differing = sound.filter(split).with_columns(
        problem=pl.lit("copies_differ"), reason=pl.lit("几份表对同一条的认定不同，都没有采用")
    )
    agreed = sound.filter(~split).join(
        held.select("identity", held_person="person_id", held=pl.lit(value=True)),
        on="identity",
        how="left",
        maintain_order="left",
    )
    if again is None:
        again = pl.DataFrame(schema={"identity": pl.String, "now": pl.String})
    same = pl.col("held_person").eq_missing(pl.col("person_id"))
    against = agreed.filter(pl.col("held") & ~same)
    otherwise = against.clear() if supersede else against
    otherwise = otherwise.join(again, on="identity", how="anti")
    known = agreed.filter(pl.col("held") & same).join(again, on="identity", how="anti")
    taken = agreed.join(pl.concat([known, otherwise]).select("identity"), on="identity", how="anti")
    told = otherwise.with_columns(
        problem=pl.lit("recorded_otherwise"), reason=pl.lit("台账已有不同的认定，本行没有采用")
    )
    return Choices(
        fresh=_with_what_they_face(taken.select("identity", "person_id"), again),
        problems=_stack([beside, wrong, differing, told]),
        known=known["identity"].n_unique(),
        undecided=records.height - made.height,
    )


def _with_what_they_face(taken: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Decisions with ``against``: one made in the face of the data rests until these change."""
    faced = taken.unique("identity").join(again, on="identity", how="left").sort("identity")
    elsewhere = pl.col("now").ne_missing(pl.col("person_id"))
    return faced.select("identity", "person_id", against=pl.when(elsewhere).then("now"))


def _judged(
    made: pl.DataFrame, keyed: pl.DataFrame, asked: pl.DataFrame, held: pl.DataFrame
) -> pl.DataFrame:
    """Add ``person_id``, ``about``, ``problem`` and ``reason``; problem is null for a sound row.

    What was decided counts as asked: a list that is handed in twice is no problem.
    """
    chosen = made.with_columns(wanted=_rank(pl.col("choice")))
    candidates = keyed.filter(pl.col("candidate").is_not_null()).select(
        "file", "identity", pl.col("rank").alias("wanted"), "candidate"
    )
    beside = candidates.unique(["file", "identity", "wanted"], keep="none")
    asked = pl.concat([asked, held]).select("identity", "person_id").unique()
    pairs = asked.select("identity", candidate="person_id", offered=pl.lit(value=True))
    identities = asked.select("identity", asked=pl.lit(value=True)).unique()
    known = (
        chosen.drop("candidate", "rank")
        .join(beside, on=["file", "identity", "wanted"], how="left", maintain_order="left")
        .join(pairs, on=["identity", "candidate"], how="left", maintain_order="left")
        .join(identities, on="identity", how="left", maintain_order="left")
    )
    nobody = pl.col("choice") == NOBODY
    problem = (
        pl.when(pl.col("identity").is_null())
        .then(pl.lit("no_key"))
        .when(pl.col("asked").is_null())
        .then(pl.lit("not_asked"))
        .when(~nobody & pl.col("wanted").is_null())
        .then(pl.lit("unknown_choice"))
        .when(~nobody & pl.col("offered").is_null())
        .then(pl.lit("tampered"))
    )
    reasons = {
        "no_key": "这一行没有行标识，认不出是哪条记录",
        "not_asked": "这一行的记录不在待核之列，或行标识被改动",
        "unknown_choice": "认定的写法不认识",
        "tampered": "所选候选的行不在表中，或行标识被改动",
    }
    return known.with_columns(
        person_id=pl.when(~nobody).then("candidate"), about="identity", problem=problem
    ).with_columns(
        reason=pl.col("problem").replace_strict(reasons, default=None, return_dtype=pl.String)
    )


def _rank(text: pl.Expr) -> pl.Expr:
    plain = text.str.normalize("NFKC").str.replace_all(r"\s", "")
    return plain.str.extract(_RANK).cast(pl.UInt32, strict=False)


def _stack(parts: list[pl.DataFrame]) -> pl.DataFrame:
    frames = [problem_rows(part, pl.col("problem"), pl.col("reason")) for part in parts]
    stacked = pl.concat([pl.DataFrame(schema=PROBLEM_SCHEMA), *frames])
    return stacked.sort(*_PLACE, nulls_last=True)
