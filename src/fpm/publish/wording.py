"""How people, households, levels and states are written in lists."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.model import DEPARTMENT_TITLES, LEVEL_TITLES, LEVELS, STATE_TITLES
from fpm.publish.publication import Publication

NOWHERE: Final = "（未注明）"
"""Township or village of a household that the roster leaves blank."""
HEAD: Final = "户主"
ROSTER: Final = "roster"
"""The department of roster files."""


def level_rank(column: str = "level") -> pl.Expr:
    """Order of severity, 0 the worst."""
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    return pl.col(column).replace_strict(ranks, default=len(LEVELS), return_dtype=pl.Int8)


def level_title(column: str = "level") -> pl.Expr:
    """红色, 橙色, 黄色."""
    return pl.col(column).replace_strict(LEVEL_TITLES, default=None, return_dtype=pl.String)


def state_title(column: str = "state") -> pl.Expr:
    """新增, 持续, 升级 …."""
    return pl.col(column).replace_strict(STATE_TITLES, default=None, return_dtype=pl.String)


def shown_id(id_number: pl.Expr, *, masked: bool) -> pl.Expr:
    """The ID number as lists show it: the first 6 and last 4 characters, or all.

    What holds no digit, such as 无, is no number and hides nobody.
    """
    if not masked:
        return id_number
    length = id_number.str.len_chars()
    stars = pl.lit("*" * 40)
    middle = stars.str.slice(0, pl.max_horizontal(length - 10, 0))
    short = stars.str.slice(0, length)
    whole = pl.concat_str(id_number.str.slice(0, 6), middle, id_number.str.slice(-4))
    hidden = pl.when(length < 12).then(short).otherwise(whole)
    return pl.when(id_number.str.contains(r"\d")).then(hidden).otherwise(id_number)


def differing_digits(own: pl.Expr, other: pl.Expr, *, masked: bool) -> pl.Expr:
    """The ID number ``own`` masked, but for the places in which it differs from ``other``.

    Whoever has to settle which number is right must see where two differ. Numbers that differ in
    more than three hidden places are not slips of the pen, and are masked whole.
    """
    if not masked:
        return own
    places, differing = [], pl.lit(0, pl.UInt32)
    for place in range(18):
        mine = own.str.slice(place, 1)
        same = mine == other.str.slice(place, 1)
        inside = 6 <= place < 14
        places.append(pl.when(same).then(pl.lit("*")).otherwise(mine) if inside else mine)
        differing = differing + (~same if inside else pl.lit(value=False))
    comparable = (own.str.len_chars() == 18) & (other.str.len_chars() == 18) & (differing <= 3)
    return pl.when(comparable).then(pl.concat_str(places)).otherwise(shown_id(own, masked=True))


def heads(publication: Publication) -> pl.DataFrame:
    """One row a household: ``household_id, head_name, head_id, can_work``.

    Without a member registered as head the first member by person id stands in. ``can_work``:
    some member can; null when nobody is known to and somebody is unknown.
    """
    order = [pl.col("relation").fill_null("") != HEAD, pl.col("person_id")]
    masked = publication.heading.mask_ids
    return (
        publication.people.sort(order, maintain_order=True)
        .group_by("household_id", maintain_order=True)
        .agg(
            head_name=pl.col("name").first(),
            head_id=shown_id(pl.col("id_number").first(), masked=masked),
            can_work=pl.col("can_work").any(ignore_nulls=False),
        )
    )


def persons(publication: Publication) -> pl.DataFrame:
    """One row a person: ``person_id, person_name, person_id_number, described``.

    ``described`` is such as 张三 之子15岁; the space is where a narrow cell breaks the line.
    """
    relation = pl.col("relation").fill_null("")
    age = pl.when(pl.col("age").is_not_null()).then(pl.format("{}岁", "age"))
    about = pl.concat_str(relation, age, ignore_nulls=True)
    people = publication.people.lazy().select(
        "person_id",
        person_name="name",
        person_id_number=shown_id(pl.col("id_number"), masked=publication.heading.mask_ids),
        described=pl.when(about == "")
        .then(pl.col("name"))
        .otherwise(pl.format("{} {}", "name", about)),
    )
    return people.unique("person_id", keep="first", maintain_order=True).collect()


def department_rank(department: pl.Expr) -> pl.Expr:
    """Order of departments in lists: as ``model`` names them, others after, the roster last."""
    known = [name for name in DEPARTMENT_TITLES if name != ROSTER]
    ranks = {name: rank for rank, name in enumerate(known)} | {ROSTER: len(known) + 1}
    return department.replace_strict(ranks, default=len(known), return_dtype=pl.Int64)


def department_titles(sources: pl.Expr, publication: Publication) -> pl.Expr:
    """Titles of the departments named in ``sources`` (JSON list of record references)."""
    decoded = sources.str.json_decode(pl.List(pl.Struct({"department": pl.String})))
    names = decoded.list.eval(pl.element().struct.field("department")).list.unique()
    ordered = names.list.eval(pl.element().sort_by(department_rank(pl.element()), pl.element()))
    return ordered.list.eval(pl.element().replace(dict(publication.departments))).list.join("、")


def rule_table(publication: Publication) -> pl.DataFrame:
    """One row a rule: ``rule_id, rule_title, advice``."""
    rows = [(rule.id, rule.title, rule.advice) for rule in publication.rules]
    schema = {"rule_id": pl.String, "rule_title": pl.String, "advice": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
