"""A text as blocks of whole rows in UTF-8, so that a long one is never held as a whole."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from fpm.ingest.containers.text import LOST, holds_other_lines

_LINES_BYTES: Final = 64 * 1024
_WIDE: Final = ("utf-16", "utf-32")
_LONGEST_ROW: Final = 4
"""Blocks that one row may fill: what is longer is an open quote."""


class Readable(Protocol):
    """Bytes that come some at a time."""

    def read(self, size: int, /) -> bytes:
        """About so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """What the beginning of a long text tells of all of it."""

    encoding: str
    mark: int = 0
    """Bytes of its byte-order mark."""
    returns: bool = False
    """Lines end with a carriage return alone, as on old Macs; nothing is quoted."""


class WholeNeededError(Exception):
    """A file cannot be read piece by piece: it takes a look at all of it."""


class IrregularTextError(WholeNeededError):
    """The rows of a text are not all alike."""


def utf8_blocks(
    stream: Readable, form: TextForm, size: int, errors: str = "strict"
) -> Iterator[list[bytes]]:
    """Read a text block by block.

    Args:
        stream: The text, without a byte-order mark.
        form: How it is written.
        size: Bytes of a block, about.
        errors: As ``bytes.decode`` takes it.

    Yields:
        The parts of a block; together they are whole rows.

    Raises:
        IrregularTextError: Rows seem not to end, or lines of another encoding or with other ends
            stand among them.
        UnicodeDecodeError: It is in another encoding.
    """
    encoding = form.encoding
    if encoding.startswith(_WIDE):
        stream, encoding = _Narrowed(stream, encoding), "utf-8"
    if form.returns:
        stream = _Returns(stream)
    for block in _whole_rows(stream, size):
        yield [_utf8(lines, encoding, errors) for lines in _lines_at_once(block)]


class _Narrowed:
    """A text in which a line end is several bytes, in UTF-8."""

    def __init__(self, stream: Readable, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def read(self, size: int) -> bytes:
        while block := self._stream.read(size):
            if text := self._decoder.decode(block):
                return text.encode("utf-8", "replace")
        return self._decoder.decode(b"", final=True).encode()


class _Returns:
    """A text of the lines of old Macs, with line feeds."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        if b"\n" in block or b'"' in block:
            raise IrregularTextError
        return block.replace(b"\r", b"\n")


def _whole_rows(stream: Readable, size: int) -> Iterator[bytes]:
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
