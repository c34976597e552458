"""lists and what a person let pass → the ledger's record of what was handed on, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from fpm.ledger import ACCEPTANCE_SCHEMA, HANDED_ON_SCHEMA
from fpm.model import OPEN_STATES
from fpm.publish import Publication, Written
from fpm.publish.storage import file_name

TOWNSHIPS: Final = "乡镇"
CORRECTIONS: Final = "信息更正"
_MANIFEST: Final = "manifest.json"


def handed(written: Sequence[Written], publication: Publication) -> pl.DataFrame:
    """HANDED_ON_SCHEMA of the files of a period; the manifest is not handed on."""
    opened = publication.alerts.filter(pl.col("state").is_in(OPEN_STATES))
    sent = publication.hits.join(opened.select("alert_no"), on="alert_no", how="semi")
    named = pl.concat(
        [_named(sent, TOWNSHIPS), _named(publication.corrections, CORRECTIONS)], how="vertical"
    )
    files = _files([item for item in written if item.path != _MANIFEST])
    return files.join(named, on="path", how="left", maintain_order="left").select(
        HANDED_ON_SCHEMA.keys()
    )


def exported(written: Sequence[Written]) -> pl.DataFrame:
    """HANDED_ON_SCHEMA of lists that were exported to a folder of the user's choice."""
    return (
        _files(written)
        .with_columns(
            recipient=pl.col("path").str.strip_suffix(".xlsx"),
            people=pl.lit(None, pl.Int64),
            rules=pl.lit(None, pl.String),
        )
        .select(HANDED_ON_SCHEMA.keys())
    )


def accepted(guards: pl.DataFrame) -> pl.DataFrame:
    """ACCEPTANCE_SCHEMA: what the checks on delivery questioned and a person let pass."""
    return guards.filter(pl.col("outcome") == "accepted").select(ACCEPTANCE_SCHEMA.keys())


def _named(hits: pl.DataFrame, folder: str) -> pl.DataFrame:
    """``path people rules`` of a list for each township."""
    counted = hits.group_by("township", maintain_order=True).agg(
        people=pl.struct("household_id", "person_id").n_unique().cast(pl.Int64),
        rules=pl.col("rule_id").unique().sort().str.join("、"),
    )
    paths = [f"{folder}/{file_name(name, '未注明')}.xlsx" for name in counted["township"]]
    return counted.select(pl.Series("path", paths, dtype=pl.String), "people", "rules")


def _files(written: Sequence[Written]) -> pl.DataFrame:
    rows = [(item.path, _recipient(item.path), item.rows, item.sha256) for item in written]
    names = ("path", "recipient", "rows", "sha256")
    schema = {name: HANDED_ON_SCHEMA[name] for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _recipient(path: str) -> str | None:
    """Lists for one township or department lie in a folder; those for the county do not."""
    place = PurePosixPath(path)
    return place.stem if len(place.parts) > 1 else None
