"""``fpm match ROSTER EXTRACT…``: any tables, outside of a workspace, Chinese or not.

A table is read by the layout that knows it, or by one made here: from ``--map FIELD=HEADER``
where that is given, else from the usual headers of every role (``matching.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import FileRefusedError, RefusedError
from fpm.ingest import FileReading, build_roster, read_file
from fpm.match import MatchRequest, match_many
from fpm.model import MATCH_SCHEMA, RECORD_KEY
from fpm.pipeline.link import claims_of
from fpm.pipeline.load import ROSTER
from fpm.pipeline.report import counts_by, reconcile
from fpm.rulebook import Rulebook
from fpm.rulebook.layout import FieldType, LayoutField, LayoutSpec

TABLE: Final = "table"
MAPPED_FIELDS: Final[dict[str, FieldType]] = {
    "id_number": "id_number",
    "name": "person_name",
    "birth_date": "date",
    "sex": "text",
    "township": "place",
    "village": "place",
    "household_id": "text",
    "person_id": "text",
    "head_name": "person_name",
    "phone": "text",
}
OUTPUTS: Final = (".parquet", ".csv", ".xlsx")


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
    """What came out: the account of every row and the false links to expect."""

    out: Path
    matches: pl.DataFrame
    reconciliation: pl.DataFrame
    expected_false_links: float

    def document(self) -> dict[str, Any]:
        """One JSON document without personal data."""
        return {
            "output": str(self.out),
            "status": counts_by(self.matches, "status"),
            "methods": counts_by(self.matches, "method"),
            "reconciliation": self.reconciliation.to_dicts(),
            "expected_false_links": self.expected_false_links,
        }


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads tables by known layouts, by a mapping, or by the usual headers."""

    rulebook: Rulebook
    mapping: Mapping[str, Sequence[str]]
    kind: str | None
    read: list[FileReading] = field(default_factory=list)

    def table(self, path: Path, *, roster: bool) -> list[tuple[LayoutSpec, pl.DataFrame]]:
        """The records of one file with the layout they follow."""
        layouts = self._layouts(roster=roster)
        made = _made_layout(self.rulebook, self.mapping, roster=roster)
        if self.mapping and not self.kind:
            layouts = []
        try:
            reading = read_file(path, path.name, layouts or [made])
        except FileRefusedError:
            if not layouts or self.kind:
                raise
            reading = read_file(path, path.name, [made])
        self.read.append(reading)
        known = {(layout.department, layout.kind): layout for layout in [made, *layouts]}
        return [
            (known[key], _joined_parts(frame, self.mapping))
            for key, frame in reading.records.items()
        ]

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


def match_tables(rulebook: Rulebook, request: TableRequest) -> TableMatch:
    """Match every row of the extracts to the roster table and write the result.

    The result has the columns of ``matches.parquet`` and ``roster_row``, the spreadsheet row of
    the roster person.

    Raises:
        RefusedError: a table, a mapping or the form of the output cannot be used.
    """
    if request.out.suffix.lower() not in OUTPUTS:
        raise RefusedError(f"结果文件“{request.out.name}”要以 .parquet、.csv 或 .xlsx 结尾")
    reader = _Reader(rulebook, _mapping(request.columns), request.kind)
    roster = build_roster(_numbered(reader.table(request.roster, roster=True)))
    asked = [
        (
            claims_of(frame, layout),
            MatchRequest(layout.match_on, layout.about, rulebook.matching, None),
        )
        for layout, frame in _by_layout(reader, request.extracts)
    ]
    results = match_many(roster, asked)
    matches = [result.matches for result in results]
    expected = sum(result.expected_false_links for result in results)
    rows = roster.select("person_id", roster_row=pl.col("row"))
    matched = (
        pl.concat(matches)
        .select(*MATCH_SCHEMA)
        .join(rows, on="person_id", how="left", maintain_order="left")
        .sort("file", "sheet", "row")
    )
    request.out.parent.mkdir(parents=True, exist_ok=True)
    _write(matched, request.out)
    files = pl.concat(reading.files for reading in reader.read)
    return TableMatch(request.out, matched, reconcile(files, matched), expected)


def _write(frame: pl.DataFrame, path: Path) -> None:
    match path.suffix.lower():
        case ".parquet":
            frame.write_parquet(path)
        case ".csv":
            frame.write_csv(path, include_bom=True)
        case _:
            frame.write_excel(path, autofit=True, freeze_panes=(1, 0))


def _numbered(tables: Sequence[tuple[LayoutSpec, pl.DataFrame]]) -> pl.DataFrame:
    """The roster records; people without a number of their own are known by their row."""
    records = pl.concat((frame for _, frame in tables), how="diagonal")
    row = pl.col("row").cast(pl.String)
    given = pl.col("person_id") if "person_id" in records.columns else pl.lit(None, pl.String)
    return records.with_columns(person_id=pl.coalesce(given, row))


def _by_layout(reader: _Reader, extracts: Sequence[Path]) -> list[tuple[LayoutSpec, pl.DataFrame]]:
    """The records of all extracts, those of one layout together."""
    found: dict[tuple[str, str], tuple[LayoutSpec, list[pl.DataFrame]]] = {}
    for path in extracts:
        for layout, frame in reader.table(path, roster=False):
            found.setdefault((layout.department, layout.kind), (layout, []))[1].append(frame)
    return [(layout, pl.concat(frames, how="diagonal")) for layout, frames in found.values()]


def _mapping(columns: Sequence[str]) -> dict[str, list[str]]:
    """``FIELD=HEADER`` texts as field → headers; several headers of a field are joined."""
    mapping: dict[str, list[str]] = {}
    for text in columns:
        name, sign, header = text.partition("=")
        if not sign or name not in MAPPED_FIELDS or not header:
            known = " ".join(MAPPED_FIELDS)
            raise RefusedError(f"--map 要写成 字段=表头，字段可以是 {known}；现在是“{text}”")
        mapping.setdefault(name, []).append(header)
    return mapping


def _made_layout(
    rulebook: Rulebook, mapping: Mapping[str, Sequence[str]], *, roster: bool
) -> LayoutSpec:
    """A layout for a table that no layout knows.

    A header that was named must be there in the roster or the extract it belongs to; since one
    mapping serves both tables, a field is required only where it is the name or the ID number.
    """
    headers = mapping or {name: texts for name, texts in _usual_headers(rulebook).items() if texts}
    fields = {}
    for name, texts in headers.items():
        parts = (
            [(name, texts)]
            if not mapping
            else [(_part(name, number), [text]) for number, text in enumerate(texts)]
        )
        for part, known in parts:
            fields[part] = LayoutField(
                title=known[0],
                type=MAPPED_FIELDS[name],
                headers=tuple(dict.fromkeys(known)),
                if_bad="blank",
            )
    return LayoutSpec(
        department=ROSTER if roster else TABLE,
        kind=TABLE if roster else "records",
        title="花名册" if roster else "待比对的表",
        coverage="events",
        fields=fields,
        total_words=(),
        note_words=(),
    )


def _usual_headers(rulebook: Rulebook) -> dict[str, list[str]]:
    """The headers under which any layout knows each role, and those of ``matching.toml``."""
    found: dict[str, list[str]] = {
        name: list(rulebook.matching.headers.get(name, ())) for name in MAPPED_FIELDS
    }
    taken = {text for texts in found.values() for text in texts}
    for layout in rulebook.layouts:
        for name, spec in layout.fields.items():
            role = spec.role or name
            for text in spec.headers if role in found else ():
                if text not in taken:
                    found[role].append(text)
                    taken.add(text)
    return found


def _part(name: str, number: int) -> str:
    return name if number == 0 else f"{name}_part{number + 1}"


def _joined_parts(frame: pl.DataFrame, mapping: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Join the columns that together make one field, such as given name and surname."""
    for name, texts in mapping.items():
        parts = [_part(name, number) for number in range(len(texts))]
        if len(parts) > 1 and set(parts) <= set(frame.columns):
            joined = pl.concat_str(parts, separator=" ", ignore_nulls=True)
            frame = frame.with_columns(joined.alias(name)).drop(parts[1:])
    return frame.select(*RECORD_KEY, pl.exclude(RECORD_KEY))
