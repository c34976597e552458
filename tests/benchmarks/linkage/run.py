"""Compare matching with its peers on held-out counties, side by side in one run.

    python tests/benchmarks/linkage/run.py --persons 20000 --dirt field --seeds 101 102

Prints a table; every method runs in a process of its own, from the same parquet files, so CPU
seconds and memory include start-up, reading and writing. Splink is left out where not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from extracts import DIRTY, FIELD, make_extracts
from measure import is_confirmed, judge
from other_county import clerk
from other_county.lists import make_lists
from peers import kinds

from county import make_county

HERE = Path(__file__).resolve().parent
COMMAND = "fpm_match"
"""The whole command, from files to a file; ``fpm`` is what it links with."""


def main() -> None:
    """Make counties, run methods, print the table."""
    options = _options()
    rows = []
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            truth = _write_county(folder, seed, options)
            rows += [
                _measured(method, folder, truth) | {"seed": seed} for method in options.methods
            ]
    table = (
        pl.DataFrame(rows)
        .group_by("method", maintain_order=True)
        .agg(pl.all().exclude("seed").mean())
    )
    _show(table, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--dirt", choices=("field", "dirty"), default="field")
    parser.add_argument("--seeds", type=int, nargs="+", default=[101])
    parser.add_argument(
        "--hide", default="", help="id, mask, slip (other: block) of all lists or one: id@dibao"
    )
    parser.add_argument("--generator", choices=GENERATORS, default="first")
    parser.add_argument("--overlap", type=float, help="share of each list's people in the roster")
    usual = ["exact", "exact_clean", "exact_name", "rapidfuzz", "fpm", COMMAND]
    if importlib.util.find_spec("splink"):
        usual.insert(-2, "splink")
    parser.add_argument("--methods", nargs="+", default=usual)
    return parser.parse_args()


def _write_county(folder: Path, seed: int, options: argparse.Namespace) -> pl.DataFrame:
    """The tables, and the truth of every row: ``kind``, ``row``, ``truth``, ``label``, ``outsider``."""
    roster, lists = GENERATORS[options.generator](seed, options)
    roster.write_parquet(folder / "roster.parquet")
    for kind, (records, _) in lists.items():
        records.write_parquet(folder / f"{kind}.parquet")
    return pl.concat([truth.with_columns(kind=pl.lit(kind)) for kind, (_, truth) in lists.items()])


Lists = dict[str, tuple[pl.DataFrame, pl.DataFrame]]


def _first_county(seed: int, options: argparse.Namespace) -> tuple[pl.DataFrame, Lists]:
    county = make_county(options.persons, seed)
    dirt = FIELD if options.dirt == "field" else DIRTY
    lists = make_extracts(county, dirt, seed, overlap=options.overlap, hide=options.hide)
    return county.roster, {one.kind: (one.records, one.truth) for one in lists}


def _other_county(seed: int, options: argparse.Namespace) -> tuple[pl.DataFrame, Lists]:
    level = clerk.FIELD if options.dirt == "field" else clerk.DIRTY
    roster, lists = make_lists(seed, options.persons, level, options.overlap, options.hide)
    told = ["row", "truth", "label", "outsider"]
    numbered = {
        kind: rows.select(
            pl.lit("bench").alias("department"),
            pl.lit(kind).alias("kind"),
            pl.lit(f"{kind}.csv").alias("file"),
            pl.lit("").alias("sheet"),
            pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("row"),
            pl.all(),
        )
        for kind, rows in lists.items()
    }
    return roster, {
        kind: (rows.drop(told[1:]), rows.select(told)) for kind, rows in numbered.items()
    }


GENERATORS = {"first": _first_county, "other": _other_county}


def _measured(method: str, folder: Path, truth: pl.DataFrame) -> dict[str, object]:
    paths = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        _program(method, folder),
        env=os.environ | {"PYTHONPATH": paths},
        stderr=subprocess.DEVNULL if method == COMMAND else None,  # it tells people what it read
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{method} failed")
    links = truth.join(_links(method, folder), on=["kind", "row"], how="left", validate="1:1")
    found = judge(links)
    worst = min(judge(part)["precision"] for part in links.partition_by("kind"))
    return {
        "method": method,
        **{key: found[key] for key in ("precision", "recall", "f1", "best_f1", "recall_999")},
        "worst_list": worst,
        "expected_false": found["expected_false"],
        "false": found["false"],
        **_hard_rows(links),
        "cpu": used.ru_utime + used.ru_stime,
        "rss_mb": used.ru_maxrss / 1024,
    }


def _program(method: str, folder: Path) -> list[str]:
    if method != COMMAND:
        return [sys.executable, str(HERE / "peers.py"), method, str(folder)]
    tables = [str(folder / f"{kind}.parquet") for kind in ("roster", *kinds(folder))]
    output = str(folder / f"{method}.links.parquet")
    return [sys.executable, "-m", "fpm", "match", *tables, "-o", output]


def _links(method: str, folder: Path) -> pl.DataFrame:
    if method != COMMAND:
        return pl.read_parquet(folder / f"{method}.links.parquet")
    # the command counts rows as a spreadsheet does: the header is row 1
    lines = pl.concat(
        pl.read_parquet(folder / f"{kind}.parquet", columns=["row"])
        .with_row_index("line", offset=2)
        .with_columns(kind=pl.lit(kind))
        for kind in kinds(folder)
    )
    matched = pl.read_parquet(folder / f"{method}.links.parquet").select(
        "person_id",
        "probability",
        "status",
        kind=pl.col("file").str.strip_suffix(".parquet"),
        line=pl.col("row").cast(pl.UInt32),
    )
    return lines.join(matched, on=["kind", "line"], how="left").drop("line")


def _hard_rows(links: pl.DataFrame) -> dict[str, float]:
    """Rows with another member's number, rows whose number slipped, and outsiders who look like it."""
    links = links.with_columns(sure=is_confirmed(links))
    sure = pl.col("sure")
    right = (pl.col("person_id") == pl.col("truth")).fill_null(value=False)
    inside = pl.col("truth").is_not_null()
    mate, slipped = pl.col("label") == "mate", pl.col("label") == "slipped"
    twins = pl.col("outsider").is_in(["twin", "near_id", "same_name_birth"]) & (
        pl.col("label") == "clean"
    )
    return links.select(
        mate_recall=(sure & right).filter(mate & inside).mean(),
        mate_wrong=(sure & ~right).filter(mate).mean(),
        twins_linked=sure.filter(twins & ~inside).mean(),
        slipped_wrong=(sure & ~right).filter(slipped).mean(),
    ).row(0, named=True)


def _show(table: pl.DataFrame, options: argparse.Namespace) -> None:
    print(f"{options.persons} people, {options.dirt}, seeds {options.seeds} {options.hide}")  # noqa: T201  # the table is the product
    with pl.Config(tbl_rows=20, tbl_cols=30, tbl_width_chars=260, float_precision=4):
        print(table)  # noqa: T201  # the table is the product


if __name__ == "__main__":
    main()
