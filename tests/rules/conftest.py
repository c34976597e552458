"""The shipped rule book, and facts made from a handful of records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from fpm.judge import MatchedExtract, build_facts
from fpm.model import CANDIDATE_SCHEMA, MONEY, RECORD_KEY_SCHEMA, Period
from fpm.rulebook import Rulebook, load_rulebook
from fpm.rulebook.layout import LayoutField, LayoutSpec
from fpm.shipped import shipped_rules

PERIOD = Period(2026, 10)
TEXT_TYPES = {"yes_no": pl.Boolean, "number": pl.Float64, "money": MONEY}
FactsOf = Callable[..., dict[str, Any]]


def dtype_of(field: LayoutField) -> pl.DataType | type[pl.DataType]:
    if field.type in ("date", "month"):
        return pl.Date
    return TEXT_TYPES.get(field.type, pl.String)


def money(value: Any) -> Any:
    """Amounts as the reader delivers them: exact, two decimals."""
    return None if value is None else f"{value:.2f}"


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook(shipped_rules())


def roster_of(book: Rulebook, people: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Roster rows; what a person leaves out is blank."""
    fields = book.roster_layout.fields
    origin = {"file": pl.String, "sheet": pl.String, "row": pl.UInt32, "valid_id": pl.String,
              "id_checks": pl.Boolean}  # fmt: skip
    schema = {**origin, **{name: dtype_of(field) for name, field in fields.items()}}
    home = {"township": "青石镇", "village": "上河村", "household_id": "H1"}
    home |= {"file": "花名册.xlsx", "sheet": "表", "row": 2}
    rows = [{**dict.fromkeys(schema), **home, **person} for person in people]
    frame = pl.DataFrame(rows, schema={**schema, "net_income_per_person": pl.Float64}, strict=False)
    return frame.with_columns(pl.col("net_income_per_person").cast(MONEY))


def extract_of(
    layout: LayoutSpec, rows: Sequence[Mapping[str, Any]], delivered: Sequence[str]
) -> MatchedExtract:
    """Confirmed records of the person ``P1`` of household ``H1``, one file a period."""
    types = {name: dtype_of(field) for name, field in layout.fields.items()}
    link = {"household_id": pl.String, "township": pl.String, "village": pl.String}
    schema: dict[str, Any] = {
        "period": pl.String, **RECORD_KEY_SCHEMA, **types, "person_id": pl.String, **link,
        "status": pl.String,
    }  # fmt: skip
    records = []
    for number, row in enumerate(rows, start=2):
        given = {
            name: money(value) if types.get(name) == MONEY else value for name, value in row.items()
        }
        period = given.get("period", str(PERIOD))
        where = {"department": layout.department, "kind": layout.kind, "sheet": "表", "row": number}
        who = {"person_id": "P1", "household_id": "H1", "township": "青石镇", "village": "上河村"}
        records.append({**dict.fromkeys(schema), **where, "file": f"{period}.xlsx",
                        "period": period, "status": "confirmed", **who, **given})  # fmt: skip
    amounts = [name for name, kind in schema.items() if kind == MONEY]
    loose = {**schema, **dict.fromkeys(amounts, pl.String)}
    frame = pl.DataFrame(records, schema=loose).with_columns(pl.col(amounts).cast(MONEY))
    candidates = pl.DataFrame(schema={"period": pl.String, **CANDIDATE_SCHEMA})
    return MatchedExtract(layout, frame, candidates, frozenset(delivered))


@pytest.fixture
def facts_of(book: Rulebook) -> FactsOf:
    """Facts of ``P1`` after one department handed over ``rows``.

    ``facts_of("housing", "assessment", [{"grade": "D"}])`` → column → value.
    """

    def build(
        department: str,
        kind: str,
        rows: Sequence[Mapping[str, Any]],
        delivered: Sequence[str] = ("2026-08", "2026-09", "2026-10"),
        **person: Any,
    ) -> dict[str, Any]:
        head = {"person_id": "P1", "name": "赵大山", "relation": "户主"}
        roster = roster_of(book, [{**head, **person}])
        extract = extract_of(book.layout(department, kind), rows, delivered)
        return build_facts(roster, [extract], book, PERIOD, None).row(0, named=True)

    return build


@pytest.fixture
def derived_of(book: Rulebook) -> Callable[..., dict[str, Any]]:
    """Derived columns of one roster row: ``derived_of(labour="无劳动力")``."""

    def build(period: Period = PERIOD, **person: Any) -> dict[str, Any]:
        roster = roster_of(book, [{"person_id": "P1", **person}])
        return build_facts(roster, [], book, period, None).row(0, named=True)

    return build


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
