"""One recognised table: rows of text → typed records, rows set aside, cells left blank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from fpm.identity.id_number import read_id_numbers
from fpm.ingest import whole_rows
from fpm.ingest.cells import DTYPES, CellContext, ParsedColumn, parse_columns
from fpm.ingest.dated import is_dated
from fpm.ingest.grid import Grid, column_letter
from fpm.ingest.header import Header
from fpm.ingest.merged import filled_down
from fpm.ingest.packed import PackedRecords, packed
from fpm.ingest.quarantine import Column, Place, gather, troubles
from fpm.ingest.reading import ColumnReading
from fpm.ingest.repeats import differing_numbers, settle_repeats
from fpm.ingest.stated import NOTHING_STATED, StatedUnits, contradiction, header_unit
from fpm.ingest.states import joined_sets, lacking_fields, unreadable_cells
from fpm.ingest.values.measure import contradicts
from fpm.model import LACKING, RECORD_KEY_SCHEMA, UNREADABLE
from fpm.rulebook.layout import LayoutField, LayoutSpec

FIRST_BAD: Final = 5
"""Addresses of unreadable cells shown of a column."""
_EXACT_TYPES: Final = frozenset({"date", "month", "money", "number"})
"""Types whose unreadable cells make a record worthless unless the layout says otherwise."""
_NOT_WHO: Final = ("name_unreadable", "two_numbers", "characters_lost")
"""What a cell holds that should say whom the row is about, and says somebody or something else."""
_NONE_BAD: Final = pl.DataFrame(schema={"row": pl.UInt32, "value": pl.String, "code": pl.String})


@dataclass(frozen=True, slots=True)
class Table:
    """What is known before the cells are parsed."""

    grid: Grid
    header: Header
    layout: LayoutSpec
    labels: pl.Series
    """Null for data rows (see ``rows.label_rows``)."""
    place: Place
    stated: StatedUnits = NOTHING_STATED
    """Units stated above or below the table."""


@dataclass(frozen=True, slots=True)
class TableReading:
    """Everything a table gives."""

    records: tuple[PackedRecords, ...]
    """In the order of the rows."""
    quarantine: pl.DataFrame
    blanked: pl.DataFrame
    quarantined: int
    """Distinct rows set aside."""
    rows: int
    """Rows of the sheet down to the end of the table, with its header and titles."""
    columns: dict[int, ColumnReading] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """Records of the table."""
        return sum(part.height for part in self.records)


def read_table(table: Table) -> TableReading:
    """Parse the data rows of a table.

    A row is set aside when a required cell is blank, a cell with ``if_bad = "quarantine"`` cannot
    be read, or nothing says for certain whom it is about. Unknown spellings of categories and of
    yes and no are left blank and reported.
    """
    fields = table.header.fields
    of_table = table.header, table.layout, table.place
    data = _data_rows(table)
    differing = differing_numbers(data, *of_table)
    data, contradicted = settle_repeats(data, *of_table)
    rows = data["row"]
    parsed = parse_columns(data, {f"c{number}": _context(table, number) for number in fields})
    frame = pl.DataFrame(
        [rows, *(parsed[f"c{number}"].values.alias(name) for number, name in fields.items())]
    )
    aside: list[pl.DataFrame] = [differing]
    blanked: list[pl.DataFrame] = [contradicted]
    columns: dict[int, ColumnReading] = {}
    unread: dict[str, pl.DataFrame] = {}
    ragged = list(table.grid.head.ragged)
    for number, name in fields.items():
        column = parsed[f"c{number}"]
        bad = _bad_cells(rows, data[f"c{number}"], column)
        if ragged:  # cells that have moved say nothing of their column
            bad = bad.filter(~pl.col("row").is_in(ragged))
        listed = troubles(bad, _column(table, number), table.place)
        columns[number] = _describe(table, number, column, listed)
        if listed.is_empty():
            continue
        unread[name] = listed
        strict = _sets_aside(name, table.layout.fields[name]) & ~_known_by_number(
            listed, frame, table
        )
        aside.append(listed.filter(strict))
        blanked.append(listed.filter(~strict))
    moved = whole_rows.ragged(data, table.grid.head.ragged, _beyond(table))
    of_columns = {f"c{number}": table.layout.fields[name] for number, name in fields.items()}
    whole = (moved, whole_rows.examples(data), whole_rows.captions(data, of_columns))
    aside += [troubles(found, Column(), table.place) for found in whole]
    aside.append(_unfilled(_without(frame, moved), unread, table))
    left = _without(frame, gather(aside))
    specs = {name: table.layout.fields[name] for name in fields.values()}
    nobody = whole_rows.nobody(left, specs, table.layout)
    aside.append(troubles(nobody, Column(), table.place))
    quarantine = gather(aside)
    kept = _without(left, nobody)
    states = unreadable_cells(unread, contradicted, table.header)
    kept = kept.join(states, on="row", how="left", validate="1:1", maintain_order="left")
    return TableReading(
        records=(packed(_records(kept, table)),),
        quarantine=quarantine,
        blanked=gather(blanked),
        quarantined=frame.height - kept.height,
        rows=table.grid.height,
        columns=columns,
    )


def _beyond(table: Table) -> list[str]:
    """The columns right of a header that has fewer cells than the rows of its text file."""
    header, above = table.header, table.grid.above
    lines = {header.first + 1, header.last + 1}  # on any page, or below another table
    if lines.union(above + line for line in lines).isdisjoint(table.grid.head.ragged):
        return []
    width = max(number for number, text in enumerate(header.texts) if text) + 1
    return [f"c{number}" for number in range(width, table.grid.cells.width)]


def _data_rows(table: Table) -> pl.DataFrame:
    """The data rows with column ``row``; merged cells hold for each of their rows."""
    cells = filled_down(table.grid, table.header, table.layout)
    marked = cells.with_row_index("row", offset=table.grid.above + 1)
    kept = table.labels.is_null().arg_true()
    if kept.len() and int(kept[-1]) - int(kept[0]) < kept.len():
        return marked.slice(int(kept[0]), kept.len())  # a filter would copy the whole sheet
    return marked.filter(table.labels.is_null())


def _context(table: Table, number: int) -> CellContext:
    spec = table.layout.fields[table.header.fields[number]]
    text = table.header.texts[number]
    trouble = contradiction(text, spec)
    if spec.type == "number" and not header_unit(text):
        other = contradicts(spec.unit, table.stated.measures)
        trouble = trouble or ("number_other_unit" if other else "")
    grid = table.grid
    return CellContext(
        spec,
        _unit(table, number),
        grid.head.date1904,
        grid.head.typed,
        number in grid.mixed,
        trouble,
    )


def _unit(table: Table, number: int) -> str:
    """The unit of an amount: what the header cell names, else what is stated for the table."""
    if table.layout.fields[table.header.fields[number]].type != "money":
        return ""
    return header_unit(table.header.texts[number]) or table.stated.money


def _sets_aside(name: str, spec: LayoutField) -> pl.Expr:
    """Which troubles of a column set the row aside; the others leave the cell blank."""
    if whole_rows.role_of(name, spec) in {"name", "id_number"}:
        return pl.col("code").is_in(_NOT_WHO)
    if spec.if_bad == "blank" or spec.type not in _EXACT_TYPES:
        return pl.lit(value=False)
    return pl.col("code") != "stated_nothing"


def _known_by_number(listed: pl.DataFrame, frame: pl.DataFrame, table: Table) -> pl.Expr:
    """Whether a cell only lost characters, and the number in its row is somebody's for certain."""
    lost = pl.col("code") == "characters_lost"
    rows = frame.join(listed.filter(lost).select("row"), on="row", how="semi")
    if rows.is_empty():
        return pl.lit(value=False)
    sure = [
        rows["row"].filter(read_id_numbers(rows[name])["valid_id"].is_not_null()).to_list()
        for name in table.header.fields.values()
        if whole_rows.role_of(name, table.layout.fields[name]) == "id_number"
    ]
    return lost & pl.any_horizontal(
        pl.lit(value=False), *(pl.col("row").is_in(one) for one in sure)
    )


def _bad_cells(rows: pl.Series, text: pl.Series, parsed: ParsedColumn) -> pl.DataFrame:
    if parsed.code.null_count() == len(parsed.code):
        return _NONE_BAD
    cells = pl.DataFrame({"row": rows, "value": text, "code": parsed.code})
    return cells.filter(pl.col("code").is_not_null())


def _column(table: Table, number: int) -> Column:
    return Column(table.header.texts[number], column_letter(number))


def _describe(
    table: Table, number: int, parsed: ParsedColumn, listed: pl.DataFrame
) -> ColumnReading:
    name = table.header.fields[number]
    spec = table.layout.fields[name]
    bad = listed.height
    return ColumnReading(
        letter=column_letter(number),
        header=table.header.texts[number],
        field=name,
        title=spec.title,
        type=spec.type,
        unit=_unit(table, number) or spec.unit,
        dated=is_dated(table.header.texts[number], spec),
        parsed=len(parsed.values) - parsed.values.null_count(),
        blank=parsed.values.null_count() - bad,
        bad=bad,
        first_bad=tuple(listed["cell"].head(FIRST_BAD)),
    )


def _without(frame: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not listed; all of them without a copy where none is."""
    if listed.is_empty():
        return frame
    return frame.join(listed.select("row"), on="row", how="anti", maintain_order="left")


def _unfilled(
    frame: pl.DataFrame, unread: Mapping[str, pl.DataFrame], table: Table
) -> pl.DataFrame:
    """Rows in which a cell that must be filled is blank, and not merely unreadable."""
    found = []
    for number, name in table.header.fields.items():
        spec = table.layout.fields[name]
        if not spec.filled:
            continue
        read = frame
        if name in unread:
            read = _without(frame, unread[name].filter(pl.col("code") != "stated_nothing"))
        blank = whole_rows.unfilled(read, name, spec)
        found.append(troubles(blank, _column(table, number), table.place))
    return gather(found)


def _records(kept: pl.DataFrame, table: Table) -> pl.DataFrame:
    layout = table.layout
    absent = [
        pl.lit(None, dtype=DTYPES[spec.type]).alias(name)
        for name, spec in layout.fields.items()
        if name not in kept.columns
    ]
    place = table.place
    return (
        joined_sets(kept.with_columns(absent), layout)
        .with_columns(
            pl.lit(",".join(lacking_fields(table.header, layout))).alias(LACKING),
            department=pl.lit(place.department),
            kind=pl.lit(place.kind),
            file=pl.lit(place.file),
            sheet=pl.lit(place.sheet),
        )
        .select(*RECORD_KEY_SCHEMA, *layout.fields, LACKING, UNREADABLE)
    )
