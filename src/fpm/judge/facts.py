"""Matched records → facts: one row a roster person with everything conditions may ask about.

Three states are kept apart throughout. A person found in an extract has the fact its SQL yields;
a person whom a delivered extract certainly does not hold has the fact's ``absent`` value; for
everybody else (nothing delivered, an undecided match that may be this person's) it is NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.bounds import PLACES
from fpm.judge.cells import with_cell_states
from fpm.judge.compile import Names, PlainOrList, compile_aggregate, compile_row
from fpm.judge.derived import asked_cells, before_and_after_facts, parsed_derived
from fpm.judge.earlier import with_earlier
from fpm.judge.extracts import (
    MAY,
    KindInPeriod,
    MatchedExtract,
    plausible,
    with_all_fields,
    with_roster_cells,
    without_repeats,
)
from fpm.judge.frames import columns_of, where
from fpm.judge.literals import DTYPES
from fpm.model import RECORD_KEY, Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import (
    BUILT_IN,
    ROSTER,
    parse_fact,
    record_columns,
)
from fpm.rulebook.conditions import AT_LEAST, Condition
from fpm.rulebook.language import Kind
from fpm.rulebook.layout import FactSpec, LayoutSpec

_HAS: Final = "_has"
WINDOWS: Final = ("period", "year", "twelve_months")
"""The months of facts (``FactSpec.window``), in the order of their columns."""


def build_facts(
    roster: pl.DataFrame,
    extracts: Sequence[MatchedExtract],
    rulebook: Rulebook,
    period: Period,
    earlier: Mapping[str, pl.DataFrame] | None,
) -> pl.DataFrame:
    """Everything known of every roster person in one period.

    Args:
        roster: one row a person, ``person_id`` unique.
        extracts: at most one for each extract kind; kinds not among them yield NULL.
        rulebook: gives derived columns, facts and their order.
        period: the month judged.
        earlier: the facts of earlier months as this function returned them, by the prefix of
            their columns (``EARLIER``); a month that is not known is left out.

    Returns:
        The roster's rows in the roster's order: roster columns, derived columns,
        ``<department>_<fact>`` (Float64, String, Boolean or Date), ``<fact>__at_least`` (Float64)
        beside each fact that may be known from below only, the ``present`` columns (Boolean,
        NULL = cannot tell), and of earlier months the columns that the rule book names.
    """
    found = {(one.layout.department, one.layout.kind): one for one in extracts}
    derived = parsed_derived(rulebook)
    early, late = before_and_after_facts(derived, rulebook)
    facts = with_cell_states(roster, asked_cells(rulebook, derived.values()))
    facts = _with_derived(facts, early, rulebook, period)
    expected = rulebook.guards.expected_rows
    kinds = [
        KindInPeriod(layout, found.get((layout.department, layout.kind)), period, expected)
        for layout in rulebook.layouts
        if layout.department != ROSTER
    ]
    facts = _with_kinds(facts, kinds)
    facts = facts.with_columns(_department_presence(rulebook.layouts))
    facts = _with_derived(facts, late, rulebook, period)
    return with_earlier(facts, earlier or {}, rulebook)


def villages_without_people(
    facts: pl.DataFrame, extracts: Sequence[MatchedExtract], period: Period
) -> pl.DataFrame:
    """Rows like those of the facts for villages that only an extract knows (``own_places``).

    Args:
        facts: what ``build_facts`` returned.
        extracts: those it was built from.
        period: the month judged.

    Returns:
        The columns of ``facts``; all but the place and the facts of that extract are NULL.
    """
    rows = [facts.clear()]
    for extract in extracts:
        kind = KindInPeriod(extract.layout, extract, period)
        if extract.layout.own_places and kind.delivered:
            placed = extract.records.filter(
                kind.in_window("period") & (pl.col("status") == "confirmed")
            )
            alone = (
                placed.select(kind.key)
                .drop_nulls()
                .unique(maintain_order=True)
                .join(facts, on=kind.key, how="anti", maintain_order="left")
            )
            if not alone.is_empty():
                known = _with_kind(alone, kind, extract)
                rows.append(facts.clear(alone.height).with_columns(known.get_columns()))
    return pl.concat(rows)


def constants_of(period: Period) -> dict[str, PlainOrList]:
    """The built-in constants of conditions."""
    return {"period_start": period.first_day, "period_end": period.last_day}


def _with_derived(
    facts: pl.DataFrame, derived: Mapping[str, Condition], rulebook: Rulebook, period: Period
) -> pl.DataFrame:
    names = Names({**rulebook.columns, **BUILT_IN}, constants_of(period))
    known = facts.lazy()
    # those that use none of each other are added together: each step over so wide a frame costs
    together: dict[str, pl.Expr] = {}
    for name, condition in derived.items():
        if not condition.columns.isdisjoint(together):
            known, together = known.with_columns(**together), {}
        together[name] = _settled(compile_row(condition, names).exact, rulebook.columns[name].kind)
    # streamed, all columns there are would be cut up and put together again
    return known.with_columns(**together).collect(engine="in-memory")


def _settled(expression: pl.Expr, kind: Kind) -> pl.Expr:
    """A column that is kept: numbers without the dust of binary arithmetic."""
    typed = expression.cast(DTYPES[kind])
    return typed.round(PLACES) if kind == "number" else typed


def _with_kinds(facts: pl.DataFrame, kinds: Iterable[KindInPeriod]) -> pl.DataFrame:
    """Add the facts of extract kinds and their presence columns, in this order."""
    # what nobody delivered is added together: each step over so wide a frame costs
    unknown: list[pl.Expr] = []
    for kind in kinds:
        if kind.extract is None:
            unknown += _never_delivered(kind)
        else:
            facts = _with_kind(facts.with_columns(unknown), kind, kind.extract)
            unknown = []
    return facts.with_columns(unknown)


def _with_kind(facts: pl.DataFrame, kind: KindInPeriod, extract: MatchedExtract) -> pl.DataFrame:
    """Add the facts of one extract kind and its presence column."""
    for window in WINDOWS:
        wanted = kind.facts(window)
        if wanted or window == "period":
            facts = _with_window(facts, kind, extract, window)
    return facts


def _never_delivered(kind: KindInPeriod) -> list[pl.Expr]:
    """Nothing is known of anybody."""
    fields = record_columns(kind.layout)
    schema: dict[str, type[pl.DataType]] = {}
    for window in WINDOWS:
        wanted = kind.facts(window)
        schema |= _schema({name: parse_fact(fact, fields) for name, fact in wanted.items()})
        if window == "period":
            schema[kind.present] = pl.Boolean
    return [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items()]


def _with_window(
    facts: pl.DataFrame, kind: KindInPeriod, extract: MatchedExtract, window: str
) -> pl.DataFrame:
    wanted = kind.facts(window)
    fields = record_columns(kind.layout)
    parsed = {name: parse_fact(fact, fields) for name, fact in wanted.items()}
    in_window = kind.in_window(window)
    rows = where(with_all_fields(extract.records, kind.layout), in_window)
    rows = with_cell_states(rows, {name for part in parsed.values() for name in part.cells})
    confirmed = with_roster_cells(where(rows, pl.col("status") == "confirmed"), kind, facts)
    found = columns_of(facts, kind.key)  # two joins of a few columns, not of hundreds
    for told in (
        _aggregated(confirmed, kind, parsed),
        plausible(rows, extract.candidates.filter(in_window), kind, facts),
    ):
        found = found.join(told, on=kind.key, how="left", validate="m:1", maintain_order="left")
    settled = _settle(kind, wanted, parsed)
    if window == "period":
        settled.append(_presence(kind).alias(kind.present))
    return facts.with_columns(found.select(settled).get_columns())


def _schema(parsed: Mapping[str, Condition]) -> dict[str, type[pl.DataType]]:
    schema: dict[str, type[pl.DataType]] = {}
    for name, condition in parsed.items():
        schema[name] = DTYPES[condition.kind]
        if _is_bounded(condition):
            schema[name + AT_LEAST] = pl.Float64
    return schema


def _is_bounded(condition: Condition) -> bool:
    return condition.bounded and condition.kind == "number"


def _aggregated(
    records: pl.DataFrame, kind: KindInPeriod, parsed: Mapping[str, Condition]
) -> pl.DataFrame:
    """One row a key with its facts and ``_has`` = true."""
    order = [kind.layout.order_by] if kind.layout.order_by else []
    rows = (
        without_repeats(records, kind.layout)
        .sort("period", *RECORD_KEY)
        .sort(order or ["period"], nulls_last=False, maintain_order=True)
    )
    names = Names(record_columns(kind.layout), constants_of(kind.period))
    reductions = Reductions()
    columns: list[pl.Expr] = []
    for name, condition in parsed.items():
        value = compile_aggregate(condition, names, reductions)
        columns.append(_settled(value.exact, condition.kind).alias(name))
        if _is_bounded(condition):
            columns.append(_settled(value.low, condition.kind).alias(name + AT_LEAST))
    grouped = rows.group_by(kind.key).agg(**reductions.wanted)
    return grouped.select(*kind.key, *columns, pl.lit(value=True).alias(_HAS))


def _settle(
    kind: KindInPeriod, wanted: Mapping[str, FactSpec], parsed: Mapping[str, Condition]
) -> list[pl.Expr]:
    """Each fact's value: found, certainly absent, or NULL."""
    found = pl.col(_HAS).fill_null(value=False)
    absent = ~found & pl.col(MAY).is_null() & pl.lit(kind.delivered)
    columns = []
    for name, fact in wanted.items():
        condition = parsed[name]
        default = pl.lit(_plain(fact.absent, condition), dtype=DTYPES[condition.kind])
        # without this month's extract a fact over the year is out of date: only its bound holds
        stands = kind.delivered or fact.window == "twelve_months"
        value = pl.col(name) if stands else pl.lit(None, dtype=DTYPES[condition.kind])
        columns.append(pl.when(found).then(value).when(absent).then(default).alias(name))
        if _is_bounded(condition):
            low = name + AT_LEAST
            columns.append(pl.when(found).then(low).when(absent).then(default).alias(low))
    return columns


def _plain(absent: object, condition: Condition) -> object:
    if isinstance(absent, int) and condition.kind == "number":
        return float(absent)
    return absent


def _presence(kind: KindInPeriod) -> pl.Expr:
    found = pl.col(_HAS).fill_null(value=False)
    absent = ~found & pl.col(MAY).is_null()
    complete = kind.delivered and kind.layout.coverage == "complete"
    return pl.when(found).then(True).when(absent & pl.lit(complete)).then(False)


def _department_presence(layouts: Iterable[LayoutSpec]) -> list[pl.Expr]:
    """In any list of the department; absent only when absent from all its complete ones."""
    by_department: dict[str, list[LayoutSpec]] = {}
    for layout in layouts:
        if layout.department != ROSTER:
            by_department.setdefault(layout.department, []).append(layout)
    return [
        _any_present(department, kinds).alias(f"{department}_present")
        for department, kinds in by_department.items()
    ]


def _any_present(department: str, kinds: Sequence[LayoutSpec]) -> pl.Expr:
    parts = [
        # an extract of events cannot prove absence, so it does not hide that a list does
        pl.col(f"{department}_{layout.kind}_present")
        if layout.coverage == "complete"
        else pl.col(f"{department}_{layout.kind}_present").fill_null(value=False)
        for layout in kinds
    ]
    if all(layout.coverage == "events" for layout in kinds):
        return pl.when(reduce(pl.Expr.or_, parts)).then(True)
    return reduce(pl.Expr.or_, parts)
