"""Tell by content what a delivered file is, whatever its name says, and open it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.text import DecodedText, UndecodableError, decode
from fpm.ingest.containers.wire import RawSheet
from fpm.ingest.containers.workbook import UnreadableError
from fpm.ingest.limits import DEFAULT_LIMITS, Limits

WorkbookReader = Callable[[bytes, Limits], Iterable[RawSheet]]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a file may use of the machine, and how workbooks are parsed.

    ``workbook`` isolates them in a child process; ``read_workbook`` does the same in this one.
    """

    limits: Limits = DEFAULT_LIMITS
    workbook: WorkbookReader = read_in_child


DEFAULT_OPENING = Opening()


def open_file(data: bytes, opening: Opening = DEFAULT_OPENING) -> Iterator[RawSheet | DecodedText]:
    """Read all sheets of a workbook, or the text of a text file.

    Raises:
        UnreadableError: With the reason in one Chinese sentence.
    """
    if not data.strip():
        raise UnreadableError("是空文件，请重新导出")
    if data.startswith((_ZIP, _OLE)):
        yield from opening.workbook(data, opening.limits)
        return
    try:
        yield decode(data)
    except UndecodableError as error:
        raise UnreadableError("既不是表格也不是文本文件，请另存为 xlsx 或 csv 再发") from error
