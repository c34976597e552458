"""One recognised table: rows of text → typed records, rows set aside, cells left blank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, get_args

import polars as pl

from fpm.identity.id_number import QUALITY_TITLES, read_id_numbers
from fpm.ingest.cells import DTYPES, CellContext, ParsedColumn, needs_mark, parse_column
from fpm.ingest.grid import Grid, column_letter
from fpm.ingest.header import Header, header_unit
from fpm.ingest.quarantine import Column, Place, gather, troubles
from fpm.ingest.reading import ColumnReading
from fpm.model import RECORD_KEY_SCHEMA
from fpm.rulebook.layout import LayoutField, LayoutSpec, Role

_FIRST_BAD: Final = 5
_NAMES_SOMEBODY: Final = frozenset(
    {"id_number", "name", "household_id", "person_id", "head_name", "head_id_number"}
)


@dataclass(frozen=True, slots=True)
class Table:
    """What is known before the cells are parsed."""

    grid: Grid
    header: Header
    layout: LayoutSpec
    labels: pl.Series
    """Null for data rows (see ``rows.label_rows``)."""
    place: Place


@dataclass(frozen=True, slots=True)
class TableReading:
    """Everything a table gives."""

    records: pl.DataFrame
    quarantine: pl.DataFrame
    blanked: pl.DataFrame
    quarantined: int
    """Distinct rows set aside."""
    columns: dict[int, ColumnReading] = field(default_factory=dict)


def read_table(table: Table) -> TableReading:
    """Parse the data rows of a table.

    A row is set aside when a required cell is blank, a cell with ``if_bad = "quarantine"`` cannot
    be read, or nothing says whom it is about. Unknown spellings of categories and of yes and no
    are left blank and reported.
    """
    data = table.labels.is_null()
    rows = pl.select(row=pl.int_range(1, len(data) + 1, dtype=pl.UInt32)).filter(data)["row"]
    frame = pl.DataFrame({"row": rows})
    aside: list[pl.DataFrame] = []
    blanked: list[pl.DataFrame] = []
    columns: dict[int, ColumnReading] = {}
    for number, name in table.header.fields.items():
        spec = table.layout.fields[name]
        source = table.grid.marked if needs_mark(spec.type) else table.grid.plain
        text = source[f"c{number}"].filter(data)
        unit = header_unit(table.header.texts[number])
        parsed = parse_column(text, CellContext(spec, unit, table.grid.head.date1904))
        frame = frame.with_columns(parsed.values.alias(name))
        bad = _bad_cells(rows, text, parsed)
        listed = troubles(bad, _column(table, number), table.place)
        strict = listed["code"] != "stated_nothing" if _sets_aside(spec) else pl.lit(value=False)
        aside.append(listed.filter(strict))
        blanked.append(listed.filter(~strict))
        columns[number] = _describe(table, number, parsed, listed)
    aside.append(_unfilled(frame, table))
    aside.append(_nobody(frame, table))
    quarantine = gather(aside)
    out = quarantine["row"].unique()
    kept = frame.filter(~pl.col("row").is_in(out.implode()))
    return TableReading(
        _records(kept, table), quarantine, gather(blanked), frame.height - kept.height, columns
    )


def empty_records(layout: LayoutSpec) -> pl.DataFrame:
    """No records, with the schema of the layout."""
    fields = {name: DTYPES[spec.type] for name, spec in layout.fields.items()}
    return pl.DataFrame(schema={**RECORD_KEY_SCHEMA, **fields})


def _sets_aside(spec: LayoutField) -> bool:
    return spec.if_bad == "quarantine" and spec.type not in {"category", "yes_no"}


def _bad_cells(rows: pl.Series, text: pl.Series, parsed: ParsedColumn) -> pl.DataFrame:
    cells = pl.DataFrame({"row": rows, "value": text, "code": parsed.code})
    bad = cells.filter(pl.col("code").is_not_null())
    return bad.with_columns(pl.col("value").str.strip_prefix("\x02"))


def _column(table: Table, number: int) -> Column:
    return Column(table.header.texts[number], column_letter(number))


def _describe(
    table: Table, number: int, parsed: ParsedColumn, listed: pl.DataFrame
) -> ColumnReading:
    name = table.header.fields[number]
    spec = table.layout.fields[name]
    bad = listed.height
    forms: tuple[tuple[str, int], ...] = ()
    if spec.type == "id_number":
        forms = _id_forms(parsed.values)
    return ColumnReading(
        letter=column_letter(number),
        header=table.header.texts[number],
        field=name,
        title=spec.title,
        type=spec.type,
        unit=header_unit(table.header.texts[number]) or spec.unit,
        parsed=len(parsed.values) - parsed.values.null_count(),
        blank=parsed.values.null_count() - bad,
        bad=bad,
        first_bad=tuple(listed["cell"].head(_FIRST_BAD)),
        id_forms=forms,
    )


def _id_forms(texts: pl.Series) -> tuple[tuple[str, int], ...]:
    if texts.is_empty():
        return ()
    counts = read_id_numbers(texts)["quality"].value_counts(sort=True)
    ordered = counts.sort(["count", "quality"], descending=[True, False])
    return tuple((QUALITY_TITLES.get(name, name), count) for name, count in ordered.rows())


def _unfilled(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Rows in which a cell that must be filled is blank; an ID is excused by a name."""
    found: list[pl.DataFrame] = []
    by_field = {name: number for number, name in table.header.fields.items()}
    for name, spec in table.layout.fields.items():
        if not spec.filled or name not in by_field:
            continue
        blank = pl.col(name).is_null()
        if spec.type == "id_number" and "name" in frame.columns:
            blank = blank & pl.col("name").is_null()
        rows = frame.filter(blank).select(
            "row", value=pl.lit(None, dtype=pl.String), code=pl.lit("blank_required")
        )
        found.append(troubles(rows, _column(table, by_field[name]), table.place))
    return gather(found)


def _nobody(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Rows about people in which every column that names somebody is blank."""
    who = [
        name
        for name in table.header.fields.values()
        if role_of(name, table.layout.fields[name]) in _NAMES_SOMEBODY
    ]
    if table.layout.match_on == "village" or not who:
        return gather([])
    rows = frame.filter(pl.all_horizontal(pl.col(who).is_null())).select(
        "row", value=pl.lit(None, dtype=pl.String), code=pl.lit("nobody_named")
    )
    return troubles(rows, Column(), table.place)


def role_of(name: str, spec: LayoutField) -> str | None:
    """What a field tells about who the row is for: its role, or its own name if that is one."""
    if spec.role:
        return spec.role
    return name if name in get_args(Role) else None


def _records(kept: pl.DataFrame, table: Table) -> pl.DataFrame:
    place = table.place
    layout = table.layout
    absent = [
        pl.lit(None, dtype=DTYPES[spec.type]).alias(name)
        for name, spec in layout.fields.items()
        if name not in kept.columns
    ]
    return kept.with_columns(
        *absent,
        department=pl.lit(place.department),
        kind=pl.lit(place.kind),
        file=pl.lit(place.file),
        sheet=pl.lit(place.sheet),
    ).select(*RECORD_KEY_SCHEMA, *layout.fields)
