"""What a run has to say for itself: the same figures for the console and ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from fpm.model import Period
from fpm.pipeline.link import Linked
from fpm.pipeline.load import ROSTER, Loaded

STATUSES: Final = ("confirmed", "review", "unmatched")


@dataclass(frozen=True, slots=True)
class RunReport:
    """A finished period.

    ``reused``: files whose reading was kept from an earlier run. ``guards``: GUARD_SCHEMA.
    ``reconciliation``: see ``reconcile``. ``linkage``: LINKAGE_SCHEMA.
    ``departments``: their titles. ``tally``: one row a rule (see ``fpm.judge``).
    ``hits``: HIT_SCHEMA. ``alerts``: ALERT_SCHEMA. ``cases_overdue``: monitored households whose
    next step or visit is late. ``reference_values``: names of parameters and
    terms in force without the county's own decision. ``later_periods``: published periods
    that must be run again because this one changed.
    ``published``: paths below ``out/<period>``. ``seconds``: wall time by stage.
    """

    period: Period
    people: int
    households: int
    roster_from: str
    reused: int
    guards: pl.DataFrame
    reconciliation: pl.DataFrame
    linkage: pl.DataFrame
    departments: Mapping[str, str]
    tally: pl.DataFrame
    hits: pl.DataFrame
    alerts: pl.DataFrame
    cases_overdue: int
    reference_values: tuple[str, ...]
    later_periods: tuple[str, ...]
    published: tuple[str, ...]
    seconds: dict[str, float]

    @property
    def waiting(self) -> dict[str, int]:
        """What needs a person, by kind; empty when nothing does."""
        counts = {
            "rows_quarantined": int(self.reconciliation["quarantined"].sum()),
            "reviews_waiting": int(self.reconciliation["review"].sum()),
            "rules_stopped": self.tally.filter(pl.col("stopped").is_not_null()).height,
            "cannot_tell": int(self.tally["unknown"].sum()),
            "answers_overdue": int((self.alerts["state"] == "overdue").sum()),
            "cases_overdue": self.cases_overdue,
        }
        return {name: count for name, count in counts.items() if count}

    @property
    def reconciles(self) -> bool:
        """Whether every row of every file is accounted for."""
        return bool((self.reconciliation["difference"] == 0).all())

    def document(self) -> dict[str, Any]:
        """The report as one JSON document, without personal data."""
        return {
            "period": str(self.period),
            "people": self.people,
            "households": self.households,
            "roster_from": self.roster_from,
            "files_reused": self.reused,
            "guards": self.guards.drop("sha256").to_dicts(),
            "reconciles": self.reconciles,
            "reconciliation": self.reconciliation.to_dicts(),
            "matching": self.linkage.to_dicts(),
            "expected_false_links": expected_false_links(self.linkage),
            "hits": counts_by(self.hits, "kind"),
            "alerts": counts_by(self.alerts, "state"),
            "levels": counts_by(self.alerts, "level"),
            "rules": self.tally.to_dicts(),
            "reference_values": list(self.reference_values),
            "later_periods": list(self.later_periods),
            "waiting": self.waiting,
            "published": list(self.published),
            "seconds": self.seconds,
        }


def counts_by(frame: pl.DataFrame, column: str) -> dict[str, int]:
    """How many rows have each value of ``column``, sorted by value."""
    counted = frame.group_by(column).len().sort(column)
    return dict(zip(counted[column].to_list(), counted["len"].to_list(), strict=True))


def expected_false_links(linkage: pl.DataFrame) -> dict[str, float]:
    """How many confirmed links of each list (LINKAGE_SCHEMA) are expected to be wrong."""
    names = linkage.select(pl.concat_str("department", "kind", separator="."))
    return dict(
        zip(names.to_series().to_list(), linkage["expected_false_links"].to_list(), strict=True)
    )


def reconcile(files: pl.DataFrame, matches: pl.DataFrame | None) -> pl.DataFrame:
    """Account for every row of every file.

    Args:
        files: FILES_SCHEMA, one row a sheet and layout.
        matches: MATCH_SCHEMA, or ``None`` before matching.

    Returns:
        One row a file and extract kind: ``department kind file rows confirmed review unmatched
        quarantined non_data expected_false_links difference``, where ``difference`` is 0 when the
        rows add up. Rows of the roster itself count as confirmed: they are the people matched
        against. ``expected_false_links``: of the confirmed rows, those expected to be wrong.
    """
    keys = ["department", "kind", "file"]
    counts = ["rows", "records", "quarantined", "non_data"]
    table = files.group_by(keys).agg(pl.col(counts).cast(pl.Int64).sum())
    if matches is None:
        return table.sort(keys)
    by_status = matches.group_by(keys).agg(
        *((pl.col("status") == status).sum().cast(pl.Int64).alias(status) for status in STATUSES),
        expected_false_links=(1 - pl.col("probability"))
        .filter(pl.col("status") == "confirmed")
        .sum()
        .round(4),
    )
    joined = table.join(by_status, on=keys, how="left", nulls_equal=True).with_columns(
        pl.col(*STATUSES, "expected_false_links").fill_null(0)
    )
    own = pl.when(pl.col("department") == ROSTER).then("records").otherwise("confirmed")
    joined = joined.with_columns(confirmed=own)
    accounted = pl.sum_horizontal(*STATUSES, "quarantined", "non_data")
    return joined.select(
        *keys,
        "rows",
        *STATUSES,
        "quarantined",
        "non_data",
        "expected_false_links",
        difference=pl.col("rows") - accounted,
    ).sort(keys)


def match_document(loaded: Loaded, linked: Linked) -> dict[str, Any]:
    """The outcome of matching alone as one JSON document."""
    table = reconcile(loaded.files, linked.matches)
    return {
        "period": str(loaded.period),
        "reconciliation": table.to_dicts(),
        "status": counts_by(linked.matches, "status"),
        "methods": counts_by(linked.matches, "method"),
        "matching": linked.linkage.to_dicts(),
        "expected_false_links": expected_false_links(linked.linkage),
    }
