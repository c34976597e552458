"""Planted families: cast the scenes with families of the county, write their facts over theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from fpm.model import Period
from fpm.sample.dice import stream
from fpm.sample.script import Entry, Find, Value, script

_PLAIN: dict[str, Value] = {
    "household_type": "一般农户",
    "monitor_type": "",
    "risk_cleared": "",
    "identified_on": "",
    "cleared_on": "",
    "risks": "",
    "whole_household_no_labour": "",
    "dibao_grade": "",
    "tekun_kind": "",
    "edge": False,
    "receives_dibao": "未享受",
    "receives_tekun": "未享受",
    "net_income_per_person": 21_000.0,
    "insurance": "本地居民",
    "resident_medical": "是",
    "employee_medical": "否",
    "serious_illness_insurance": "是",
    "health": "健康",
    "id_type": "居民身份证",
    "certificate": "",
    "work_months": 0,
    "work_area": "",
    "former_name": "",
    "track": "普高",
}
"""The life of a planted family before its scene: nothing that any rule would speak of."""


def cast(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give every scene a family of its own; scenes about a village also a village of their own.

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
    parts: list[pl.DataFrame] = []
    villages: list[int] = []
    taken: dict[tuple[str, str], list[object]] = {}
    for scene in script().scene:
        fitting = free.filter(_wanted(scene.find))
        if scene.village_water:
            fitting = fitting.filter(~pl.col("place").is_in(villages))
        for key, word in (("place", scene.own_village), ("township", scene.own_township)):
            if word:
                fitting = fitting.filter(~pl.col(key).is_in(taken.get((key, word), [])))
        if fitting.is_empty():
            continue
        pick = int(stream(seed, "cast", scene.code).integers(0, fitting.height))
        role = fitting[pick].select(pl.lit(scene.code).alias("code"), "row", "family", "place")
        parts.append(role)
        for key, word in (("place", scene.own_village), ("township", scene.own_township)):
            if word:
                taken.setdefault((key, word), []).append(fitting[key][pick])
        free = free.join(role, on="family", how="anti", maintain_order="left")
        if scene.village_water:
            villages.append(role["place"][0])
    return pl.concat(parts)


def _wanted(find: Find) -> pl.Expr:
    fits = pl.col("age").is_between(*find.ages)
    if find.template:
        fits &= pl.col("template").is_in(find.template)
    if find.relation:
        fits &= pl.col("relation").is_in(find.relation)
    if find.school_ages:
        fits &= pl.col("school_age").is_between(*find.school_ages)
    return fits


def dated(value: Value, last: Period) -> Value:
    """A scene's text with its months filled in, counted from the last period.

    ``{-7}`` is a month (202603), ``{0.12}`` a day of a month (2026-10-12), ``{-3.end}`` its last.
    """
    if not isinstance(value, str):
        return value

    def written(found: re.Match[str]) -> str:
        month = last.shift(int(found["months"]))
        if found["day"] is None:
            return f"{month.year}{month.month:02d}"
        if found["day"] == "end":
            return f"{month.last_day}"
        return f"{month}-{int(found['day']):02d}"

    return _DATED.sub(written, value)


_DATED: Final = re.compile(r"\{(?P<months>-?[0-9]+)(?:\.(?P<day>[0-9]{1,2}|end))?\}")


def play(people: pl.DataFrame, roles: pl.DataFrame, last: Period) -> pl.DataFrame:
    """Mark planted families (``planted``), give them a plain life, write their scenes over it."""
    age = pl.col("age")
    labour = (
        pl.when(age.is_between(16, 59)).then(pl.lit("普通劳动力"))
        .when(age.is_between(60, 79)).then(pl.lit("弱劳动力或半劳动力"))
        .otherwise(pl.lit("无劳动力"))
    )  # fmt: skip
    planted = pl.col("family").is_in(roles["family"].to_list())
    plain = people.with_columns(planted=planted).with_columns(
        labour=pl.when("planted").then(labour).otherwise("labour"), **_where("planted", _PLAIN)
    )
    status = script().status
    household = {s.code: {**status.get(s.status, {}), **s.household} for s in script().scene}
    children = {s.code: s.children for s in script().scene}
    person = {s.code: s.person for s in script().scene}
    at_home = _write_over(plain, roles, _filled_in(household, last), "family")
    child = pl.col("relation").is_in(["之子", "之女"])
    at_home = _write_over(at_home, roles, _filled_in(children, last), "family", among=child)
    return _write_over(at_home, roles, _filled_in(person, last), "row")


def play_later(people: pl.DataFrame, roles: pl.DataFrame, last: Period) -> pl.DataFrame:
    """What the roster of the last period says, where it differs."""
    later = {scene.code: scene.household_later for scene in script().scene}
    return _write_over(people, roles, _filled_in(later, last), "family")


def _filled_in(
    facts: Mapping[str, Mapping[str, Value]], last: Period
) -> dict[str, dict[str, Value]]:
    return {
        code: {name: dated(value, last) for name, value in values.items()}
        for code, values in facts.items()
    }


def _where(flag: str, values: Mapping[str, Value]) -> dict[str, pl.Expr]:
    return {
        name: pl.when(flag).then(_literal(value)).otherwise(name) for name, value in values.items()
    }


def _write_over(
    people: pl.DataFrame,
    roles: pl.DataFrame,
    facts: Mapping[str, Mapping[str, Value]],
    key: str,
    *,
    among: pl.Expr | None = None,
) -> pl.DataFrame:
    """Set the columns of each scene for the people (``among`` them) whose ``key`` its role has."""
    columns = dict.fromkeys(name for values in facts.values() for name in values)
    codes = people.join(roles.select(key, "code"), on=key, how="left", maintain_order="left")
    if among is not None:
        codes = codes.with_columns(code=pl.when(among).then("code"))
    done = codes.with_columns(_chosen(name, facts).alias(name) for name in columns)
    return done.drop("code")


def _chosen(name: str, facts: Mapping[str, Mapping[str, Value]]) -> pl.Expr:
    result = pl.col(name)
    for code, values in facts.items():
        if name in values:
            result = pl.when(pl.col("code") == code).then(_literal(values[name])).otherwise(result)
    return result


def _literal(value: Value) -> pl.Expr:
    """An empty text in a scene means that the cell is blank."""
    return pl.lit(None) if value == "" else pl.lit(value)


def effects(people: pl.DataFrame, roles: pl.DataFrame, name: str) -> pl.DataFrame:
    """All lines called ``name`` of all cast scenes, one row a person and month.

    Returns:
        ``code row offset`` and the fields of the line; empty (those three only) if there is none.
    """
    cast_of = {role["code"]: role for role in roles.iter_rows(named=True)}
    lines = [
        {**line.model_dump(exclude={"offsets", "offset"}), "code": scene.code, "row": row}
        | {"offset": offset}
        for scene in script().scene
        if scene.code in cast_of
        for line in getattr(scene, name)
        for offset in getattr(line, "offsets", None) or (line.offset,)
        for row in _rows(cast_of[scene.code], people, everyone=getattr(line, "everyone", False))
    ]
    if not lines:
        return pl.DataFrame(schema={"code": pl.String, "row": pl.Int64, "offset": pl.Int64})
    return pl.DataFrame(lines, infer_schema_length=None)


def entries(
    people: pl.DataFrame, roles: pl.DataFrame, name: str, when: tuple[int, Period]
) -> pl.DataFrame:
    """The planted lines of one short list in one month.

    Args:
        people: all, with ``planted`` and ``listed_worker``.
        roles: who plays what.
        name: of the list.
        when: offset of the month, and the last period.

    Returns:
        ``row``, ``absent`` and the cells of the lines (as the scenes give them).
    """
    offset, last = when
    cast_of = {role["code"]: role for role in roles.iter_rows(named=True)}
    lines = [
        {"row": row, "absent": entry.absent}
        | {header: dated(value, last) for header, value in entry.cells.items()}
        for scene in script().scene
        if scene.code in cast_of
        for entry in scene.entry
        if entry.of == name and offset in entry.offsets
        for row in [cast_of[scene.code]["row"], *_neighbours(people, cast_of[scene.code], entry)]
    ]
    if not lines:
        return pl.DataFrame(schema={"row": pl.Int64, "absent": pl.Boolean})
    return pl.DataFrame(lines, infer_schema_length=None)


def _neighbours(people: pl.DataFrame, role: dict[str, int], entry: Entry) -> list[int]:
    """Ordinary families of the place, one member each, the first in the order of the county."""
    home = people.row(role["row"], named=True)
    fits = (pl.col("relation") == "户主") if entry.who == "head" else pl.col("listed_worker")
    near = pl.col("township") == home["township"]
    if entry.across == "village":
        near &= pl.col("village") == home["village"]
    lasting = pl.col("died_on").is_null() & pl.col("moved_out_on").is_null()
    found = people.filter(
        near & fits & lasting & ~pl.col("planted") & pl.col("moved_in_on").is_null()
    )
    chosen = found.unique("family", keep="first", maintain_order=True)
    return chosen["row"].to_list()[: entry.neighbours]


def _rows(role: dict[str, int], people: pl.DataFrame, *, everyone: bool) -> list[int]:
    """The person of the role, or the whole family."""
    if not everyone:
        return [role["row"]]
    return people.filter(pl.col("family") == role["family"])["row"].to_list()
