"""A page in pieces that end between table rows: it is never held as characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fpm.ingest.containers.blocks import IrregularTextError
from fpm.ingest.containers.text import Coding, holds_other_lines
from fpm.ingest.limits import MIB

_PIECE: Final = 4 * MIB
"""Bytes of a page that are read at once, about."""
_ROW_END: Final = re.compile(rb"</tr\s*>", re.IGNORECASE)
_SAYS_UTF8: Final = re.compile(rb"<meta\b[^>]*charset\s*=\s*[\"']?utf-?8\b", re.IGNORECASE)
_HEAD: Final = 4096
"""Bytes of a page in which it tells its encoding."""
_NO_MARKUP: Final = ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style"))
"""What begins and what ends a part of a page in which no row ends, whatever stands there."""


def page_pieces(coding: Coding, encoding: str) -> Iterator[str]:
    """Decode a page piece by piece.

    What is UTF-8 from end to end, as the page says, is not looked at line by line: a cell is often
    a line of its own, and ¥ alone would be 楼 in GB18030.

    Args:
        coding: The page.
        encoding: One of its encodings.

    Raises:
        UnicodeDecodeError: It is in another encoding.
        IrregularTextError: Lines of another encoding stand in it.
    """
    told = encoding == "utf-8" and bool(_SAYS_UTF8.search(coding.data[:_HEAD]))
    for rows in _whole_rows(coding.data):
        text = rows.decode(encoding, coding.errors)
        if coding.errors == "strict" and not told and holds_other_lines(rows, encoding):
            raise IrregularTextError
        yield text


def _whole_rows(data: bytes) -> Iterator[bytes]:
    """A page cut where rows end, and not inside a comment, a script or a style."""
    start = 0
    while len(data) - start > _PIECE:
        end = start
        while (end := _row_end(data, end + _PIECE)) and _is_inside(data[start:end]):
            pass
        if not end:
            break
        yield data[start:end]
        start = end
    yield data[start:]


def _row_end(data: bytes, start: int) -> int:
    """Where the next row ends; 0 where none does."""
    found = _ROW_END.search(data, start)
    return found.end() if found else 0


def _is_inside(piece: bytes) -> bool:
    """Whether a piece of a page ends in what is no markup."""
    lower = piece.lower()
    return any(lower.rfind(begin) > lower.rfind(end) for begin, end in _NO_MARKUP)
