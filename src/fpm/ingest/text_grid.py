"""Regular delimited text → grid, by polars; other text is read row by row elsewhere.

A block of whole rows is decoded while polars reads the block before: the file is never held as
one text, and decoding, which only one processor can do, leaves the rest of the work to the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import ComputeError, NoDataError

from fpm.ingest.containers.delimited import find_separator
from fpm.ingest.containers.text import LOST, Coding, holds_other_lines, line_coding
from fpm.ingest.containers.wire import SheetHead
from fpm.ingest.grid import Grid, column_names, trimmed
from fpm.ingest.header import HEAD_COLUMNS
from fpm.ingest.limits import MIB

_BLOCK_BYTES: Final = 4 * MIB
_AHEAD: Final = 2
"""Blocks decoded and not yet read; more would only take memory."""
_LINE_FEED, _RETURN = b"\n\r"


def regular_grid(data: bytes) -> Grid | None:
    """Turn delimited text into a grid of one nameless sheet.

    Returns:
        None where no one encoding fits, or where the rows are not all of the same width.
    """
    coding = line_coding(data)
    if coding is None:
        return None
    for encoding in coding.encodings:
        try:
            cells = _cells(coding, encoding)
        except UnicodeDecodeError:
            continue
        return cells if cells is None else Grid(SheetHead("", cells.width, typed=False), cells)
    return None


def _cells(coding: Coding, encoding: str) -> pl.DataFrame | None:
    """Read all blocks; None when one of them is irregular, or wider than another."""
    frames: list[pl.DataFrame | None] = []
    waiting: deque[Future[pl.DataFrame | None]] = deque()
    separator = ""
    with ThreadPoolExecutor(1) as beside:
        for block in _blocks(coding.data):
            text = block.decode(encoding, coding.errors)
            if LOST in text or holds_other_lines(block, encoding):
                return None
            separator = separator or find_separator(text)
            source = text.encode("utf-8", "replace")
            waiting.append(beside.submit(_block_frame, source, separator.encode()))
            if len(waiting) > _AHEAD:
                frames.append(waiting.popleft().result())
            if frames and frames[-1] is None:
                break
        frames += [future.result() for future in waiting]
    whole = [frame for frame in frames if frame is not None]
    if len(whole) < len(frames) or len({frame.width for frame in whole}) != 1:
        return None
    return pl.concat(whole)


def _blocks(data: bytes) -> Iterator[bytes]:
    """Cut text into whole rows: at line ends, as long as those outside quotes can be told."""
    start = 0
    while start < len(data):
        end, quotes = start, 0
        while end == start or (quotes % 2 and end < len(data)):
            cut = _line_end(data, end + _BLOCK_BYTES)
            quotes += data.count(b'"', end, cut)
            end = cut
        yield data[start:end]
        start = end


def _line_end(data: bytes, at: int) -> int:
    """Where the line at ``at`` ends, with the blank lines after it: no block begins with one."""
    end = data.find(b"\n", at) + 1 or len(data)
    while data[end : end + 1] in {b"\r", b"\n"}:
        end += 1
    return end


def _block_frame(source: bytes, separator: bytes) -> pl.DataFrame | None:
    """Read UTF-8 text with polars if every row has the same number of fields, else None.

    polars pads short rows without a word and loses a whole file to one bare quote: it may only
    see text in which the separators and quotes add up.
    """
    wide = source[: source.find(b"\n")].count(separator) >= HEAD_COLUMNS
    quoted = b'"' in source
    codes = np.frombuffer(source, dtype=np.uint8)
    if len(separator) > 1 or wide or _has_lone_return(codes):
        return None
    if quoted and not _quotes_are_outside(source, separator):
        return None
    try:
        frame = pl.read_csv(
            source,
            separator=separator.decode(),
            quote_char='"' if quoted else None,
            has_header=False,
            infer_schema=False,
        )
    except (ComputeError, NoDataError):
        return None
    if frame.width < 2 or not _adds_up(frame, codes, separator.decode(), quoted=quoted):
        return None
    frame.columns = column_names(frame.width)
    return trimmed(frame, source, b"" if quoted else b"\r\n")


def _adds_up(
    frame: pl.DataFrame, codes: NDArray[np.uint8], separator: str, *, quoted: bool
) -> bool:
    """Every row has one separator less than the frame has columns, or is a blank line."""
    found = np.count_nonzero(codes == ord(separator))
    if quoted:
        counts = frame.select(pl.all().str.count_matches(separator, literal=True).sum())
        found -= sum(counts.row(0))
    between = frame.width - 1
    missing = frame.height * between - found
    return missing == 0 or (not quoted and missing == _blank_lines(codes) * between)


def _has_lone_return(codes: NDArray[np.uint8]) -> bool:
    """A carriage return without a line feed behind it: an old kind of line end, or a cell's."""
    returns = codes == _RETURN
    pairs = returns[:-1] & (codes[1:] == _LINE_FEED)
    return bool(np.count_nonzero(returns) > np.count_nonzero(pairs))


def _blank_lines(codes: NDArray[np.uint8]) -> int:
    """Lines without any character, behind another line."""
    kept = codes[codes != _RETURN]
    return int(np.count_nonzero((kept[1:] == _LINE_FEED) & (kept[:-1] == _LINE_FEED)))


def _quotes_are_outside(source: bytes, separator: bytes) -> bool:
    """Every quote opens or closes a field: none is bare, doubled or left open."""
    padded = b"\n" + source + b"\n"
    opening = padded.count(separator + b'"') + padded.count(b'\n"')
    closing = padded.count(b'"' + separator) + padded.count(b'"\r\n') + padded.count(b'"\n')
    return source.count(b'"') == 2 * opening == 2 * closing and b'""' not in source
