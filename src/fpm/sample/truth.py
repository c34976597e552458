"""The truth beside the files: whose every row is, what was done to it, and what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from fpm.sample.county import County, Month
from fpm.sample.script import Expect, Scene, script
from fpm.sample.sheets import Delivery


def truth_frame(deliveries: Sequence[Delivery]) -> pl.DataFrame:
    """Every record of one kind: file, sheet (empty for a csv), row, whose it is, damage."""
    parts = [
        sheet.truth.with_columns(
            sheet.record_lines(),
            file=pl.lit(delivery.path.rsplit("/", 1)[-1]),
            sheet=pl.lit(delivery.sheet_name(sheet)),
        )
        for delivery in deliveries
        for sheet in delivery.sheets
        if sheet.cells.height == sheet.truth.height
    ]
    keys = ["file", "sheet", "row"]
    by_place = "village" in parts[0].columns
    whose = ["township", "village"] if by_place else ["person_id"]
    return pl.concat(parts, how="diagonal_relaxed").select(*keys, *whose, "damage")


def write_truth(folder: Path, deliveries: Sequence[Delivery]) -> None:
    """Write ``<department>.<kind>.csv`` for each kind among ``deliveries``.

    Of the roster only the damaged rows: its own 人编号 says whose a row is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = dict.fromkeys((delivery.department, delivery.kind) for delivery in deliveries)
    for department, kind in kinds:
        same = [d for d in deliveries if (d.department, d.kind) == (department, kind)]
        frame = truth_frame(same)
        if department == "roster":
            frame = frame.filter(pl.col("damage") != "")
        frame.write_csv(folder / f"{department}.{kind}.csv")


def planted_frame(county: County) -> pl.DataFrame:
    """Every expectation of every planted family.

    Returns:
        ``rule_id period expect scene household_id person_id township village title``.
    """
    month_of = {month.offset: month for month in county.months}
    roles = {role["code"]: role for role in county.roles.iter_rows(named=True)}
    lines = [
        _expectation(county, scene, expected, roles[scene.code]["row"], month_of[expected.offset])
        for scene in script().scene
        if scene.code in roles
        for expected in scene.expect
        if expected.offset in month_of
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _expectation(
    county: County, scene: Scene, expected: Expect, row: int, month: Month
) -> dict[str, str]:
    who = county.people.row(row, named=True)
    return {
        "rule_id": expected.rule,
        "period": str(month.period),
        "expect": expected.result,
        "scene": scene.code,
        "household_id": who["household_id"],
        "person_id": who["person_id"],
        "township": who["township"],
        "village": who["village"],
        "title": scene.title,
    }
