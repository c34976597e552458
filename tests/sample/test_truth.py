"""The truth beside the files says the same as the files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sample.stages import Run

MONTHS = ["2026-08", "2026-09", "2026-10"]


def _truth(sample: Path, month: str) -> dict[tuple[str, str], pl.DataFrame]:
    folder = sample / "truth" / month
    return {
        (path.name.split(".")[0], path.name.split(".")[1]): pl.read_csv(path, infer_schema=False)
        .cast({"row": pl.UInt32})
        .fill_null("")
        for path in sorted(folder.glob("*.csv"))
        if not path.name.startswith("roster")
    }


@pytest.mark.parametrize("month", MONTHS)
def test_every_record_and_every_row_set_aside_has_its_truth(
    sample: Path, runs: dict[str, Run], month: str
) -> None:
    loaded = runs[month].loaded
    keys = ["file", "sheet", "row"]
    for kind, truth in _truth(sample, month).items():
        aside = loaded.quarantine.filter(
            (pl.col("department") == kind[0]) & (pl.col("kind") == kind[1])
        )
        read = pl.concat([loaded.records[kind].select(keys), aside.select(keys)]).unique()
        assert read.sort(keys).equals(truth.select(keys).sort(keys)), kind


@pytest.mark.parametrize("month", MONTHS)
def test_undamaged_rows_carry_the_number_of_their_person(
    sample: Path, runs: dict[str, Run], month: str
) -> None:
    run = runs[month]
    roster = run.loaded.roster.select("person_id", roster_id="valid_id", roster_name="name")
    for kind, truth in _truth(sample, month).items():
        if "person_id" not in truth.columns:
            continue
        clean = truth.filter((pl.col("damage") == "") & (pl.col("person_id") != ""))
        rows = clean.join(
            run.loaded.records[kind].select("file", "sheet", "row", "id_number", "name"),
            on=["file", "sheet", "row"],
        ).join(roster, on="person_id")
        # a disability certificate number begins with the 18 characters of the identity number
        same = (rows["id_number"].str.head(18) == rows["roster_id"]) | rows["roster_id"].is_null()
        assert same.all(), kind
        assert (rows["name"] == rows["roster_name"]).all(), kind


def test_a_file_is_read_as_the_extract_it_was_written_as(
    sample: Path, runs: dict[str, Run]
) -> None:
    for month, run in runs.items():
        written = {
            (kind, name)
            for kind, truth in _truth(sample, month).items()
            for name in truth["file"].unique()
        }
        read = {
            ((line["department"], line["kind"]), line["file"])
            for line in run.loaded.files.iter_rows(named=True)
            if line["department"] != "roster" and line["records"]
        }
        assert read == written


def test_the_sample_is_small(sample: Path) -> None:
    assert sum(path.stat().st_size for path in sample.rglob("*") if path.is_file()) <= 3_500_000


def test_three_months_tell_a_growing_story(runs: dict[str, Run]) -> None:
    rosters = [set(run.loaded.roster["person_id"]) for run in runs.values()]
    assert rosters[0] == rosters[1]
    assert rosters[2] - rosters[0]
    assert rosters[0] - rosters[2]
    paid = [run.facts["medical_insurance_self_paid_year"].sum() for run in runs.values()]
    assert paid[0] < paid[1] < paid[2]
