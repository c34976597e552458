"""What people use instead: joins and scripts, each from parquet files to a table of links.

    python peers.py METHOD FOLDER

``FOLDER`` holds ``roster.parquet`` and ``<kind>.parquet``; the links go to ``METHOD.links.parquet``
(``kind``, ``row``, ``person_id``, ``probability``, and ``status`` where the method decides itself).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl

ABOUT = {"school": "children", "education": "children", "dibao": "heads", "housing": "heads"}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def kinds(folder: Path) -> list[str]:
    """The lists of a folder."""
    tables = sorted(path.stem for path in folder.glob("*.parquet"))
    return [name for name in tables if name != "roster" and "." not in name]


def clean_id(text: pl.Expr) -> pl.Expr:
    """Blanks and signs off, capital X, fifteen digits widened, certificates cut to eighteen."""
    plain = text.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^0-9X]", "")
    body = pl.concat_str(plain.str.slice(0, 6), pl.lit("19"), plain.str.slice(6, 9))
    number = body.cast(pl.Int64, strict=False)
    total = pl.sum_horizontal(
        [number // 10 ** (16 - place) % 10 * weight for place, weight in enumerate(WEIGHTS)]
    )
    check = (12 - total % 11) % 11
    last = pl.when(check == 10).then(pl.lit("X")).otherwise(check.cast(pl.String))
    return (
        pl.when(plain.str.len_bytes() == 15)
        .then(pl.concat_str(body, last))
        .when(plain.str.len_bytes().is_in([20, 22]))
        .then(plain.str.slice(0, 18))
        .when(plain.str.len_bytes() == 18)
        .then(plain)
    )


def _joined(records: pl.DataFrame, roster: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    single = roster.unique(on, keep="none").drop_nulls(on).select(*on, "person_id")
    return records.join(single, on=on, how="left", maintain_order="left")


def exact(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Join on the number as delivered."""
    return _joined(records, roster.filter(pl.col("id_number") != ""), ["id_number"])


def exact_clean(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Join on the cleaned number."""
    return _joined(records.with_columns(key=clean_id(pl.col("id_number"))), roster, ["key"])


def exact_name(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Cleaned number, else name and township where one person fits: what VLOOKUP users do."""
    by_number = exact_clean(roster, records)
    if "township" not in records.columns:
        return by_number
    by_name = _joined(records, roster, ["name", "township"])
    return by_number.with_columns(person_id=pl.coalesce("person_id", by_name["person_id"]))


def rapidfuzz_script(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Cleaned number, else the most similar name and number of the same township, above a cut-off."""
    from rapidfuzz import process  # noqa: PLC0415  # only this method needs it
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415

    found = exact_clean(roster, records).with_row_index("i")
    if "township" not in records.columns:
        return found
    rest = found.filter(pl.col("person_id").is_null())
    chosen: dict[int, str] = {}
    for (town,), asked in rest.group_by("township", maintain_order=True):
        people = roster.filter(pl.col("township") == town)
        texts = (people["name"] + " " + people["id_number"].fill_null("")).to_list()
        queries = (asked["name"] + " " + asked["id_number"].fill_null("")).to_list()
        for number, query in zip(asked["i"], queries, strict=True):
            best = process.extractOne(query, texts, scorer=ratio, score_cutoff=85)
            if best:
                chosen[number] = people["person_id"][best[2]]
    extra = found["i"].replace_strict(chosen, default=None, return_dtype=pl.String)
    return found.with_columns(person_id=pl.coalesce("person_id", extra))


def fpm_links(roster: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """This package with its default settings."""
    from fpm.match import MatchRequest, match_many  # noqa: PLC0415

    extracts = [pl.read_parquet(folder / f"{kind}.parquet") for kind in kinds(folder)]
    requests = [MatchRequest(about=ABOUT.get(kind, "everyone")) for kind in kinds(folder)]
    results = match_many(roster, list(zip(extracts, requests, strict=True)))
    return pl.concat([result.matches for result in results])


METHODS = {
    "exact": exact,
    "exact_clean": exact_clean,
    "exact_name": exact_name,
    "rapidfuzz": rapidfuzz_script,
}


def _status(links: pl.DataFrame) -> list[str]:
    return [name for name in ("status",) if name in links.columns]


def main() -> None:
    """Run one method on one folder."""
    method, folder = sys.argv[1], Path(sys.argv[2])
    if not re.fullmatch(r"[a-z_]+", method):
        raise SystemExit(f"unknown method {method}")
    roster = pl.read_parquet(folder / "roster.parquet")
    if method in METHODS:
        roster = roster.with_columns(key=clean_id(pl.col("id_number")))
    if method == "fpm":
        links = fpm_links(roster, folder)
    elif method == "splink":
        from splink_peer import splink_links  # noqa: PLC0415  # an optional package

        links = splink_links(roster, folder, kinds(folder))
    else:
        parts = [
            METHODS[method](roster, pl.read_parquet(folder / f"{kind}.parquet"))
            for kind in kinds(folder)
        ]
        links = pl.concat([part.select("kind", "row", "person_id") for part in parts]).with_columns(
            probability=pl.lit(1.0)
        )
    links.select("kind", "row", "person_id", "probability", *_status(links)).write_parquet(
        folder / f"{method}.links.parquet"
    )


if __name__ == "__main__":
    main()
