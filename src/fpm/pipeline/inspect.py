"""How single files would be read, without keeping anything."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fpm.ingest import FileReading, doubtful_ids, id_forms, read_file, sample_rows
from fpm.ingest.opening import DEFAULT_OPENING, Opening
from fpm.rulebook import Rulebook


def inspect_file(
    rulebook: Rulebook, path: Path, department: str | None, opening: Opening = DEFAULT_OPENING
) -> FileReading:
    """Read ``path`` as a delivered file.

    Raises:
        FileRefusedError: the file cannot be used.
    """
    return read_file(path, path.name, rulebook.layouts, department=department, opening=opening)


def reading_document(reading: FileReading) -> dict[str, Any]:
    """``reading`` as one JSON document: no values of rows but ten masked ones a kind."""
    return {
        "file": reading.name,
        "sha256": reading.sha256,
        "sheets": [
            {**asdict(sheet), "toml_lines": list(sheet.toml_lines)} for sheet in reading.sheets
        ],
        "quarantine": reading.quarantine.to_dicts(),
        "blanked": reading.blanked.to_dicts(),
        "id_quality": _id_quality(reading),
        "doubtful_ids": [
            {"column": title, "form": form, "count": count, "first": list(first)}
            for title, form, count, first in doubtful_ids(reading)
        ],
        "rows": {
            ".".join(kind): sample_rows(reading.records, kind).to_dicts()
            for kind in reading.records
        },
    }


def _id_quality(reading: FileReading) -> dict[str, dict[str, int]]:
    """Per ID column of the records, how many numbers have which form."""
    names = {
        column.field
        for sheet in reading.sheets
        for column in sheet.columns
        if column.type == "id_number" and column.field
    }
    return {
        ".".join((*kind, name)): dict(id_forms(reading.records.columns(kind, [name])[name]))
        for kind in reading.records
        for name in sorted(names.intersection(reading.records.names(kind)))
    }
