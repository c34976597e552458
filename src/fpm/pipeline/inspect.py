"""How single files would be read, without keeping anything."""

from __future__ import annotations

from pathlib import Path

from fpm.ingest import FileReading, read_file
from fpm.rulebook import Rulebook, load_rulebook
from fpm.shipped import shipped_rules
from fpm.workspace import Workspace


def rulebook_at(workspace: Workspace | None) -> Rulebook:
    """The workspace's rule book, or the shipped one outside of any workspace."""
    return load_rulebook(workspace.rules if workspace else shipped_rules())


def inspect_file(rulebook: Rulebook, path: Path, department: str | None) -> FileReading:
    """Read ``path`` as a delivered file.

    Raises:
        FileRefusedError: the file cannot be used.
    """
    return read_file(path, path.name, rulebook.layouts, department=department)
