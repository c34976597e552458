"""From a hit back to the rows it rests on: references to records and to the roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from fpm.judge.facts import MatchedExtract
from fpm.model import Period, Scope
from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import ROSTER, fact_name
from fpm.rulebook.layout import LayoutSpec

Window = Literal["period", "year", "previous"]
KindKey = tuple[str, str]

_KEYS: Final[Mapping[tuple[Scope, str], tuple[str, ...]]] = {
    ("person", "person"): ("person_id",),
    ("person", "household"): ("household_id",),
    ("household", "person"): ("household_id",),
    ("household", "household"): ("household_id",),
    ("person", "village"): ("township", "village"),
    ("household", "village"): ("township", "village"),
    ("village", "village"): ("township", "village"),
}
"""How a hit of a scope finds the records of a kind; a village hit does not list its persons."""


_REFERENCE: Final = ("department", "kind", "period", "file", "sheet", "row")


@dataclass(frozen=True, slots=True)
class Origins:
    """Which extract kinds each fact column comes from, and their matched records."""

    by_column: Mapping[str, tuple[tuple[LayoutSpec, Window], ...]]
    extracts: Mapping[KindKey, MatchedExtract]
    period: Period

    def kinds(self, columns: Iterable[str]) -> list[tuple[LayoutSpec, Window]]:
        """The kinds behind some columns, without repeats, in the order of the rule book."""
        wanted = {
            (layout.department, layout.kind, window): (layout, window)
            for column in columns
            for layout, window in self.by_column.get(column, ())
        }
        return [wanted[key] for key in sorted(wanted)]

    def not_delivered(self, columns: Iterable[str]) -> list[LayoutSpec]:
        """The kinds of this period behind some columns that nobody has handed over."""
        return [
            layout
            for layout, window in self.kinds(columns)
            if window != "previous" and not self._delivered(layout)
        ]

    def _delivered(self, layout: LayoutSpec) -> bool:
        found = self.extracts.get((layout.department, layout.kind))
        return found is not None and str(self.period) in found.delivered


def origins(rulebook: Rulebook, extracts: Sequence[MatchedExtract], period: Period) -> Origins:
    """Where the columns of the facts frame come from."""
    by_column: dict[str, list[tuple[LayoutSpec, Window]]] = {}
    for layout in rulebook.layouts:
        if layout.department == ROSTER:
            continue
        presence = (f"{layout.department}_present", f"{layout.department}_{layout.kind}_present")
        for name in presence:
            by_column.setdefault(name, []).append((layout, "period"))
        for name, fact in layout.facts.items():
            by_column.setdefault(fact_name(layout, name), []).append((layout, fact.window))
    before: dict[str, list[tuple[LayoutSpec, Window]]] = {
        f"previous_{name}": [(layout, "previous") for layout, _ in found]
        for name, found in by_column.items()
    }
    return Origins(
        by_column={name: tuple(found) for name, found in {**by_column, **before}.items()},
        extracts={(one.layout.department, one.layout.kind): one for one in extracts},
        period=period,
    )


def with_sources(
    hits: pl.DataFrame, scope: Scope, used: Sequence[str], facts: pl.DataFrame, known: Origins
) -> pl.DataFrame:
    """Add ``sources`` to the hits of one rule.

    Args:
        hits: ``person_id``, ``household_id``, ``township``, ``village`` and more, one row a hit.
        scope: of the rule.
        used: columns the rule used.
        facts: one row a person; gives the roster rows.
        known: origins of the columns.

    Returns:
        ``hits`` with ``sources``: a JSON list of ``{"department", "kind", "period", "file",
        "sheet", "row"}``, the roster first, then in the order of these keys.
    """
    numbered = hits.with_row_index("_hit")
    parts = [_roster_rows(numbered, scope, facts.with_columns(period=pl.lit(str(known.period))))]
    for layout, window in known.kinds(used):
        key = _KEYS.get((scope, layout.match_on))
        extract = known.extracts.get((layout.department, layout.kind))
        if key is None or extract is None:
            continue
        records = extract.records.filter(
            (pl.col("status") == "confirmed") & _in_window(window, known.period)
        )
        parts.append(_referred(numbered, records, key, (layout.department, layout.kind)))
    references = (
        pl.concat(parts)
        .unique()
        .sort("_hit", pl.col("department") != ROSTER, *_REFERENCE)
        .group_by("_hit", maintain_order=True)
        .agg(_reference().str.join(",").alias("sources"))
    )
    return (
        numbered.join(references, on="_hit", how="left", maintain_order="left")
        .with_columns(
            pl.concat_str(pl.lit("["), pl.col("sources").fill_null(""), pl.lit("]")).alias(
                "sources"
            )
        )
        .drop("_hit")
    )


def _in_window(window: Window, period: Period) -> pl.Expr:
    if window == "period":
        return pl.col("period") == str(period)
    if window == "previous":
        return pl.col("period") == str(period.shift(-1))
    same_year = pl.col("period").str.starts_with(f"{period.year:04d}-")
    return same_year & (pl.col("period") <= str(period))


def _roster_rows(hits: pl.DataFrame, scope: Scope, facts: pl.DataFrame) -> pl.DataFrame:
    key = {"person": ("person_id",), "household": ("household_id",), "village": ()}[scope]
    if not key:
        return _referred(hits.clear(), facts, ("township", "village"), (ROSTER, "persons"))
    return _referred(hits, facts, key, (ROSTER, "persons"))


def _referred(
    hits: pl.DataFrame, rows: pl.DataFrame, key: Sequence[str], kind: KindKey
) -> pl.DataFrame:
    found = hits.select("_hit", *key).join(
        rows.select(*key, "period", "file", "sheet", "row"), on=key, how="inner"
    )
    return found.select(
        "_hit",
        pl.lit(kind[0]).alias("department"),
        pl.lit(kind[1]).alias("kind"),
        "period",
        "file",
        "sheet",
        pl.col("row").cast(pl.UInt32),
    )


def _reference() -> pl.Expr:
    return pl.concat_str(
        pl.lit('{"department":'),
        _quoted("department"),
        pl.lit(',"kind":'),
        _quoted("kind"),
        pl.lit(',"period":'),
        _quoted("period"),
        pl.lit(',"file":'),
        _quoted("file"),
        pl.lit(',"sheet":'),
        _quoted("sheet"),
        pl.lit(',"row":'),
        pl.col("row").cast(pl.String),
        pl.lit("}"),
    )


def _quoted(column: str) -> pl.Expr:
    text = pl.col(column).fill_null("")
    for sign, written in (
        ("\\", "\\\\"),
        ('"', '\\"'),
        ("\n", "\\n"),
        ("\t", "\\t"),
        ("\r", "\\r"),
    ):
        text = text.str.replace_all(sign, written, literal=True)
    return pl.concat_str(pl.lit('"'), text, pl.lit('"'))
