"""Planted families: scenes read from ``scenes.toml``, cast with fitting families of the county."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

import polars as pl
from pydantic import Field

from fpm.rulebook.base import Identifier, Spec, Title
from fpm.sample.dice import stream

Value = str | int | float | bool
Offsets = tuple[int, ...]
"""Months before the last period: 0 the last, -1 the one before."""
_ALWAYS: Offsets = (-2, -1, 0)


class Find(Spec):
    """Which family may play: kind of family, age, sex and relation of the person concerned."""

    template: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    sex: Literal["", "男", "女"] = ""
    ages: tuple[int, int] = (0, 120)
    school_ages: tuple[int, int] | None = None


class Bill(Spec):
    """One settlement of the person, amounts in yuan."""

    offset: int = 0
    visit: Title = "普通住院"
    disease: Title = "脑梗死"
    total: float = Field(strict=False)
    self_paid: float = Field(strict=False)
    own: float = Field(default=0, strict=False)
    """Outside the insured scope, paid by the patient (自费)."""
    aid_due: float = Field(default=0, strict=False)
    aid: float = Field(default=0, strict=False)
    refunded: bool = False
    """Followed by an equal negative row."""


class Listed(Spec):
    """On (or, with ``absent``, off) a list in these months."""

    offsets: Offsets = _ALWAYS
    everyone: bool = False
    """All members, not only the person."""
    absent: bool = False
    grade: str = ""
    amount: float = Field(default=395, strict=False)
    kind: str = ""
    state: str = ""


class Watch(Spec):
    """A line of the drop-out list."""

    offset: int = 0
    status: Title
    reason: str = "厌学"
    follow_up: str = "劝学"
    returned: bool = False


class House(Spec):
    """A line of the housing list."""

    offsets: Offsets = _ALWAYS
    grade: Title
    lived_in: str = "是"
    progress: str = ""
    built: int = 2005
    renovated_before: str = "否"


class Water(Spec):
    """A line of a water list, of the household or of its village."""

    offsets: Offsets = (0,)
    quantity: str = "达标"
    quality: str = "达标"
    convenience: str = "达标"
    reliability: str = "达标"
    short_days: int = 0
    stoppage_days: int = 0
    problem: str = ""


class Expect(Spec):
    """What a rule must say of this family in this month."""

    rule: Identifier
    offset: int = 0
    result: Literal["hit", "clear"] = "hit"


class Scene(Spec):
    """One planted family."""

    code: Identifier
    title: Title
    find: Find = Find()
    person: dict[Identifier, Value] = {}
    household: dict[Identifier, Value] = {}
    person_later: dict[Identifier, Value] = {}
    """In the roster of the last period only."""
    household_later: dict[Identifier, Value] = {}
    bill: tuple[Bill, ...] = ()
    dibao: tuple[Listed, ...] = ()
    tekun: tuple[Listed, ...] = ()
    edge: tuple[Listed, ...] = ()
    insured: tuple[Listed, ...] = ()
    school: tuple[Listed, ...] = ()
    watch: tuple[Watch, ...] = ()
    house: tuple[House, ...] = ()
    water: tuple[Water, ...] = ()
    village_water: tuple[Water, ...] = ()
    expect: tuple[Expect, ...] = ()


class _Script(Spec):
    scene: tuple[Scene, ...]


@cache
def scenes() -> tuple[Scene, ...]:
    """The scenes shipped with fpm, in their order."""
    text = resources.files("fpm.sample").joinpath("scenes.toml").read_text("utf-8")
    return _Script.model_validate_json(_json(tomllib.loads(text))).scene


def _json(table: dict[str, object]) -> str:
    import json  # noqa: PLC0415  pydantic reads tuples strictly from JSON only

    return json.dumps(table, ensure_ascii=False)


def cast(people: pl.DataFrame, script: Sequence[Scene], seed: int) -> pl.DataFrame:
    """Give every scene a family of its own.

    Returns:
        One row a scene that found a family: ``code``, ``row`` (of ``people``), ``family``,
        ``place``. In a county too small for a scene the scene is left out.
    """
    free = people.with_row_index("row").filter(
        pl.col("died_on").is_null()
        & pl.col("moved_in_on").is_null()
        & pl.col("moved_out_on").is_null()
        & ~pl.col("name").str.contains("·", literal=True)
    )
    used: list[int] = []
    places: list[int] = []
    parts = []
    for scene in script:
        fitting = free.filter(_wanted(scene.find) & ~pl.col("family").is_in(used))
        if scene.village_water:
            fitting = fitting.filter(~pl.col("place").is_in(places))
        if fitting.is_empty():
            continue
        chosen = fitting[int(stream(seed, "cast", scene.code).integers(0, fitting.height))]
        used.append(chosen["family"][0])
        if scene.village_water:
            places.append(chosen["place"][0])
        parts.append(chosen.select(pl.lit(scene.code).alias("code"), "row", "family", "place"))
    return pl.concat(parts)


def _wanted(find: Find) -> pl.Expr:
    fits = pl.col("age").is_between(*find.ages)
    if find.template:
        fits &= pl.col("template").is_in(find.template)
    if find.relation:
        fits &= pl.col("relation").is_in(find.relation)
    if find.sex:
        fits &= pl.col("sex") == find.sex
    if find.school_ages:
        fits &= pl.col("school_age").is_between(*find.school_ages)
    return fits


def play(people: pl.DataFrame, roles: pl.DataFrame, script: Sequence[Scene]) -> pl.DataFrame:
    """Write the scenes' own facts over the people's, and mark whole families ``planted``."""
    return _override(
        people.with_columns(planted=pl.col("family").is_in(roles["family"].to_list())),
        roles,
        {scene.code: (scene.household, scene.person) for scene in script},
    )


def play_later(people: pl.DataFrame, roles: pl.DataFrame, script: Sequence[Scene]) -> pl.DataFrame:
    """What the roster of the last period says, where it differs."""
    later = {scene.code: (scene.household_later, scene.person_later) for scene in script}
    return _override(people, roles, later)


def _override(
    people: pl.DataFrame,
    roles: pl.DataFrame,
    facts: dict[str, tuple[dict[str, Value], dict[str, Value]]],
) -> pl.DataFrame:
    numbered = people.with_row_index("row_")
    for role in roles.iter_rows(named=True):
        household, person = facts[role["code"]]
        changes = [(pl.col("family") == role["family"], household)]
        changes.append((pl.col("row_") == role["row"], person))
        for rows, values in changes:
            numbered = numbered.with_columns(
                pl.when(rows).then(_literal(value)).otherwise(pl.col(column)).alias(column)
                for column, value in values.items()
            )
    return numbered.drop("row_")


def _literal(value: Value) -> pl.Expr:
    """An empty text in a scene means that the cell is blank."""
    return pl.lit(None) if value == "" else pl.lit(value)


def effects(
    roles: pl.DataFrame, script: Sequence[Scene], name: str, people: pl.DataFrame
) -> pl.DataFrame:
    """All lines called ``name`` of all cast scenes, one row a person and month.

    Returns:
        ``code row offset`` and the fields of the line; empty (``row``, ``offset`` only) if none.
    """
    cast_of = {role["code"]: role for role in roles.iter_rows(named=True)}
    lines = [
        {**line.model_dump(exclude={"offsets", "offset"}), "code": scene.code, "row": row, "offset": o}
        for scene in script
        if scene.code in cast_of
        for line in getattr(scene, name)
        for o in getattr(line, "offsets", None) or (line.offset,)
        for row in _rows(cast_of[scene.code], people, everyone=getattr(line, "everyone", False))
    ]  # fmt: skip
    if not lines:
        return pl.DataFrame(schema={"code": pl.String, "row": pl.Int64, "offset": pl.Int64})
    return pl.DataFrame(lines, infer_schema_length=None)


def _rows(role: dict[str, int], people: pl.DataFrame, *, everyone: bool) -> list[int]:
    if not everyone:
        return [role["row"]]
    rows = people.select(pl.arg_where(pl.col("family") == role["family"])).to_series()
    return [int(row) for row in rows]
