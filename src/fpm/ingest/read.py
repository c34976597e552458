"""Read one delivered file: open it, read its sheets, account for every row."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from fpm.errors import FileRefusedError, system_reason
from fpm.ingest.containers.blocks import IrregularTextError, WholeNeededError
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.copied_sheets import refuse_copies
from fpm.ingest.deadline import Deadline
from fpm.ingest.grid import Grid
from fpm.ingest.header import HEAD_ROWS, HeaderIndex
from fpm.ingest.known_headers import headers_of
from fpm.ingest.limits import MIB
from fpm.ingest.names import delivered_name
from fpm.ingest.opening import DEFAULT_OPENING, Opening, open_file
from fpm.ingest.packed import PackedRecords, RecordKind, Records
from fpm.ingest.quarantine import Place, gather
from fpm.ingest.reading import FileReading, SheetReading
from fpm.ingest.sheets import SheetOutcome, read_sheet
from fpm.ingest.stray import strays
from fpm.ingest.text_grid import long_grid
from fpm.ingest.unread import refuse_unread
from fpm.model import FILES_SCHEMA
from fpm.rulebook.layout import LayoutSpec


def read_file(
    path: Path,
    name: str,
    layouts: Sequence[LayoutSpec],
    *,
    department: str | None = None,
    opening: Opening = DEFAULT_OPENING,
) -> FileReading:
    """Read one delivered file of any format.

    Args:
        path: Where the file lies.
        name: What records, quarantine and messages call it, as ``delivered_name`` shows it.
        layouts: The layouts it may follow.
        department: Consider only this department's layouts.
        opening: What the file may use of the machine, and where workbooks are parsed.

    Returns:
        Records, quarantine, blanked cells, the account of rows, and how each sheet was read.

    Raises:
        FileRefusedError: The file as a whole cannot be trusted; one Chinese sentence says why.
    """
    name = delivered_name(name)
    refuse_special(path, name)
    held = path.stat().st_size
    allowed = [layout for layout in layouts if department in (None, layout.department)]
    indexes = [headers_of(layout) for layout in allowed]
    if held > opening.limits.file_bytes:
        size = opening.limits.file_bytes // MIB
        told = "请拆分后重发，确需读入的请在 fpm.toml 的 [limits] 中调大 file_mb"
        raise FileRefusedError(name, f"大于 {size} MB，{told}")
    opening = replace(opening, path=path, deadline=Deadline(opening.limits.seconds))
    with _refusals(name):
        with contextlib.suppress(WholeNeededError):
            return _by_pages(path, name, indexes, opening)
        return _read(path, name, indexes, replace(opening, page_cells=None))


def read_open_table(
    path: Path, name: str, grid: Callable[[], Grid], layouts: Sequence[LayoutSpec]
) -> FileReading:
    """Read a table of which somebody else has opened the file.

    Args:
        path: As of ``read_file``.
        name: As of ``read_file``.
        grid: Opens its only sheet; asked again where the rows must be looked at as a whole.
        layouts: The layouts it may follow.

    Returns:
        As ``read_file``.

    Raises:
        FileRefusedError: As ``read_file``.
    """
    name = delivered_name(name)
    indexes = [headers_of(layout) for layout in layouts]
    opening = replace(DEFAULT_OPENING, deadline=Deadline(DEFAULT_OPENING.limits.seconds))
    with _refusals(name):
        digest = _digest(path)
        with contextlib.suppress(WholeNeededError):
            outcomes = _outcomes(name, _in_time([grid()], opening), indexes)
            return _file_reading(name, digest, outcomes)
        outcomes = _outcomes(name, [_whole(*_in_time([grid()], opening))], indexes)
        return _file_reading(name, digest, outcomes)


def _whole(grid: Grid) -> Grid:
    """A sheet with all the rows that come as a stream."""
    cells = pl.concat([grid.cells, *(piece.cells for piece in grid.more or ())])
    return replace(grid, cells=cells, more=None)


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Whatever makes a file unreadable, as its refusal."""
    try:
        yield
    except UnreadableError as error:
        raise FileRefusedError(name, delivered_name(str(error))) from error
    except OSError as error:
        reason = f"读到一半出错（{system_reason(error)}），请检查磁盘、网络和权限后重试"
        raise FileRefusedError(name, reason) from error


def _by_pages(
    path: Path, name: str, indexes: Sequence[HeaderIndex], opening: Opening
) -> FileReading:
    """Read a file of which no more is held than a page of each sheet, and what it gives.

    Raises:
        WholeNeededError: That is not possible.
    """
    # what was read up to an irregular row must not be held while all is read once more
    with contextlib.suppress(IrregularTextError):
        return _regular(path, name, indexes, opening)
    return _read(path, name, indexes, replace(opening, regular=False))


def _regular(
    path: Path, name: str, indexes: Sequence[HeaderIndex], opening: Opening
) -> FileReading:
    """Read a file whose rows may be all alike.

    Raises:
        IrregularTextError: They are not.
        WholeNeededError: As ``_by_pages``.
    """
    long = long_grid(path, opening.block_bytes)
    if long is None:
        return _read(path, name, indexes, opening)
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_digest, path)
        outcomes = _outcomes(name, _in_time([long], opening), indexes)
        return _file_reading(name, digest.result(), outcomes)


def _read(path: Path, name: str, indexes: Sequence[HeaderIndex], opening: Opening) -> FileReading:
    sha256, grids = _opened(path, opening)
    with contextlib.closing(grids):
        return _file_reading(name, sha256, _outcomes(name, _in_time(grids, opening), indexes))


def _in_time(grids: Iterable[Grid], opening: Opening) -> Iterator[Grid]:
    """The same sheets and pieces of them, up to the deadline."""
    deadline = opening.deadline or Deadline(opening.limits.seconds)
    return map(partial(_watched, deadline), deadline.watched(grids))


def _watched(deadline: Deadline, grid: Grid) -> Grid:
    return replace(grid, more=grid.more and deadline.watched(grid.more))


def refuse_special(path: Path, name: str) -> None:
    """Let nobody open what is no regular file: a pipe waits for somebody to write.

    Raises:
        FileRefusedError: It is a pipe, a socket, a device, a folder or a link to nowhere; it is
            not there, or may not be read.
    """
    if not os.path.lexists(path):
        raise FileRefusedError(name, "找不到这个文件，请核对路径")
    if path.is_dir():
        raise FileRefusedError(name, "是文件夹，请写里面的文件")
    if not path.is_file():
        raise FileRefusedError(name, "不是普通的文件，请发表格文件")
    if not os.access(path, os.R_OK):
        raise FileRefusedError(name, "没有读取的权限，请放开权限后重试")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _outcomes(
    name: str, grids: Iterable[Grid], indexes: Sequence[HeaderIndex]
) -> list[SheetOutcome]:
    """Read the sheets of a file; what looks like people in an unknown one is set aside."""
    outcomes: list[SheetOutcome] = []
    unread: list[Grid] = []
    for grid in grids:
        outcomes += read_sheet(grid, indexes, name)
        if not outcomes[-1].tables:
            unread.append(replace(grid, cells=grid.cells.head(HEAD_ROWS + 1), more=None))
        del grid  # one sheet is not held while the next is parsed
    if len(unread) == len(outcomes):
        refuse_unread(name, unread, indexes)
    refuse_copies(name, outcomes)
    main = _main_kind(outcomes)
    return [_with_strays(outcome, main, name) for outcome in outcomes]


def _with_strays(outcome: SheetOutcome, main: RecordKind, name: str) -> SheetOutcome:
    """A sheet with the rows that look like people under no header set aside.

    Those of an unread sheet are of the main kind.
    """
    count, read = len(outcome.likely), outcome.reading
    if not count:
        return outcome
    where = "表头上面" if outcome.layout else ""
    reading = replace(
        read,
        quarantined=read.quarantined + count,
        non_data=read.non_data - count,
        notes=(*read.notes, f"{where}有 {count} 行像人员数据，已列入待处理"),
    )
    kind = _kind(outcome.layout) if outcome.layout else main
    found = strays(
        outcome.likely,
        Place(*kind, name, read.sheet),
        "above_header" if outcome.layout else "sheet_unrecognised",
    )
    return replace(outcome, reading=reading, strays=found)


def _opened(path: Path, opening: Opening) -> tuple[str, Generator[Grid]]:
    """Hash and sheets of a file; only the sheets still hold its bytes."""
    most = opening.limits.whole_bytes
    if path.stat().st_size > most:
        raise UnreadableError(
            f"大于 {most // MIB} MB，又不是行列整齐的文本，请拆分后重发，"
            "确需读入的请在 fpm.toml 的 [limits] 中调大 whole_mb"
        )
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), open_file(data, opening)


def _main_kind(sheets: Sequence[SheetOutcome]) -> RecordKind:
    """The kind that most sheets have."""
    kinds = Counter(_kind(sheet.layout) for sheet in sheets if sheet.layout)
    return kinds.most_common(1)[0][0]


def _kind(layout: LayoutSpec) -> RecordKind:
    return layout.department, layout.kind


def _file_reading(name: str, digest: str, sheets: Sequence[SheetOutcome]) -> FileReading:
    records: dict[RecordKind, list[PackedRecords]] = {}
    for sheet in sorted(sheets, key=lambda one: one.reading.sheet):  # rows are in order already
        if sheet.layout is not None:
            tables = records.setdefault(_kind(sheet.layout), [])
            tables += [part for table in sheet.tables for part in table.records]
    given = [table for sheet in sheets for table in sheet.tables]
    aside = [sheet.strays for sheet in sheets if sheet.strays is not None]
    return FileReading(
        name=name,
        sha256=digest,
        sheets=tuple(sheet.reading for sheet in sheets),
        records=Records(records),
        quarantine=gather([*(table.quarantine for table in given), *aside]),
        blanked=gather([table.blanked for table in given]),
        files=_files(name, digest, [sheet.reading for sheet in sheets], _main_kind(sheets)),
    )


def _files(
    name: str, digest: str, sheets: Sequence[SheetReading], main: RecordKind
) -> pl.DataFrame:
    """One line a sheet; a sheet without a table goes to the kind most sheets have."""
    lines = []
    for sheet in sheets:
        kind = (sheet.layout.department, sheet.layout.kind) if sheet.layout else main
        counts = (sheet.rows, sheet.non_data, sheet.quarantined, sheet.records)
        lines.append((*kind, name, sheet.sheet, digest, *counts))
    return pl.DataFrame(lines, schema=FILES_SCHEMA, orient="row")
