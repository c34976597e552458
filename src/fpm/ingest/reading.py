"""What ``read_file`` returns: the records, the account of rows, and how the file was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from fpm.identity.id_number import QUALITY_TITLES, SURE, read_id_numbers
from fpm.ingest.packed import RecordKind, Records
from fpm.model import mask_digits

_FIRST = 5
_AT_ONCE = 200_000
"""ID numbers read at once: what becomes known of them is far wider than they are."""


@dataclass(frozen=True, slots=True)
class LayoutScore:
    """How well a layout fits a sheet, 0 to 1."""

    department: str
    kind: str
    title: str
    score: float
    why: str = ""
    """What speaks for the layout, in Chinese."""


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """How one column was read.

    ``field`` is None for a header no field of the layout knows; ``nearest`` then names the known
    header most like it (with its similarity, 0 to 100) if there is one worth showing.
    """

    letter: str
    header: str
    field: str | None = None
    title: str = ""
    type: str = ""
    unit: str = ""
    nearest: str | None = None
    nearest_field: str | None = None
    similarity: float = 0.0
    toml: str = ""
    """Lines of the layout that would make the unknown header known as ``nearest_field``."""
    repeats: bool = False
    """The column names a field that an earlier column already gives; it is not read."""
    ignored: bool = False
    """The layout knows the header and does not need the column."""
    dated: bool = False
    """The header says of which year or month the values are: they count for a period of that."""
    parsed: int = 0
    blank: int = 0
    bad: int = 0
    first_bad: tuple[str, ...] = ()
    """Addresses of the first unreadable cells."""


def toml_lines(columns: Iterable[ColumnReading]) -> list[str]:
    """The tables of a layout that would make unknown headers known, line by line."""
    tables = dict.fromkeys(column.toml for column in columns if column.toml)
    return [line for table in tables for line in table.splitlines()]


@dataclass(frozen=True, slots=True)
class SheetReading:
    """How one sheet was understood; ``layout`` None means no table was recognised in it."""

    sheet: str
    hidden: bool
    rows: int
    non_data: int
    quarantined: int
    records: int
    layout: LayoutScore | None = None
    runner_up: LayoutScore | None = None
    header_row: int | None = None
    """Spreadsheet row of the first header line."""
    titles: tuple[str, ...] = ()
    """What stands above the header, cell by cell, with long numbers masked."""
    columns: tuple[ColumnReading, ...] = ()
    below: tuple[tuple[ColumnReading, ...], ...] = ()
    """The columns of each further table of the sheet, which has other headers."""
    missing: tuple[str, ...] = ()
    """Titles of fields the sheet does not have."""
    notes: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[ColumnReading, ...]:
        """Columns with a header that no field knows."""
        return tuple(
            column
            for column in self.columns
            if column.header and column.field is None and not column.ignored
        )

    @property
    def toml_lines(self) -> tuple[str, ...]:
        """What the layout's fields must say for unknown headers that resemble known ones.

        A table a field, which takes the place of the one that the layout has.
        """
        return tuple(toml_lines(self.unknown))


@dataclass(frozen=True, slots=True)
class FileReading:
    """One delivered file, read.

    Attributes:
        name: The file name used in every record key.
        sha256: Hex digest of the bytes.
        sheets: One reading a sheet, in the file's order.
        records: (department, kind) → typed records (RECORD_KEY + one column per layout field).
        quarantine: Rows set aside, QUARANTINE_SCHEMA, one line a reason.
        blanked: Cells left blank because they could not be read, QUARANTINE_SCHEMA.
        files: The account of rows, FILES_SCHEMA, one line a sheet.
    """

    name: str
    sha256: str
    sheets: tuple[SheetReading, ...]
    records: Records
    quarantine: pl.DataFrame
    blanked: pl.DataFrame
    files: pl.DataFrame


def id_forms(texts: pl.Series) -> tuple[tuple[str, int], ...]:
    """How good the ID numbers of a column are: form in Chinese and count, most frequent first.

    Args:
        texts: An ``id_number`` column of records.
    """
    cells = texts.to_frame("text").with_row_index("row").with_columns(sheet=pl.lit(""))
    return tuple((QUALITY_TITLES[name], count) for _, name, count, _ in _by_form(cells).rows())


def doubtful_ids(reading: FileReading) -> tuple[tuple[str, str, int, tuple[str, ...]], ...]:
    """ID numbers that are no sure ones: column title, form, how many, the first cells.

    Forms are in Chinese, most frequent first in each column.
    """
    found: list[tuple[str, str, int, tuple[str, ...]]] = []
    forms: dict[tuple[RecordKind, str], pl.DataFrame] = {}
    for sheet in reading.sheets:
        if sheet.layout is None or not sheet.records:
            continue
        kind = sheet.layout.department, sheet.layout.kind
        for column in sheet.columns:
            if column.type == "id_number" and column.field:
                key = kind, column.field
                if key not in forms:  # of all sheets at once: a workbook may have two hundred
                    cells = reading.records.columns(kind, ["sheet", "row", column.field])
                    forms[key] = _by_form(cells.rename({column.field: "text"}))
                found += _doubtful(forms[key].filter(sheet=sheet.sheet), column)
    return tuple(found)


def _doubtful(
    forms: pl.DataFrame, column: ColumnReading
) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    for _, form, count, first in forms.rows():
        if form not in {*SURE, "missing"}:
            addresses = tuple(f"{column.letter}{row}" for row in first)
            yield column.title, QUALITY_TITLES[form], count, addresses


def _by_form(cells: pl.DataFrame) -> pl.DataFrame:
    """How many ID numbers of each form there are, most frequent first in each sheet.

    Args:
        cells: ``sheet``, ``row`` and ``text``.

    Returns:
        ``sheet``, ``form``, ``count`` and ``first``, the first rows.
    """
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "sheet": pl.String,
        "form": pl.String,
        "count": pl.UInt32,
        "first": pl.List(pl.UInt32),
    }
    parts = [
        part.select("sheet", "row", form=read_id_numbers(part["text"])["quality"])
        .group_by("sheet", "form")
        .agg(count=pl.len(), first=pl.col("row").head(_FIRST))
        for part in cells.iter_slices(_AT_ONCE)
    ]
    whole = pl.concat([pl.DataFrame(schema=schema), *parts])
    found = whole.group_by("sheet", "form", maintain_order=True).agg(
        pl.col("count").sum(), pl.col("first").list.explode().head(_FIRST)
    )
    return found.sort("sheet", "count", "form", descending=[False, True, False])


def sample_rows(records: Records, kind: RecordKind, count: int = 10) -> pl.DataFrame:
    """The first rows of records as text, with every name and number masked, for a screen.

    Args:
        records: Typed records.
        kind: The kind of which rows are shown.
        count: Rows to show.

    Returns:
        String columns ``row`` and the fields that hold anything in these rows.
    """
    head = records.head(kind, count).drop("department", "kind", "file", "sheet")
    names = [name for name in head.columns if head[name].null_count() < head.height]
    shown = head.select(names).cast(pl.String)
    return shown.select(
        pl.Series(name, [_masked(name, text) for text in shown[name]], dtype=pl.String)
        for name in names
    )


def _masked(name: str, text: str | None) -> str:
    """Names keep their first character, runs of digits in numbers and phones are masked."""
    if text is None:
        return ""
    if name == "name" or name.endswith("_name"):
        return text[:1] + "*" * (len(text) - 1)
    if "phone" in name and len(text) >= 7:
        return f"{text[:3]}****{text[-4:]}"
    return mask_digits(text)
