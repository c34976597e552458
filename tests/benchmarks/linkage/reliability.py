"""Are probabilities honest? Sample counties know the truth: predicted against observed, in bins.

    python tests/benchmarks/linkage/reliability.py --svg .github/reliability.svg
    python tests/benchmarks/linkage/reliability.py --persons 20000 --seeds 201 202

Without ``--persons`` it takes the three months of the shipped sample county. Every record of every
person- and household-keyed list counts with its best candidate, however unlikely: ``review`` is set
to 0, which changes no probability.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from fpm.model import Period
from fpm.pipeline.demo import COUNTY, DIVISION
from fpm.pipeline.link import link_period
from fpm.pipeline.load import load_period
from fpm.rulebook import Rulebook, load_rulebook
from fpm.sample import write_county
from fpm.shipped import shipped_sample
from fpm.workspace import Workspace

EDGES = (0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 1.0)
PERIOD = Period(2026, 10)
_WHERE = ["department", "kind", "file", "sheet", "row"]


def main() -> None:
    """Match counties of known truth, print the table, draw the plot."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        counties = list(_counties(Path(name), options))
        judged = pl.concat(judge_county(folder) for folder in counties)
    table = reliability(judged)
    confirmed = judged.filter(pl.col("status") == "confirmed")
    expected, false = (1 - confirmed["probability"]).sum(), int((~confirmed["right"]).sum())
    with pl.Config(tbl_rows=20, tbl_cols=10, float_precision=4, tbl_hide_dataframe_shape=True):
        print(table)  # noqa: T201  # the table is the product
    print(  # noqa: T201
        f"{judged.height} rows; confirmed {confirmed.height}: "
        f"false links expected {expected:.1f}, found {false}"
    )
    if options.svg:
        options.svg.write_text(drawing(table), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, help="of a generated county; else the shipped one")
    parser.add_argument("--seeds", type=int, nargs="+", default=[201])
    parser.add_argument("--svg", type=Path, help="where to draw the plot")
    return parser.parse_args()


def _counties(folder: Path, options: argparse.Namespace) -> Iterator[Path]:
    if not options.persons:
        yield shipped_sample()
        return
    for seed in options.seeds:
        county = folder / f"county{seed}"
        write_county(county, persons=options.persons, periods=[PERIOD], seed=seed)
        yield county


def judge_county(county: Path) -> pl.DataFrame:
    """Every record with its best candidate: see ``judge_links``."""
    with tempfile.TemporaryDirectory() as name:
        workspace = Workspace.create(Path(name) / "county", COUNTY, DIVISION)
        shutil.copytree(county / "inbox", workspace.root / "inbox", dirs_exist_ok=True)
        rulebook = load_rulebook(workspace.rules)
        matching = rulebook.matching.model_copy(update={"review": 0.0})
        shown = replace(rulebook, matching=matching)
        months = [period for period in workspace.periods() if workspace.delivered(period)]
        return pl.concat(
            _judge_month(workspace, shown, period, county / "truth" / str(period))
            for period in months
        )


def _judge_month(
    workspace: Workspace, rulebook: Rulebook, period: Period, truths: Path
) -> pl.DataFrame:
    loaded = load_period(workspace, rulebook, period, _quiet)
    linked = link_period(workspace, rulebook, loaded, None, _quiet)
    return judge_links(linked.matches, loaded.roster, truths, rulebook)


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


def judge_links(
    matches: pl.DataFrame, roster: pl.DataFrame, truths: Path, rulebook: Rulebook
) -> pl.DataFrame:
    """``kind status probability right`` of every record of a person or household that has a candidate.

    Args:
        matches: MATCH_SCHEMA.
        roster: the roster frame.
        truths: folder with one CSV a list.
        rulebook: says what each list is about.
    """
    homes = roster.select(true_person="person_id", true_home="household_id")
    parts = []
    for layout in rulebook.layouts:
        path = truths / f"{layout.department}.{layout.kind}.csv"
        if layout.department == "roster" or layout.match_on == "village" or not path.is_file():
            continue
        truth = pl.read_csv(path, infer_schema=False).select(
            pl.lit(layout.department).alias("department"),
            pl.lit(layout.kind).alias("kind"),
            "file",
            pl.col("sheet").fill_null(""),
            pl.col("row").cast(pl.UInt32),
            true_person="person_id",
        )
        found = matches.join(truth, on=_WHERE, how="inner", validate="1:1").join(
            homes, on="true_person", how="left", validate="m:1"
        )
        who = "person" if layout.match_on == "person" else "home"
        said = pl.col("person_id" if who == "person" else "household_id")
        parts.append(
            found.filter(pl.col("person_id").is_not_null()).select(
                "kind",
                "status",
                "probability",
                right=(said == pl.col(f"true_{who}")).fill_null(value=False),
            )
        )
    return pl.concat(parts)


def reliability(judged: pl.DataFrame) -> pl.DataFrame:
    """By bin of probability: rows, mean probability, share right with its 95 % Wilson interval."""
    cut = np.clip(np.searchsorted(EDGES, judged["probability"], side="right"), 1, len(EDGES) - 1)
    binned = judged.with_columns(bin=pl.Series(cut))
    table = (
        binned.group_by("bin")
        .agg(
            rows=pl.len(),
            predicted=pl.col("probability").mean(),
            observed=pl.col("right").mean(),
            wrong_expected=(1 - pl.col("probability")).sum(),
            wrong=(~pl.col("right")).sum(),
        )
        .sort("bin")
    )
    count, share, z = pl.col("rows"), pl.col("observed"), 1.96
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    spread = (share * (1 - share) / count + z**2 / (4 * count**2)).sqrt() * z / (1 + z**2 / count)
    names = {number: f"{EDGES[number - 1]}–{EDGES[number]}" for number in range(1, len(EDGES))}
    return table.select(
        pl.col("bin").replace_strict(names, return_dtype=pl.String),
        "rows",
        "predicted",
        "observed",
        low=(middle - spread).clip(0, 1),
        high=(middle + spread).clip(0, 1),
        wrong_expected="wrong_expected",
        wrong="wrong",
    )


_SIZE, _EDGE = 360, 56


def drawing(table: pl.DataFrame) -> str:
    """The table as an SVG: a dot a bin with its interval, beside the line of honest chances."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE + 80} {_SIZE + 110}" '
            'font-family="sans-serif" font-size="12">'
        ),
        '<rect width="100%" height="100%" fill="white"/>',
        (
            f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" '
            'stroke-dasharray="4 4"/>'
        ),
    ]
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1):
        parts += [
            f'<line x1="{_x(tick)}" y1="{_y(0)}" x2="{_x(tick)}" y2="{_y(1)}" stroke="#eee"/>',
            f'<line x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}" stroke="#eee"/>',
            f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick:g}</text>',
            f'<text x="{_x(0) - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>',
        ]
    for row in table.to_dicts():
        x = _x(row["predicted"])
        radius = 2.5 + 1.2 * np.log10(row["rows"])
        parts += [
            (
                f'<line x1="{x:.1f}" y1="{_y(row["low"]):.1f}" x2="{x:.1f}" '
                f'y2="{_y(row["high"]):.1f}" stroke="#1f5f99" stroke-width="1.5"/>'
            ),
            (
                f'<circle cx="{x:.1f}" cy="{_y(row["observed"]):.1f}" r="{radius:.1f}" '
                f'fill="#1f5f99" fill-opacity=".75"><title>{row["bin"]}: {row["rows"]} rows</title>'
                "</circle>"
            ),
        ]
    middle = _x(0.5)
    parts += [
        (
            f'<text x="{middle}" y="24" text-anchor="middle" font-size="14">'
            f"Predicted and observed, {table['rows'].sum():,} rows</text>"
        ),
        f'<text x="{middle}" y="{_y(0) + 36}" text-anchor="middle">predicted probability</text>',
        (
            f'<text transform="translate(16 {_y(0.5)}) rotate(-90)" text-anchor="middle">'
            "share of rows that are right</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(share: float) -> float:
    return _EDGE + share * _SIZE


def _y(share: float) -> float:
    return _EDGE - 16 + (1 - share) * _SIZE


if __name__ == "__main__":
    main()
