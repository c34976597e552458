"""Open a delivered file: text in this process, everything that needs a parser in a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from fpm.ingest.containers.archive import read_members
from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.parts import SheetMarks, examine_parts, refuse_bombs
from fpm.ingest.containers.sniff import NoTableError, UnreadableError, sniff
from fpm.ingest.containers.text import DecodedText, UndecodableError, decode
from fpm.ingest.containers.wire import RawSheet, SheetHead
from fpm.ingest.limits import DEFAULT_LIMITS, Limits

ContainerReader = Callable[[bytes, Limits], Iterable[RawSheet]]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a file may use of the machine, and where it is parsed.

    ``container`` isolates parsers in a child process; ``parse.read_container`` does the same work
    in this one.
    """

    limits: Limits = DEFAULT_LIMITS
    container: ContainerReader = read_in_child


DEFAULT_OPENING = Opening()


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """One sheet, with what the parser does not tell of it."""

    sheet: RawSheet
    marks: SheetMarks
    member: str = ""
    """File name inside a zip."""


@dataclass(frozen=True, slots=True)
class OpenedText:
    """One text file."""

    text: DecodedText
    member: str = ""


def open_file(
    data: bytes, opening: Opening = DEFAULT_OPENING
) -> Iterator[OpenedSheet | OpenedText]:
    """Read all sheets of a file, or of the files in a zip.

    Raises:
        UnreadableError: With the reason in one Chinese sentence.
    """
    if sniff(data) != "archive":
        yield from _open_one(data, opening)
        return
    for name, content in read_members(data, opening.limits):
        try:
            for opened in _open_one(content, opening):
                yield replace(opened, member=name)
        except NoTableError as error:
            nothing = RawSheet(SheetHead("", notes=(f"未读取：{error}",)), b"")
            yield OpenedSheet(nothing, SheetMarks(), name)
        except UnreadableError as error:
            raise UnreadableError(f"压缩包中的“{name}”{error}") from error


def _open_one(data: bytes, opening: Opening) -> Iterator[OpenedSheet | OpenedText]:
    kind = sniff(data)
    if kind == "archive":
        raise UnreadableError("是压缩包里的压缩包，请解开一层再发")
    if kind == "text":
        yield OpenedText(_decoded(data))
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
    for sheet in parsed:
        yield OpenedSheet(sheet, marks.get(sheet.head.name, SheetMarks()))


def _attempt(opening: Opening, data: bytes) -> list[RawSheet] | UnreadableError:
    """Parse; a failure is kept, because the parts may give the better reason."""
    try:
        return list(opening.container(data, opening.limits))
    except UnreadableError as error:
        return error


def _decoded(data: bytes) -> DecodedText:
    try:
        return decode(data)
    except UndecodableError as error:
        raise UnreadableError("既不是表格也不是文本文件，请另存为 xlsx 或 csv 再发") from error
