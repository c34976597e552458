"""Where each oddity of ``oddities.toml`` stands in the files of a month, as a README table."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Final

import polars as pl

from fpm.rulebook.base import Identifier, Spec, Title
from fpm.sample.sheets import Delivery, Sheet

Place = tuple[str, str, int]
"""File below ``inbox/``, sheet, line."""


class Oddity(Spec):
    """One line of the table."""

    code: Identifier
    kind: Title
    file: str = ""
    """A word of the file name, where a kind comes in several files."""
    at: str = "record"
    damage: str = ""
    what: Title
    what_en: Title
    does: Title
    does_en: Title


class _Oddities(Spec):
    oddity: tuple[Oddity, ...]


@cache
def oddities() -> tuple[Oddity, ...]:
    """All oddities, in the order of the table."""
    text = resources.files("fpm.sample").joinpath("oddities.toml").read_text("utf-8")
    return _Oddities.model_validate_json(json.dumps(tomllib.loads(text))).oddity


def table(deliveries: Sequence[Delivery]) -> str:
    """The table in Markdown; an oddity that the county is too small to hold is left out."""
    lines = [
        "| 代号 code | 文件 file | 表 sheet | 行 row | 是什么 what | 怎么做 what fpm does |",
        "|---|---|---|---|---|---|",
    ]
    for oddity in oddities():
        place = find(oddity, deliveries)
        if place is not None:
            file, sheet, row = place
            what, does = f"{oddity.what}<br>{oddity.what_en}", f"{oddity.does}<br>{oddity.does_en}"
            lines.append(f"| {oddity.code} | {file} | {sheet} | {row} | {what} | {does} |")
    return "\n".join(lines)


def find(oddity: Oddity, deliveries: Sequence[Delivery]) -> Place | None:
    """The first place where ``oddity`` stands, or ``None``."""
    for delivery in deliveries:
        if f"{delivery.department}.{delivery.kind}" != oddity.kind:
            continue
        if oddity.file not in delivery.path:
            continue
        for index, sheet in enumerate(delivery.sheets):
            row = _FINDERS[oddity.at](sheet, index, oddity.damage)
            if row is not None:
                return delivery.path, delivery.sheet_name(sheet), row
    return None


def _line_above(offset: int) -> Callable[[Sheet, int, str], int | None]:
    """A line counted upwards from the header."""
    return lambda sheet, _index, _damage: sheet.lines_above - offset


def _title(sheet: Sheet, _index: int, _damage: str) -> int | None:
    return 1 if sheet.titles else None


def _record(sheet: Sheet, _index: int, damage: str) -> int | None:
    return _where(sheet, pl.col("damage") == damage)


def _first(sheet: Sheet, _index: int, _damage: str) -> int | None:
    return _where(sheet, pl.col("damage") == "")


def _second_sheet(sheet: Sheet, index: int, damage: str) -> int | None:
    return _first(sheet, index, damage) if index == 1 else None


def _hidden(sheet: Sheet, _index: int, _damage: str) -> int | None:
    return 1 if sheet.hidden else None


def _between(sheet: Sheet, _index: int, _damage: str) -> int | None:
    """The first line between records (blank or subtotal)."""
    if not sheet.between:
        return None
    return sheet.lines_above + min(sheet.between) + 1


def _footer(word: str) -> Callable[[Sheet, int, str], int | None]:
    def find_footer(sheet: Sheet, _index: int, _damage: str) -> int | None:
        below = sheet.lines_above + sheet.cells.height + len(sheet.between) + 1
        for place, line in enumerate(sheet.footers):
            if str(line[0]).startswith("合计") == (word == "合计"):
                return below + place
        return None

    return find_footer


def _village(wanted: pl.Expr) -> Callable[[Sheet, int, str], int | None]:
    return lambda sheet, _index, _damage: (
        None if sheet.hidden else _where(sheet, wanted & (pl.col("damage") == ""))
    )


def _other_head(sheet: Sheet, _index: int, _damage: str) -> int | None:
    """A clean row of somebody who is not the first member of the household."""
    other = ~pl.col("person_id").str.ends_with("01") & (pl.col("person_id") != "")
    return _where(sheet, other & (pl.col("damage") == ""))


def _where(sheet: Sheet, wanted: pl.Expr) -> int | None:
    both = pl.concat(
        [sheet.cells.rename(lambda name: f"cell {name}"), sheet.truth], how="horizontal"
    )
    rows = both.with_columns(sheet.record_lines()).filter(wanted)["row"]
    return int(rows[0]) if len(rows) else None


_WRITTEN: Final = pl.col("cell 行政村")
_FINDERS: Final[dict[str, Callable[[Sheet, int, str], int | None]]] = {
    "record": _record,
    "first": _first,
    "second_sheet": _second_sheet,
    "title": _title,
    "group": _line_above(1),
    "header": _line_above(0),
    "hidden": _hidden,
    "blank": _between,
    "subtotal": _between,
    "total": _footer("合计"),
    "note": _footer("说明"),
    "village_cut": _village(pl.col("village") == _WRITTEN + "村"),
    "village_long": _village(pl.col("township") + pl.col("village") == _WRITTEN),
    "other_head": _other_head,
}
