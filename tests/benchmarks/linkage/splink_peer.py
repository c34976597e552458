"""Splink 5 on the same files, set up as its users would: cleaned number, simplified name, pinyin.

Per list: link-only against the roster, six blocking rules, u by random sampling, m by EM, the best
candidate of each record with its probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from opencc import OpenCC
from peers import clean_id
from pypinyin import lazy_pinyin

SIMPLE = OpenCC("t2s")


def _prepared(frame: pl.DataFrame) -> pl.DataFrame:
    names = frame["name"].unique().drop_nulls().to_list()
    plain = {
        name: SIMPLE.convert(name).split("(")[0].split("（")[0].replace("·", "") for name in names
    }
    sound = {name: " ".join(lazy_pinyin(text)) for name, text in plain.items()}
    number = (
        clean_id(pl.col("id_number")) if "id_number" in frame.columns else pl.lit(None, pl.String)
    )
    texts = ("birth_date", "township", "village", "sex")
    return frame.select(
        unique_id=pl.col("unique_id"),
        id_number=number,
        name=pl.col("name").replace_strict(plain, default=None, return_dtype=pl.String),
        pinyin=pl.col("name").replace_strict(sound, default=None, return_dtype=pl.String),
        **{
            column: (
                pl.when(pl.col(column).cast(pl.String) != "").then(pl.col(column).cast(pl.String))
                if column in frame.columns
                else pl.lit(None, pl.String)
            )
            for column in texts
        },
    ).with_columns(
        born=pl.coalesce(
            pl.col("birth_date").str.replace_all("-", ""), pl.col("id_number").str.slice(6, 8)
        )
    )


def _settings(columns: Sequence[str]) -> object:
    import splink.comparison_level_library as levels  # noqa: PLC0415  # an optional package
    import splink.comparison_library as compare  # noqa: PLC0415
    from splink import SettingsCreator, block_on  # noqa: PLC0415

    name = compare.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.NullLevel("name"),
            levels.ExactMatchLevel("name", term_frequency_adjustments=True),
            levels.ExactMatchLevel("pinyin"),
            levels.LevenshteinLevel("name", 1),
            levels.ElseLevel(),
        ],
    )
    chosen = [compare.DamerauLevenshteinAtThresholds("id_number", [1, 2]), name]
    chosen += [
        compare.ExactMatch(column) for column in ("township", "village") if column in columns
    ]
    if "birth_date" in columns:
        chosen.append(compare.DamerauLevenshteinAtThresholds("birth_date", [1]))
    rules = [block_on("id_number"), block_on("name", "born"), block_on("pinyin", "born")]
    if "township" in columns:
        rules += [block_on("name", "township"), block_on("pinyin", "township")]
    if "village" in columns:
        rules.append(block_on("village", "born"))
    return SettingsCreator(
        link_type="link_only",
        comparisons=chosen,
        blocking_rules_to_generate_predictions=rules,
        probability_two_random_records_match=1e-5,
        retain_matching_columns=False,
    )


def splink_links(roster: pl.DataFrame, folder: Path, kinds: Sequence[str]) -> pl.DataFrame:
    """Best link of each record."""
    people = _prepared(roster.rename({"person_id": "unique_id"}))
    parts = []
    for kind in kinds:
        records = pl.read_parquet(folder / f"{kind}.parquet")
        asked = _prepared(records.with_columns(unique_id=pl.format("r{}", "row")))
        found = _linked(asked, people, records.columns)
        parts.append(
            records.select("kind", "row", unique_id=pl.format("r{}", "row"))
            .join(found, on="unique_id", how="left")
            .select("kind", "row", "person_id", "probability")
        )
    return pl.concat(parts)


def _linked(asked: pl.DataFrame, people: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    from splink import Linker, block_on  # noqa: PLC0415  # an optional package
    from splink.backends.duckdb import DuckDBAPI  # noqa: PLC0415

    database = DuckDBAPI()
    tables = [
        database.register(frame.to_arrow(), dataset_display_name=name)
        for frame, name in ((asked, "a_records"), (people, "b_roster"))
    ]
    linker = Linker(tables, _settings(columns), log_level=40)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("id_number"), block_on("name", "born")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = pl.from_arrow(
        linker.inference.predict(threshold_match_probability=0.05).as_pyarrow_table()
    )
    assert isinstance(pairs, pl.DataFrame)
    sides = pairs.select(
        unique_id=pl.when(pl.col("unique_id_l").str.starts_with("r"))
        .then("unique_id_l")
        .otherwise("unique_id_r"),
        person_id=pl.when(pl.col("unique_id_l").str.starts_with("r"))
        .then("unique_id_r")
        .otherwise("unique_id_l"),
        probability="match_probability",
    )
    return sides.sort("probability", "person_id", descending=[True, False]).unique(
        "unique_id", keep="first", maintain_order=True
    )
