"""Records that carry the roster's own names of things: 人编号 and 户编号 say who is meant.

Exports of the national system name everybody by the number the roster has too. Where that number
is the same and no name speaks against it, nothing is left to be matched. Villages they name as the
roster does: one the roster holds nobody of is no misspelt other, but itself.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.identity.places import town_stem, village_stem
from fpm.match import RESULT_SCHEMA
from fpm.model import RECORD_KEY, MatchOn
from fpm.rulebook.layout import LayoutSpec

_NUMBER: Final[dict[MatchOn, str]] = {"person": "person_id", "household": "household_id"}
_TITLE: Final[dict[MatchOn, str]] = {"person": "人编号", "household": "户编号"}
_HEAD: Final = "户主"


def split_by_number(
    roster: pl.DataFrame, claims: pl.DataFrame, layout: LayoutSpec
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Link the claims that carry a number of the roster.

    Args:
        roster: the roster frame.
        claims: RECORD_KEY and role columns.
        layout: says whether a record is about a person, a household or a village.

    Returns:
        Their links (RESULT_SCHEMA), and the claims that are left for matching. A number whose
        bearer has another name than the record says is left, too.
    """
    if layout.own_places:
        links = _villages_without_people(roster, claims)
        return links, claims.join(links, on=RECORD_KEY, how="anti", maintain_order="left")
    number = _NUMBER.get(layout.match_on)
    if number is None or number not in claims.columns:
        return pl.DataFrame(schema=RESULT_SCHEMA), claims
    said = claims.select(*RECORD_KEY, number, said=_names(claims))
    found = said.drop_nulls(number).join(
        _bearers(roster, number), on=number, how="inner", validate="m:1"
    )
    agreeing = found.filter(
        pl.col("said").is_null() | pl.col("names").list.contains(pl.col("said"))
    )
    links = agreeing.select(
        *RECORD_KEY,
        pl.col("bearer").alias("person_id"),
        pl.col("home").alias("household_id"),
        pl.lit("confirmed").alias("status"),
        pl.lit(1.0).alias("probability"),
        pl.lit("number").alias("method"),
        pl.lit(f"{_TITLE[layout.match_on]}与花名册相同").alias("reason"),
        "township",
        "village",
        pl.lit(None, dtype=pl.String).alias("identity"),
    )
    return links, claims.join(links, on=RECORD_KEY, how="anti", maintain_order="left")


def _villages_without_people(roster: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    stems = {"_town": town_stem(pl.col("township")), "_stem": village_stem(pl.col("village"))}
    peopled = roster.select("township", "village").unique().lazy().select(**stems)
    nobody = pl.lit(None, dtype=pl.String)
    return (
        claims.lazy()
        .with_columns(**stems)
        .drop_nulls(list(stems))
        .join(peopled, on=list(stems), how="anti", maintain_order="left")
        .select(
            *RECORD_KEY,
            nobody.alias("person_id"),
            nobody.alias("household_id"),
            pl.lit("confirmed").alias("status"),
            pl.lit(1.0).alias("probability"),
            pl.lit("place").alias("method"),
            pl.lit("花名册里没有这个村的人，按名单所写的村").alias("reason"),
            "township",
            "village",
            nobody.alias("identity"),
        )
        .collect()
    )


def _names(claims: pl.DataFrame) -> pl.Expr:
    """The name a record gives: of the person, else of the head."""
    known = [name for name in ("name", "head_name") if name in claims.columns]
    return pl.coalesce(*known) if known else pl.lit(None, dtype=pl.String)


def _bearers(roster: pl.DataFrame, number: str) -> pl.DataFrame:
    """One row a number: the person or the head, and the names it may go by."""
    heads = (pl.col("relation") == _HEAD).fill_null(value=False)
    people = roster.select(
        pl.col(number).alias(f"_{number}"),
        "person_id",
        "household_id",
        "township",
        "village",
        "name",
        heads.alias("_head"),
    ).drop_nulls(f"_{number}")
    return (
        people.sort("_head", descending=True, maintain_order=True)
        .group_by(f"_{number}", maintain_order=True)
        .agg(
            pl.col("person_id").first().alias("bearer"),
            pl.col("household_id").first().alias("home"),
            pl.col("township", "village").first(),
            pl.col("name").drop_nulls().alias("names"),
        )
        .rename({f"_{number}": number})
    )
