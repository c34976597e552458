"""Parsed files kept as parquet by content, so that a rerun reads nothing twice.

An entry is known by everything that decides how a file is read: its bytes, the name and
department it is read under, the layouts, and the code that reads. Entries are rebuildable: one
that is damaged is read again, one that no period uses is dropped.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, get_type_hints

import polars as pl
from pydantic import TypeAdapter, ValidationError

import fpm
from fpm.ingest import FileReading, read_file
from fpm.ingest.opening import DEFAULT_OPENING, Opening
from fpm.ingest.packed import PackedRecords, RecordKind, Records
from fpm.ingest.read import refuse_special
from fpm.rulebook.layout import LayoutSpec
from fpm.storage import disk_errors, parquet_bytes, write_new

_INDEX: Final = "reading.json"
_LIBRARIES: Final = ("fpm", "polars", "python-calamine", "openpyxl")
_READERS: Final = ("ingest", "identity", "model", "masking", "rulebook/base", "rulebook/layout")
"""Packages and modules of fpm that decide how a file is read."""
_FRAMES: Final = ("quarantine", "blanked", "files")
_PLAIN: Final = {
    name: TypeAdapter(hint)
    for name, hint in get_type_hints(FileReading).items()
    if name in {part.name for part in fields(FileReading)} - {*_FRAMES, "records"}
}
"""The parts of a reading that are not frames, and how each becomes JSON and back."""


def reader_digest(layouts: Sequence[LayoutSpec]) -> str:
    """Hash of what decides how any file is read: the layouts, our code, the libraries below it."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    root = Path(next(iter(fpm.__path__)))
    for name in _READERS:
        for path in sorted((root / name).rglob("*.py")) or [root / f"{name}.py"]:
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    for layout in layouts:
        digest.update(layout.model_dump_json().encode())
    return digest.hexdigest()


@dataclass(slots=True)
class ReadingCache:
    """Reads files through the entries in ``folder``; ``hits`` and ``used`` say what was done.

    Attributes:
        folder: where entries lie; made when needed.
        layouts: what files may follow.
        reader: ``reader_digest`` of the layouts.
        opening: limits and passwords; what a file holds does not depend on them.
        hits: how many files were not read because their entry held them.
        used: keys of the entries used, in the order of the files.
    """

    folder: Path
    layouts: Sequence[LayoutSpec]
    reader: str
    opening: Opening = DEFAULT_OPENING
    hits: int = 0
    used: list[str] = field(default_factory=list)

    def read(self, path: Path, name: str, department: str | None) -> FileReading:
        """Like ``fpm.ingest.read_file``, from the cache where it can be.

        Raises:
            FileRefusedError: the file cannot be trusted; refusals are not kept.
            StorageError: the file cannot be read, or the entry not be written.
        """
        refuse_special(path, name)
        with disk_errors(name), path.open("rb") as handle:
            content = hashlib.file_digest(handle, "sha256").hexdigest()
        key = _key(self.reader, content, name, department)
        reading = _entry(self.folder / key)
        if reading is None:
            reading = read_file(
                path, name, self.layouts, department=department, opening=self.opening
            )
            if reading.sha256 == content:  # else somebody is still copying it
                with disk_errors("data/cache"):
                    _keep(self.folder / key, reading)
        else:
            self.hits += 1
        self.used.append(key)
        return reading

    def drop_others(self, used: Iterable[str]) -> None:
        """Drop entries that neither this run nor ``used`` names, and those of an older reader."""
        if not self.folder.is_dir():
            return
        named = {*used, *self.used}
        for path in self.folder.iterdir():
            if path.name not in named or not path.name.startswith(self.reader[:16]):
                shutil.rmtree(path, ignore_errors=True)


def _key(reader: str, content: str, name: str, department: str | None) -> str:
    parts = json.dumps([content, name, department], ensure_ascii=False)
    return f"{reader[:16]}-{hashlib.sha256(parts.encode()).hexdigest()[:32]}"


def _keep(folder: Path, reading: FileReading) -> None:
    """Write an entry beside its place, then show it; its hashes tell one that the disk lost."""
    contents = {f"{number:04}.parquet": part for number, part in enumerate(_parts(reading))}
    body = {
        "plain": {
            name: adapter.dump_python(getattr(reading, name), mode="json")
            for name, adapter in _PLAIN.items()
        },
        "tables": [
            [*kind, [[table.height, table.same] for table in tables]]
            for kind, tables in reading.records.tables.items()
        ],
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    contents[_INDEX] = f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode()
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        for name, data in contents.items():
            write_new(part / name, data)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _parts(reading: FileReading) -> Iterator[bytes]:
    """The parquet files of a reading in a fixed order: the three accounts, then the records.

    Those of a kind are its tables as they are packed, behind one without rows for their schema.
    """
    for name in _FRAMES:
        yield parquet_bytes(getattr(reading, name))
    for tables in reading.records.tables.values():
        yield parquet_bytes(pl.DataFrame(schema=tables[0].schema))
        yield from (table.others for table in tables)


def _entry(folder: Path) -> FileReading | None:
    """The reading kept in ``folder``; ``None`` when there is none or it is damaged."""
    try:
        seal, _, text = (folder / _INDEX).read_text("utf-8").partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() != seal:
            return None
        body = json.loads(text)
        parts = [(folder / name).read_bytes() for name in body["sha256"]]
    except (OSError, UnicodeDecodeError):
        return None
    if [hashlib.sha256(part).hexdigest() for part in parts] != list(body["sha256"].values()):
        return None
    return _reading(body, iter(parts))


def _reading(body: Mapping[str, Any], parts: Iterator[bytes]) -> FileReading | None:
    try:
        plain = {name: _PLAIN[name].validate_python(v) for name, v in body["plain"].items()}
    except (KeyError, ValidationError):
        return None
    accounts: dict[str, Any] = {name: _frame(next(parts)) for name in _FRAMES}
    tables: dict[RecordKind, list[PackedRecords]] = {}
    for department, kind, known in body["tables"]:
        schema = dict(_frame(next(parts)).schema)
        tables[department, kind] = [
            PackedRecords(schema, height, same, next(parts)) for height, same in known
        ]
    return FileReading(**plain, **accounts, records=Records(tables))


def _frame(part: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(part))
