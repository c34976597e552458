"""Any container that needs a parser → raw sheets. Runs in the parsing process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from fpm.ingest.containers.dbf import read_dbf
from fpm.ingest.containers.delimited import read_text
from fpm.ingest.containers.html_table import read_html
from fpm.ingest.containers.sniff import UnreadableError, sniff
from fpm.ingest.containers.spreadsheet_xml import read_spreadsheet_xml
from fpm.ingest.containers.wire import RawSheet
from fpm.ingest.containers.workbook import read_workbook
from fpm.ingest.limits import Limits

_READERS: Final[dict[str, Callable[[bytes, Limits], Iterator[RawSheet]]]] = {
    "workbook": read_workbook,
    "html": read_html,
    "spreadsheet_xml": read_spreadsheet_xml,
    "dbf": read_dbf,
    "text": read_text,
}


def read_container(file: bytes | Path, limits: Limits) -> Iterator[RawSheet]:
    """Read all sheets of a file of any kind but an archive.

    Args:
        file: Its content; of a workbook, where it lies is enough.
        limits: What it may use.

    Raises:
        UnreadableError: With the reason in one Chinese sentence.
    """
    if isinstance(file, Path):
        yield from read_workbook(file, limits)
        return
    reader = _READERS.get(sniff(file))
    if reader is None:
        raise UnreadableError("不是表格文件，请另存为 xlsx 再发")
    sheets = reader(file, limits)
    del file  # what a reader needs of it, it holds itself
    yield from sheets
