"""inbox → typed records, roster, quarantine: all a period was given, every row accounted for."""

from __future__ import annotations

import filecmp
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fpm.errors import FileRefusedError, HalfGivenError, RefusedError, WorkspaceError
from fpm.ingest import FileReading, build_roster, delivered_name, unused_cells
from fpm.ingest.column_places import column_places
from fpm.ingest.containers.child import ParserPool
from fpm.ingest.opening import Opening
from fpm.ingest.packed import PackedRecords, RecordKind, Records, parquet_of, unpacked
from fpm.model import COLUMN_SCHEMA, FILES_SCHEMA, QUARANTINE_SCHEMA, Period
from fpm.pipeline.cache import ReadingCache, reader_digest
from fpm.pipeline.guards import GUARD_SCHEMA, Acceptance, Given, question_period
from fpm.rulebook import Rulebook
from fpm.workspace import ROSTER_INBOX, Workspace

ROSTER = "roster"
MATCHED = ("linked", "matches", "candidates", "claims")
"""Frames and folders of frames that matching keeps."""
Progress = Callable[[str, int, int], None]
"""Called with a stage title, the steps done and the steps in all."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a period was given, read.

    ``roster``: one row a person. ``records``: one typed frame per extract kind. ``files``,
    ``columns``, ``quarantine``, ``blanked``: see ``model``. ``guards``: GUARD_SCHEMA.
    ``departments``: their titles. ``reused``: files whose reading was kept.
    """

    period: Period
    roster: pl.DataFrame
    records: Mapping[RecordKind, pl.DataFrame]
    files: pl.DataFrame
    columns: pl.DataFrame
    quarantine: pl.DataFrame
    blanked: pl.DataFrame
    guards: pl.DataFrame
    departments: Mapping[str, str]
    roster_from: str
    reused: int = 0


def load_period(
    workspace: Workspace,
    rulebook: Rulebook,
    period: Period,
    progress: Progress,
    accepted: Sequence[Acceptance] = (),
) -> Loaded:
    """Read all of ``inbox/<period>`` and the roster, and keep the frames under ``data/<period>``.

    Raises:
        RefusedError: no extract, no roster, files that cannot be used, or files that a guard
            questions and nobody ``accepted`` (all of them named); nothing was kept.
    """
    paths = workspace.delivered(period)
    if not paths:
        raise HalfGivenError(
            f"“{workspace.inbox(period)}”中没有文件，请把 {period} 期的部门数据放进去再运行"
        )
    reader = reader_digest(rulebook.layouts)
    with ParserPool() as parsers:
        opening = Opening(workspace.limits, workspace.passwords, parsers.read, parsers.start)
        cache = ReadingCache(workspace.cache, rulebook.layouts, reader, opening)
        readings = _read_all(workspace.inbox(period), paths, (rulebook, cache), progress)
        roster_from = f"inbox/{period}"
        if not any(ROSTER in _departments(reading) for reading in readings):
            roster_from = f"inbox/{ROSTER_INBOX}"
            folder = workspace.root / roster_from
            roster_files = workspace.roster_files()
            roster_readings = _read_all(folder, roster_files, (rulebook, cache), progress)
            readings = [*roster_readings, *readings]
    tables = _by_kind(readings)
    records = Records({key: some for key, some in tables.items() if key[0] != ROSTER})
    roster_records = [unpacked(some) for key, some in tables.items() if key[0] == ROSTER]
    if not roster_records:
        raise HalfGivenError(
            f"没有农户花名册：请把全国系统导出的人员名单放进 inbox/{ROSTER_INBOX} 或 inbox/{period}"
        )
    people = pl.concat(roster_records, how="diagonal")
    roster = build_roster(people)
    given = Given(period, readings, roster, standing=roster_from != f"inbox/{period}")
    loaded = Loaded(
        period=period,
        roster=roster,
        records=records,
        files=account_of(readings),
        columns=column_places(readings),
        quarantine=_stack((reading.quarantine for reading in readings), QUARANTINE_SCHEMA),
        blanked=_stack(
            (*(reading.blanked for reading in readings), unused_cells(people, _titles(rulebook))),
            QUARANTINE_SCHEMA,
        ),
        guards=question_period(workspace, rulebook, given, accepted),
        departments=rulebook.department_titles,
        roster_from=roster_from,
        reused=cache.hits,
    )
    _keep(workspace, loaded, records, cache)
    return loaded


@contextmanager
def files_added(
    workspace: Workspace, rulebook: Rulebook, department: str, files: Sequence[Path], period: Period
) -> Iterator[list[FileReading]]:
    """Check that ``files`` can be read for ``department`` and have them in the inbox.

    They stay there if the block ends well, else the inbox is as it was: a file that the block
    refuses must not count with the next one. What is read is kept for the run that follows. A file
    that lies there already stays the only one of its content.

    Raises:
        RefusedError: a file is refused, or belongs to another department; nothing is copied.
    """
    reader = reader_digest(rulebook.layouts)
    with ParserPool() as parsers:
        opening = Opening(workspace.limits, workspace.passwords, parsers.read, parsers.start)
        cache = ReadingCache(workspace.cache, rulebook.layouts, reader, opening)
        readings = [cache.read(path, delivered_name(path.name), department) for path in files]
    inbox, there = workspace.inbox(period), workspace.delivered(period)
    folder = inbox / department
    if department == ROSTER:
        folder, there = workspace.root / "inbox" / ROSTER_INBOX, workspace.roster_files()
    else:
        there = [
            path
            for path in there
            if _department_of(path.relative_to(inbox), rulebook) == department
        ]
    placed: dict[Path, Path] = {}
    for path in files:
        if any(filecmp.cmp(path, other, shallow=False) for other in there):
            continue
        if placed.setdefault(folder / path.name, path) != path:  # one would replace the other
            raise FileRefusedError(path.name, "一次给了两个同名的文件，请改名后再读入")
    with workspace.receiving(placed):
        yield readings


def account_of(readings: Sequence[FileReading]) -> pl.DataFrame:
    """The rows of all files (FILES_SCHEMA)."""
    return _stack((reading.files for reading in readings), FILES_SCHEMA)


def loaded_before(workspace: Workspace, rulebook: Rulebook, period: Period) -> Loaded:
    """The frames that ``load_period`` kept.

    Raises:
        WorkspaceError: the period was not loaded yet.
    """
    roster = workspace.read_frame(period, "roster")
    if roster is None:
        raise WorkspaceError(f"{period} 期还没有读入数据，请先运行 fpm load 或 fpm run")
    return Loaded(
        period=period,
        roster=roster,
        records=kept_records(workspace, rulebook, period),
        files=_kept(workspace, period, "files", FILES_SCHEMA),
        columns=_kept(workspace, period, "columns", COLUMN_SCHEMA),
        quarantine=_kept(workspace, period, "quarantine", QUARANTINE_SCHEMA),
        blanked=_kept(workspace, period, "blanked", QUARANTINE_SCHEMA),
        guards=_kept(workspace, period, "guards", GUARD_SCHEMA),
        departments=rulebook.department_titles,
        roster_from="data",
    )


def kept_records(
    workspace: Workspace, rulebook: Rulebook, period: Period
) -> dict[tuple[str, str], pl.DataFrame]:
    """Typed records of a period by extract kind, as kept by ``load_period``."""
    found = {}
    for layout in rulebook.layouts:
        frame = workspace.read_frame(period, f"records/{layout.department}.{layout.kind}")
        if frame is not None and layout.department != ROSTER:
            found[layout.department, layout.kind] = frame
    return found


def _read_all(
    folder: Path,
    paths: Sequence[Path],
    reader: tuple[Rulebook, ReadingCache],
    progress: Progress,
) -> list[FileReading]:
    rulebook, cache = reader
    readings, refused = [], []
    seen: dict[tuple[str, str | None], str] = {}
    for done, (path, name) in enumerate(zip(paths, _names(folder, paths), strict=True)):
        progress("读取", done, len(paths))
        department = _department_of(path.relative_to(folder.parent), rulebook)
        try:
            reading = cache.read(path, name, department)
        except FileRefusedError as error:
            refused.append(error)
            continue
        readings.append(reading)
        same = seen.setdefault((reading.sha256, department), name)
        if same != name:  # every amount in it would count twice
            refused.append(FileRefusedError(name, f"与“{same}”内容完全相同，请删去一份再运行"))
    progress("读取", len(paths), len(paths))
    if refused:
        lines = "\n".join(f"  {error}" for error in refused)
        raise RefusedError(
            f"有 {len(refused)} 个文件不能使用，没有发布任何结果：\n{lines}",
            refused=[error.details for error in refused],
        )
    return readings


def _titles(rulebook: Rulebook) -> dict[str, str]:
    """What people call the fields of the roster."""
    return {
        name: spec.title
        for layout in rulebook.layouts
        if layout.department == ROSTER
        for name, spec in layout.fields.items()
    }


def _names(folder: Path, paths: Sequence[Path]) -> list[str]:
    """The names files are known by: without their folder, unless two share a name."""
    names = [delivered_name(path.name) for path in paths]
    counts = Counter(names)
    return [
        name if counts[name] == 1 else delivered_name(path.relative_to(folder).as_posix())
        for name, path in zip(names, paths, strict=True)
    ]


def _department_of(below: Path, rulebook: Rulebook) -> str | None:
    """The department that a folder in the inbox names, in English or Chinese."""
    departments = rulebook.department_titles
    by_title = {title: department for department, title in departments.items()}
    for folder in below.parts[:-1]:
        if folder in departments:
            return folder
        if (department := by_title.get(folder.removesuffix("局"))) is not None:
            return department
    return None


def _departments(reading: FileReading) -> set[str]:
    return {department for department, _ in reading.records}


def _by_kind(readings: Iterable[FileReading]) -> dict[RecordKind, list[PackedRecords]]:
    """The tables of each kind by file, sheet and row, as each file has them in order."""
    tables: dict[RecordKind, list[PackedRecords]] = {}
    for reading in sorted(readings, key=lambda one: one.name):
        for key, some in reading.records.tables.items():
            tables.setdefault(key, []).extend(some)
    return dict(sorted(tables.items()))


def _stack(frames: Iterable[pl.DataFrame], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _kept(
    workspace: Workspace, period: Period, name: str, schema: dict[str, type[pl.DataType]]
) -> pl.DataFrame:
    frame = workspace.read_frame(period, name)
    return pl.DataFrame(schema=schema) if frame is None else frame


def _keep(workspace: Workspace, loaded: Loaded, records: Records, cache: ReadingCache) -> None:
    """Keep the frames and the names of the readings they come from; drop readings out of use."""
    # the records page by page: whoever only reads a month in need not hold them
    frames = {f"records/{'.'.join(key)}": parquet_of(some) for key, some in records.tables.items()}
    workspace.write_frames(
        loaded.period,
        {
            **frames,
            "roster": loaded.roster,
            "files": loaded.files,
            "columns": loaded.columns,
            "quarantine": loaded.quarantine,
            "blanked": loaded.blanked,
            "guards": loaded.guards,
            "readings": pl.DataFrame({"key": cache.used}, schema={"key": pl.String}),
        },
        replaces=("records", *MATCHED),  # what was matched before was matched to other rows
    )
    kept = [workspace.read_frame(period, "readings") for period in workspace.periods()]
    cache.drop_others(key for frame in kept if frame is not None for key in frame["key"])
