"""Open a delivered file: text in this process, everything that needs a parser in a child."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final

import polars as pl

from fpm.ingest.containers.archive import read_members
from fpm.ingest.containers.biff import examine_xls
from fpm.ingest.containers.blank_cells import without_blank_cells
from fpm.ingest.containers.blocks import WholeNeededError
from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.marks import SheetMarks
from fpm.ingest.containers.package import ZIP_DAMAGE, in_utf8, tidied
from fpm.ingest.containers.parts import examine_parts, refuse_bombs
from fpm.ingest.containers.protected import unlocked
from fpm.ingest.containers.regular import RegularBook, regular_book
from fpm.ingest.containers.sniff import (
    NoTableError,
    ProtectedError,
    TooFarError,
    TooSlowError,
    UnreadableError,
    sniff,
)
from fpm.ingest.containers.wire import RawSheet, SheetHead
from fpm.ingest.deadline import Deadline
from fpm.ingest.grid import NOT_READ, Grid, build_grid, in_member, with_marks
from fpm.ingest.limits import DEFAULT_LIMITS, MIB, Limits
from fpm.ingest.pages import PAGE_CELLS
from fpm.ingest.text_grid import BLOCK_BYTES, long_grid_of, regular_grid

ContainerReader = Callable[[bytes | Path, Limits], Iterable[RawSheet]]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a file may use of the machine, and where it is parsed.

    ``container`` isolates parsers in a child process; ``parse.read_container`` does the same work
    in this one.
    """

    limits: Limits = DEFAULT_LIMITS
    passwords: tuple[str, ...] = field(default=(), repr=False)
    """Tried in turn on workbooks that open with a password."""
    container: ContainerReader = read_in_child
    start: Callable[[], None] | None = None
    """Has a process ready for ``container``, before this one becomes large."""
    block_bytes: int = BLOCK_BYTES
    """A longer text is read in pieces of this size."""
    page_cells: int | None = PAGE_CELLS
    """A sheet of more cells is read page by page; None to hold the whole of it."""
    regular: bool = True
    """Whether the rows of a text or workbook may be all alike."""
    path: Path | None = None
    """Where the file lies: a workbook need not be held while it is read."""
    deadline: Deadline | None = None
    """When all must be read; None to give each parser the time for a file."""

    @property
    def limits_left(self) -> Limits:
        """The limits, with the time that is left."""
        if self.deadline is None:
            return self.limits
        return replace(self.limits, seconds=self.deadline.left())


DEFAULT_OPENING = Opening()
_SOH: Final = b"\x01"
_FIRST_LINES: Final = 65_536
_WORKBOOKS: Final = (b"PK", b"\xd0\xcf")
"""Beginnings of files that may open with a password."""


def open_file(data: bytes, opening: Opening = DEFAULT_OPENING) -> Generator[Grid]:
    """Read all sheets of a file, or of the files in a zip.

    Each sheet must be read to its end before the next one is asked for.

    Raises:
        UnreadableError: With the reason in one Chinese sentence.
        WholeNeededError: It can only be read with ``page_cells`` None.
    """
    if not _is_archive(data):
        grids = _unlocked_one(data, opening)
        del data  # reading the sheets takes memory enough
        yield from grids
        return
    if opening.start is not None:
        opening.start()
    members = read_members(data, opening.limits, opening.passwords, opening.path)
    opening = replace(opening, path=None)
    del data
    for name, content in members:
        grids = _unlocked_one(content, opening)
        del content
        try:
            yield from map(partial(in_member, member=name), grids)
        except NoTableError as error:
            yield in_member(
                Grid(SheetHead("", notes=(f"{NOT_READ}{error}",)), pl.DataFrame()), name
            )
        except TooSlowError:
            raise
        except UnreadableError as error:
            raise UnreadableError(f"压缩包中的“{name}”{error}") from error


def _is_archive(data: bytes) -> bool:
    try:
        return sniff(data) == "archive"
    except ProtectedError:
        return False


def _unlocked_one(data: bytes, opening: Opening) -> Iterator[Grid]:
    """The sheets of one file; one with a password is decrypted first."""
    locked = opening.path or (data if data.startswith(_WORKBOOKS) else b"")
    try:
        grids = _open_one(data, opening)
        del data  # reading the sheets takes memory enough
        first = list(islice(grids, 1))
    except ProtectedError:
        plain = unlocked(_held(locked), opening.passwords, opening.limits_left)
        first, grids = [], _open_one(plain, replace(opening, path=None))
        del plain
    del locked
    yield from chain(first, grids)


def _held(file: bytes | Path) -> bytes:
    return file if isinstance(file, bytes) else file.read_bytes()


def _open_one(data: bytes, opening: Opening) -> Iterator[Grid]:
    kind = sniff(data)
    if kind == "text":
        return _text(data, opening)
    return _workbook(data, opening) if kind == "workbook" else _parsed(data, opening)


def _parsed(file: bytes | Path, opening: Opening) -> Generator[Grid]:
    sheets = opening.container(file, opening.limits_left)
    del file
    for sheet in sheets:
        yield build_grid(sheet, opening.page_cells)


def _workbook(data: bytes, opening: Opening) -> Iterator[Grid]:
    """The sheets of a workbook, with what only its parts tell."""
    examine: Callable[..., Mapping[str, SheetMarks]] = examine_xls
    book = opening.path or data
    if data.startswith(b"PK"):
        refuse_bombs(data, opening.limits)
        if (regular := _regular(book, opening)) is not None:
            del data, book
            yield from regular
            return
        book = in_utf8(book)
        examine = partial(examine_parts, limits=opening.limits_left)
    del data
    # the parser runs in another process: this one has time to look through the parts
    with contextlib.closing(_parsed(book, opening)) as sheets:  # also where the parts refuse
        with ThreadPoolExecutor(1) as beside:
            examined = beside.submit(examine, book)
            parsed = _attempt(sheets, opening)
        marks = _examined(examined, book)
        if not isinstance(marks, Mapping):
            yield from _workbook(marks, replace(opening, path=None))
            return
        may_retry = isinstance(parsed, UnreadableError) and not isinstance(parsed, TooSlowError)
        if may_retry and examine is not examine_xls:
            parsed = _attempt_tidied(_held(book), opening) or parsed
        if isinstance(parsed, UnreadableError):
            raise parsed
        del book
        yield from map(partial(_marked, marks), _begun(parsed))


def _examined(
    examined: Future[Mapping[str, SheetMarks]], book: bytes | Path
) -> Mapping[str, SheetMarks] | bytes:
    """What the parts tell; or the workbook without blank cells, where one lies too far away."""
    try:
        return examined.result()
    except TooFarError:
        lean = without_blank_cells(_held(book))
        if lean is None:
            raise
        return lean


def _regular(book: bytes | Path, opening: Opening) -> Iterator[Grid] | None:
    """The sheets of a workbook that needs no parser; None where one is needed."""
    found = regular_book(book, opening.limits_left) if opening.regular else None
    if found is None:
        return None
    if found.is_long:
        return None if opening.page_cells is None else _streamed(found, opening)
    sheets = found.held()
    if sheets is None:
        return None
    return (with_marks(build_grid(sheet, opening.page_cells), marks) for sheet, marks in sheets)


def _streamed(book: RegularBook, opening: Opening) -> Iterator[Grid]:
    """Sheets that are read while another thread looks at what stands around their rows."""
    grids = (build_grid(sheet, opening.page_cells) for sheet in book.streams())
    with ThreadPoolExecutor(1) as beside:
        examined = beside.submit(book.marks)
        first = list(islice(grids, 1))
        marks = examined.result()
    yield from map(partial(_marked, marks), chain(first, grids))


def _marked(marks: Mapping[str, SheetMarks], grid: Grid) -> Grid:
    return with_marks(grid, marks.get(grid.head.name, SheetMarks()))


def _attempt(grids: Iterator[Grid], opening: Opening) -> Iterator[Grid] | UnreadableError:
    """Parse, page by page no more than the first sheet.

    A failure is kept, because the parts may give the better reason.
    """
    try:
        return chain(list(islice(grids, opening.page_cells and 1)), grids)
    except UnreadableError as error:
        return error


def _attempt_tidied(data: bytes, opening: Opening) -> Iterator[Grid] | None:
    """Parse the workbook once more with names and links put right; None if that does not help."""
    try:
        tidy = tidied(data)
    except (UnreadableError, *ZIP_DAMAGE):
        return None
    parsed = _attempt(_parsed(tidy, opening), opening)
    return None if isinstance(parsed, UnreadableError) else parsed


def _begun(grids: Iterator[Grid]) -> Iterator[Grid]:
    """The same sheets; where one cannot be read, all of them are tried again."""
    try:
        yield from grids
    except TooSlowError:
        raise
    except UnreadableError as error:
        raise WholeNeededError from error


def _text(data: bytes, opening: Opening) -> Iterator[Grid]:
    """A text file: read here where it is regular, else like everything that needs a parser."""
    long = None
    data = _with_tabs(data)
    # as one that lies at a path it was not to be read so
    if opening.regular and opening.page_cells is not None and opening.path is None:
        long = long_grid_of(data, opening.block_bytes)
    if long is not None:
        del data
        yield long
        return
    if b"\x00" not in data[-4:]:  # in UTF-16 a line end is no single byte
        data = data.rstrip(b"\r\n")
    _refuse_long_lines(data, opening.limits.line_bytes)
    grid = regular_grid(data) if opening.regular else None
    grids = _parsed(data, opening) if grid is None else iter([grid])
    del data, grid
    yield from grids


def _with_tabs(data: bytes) -> bytes:
    """Text of which the first lines have the separators of Hive (SOH), with tabs for them."""
    first = data[:_FIRST_LINES]
    is_hive = first.count(_SOH) > max(1, first.count(b"\n")) and b"\x00" not in first
    return data.replace(_SOH, b"\t") if is_hive and b"\t" not in data else data


def _refuse_long_lines(data: bytes, longest: int) -> None:
    """Refuse text without line ends before it is decoded, whole, several times."""
    start = 0
    while len(data) - start > longest:
        end = start + longest
        last = max(data.rfind(b"\n", start, end), data.rfind(b"\r", start, end))
        if last < 0:
            line = data.count(b"\n", 0, start) + 1
            raise UnreadableError(
                f"第 {line} 行超过 {longest // MIB} MB 还没有换行，不像表格；"
                "请用原软件打开后另存为 xlsx 再发"
            )
        start = last + 1
