"""Tables given together, linked: every row of every list with its person of the first.

Every table is a list of its own, but files of one known layout make one list together, as they do
in a workspace.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import RefusedError
from fpm.ingest import FileReading, build_roster
from fpm.match import MatchRequest, MatchResult, match_many
from fpm.model import LINKAGE_SCHEMA, MATCH_SCHEMA, QUARANTINE_SCHEMA, empty
from fpm.pipeline.link import linkage_of
from fpm.pipeline.report import counts_by, reconcile
from fpm.pipeline.tables.layout import TABLE, read_mapping
from fpm.pipeline.tables.reading import Table, TableReader, refuse_unknown_headers
from fpm.pipeline.tables.word_order import in_order_of
from fpm.rulebook import Rulebook
from fpm.storage import disk_errors, parquet_bytes, write_whole

OUTPUTS: Final = (".parquet", ".csv", ".xlsx")
_SAYS_WHO_LIVES_TOGETHER: Final = ("household_id", "head_name", "relation")
_SHEET_ROWS: Final = 1_048_575
"""Rows below the header that a worksheet can hold."""


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What to match: ``columns`` are ``FIELD=HEADER`` texts, ``kind`` names a layout."""

    roster: Path
    extracts: tuple[Path, ...]
    out: Path
    columns: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class TableMatch:
    """What came out.

    Attributes:
        out: the result.
        tables: every table as it was understood, the roster's first.
        matches: MATCH_SCHEMA and ``roster_row``.
        reconciliation: the account of every row (see ``reconcile``).
        linkage: LINKAGE_SCHEMA, one row a list; ``kind`` of a table no layout knows is its file.
        quarantine: QUARANTINE_SCHEMA, rows that could not be used.
    """

    out: Path
    tables: tuple[Table, ...]
    matches: pl.DataFrame
    reconciliation: pl.DataFrame
    linkage: pl.DataFrame
    quarantine: pl.DataFrame

    @property
    def expected_false_links(self) -> float:
        """How many of all confirmed rows are expected to be linked to the wrong person."""
        return float(self.linkage["expected_false_links"].sum())

    def document(self) -> dict[str, Any]:
        """One JSON document without personal data."""
        return {
            "output": str(self.out),
            "tables": [
                {
                    "file": table.reading.name,
                    "layout": f"{table.layout.department}.{table.layout.kind}",
                    "columns": table.used(),
                    "unused": table.unused(),
                    "birth_dates_unread": table.undated,
                }
                for table in self.tables
            ],
            "status": counts_by(self.matches, "status"),
            "methods": counts_by(self.matches, "method"),
            "reconciliation": self.reconciliation.to_dicts(),
            "matching": self.linkage.to_dicts(),
            "expected_false_links": self.expected_false_links,
        }


def match_tables(rulebook: Rulebook, request: TableRequest) -> TableMatch:
    """Match every row of the extracts to the roster table and write the result.

    The result has the columns of ``matches.parquet`` and ``roster_row``, the spreadsheet row of
    the roster person.

    Raises:
        RefusedError: a table, a mapping or the form of the output cannot be used.
        StorageError: the result could not be written.
    """
    _refuse_output(request)
    linked = _linked(rulebook, request)
    matched = _by_row(
        result.matches.select(*MATCH_SCHEMA).join(
            linked.rows, on="person_id", how="left", maintain_order="left"
        )
        for result in linked.results
    )
    counted = [
        linkage_of(key, result.matches, result)
        for key, result in zip(linked.lists, linked.results, strict=True)
    ]
    _write(matched, request.out)
    return TableMatch(
        out=request.out,
        tables=linked.tables,
        matches=matched,
        reconciliation=reconcile(pl.concat(one.files for one in linked.readings), matched),
        linkage=pl.concat([empty(LINKAGE_SCHEMA), *counted]),
        quarantine=pl.concat(
            [empty(QUARANTINE_SCHEMA), *(one.quarantine for one in linked.readings)]
        ),
    )


@dataclass(frozen=True, slots=True)
class _Linked:
    """What came of the tables; their rows are not held any more.

    Attributes:
        tables: every table without its rows, the roster's first.
        readings: of their files, without records.
        lists: department and kind of each list.
        results: of each list.
        rows: ``person_id roster_row``.
    """

    tables: tuple[Table, ...]
    readings: tuple[FileReading, ...]
    lists: tuple[tuple[str, str], ...]
    results: list[MatchResult]
    rows: pl.DataFrame


def _linked(rulebook: Rulebook, request: TableRequest) -> _Linked:
    """Read all tables and link them."""
    mapping = read_mapping(request.columns)
    reader = TableReader(rulebook, mapping, request.kind)
    people = reader.tables(request.roster, request.roster.name, roster=True)
    asked = [
        table
        for path, name in zip(request.extracts, _names(request.extracts), strict=True)
        for table in reader.tables(path, name, roster=False)
    ]
    tables = (*people, *asked)
    readings = {id(table.reading): table.without_rows().reading for table in tables}
    refuse_unknown_headers(mapping, list(readings.values()))
    roster = _roster(people)
    if roster.is_empty():
        raise RefusedError(f"花名册“{request.roster.name}”里没有可用的行")
    lists = _lists(asked)
    requests = [_request(one, roster, rulebook) for one in lists.values()]
    shown = tuple(table.without_rows() for table in tables)
    keys = tuple(lists)
    del people, asked, tables, lists  # a million people take a gigabyte
    return _Linked(
        tables=shown,
        readings=tuple(readings.values()),
        lists=keys,
        results=match_many(roster, requests),
        rows=roster.select("person_id", roster_row=pl.col("row")),
    )


def _by_row(lists: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All matches by file, sheet and row; sorted only where files do not follow each other."""
    rows = pl.concat(sorted(lists, key=lambda one: one["file"].head(1).to_list()))
    key = ("file", "sheet", "row")
    in_order = rows.select(pl.struct(key)).to_series().is_sorted()
    return rows if in_order else rows.sort(key)


def _refuse_output(request: TableRequest) -> None:
    if request.out.suffix.lower() not in OUTPUTS:
        raise RefusedError(f"结果文件“{request.out.name}”要以 .parquet、.csv 或 .xlsx 结尾")
    inputs = {path.resolve() for path in (request.roster, *request.extracts)}
    if request.out.resolve() in inputs:
        raise RefusedError(f"结果会盖掉“{request.out.name}”，它是要比对的表；请换一个文件名")


def _names(paths: Sequence[Path]) -> list[str]:
    """What each file is called in the result: by its folder as well where two share a name.

    Raises:
        RefusedError: a file is given twice.
    """
    resolved = Counter(path.resolve() for path in paths)
    twice = [path.name for path, count in resolved.items() if count > 1]
    if twice:
        raise RefusedError(f"“{'、'.join(twice)}”写了不止一次，同一个文件只比对一次")
    shared = Counter(path.name for path in paths)
    return [path.name if shared[path.name] == 1 else path.as_posix() for path in paths]


def _roster(tables: Sequence[Table]) -> pl.DataFrame:
    """The roster; people without a number of their own are known by their row."""
    frames = [table.claims if table.layout.kind == TABLE else table.records for table in tables]
    records = pl.concat(frames, how="diagonal")
    row = pl.col("row").cast(pl.String)
    given = pl.col("person_id") if "person_id" in records.columns else pl.lit(None, pl.String)
    roster = build_roster(records.with_columns(person_id=pl.coalesce(given, row)))
    told = [name for name in _SAYS_WHO_LIVES_TOGETHER if name in records.columns]
    if any(records[name].null_count() < records.height for name in told):
        return roster
    return roster.drop("household_id")


def _lists(tables: Sequence[Table]) -> dict[tuple[str, str], list[Table]]:
    """Tables by the list they belong to."""
    lists: dict[tuple[str, str], list[Table]] = {}
    for table in tables:
        department = table.layout.department
        kind = table.reading.name if department == TABLE else table.layout.kind
        lists.setdefault((department, kind), []).append(table)
    return lists


def _request(
    tables: Sequence[Table], roster: pl.DataFrame, rulebook: Rulebook
) -> tuple[pl.DataFrame, MatchRequest]:
    layout = tables[0].layout
    claims = pl.concat([table.claims for table in tables], how="diagonal")
    if "name" in claims.columns:
        claims = claims.with_columns(name=in_order_of(claims["name"], roster["name"]))
    return claims, MatchRequest(layout.match_on, layout.about, rulebook.matching, None)


def _write(frame: pl.DataFrame, path: Path) -> None:
    with disk_errors(path.name):
        write_whole(path, _as_bytes(frame, path))


def _as_bytes(frame: pl.DataFrame, path: Path) -> bytes:
    buffer = io.BytesIO()
    match path.suffix.lower():
        case ".parquet":
            return parquet_bytes(frame)
        case ".csv":
            frame.write_csv(buffer, include_bom=True)
        case _:
            if frame.height > _SHEET_ROWS:
                raise RefusedError(
                    f"结果有 {frame.height:,} 行，一张工作表放不下，请改用 .csv 或 .parquet"
                )
            frame.write_excel(buffer, autofit=True, freeze_panes=(1, 0))
    return buffer.getvalue()
