"""Open a delivered file: text in this process, everything that needs a parser in a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from fpm.ingest.containers.archive import read_members
from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.parts import SheetMarks, examine_parts, refuse_bombs
from fpm.ingest.containers.protected import unlocked
from fpm.ingest.containers.sniff import NoTableError, ProtectedError, UnreadableError, sniff
from fpm.ingest.containers.text import UndecodableError, decode
from fpm.ingest.containers.wire import RawSheet, SheetHead
from fpm.ingest.grid import Grid, build_grid, in_member, with_marks
from fpm.ingest.limits import DEFAULT_LIMITS, Limits
from fpm.ingest.text_grid import build_text_grid

ContainerReader = Callable[[bytes, Limits], Iterable[RawSheet]]


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


DEFAULT_OPENING = Opening()


def open_file(data: bytes, opening: Opening = DEFAULT_OPENING) -> Iterator[Grid]:
    """Read all sheets of a file, or of the files in a zip.

    Raises:
        UnreadableError: With the reason in one Chinese sentence.
    """
    if not _is_archive(data):
        yield from _unlocked_one(data, opening)
        return
    for name, content in read_members(data, opening.limits):
        try:
            for grid in _unlocked_one(content, opening):
                yield in_member(grid, name)
        except NoTableError as error:
            yield in_member(Grid(SheetHead("", notes=(f"未读取：{error}",)), pl.DataFrame()), name)
        except UnreadableError as error:
            raise UnreadableError(f"压缩包中的“{name}”{error}") from error


def _is_archive(data: bytes) -> bool:
    try:
        return sniff(data) == "archive"
    except ProtectedError:
        return False


def _unlocked_one(data: bytes, opening: Opening) -> list[Grid]:
    """The sheets of one file; one with a password is decrypted first."""
    try:
        return list(_open_one(data, opening))
    except ProtectedError:
        return list(_open_one(unlocked(data, opening.passwords, opening.limits), opening))


def _open_one(data: bytes, opening: Opening) -> Iterator[Grid]:
    kind = sniff(data)
    if kind == "archive":
        raise UnreadableError("是压缩包里的压缩包，请解开一层再发")
    if kind == "text":
        yield _text(data, opening.limits)
        return
    marks: dict[str, SheetMarks] = {}
    if kind == "workbook" and data.startswith(b"PK"):
        refuse_bombs(data, opening.limits)
        # the parser runs in another process: this one has time to look through the parts
        with ThreadPoolExecutor(1) as beside:
            examined = beside.submit(examine_parts, data, opening.limits)
            parsed = _attempt(opening, data)
        marks = examined.result()
    else:
        parsed = _attempt(opening, data)
    if isinstance(parsed, UnreadableError):
        raise parsed
    for grid in parsed:
        yield with_marks(grid, marks.get(grid.head.name, SheetMarks()))


def _attempt(opening: Opening, data: bytes) -> list[Grid] | UnreadableError:
    """Parse; a failure is kept, because the parts may give the better reason."""
    try:
        return [build_grid(sheet) for sheet in opening.container(data, opening.limits)]
    except UnreadableError as error:
        return error


def _text(data: bytes, limits: Limits) -> Grid:
    try:
        return build_text_grid(decode(data), limits)
    except UndecodableError as error:
        raise UnreadableError("既不是表格也不是文本文件，请另存为 xlsx 或 csv 再发") from error
