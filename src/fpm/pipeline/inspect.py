"""How single files would be read, without keeping anything."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fpm.ingest import FileReading, read_file, sample_rows
from fpm.rulebook import Rulebook


def inspect_file(rulebook: Rulebook, path: Path, department: str | None) -> FileReading:
    """Read ``path`` as a delivered file.

    Raises:
        FileRefusedError: the file cannot be used.
    """
    return read_file(path, path.name, rulebook.layouts, department=department)


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
        "rows": {
            f"{department}.{kind}": sample_rows(records).to_dicts()
            for (department, kind), records in reading.records.items()
        },
    }
