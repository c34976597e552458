"""Matched extracts: which of their rows count, and whom an undecided row may concern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.judge.frames import columns_of
from fpm.judge.literals import DTYPES
from fpm.model import RECORD_KEY, MatchOn, Period
from fpm.rulebook.columns import fact_name, field_column
from fpm.rulebook.layout import FactSpec, LayoutSpec

_KEYS: Final[Mapping[MatchOn, tuple[str, ...]]] = {
    "person": ("person_id",),
    "household": ("household_id",),
    "village": ("township", "village"),
}
_DELIVERY: Final = ("period", "file")
_EVENT: Final = ("_event", "_check")
"""Two 64-bit hashes of a record's fields: equal for equal records, and practically only then."""
MAY: Final = "_may"
"""Flag: an undecided record may be this person's, or one that was not sent."""


@dataclass(frozen=True, slots=True)
class MatchedExtract:
    """The records of one extract kind in the months that its facts look back on.

    Attributes:
        layout: how the kind is read and what facts it yields.
        records: ``period`` (String) + RECORD_KEY + fields + ``person_id``, ``household_id``,
            ``township``, ``village``, ``status``.
        candidates: ``period`` + CANDIDATE_SCHEMA: whom an undecided record may be.
        delivered: periods for which an extract was read, an empty one included.
    """

    layout: LayoutSpec
    records: pl.DataFrame
    candidates: pl.DataFrame
    delivered: frozenset[str]


@dataclass(frozen=True, slots=True)
class KindInPeriod:
    """One extract kind in one period; ``extract`` is None when nothing of it was ever read.

    A township that should have ``expected_rows`` and has none did not send its part.
    """

    layout: LayoutSpec
    extract: MatchedExtract | None
    period: Period
    expected_rows: int = 1

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that say whose the records are."""
        return _KEYS[self.layout.match_on]

    @property
    def delivered(self) -> bool:
        """Whether an extract of this very period was read."""
        return self.extract is not None and str(self.period) in self.extract.delivered

    @property
    def present(self) -> str:
        """Name of the presence column."""
        return f"{self.layout.department}_{self.layout.kind}_present"

    def facts(self, window: str) -> dict[str, FactSpec]:
        """Column → fact of one window."""
        return {
            fact_name(self.layout, name): fact
            for name, fact in self.layout.facts.items()
            if fact.window == window
        }

    def in_window(self, window: str) -> pl.Expr:
        """Whether a row's ``period`` lies in the window."""
        return months_of(window, self.period)


def months_of(window: str, period: Period) -> pl.Expr:
    """Whether a row's ``period`` lies in the window of a fact that ends with ``period``."""
    first = {"year": Period(period.year, 1), "twelve_months": period.shift(-11)}
    return pl.col("period").is_between(pl.lit(str(first.get(window, period))), pl.lit(str(period)))


def without_repeats(records: pl.DataFrame, layout: LayoutSpec) -> pl.DataFrame:
    """Drop events that were delivered twice.

    The same person's row with identical fields in another file is the same event sent again;
    identical rows inside one file are two events. A list of a state (``coverage = "complete"``)
    states it anew every month, so there only files of the same month are compared.

    Args:
        records: confirmed records of one kind, ``period`` + RECORD_KEY + fields + links.
        layout: names the fields.

    Returns:
        The records kept, the earliest delivery of each event.
    """
    if records.select("period", "file").n_unique() < 2:
        return records
    event = [*_KEYS[layout.match_on], *layout.fields]
    if layout.coverage == "complete":
        event.append("period")
    told = records.select(*dict.fromkeys(event))
    rows = records.select(*dict.fromkeys((*_DELIVERY, *RECORD_KEY))).with_columns(
        told.hash_rows(seed=0).alias("_event"), told.hash_rows(seed=1).alias("_check")
    )
    deliveries = rows.select(*_DELIVERY, *_EVENT).unique().select(_EVENT)
    repeated = deliveries.filter(deliveries.is_duplicated()).unique()
    if repeated.is_empty():
        return records
    numbered = rows.with_row_index("_row").join(repeated, on=_EVENT, how="semi")
    ordered = numbered.sort("period", *RECORD_KEY)
    nth = ordered.with_columns(pl.int_range(pl.len()).over(*_DELIVERY, *_EVENT).alias("_nth"))
    again = nth.filter(~pl.struct(*_EVENT, "_nth").is_first_distinct())["_row"]
    return (
        records.with_row_index("_row").filter(~pl.col("_row").is_in(again.implode())).drop("_row")
    )


def plausible(
    rows: pl.DataFrame, candidates: pl.DataFrame, kind: KindInPeriod, facts: pl.DataFrame
) -> pl.DataFrame:
    """The keys that an undecided or an undelivered record may belong to, with ``MAY`` = true.

    Args:
        rows: records of the window, confirmed or not.
        candidates: whom the undecided ones may be.
        kind: the extract kind.
        facts: all persons; gives the villages.
    """
    if kind.layout.match_on == "village":
        return _plausible_villages(rows, facts)
    keys = candidates.select(kind.key).drop_nulls()
    if kind.layout.coverage == "complete" and "township" in _roles(kind.layout):
        keys = pl.concat([keys, _untold(rows, kind, facts)])
    return keys.unique().with_columns(pl.lit(value=True).alias(MAY))


def _roles(layout: LayoutSpec) -> set[str]:
    return {field.role or name for name, field in layout.fields.items()}


def _untold(rows: pl.DataFrame, kind: KindInPeriod, facts: pl.DataFrame) -> pl.DataFrame:
    """The keys of everybody in a township that seems not to have sent its part of the list.

    A list that came from some townships only would make everybody else look absent. A township
    counts as missing when nobody of it is linked although, by the rate of the townships that
    have rows, ``expected_rows`` should be: of n rows expected, none comes by accident with a
    chance of e to the -n (Poisson), while a short list may well leave a small township out.
    """
    linked = rows.filter(pl.col("status") == "confirmed").select(kind.key).drop_nulls().unique()
    people = columns_of(facts, (*kind.key, "township"))
    heard = people.join(linked, on=kind.key, how="semi")["township"]
    if heard.n_unique() == people["township"].n_unique():
        return linked.clear()
    people = people.unique()
    told = people.join(linked.with_columns(_in=True), on=kind.key, how="left")
    towns = told.group_by("township").agg(n=pl.len(), found=pl.col("_in").sum())
    sent = pl.col("found") > 0
    rate = pl.col("found").sum() / pl.col("n").filter(sent).sum().clip(1)
    missing = towns.filter(~sent & (pl.col("n") * rate >= kind.expected_rows))
    return people.join(missing, on="township", how="semi").select(kind.key).drop_nulls()


def _plausible_villages(rows: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """A village row that was not placed may be any village of its township, or of the county."""
    lost = rows.filter(pl.col("status") != "confirmed").select("township").unique()
    villages = columns_of(facts, ("township", "village"))
    if lost["township"].null_count() == 0:
        villages = villages.join(lost, on="township", how="semi")
    return villages.drop_nulls().unique().with_columns(pl.lit(value=True).alias(MAY))


def with_all_fields(records: pl.DataFrame, layout: LayoutSpec) -> pl.DataFrame:
    """Add the fields that the layout gained after these records were read, as NULL."""
    return records.with_columns(
        pl.lit(None, dtype=DTYPES[field_column(field).kind]).alias(name)
        for name, field in layout.fields.items()
        if name not in records.columns
    )


def with_roster_cells(
    records: pl.DataFrame, kind: KindInPeriod, facts: pl.DataFrame
) -> pl.DataFrame:
    """Fill what the extract does not say from the roster (``LayoutField.from_roster``).

    Args:
        records: linked records with every field of the layout.
        kind: the extract kind.
        facts: all persons, with the roster's columns.

    Returns:
        The records in their order.
    """
    wanted = {
        name: field.from_roster
        for name, field in kind.layout.fields.items()
        if field.from_roster and records[name].null_count()
    }
    if not wanted:
        return records
    known = columns_of(facts, (*kind.key, *wanted.values()))
    told = known.group_by(kind.key).agg(
        pl.col(column).drop_nulls().first().alias(f"_{name}") for name, column in wanted.items()
    )
    filled = records.join(told, on=kind.key, how="left", validate="m:1", maintain_order="left")
    return filled.with_columns(pl.coalesce(name, f"_{name}").alias(name) for name in wanted).drop(
        f"_{name}" for name in wanted
    )
