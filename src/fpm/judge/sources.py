"""From a hit back to the rows it rests on: references to records and to the roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from fpm.judge.extracts import MatchedExtract, months_of
from fpm.model import Period, Scope
from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import EARLIER, ROSTER, fact_name
from fpm.rulebook.layout import LayoutSpec

Window = Literal["period", "year", "twelve_months", "previous", "last_year"]
LONGER: Final[tuple[Window, ...]] = ("year", "twelve_months")
KindKey = tuple[str, str]

_KEYS: Final[Mapping[tuple[Scope, str], tuple[str, ...]]] = {
    ("person", "person"): ("person_id",),
    ("person", "household"): ("household_id",),
    ("household", "person"): ("household_id",),
    ("household", "household"): ("household_id",),
    ("person", "village"): ("township", "village"),
    ("household", "village"): ("township", "village"),
    ("village", "person"): ("township", "village"),
    ("village", "household"): ("township", "village"),
    ("village", "village"): ("township", "village"),
    ("township", "person"): ("township",),
    ("township", "household"): ("township",),
    ("township", "village"): ("township",),
}
"""How a hit of a scope finds the records of a kind."""


REFERRED: Final = ("person_id", "household_id", "township", "village", "file", "sheet", "row")
"""What references need of a roster person."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Which extract kinds each fact column comes from, and their matched records."""

    by_column: Mapping[str, tuple[tuple[LayoutSpec, Window], ...]]
    extracts: Mapping[KindKey, MatchedExtract]
    period: Period

    def kinds(self, columns: Iterable[str]) -> list[tuple[LayoutSpec, Window]]:
        """The kinds behind some columns in the order of the rule book.

        A kind read over more months is not named again for its month: the rows are among them.
        """
        wanted = {
            (layout.department, layout.kind, window): (layout, window)
            for column in columns
            for layout, window in self.by_column.get(column, ())
        }
        return [
            wanted[key]
            for key in sorted(wanted)
            if key[2] != "period" or not any((*key[:2], longer) in wanted for longer in LONGER)
        ]

    def not_delivered(self, columns: Iterable[str]) -> list[LayoutSpec]:
        """The kinds of this period behind some columns that nobody has handed over."""
        return [
            layout
            for layout, window in self.kinds(columns)
            if window in {"period", "year"} and not self._delivered(layout)
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
    months: tuple[Window, ...] = ("previous", "last_year")
    before: dict[str, list[tuple[LayoutSpec, Window]]] = {
        f"{month}_{name}": [(layout, month) for layout, _ in found]
        for month in months
        for name, found in by_column.items()
    }
    return Origins(
        by_column={name: tuple(found) for name, found in {**by_column, **before}.items()},
        extracts={(one.layout.department, one.layout.kind): one for one in extracts},
        period=period,
    )


@dataclass(frozen=True, slots=True, order=True)
class _Origin:
    """Rows of one extract kind over some months, as the hits of a scope find them."""

    kind: KindKey
    window: Window
    key: tuple[str, ...]


@dataclass(slots=True)
class References:
    """The rows behind hits, as JSON text by person, household or village; each built once.

    Attributes:
        facts: rows of the persons of the county who may be referred to; gives the roster rows.
        known: origins of the columns.
    """

    facts: pl.DataFrame
    known: Origins
    _built: dict[_Origin, pl.DataFrame] = field(default_factory=dict)

    def with_sources(
        self, hits: pl.DataFrame, scope: Scope, used: Mapping[str, Sequence[str]]
    ) -> pl.DataFrame:
        """Add ``sources`` to hits of any rules of one scope: one join for each kind of extract.

        Args:
            hits: ``rule_id``, ``person_id``, ``household_id``, ``township``, ``village`` and more.
            scope: of the rules.
            used: columns each rule used, by its id.

        Returns:
            ``hits`` with ``sources``: a JSON list of ``{"department", "kind", "period", "file",
            "sheet", "row"}``, the roster first, then in the order of these keys.
        """
        shown: list[pl.Expr] = []
        joined = hits
        for number, (origin, rules) in enumerate(self._wanted(scope, used)):
            name = f"_{number}"
            key = origin.key
            text = self._by_key(origin).rename({"_text": name})
            joined = joined.join(text, on=key, how="left", maintain_order="left", validate="m:1")
            wanting = pl.col("rule_id").is_in(rules)
            shown.append(pl.when(wanting).then(pl.col(name)))
        listed = pl.concat_str(shown, separator=",", ignore_nulls=True) if shown else pl.lit("")
        sources = pl.concat_str(pl.lit("["), listed, pl.lit("]")).alias("sources")
        return joined.select(*hits.columns, sources)

    def with_counted(
        self, hits: pl.DataFrame, counted: pl.DataFrame, used: Sequence[str]
    ) -> pl.DataFrame:
        """Add ``sources`` to hits about places: the rows of the households counted there.

        Args:
            hits: ``rule_id``, ``township``, ``village`` and more.
            counted: ``household_id``, and the ``township`` and ``village`` it was counted for.
            used: columns the rule used.
        """
        rule_id = hits["rule_id"].first()
        counted = counted.sort("household_id").with_columns(rule_id=pl.lit(rule_id))
        told = self.with_sources(counted, "household", {str(rule_id): used})
        rows = pl.col("sources").str.strip_prefix("[").str.strip_suffix("]")
        joined = (
            told.select("township", "village", rows)
            .filter(pl.col("sources") != "")
            .group_by("township", "village", maintain_order=True)
            .agg(pl.format("[{}]", pl.col("sources").str.join(",")).alias("sources"))
        )
        place = ["township", "village"]
        with_rows = hits.join(joined, on=place, how="left", maintain_order="left")
        return with_rows.with_columns(pl.col("sources").fill_null("[]"))

    def _wanted(
        self, scope: Scope, used: Mapping[str, Sequence[str]]
    ) -> list[tuple[_Origin, list[str]]]:
        """Origins in the order in which they are listed, each with the rules that refer to it."""
        wanted: dict[_Origin, list[str]] = {}
        if scope in ("person", "household"):
            roster = _Origin((ROSTER, "persons"), "period", _KEYS[scope, "person"])
            wanted[roster] = list(used)
        for rule_id, columns in used.items():
            for layout, window in self.known.kinds(columns):
                key = _KEYS.get((scope, layout.match_on))
                kind = (layout.department, layout.kind)
                if key is not None and kind in self.known.extracts:
                    wanted.setdefault(_Origin(kind, window, key), []).append(rule_id)
        return sorted(wanted.items(), key=lambda item: (item[0].kind[0] != ROSTER, item[0]))

    def _by_key(self, origin: _Origin) -> pl.DataFrame:
        if origin not in self._built:
            rows = self._rows(origin.kind, origin.window, origin.key)
            self._built[origin] = _texts(rows, origin.kind, origin.key)
        return self._built[origin]

    def _rows(self, kind: KindKey, window: Window, key: tuple[str, ...]) -> pl.DataFrame:
        if kind[0] == ROSTER:
            month = pl.lit(str(self.known.period)).alias("period")
            return self.facts.select(*key, month, "file", "sheet", "row")
        records = self.known.extracts[kind].records.filter(
            (pl.col("status") == "confirmed") & _in_window(window, self.known.period)
        )
        rows = records.select(*key, "period", "file", "sheet", "row")
        return rows.join(self.facts.select(key).unique(), on=key, how="semi")


def _texts(rows: pl.DataFrame, kind: KindKey, key: tuple[str, ...]) -> pl.DataFrame:
    """One row a key: its references, joined by commas."""
    head = f'{{"department":"{kind[0]}","kind":"{kind[1]}","period":'
    reference = pl.concat_str(
        pl.lit(head),
        _quoted("period"),
        pl.lit(',"file":'),
        _quoted("file"),
        pl.lit(',"sheet":'),
        _quoted("sheet"),
        pl.lit(',"row":'),
        pl.col("row").cast(pl.String),
        pl.lit("}"),
    )
    return (
        rows.drop_nulls(list(key))
        .sort("period", "file", "sheet", "row")
        .group_by(key)
        .agg(reference.str.join(",").alias("_text"))
    )


def _in_window(window: Window, period: Period) -> pl.Expr:
    if window in EARLIER:
        return pl.col("period") == str(period.shift(-EARLIER[window][0]))
    return months_of(window, period)


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
