"""Tables for ``fpm match`` with files: each read by the layout that knows it, or by a made one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from fpm.errors import FileRefusedError, RefusedError
from fpm.ingest import FileReading, read_file
from fpm.ingest.header import plain_header
from fpm.ingest.packed import Records
from fpm.ingest.reading import ColumnReading
from fpm.pipeline.link import claims_of
from fpm.pipeline.load import ROSTER
from fpm.pipeline.tables.layout import FIELD_TITLES, Mapped, made_layout, people_of
from fpm.rulebook import Rulebook
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.nearest import nearest

_NAMES_SOMEBODY: Final = {
    "person": ("name", "id_number", "person_id"),
    "household": ("name", "id_number", "household_id", "head_name", "person_id"),
    "village": ("village",),
}
_PARQUET: Final = b"PAR1"
_Read = Callable[[Sequence[LayoutSpec]], FileReading]
"""Reads a file by one of some layouts."""
_HOW_TO_MAP: Final = (
    "至少要认出两列，可用 --map 字段=表头 指明，如 --map id_number=证号 --map name=全名"
)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet kind of one file.

    Attributes:
        layout: by which it was read.
        records: RECORD_KEY and the fields of the layout.
        claims: RECORD_KEY and role columns.
        reading: the file as a whole.
        undated: rows whose birth date could not be read.
    """

    layout: LayoutSpec
    records: pl.DataFrame
    claims: pl.DataFrame
    reading: FileReading
    undated: int

    def without_rows(self) -> Table:
        """What is told of the table when its rows are not needed any more."""
        reading = replace(self.reading, records=Records({}))
        return replace(
            self, records=self.records.clear(), claims=self.claims.clear(), reading=reading
        )

    @property
    def columns(self) -> tuple[ColumnReading, ...]:
        """The columns with a header."""
        return tuple(
            column
            for sheet in self.reading.sheets
            if sheet.layout and sheet.layout.kind == self.layout.kind
            for column in sheet.columns
            if column.header
        )

    def used(self) -> dict[str, list[str]]:
        """Each field that says who is meant → headers it was read from."""
        found: dict[str, list[str]] = {}
        for column in self.columns:
            spec = self.layout.fields.get(column.field or "")
            role = (spec.role if spec else None) or (column.field or "").split("_part")[0]
            if role in FIELD_TITLES and not column.repeats:
                headers = found.setdefault(role, [])
                if column.header not in headers:
                    headers.append(column.header)
        return found

    def unused(self) -> list[str]:
        """Headers that say nothing about who is meant, as far as is known."""
        unread = (one.header for one in self.columns if one.field is None or one.repeats)
        return list(dict.fromkeys(unread))


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads tables by known layouts, by a mapping, or by the usual headers."""

    rulebook: Rulebook
    mapping: Mapped
    kind: str | None

    def tables(self, path: Path, name: str, *, roster: bool) -> list[Table]:
        """The tables of one file.

        Raises:
            RefusedError: the file is no table, or nothing in it says who a row is for.
        """
        made = made_layout(self.rulebook, self.mapping, roster=roster)
        layouts = self._layouts(roster=roster)
        reading = self._read(partial(_reader(path), path, name), made, layouts)
        known = {(layout.department, layout.kind): layout for layout in layouts}
        found = [
            _table(known.get(key), made, frame, reading) for key, frame in reading.records.items()
        ]
        for table in found:
            _refuse_nameless(table)
        return found

    def _read(self, read: _Read, made: LayoutSpec, layouts: Sequence[LayoutSpec]) -> FileReading:
        """By a known layout, unless a header was mapped that is in the file."""
        if not layouts:
            return _by_made_layout(read, made)
        if self.mapping and not self.kind:
            try:
                reading = read([made])
            except FileRefusedError as error:
                return self._by_layouts_after(error, read, layouts)
            if mapped_headers(self.mapping) & headers_of([reading]).keys():
                return reading
        try:
            return read(layouts)
        except FileRefusedError:
            if self.kind and made.department != ROSTER:
                raise
        return _by_made_layout(read, made)

    def _by_layouts_after(
        self, error: FileRefusedError, read: _Read, layouts: Sequence[LayoutSpec]
    ) -> FileReading:
        """When the mapping made nothing of the file: say so if no layout does either."""
        try:
            return read(layouts)
        except FileRefusedError:
            headers = [header for headers in self.mapping.values() for header in headers]
            absent = "”“".join(header for header in headers if header not in error.reason)
            told = f"；--map 写的“{absent}”不是它的表头" if absent else ""
            raise _with_mapping_told(error, told) from error

    def _layouts(self, *, roster: bool) -> list[LayoutSpec]:
        layouts = [
            layout for layout in self.rulebook.layouts if (layout.department == ROSTER) == roster
        ]
        if roster or self.kind is None:
            return layouts
        wanted = self.kind.replace("-", "_").replace("/", ".")
        chosen = [
            layout
            for layout in layouts
            if wanted in {layout.department, f"{layout.department}.{layout.kind}"}
        ]
        if not chosen:
            known = "、".join(f"{layout.department}.{layout.kind}" for layout in layouts)
            raise RefusedError(f"没有“{self.kind}”这种版式，可以用：{known}")
        return chosen


def _table(
    layout: LayoutSpec | None, made: LayoutSpec, records: pl.DataFrame, reading: FileReading
) -> Table:
    """A table read by a known layout, or else by the made one."""
    claims = people_of(records) if layout is None else claims_of(records, layout)
    undated = 0
    if "birth_date" in records.columns and "birth_date" in claims.columns:
        unread = records["birth_date"].is_not_null() & claims["birth_date"].is_null()
        undated = int(unread.sum())
    return Table(layout or made, records, claims, reading, undated)


def _reader(path: Path) -> Callable[[Path, str, Sequence[LayoutSpec]], FileReading]:
    """What reads this file."""
    if path.is_file():
        with path.open("rb") as stream:
            if stream.read(len(_PARQUET)) == _PARQUET:
                # pyarrow takes longer to load than a small table to match
                from fpm.pipeline.tables.columnar import read_parquet  # noqa: PLC0415

                return read_parquet
    return read_file


def _by_made_layout(read: _Read, made: LayoutSpec) -> FileReading:
    try:
        return read([made])
    except FileRefusedError as error:
        raise _with_mapping_told(error) from error


def _with_mapping_told(error: FileRefusedError, told: str = "") -> FileRefusedError:
    return FileRefusedError(error.file, f"{error.reason}{told}。{_HOW_TO_MAP}")


def _refuse_nameless(table: Table) -> None:
    """A table in which no column names anybody would match nobody without a word."""
    if set(_NAMES_SOMEBODY[table.layout.match_on]) & set(table.claims.columns):
        named = table.claims.select(
            pl.any_horizontal(
                pl.col(name).is_not_null()
                for name in _NAMES_SOMEBODY[table.layout.match_on]
                if name in table.claims.columns
            ).any()
        ).item()
        if named or table.claims.is_empty():
            return
    shown = "、".join(column.header for column in table.columns[:30])
    raise FileRefusedError(
        table.reading.name,
        f"没有认出姓名或证件号码列；表头是：{shown}。"
        "请用 --map name=表头 或 --map id_number=表头 指明",
    )


def mapped_headers(mapping: Mapped) -> set[str]:
    """The headers named, in plain form."""
    return {plain_header(header) for headers in mapping.values() for header in headers}


def headers_of(readings: Sequence[FileReading]) -> Mapping[str, str]:
    """Plain form → text of every header of the files."""
    return {
        plain_header(column.header): column.header
        for reading in readings
        for sheet in reading.sheets
        for column in sheet.columns
        if column.header
    }


def refuse_unknown_headers(mapping: Mapped, readings: Sequence[FileReading]) -> None:
    """A mapped header must be in one of the tables.

    Raises:
        RefusedError: it is in none; the header most like it is named.
    """
    there = headers_of(readings)
    for name, headers in mapping.items():
        for header in headers:
            if plain_header(header) not in there:
                like = nearest(plain_header(header), there)
                hint = (
                    f"，是不是“{there[like]}”？" if like else f"；有：{'、'.join(there.values())}"
                )
                raise RefusedError(f"--map {name}={header}：哪张表里都没有“{header}”这个表头{hint}")
