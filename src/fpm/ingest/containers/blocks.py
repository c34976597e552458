"""A text as blocks of whole rows in UTF-8, so that a long one is never held as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from fpm.ingest.containers.text import LOST, holds_other_lines

_LINES_BYTES: Final = 64 * 1024
_LONGEST_ROW: Final = 4
"""Blocks that one row may fill: what is longer is an open quote."""


class WholeNeededError(Exception):
    """A file cannot be read piece by piece: it takes a look at all of it."""


class IrregularTextError(WholeNeededError):
    """The rows of a text are not all alike."""


def utf8_blocks(
    stream: BinaryIO, encoding: str, size: int, errors: str = "strict"
) -> Iterator[list[bytes]]:
    """Read a text block by block.

    Args:
        stream: The text, without a byte-order mark.
        encoding: One in which a line end is one byte.
        size: Bytes of a block, about.
        errors: As ``bytes.decode`` takes it.

    Yields:
        The parts of a block; together they are whole rows.

    Raises:
        IrregularTextError: Rows seem not to end, or lines of another encoding stand among them.
        UnicodeDecodeError: It is in another encoding.
    """
    for block in _whole_rows(stream, size):
        yield [_utf8(lines, encoding, errors) for lines in _lines_at_once(block)]


def _whole_rows(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Cut text into whole rows, as long as line ends outside quotes can be told.

    No block begins with a blank line: polars would not count it.
    """
    rest = b""
    while read := stream.read(size):
        rest += read
        filled = rest.rstrip(b"\r\n")
        cut = filled.rfind(b"\n") + 1
        if filled.count(b'"', 0, cut) % 2:  # inside a cell: the row began before its quote
            cut = filled.rfind(b"\n", 0, filled.rfind(b'"', 0, cut)) + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _LONGEST_ROW * size:
            raise IrregularTextError
    if last := rest.rstrip(b"\r\n\x1a"):
        yield last


def _lines_at_once(block: bytes) -> Iterator[bytes]:
    """Lines that are decoded at once: few enough to stay in the processor's cache."""
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + _LINES_BYTES) + 1 or len(block)
        yield block[start:end]
        start = end


def _utf8(lines: bytes, encoding: str, errors: str) -> bytes:
    text = lines.decode(encoding, errors)
    if LOST in text or holds_other_lines(lines, encoding):
        raise IrregularTextError
    return text.encode("utf-8", "replace")
