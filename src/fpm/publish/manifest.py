"""``manifest.json``: the period for machines, the same bytes for the same run but for timings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from fpm.publish.county_data import PARTS, file_rows, status_counts
from fpm.publish.publication import Publication
from fpm.publish.storage import Written

_FILE_COUNTS = ("rows", *PARTS)


def manifest(publication: Publication, written: Sequence[Written]) -> bytes:
    """UTF-8 JSON with sorted keys."""
    heading = publication.heading
    files = publication.files.sort("department", "file", "sheet", "kind")
    content = {
        "fpm": heading.version,
        "county": heading.county,
        "division": heading.division,
        "period": str(heading.period),
        "issued_on": heading.issued_on.isoformat(),
        "rules_sha256": heading.rule_digest,
        "ledger_head": heading.chain_head,
        "inputs": files.select("department", "kind", "file", "sheet", "sha256").to_dicts(),
        "accepted": [dict(item) for item in publication.accepted],
        "counts": _counts(publication),
        "matching": publication.linkage.sort("department", "kind").to_dicts(),
        "reconciliation": _reconciliation(publication),
        "stopped_rules": _stopped(publication.tally),
        "outputs": [
            {"path": item.path, "sha256": item.sha256, "rows": item.rows}
            for item in sorted(written, key=lambda item: item.path)
        ],
        "timings": {name: round(seconds, 3) for name, seconds in publication.timings.items()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _counts(publication: Publication) -> dict[str, Any]:
    alerts = publication.alerts
    return {
        "alerts": _by(alerts, "state"),
        "levels": _by(alerts, "level"),
        "hits": publication.hits.height,
        "corrections": publication.corrections.height,
        "village_hits": publication.village_hits.height,
        "matches": status_counts(publication),
        "quarantined": publication.quarantine.height,
        "blanked": publication.blanked.height,
        "people": publication.people.height,
    }


def _by(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(frame[column].value_counts().sort(column).iter_rows())


def _reconciliation(publication: Publication) -> list[dict[str, Any]]:
    rows = file_rows(publication).filter(pl.col("file").is_not_null())
    return [
        {**row, "balanced": row.pop("check") == "相符"}
        for row in rows.select("file", "sheet", *_FILE_COUNTS, "check").to_dicts()
    ]


def _stopped(tally: pl.DataFrame) -> list[dict[str, str]]:
    stopped = tally.filter(pl.col("stopped").fill_null("") != "").sort("rule_id")
    return stopped.select("rule_id", "stopped").to_dicts()
